"""Take an answer apart while it comes: reasoning, text for the user, calls of tools.

The forms are those that templates teach: ``<think>…</think>`` at the beginning, then text with
``<tool_call>{"name": …, "arguments": …}</tool_call>`` in it (Hermes, Qwen). Small models forget the
tags; where tools are offered, an answer that is nothing but such JSON is a call as well.
"""

import re
import secrets
from collections.abc import Callable, Collection

from inference_core.chat.calls import (
    FoundCall,
    may_become_bare_calls,
    read_bare_calls,
    read_call,
)
from inference_core.chat.json_extent import JsonExtent
from inference_core.chat.piece_buffer import PieceBuffer
from inference_core.domain.chat import ArgumentsPart, CallPart, ContentPart, ReasoningPart
from inference_core.domain.generation import TextPiece

THINK_OPEN, THINK_CLOSE = "<think>", "</think>"
CALL_OPEN, CALL_CLOSE = "<tool_call>", "</tool_call>"

AnswerPart = ContentPart | ReasoningPart | CallPart | ArgumentsPart

# A call up to its arguments, in the order that models are taught: these can be told as they come.
_CALL_HEAD = re.compile(
    r'\s*\{\s*"name"\s*:\s*"([^"\\]*)"\s*,\s*"(?:arguments|parameters)"\s*:\s*(?=\{)'
)


class AnswerReader:
    """Reads one answer, in pieces of any size; the parts are the same however it is cut.

    Where text may be the beginning of a tag, it is held back until that is decided. What turns out
    to be no call of an offered tool is content again; once a call's arguments are told, they are
    told as they are written, also where they are no JSON. Blanks around tags are left out.
    """

    def __init__(
        self,
        tools: Collection[str] = (),
        thinking: bool = False,
        bare: Collection[str] | None = None,
    ) -> None:
        """``tools`` are the names of those offered; ``thinking``: the prompt began a reasoning.

        ``bare`` are those whose calls may come without tags, by default all.
        """
        self._tools = frozenset(tools)
        self._bare = self._tools if bare is None else frozenset(bare)
        self._thinking = thinking
        self._held = PieceBuffer()
        self._parts: list[AnswerPart] = []
        # Each returns whether another state is to look at what is held.
        self._state: Callable[[bool], bool] = self._beginning
        self._skips_blanks = False
        self._extent = JsonExtent()
        self._json_at = self._scanned = 0
        self.calls = 0

    def feed(self, piece: TextPiece) -> list[AnswerPart]:
        """Return the parts that became certain with a piece."""
        self._held.add(piece)
        return self._read(final=False)

    def end(self) -> list[AnswerPart]:
        """Return the parts that were held back, now that nothing follows."""
        return self._read(final=True)

    def _read(self, final: bool) -> list[AnswerPart]:
        while self._state(final):
            continue
        parts, self._parts = self._parts, []
        return parts

    def _to(self, state: Callable[[bool], bool]) -> bool:
        self._state = state
        return True

    # -- reasoning ----------------------------------------------------------------------------

    def _beginning(self, final: bool) -> bool:
        text = self._held.text
        body = text.lstrip()
        if body.startswith(THINK_OPEN):
            self._held.drop(len(text) - len(body) + len(THINK_OPEN))
            self._thinking = True
        elif THINK_OPEN.startswith(body) and not final:
            return False
        self._skips_blanks = self._thinking
        return self._to(self._reasoning if self._thinking else self._opening)

    def _reasoning(self, final: bool) -> bool:
        self._skip_blanks()
        text = self._held.text
        end = text.find(THINK_CLOSE)
        if end < 0:
            self._tell_reasoning(len(text) if final else _certain(text, THINK_CLOSE))
            return False
        self._tell_reasoning(len(text[:end].rstrip()))
        rest = self._held.text
        self._held.drop(rest.index(THINK_CLOSE) + len(THINK_CLOSE))
        self._skips_blanks = True
        return self._to(self._opening)

    # -- text ---------------------------------------------------------------------------------

    def _opening(self, final: bool) -> bool:
        """Decide whether the answer may be bare calls; if so it is held back to its end."""
        self._skip_blanks()
        text = self._held.text
        if not self._bare or not may_become_bare_calls(text, self._bare):
            return self._to(self._text)
        if not final:
            return False
        calls = read_bare_calls(text, self._bare)
        if calls:
            self._held.drop(len(text))
        for call in calls:
            self._tell_call(call)
        return self._to(self._text)

    def _text(self, final: bool) -> bool:
        self._skip_blanks()
        text = self._held.text
        if not self._tools:
            self._tell_content(len(text))
            return False
        begin = text.find(CALL_OPEN)
        if begin < 0:
            self._tell_content(len(text) if final else _certain(text, CALL_OPEN))
            return False
        before = len(text[:begin].rstrip())
        self._tell_content(before)
        self._extent = JsonExtent()
        self._json_at = self._scanned = begin - before + len(CALL_OPEN)
        return self._to(self._call)

    # -- calls --------------------------------------------------------------------------------

    def _call(self, final: bool) -> bool:
        """Read a call up to its arguments, or as a whole if it is written in another order."""
        text = self._held.text
        head = _CALL_HEAD.match(text, self._json_at)
        if head is not None and head.group(1) in self._tools:
            self._held.drop(head.end())
            self._tell_call(FoundCall(head.group(1), ""))
            self._extent = JsonExtent()
            return self._to(self._arguments)
        written = text[self._json_at :].lstrip()
        if head is not None or (written and not written.startswith("{")):
            return self._refuse()
        end = self._extent.feed(text[self._scanned :])
        if end is None:
            self._scanned = len(text)
            return self._refuse() if final else False
        end += self._scanned
        call = read_call(text[self._json_at : end], self._tools)
        if call is None:
            return self._refuse()
        self._held.drop(end)
        self._tell_call(call)
        return self._to(self._closing)

    def _refuse(self) -> bool:
        self._tell_content(self._json_at)
        return self._to(self._text)

    def _arguments(self, final: bool) -> bool:
        end = self._extent.feed(self._held.text)
        text = self._held.take(len(self._held.text) if end is None else end).text
        if text:
            self._parts.append(ArgumentsPart(self.calls - 1, text))
        return end is not None and self._to(self._after_arguments)

    def _after_arguments(self, final: bool) -> bool:
        """Leave the rest of the call out: its last bracket, or members that nobody asked for."""
        body = self._held.text.lstrip()
        if not body:
            return False
        if body[0] not in ",}":
            return self._to(self._closing)
        self._extent = JsonExtent(depth=1)
        return self._to(self._rest_of_call)

    def _rest_of_call(self, final: bool) -> bool:
        text = self._held.text
        end = self._extent.feed(text)
        self._held.drop(len(text) if end is None else end)
        return end is not None and self._to(self._closing)

    def _closing(self, final: bool) -> bool:
        text = self._held.text
        body = text.lstrip()
        self._skips_blanks = True
        if body.startswith(CALL_CLOSE):
            self._held.drop(len(text) - len(body) + len(CALL_CLOSE))
        elif CALL_CLOSE.startswith(body):
            if final:
                self._held.drop(len(text))
            return False
        return self._to(self._text)

    # -- parts --------------------------------------------------------------------------------

    def _skip_blanks(self) -> None:
        text = self._held.text
        body = text.lstrip()
        if self._skips_blanks and text:
            self._held.drop(len(text) - len(body))
            self._skips_blanks = not body

    def _tell_content(self, length: int) -> None:
        if length:
            piece = self._held.take(length)
            self._parts.append(ContentPart(piece.text, piece.tokens, piece.logprobs))

    def _tell_reasoning(self, length: int) -> None:
        if length:
            piece = self._held.take(length)
            self._parts.append(ReasoningPart(piece.text, piece.tokens))

    def _tell_call(self, call: FoundCall) -> None:
        self._parts.append(CallPart(self.calls, f"call_{secrets.token_hex(12)}", call.name))
        if call.arguments:
            self._parts.append(ArgumentsPart(self.calls, call.arguments))
        self.calls += 1


def _certain(text: str, tag: str) -> int:
    """Return how many characters of a text can belong neither to a tag nor to blanks before it."""
    sizes = range(min(len(tag) - 1, len(text)), 0, -1)
    begun = next((size for size in sizes if text.endswith(tag[:size])), 0)
    return len(text[: len(text) - begun].rstrip())
