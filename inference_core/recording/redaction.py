"""What of an exchange reaches the file: everything but keys, and what one connection needs."""

import zlib
from collections.abc import Iterable, Sequence
from urllib.parse import unquote_plus

from inference_core.recording.exchange import (
    Body,
    Chunk,
    Headers,
    Json,
    JsonBody,
    RawBody,
    RecordedRequest,
    WithheldBody,
)
from inference_core.recording.hashing import parsed_json, request_hash
from inference_core.recording.keys import REDACTED, Keys, is_secret_name, secret_texts

# RFC 9110, section 7.6.1: they are about one connection, and end with it.
_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization"}
    | {"te", "trailer", "transfer-encoding", "upgrade"}
)

# A list of what is kept, for requests: a name that nobody thought of may hold a key.
_KEPT_REQUEST_HEADERS = frozenset(
    {"accept", "content-type", "content-encoding", "user-agent", "queue_threshold"}
    | {"openai-beta", "anthropic-version", "anthropic-beta"}
)
_KEPT_REQUEST_PREFIXES = ("x-stainless-", "x-spark-")

# No keys, but they name whose account it was.
_PRIVATE_RESPONSE_HEADERS = frozenset({"openai-organization", "openai-project"})

# Says its fields as a query does.
_FORM = "application/x-www-form-urlencoded"

# What a compressed request may unpack to; larger ones are not kept.
_UNPACKED_BYTES = 64 * 2**20


def end_to_end(headers: Iterable[tuple[str, str]]) -> Headers:
    """Return the headers that are passed on: not those about one connection."""
    pairs = tuple(headers)
    named = {
        word.strip().lower()
        for name, value in pairs
        if name.lower() == "connection"
        for word in value.split(",")
    }
    return tuple((name, value) for name, value in pairs if name.lower() not in _HOP_BY_HOP | named)


def recorded_request(
    method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes, keys: Keys
) -> RecordedRequest:
    """Return a request as it is kept and looked for.

    ``target`` is the path with its query, as on the wire. With it another exchange begins in
    ``keys``, to which its keys are added.
    """
    keys.begin()
    path, _, query = target.partition("?")
    keys.note_headers(headers)
    keys.note_query(query)
    if _header(headers, "content-type").startswith(_FORM):
        keys.note_query(body.decode("utf-8", "replace"))
    kept = _body(headers, body, keys)
    target = keys.redacted(path) + (f"?{_query(query, keys)}" if query else "")
    return RecordedRequest(
        method=method,
        path=target,
        headers=tuple(
            (name, keys.redacted(value)) for name, value in headers if _is_kept(name.lower())
        ),
        body=kept,
        hash=request_hash(method, target, kept, body),
    )


def recorded_headers(headers: Iterable[tuple[str, str]], keys: Keys) -> Headers:
    """Return a response's headers as they are kept. Its cookies are added to ``keys``."""
    headers = end_to_end(headers)
    keys.note_answer_headers(headers)
    return tuple(
        (name, keys.redacted(value))
        for name, value in headers
        if not is_secret_name(name) and name.lower() not in _PRIVATE_RESPONSE_HEADERS
    )


def recorded_chunks(chunks: Sequence[Chunk], keys: Keys) -> tuple[Chunk, ...]:
    """Return a response's chunks, as long as they were, with keys masked across their borders."""
    masked = keys.masked(b"".join(chunk.data for chunk in chunks))
    kept, at = [], 0
    for chunk in chunks:
        kept.append(Chunk(chunk.seconds, masked[at : at + len(chunk.data)]))
        at += len(chunk.data)
    return tuple(kept)


def _is_kept(name: str) -> bool:
    return name in _KEPT_REQUEST_HEADERS or name.startswith(_KEPT_REQUEST_PREFIXES)


def _query(query: str, keys: Keys) -> str:
    return "&".join(
        f"{name}={REDACTED}" if is_secret_name(unquote_plus(name)) else keys.redacted(pair)
        for pair in query.split("&")
        for name in (pair.partition("=")[0],)
    )


def _body(headers: Iterable[tuple[str, str]], body: bytes, keys: Keys) -> Body:
    encoding = _header(headers, "content-encoding")
    if encoding == "gzip":
        unpacked = _unpacked(body)
        if unpacked is None:
            return WithheldBody("its gzip cannot be unpacked")
        body = unpacked
    elif encoding not in ("", "identity"):
        return WithheldBody(f"it is packed as {encoding[:32]}")
    try:
        value = parsed_json(body)
    except ValueError:
        return RawBody(keys.masked(body))
    keys.note_body(value)
    return JsonBody(_redacted(value, keys))


def _header(headers: Iterable[tuple[str, str]], name: str) -> str:
    """Return the first value of a header in lower case, empty where there is none."""
    return next((value.strip().lower() for each, value in headers if each.lower() == name), "")


def _unpacked(body: bytes) -> bytes | None:
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        data = unpacking.decompress(body, _UNPACKED_BYTES)
    except zlib.error:
        return None
    return data if unpacking.eof else None


def _redacted(value: Json, keys: Keys) -> Json:
    match value:
        case str():
            return keys.redacted(value)
        case list():
            return [_redacted(each, keys) for each in value]
        case dict():
            # Those that are too short to be searched for elsewhere are left out here.
            secrets = set(secret_texts(value))
            return {
                keys.redacted(name): REDACTED
                if isinstance(member, str) and member in secrets
                else _redacted(member, keys)
                for name, member in value.items()
            }
        case _:
            return value
