"""The session's answers in the core's format of recordings (docs/recordings.md), to be replayed.

What a chat keeps of an answer is its text, when its first token came and when its last one. So the
moments between are spread evenly, the text is cut at its words, and every response says with the
header ``x-spark-reconstructed`` that its bytes are not those of a server.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.conversation import Thread, Turn, TurnState
from spark_desktop.domain.regex import regex

Json = dict[str, Any]

_VERSION = 1
_PATH = "/v1/chat/completions"
_WORD = regex(r"\s*\S+|\s+")
_HEADERS = [["content-type", "text/event-stream; charset=utf-8"], ["x-spark-reconstructed", "1"]]


def recording_of(threads: Sequence[Thread]) -> tuple[str, int]:
    """Return the recording as text, and how many answers it has.

    Only answers that came to their end are in it; it is as old as the newest of all.
    """
    moments = [turn.created.timestamp() for thread in threads for turn in thread.turns]
    created = round(max(moments, default=0.0), 3)
    lines = [_line({"spark_recording": _VERSION, "created": created, "upstream": "spark-desktop"})]
    for thread in threads:
        for at, turn in enumerate(thread.turns):
            if turn.state is TurnState.DONE and turn.answer:
                lines.append(_line(_exchange(len(lines), thread.turns[:at], turn)))
    return "".join(lines), len(lines) - 1


def _exchange(number: int, earlier: Sequence[Turn], turn: Turn) -> Json:
    body = {"messages": _messages(earlier, turn), "model": turn.model, "stream": True}
    timing = turn.timing or Timing(0.0, 0.0)
    return {
        "exchange": number,
        "at": round(turn.created.timestamp(), 3),
        "request": {
            "method": "POST",
            "path": _PATH,
            "hash": _hash(body),
            "headers": [["content-type", "application/json"]],
            "body": {"json": body},
        },
        "response": {
            "status": 200,
            "headers": _headers(turn),
            "seconds": round(timing.first_token, 6),
            "chunks": [
                {"seconds": round(seconds, 6), "text": f"data: {text}\n\n"}
                for seconds, text in _events(turn, timing)
            ],
            "end": "complete",
        },
    }


def _headers(turn: Turn) -> list[list[str]]:
    if turn.emulation is None:
        return _HEADERS
    return [*_HEADERS, ["x-spark-emulated", f"profile={turn.emulation.profile}"]]


def _messages(earlier: Sequence[Turn], turn: Turn) -> list[Json]:
    messages: list[Json] = []
    for past in earlier:
        if past.state is TurnState.DONE:
            messages.append({"role": "user", "content": past.question})
            messages.append({"role": "assistant", "content": past.answer})
    return [*messages, {"role": "user", "content": turn.question}]


def _events(turn: Turn, timing: Timing) -> Iterator[tuple[float, str]]:
    """Return when each event came, in seconds since the request, and its data."""
    pieces = _WORD.findall(turn.answer)
    step = max(0.0, timing.total - timing.first_token) / max(1, len(pieces) - 1)
    for number, piece in enumerate(pieces):
        delta = {"content": piece} if number else {"role": "assistant", "content": piece}
        yield timing.first_token + number * step, _chunk(turn, delta, None)
    yield timing.total, _chunk(turn, {}, "stop")
    yield timing.total, "[DONE]"


def _chunk(turn: Turn, delta: Json, reason: str | None) -> str:
    chunk: Json = {
        "id": f"chatcmpl-{turn.id}",
        "object": "chat.completion.chunk",
        "created": int(turn.created.timestamp()),
        "model": turn.model,
        "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
    }
    if reason is not None and turn.usage is not None:
        chunk["usage"] = _usage(turn.usage)
    return json.dumps(chunk, separators=(",", ":"))


def _usage(usage: Usage) -> Json:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
    }


def _hash(body: Json) -> str:
    """Return by what a replay finds the request again."""
    form = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"POST\n{_PATH}\njson\n{form}".encode("ascii")).hexdigest()


def _line(fields: Json) -> str:
    return json.dumps(fields, separators=(",", ":")) + "\n"
