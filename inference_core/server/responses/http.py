"""``/v1/responses`` over HTTP: answer, fetch, forget."""

import json
import logging
from contextlib import aclosing, suppress
from itertools import count

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from inference_core.domain.errors import RequestError
from inference_core.server.answering import STALL_S
from inference_core.server.body import read_fields
from inference_core.server.disconnect import ClientGoneError, while_connected
from inference_core.server.event_stream import EventStream, ReaderStalledError, within
from inference_core.server.fields import Fields
from inference_core.server.problems import closing_error, error_response
from inference_core.server.responses.errors import NotCancellableError, ResponseNotFoundError
from inference_core.server.responses.items import Json
from inference_core.server.responses.limits import DEFAULT_LIMITS, SocketLimits
from inference_core.server.responses.narration import Narration
from inference_core.server.responses.requests import read_request
from inference_core.server.responses.socket import Connection
from inference_core.server.responses.store import ResponseStore, Stored
from inference_core.server.responses.turns import (
    Steer,
    Turn,
    begin_narration,
    narrate,
    narrate_to_end,
    prepare,
)
from inference_core.server.service import Service

_log = logging.getLogger(__name__)

# OpenAI's bounds for a page of input items.
_PAGE = 20
_PAGE_LIMIT = 100


def responses_routes(service: Service, limits: SocketLimits = DEFAULT_LIMITS) -> list[BaseRoute]:
    """Return the routes of the Responses API; they share one store of responses."""
    handlers = _Handlers(service, ResponseStore(), limits)
    one = "/v1/responses/{response_id}"
    return [
        Route("/v1/responses", handlers.create, methods=["POST"]),
        WebSocketRoute("/v1/responses", handlers.connect),
        Route(one, handlers.retrieve, methods=["GET"]),
        Route(one, handlers.delete, methods=["DELETE"]),
        Route(f"{one}/input_items", handlers.input_items, methods=["GET"]),
        Route(f"{one}/cancel", handlers.cancel, methods=["POST"]),
    ]


class _Handlers:
    def __init__(self, service: Service, store: ResponseStore, limits: SocketLimits) -> None:
        self._service = service
        self._store = store
        self._limits = limits

    async def create(self, request: Request) -> Response:
        """Answer."""
        asked = read_request(await read_fields(request), self._service.model)
        turn = prepare(asked, self._store.get)
        return _Answer(self._service, self._store, turn)

    async def connect(self, websocket: WebSocket) -> None:
        """Answer over a WebSocket for as long as it is open."""
        await Connection(self._service, self._store, websocket, self._limits).serve()

    async def retrieve(self, request: Request) -> Response:
        """Return a response that ended."""
        if request.query_params.get("stream", "").lower() == "true":
            raise RequestError(
                "'stream' must be false: the events of a response are not kept.",
                param="stream",
                code="invalid_value",
            )
        return Response(self._stored(request).body, media_type="application/json")

    async def delete(self, request: Request) -> Response:
        """Forget a response; those that continue it keep what they have of it."""
        stored = self._stored(request)
        self._store.remove(stored.id)
        return JSONResponse({"id": stored.id, "object": "response", "deleted": True})

    async def input_items(self, request: Request) -> Response:
        """List the items that a response was asked with, page by page."""
        items: list[Json] = json.loads(self._stored(request).items)
        return JSONResponse(_page(items, request))

    async def cancel(self, request: Request) -> Response:
        """Refuse: what is kept has ended, and what runs is stopped by closing its stream."""
        raise NotCancellableError(self._stored(request).id)

    def _stored(self, request: Request) -> Stored:
        response_id = request.path_params["response_id"]
        stored = self._store.get(response_id)
        if stored is None:
            raise ResponseNotFoundError(response_id)
        return stored


class _Answer(Response):
    """A response that is made while its client waits; the engine stops when the client is gone."""

    def __init__(self, service: Service, store: ResponseStore, turn: Turn) -> None:
        super().__init__()
        self._service = service
        self._store = store
        self._turn = turn

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or fall silent when the client leaves; errors before the first event rise."""
        activity = self._service.activity
        narration = begin_narration(self._turn.request)
        send = within(send, STALL_S)
        out = _NamedEvents(EventStream(send))
        if self._turn.request.stream:
            work = self._stream(narration, out)
        else:
            work = self._whole(narration, scope, receive, send)
        with activity.request():
            try:
                await while_connected(receive, activity.closing, work)
            except ReaderStalledError:
                _log.warning("closed a stream that its client does not read")
            except ClientGoneError:
                _log.debug("the client left before the response's end")
                if activity.closing.is_set():
                    await _say_closing(narration, out, scope, receive, send)

    async def _stream(self, narration: Narration, out: "_NamedEvents") -> None:
        told = narrate_to_end(self._service, self._turn, narration, Steer())
        async with aclosing(told) as happenings:
            async for events in happenings:
                self._keep(events)
                await out.send(events)
        await out.end()

    async def _whole(
        self, narration: Narration, scope: Scope, receive: Receive, send: Send
    ) -> None:
        body: Json = {}
        told = narrate(self._service, self._turn, narration, Steer())
        async with aclosing(told) as happenings:
            async for events in happenings:
                self._keep(events)
                body = events[-1].get("response", body) if events else body
        await JSONResponse(body)(scope, receive, send)

    def _keep(self, events: list[Json]) -> None:
        if self._turn.request.store and (stored := self._turn.outcome(events)) is not None:
            self._store.add(stored)


class _NamedEvents:
    """The events of one response, numbered from 0 in the order in which they leave."""

    def __init__(self, out: EventStream) -> None:
        self._out = out
        self._numbers = count()

    @property
    def begun(self) -> bool:
        return self._out.begun

    async def send(self, events: list[Json]) -> None:
        if not self._out.begun:
            await self._out.begin()
        for event in events:
            number = next(self._numbers)
            await self._out.data(event | {"sequence_number": number}, event["type"])
        if not events:
            await self._out.keep_alive()

    async def end(self) -> None:
        await self._out.end(done=False)  # the mark of other streams is no event of this one


async def _say_closing(
    narration: Narration, out: _NamedEvents, scope: Scope, receive: Receive, send: Send
) -> None:
    """Let a client that still listens tell the core's end from the response's."""
    error = closing_error()
    if not out.begun:
        await error_response(error)(scope, receive, send)
        return
    with suppress(ReaderStalledError):
        await out.send(narration.fail(error))
        await out.end()


def _page(items: list[Json], request: Request) -> Json:
    """Return the page that a query asks for; newest first unless it says otherwise."""
    query = Fields(dict(request.query_params))
    order = query.choice("order", ("asc", "desc"), "desc")
    limit = _limit(query)
    listed = items if order == "asc" else items[::-1]
    if query.has("after"):
        ids = [item["id"] for item in listed]
        after = query.text("after")
        if after not in ids:
            raise query.wrong("after", f"is no item of this response: {after!r}")
        listed = listed[ids.index(after) + 1 :]
    data = listed[:limit]
    return {
        "object": "list",
        "data": data,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
        "has_more": len(listed) > limit,
    }


def _limit(query: Fields) -> int:
    text = query.text("limit", str(_PAGE))
    short = text.isascii() and text.isdigit() and len(text) <= len(str(_PAGE_LIMIT))
    if not (short and 1 <= int(text) <= _PAGE_LIMIT):
        raise query.wrong("limit", f"must be a number from 1 to {_PAGE_LIMIT}, not {text[:20]!r}")
    return int(text)
