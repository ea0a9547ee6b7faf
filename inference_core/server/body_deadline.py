"""A request whose body does not come holds nobody up for long."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inference_core.server.refusals import SlowBodyError


class BodyDeadline:
    """ASGI middleware: a body has ``body_s`` seconds to arrive; then receiving it raises.

    Raises SlowBodyError, which closes the connection with its answer. What comes after a body, the
    client's leaving, may take as long as it does.
    """

    def __init__(self, app: ASGIApp, body_s: float) -> None:
        self._app = app
        self._body_s = body_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a body that has a deadline."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        deadline = asyncio.get_running_loop().time() + self._body_s
        arrived = False

        async def receive_in_time() -> Message:
            nonlocal arrived
            if arrived:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                # Only once: what follows on it is the connection's end.
                arrived = True
                raise SlowBodyError(self._body_s) from None
            arrived = not message.get("more_body", False)
            return message

        await self._app(scope, receive_in_time, send)
