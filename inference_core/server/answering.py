"""Send an answer: streamed or whole, for as long as the client listens."""

import json
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from inference_core.chat.answering import answer_chat
from inference_core.domain.chat import ChatPart, ChatRequest, ContentPart, ReasoningPart
from inference_core.domain.errors import CoreError, EngineError
from inference_core.domain.generation import Event, Finished, PromptProgress, TextPiece
from inference_core.server.answers import Json, Wire
from inference_core.server.disconnect import ClientGoneError, while_connected
from inference_core.server.problems import closing_error, error_json, error_response
from inference_core.server.requests import Generation
from inference_core.server.service import Service

_log = logging.getLogger(__name__)

# During a long prompt a comment line this often keeps readers with a time-out from giving up.
_KEEP_ALIVE_S = 5.0

_SSE_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
]


class Answer(Response):
    """The response of a generating route; the engine stops when its client is gone."""

    def __init__(self, service: Service, generation: Generation, wire: Wire) -> None:
        super().__init__()
        self._service = service
        self._activity = service.activity
        self._generation = generation
        self._wire = wire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or fall silent when the client leaves; errors before the first byte rise."""
        out = _EventStream(send)
        stream = self._generation.delivery.stream
        work = self._stream(out) if stream else self._whole(scope, receive, send)
        with self._activity.request():
            try:
                await while_connected(receive, self._activity.closing, work)
            except ClientGoneError:
                _log.debug("the client left before the answer's end")
                if self._activity.closing.is_set():
                    await self._say_closing(out, scope, receive, send)

    def _events(self) -> AsyncGenerator[ChatPart | Event, None]:
        question = self._generation.question
        if isinstance(question, ChatRequest):
            return answer_chat(self._service.engine, self._service.template, question)
        return self._service.engine.generate(question)

    async def _whole(self, scope: Scope, receive: Receive, send: Send) -> None:
        text: list[str] = []
        reasoning: list[str] = []
        finished: Finished | None = None
        async with aclosing(self._events()) as events:
            async for event in events:
                match event:
                    case TextPiece(piece) | ContentPart(piece):
                        text.append(piece)
                    case ReasoningPart(piece):
                        reasoning.append(piece)
                    case Finished():
                        finished = event
        if finished is None:
            raise EngineError("The engine ended its answer early.", "Repeat the request.")
        body = self._wire.whole("".join(text), "".join(reasoning), finished)
        await JSONResponse(body)(scope, receive, send)

    async def _say_closing(
        self, out: "_EventStream", scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Let a client that still listens tell the core's end from the answer's."""
        error = closing_error()
        if out.begun:
            await out.data(error_json(error))
            await out.end(done=False)
        else:
            await error_response(error)(scope, receive, send)

    async def _stream(self, out: "_EventStream") -> None:
        async with aclosing(self._events()) as events:
            # The first event comes before the first batch of the prompt; an error that makes the
            # request impossible comes instead of it, while the status can still say so.
            first = await anext(events)
            await out.begin()
            try:
                for chunk in self._wire.opening():
                    await out.data(chunk)
                await self._forward(first, out)
                async for event in events:
                    await self._forward(event, out)
            except CoreError as error:
                _log.warning("answer broken off: %s", error.message)
                await out.data(error_json(error))
                await out.end(done=False)
                return
            await out.end(done=True)

    async def _forward(self, event: ChatPart | Event, out: "_EventStream") -> None:
        match event:
            case PromptProgress():
                if self._generation.delivery.progress:
                    await out.data(self._wire.progress(event))
                else:
                    await out.keep_alive()
            case Finished():
                usage = self._generation.delivery.include_usage
                for chunk in self._wire.ending(event, usage):
                    await out.data(chunk)
            case TextPiece() | ContentPart() | ReasoningPart():
                await out.data(self._wire.piece(event))


class _EventStream:
    """Server-sent events over ASGI."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._last = time.monotonic()
        self.begun = False

    async def begin(self) -> None:
        self.begun = True
        await self._send(
            {"type": "http.response.start", "status": 200, "headers": list(_SSE_HEADERS)}
        )

    async def data(self, chunk: Json) -> None:
        text = json.dumps(chunk, ensure_ascii=False, separators=(",", ":"))
        await self._write(f"data: {text}\n\n")

    async def keep_alive(self) -> None:
        if time.monotonic() - self._last >= _KEEP_ALIVE_S:
            await self._write(":\n\n")

    async def end(self, *, done: bool) -> None:
        if done:
            await self._write("data: [DONE]\n\n")
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _write(self, text: str) -> None:
        self._last = time.monotonic()
        body = text.encode("utf-8")
        await self._send({"type": "http.response.body", "body": body, "more_body": True})
