"""``GET /lease``: a stream that a client keeps open for as long as it uses the core."""

import asyncio

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from inference_core.server.activity import Activity
from inference_core.server.disconnect import ClientGoneError, while_connected
from inference_core.server.problems import error_response
from inference_core.server.refusals import TooManyLeasesError

PING_S = 3.0

# A program needs one; each holds a connection for as long as it likes.
MOST_LEASES = 64


class Lease(Response):
    """Held until the client's connection ends, which the system sees to even after a kill -9."""

    def __init__(self, activity: Activity) -> None:
        super().__init__()
        self._activity = activity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a line every few seconds until the client is gone or the core ends."""
        if self._activity.leases >= MOST_LEASES:
            await error_response(TooManyLeasesError(MOST_LEASES))(scope, receive, send)
            return
        with self._activity.lease():
            try:
                await while_connected(receive, self._activity.closing, _ping(send))
            except ClientGoneError:
                # After the core's own end the stream is closed in order; a lost client hears none.
                await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _ping(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    while True:
        await send({"type": "http.response.body", "body": b"lease\n", "more_body": True})
        await asyncio.sleep(PING_S)
