"""The format of a recording: what its lines say. docs/recordings.md describes every field."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

from inference_core.recording.exchange import (
    Body,
    Chunk,
    End,
    Exchange,
    Headers,
    JsonBody,
    RawBody,
    RecordedRequest,
    RecordedResponse,
    WithheldBody,
)

VERSION = 1

# Of headers that can be sent again (RFC 9110, sections 5.1 and 5.5).
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_WITHOUT_BODY = frozenset({204, 205, 304})

# The year 10000, in Unix time: no calendar here has it.
_LATEST = 253_402_300_800

# Microseconds: what a clock of an asyncio program can tell at best.
_DIGITS = 6

T = TypeVar("T")
Fields = dict[str, Any]


def head_line(created: float, upstream: str) -> bytes:
    """Return the first line of a recording."""
    return _line({"spark_recording": VERSION, "created": round(created, 3), "upstream": upstream})


def exchange_line(exchange: Exchange) -> bytes:
    """Return the line of an exchange."""
    request, response = exchange.request, exchange.response
    return _line(
        {
            "exchange": exchange.number,
            "at": round(exchange.at, 3),
            "request": {
                "method": request.method,
                "path": request.path,
                "hash": request.hash,
                "headers": request.headers,
                "body": _body_fields(request.body),
            },
            "response": {
                "status": response.status,
                "headers": response.headers,
                "seconds": round(response.seconds, _DIGITS),
                "chunks": [
                    {"seconds": round(chunk.seconds, _DIGITS)} | _bytes_fields(chunk.data)
                    for chunk in response.chunks
                ],
                "end": response.end.value,
            },
        }
    )


def read_head(line: bytes) -> tuple[int, float, str]:
    """Return version, Unix time and upstream of a first line; of a newer version only its number.

    Raises ValueError where it is no first line of a recording.
    """
    fields = _read_line(line)
    version = _member(fields, "spark_recording", _whole)
    if version > VERSION:
        return version, 0.0, ""
    return version, _member(fields, "created", _moment), _member(fields, "upstream", _text)


def read_exchange(line: bytes) -> Exchange:
    """Return the exchange of a line. Raises ValueError, which says what is wrong with it."""
    fields = _read_line(line)
    request = _member(fields, "request", _object)
    response = _member(fields, "response", _object)
    return Exchange(
        number=_member(fields, "exchange", _whole),
        at=_member(fields, "at", _moment),
        request=RecordedRequest(
            method=_member(request, "method", _text),
            path=_member(request, "path", _text),
            headers=_member(request, "headers", _headers),
            body=_member(request, "body", _body),
            hash=_member(request, "hash", _text),
        ),
        response=_sendable(
            RecordedResponse(
                status=_member(response, "status", _status),
                headers=_member(response, "headers", _answer_headers),
                seconds=_member(response, "seconds", _number),
                chunks=_member(response, "chunks", _chunks),
                end=_member(response, "end", End),
            )
        ),
    )


def _line(fields: Fields) -> bytes:
    # In ASCII: a line is a line in every editor, and half a surrogate pair can be written.
    return json.dumps(fields, separators=(",", ":")).encode("ascii") + b"\n"


def _read_line(line: bytes) -> Fields:
    try:
        return _object(json.loads(line))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _bytes_fields(data: bytes) -> Fields:
    try:
        return {"text": data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode("ascii")}


def _bytes(fields: Fields) -> bytes:
    if "text" in fields:
        return _member(fields, "text", _text).encode("utf-8")
    return base64.b64decode(_member(fields, "base64", _text), validate=True)


def _body_fields(body: Body) -> Fields:
    match body:
        case JsonBody(value):
            return {"json": value}
        case RawBody(data):
            return _bytes_fields(data)
        case WithheldBody(reason):
            return {"withheld": reason}


def _body(value: object) -> Body:
    fields = _object(value)
    if "json" in fields:
        return JsonBody(fields["json"])
    if "withheld" in fields:
        return WithheldBody(_member(fields, "withheld", _text))
    return RawBody(_bytes(fields))


def _chunks(value: object) -> tuple[Chunk, ...]:
    return tuple(
        Chunk(_member(fields, "seconds", _number), _bytes(fields))
        for fields in map(_object, _list(value))
    )


def _headers(value: object) -> Headers:
    pairs = [_list(pair) for pair in _list(value)]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError("it has no pairs of a name and a value")
    return tuple((_text(name), _text(text)) for name, text in pairs)


def _answer_headers(value: object) -> Headers:
    headers = _headers(value)
    for name, text in headers:
        if not (_NAME.fullmatch(name) and _VALUE.fullmatch(text)):
            raise ValueError(f"{name[:64]!r} is no header that can be sent")
    return headers


def _sendable(response: RecordedResponse) -> RecordedResponse:
    """Return an answer as it is. Raises ValueError for one whose body no server could send."""
    size = sum(len(chunk.data) for chunk in response.chunks)
    if size and response.status in _WITHOUT_BODY:
        raise ValueError(f"'response': an answer with the status {response.status} has no body")
    told = response.header("content-length")
    if told and not (told.isascii() and told.isdigit() and size <= int(told)):
        raise ValueError(f"'response': its content-length {told[:32]!r} is not that of its chunks")
    return response


def _member(fields: Fields, name: str, read: Callable[[Any], T]) -> T:
    if name not in fields:
        raise ValueError(f"{name!r} is missing")
    try:
        return read(fields[name])
    except ValueError as error:
        raise ValueError(f"{name!r}: {error}") from error


def _object(value: object) -> Fields:
    if not isinstance(value, dict):
        raise ValueError("it is no object")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("it is no list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("it is no text")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError("it is no whole number from 1")
    return value


def _status(value: object) -> int:
    status = _whole(value)
    if not 200 <= status <= 599:
        raise ValueError("it is no status of an answer")
    return status


def _number(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e12:
        raise ValueError("it is no number from 0")
    return float(value)


def _moment(value: object) -> float:
    moment = _number(value)
    if moment >= _LATEST:
        raise ValueError("it is no moment in Unix time")
    return moment
