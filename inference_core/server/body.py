"""Read the body of a request."""

import asyncio

from starlette.requests import Request

from inference_core.domain.errors import BodyTooLargeError
from inference_core.server.fields import Fields

# A context of 128k tokens is about half a megabyte of text; JSON escapes can multiply that by six.
BODY_LIMIT_BYTES = 8 * 1024 * 1024

# Parsed in a few milliseconds, less than it takes to have another OS thread do it.
_ASIDE_BYTES = 256 * 1024


async def read_fields(request: Request) -> Fields:
    """Return the fields of a JSON body. Raises BodyTooLargeError, RequestError."""
    if _announced(request) > BODY_LIMIT_BYTES:
        # Before it is sent: a client that asks first (Expect) then keeps it.
        raise BodyTooLargeError(BODY_LIMIT_BYTES)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_LIMIT_BYTES:
            raise BodyTooLargeError(BODY_LIMIT_BYTES)
    return await parse_fields(bytes(body))


async def parse_fields(body: bytes) -> Fields:
    """Return the fields of a JSON body; a long one is parsed beside the event loop.

    Raises RequestError, see Fields.parse.
    """
    if len(body) <= _ASIDE_BYTES:
        return Fields.parse(body)
    return await asyncio.to_thread(Fields.parse, body)


def _announced(request: Request) -> int:
    """Return how many bytes the client says that it sends, 0 where it does not say."""
    length = request.headers.get("content-length", "")
    # A number of any length may stand there, and Python reads none of more than 4,300 digits.
    return int(length[:20]) if length.isascii() and length.isdigit() else 0
