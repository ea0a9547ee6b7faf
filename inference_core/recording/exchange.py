"""What a recording holds, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

# In the order in which they were sent, with names in lower case; one may come twice.
Headers = tuple[tuple[str, str], ...]


class End(StrEnum):
    """How a response ended. What is not complete is cut off at the same place when replayed."""

    COMPLETE = "complete"
    UPSTREAM_FAILED = "upstream_failed"
    CLIENT_LEFT = "client_left"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class JsonBody:
    """A request's body that is JSON, without its keys."""

    value: Json


@dataclass(frozen=True, slots=True)
class RawBody:
    """A request's body that is something else, without its keys; often empty."""

    data: bytes = b""


@dataclass(frozen=True, slots=True)
class WithheldBody:
    """A request's body that could not be searched for keys, and so is not kept."""

    reason: str


Body = JsonBody | RawBody | WithheldBody


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request without its keys; ``path`` has the query, ``hash`` is what replay goes by."""

    method: str
    path: str
    headers: Headers
    body: Body
    hash: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes of a response, and when they came: seconds since the request had been sent."""

    seconds: float
    data: bytes


@dataclass(frozen=True, slots=True)
class RecordedResponse:
    """An answer; ``seconds`` is when its status and headers came, since the request was sent."""

    status: int
    headers: Headers
    seconds: float
    chunks: tuple[Chunk, ...]
    end: End = End.COMPLETE

    @property
    def body(self) -> bytes:
        """All of its bytes."""
        return b"".join(chunk.data for chunk in self.chunks)

    def header(self, name: str) -> str:
        """Return the first header of this name, which is in lower case; empty where none is."""
        return next((value for each, value in self.headers if each == name), "")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer.

    ``number`` counts the requests of a session from 1, in the order in which they were sent; ``at``
    is that moment in Unix time.
    """

    number: int
    at: float
    request: RecordedRequest
    response: RecordedResponse


@dataclass(frozen=True, slots=True)
class Recording:
    """A session: its exchanges by number, and the format's version that it was written in.

    ``created`` is Unix time. ``cut``: the last line was not written to its end, as after a crash;
    it is left out.
    """

    version: int
    created: float
    upstream: str
    exchanges: Sequence[Exchange]
    cut: bool = False
