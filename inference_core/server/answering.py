"""Send the answers to a request: streamed or whole, for as long as the client listens."""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from inference_core.chat.answering import answer_chat
from inference_core.domain.chat import ChatRequest
from inference_core.domain.errors import CoreError, EngineError
from inference_core.domain.generation import Finished, PromptProgress
from inference_core.server.answers import Wire
from inference_core.server.collected import Collected, Part, figures_of
from inference_core.server.disconnect import ClientGoneError, while_connected
from inference_core.server.event_stream import EventStream, ReaderStalledError, within
from inference_core.server.merging import merged
from inference_core.server.problems import closing_error, error_response
from inference_core.server.requests import Generation, Question
from inference_core.server.service import Service
from inference_core.server.time_limit import limited_in_time

_log = logging.getLogger(__name__)

# A reader that is only slow takes something within this time; a laptop that was shut does not.
STALL_S = 60.0


class Answer(Response):
    """The response of a generating route; the engine stops when its client is gone.

    A client that takes nothing for ``stall_s`` seconds counts as gone: its connection is closed
    without the end of the answer.
    """

    def __init__(
        self, service: Service, generation: Generation, wire: Wire, stall_s: float = STALL_S
    ) -> None:
        super().__init__()
        self._service = service
        self._activity = service.activity
        self._generation = generation
        self._wire = wire
        self._stall_s = stall_s
        self._answers = [Collected() for _ in generation.questions]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or fall silent when the client leaves; errors before the first byte rise."""
        send = within(send, self._stall_s)
        out = EventStream(send)
        stream = self._generation.delivery.stream
        work = self._stream(out) if stream else self._whole(scope, receive, send)
        with self._activity.request():
            try:
                await while_connected(receive, self._activity.closing, work)
            except ClientGoneError:
                _log.debug("the client left before the answer's end")
                if self._activity.closing.is_set():
                    await self._say_closing(out, scope, receive, send)
            except ReaderStalledError:
                # What the answer has so far stays without an end, so that nobody takes it for one.
                _log.warning("a client read nothing for %g s: answer broken off", self._stall_s)

    def _parts(self) -> AsyncGenerator[tuple[int, Part], None]:
        return merged([self._answer_to(each) for each in self._generation.questions])

    def _answer_to(self, question: Question) -> AsyncGenerator[Part, None]:
        engine = self._service.engine
        if isinstance(question, ChatRequest):
            return answer_chat(engine, self._service.template, question)
        events = engine.generate(question)
        limit_ms = self._generation.predict_ms
        return events if limit_ms is None else limited_in_time(events, limit_ms)

    async def _whole(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._parts()) as parts:
            async for index, part in parts:
                self._answers[index].add(part)
        self._require_all_finished()
        figures = figures_of(self._answers, self._generation.per_prompt)
        body = self._wire.whole(self._answers, figures)
        await JSONResponse(body)(scope, receive, send)

    async def _say_closing(
        self, out: EventStream, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Let a client that still listens tell the core's end from the answer's."""
        error = closing_error()
        if out.begun:
            await out.data(self._wire.failure(error))
            await out.end(done=False)
        else:
            await error_response(error)(scope, receive, send)

    async def _stream(self, out: EventStream) -> None:
        async with aclosing(self._parts()) as parts:
            # Nothing is sent before, however long that takes: the status can still tell an error.
            early = await self._early(parts)
            if not early:
                self._require_all_finished()
                return
            await out.begin()
            try:
                for index in range(len(self._answers)):
                    for chunk in self._wire.opening(index):
                        await out.data(chunk)
                for index, part in early:
                    await self._forward(index, part, out)
                async for index, part in parts:
                    await self._forward(index, part, out)
                self._require_all_finished()
            except CoreError as error:
                _log.warning("answer broken off: %s", error.message)
                await out.data(self._wire.failure(error))
                await out.end(done=False)
                return
            await out.end(done=True)

    async def _early(self, parts: AsyncGenerator[tuple[int, Part], None]) -> list[tuple[int, Part]]:
        """Return what comes until the engine has taken every request, or has answered one.

        The first event of an answer tells of the one, and comes before its prompt's first batch; an
        error that makes the request impossible comes instead.
        """
        early: list[tuple[int, Part]] = []
        silent = set(range(len(self._answers)))
        async for index, part in parts:
            early.append((index, part))
            silent.discard(index)
            if not silent or not isinstance(part, PromptProgress):
                break
        return early

    async def _forward(self, index: int, part: Part, out: EventStream) -> None:
        self._answers[index].count(part)
        match part:
            case PromptProgress():
                if self._generation.delivery.progress:
                    await out.data(self._wire.progress(part))
                else:
                    await out.keep_alive()
            case Finished():
                await self._end(index, part, out)
            case _:
                chunk = self._wire.part(index, part)
                if chunk is not None:
                    await out.data(chunk)

    async def _end(self, index: int, finished: Finished, out: EventStream) -> None:
        chunks = [self._wire.ending(index, finished)]
        if self._all_finished():
            figures = figures_of(self._answers, self._generation.per_prompt)
            usage = self._generation.delivery.include_usage
            chunks = self._wire.figures(chunks[0], figures, usage)
        for chunk in chunks:
            await out.data(chunk)

    def _all_finished(self) -> bool:
        return all(answer.finished is not None for answer in self._answers)

    def _require_all_finished(self) -> None:
        if not self._all_finished():
            raise EngineError("The engine ended its answer early.", "Repeat the request.")
