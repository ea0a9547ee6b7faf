"""Keys are found however they are written, and nothing else is."""

import base64
import gzip
import json
from itertools import pairwise
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.recording.exchange import Chunk, JsonBody, RawBody, WithheldBody
from inference_core.recording.keys import REDACTED, Keys
from inference_core.recording.lines import exchange_line
from inference_core.recording.redaction import (
    recorded_chunks,
    recorded_headers,
    recorded_request,
)
from tests.core.recording.scripted import KEY, PLAIN_KEY, exchange

BEARER = (("authorization", f"Bearer {PLAIN_KEY}"),)


def keys_of(*headers):
    keys = Keys()
    keys.note_headers(headers)
    return keys


def request(*headers, target="/v1/chat/completions", body=b"", keys=None):
    return recorded_request("POST", target, headers, body, keys or Keys())


@pytest.mark.parametrize(
    "name",
    ["authorization", "x-api-key", "api-key", "x-goog-api-key", "x-auth-token", "x-client-secret"],
)
def test_a_header_of_a_key_is_left_out_and_its_value_is_taken_from_the_body(name):
    kept = request((name, PLAIN_KEY), body=json.dumps({"prompt": f"it is {PLAIN_KEY}"}).encode())
    assert kept.headers == ()
    assert kept.body == JsonBody({"prompt": f"it is {REDACTED}"})


def test_only_known_headers_of_a_request_are_kept():
    sent = (("accept", "a"), ("x-company", "b"), ("x-stainless-lang", "python"), ("cookie", "c"))
    assert request(*sent).headers == (("accept", "a"), ("x-stainless-lang", "python"))


def test_a_key_in_a_kept_header_is_taken_out():
    kept = request(*BEARER, ("user-agent", f"tool {PLAIN_KEY}"))
    assert kept.headers == (("user-agent", f"tool {REDACTED}"),)


def test_the_password_of_basic_authorization_is_a_key():
    pair = base64.b64encode(b"me:hunter2-hunter2").decode()
    keys = keys_of(("authorization", f"Basic {pair}"))
    assert keys.redacted(f"{pair} hunter2-hunter2 me") == f"{REDACTED} {REDACTED} me"


def test_a_key_in_the_query_is_taken_out_of_the_path_and_of_the_body():
    target = "/v1/models/a?key=AIzaSy%2Dplanted&alt=sse"
    kept = request(target=target, body=b'{"prompt": "AIzaSy-planted"}')
    assert kept.path == f"/v1/models/a?key={REDACTED}&alt=sse"
    assert kept.body == JsonBody({"prompt": REDACTED})


def test_a_key_in_the_path_is_taken_out():
    assert request(*BEARER, target=f"/k/{PLAIN_KEY}/v1").path == f"/k/{REDACTED}/v1"


def test_a_key_that_the_body_has_for_a_tools_server_is_taken_out_everywhere():
    tools = [{"type": "mcp", "headers": {"Authorization": f"Bearer {PLAIN_KEY}"}}]
    keys = Keys()
    kept = request(body=json.dumps({"tools": tools}).encode(), keys=keys)
    assert kept.body == JsonBody(
        {"tools": [{"type": "mcp", "headers": {"Authorization": REDACTED}}]}
    )
    assert keys.masked(PLAIN_KEY.encode()) == b"*" * len(PLAIN_KEY)


def test_a_schema_that_names_a_password_is_kept_as_it_is():
    body = {"schema": {"properties": {"password": {"type": "string"}}}}
    assert request(body=json.dumps(body).encode()).body == JsonBody(body)


def test_a_cookie_that_the_server_sets_is_a_key():
    keys = Keys()
    sent = (("set-cookie", "sid=0123456789abcdef; Path=/"), ("x-request-id", "1"))
    assert recorded_headers(sent, keys) == (("x-request-id", "1"),)
    assert keys.masked(b"0123456789abcdef") == b"*" * 16


def test_a_clients_cookie_is_a_key_but_not_a_word_in_it():
    keys = keys_of(("cookie", "lang=english; sid=0123456789abcdef"))
    assert keys.redacted("english 0123456789abcdef") == f"english {REDACTED}"


def test_what_is_about_one_connection_or_an_account_is_left_out_of_the_answers_headers():
    sent = (
        ("connection", "keep-alive, x-hop"),
        ("x-hop", "1"),
        ("transfer-encoding", "chunked"),
        ("openai-organization", "me"),
        ("x-ratelimit-remaining-tokens-minute", "9"),
    )
    assert recorded_headers(sent, Keys()) == (("x-ratelimit-remaining-tokens-minute", "9"),)


ESCAPED = {
    "as it is": KEY,
    "JSON": json.dumps(KEY)[1:-1],
    "JSON that is not ASCII": json.dumps(KEY, ensure_ascii=False)[1:-1],
    "JSON with slashes escaped": json.dumps(KEY)[1:-1].replace("/", "\\/"),
    "every character escaped": "".join(f"\\u{ord(character):04X}" for character in KEY),
    "JSON in JSON": json.dumps(json.dumps(KEY)[1:-1])[1:-1],
    "a URL": quote(KEY, safe=""),
    "a URL in lower case": quote(KEY, safe="").lower(),
}


@pytest.mark.parametrize("written", ESCAPED.values(), ids=ESCAPED.keys())
def test_a_key_is_masked_in_every_way_to_write_it(written):
    data = f'{{"error": "wrong key {written}!"}}'.encode()
    masked = keys_of(("x-api-key", KEY)).masked(data)
    assert masked == data.replace(written.encode(), b"*" * len(written.encode()))


def test_a_key_with_a_backslash_is_masked_in_json():
    written = json.dumps("a\\b\\\\cdef")[1:-1].encode()
    assert keys_of(("x-api-key", "a\\b\\\\cdef")).masked(written) == b"*" * len(written)


@given(st.lists(st.integers(0, 60), max_size=5))
def test_a_key_is_masked_wherever_the_chunks_are_cut(cuts):
    data = f"before {PLAIN_KEY} between {PLAIN_KEY} after".encode()
    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    chunks = [Chunk(1.0, data[a:b]) for a, b in pairwise(bounds)]
    kept = recorded_chunks(chunks, keys_of(*BEARER))
    assert [len(chunk.data) for chunk in kept] == [len(chunk.data) for chunk in chunks]
    stars = "*" * len(PLAIN_KEY)
    assert (
        b"".join(chunk.data for chunk in kept).decode() == f"before {stars} between {stars} after"
    )


def event(text, index=0):
    choice = {"index": index, "delta": {"content": text}}
    return f"data: {json.dumps({'id': 'x', 'choices': [choice]})}\n\n"


@given(st.sets(st.integers(1, len(KEY) - 1)), st.booleans())
def test_a_key_is_masked_where_several_events_spell_it(cuts, interleaved):
    bounds = [0, *sorted(cuts), len(KEY)]
    pieces = [KEY[a:b] for a, b in pairwise(bounds)]
    other = event("other", 1) if interleaved else ""
    stream = "".join(event(piece) + other for piece in ["<", *pieces, ">"])
    masked = keys_of(("x-api-key", KEY)).masked(stream.encode())
    read = [json.loads(line[5:])["choices"][0] for line in masked.decode().split("\n\n") if line]
    text = "".join(choice["delta"]["content"] for choice in read if choice["index"] == 0)
    assert set(text) == {"<", "*", ">"}
    assert "".join(choice["delta"]["content"] for choice in read if choice["index"]) == (
        "other" * (len(pieces) + 2) if interleaved else ""
    )


@pytest.mark.parametrize("placeholder", ["EMPTY", "none", "x", "ollama", "lm-studio"])
def test_what_stands_for_no_key_is_searched_for_nowhere(placeholder):
    keys = keys_of(("authorization", f"Bearer {placeholder}"))
    assert keys.masked(placeholder.encode()) == placeholder.encode()


def test_a_key_of_an_earlier_request_is_still_one():
    keys = Keys()
    request(*BEARER, keys=keys)
    assert request(body=PLAIN_KEY.encode(), keys=keys).body == RawBody(b"*" * len(PLAIN_KEY))


def test_a_request_of_many_keys_is_searched_for_all_of_them():
    cookies = "; ".join(f"c{number}=0123456789abcdef{number}" for number in range(200))
    kept = request(*BEARER, ("cookie", cookies), body=PLAIN_KEY.encode())
    assert kept.body == RawBody(b"*" * len(PLAIN_KEY))


def test_a_key_that_is_sent_again_and_again_is_not_forgotten_for_others():
    keys = Keys()
    for number in range(100):
        request(*BEARER, keys=keys)
        request(("authorization", f"Bearer another-{number}"), keys=keys)
    assert keys.redacted(f"{PLAIN_KEY} another-0") == f"{REDACTED} another-0"


def test_what_keeps_a_repeated_request_from_counting_twice_is_no_key():
    keys = keys_of(("idempotency-key", "stainless-python-retry-1"))
    assert keys.redacted("stainless-python-retry-1") == "stainless-python-retry-1"


def test_a_key_that_is_not_ascii_is_found_though_headers_are_bytes():
    sent = ("x-api-key", KEY.encode().decode("latin-1"))
    assert request(sent, body=KEY.encode()).body == RawBody(b"*" * len(KEY.encode()))


def test_half_a_surrogate_pair_in_a_key_is_no_fault():
    kept = request(body=b'{"api_key": "\\ud800-planted", "a": "\\ud800-planted"}')
    assert kept.body == JsonBody({"api_key": REDACTED, "a": REDACTED})


def test_a_body_that_cannot_be_searched_is_not_kept():
    assert request(("content-encoding", "br"), body=b"x").body == WithheldBody("it is packed as br")
    assert isinstance(request(("content-encoding", "gzip"), body=b"x").body, WithheldBody)


def test_a_packed_body_is_kept_unpacked():
    body = gzip.compress(json.dumps({"prompt": PLAIN_KEY}).encode())
    assert request(*BEARER, ("content-encoding", "gzip"), body=body).body == JsonBody(
        {"prompt": REDACTED}
    )


# Without a beginning of its own a key could be one of the format's words, or stars.
@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=5, max_size=40).map(
        "sk-".__add__
    ),
    st.binary(max_size=40),
    st.sampled_from([lambda key: key, lambda key: json.dumps(key)[1:-1]]),
)
def test_no_line_holds_a_key_whichever_it_is(key, noise, spelling):
    keys = keys_of(("x-api-key", key))
    answer = noise + spelling(key).encode() + noise
    kept = recorded_request("POST", "/", (), b'{"k": ' + json.dumps(key).encode() + b"}", keys)
    chunks = recorded_chunks([Chunk(0.0, answer)], keys)
    assert key not in str(kept.body)
    assert spelling(key).encode() not in chunks[0].data
    line = exchange_line(exchange(chunks[0].data, body=kept.body.value))
    assert json.dumps(key)[1:-1].encode() not in line


@pytest.mark.parametrize("data", [b'"' + b'\\"' * 200_000, b'"a' * 200_000, b"\\" * 400_000])
def test_no_answer_makes_the_search_long(data):
    # Grows with the square of the length where a pattern looks twice: that would take minutes.
    keys = keys_of(("x-api-key", KEY))
    assert keys.masked(data) == data


@pytest.mark.parametrize(
    "body",
    [
        {"OPENAI_API_KEY": PLAIN_KEY},
        {"openai-api-key": PLAIN_KEY},
        {"githubToken": PLAIN_KEY},
        {"secret": PLAIN_KEY},
        {"access_token": [PLAIN_KEY]},
        {"authorization": {"token": PLAIN_KEY}},
        {"env": [{"name": "API_KEY", "value": PLAIN_KEY}]},
        {"headers": [{"name": "X-Api-Key", "value": f"Bearer {PLAIN_KEY}"}]},
    ],
)
def test_a_key_of_a_body_is_found_by_the_end_of_its_name_and_masked_in_the_answer(body):
    keys = Keys()
    kept = request(body=json.dumps(body | {"again": PLAIN_KEY}).encode(), keys=keys)
    assert PLAIN_KEY not in str(kept.body)
    assert keys.masked(PLAIN_KEY.encode()) == b"*" * len(PLAIN_KEY)


def test_a_number_of_tokens_and_a_schema_of_a_token_are_no_keys():
    body = {"max_tokens": 5, "tools": [{"properties": {"token": {"type": "string"}}}]}
    assert request(body=json.dumps(body).encode()).body == JsonBody(body)


def test_an_example_of_a_token_is_not_taken_out_of_every_schema():
    body = {"example": {"token": "string"}, "schema": {"type": "string"}}
    kept = request(body=json.dumps(body).encode()).body
    assert kept == JsonBody({"example": {"token": REDACTED}, "schema": {"type": "string"}})


def test_the_parameters_of_a_signature_are_keys():
    signed = 'Credential=AKIA/2026/us, Signature="0011223344556677"'
    assert keys_of(("authorization", f"AWS4 {signed}")).redacted("0011223344556677") == REDACTED


def test_a_key_in_a_form_is_masked():
    kind = ("content-type", "application/x-www-form-urlencoded; charset=utf-8")
    body = (
        f"grant=password&client_secret={quote(KEY, safe='')}&again={PLAIN_KEY}&api_key={PLAIN_KEY}"
    )
    kept = request(kind, body=body.encode()).body
    assert isinstance(kept, RawBody)
    assert PLAIN_KEY.encode() not in kept.data
    assert quote(KEY, safe="").encode() not in kept.data
    assert kept.data.startswith(b"grant=password&client_secret=***")
