"""Answers that are cut, split, slow, huge or no answers at all: each ends in a clear state."""

import asyncio
import gc
import gzip
import sys
import zlib

import pytest

from spark_desktop.domain.errors import (
    AnswerTooLargeError,
    EndpointBusyError,
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
    IncompleteStreamError,
)
from tests.hostile.asking import SILENCE_S, Outcome, asked, endpoint_at, memory
from tests.hostile.server import (
    DELTA,
    GOOD,
    STOP,
    STREAM,
    UNTIL_CLOSED,
    HostileServer,
    Script,
    chunked,
    endless,
    event,
    head,
    sends,
    stalls,
)

TEXT = "héllo héllo "
# What a test may hold at once: the longest event, its parts and its whole, with room.
MOST_MEMORY = 96 * 1024 * 1024


async def outcome_of(script: Script, silence: float = 20.0) -> Outcome:
    async with (
        HostileServer(script).running() as server,
        endpoint_at(server.url, silence=silence) as endpoint,
    ):
        return await asked(endpoint)


@pytest.mark.parametrize("whole", [STREAM + chunked(GOOD), UNTIL_CLOSED + GOOD])
async def test_an_answer_cut_after_any_byte_is_an_error_that_keeps_what_came(whole: bytes) -> None:
    # A reason for the end is one, also without the mark behind it.
    told = whole.index(event(STOP)) + len(event(STOP))
    cut = 0

    async def script(_asked: object, writer: asyncio.StreamWriter) -> None:
        await sends(whole[:cut], turns=0)(_asked, writer)  # type: ignore[arg-type]

    async with HostileServer(script).running() as server, endpoint_at(server.url) as endpoint:
        for cut in range(len(whole)):
            outcome = await asked(endpoint)
            assert TEXT.startswith(outcome.text), cut
            if outcome.finished:
                assert outcome.text == TEXT, cut
                assert cut >= told
            else:
                assert isinstance(
                    outcome.error, EndpointUnreachableError | IncompleteStreamError
                ), (cut, outcome.error)
                assert outcome.error.next_step


@pytest.mark.parametrize("whole", [STREAM + chunked(GOOD), UNTIL_CLOSED + GOOD])
async def test_an_answer_split_at_any_byte_is_whole(whole: bytes) -> None:
    cut = 0

    async def script(_asked: object, writer: asyncio.StreamWriter) -> None:
        await sends(whole[:cut], whole[cut:])(_asked, writer)  # type: ignore[arg-type]

    async with HostileServer(script).running() as server, endpoint_at(server.url) as endpoint:
        for cut in range(1, len(whole)):
            outcome = await asked(endpoint)
            assert (outcome.text, outcome.finished, outcome.error) == (TEXT, True, None), cut


async def test_an_answer_in_single_bytes_is_whole() -> None:
    whole = UNTIL_CLOSED + GOOD
    outcome = await outcome_of(sends(*(whole[i : i + 1] for i in range(len(whole)))))
    assert (outcome.text, outcome.finished) == (TEXT, True)


@pytest.mark.parametrize(
    "body",
    [
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"\n", b"\r"),
        b"\xef\xbb\xbf" + GOOD,
        b": OPENROUTER PROCESSING\n\n:\n" + GOOD,
        b"event: message\nid: 1\nretry: 5\n" + GOOD,
        event({"choices": []}) + event({"choices": [{"delta": None}]}) + GOOD,
        event(DELTA) + event(DELTA) + event({"choices": [{"finish_reason": "abort"}]}),
    ],
    ids=["crlf", "cr", "mark", "comments", "fields", "empty", "unknown end"],
)
async def test_every_way_of_writing_events_is_read(body: bytes) -> None:
    outcome = await outcome_of(sends(UNTIL_CLOSED + body))
    assert (outcome.text, outcome.finished) == (TEXT, True)


async def test_bytes_that_are_no_text_damage_nothing_else() -> None:
    broken = event(DELTA).replace("é".encode(), b"\xff")
    outcome = await outcome_of(sends(UNTIL_CLOSED + broken + event(STOP)))
    assert (outcome.text, outcome.finished) == ("h\ufffdllo ", True)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (UNTIL_CLOSED, IncompleteStreamError),
        (head(content_type="text/event-stream", content_length="0"), IncompleteStreamError),
        (head("204 No Content"), IncompleteStreamError),
        (head(content_type="text/html") + b"<html>Sign in</html>", EndpointRejectedError),
        (head(content_type="text/html; charset=utf-8", content_length="0"), EndpointRejectedError),
        (head("502 Bad Gateway", content_type="text/html") + b"<h1>Bad</h1>", EndpointError),
        (
            head("429 Too Many Requests", content_length="2", retry_after="7") + b"{}",
            EndpointBusyError,
        ),
        (head("404 Not Found", content_length="0"), EndpointRejectedError),
        (b"SSH-2.0-OpenSSH_9.6\r\n", EndpointUnreachableError),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20, EndpointUnreachableError),
        (STREAM + b"zz\r\nrubbish", EndpointUnreachableError),
        (STREAM + b"5\r\nda", EndpointUnreachableError),
        (STREAM + b"-5\r\ndata:\r\n", EndpointUnreachableError),
        (
            head(content_type="text/event-stream", content_length="99999") + GOOD[:40],
            EndpointUnreachableError,
        ),
        (head(content_length="abc"), EndpointUnreachableError),
        (head(content_type="text/event-stream", content_encoding="br") + b"x", EndpointError),
        (head(content_type="text/event-stream", content_encoding="gzip") + b"no", EndpointError),
        (
            head(content_type="text/event-stream", content_encoding="gzip")
            + gzip.compress(GOOD)[:-20],
            EndpointError,
        ),
        (UNTIL_CLOSED + event("{not json"), EndpointError),
        (UNTIL_CLOSED + event({"error": "died"}), EndpointError),
    ],
)
async def test_what_is_no_answer_is_a_clear_error(answer: bytes, kind: type[Exception]) -> None:
    outcome = await outcome_of(sends(answer))
    assert isinstance(outcome.error, kind), repr(outcome.error)
    assert outcome.error.message


async def test_a_web_page_is_called_one() -> None:
    outcome = await outcome_of(sends(head(content_type="text/html") + b"<html>Sign in"))
    assert outcome.error is not None
    assert "answered with a web page" in outcome.error.message
    assert "/v1" in outcome.error.next_step


@pytest.mark.parametrize("packed", [gzip.compress(GOOD), zlib.compress(GOOD)], ids=["gzip", "zlib"])
async def test_a_packed_answer_that_nobody_asked_for_is_read(packed: bytes) -> None:
    name = "gzip" if packed[:1] == b"\x1f" else "deflate"
    start = head(content_type="text/event-stream", content_encoding=name)
    outcome = await outcome_of(sends(start, *(packed[i : i + 7] for i in range(0, 400, 7))))
    assert (outcome.text, outcome.finished) == (TEXT, True)


@pytest.mark.parametrize(
    "early",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\n" * 3,
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
    ],
)
async def test_what_comes_before_the_answer_is_passed_over(early: bytes) -> None:
    outcome = await outcome_of(sends(early, UNTIL_CLOSED + GOOD))
    assert (outcome.text, outcome.finished) == (TEXT, True)


@pytest.mark.parametrize(
    "script",
    [
        stalls(),
        stalls(b"HTTP/1.1 200 OK\r\nContent-"),
        stalls(UNTIL_CLOSED),
        stalls(UNTIL_CLOSED, event(DELTA), b"data: {"),
        endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
        endless(UNTIL_CLOSED, b": ping\n\n"),
        stalls(head("500 Oops", content_length="99"), b"{"),
    ],
    ids=["nothing", "half a head", "head", "half an event", "only 1xx", "only pings", "an error"],
)
async def test_a_server_without_a_word_is_given_up(script: Script) -> None:
    outcome = await outcome_of(script, silence=SILENCE_S)
    assert isinstance(outcome.error, EndpointUnreachableError)
    assert "said nothing" in outcome.error.message


async def test_headers_that_trickle_are_given_up_too() -> None:
    async def script(_asked: object, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.01)

    outcome = await outcome_of(script, silence=SILENCE_S)
    assert isinstance(outcome.error, EndpointUnreachableError)


@pytest.mark.parametrize(
    "flood",
    [
        endless(b"HTTP/1.1 200 OK\r\n", b"X-Header: " + b"a" * 4000 + b"\r\n"),
        endless(b"HTTP/1.1 200 OK\r\nX-Header: ", b"a" * 60_000),
    ],
    ids=["many", "long"],
)
async def test_a_flood_of_headers_is_refused(flood: Script) -> None:
    with memory() as peak:
        outcome = await outcome_of(flood)
    assert isinstance(outcome.error, EndpointUnreachableError)
    assert "not HTTP" in outcome.error.message
    assert peak[0] < 16 * 1024 * 1024


LONG = b"x" * 60_000
_PACK = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
_ZEROS = bytes(1024 * 1024)
BOMB_BEGIN = _PACK.compress(_ZEROS) + _PACK.flush(zlib.Z_FULL_FLUSH)
# After a full flush a block stands for itself: sent on and on it unpacks to any number of bytes.
BOMB = _PACK.compress(_ZEROS) + _PACK.flush(zlib.Z_FULL_FLUSH)
PACKED_STREAM = head(content_type="text/event-stream", content_encoding="gzip", connection="close")


@pytest.mark.parametrize(
    "flood",
    [
        endless(UNTIL_CLOSED + b"data: ", LONG),
        endless(UNTIL_CLOSED + b": ", LONG),
        endless(UNTIL_CLOSED, b"data: " + LONG + b"\n"),
        endless(UNTIL_CLOSED, b"data\n" * 10_000),
        endless(PACKED_STREAM + BOMB_BEGIN, BOMB),
        endless(head(content_type="application/json", connection="close"), b"\n" + LONG),
        endless(
            head(content_type="application/json", content_encoding="gzip", connection="close")
            + BOMB_BEGIN,
            BOMB,
        ),
    ],
    ids=["line", "comment", "lines", "empty lines", "bomb", "no stream", "bomb, no stream"],
)
async def test_an_event_without_an_end_is_refused_before_it_fills_the_memory(flood: Script) -> None:
    async with HostileServer(flood).running() as server, endpoint_at(server.url) as endpoint:
        with memory() as peak:
            outcome = await asked(endpoint)
        assert isinstance(outcome.error, AnswerTooLargeError)
        # The connection is closed, whatever is still to come.
        await asyncio.wait_for(server.was_left.wait(), 20)
    assert peak[0] < MOST_MEMORY


@pytest.mark.parametrize("packing", ["", "gzip"])
async def test_of_an_endless_error_page_the_beginning_is_read(packing: str) -> None:
    start = head(
        "500 Oops", connection="close", **({"content_encoding": packing} if packing else {})
    )
    flood = endless(start + BOMB_BEGIN, BOMB) if packing else endless(start, LONG)
    with memory() as peak:
        outcome = await outcome_of(flood)
    assert isinstance(outcome.error, EndpointError)
    assert peak[0] < 32 * 1024 * 1024


async def test_millions_of_events_take_no_memory_and_end_when_nobody_listens() -> None:
    flood = endless(UNTIL_CLOSED, event(DELTA) * 500)
    async with HostileServer(flood).running() as server, endpoint_at(server.url) as endpoint:
        with memory() as early:
            await asked(endpoint, most=1_000)
        with memory() as late:
            await asked(endpoint, most=20_000)
        await asyncio.wait_for(server.was_left.wait(), 20)
    assert late[0] < 2 * early[0] + 1024 * 1024


async def test_an_answer_left_half_way_leaves_no_garbage_that_a_loop_must_close(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unraised: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: unraised.append(told.exc_value))
    # Qt's loop looks after no asynchronous generators; the plain loop sets its hooks at each run.
    sys.set_asyncgen_hooks(firstiter=None, finalizer=None)
    flood = endless(UNTIL_CLOSED, event(DELTA))
    async with HostileServer(flood).running() as server, endpoint_at(server.url) as endpoint:
        await asked(endpoint, most=1)
        gc.collect()
    assert unraised == []


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (
            endless(
                head(content_type="application/json", content_encoding="gzip") + BOMB_BEGIN, BOMB
            ),
            AnswerTooLargeError,
        ),
        (sends(head(content_type="text/html") + b"<html>"), EndpointRejectedError),
        (sends(head(content_type="application/json") + b"\xff\xfe"), EndpointError),
        (sends(head(content_type="application/json", content_length="9") + b"{"), EndpointError),
    ],
    ids=["bomb", "page", "no text", "cut"],
)
async def test_a_count_that_is_none_is_a_clear_error(script: Script, kind: type[Exception]) -> None:
    async with HostileServer(script).running() as server, endpoint_at(server.url) as endpoint:
        with memory() as peak, pytest.raises(kind):
            await endpoint.count_tokens("x")
    assert peak[0] < MOST_MEMORY
