"""Lets go wrong what a fault says: a middleware between the guard and the routes."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inference_core.domain.errors import CoreError, RequestError
from inference_core.server.connections import ABORT
from inference_core.server.emulation.conditions import Conditions, Counter, under
from inference_core.server.emulation.faults import Fault, FaultPlan
from inference_core.server.emulation.flat_errors import stream_error
from inference_core.server.problems import error_response

FAULT_HEADER = "x-spark-fault"
_THRESHOLD_HEADER = "queue_threshold"

# Milliseconds that a client may name as the longest wait in the queue.
_THRESHOLD = range(50, 20_001)

_GENERATING = frozenset({"/v1/chat/completions", "/v1/completions", "/infill"})

# What a stream that goes wrong says instead of an event: half of one.
_HALF_AN_EVENT = b'data: {"id":"chatcmpl-broken","choices":[{"index":0,"delta":{"con\n\n'

# A body that is cut or trickles: how many bytes come at once.
_CRUMB = 7


class OnDemandError(CoreError):
    """An error that somebody asked for."""

    code = "fault_on_demand"

    def __init__(self, status: int, retry_after_s: int | None = None) -> None:
        super().__init__(
            f"This {status} was asked for, by {FAULT_HEADER} or --fault.", "Leave it out."
        )
        self.status = status
        self.kind = "too_many_requests_error" if status == 429 else "server_error"
        if status == 429:
            self.code = "request_quota_exceeded"
        self.retry_after_s = retry_after_s


class _BrokenOff(Exception):  # noqa: N818 - no error, but the end that was asked for
    """The answer ends here, and with ``hangs_up`` the connection."""

    def __init__(self, hangs_up: bool = False) -> None:
        super().__init__()
        self.hangs_up = hangs_up


class Faulty:
    """ASGI middleware: lets requests to generating routes meet the faults that are due."""

    def __init__(self, app: ASGIApp, plan: FaultPlan) -> None:
        self._app = app
        self._plan = plan

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, under the conditions that were drawn for it."""
        if scope["type"] != "http" or scope["path"] not in _GENERATING:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            drawn = self._plan.draw(headers.get(FAULT_HEADER, ""))
            threshold = _threshold(headers)
        except RequestError as error:
            await error_response(error)(scope, receive, send)
            return
        if Fault.REFUSE in drawn:
            await _hang_up(scope, receive)
            return
        if (asked_for := _status(drawn)) is not None:
            await error_response(asked_for)(scope, receive, send)
            return
        conditions = Conditions(
            drawn.get(Fault.QUEUE, 0) / 1000, drawn.get(Fault.DELAY, 0) / 1000, threshold, Counter()
        )
        try:
            with under(conditions):
                await self._app(scope, receive, _broken(send, drawn))
        except _BrokenOff as end:
            # Not whenever a cut was drawn, too: an error before it must reach the client.
            if end.hangs_up:
                await _hang_up(scope, receive)


async def _hang_up(scope: Scope, receive: Receive) -> None:
    """Close the connection, where the server lets us: it would answer 500 by itself."""
    abort = (scope.get("extensions") or {}).get(ABORT)
    if abort is not None:
        abort()
        while (await receive())["type"] != "http.disconnect":
            continue


def _threshold(headers: Headers) -> float | None:
    """Return the longest wait in seconds that the client wants. Raises RequestError."""
    text = headers.get(_THRESHOLD_HEADER)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) in _THRESHOLD):
        raise RequestError(
            f"'{_THRESHOLD_HEADER}' must be a number of milliseconds from {_THRESHOLD.start} to "
            f"{_THRESHOLD.stop - 1}, not {text[:32]!r}.",
            param=_THRESHOLD_HEADER,
            code="invalid_value",
        )
    return int(text) / 1000


def _status(drawn: dict[Fault, int]) -> CoreError | None:
    if Fault.TOO_MANY in drawn:
        return OnDemandError(429, drawn[Fault.TOO_MANY])
    if Fault.UNAVAILABLE in drawn:
        return OnDemandError(503, drawn[Fault.UNAVAILABLE])
    return None


def _broken(send: Send, drawn: dict[Fault, int]) -> Send:
    """Return ``send``, which does to the body what was drawn."""
    if Fault.TRICKLE in drawn:
        send = _trickling(send, drawn[Fault.TRICKLE] / 1000)
    if Fault.CUT in drawn:
        send = _at_event(send, drawn[Fault.CUT], _cut)
    if Fault.ERROR in drawn:
        send = _at_event(send, drawn[Fault.ERROR], _say_error)
    if Fault.MALFORMED in drawn:
        send = _at_event(send, drawn[Fault.MALFORMED], _say_half)
    return send


# Sends something in the place of a message; where the answer is whole it comes with its start.
Happening = Callable[[Send, Message, Message | None], Awaitable[None]]


def _at_event(send: Send, events: int, do: Happening) -> Send:
    """Return ``send``, with something else in the place of the event after so many.

    A whole answer is that event itself. What is an error already stays one.
    """
    sent = 0
    held: Message | None = None
    happened = False

    async def send_counting(message: Message) -> None:
        nonlocal sent, held, happened
        if message["type"] == "http.response.start":
            happened = message["status"] >= 400
            if not happened and not _is_stream(message):
                held = message
                return
        elif not happened and (held is not None or sent >= events):
            happened = True
            await do(send, message, held)
            return
        else:
            sent += 1
        await send(message)

    return send_counting


async def _cut(send: Send, message: Message, start: Message | None) -> None:
    """End the connection: of a whole answer half has been sent."""
    if start is not None:
        body = message["body"]
        await send(start)
        await send({**message, "body": body[: len(body) // 2], "more_body": True})
    raise _BrokenOff(hangs_up=True)


async def _say_error(send: Send, message: Message, start: Message | None) -> None:
    """End a stream with an error; a whole answer becomes one."""
    error = OnDemandError(500)
    if start is not None:
        response = error_response(error)
        await send({**start, "status": error.status, "headers": response.raw_headers})
        await send({**message, "body": bytes(response.body)})
    else:
        event = f"data: {json.dumps(stream_error(error, 'chatcmpl-broken'))}\n\n".encode()
        await send({"type": "http.response.body", "body": event, "more_body": False})
    raise _BrokenOff


async def _say_half(send: Send, message: Message, start: Message | None) -> None:
    """Say half an event, and go on; of a whole answer the second half is no JSON."""
    if start is None:
        await send({"type": "http.response.body", "body": _HALF_AN_EVENT, "more_body": True})
        await send(message)
    else:
        body = message["body"]
        await send(start)
        await send({**message, "body": body[: len(body) // 2].ljust(len(body), b"#")})


def _trickling(send: Send, pause_s: float) -> Send:
    """Return ``send``, which sends a few bytes at a time."""

    async def send_crumbs(message: Message) -> None:
        body = message.get("body", b"")
        if message["type"] != "http.response.body" or len(body) <= _CRUMB:
            await send(message)
            return
        for at in range(0, len(body), _CRUMB):
            is_last = at + _CRUMB >= len(body)
            more = message.get("more_body", False) or not is_last
            await send({**message, "body": body[at : at + _CRUMB], "more_body": more})
            if not is_last:
                await asyncio.sleep(pause_s)

    return send_crumbs


def _is_stream(start: Message) -> bool:
    kind = MutableHeaders(raw=list(start["headers"])).get("content-type", "")
    return kind.startswith("text/event-stream")
