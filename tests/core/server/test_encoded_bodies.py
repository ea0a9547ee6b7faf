"""Bodies that come packed: gzip, msgpack, both, and what only looks like it."""

import json
from gzip import compress

import msgpack
import pytest
from generating import ScriptedEngine, asking, ended, pieces

from inference_core.server.body import BODY_LIMIT_BYTES

CHAT = {"model": "tiny", "messages": [{"role": "user", "content": "héllo"}]}
PLAIN = json.dumps(CHAT).encode()
AS_MSGPACK = {"Content-Type": "application/msgpack"}
AS_GZIP = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
URL = "/v1/chat/completions"


def packed(body):
    """The body compressed, without the time of it: the tests' names must not change."""
    return compress(body, mtime=0)


async def answer_to(body, headers):
    engine = ScriptedEngine([*pieces("hi"), ended()])
    async with asking(engine) as client:
        return engine, await client.post(URL, content=body, headers=headers)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (packed(PLAIN), AS_GZIP),
        (msgpack.packb(CHAT), AS_MSGPACK),
        (msgpack.packb(CHAT), {"Content-Type": "application/vnd.msgpack; charset=binary"}),
        (packed(msgpack.packb(CHAT)), AS_MSGPACK | {"Content-Encoding": "GZIP"}),
        (PLAIN, {"Content-Encoding": "identity"}),
    ],
)
async def test_a_packed_body_is_read_like_a_plain_one(body, headers):
    engine, response = await answer_to(body, headers)
    assert response.status_code == 200
    assert engine.asked[0].prompt == (await answer_to(PLAIN, {}))[0].asked[0].prompt


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (b"no gzip", AS_GZIP, "bad_gzip"),
        (packed(PLAIN)[:-9], AS_GZIP, "bad_gzip"),
        (b"", AS_GZIP, "bad_gzip"),
        (PLAIN, {"Content-Encoding": "br"}, "unknown_encoding"),
        (b"\xc1", AS_MSGPACK, "bad_msgpack"),
        (b"", AS_MSGPACK, "bad_msgpack"),
        (msgpack.packb({"a": b"bytes"}), AS_MSGPACK, "bad_msgpack"),
        (msgpack.packb({"a": float("nan")}), AS_MSGPACK, "bad_msgpack"),
        (msgpack.packb({1: 2}, strict_types=True), AS_MSGPACK, "bad_msgpack"),
        (b"\x91" * 5000 + b"\xc0", AS_MSGPACK, "bad_msgpack"),
        (b"\xd6\xff\x00\x00\x00\x00", AS_MSGPACK, "bad_msgpack"),
        (msgpack.packb([1]), AS_MSGPACK, "bad_json"),
    ],
)
async def test_what_cannot_be_unpacked_is_refused_by_name(body, headers, code):
    _, response = await answer_to(body, headers)
    assert (response.status_code, response.json()["error"]["code"]) == (400, code)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (packed(b" " * (BODY_LIMIT_BYTES + 1)), AS_GZIP),
        (b"x" * (BODY_LIMIT_BYTES + 1), AS_GZIP),
        # A byte for each null of four letters.
        (b"\x81\xa1a\xdd\x00\x70\x00\x00" + b"\xc0" * 0x700000, AS_MSGPACK),
    ],
)
async def test_a_body_that_becomes_too_large_is_refused(body, headers):
    _, response = await answer_to(body, headers)
    assert (response.status_code, response.json()["error"]["code"]) == (413, "body_too_large")
