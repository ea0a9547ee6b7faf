"""The proxy between real sockets: what it passes on, when, and what it keeps."""

import asyncio
import gzip
import json
from contextlib import asynccontextmanager

import httpx
import pytest

from inference_core.domain.errors import UsageError
from inference_core.recording.exchange import End
from inference_core.recording.proxy import RecordingProxy, upstream_client, upstream_url
from inference_core.recording.reader import read_recording
from inference_core.recording.recorder import Recorder
from tests.core.recording.scripted import (
    PLAIN_KEY,
    Upstream,
    answering,
    running,
    served,
    streaming,
)

CHAT = {"model": "m", "messages": [{"role": "user", "content": f"my key is {PLAIN_KEY}"}]}
WITH_KEY = {"Authorization": f"Bearer {PLAIN_KEY}"}


class Session:
    """A client before the proxy, and the proxy's file."""

    def __init__(self, client, path, proxy, closing):
        self.client = client
        self.path = path
        self.proxy = proxy
        self.closing = closing

    @property
    def exchanges(self):
        """What is in the file; what was broken off is there when the proxy has ended."""
        return read_recording(self.path).exchanges


@pytest.fixture
def session(tmp_path):
    @asynccontextmanager
    async def start(upstream, write=None):
        path, closing = tmp_path / "session.jsonl", asyncio.Event()
        url = upstream_url(upstream if isinstance(upstream, str) else upstream.url)
        options = {} if write is None else {"write": write}
        with Recorder(path, str(url), **options) as recorder:
            async with upstream_client(url) as out:
                proxy = RecordingProxy(out, url, recorder, closing)
                async with (
                    served(proxy, closing) as base,
                    httpx.AsyncClient(base_url=base, timeout=20, trust_env=False) as client,
                ):
                    yield Session(client, path, proxy, closing)

    return start


async def test_an_answer_is_passed_on_and_kept_with_its_bytes(session):
    body = json.dumps({"error": "ü"}).encode()
    async with running(answering(body, "418 Teapot", "X-Request-Id: 7")) as up, session(up) as s:
        answer = await s.client.post("/v1/chat/completions", json=CHAT)
        assert (answer.status_code, answer.content) == (418, body)
        assert answer.headers["x-request-id"] == "7"
    (kept,) = s.exchanges
    assert (kept.request.method, kept.request.path) == ("POST", "/v1/chat/completions")
    assert (kept.response.status, kept.response.body) == (418, body)
    assert kept.response.header("x-request-id") == "7"
    assert kept.response.end is End.COMPLETE


async def test_the_request_is_passed_on_as_it_was_but_for_how_the_answer_is_packed(session):
    async with running(answering(b"")) as up, session(up) as s:
        await s.client.post("/v1/a%2Fb?x=%20y&x", json=CHAT, headers=WITH_KEY)
    (asked,) = up.asked
    assert asked.head.startswith(b"POST /v1/a%2Fb?x=%20y&x HTTP/1.1\r\n")
    assert asked.header("authorization") == [f"Bearer {PLAIN_KEY}"]
    assert asked.header("host") == [up.url.removeprefix("http://")]
    assert asked.header("accept-encoding") == ["identity"]
    assert json.loads(asked.body) == CHAT


async def test_a_get_is_passed_on_without_a_body(session):
    async with running(answering(b"[]")) as up, session(up) as s:
        await s.client.get("/v1/models")
    (asked,) = up.asked
    assert asked.header("content-length") == []


async def test_the_upstreams_own_path_comes_before_the_requests(session):
    async with running(answering(b"")) as up, session(f"{up.url}/api/") as s:
        await s.client.get("/v1/models")
    assert up.asked[0].head.startswith(b"GET /api/v1/models ")
    assert s.exchanges[0].request.path == "/v1/models"


async def test_each_chunk_is_passed_on_before_the_next_one_is_there(session):
    got = asyncio.Event()

    async def script(answer):
        answer.begin_chunks("Content-Type: text/event-stream")
        await answer.chunk(b"first")
        await got.wait()
        await answer.chunk(b"second")
        await answer.chunk(b"")

    async with running(Upstream(script)) as up, session(up) as s:
        async with s.client.stream("POST", "/", json=CHAT) as answer:
            chunks = answer.aiter_raw()
            assert await anext(chunks) == b"first"
            got.set()
            assert [chunk async for chunk in chunks] == [b"second"]
        (kept,) = s.exchanges
    assert [chunk.data for chunk in kept.response.chunks] == [b"first", b"second"]
    times = [kept.response.seconds, *(chunk.seconds for chunk in kept.response.chunks)]
    assert 0 <= times[0] <= times[1] <= times[2]


async def test_an_answer_is_in_the_file_when_the_client_has_all_of_it(session):
    async with running(streaming(b"a")) as up, session(up) as s:
        await s.client.post("/", json=CHAT)
        assert len(s.exchanges) == 1


async def test_the_key_reaches_the_upstream_and_not_the_file(session):
    chunks = (b'data: "sk-planted-', b'0123456789"\n\n', json.dumps(WITH_KEY).encode())
    headers = ("Content-Type: text/event-stream", f"X-Echo: {PLAIN_KEY}", "Set-Cookie: a=b")
    async with running(streaming(*chunks, headers=headers)) as up, session(up) as s:
        answer = await s.client.post(f"/?key={PLAIN_KEY}", json=CHAT, headers=WITH_KEY)
        assert answer.content == b"".join(chunks)
        assert answer.headers["set-cookie"] == "a=b"
    text = s.path.read_text()
    assert "planted" not in text
    assert "0123456789" not in text
    assert [len(chunk.data) for chunk in s.exchanges[0].response.chunks] == [
        len(chunk) for chunk in chunks
    ]


async def test_a_client_that_leaves_closes_the_upstreams_connection(session):
    async def script(answer):
        answer.begin_chunks()
        await answer.chunk(b"first")
        await answer.until_left()

    async with running(Upstream(script)) as up, session(up) as s:
        async with s.client.stream("POST", "/", json=CHAT) as answer:
            assert await anext(answer.aiter_raw()) == b"first"
        await asyncio.wait_for(up.closed.wait(), 10)
    (kept,) = s.exchanges
    assert kept.response.end is End.CLIENT_LEFT
    assert kept.response.body == b"first"


async def test_a_client_that_leaves_before_the_answer_closes_the_upstreams_connection(session):
    asked = asyncio.Event()

    async def script(answer):
        asked.set()
        await answer.until_left()

    async with running(Upstream(script)) as up, session(up) as s:
        asking = asyncio.create_task(s.client.post("/", json=CHAT))
        await asked.wait()
        asking.cancel()
        await asyncio.wait_for(up.closed.wait(), 10)
    assert s.exchanges == ()


async def test_an_upstream_that_breaks_off_breaks_the_answer_off(session):
    async def script(answer):
        answer.begin_chunks()
        await answer.chunk(b"first")
        answer.writer.close()

    async with running(Upstream(script)) as up, session(up) as s:
        with pytest.raises(httpx.RemoteProtocolError):
            await s.client.post("/", json=CHAT)
    (kept,) = s.exchanges
    assert kept.response.end is End.UPSTREAM_FAILED
    assert kept.response.body == b"first"


async def test_the_end_of_the_proxy_breaks_running_answers_off_and_keeps_them(session):
    async def script(answer):
        answer.begin_chunks()
        await answer.chunk(b"first")
        await answer.until_left()

    async with (
        running(Upstream(script)) as up,
        session(up) as s,
        s.client.stream("POST", "/", json=CHAT) as answer,
    ):
        chunks = answer.aiter_raw()
        await anext(chunks)
        s.closing.set()
        with pytest.raises(httpx.RemoteProtocolError):
            await anext(chunks)
    (kept,) = s.exchanges
    assert kept.response.end is End.STOPPED


async def test_the_end_of_the_proxy_is_told_to_who_still_waits(session):
    asked = asyncio.Event()

    async def script(answer):
        asked.set()
        await answer.until_left()

    async with running(Upstream(script)) as up, session(up) as s:
        asking = asyncio.create_task(s.client.post("/", json=CHAT))
        await asked.wait()
        s.closing.set()
        answer = await asking
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "closing")


async def test_an_upstream_that_is_not_there_is_a_502_that_names_it(session):
    async with running(answering(b"")) as up:
        gone = up.url
    async with session(gone) as s:
        answer = await s.client.post("/v1/chat/completions", json=CHAT)
        assert s.proxy.unanswered == 1
    error = answer.json()["error"]
    assert answer.status_code == 502
    assert error["code"] == "upstream_unreachable"
    assert gone in error["message"]
    assert "--upstream" in error["next_step"]
    assert s.exchanges == ()


async def test_an_upstream_that_packs_all_the_same_is_unpacked(session):
    packed = gzip.compress(PLAIN_KEY.encode())
    async with (
        running(answering(packed, "200 OK", "Content-Encoding: gzip")) as up,
        session(up) as s,
    ):
        answer = await s.client.post("/", json=CHAT, headers=WITH_KEY)
        assert answer.text == PLAIN_KEY
        assert "content-encoding" not in answer.headers
    (kept,) = s.exchanges
    assert kept.response.body == b"*" * len(PLAIN_KEY)


async def test_a_packing_that_cannot_be_searched_is_refused(session):
    async with running(answering(b"?", "200 OK", "Content-Encoding: br")) as up, session(up) as s:
        answer = await s.client.post("/", json=CHAT)
    assert answer.status_code == 502
    assert "packs its answers as br" in answer.json()["error"]["message"]


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified", "529 Overloaded"])
async def test_answers_without_a_body_and_strange_ones_are_passed_on(session, status):
    async def script(answer):
        answer.begin(status, *(["Content-Length: 0"] if status.startswith("5") else []))

    async with running(Upstream(script)) as up, session(up) as s:
        answer = await s.client.post("/", json=CHAT)
    assert answer.status_code == int(status[:3])
    assert s.exchanges[0].response.status == answer.status_code


async def test_a_redirect_is_the_clients_to_follow(session):
    async with (
        running(answering(b"", "307 X", "Location: http://127.0.0.1:1/")) as up,
        session(up) as s,
    ):
        answer = await s.client.post("/", json=CHAT)
    assert (answer.status_code, answer.headers["location"]) == (307, "http://127.0.0.1:1/")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Host": "evil.example"}, "host_not_allowed"),
        ({"Host": "127.0.0.1/evil.example"}, "host_not_allowed"),
        ({"Origin": "http://evil.example"}, "origin_not_allowed"),
        ({"Origin": "null"}, "origin_not_allowed"),
    ],
)
async def test_a_web_page_cannot_use_the_proxy(session, headers, code):
    async with running(answering(b"")) as up, session(up) as s:
        answer = await s.client.post("/", json=CHAT, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, code)
    assert up.asked == []


async def test_a_full_disk_ends_the_proxy_but_not_the_answer(session):
    def write(file, data):
        if b"exchange" in bytes(data):
            raise OSError(28, "No space left on device")
        return len(data)

    async with running(streaming(b"a")) as up, session(up, write) as s:
        answer = await s.client.post("/", json=CHAT)
        await asyncio.wait_for(s.closing.wait(), 10)
    assert answer.content == b"a"
    assert "No space left" in s.proxy.failed.message


async def test_exchanges_at_the_same_time_are_numbered_as_they_were_asked(session):
    asked, later = asyncio.Event(), asyncio.Event()

    async def script(answer):
        if len(up.asked) == 1:
            asked.set()
            await later.wait()
        answer.begin("200 OK", "Content-Length: 0")

    async with running(Upstream(script)) as up, session(up) as s:
        first = asyncio.create_task(s.client.get("/first"))
        await asked.wait()
        await s.client.get("/second")
        later.set()
        await first
    assert [(each.number, each.request.path) for each in s.exchanges] == [
        (1, "/first"),
        (2, "/second"),
    ]


@pytest.mark.parametrize(
    "text",
    ["", "api.example.com", "ftp://a", "http://", "http://me:pw@a", "http://a?key=b", "http://a:b"],
)
def test_an_upstream_that_is_no_plain_address_is_refused(text):
    with pytest.raises(UsageError, match=r"--upstream") as refused:
        upstream_url(text)
    assert refused.value.next_step
    assert "pw" not in refused.value.message.replace("password", "")
