"""Requests are the same where they ask for the same, however they are written."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.recording.exchange import RawBody
from inference_core.recording.keys import Keys
from inference_core.recording.reader import read_recording
from inference_core.recording.redaction import recorded_request
from spark_resources import resource

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=10,
)


def hash_of(body, headers=(), method="POST", target="/v1/chat/completions"):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return recorded_request(method, target, headers, data, Keys()).hash


@given(JSON)
def test_the_spelling_of_json_does_not_count(value):
    spelt = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
    assert hash_of(spelt.encode("utf-8", "surrogatepass")) == hash_of(value)


def test_the_order_of_fields_does_not_count():
    assert hash_of({"a": 1, "b": 2}) == hash_of({"b": 2, "a": 1})


def test_the_order_in_lists_counts():
    assert hash_of({"a": [1, 2]}) != hash_of({"a": [2, 1]})


def test_a_number_is_its_value():
    assert hash_of({"temperature": 0}) == hash_of({"temperature": 0.0})
    assert hash_of({"n": 1}) != hash_of({"n": True})


@pytest.mark.parametrize("field", ["user", "safety_identifier", "prompt_cache_key", "metadata"])
def test_who_asks_does_not_count(field):
    assert hash_of({"model": "m", field: "a"}) == hash_of({"model": "m", field: "b"})


def test_such_a_name_further_in_counts():
    assert hash_of({"a": {"user": 1}}) != hash_of({"a": {"user": 2}})


@pytest.mark.parametrize(
    "other",
    [
        {"body": {"model": "n"}},
        {"body": {"model": "m", "stream": True}},
        {"method": "GET"},
        {"target": "/v1/completions"},
        {"target": "/v1/chat/completions?a=1"},
    ],
)
def test_what_is_asked_counts(other):
    assert hash_of(**({"body": {"model": "m"}} | other)) != hash_of({"model": "m"})


def test_which_key_asks_does_not_count():
    def asked_with(key):
        headers = (("authorization", f"Bearer {key}"),)
        return hash_of({"prompt": f"{key}?"}, headers, target=f"/?api_key={key}")

    assert asked_with("sk-planted-1") == asked_with("sk-another-22")


@pytest.mark.parametrize("body", [b"", b"{", b'{"a": NaN}', b'{"a": 1e999}', b"[" * 100_000])
def test_what_is_no_json_counts_as_its_bytes(body):
    assert recorded_request("POST", "/", (), body, Keys()).body == RawBody(body)
    assert hash_of(body) != hash_of(body + b" ")


def test_the_hash_is_the_documented_one():
    text = b'POST\n/v1/x?a=1\njson\n{"a":[0,"\\u00e9"],"b":null}'
    body = {"user": "me", "b": None, "a": [0.0, "é"]}
    assert hash_of(body, target="/v1/x?a=1") == hashlib.sha256(text).hexdigest()
    assert hash_of(b"x") == hashlib.sha256(b"POST\n/v1/chat/completions\nbytes\nx").hexdigest()


def test_the_recording_that_ships_answers_to_its_own_request():
    (kept,) = read_recording(resource("recordings", "qwen2.5-coder-0.5b.jsonl")).exchanges
    assert hash_of(kept.request.body.value, target=kept.request.path) == kept.request.hash
