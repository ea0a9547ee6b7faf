"""A recording served again."""

import asyncio
import time
from collections.abc import Sequence

from starlette.types import Receive, Scope, Send

from inference_core.domain.errors import CoreError
from inference_core.recording.client import (
    ClientGoneError,
    body_of,
    headers_of,
    raw_headers,
    target_of,
    while_wanted,
)
from inference_core.recording.envelope import error_response
from inference_core.recording.errors import ClosingError
from inference_core.recording.exchange import End, Exchange, RecordedResponse
from inference_core.recording.keys import Keys
from inference_core.recording.matching import Matcher
from inference_core.recording.pace import Pace, Wait, wait_until
from inference_core.recording.redaction import end_to_end, recorded_request


class Replay:
    """The ASGI application of ``spark-core replay``.

    Every answer has the recorded status, headers, bytes and borders of chunks. One that was cut off
    when it was recorded is cut off at the same place. ``served`` counts answers that were begun.
    """

    def __init__(
        self,
        exchanges: Sequence[Exchange],
        closing: asyncio.Event,
        pace: Pace,
        wait: Wait = wait_until,
    ) -> None:
        """``wait`` returns at a deadline; running answers end when ``closing`` is set."""
        self._matcher = Matcher(exchanges)
        self._closing = closing
        self._pace = pace
        self._wait = wait
        self._keys = Keys()
        self.served = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request as it was answered before, or say 404."""
        try:
            await self._answer(scope, receive, send)
        except CoreError as error:
            await error_response(error)(scope, receive, send)
        except ClientGoneError:
            return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        target, headers = target_of(scope), headers_of(scope)
        body = await body_of(receive)
        asked = time.monotonic()
        request = recorded_request(scope["method"], target, headers, body, self._keys)
        response = self._matcher.take(request).response
        self.served += 1
        playing = _Playing(response, self._pace, self._wait, asked)
        end = await while_wanted(receive, self._closing, playing.play(send))
        if end is End.COMPLETE:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        elif end is End.STOPPED and not playing.begun:
            raise ClosingError
        # Else the connection is closed in the middle of the answer.


class _Playing:
    """One answer on its way."""

    def __init__(self, response: RecordedResponse, pace: Pace, wait: Wait, asked: float) -> None:
        self._response = response
        self._pace = pace
        self._wait = wait
        self._asked = asked
        self.begun = False

    async def play(self, send: Send) -> End:
        """Send everything but the end, each piece when it is due; return how it ended once."""
        response = self._response
        await self._until(response.seconds)
        self.begun = True
        await send(
            {
                "type": "http.response.start",
                "status": response.status,
                "headers": raw_headers(end_to_end(response.headers)),
            }
        )
        for chunk in response.chunks:
            await self._until(chunk.seconds)
            await send({"type": "http.response.body", "body": chunk.data, "more_body": True})
        return response.end

    async def _until(self, seconds: float) -> None:
        await self._wait(self._pace.deadline(self._asked, seconds))
