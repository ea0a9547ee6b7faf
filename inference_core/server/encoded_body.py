"""Bodies that come packed: compressed with gzip, or as msgpack instead of JSON.

Clients of Cerebras may send both. The routes read JSON, and see nothing of it: a body is unpacked
before them, within the same limit of bytes.
"""

import asyncio
import zlib

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inference_core.domain.errors import BodyTooLargeError, RequestError
from inference_core.server.body import BODY_LIMIT_BYTES
from inference_core.server.msgpack_body import msgpack_as_json

_MSGPACK = frozenset({"application/msgpack", "application/x-msgpack", "application/vnd.msgpack"})

# zlib's number for "a gzip header, whatever its window".
_GZIP = 31


class EncodedBodies:
    """ASGI middleware: unpacks what comes packed; other bodies pass untouched, piece by piece.

    A body that cannot be unpacked is an error where the route reads it: RequestError, or
    BodyTooLargeError for one that is too large, packed or not.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        encoding = headers.get("content-encoding", "identity").strip().lower()
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if encoding == "identity" and kind not in _MSGPACK:
            await self._app(scope, receive, send)
            return
        unpacked = False

        async def receive_unpacked() -> Message:
            nonlocal unpacked
            if unpacked:
                return await receive()
            message = await _whole(receive)
            unpacked = True
            if message["type"] == "http.request":
                # Beside the event loop: a few bytes can be a second's work.
                body = await asyncio.to_thread(_unpacked, message["body"], encoding, kind)
                message["body"] = body
            return message

        await self._app(scope, receive_unpacked, send)


async def _whole(receive: Receive) -> Message:
    """Return a body in one message, or the disconnect that came instead of its end."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return message
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT_BYTES:
            raise BodyTooLargeError(BODY_LIMIT_BYTES)
        if not message.get("more_body", False):
            return {"type": "http.request", "body": bytes(body), "more_body": False}


def _unpacked(body: bytes, encoding: str, kind: str) -> bytes:
    plain = _decompressed(body, encoding)
    return msgpack_as_json(plain) if kind in _MSGPACK else plain


def _decompressed(body: bytes, encoding: str) -> bytes:
    if encoding == "identity":
        return body
    if encoding != "gzip":
        raise RequestError(
            f"The body's encoding {encoding[:64]!r} is not known.",
            code="unknown_encoding",
            next_step="Send it plain, or compressed with gzip.",
        )
    stream = zlib.decompressobj(_GZIP)
    try:
        # A few bytes can become gigabytes; no more than one too many is made of them.
        plain = stream.decompress(body, BODY_LIMIT_BYTES + 1)
    except zlib.error as error:
        raise _broken(f"{error}") from error
    if len(plain) > BODY_LIMIT_BYTES:
        raise BodyTooLargeError(BODY_LIMIT_BYTES)
    if not stream.eof:
        raise _broken("its end is missing")
    if stream.unused_data:
        raise _broken("something follows its end")
    return plain


def _broken(why: str) -> RequestError:
    return RequestError(f"The body is not valid gzip: {why[:128]}.", code="bad_gzip")
