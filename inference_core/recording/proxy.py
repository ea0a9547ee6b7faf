"""The proxy that records: it passes on what both sides say, at once, and keeps a copy."""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.types import Receive, Scope, Send

from inference_core.domain.errors import CoreError, RequestError, UsageError
from inference_core.plumbing.loopback import is_loopback
from inference_core.recording.client import (
    ClientGoneError,
    body_of,
    headers_of,
    raw_headers,
    target_of,
    while_wanted,
)
from inference_core.recording.envelope import error_response
from inference_core.recording.errors import ClosingError, RecordingError, UpstreamError
from inference_core.recording.exchange import (
    Chunk,
    End,
    Exchange,
    Headers,
    RecordedResponse,
)
from inference_core.recording.keys import Keys
from inference_core.recording.recorder import Recorder
from inference_core.recording.redaction import (
    end_to_end,
    recorded_chunks,
    recorded_headers,
    recorded_request,
)

Clock = Callable[[], float]

# Long answers have long silences, and the client knows best how long it waits; a connection that
# is not there shows soon.
_TIMEOUT = httpx.Timeout(None, connect=10.0)

# What httpx unpacks without further packages. We ask for neither; some send it all the same.
_UNPACKED = frozenset({"gzip", "deflate", "x-gzip"})

# We say these for ourselves.
_NOT_FORWARDED = frozenset({"host", "content-length", "accept-encoding", "expect"})


def upstream_url(text: str) -> httpx.URL:
    """Return the address of the server that is recorded. Raises UsageError."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise UsageError(f"--upstream is no address: {error}.", _UPSTREAM_STEP) from error
    if url.scheme not in ("http", "https") or not url.host:
        raise UsageError("--upstream is no address of a web server.", _UPSTREAM_STEP)
    if url.port is not None and not 0 < url.port < 65536:
        raise UsageError(f"--upstream has no port of a server: {url.port}.", _UPSTREAM_STEP)
    if url.userinfo or url.query or url.fragment:
        raise UsageError(
            "--upstream must have neither a name and password nor a query.",
            "Let the client send its key; the proxy passes it on, and keeps it out of the file.",
        )
    return url


_UPSTREAM_STEP = "Write it as in --upstream https://api.example.com."


def upstream_client(url: httpx.URL) -> httpx.AsyncClient:
    """Return a client for the upstream; the caller closes it."""
    return httpx.AsyncClient(
        timeout=_TIMEOUT,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=20),
        follow_redirects=False,
        # The proxy of the environment, for other machines only.
        trust_env=not is_loopback(url.host),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request as the client sent it."""

    number: int
    at: float
    method: str
    target: str
    headers: Headers
    body: bytes


@dataclass(slots=True)
class _Answer:
    """What has come of an answer so far; times are the clock's."""

    sent: float
    head: tuple[float, int, Headers] | None = None
    chunks: list[Chunk] = field(default_factory=list)


class RecordingProxy:
    """The ASGI application of ``spark-core record``.

    ``failed`` is why it could not record any more, after which it has set ``closing``; clients
    still got their answers. ``unanswered`` counts requests to which the upstream said nothing.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        upstream: httpx.URL,
        recorder: Recorder,
        closing: asyncio.Event,
        clock: Clock = time.monotonic,
    ) -> None:
        """``clock`` tells seconds and never goes back."""
        self._client = client
        self._upstream = upstream
        self._recorder = recorder
        self._closing = closing
        self._clock = clock
        self._keys = Keys()
        self._lock = threading.Lock()
        self._requests = 0
        self.failed: RecordingError | None = None
        self.unanswered = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, and its answer back."""
        try:
            await self._exchange(scope, receive, send)
        except CoreError as error:
            await error_response(error)(scope, receive, send)
        except ClientGoneError:
            return

    async def _exchange(self, scope: Scope, receive: Receive, send: Send) -> None:
        target, headers, body = target_of(scope), headers_of(scope), await body_of(receive)
        self._requests += 1
        asked = _Asked(self._requests, time.time(), scope["method"], target, headers, body)
        request = self._forwarded(asked)
        answer = _Answer(sent=self._clock())
        request.extensions["trace"] = self._sent_at(answer)
        try:
            end = await while_wanted(receive, self._closing, self._pass_on(request, answer, send))
        except UpstreamError:
            self.unanswered += 1
            raise
        if answer.head is None:
            if end is End.STOPPED:
                raise ClosingError
            return
        # Before the answer's end: who has seen that can rely on the file.
        await self._keep(asked, answer, end)
        if end is End.COMPLETE:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        # Else the connection is closed in the middle of the answer, as the upstream's was.

    def _forwarded(self, asked: _Asked) -> httpx.Request:
        base = self._upstream.raw_path.rstrip(b"/")
        try:
            url = self._upstream.copy_with(raw_path=base + asked.target.encode("latin-1"))
        except httpx.InvalidURL as error:
            raise RequestError(f"The request's path cannot be passed on: {error}.") from error
        passed = [pair for pair in end_to_end(asked.headers) if pair[0] not in _NOT_FORWARDED]
        # Packed, an answer could not be searched for keys.
        passed.append(("accept-encoding", "identity"))
        has_body = asked.body or any(name == "content-length" for name, _ in asked.headers)
        content = asked.body if has_body else None
        request = httpx.Request(asked.method, url, headers=raw_headers(passed), content=content)
        request.extensions["timeout"] = _TIMEOUT.as_dict()
        return request

    def _sent_at(self, answer: _Answer) -> Callable[[str, Any], Any]:
        """Return httpcore's listener, which notes when the request had been sent."""

        async def trace(event: str, info: object) -> None:
            if event.endswith("send_request_body.complete"):
                answer.sent = self._clock()

        return trace

    async def _pass_on(self, request: httpx.Request, answer: _Answer, send: Send) -> End:
        """Send the upstream's answer to the client, but for its end, and note it.

        Raises UpstreamError as long as the client has been told nothing.
        """
        try:
            response = await self._client.send(request, stream=True)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        try:
            headers, unpacks = _answer_headers(response)
            status = response.status_code
            answer.head = (self._clock() - answer.sent, status, headers)
            await send(
                {"type": "http.response.start", "status": status, "headers": raw_headers(headers)}
            )
            async for data in response.aiter_bytes() if unpacks else response.aiter_raw():
                answer.chunks.append(Chunk(self._clock() - answer.sent, data))
                await send({"type": "http.response.body", "body": data, "more_body": True})
        except httpx.HTTPError:
            return End.UPSTREAM_FAILED
        finally:
            await response.aclose()
        return End.COMPLETE

    def _unreachable(self, error: httpx.HTTPError) -> UpstreamError:
        reason = str(error) or type(error).__name__
        return UpstreamError(
            f"The upstream {self._upstream} gave no answer: {reason}",
            "Check the address that 'spark-core record --upstream' was given, and that the server "
            "runs.",
        )

    async def _keep(self, asked: _Asked, answer: _Answer, end: End) -> None:
        if self.failed is not None:
            return
        try:
            # Elsewhere, so that other answers need not wait for the search and the disk.
            await asyncio.to_thread(self._write, asked, answer, end)
        except RecordingError as error:
            self.failed = error
            self._closing.set()

    def _write(self, asked: _Asked, answer: _Answer, end: End) -> None:
        assert answer.head is not None
        seconds, status, headers = answer.head
        with self._lock:
            request = recorded_request(
                asked.method, asked.target, asked.headers, asked.body, self._keys
            )
            # First the headers: they may hold keys that the body repeats.
            headers = recorded_headers(headers, self._keys)
            chunks = recorded_chunks(answer.chunks, self._keys)
            response = RecordedResponse(status, headers, seconds, chunks, end)
            self._recorder.write(Exchange(asked.number, asked.at, request, response))


def _answer_headers(response: httpx.Response) -> tuple[Headers, bool]:
    """Return an answer's headers for the client, and whether its body has to be unpacked.

    Raises UpstreamError where it is packed in a way that we do not know.
    """
    headers = end_to_end(
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, value in response.headers.raw
    )
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing == "identity":
        return headers, False
    if packing not in _UNPACKED:
        raise UpstreamError(
            f"The upstream packs its answers as {packing[:32]}, though it is asked not to.",
            "Switch that off at the upstream: a packed answer cannot be searched for keys.",
        )
    packed = ("content-encoding", "content-length")
    return tuple(pair for pair in headers if pair[0] not in packed), True
