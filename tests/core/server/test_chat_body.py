"""Bodies that are no JSON, or JSON that would do harm."""

import json
from contextlib import suppress

import pytest
from generating import ScriptedEngine, asking, ended, pieces
from hypothesis import given, settings
from hypothesis import strategies as st
from law_cases import cases

from inference_core.domain.errors import RequestError
from inference_core.engine.replay import prompt_text
from inference_core.server.fields import Fields
from inference_core.server.json_body import DEPTH_LIMIT, VALUES_LIMIT, parse_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)  # fmt: skip


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "line 1 column 1"),
        (b'{"a": 1,\n "b": }', "line 2 column 7"),
        (b'{"a": 1} x', "line 1 column 10"),
        (b'{"a": "x\ny"}', "line 1 column 9"),
        (b'{"a": NaN}', "NaN is not JSON: line 1 column 7"),
        (b'{"NaN": "-Infinity",\n"a": [1, -Infinity]}', "-Infinity is not JSON: line 2 column 10"),
        (b'{"a": 1e999}', "a number is too large: line 1 column 7"),
        (b'{"a": "1e999",\n\n "b": -1.5E+999}', "a number is too large: line 3 column 7"),
        (b'{"a": 1' + b"0" * 5000 + b"}", "more than 4300 digits: line 1 column 7"),
        (b'{"a": -' + b"1" * 4301 + b"}", "more than 4300 digits: line 1 column 7"),
        (b'{"a": "\xff"}', "not UTF-8: line 1 column 8"),
        ('{"a":\n "é\x00'.encode()[:-1] + b"\xed\xa0\x80", "not UTF-8: line 2 column 4"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8: line 1 column 1"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[" * 65 + b"]" * 65, "more than 64 levels"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "more than 64 levels"),
    ],
)
async def test_what_is_no_json_is_refused_with_its_place(body, says):
    with pytest.raises(RequestError) as refused:
        parse_json(body)
    assert says in refused.value.message
    assert refused.value.code == "bad_json"
    async with asking(ScriptedEngine([ended()])) as client:
        response = await client.post("/v1/chat/completions", content=body)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_json")


def test_a_bad_number_is_found_behind_very_many_good_ones():
    body = b'{"prompt":[\n' + b"0," * 400_000 + b"1e999]}"
    with pytest.raises(RequestError, match="too large: line 2 column 800001"):
        parse_json(body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": ' + b"9" * 4300 + b"}", {"a": int("9" * 4300)}),
        (b"[" * DEPTH_LIMIT + b"]" * DEPTH_LIMIT, None),
        (b'["\\"NaN", 1e-999]', ['"NaN', 0.0]),
    ],
)
def test_what_is_json_is_read(body, value):
    read = parse_json(body)
    assert value is None or read == value


@settings(max_examples=cases(50))
@given(VALUES)
def test_what_was_written_is_read(value):
    assert parse_json(json.dumps(value).encode()) == value


@given(st.binary(max_size=200))
def test_no_body_does_more_than_be_refused(body):
    with suppress(RequestError):
        parse_json(body)


@pytest.mark.parametrize(
    "body", [b'{"a":[' + each * 500_000 + b"1]}" for each in (b"{},", b"[],", b"1,,", b"[[")]
)
async def test_a_body_of_too_many_values_is_refused_before_it_is_parsed(body):
    async with asking(ScriptedEngine([ended()])) as client:
        response = await client.post("/v1/chat/completions", content=body)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (400, "too_many_values")
    assert "1000000 values" in error["message"]


def test_as_many_values_as_may_be_are_read():
    # The list, and a comma before each number but the first.
    assert len(parse_json(b"[1" + b",1" * (VALUES_LIMIT - 1) + b"]")) == VALUES_LIMIT


async def test_a_long_body_is_read_like_a_short_one():
    engine = ScriptedEngine([*pieces("x"), ended()])
    content = "x" * 1_000_000
    async with asking(engine) as client:
        body = {"messages": [{"role": "user", "content": content}]}
        response = await client.post("/v1/chat/completions", json=body)
        refused = await client.post("/v1/chat/completions", json=[content])
    assert response.status_code == 200
    assert prompt_text(engine.asked[0].prompt) == f"user: {content}\n"
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_json")


def test_of_a_repeated_field_the_last_one_counts():
    fields = Fields.parse(b'{"n": "x", "n": 2}')
    assert fields.integer("n", 1) == 2


async def test_a_huge_number_is_refused_as_a_value_not_as_a_fault():
    async with asking(ScriptedEngine([*pieces("x"), ended()])) as client:
        body = b'{"messages": [{"role": "user", "content": "x"}], "n": ' + b"9" * 4000 + b"}"
        response = await client.post("/v1/chat/completions", content=body)
    assert (response.status_code, response.json()["error"]["param"]) == (400, "n")


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"x"'])
def test_a_body_that_is_no_object_is_refused(body):
    with pytest.raises(RequestError, match="must be a JSON object"):
        Fields.parse(body)
