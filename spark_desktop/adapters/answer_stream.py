"""One streamed answer over HTTP, whatever its events mean: deadlines, errors, times."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any, Protocol

import httpx

from spark_desktop.adapters.connection_reuse import Opening, sent
from spark_desktop.adapters.openai_wire import error_of_response
from spark_desktop.adapters.rate_headers import seconds_to_wait
from spark_desktop.adapters.silence import Silence
from spark_desktop.adapters.sse import SseEvent, SseParser
from spark_desktop.domain.errors import (
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
)
from spark_desktop.domain.words import say

_log = logging.getLogger(__name__)

_RETRY = say("Try again in a moment.")
_CONNECT_S = 10.0


class EventParser(Protocol):
    """Cuts bytes into events."""

    def feed(self, data: bytes) -> Iterable[SseEvent]:
        """Return the events that are complete with these bytes. Raises EndpointError."""
        ...

    def end(self) -> Iterable[SseEvent]:
        """Return what is complete as nothing follows. Raises EndpointError."""
        ...


class StreamedAnswer:
    """An answer that has begun: ``headers`` are the response's, ``events`` ends with it.

    ``connect`` is what opening the connection took in seconds, None where that was not measured.
    """

    def __init__(
        self, headers: httpx.Headers, events: AsyncIterator[SseEvent], opening: Opening
    ) -> None:
        self.headers = headers
        self.events = events
        self._opening = opening

    @property
    def connect(self) -> float | None:
        """Return the seconds that opening the connection took, 0 where an open one was used."""
        return self._opening.seconds


class AnswerStream:
    """Asks one server for streamed answers; ``client`` belongs to the caller.

    ``silence`` is how many seconds a server may send no event in any answer; bytes do not count, as
    keep-alive comments would hold a dead answer open for ever.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        silence: float,
        now: Callable[[], float] = time.monotonic,
        error_of: Callable[[int, str, str | None], EndpointError] = error_of_response,
    ) -> None:
        self._client = client
        self._silence = Silence(silence)
        self._now = now
        self._error_of = error_of

    @asynccontextmanager
    async def open(
        self,
        route: str,
        body: dict[str, Any],
        parser: Callable[[], EventParser] = SseParser,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[StreamedAnswer]:
        """Post a body; leaving the context closes the connection at once.

        ``route`` is joined to the client's base, or a whole URL. Opening and iterating raise
        EndpointError; what a status of 400 and above means, ``error_of`` says from the status, the
        body and the seconds, as text, after which the headers say to come back.
        """
        opening = Opening(self._now)
        response = await self._send(route, body, opening, headers)
        # Kept until the response is closed: dropped earlier, httpx's generators would have to close
        # it as garbage, which a loop without hooks for asynchronous generators cannot do.
        pieces = response.aiter_bytes()
        try:
            if response.status_code >= 400:
                text = await self._text(response)
                after = seconds_to_wait(response.headers, time.time())
                told = None if after is None else str(after)
                raise self._error_of(response.status_code, text, told)
            async with aclosing(self._events(pieces, parser())) as events:
                yield StreamedAnswer(response.headers, events, opening)
        finally:
            await response.aclose()

    async def _send(
        self,
        route: str,
        body: dict[str, Any],
        opening: Opening,
        headers: Mapping[str, str] | None,
    ) -> httpx.Response:
        # The deadlines are ours: httpx's read time-out would count keep-alive bytes as life.
        limits = httpx.Timeout(_CONNECT_S, read=None)
        try:
            request = self._client.build_request(
                "POST",
                route,
                json=body,
                headers=headers,
                timeout=limits,
                extensions={"trace": opening.hear},
            )
        except UnicodeEncodeError as error:
            raise half_a_character() from error
        try:
            async with self._silence.limit(_now()):
                return await sent(self._client, request, opening, stream=True)
        except TimeoutError as error:
            raise self._silent() from error
        except httpx.HTTPError as error:
            raise unreachable(self._client.base_url, error) from error

    async def _text(self, response: httpx.Response) -> str:
        try:
            async with self._silence.limit(_now()):
                await response.aread()
        except TimeoutError as error:
            raise self._silent() from error
        except httpx.HTTPError as error:
            raise unreachable(self._client.base_url, error) from error
        return response.text

    async def _events(
        self, pieces: AsyncIterator[bytes], parser: EventParser
    ) -> AsyncGenerator[SseEvent, None]:
        since = _now()
        while True:
            try:
                async with self._silence.limit(since):
                    piece = await anext(pieces, None)
            except TimeoutError as error:
                raise self._silent() from error
            except httpx.HTTPError as error:
                raise unreachable(self._client.base_url, error) from error
            for event in parser.end() if piece is None else parser.feed(piece):
                self._silence.broken()
                yield event
                # Counted from here, as the reader may have taken its time.
                since = _now()
            if piece is None:
                return

    def _silent(self) -> EndpointUnreachableError:
        return EndpointUnreachableError(
            say(
                "The model's server at {base_url} said nothing for {seconds:g} s.",
                base_url=self._client.base_url,
                seconds=self._silence.seconds,
            ),
            _RETRY,
        )


def half_a_character() -> EndpointRejectedError:
    """Return the error for a text that no bytes stand for."""
    return EndpointRejectedError(
        say("The request holds half a character, which no server can read."),
        say("Look for it in what you typed last, and in the files that go with it."),
    )


def unreachable(place: httpx.URL, error: httpx.HTTPError) -> EndpointUnreachableError:
    """Return what the user is told of an error of httpx's."""
    _log.debug("%s: %r", place, error)
    match error:
        case httpx.ConnectError():
            text = say(
                "The model's server at {base_url} cannot be reached: {reason}.",
                base_url=place,
                reason=error,
            )
        case httpx.TimeoutException():
            text = say("The model's server at {base_url} did not answer in time.", base_url=place)
        case _:
            # httpx words these for programmers ("incomplete chunked read").
            text = say("The model's server at {base_url} broke off the connection.", base_url=place)
    return EndpointUnreachableError(text, _RETRY)


def _now() -> float:
    return asyncio.get_running_loop().time()
