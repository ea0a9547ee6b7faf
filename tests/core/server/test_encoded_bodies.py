"""Bodies that come packed: gzip, msgpack, both, and what only looks like it."""

import json
from contextlib import suppress
from gzip import compress

import msgpack
import pytest
from generating import ScriptedEngine, asking, ended, pieces
from hypothesis import given, settings
from hypothesis import strategies as st
from law_cases import cases

from inference_core.domain.errors import RequestError
from inference_core.server.body import BODY_LIMIT_BYTES
from inference_core.server.json_body import VALUES_LIMIT
from inference_core.server.msgpack_body import msgpack_as_json

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
        (packed(PLAIN) + packed(b"more"), AS_GZIP, "bad_gzip"),
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


def listed(count, item=b"", *, head=b"\x81\xa1a"):
    """A map with a list that announces so many items; ``item`` is all that there is of them."""
    return head + b"\xdd" + count.to_bytes(4) + item


MANY = VALUES_LIMIT + 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(listed(8_000_000, b"\x80" * 8_000_000), id="objects"),
        pytest.param(listed(MANY, b"\xc0" * MANY), id="nulls"),
        pytest.param(listed(1000, listed(1000, b"\xc0" * 1000, head=b"") * 1000), id="lists"),
        pytest.param(listed(1000, listed(500_000, head=b"") * 1000), id="announced only"),
        pytest.param(b"\xdf" + (500_000).to_bytes(4), id="names"),
        pytest.param(b"\x9f" * 100_000, id="lists in lists"),
    ],
)
async def test_a_body_of_too_many_values_is_refused_before_it_is_unpacked(body):
    _, response = await answer_to(packed(body), AS_MSGPACK | {"Content-Encoding": "gzip"})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "too_many_values")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False,
    allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)  # fmt: skip


@settings(max_examples=cases(50))
@given(JSON_VALUES)
def test_what_was_packed_is_read(value):
    assert json.loads(msgpack_as_json(msgpack.packb(value))) == value


@pytest.mark.parametrize(
    "value",
    [
        *("x" * size for size in (31, 32, 255, 256, 65_535, 65_536)),
        *([1] * size for size in (15, 16, 65_535, 65_536, VALUES_LIMIT - 1)),
        *({str(name): 1 for name in range(size)} for size in (15, 16, 65_535, 65_536)),
        [-(2**bits) for bits in range(64)],
        [2**bits for bits in range(64)],
    ],
    ids=lambda value: f"{type(value).__name__} {len(value)}",
)
def test_values_of_every_length_are_read(value):
    assert json.loads(msgpack_as_json(msgpack.packb(value))) == value


@given(st.binary(max_size=200))
def test_no_msgpack_does_more_than_be_refused(body):
    with suppress(RequestError):
        msgpack_as_json(body)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (packed(b" " * (BODY_LIMIT_BYTES + 1)), AS_GZIP),
        (b"x" * (BODY_LIMIT_BYTES + 1), AS_GZIP),
        # Two bytes for a text of six letters and two quotes, and a comma.
        (listed(990_000, b"\xa1\x00" * 990_000), AS_MSGPACK),
    ],
)
async def test_a_body_that_becomes_too_large_is_refused(body, headers):
    _, response = await answer_to(body, headers)
    assert (response.status_code, response.json()["error"]["code"]) == (413, "body_too_large")
