"""Refusals of every vendor, gateway and server: each is the most specific of our errors."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from remote_fakes import spec_of

from spark_desktop.adapters.context_sizes import context_sizes
from spark_desktop.adapters.openai_wire import error_of_response, errors_of
from spark_desktop.domain.errors import (
    AccessRefusedError,
    ContextExceededError,
    EndpointBusyError,
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
    LimitError,
)


def openai(message: str, **fields: object) -> str:
    return json.dumps({"error": {"message": message} | fields})


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        # Cerebras: flat, and without a key not even that.
        (
            401,
            '{"message": "Wrong API Key", "type": "invalid_request_error", "param": "api_key",'
            ' "code": "wrong_api_key"}',
            AccessRefusedError,
            "Wrong API Key Check the token or the key",
        ),
        (403, '{"detail": "Not authenticated"}', AccessRefusedError, "Not authenticated"),
        (400, openai("No.", code="invalid_api_key"), AccessRefusedError, "refused the access: No."),
        # Accounts.
        (402, openai("Insufficient Balance"), LimitError, "nothing left to pay with: Insufficient"),
        (429, openai("Quota.", code="insufficient_quota"), LimitError, "balance and limits"),
        # Filters.
        (
            400,
            openai("Filtered.", code="content_filter", innererror={"code": "X"}),
            EndpointRejectedError,
            "content filter stopped the request: Filtered.",
        ),
        (
            400,
            openai("No.", innererror={"code": "ResponsibleAIPolicyViolation"}),
            EndpointRejectedError,
            "content filter",
        ),
        # What may pass.
        (503, openai("Loading model", code=503), EndpointBusyError, "too much to do: Loading"),
        (529, openai("Overloaded"), EndpointBusyError, "Overloaded"),
        (500, openai("x", type="overloaded_error"), EndpointBusyError, "too much to do"),
        (
            408,
            "",
            EndpointUnreachableError,
            "A gateway got no answer from the model's server: HTTP",
        ),
        (
            502,
            "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
            EndpointUnreachableError,
            "server: 502 Bad Gateway Try again",
        ),
        (
            504,
            "<html><style>p {}</style><body><p>Gateway</p>\n<p>Time-out</p></body></html>",
            EndpointUnreachableError,
            "server: Gateway Time-out",
        ),
        (522, "<title></title>error code: 522", EndpointUnreachableError, "error code: 522"),
        (500, "oops", EndpointError, "The model's server failed: oops"),
        (501, openai("No infill."), EndpointRejectedError, "refused the request: No infill."),
        # What is wrong with the request.
        (400, openai("Unsupported.", param="top_k"), EndpointRejectedError, "Unsupported. (top_k)"),
        (
            422,
            json.dumps({"detail": [{"loc": ["body", "seed"], "msg": "extra"}, "odd"]}),
            EndpointRejectedError,
            "body.seed: extra; odd",
        ),
        (
            422,
            json.dumps({"object": "error", "message": {"detail": [{"loc": ["n"], "msg": "no"}]}}),
            EndpointRejectedError,
            "request: n: no",
        ),
        (
            400,
            json.dumps([{"error": {"code": 400, "message": "of Google", "status": "X"}}]),
            EndpointRejectedError,
            "of Google",
        ),
        (418, "[" * 50_000, EndpointRejectedError, "refused the request: [[["),
    ],
)
def test_a_refusal_becomes_the_most_specific_error(
    status: int, body: str, kind: type[EndpointError], said: str
) -> None:
    error = error_of_response(status, body)
    assert type(error) is kind
    assert said in str(error)


@pytest.mark.parametrize(
    ("after", "message", "seconds"),
    [
        ("7", "slow", 7.0),
        ("0.5", "slow", 0.5),
        ("1.5", "Please try again in 20s.", 1.5),
        (None, "Rate limit reached. Please try again in 1.2s. Visit us.", 1.2),
        (None, "Please try again in 6m0s.", 360.0),
        (None, "Please try again in 120ms.", 0.12),
        (None, "You exceeded your quota. Please retry in 33.5s.", 33.5),
        (None, "Please try again in a while.", None),
        ("soon", "slow", None),
    ],
)
def test_when_to_come_back_is_told_by_header_or_in_words(
    after: str | None, message: str, seconds: float | None
) -> None:
    error = error_of_response(429, openai(message), after)
    assert isinstance(error, EndpointBusyError)
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("message", "sizes"),
    [
        (
            "Over the context size: the prompt has 9000 tokens, the context holds 8192.",
            (9000, 8192),
        ),
        (
            "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens"
            " (8000 in the messages, 1000 in the completion).",
            (9000, 8192),
        ),
        (
            "Prompt contains 40,000 tokens and 0 draft tokens, too large for model with 32768 "
            "maximum context length",
            (40_000, 32_768),
        ),
        ("prompt is too long: 208310 tokens > 200000 maximum", (208_310, 200_000)),
        (
            "This endpoint's maximum context length is 131,072 tokens. You asked for 200,001.",
            (200_001, 131_072),
        ),
        (
            "'max_tokens' is too large: 1000. This model's maximum context length is 8192 tokens "
            "and your request has 8000 input tokens (1000 > 8192 - 8000).",
            None,
        ),
        ("Please reduce the length of the messages; the context length is exceeded.", None),
        ("Temperature must be between 0 and 2.", None),
    ],
)
def test_sizes_of_prompt_and_context_are_read(message: str, sizes: tuple[int, int] | None) -> None:
    assert context_sizes({}, message) == sizes
    error = error_of_response(400, openai(message))
    assert isinstance(error, ContextExceededError) == (sizes is not None)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            openai("The model `m` does not exist.", code="model_not_found"),
            "Vendor does not have the model m: The model `m` does not exist.",
        ),
        ('{"error": "model \'m\' not found"}', "Vendor does not have the model m"),
        ("", "Vendor has nothing at this address: HTTP status 404 Check the endpoint's address"),
        ('{"detail": "Not Found"}', "nothing at this address: Not Found"),
    ],
)
def test_what_is_not_there_is_named(body: str, said: str) -> None:
    error = errors_of(spec_of())(404, body, None)
    assert isinstance(error, EndpointRejectedError)
    assert said in str(error)


def test_other_statuses_of_an_endpoint_are_told_as_ever() -> None:
    assert isinstance(errors_of(spec_of())(429, "", "3"), EndpointBusyError)


@given(st.integers(400, 599), st.text(max_size=200), st.none() | st.text(max_size=20))
def test_any_refusal_is_an_error_with_a_message(status: int, body: str, after: str | None) -> None:
    error = error_of_response(status, body, after)
    assert isinstance(error, EndpointError)
    assert error.message


def test_a_page_of_unclosed_tags_takes_no_time() -> None:
    # Scanned anew from each bracket, it would take minutes.
    assert error_of_response(500, "<" * 250_000).message
    assert error_of_response(500, "<title" * 50_000).message
