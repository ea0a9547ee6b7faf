"""msgpack instead of JSON, as clients of Cerebras may send it: counted, then written as JSON."""

import json
from typing import Any

import msgpack

from inference_core.domain.errors import RequestError
from inference_core.server.json_body import DEPTH_LIMIT, VALUES_LIMIT, too_many_values

# What follows the first byte of a value, by that byte (msgpack's specification, "Formats"): so many
# bytes of it, …
_BYTES = (
    {0xCA: 4, 0xCB: 8} | {0xCC + n: 2**n for n in range(4)} | {0xD0 + n: 2**n for n in range(4)}
)
_BYTES |= {0xD4 + n: 1 + 2**n for n in range(5)}
# … a length in so many bytes, then so many bytes and one more for the kind of an extension, …
_LENGTHS = {0xC4 + n: (2**n, 0) for n in range(3)} | {0xC7 + n: (2**n, 1) for n in range(3)}
_LENGTHS |= {0xD9 + n: (2**n, 0) for n in range(3)}
# … or a count in so many bytes, then so many times one value, or two.
_COUNTS = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}


def msgpack_as_json(body: bytes) -> bytes:
    """Return the JSON text of a msgpack value.

    Raises RequestError for what is no msgpack, for what JSON has no form for, and for more than
    VALUES_LIMIT values; a name in a map is one, too.
    """
    _require_few_values(body)
    try:
        value: Any = msgpack.unpackb(body, strict_map_key=True, timestamp=0)
        # Deeper values cannot be written by the parser's own recursion, nor would they be read.
        return json.dumps(value, allow_nan=False).encode("utf-8")
    except (ValueError, TypeError, RecursionError, msgpack.UnpackException) as error:
        raise RequestError(
            f"The body is not valid msgpack of JSON's kinds, at most {DEPTH_LIMIT} levels deep: "
            f"{str(error)[:128] or type(error).__name__}.",
            code="bad_msgpack",
        ) from error


def _require_few_values(body: bytes) -> None:
    """Raise RequestError where too many values are announced, before anything is made of them.

    The unpacker takes room for as many as a list announces, and an object takes a hundred times the
    byte that it came in. What is no msgpack is left to the unpacker.
    """
    at, waiting, announced = 0, 1, 1
    while waiting and at < len(body):
        head = body[at]
        at += 1
        waiting -= 1
        items = 0
        if 0x80 <= head < 0x90:
            items = 2 * (head & 0x0F)
        elif 0x90 <= head < 0xA0:
            items = head & 0x0F
        elif 0xA0 <= head < 0xC0:
            at += head & 0x1F
        elif head in _BYTES:
            at += _BYTES[head]
        elif head in _LENGTHS:
            size, more = _LENGTHS[head]
            at += size + more + int.from_bytes(body[at : at + size])
        elif head in _COUNTS:
            size, each = _COUNTS[head]
            items = each * int.from_bytes(body[at : at + size])
            at += size
        waiting += items
        announced += items
        if announced > VALUES_LIMIT:
            raise too_many_values()
