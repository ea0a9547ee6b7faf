"""The text of a recorded answer, piece by piece, as a model's own answer would come."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from inference_core.recording.exchange import Exchange, RecordedResponse

# A \r at the end of what has come may be half of a \r\n.
_LINE_END = re.compile(rb"\r\n|\n|\r(?!\Z)")
_DONE = b"[DONE]"

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Piece:
    seconds: float
    text: str
    tokens: int


def recorded_text(exchange: Exchange) -> list[tuple[float, str, int]]:
    """Return the pieces of the answer's first choice: when they came, their text, their tokens.

    Seconds count from when the request had been sent. Tokens are 0 where they are not known: they
    are where the stream has log probabilities, or as many pieces as it says that the answer has
    tokens (or one less, for the token that ends it). Chats and completions are read, streamed or
    whole; of other answers and of errors the list is empty. Reasoning and calls of tools are left
    out.
    """
    response = exchange.response
    if response.status != 200:
        return []
    if response.header("content-type").startswith("text/event-stream"):
        return _streamed(response)
    return _whole(response)


def recorded_tokens(exchange: Exchange) -> int | None:
    """Return how many tokens the answer says that it has, None where it does not say."""
    total = None
    for _, event in _events(exchange.response):
        total = _completion_tokens(event, total)
    return total


def _streamed(response: RecordedResponse) -> list[tuple[float, str, int]]:
    pieces: list[_Piece] = []
    total: int | None = None
    for seconds, event in _events(response):
        total = _completion_tokens(event, total)
        piece = _piece(seconds, event, "delta")
        if piece is not None:
            pieces.append(piece)
    one_each = total is not None and len(pieces) in (total, total - 1)
    return [
        (piece.seconds, piece.text, piece.tokens or int(one_each))
        for piece in pieces
        if piece.text or piece.tokens
    ]


def _whole(response: RecordedResponse) -> list[tuple[float, str, int]]:
    pieces = []
    for seconds, answer in _events(response):
        piece = _piece(seconds, answer, "message")
        if piece is not None:
            pieces.append((seconds, piece.text, _completion_tokens(answer, None) or piece.tokens))
    return pieces


def _piece(seconds: float, event: Fields, member: str) -> _Piece | None:
    """Return what an event adds to the first choice's text, None where that is nothing."""
    choices = event.get("choices")
    if not isinstance(choices, list):
        return None
    choice = next((each for each in choices if isinstance(each, dict) and _is_first(each)), {})
    message = choice.get(member)
    text = message.get("content") if isinstance(message, dict) else choice.get("text")
    tokens = _scored_tokens(choice.get("logprobs"))
    if not isinstance(text, str) or not (text or tokens):
        return None
    return _Piece(seconds, text, tokens)


def _is_first(choice: Fields) -> bool:
    return bool(choice.get("index", 0) == 0)


def _scored_tokens(logprobs: object) -> int:
    if isinstance(logprobs, dict):
        # Of chats and of completions.
        for name in ("content", "tokens"):
            scored = logprobs.get(name)
            if isinstance(scored, list):
                return len(scored)
    return 0


def _completion_tokens(event: Fields, before: int | None) -> int | None:
    usage = event.get("usage")
    count = usage.get("completion_tokens") if isinstance(usage, dict) else None
    return count if isinstance(count, int) else before


def _events(response: RecordedResponse) -> Iterator[tuple[float, Fields]]:
    """Yield the JSON objects of an answer, each with when its last byte came."""
    if not response.header("content-type").startswith("text/event-stream"):
        last = response.chunks[-1].seconds if response.chunks else response.seconds
        yield from _objects(last, response.body)
        return
    data: list[bytes] = []
    for seconds, line in _lines(response):
        if line.startswith(b"data:"):
            data.append(line.removeprefix(b"data:").strip())
        elif not line and data:
            if data != [_DONE]:
                yield from _objects(seconds, b"\n".join(data))
            data.clear()


def _lines(response: RecordedResponse) -> Iterator[tuple[float, bytes]]:
    """Yield the lines of a stream without their ends, each with when its end came."""
    held = b""
    for chunk in response.chunks:
        *whole, held = _LINE_END.split(held + chunk.data)
        for line in whole:
            yield chunk.seconds, line
    if held:
        yield response.chunks[-1].seconds, held


def _objects(seconds: float, text: bytes) -> Iterator[tuple[float, Fields]]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(value, dict):
        yield seconds, value
