"""Responses that can be continued or fetched: in memory, bounded, the oldest forgotten first."""

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from inference_core.domain.chat import ChatMessage
from inference_core.server.responses.items import Json

# Weeks of one person's questions, or a day of an agent's; the bytes bound it where they are long.
STORED_RESPONSES = 256
STORED_BYTES = 64 * 1024 * 1024

# Beyond its text a message costs the objects that hold it, about this much (sys.getsizeof).
_MESSAGE_BYTES = 512


@dataclass(frozen=True, slots=True)
class Stored:
    """One response that ended.

    ``body`` and ``items`` (its own input) are JSON text; ``messages`` is the whole conversation
    up to its end, without instructions; ``depth`` counts the responses in it.
    """

    id: str
    body: bytes
    items: bytes
    messages: tuple[ChatMessage, ...]
    depth: int

    @classmethod
    def of(
        cls, body: Json, items: Sequence[Json], messages: tuple[ChatMessage, ...], depth: int
    ) -> "Stored":
        """Return the record of a response."""
        return cls(str(body["id"]), _json_bytes(body), _json_bytes(items), messages, depth)


class ResponseStore:
    """At most ``count`` responses in at most ``limit_bytes``; used on the event loop only.

    A record holds its whole conversation, so that a long one can go on when its first responses
    are forgotten. Messages are shared between records, and each is counted once.
    """

    def __init__(self, count: int = STORED_RESPONSES, limit_bytes: int = STORED_BYTES) -> None:
        self._count = count
        self._limit_bytes = limit_bytes
        self._stored: OrderedDict[str, Stored] = OrderedDict()
        self._holders: dict[int, int] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._stored)

    @property
    def held_bytes(self) -> int:
        """About how much memory the records take, in bytes."""
        return self._bytes

    def get(self, response_id: str) -> Stored | None:
        """Return a response, None if it was never here or is forgotten."""
        return self._stored.get(response_id)

    def add(self, stored: Stored) -> None:
        """Keep a response, and forget the oldest ones that there is no room for any more."""
        self.remove(stored.id)
        self._stored[stored.id] = stored
        self._bytes += len(stored.body) + len(stored.items)
        for message in stored.messages:
            held = self._holders.get(id(message), 0)
            self._holders[id(message)] = held + 1
            if not held:
                self._bytes += _message_bytes(message)
        while self._stored and (len(self._stored) > self._count or self._bytes > self._limit_bytes):
            self.remove(next(iter(self._stored)))

    def remove(self, response_id: str) -> bool:
        """Forget a response; return whether it was here."""
        stored = self._stored.pop(response_id, None)
        if stored is None:
            return False
        self._bytes -= len(stored.body) + len(stored.items)
        for message in stored.messages:
            held = self._holders.pop(id(message)) - 1
            if held:
                self._holders[id(message)] = held
            else:
                self._bytes -= _message_bytes(message)
        return True


def _message_bytes(message: ChatMessage) -> int:
    calls = sum(len(call.name) + len(call.arguments) for call in message.tool_calls)
    # Python keeps a text with one character outside of Latin-1 in two or four bytes each; UTF-8's
    # size is the honest middle.
    return _MESSAGE_BYTES + len(message.content.encode("utf-8")) + calls


def _json_bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
