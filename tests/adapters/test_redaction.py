"""Keys stay out of logs and tracebacks, in whatever shape they come."""

import io
import logging
import sys
import threading
from collections.abc import Iterator

import pytest

from spark_desktop.adapters.redaction import (
    MASK,
    RedactingFormatter,
    Redaction,
    keep_keys_out,
    keep_keys_out_of_crashes,
)
from spark_desktop.domain.secret import Secret

KEY = "zq-canary-0a1b2c3d4e"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {KEY}",
        f"authorization: {KEY}",
        f"{{'Authorization': 'Bearer {KEY}', 'b': 1}}",
        f'{{"x-api-key": "{KEY}"}}',
        f"(b'api-key', b'{KEY}')",
        f"[('X-Api-Key', '{KEY}'), ('Accept', '*/*')]",
        f"> x-goog-api-key: {KEY}\r\n",
        f"Proxy-Authorization: Basic {KEY}",
        f"curl -H 'Authorization: Bearer {KEY}' https://a.test",
        f"Bearer {KEY}",
        f"GET https://a.test/v1/models?key={KEY}&alt=sse",
        f"GET https://a.test/v1/models?alt=sse&api_key={KEY}",
        f"https://me:{KEY}@proxy.test:3128",
        "the key is sk-proj-0123456789abcdef0123 here",
        "the key is gsk_0123456789abcdef0123",
    ],
)
def test_what_looks_like_a_key_is_masked(text: str) -> None:
    told = Redaction().redacted(text)
    assert KEY not in told
    assert "0123456789" not in told
    assert MASK in told


@pytest.mark.parametrize(
    "text",
    [
        "The model's server at https://a.test/v1 said nothing for 120 s.",
        "author: Ann, key: value, api: https://a.test/?q=1",
        "the bearer of news",
        "GET /v1/models?limit=5&keys=3",
    ],
)
def test_what_is_no_key_is_left_alone(text: str) -> None:
    assert Redaction().redacted(text) == text


def test_the_rest_of_a_line_is_kept() -> None:
    told = Redaction().redacted(f"{{'Authorization': 'Bearer {KEY}', 'Accept': 'x'}} sent")
    assert told == "{'Authorization': …, 'Accept': 'x'} sent"


def test_a_known_key_is_masked_wherever_it_stands() -> None:
    redaction = Redaction()
    assert KEY in redaction.redacted(f"odd {KEY}.")
    redaction.learn(Secret(KEY))
    assert redaction.redacted(f"odd {KEY}.") == f"odd {MASK}."
    # It would stand in every word.
    redaction.learn(Secret("e"))
    redaction.learn(Secret(""))
    assert redaction.redacted("every word") == "every word"


@pytest.fixture
def hooks() -> Iterator[None]:
    """What the program sets for itself, put back."""
    before = sys.excepthook, threading.excepthook
    levels = {name: logging.getLogger(name).level for name in ("httpx", "httpcore", "websockets")}
    yield
    sys.excepthook, threading.excepthook = before
    assert logging.lastResort is not None
    logging.lastResort.setFormatter(None)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def fail() -> None:
    raise ValueError(f"Authorization: Bearer {KEY}")


@pytest.mark.usefixtures("hooks")
def test_log_lines_and_their_tracebacks_hold_no_key() -> None:
    stream = io.StringIO()
    root = logging.Logger("root", logging.DEBUG)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    root.addHandler(handler)
    keep_keys_out(root)
    keep_keys_out(root)
    root.info("asked with %s", {"x-api-key": KEY})
    try:
        fail()
    except ValueError:
        root.exception("it failed")
    assert KEY not in stream.getvalue()
    assert stream.getvalue().startswith("root: asked with {'x-api-key': …}\n")
    assert "Traceback" in stream.getvalue()
    assert isinstance(handler.formatter, RedactingFormatter)


@pytest.mark.usefixtures("hooks")
def test_what_ends_the_program_or_an_os_thread_holds_no_key() -> None:
    stream = io.StringIO()
    keep_keys_out_of_crashes(stream)
    try:
        fail()
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    once = stream.getvalue()
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert KEY not in stream.getvalue()
    assert once.count("ValueError: ") == 1
    assert stream.getvalue().count("ValueError: ") == 2


@pytest.mark.usefixtures("hooks")
def test_libraries_that_print_headers_do_not() -> None:
    keep_keys_out(logging.Logger("root"))
    for name in ("httpx", "httpcore.http11", "websockets.client", "hpack.hpack"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)


@pytest.mark.usefixtures("hooks")
def test_a_program_without_handlers_of_its_own_is_kept_too() -> None:
    keep_keys_out(logging.Logger("root"))
    assert logging.lastResort is not None
    record = logging.LogRecord("a", logging.ERROR, "f", 1, f"Bearer {KEY}", (), None)
    assert logging.lastResort.format(record) == f"Bearer {MASK}"
