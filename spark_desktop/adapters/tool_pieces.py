"""Tool calls as servers stream them: in pieces, whole, numbered or not. No I/O."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from spark_desktop.domain.completion import ToolCall
from spark_desktop.domain.errors import AnswerTooLargeError
from spark_desktop.domain.words import say

# Characters of all arguments of one answer; a file that a tool writes has some hundred thousand.
_MOST = 16 * 1024 * 1024
# Mistral takes ids of nine letters and digits only, the others any.
_ID_LENGTH = 9


@dataclass(slots=True)
class _Begun:
    id: str = ""
    name: str = ""
    arguments: str = ""


class ToolPieces:
    """Puts the tool calls of one answer together."""

    def __init__(self) -> None:
        self._calls: list[_Begun] = []
        self._by_index: dict[int, _Begun] = {}
        self._size = 0

    @property
    def has_begun(self) -> bool:
        """Return whether any piece of a call has come."""
        return bool(self._calls)

    def take(self, pieces: object) -> None:
        """Take a delta's ``tool_calls``, whatever it holds. Raises AnswerTooLargeError."""
        for piece in pieces if isinstance(pieces, list) else []:
            if isinstance(piece, dict):
                self._take(piece)

    def calls(self, is_cut: bool = False) -> tuple[ToolCall, ...]:
        """Return the calls in their order, each with an id; those without a name are none.

        ``is_cut`` leaves out calls whose arguments are half of JSON: the answer ended in them.
        """
        return tuple(
            ToolCall(call.id or uuid4().hex[:_ID_LENGTH], call.name, call.arguments or "{}")
            for call in self._calls
            if call.name and not (is_cut and not _is_json(call.arguments))
        )

    def _take(self, piece: dict[str, Any]) -> None:
        function = piece.get("function")
        function = function if isinstance(function, dict) else {}
        name, id_ = _text(function.get("name")), _text(piece.get("id"))
        call = self._call(piece.get("index"), id_, name)
        call.id = call.id or id_
        call.name = call.name or name
        arguments = function.get("arguments")
        if isinstance(arguments, dict):
            # Ollama and some gateways send them as an object, whole.
            call.arguments = json.dumps(arguments, ensure_ascii=False)
            self._size += len(call.arguments)
        elif isinstance(arguments, str):
            call.arguments += arguments
            self._size += len(arguments)
        if self._size > _MOST:
            raise AnswerTooLargeError(
                say("The model's server sent a tool call without an end."),
                say("Try again; if it stays so, ask who runs the server."),
            )

    def _call(self, index: object, id_: str, name: str) -> _Begun:
        number = index if isinstance(index, int) else None
        known = self._by_index.get(number) if number is not None else self._same(id_, name)
        # Gemini's gateway numbers every call 0; a new name with a new id is another call.
        is_other = known is not None and bool(name and known.name and id_ and id_ != known.id)
        if known is None or is_other:
            known = _Begun()
            self._calls.append(known)
            if number is not None:
                self._by_index[number] = known
        return known

    def _same(self, id_: str, name: str) -> _Begun | None:
        """Return the call that a piece without a number goes on with; None for a new one."""
        for call in self._calls:
            if id_ and call.id == id_:
                return call
        return self._calls[-1] if self._calls and not name else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
