"""Between the product and its core: what is asked and answered is noted, or known from disk."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

from benchmarks.quality.answer_cache import AnswerCache, KeptAnswer
from spark_desktop.domain.completion import (
    ChatRequest,
    Chunk,
    Finished,
    ModelInfo,
    Request,
    TextChunk,
    Usage,
)
from spark_desktop.domain.context import estimate_tokens
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.endpoint_wiring import EndpointServices
from spark_desktop.services.answers import WarmedUp
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Core, Endpoint
from spark_desktop.services.tasks import TaskScope


@dataclass(slots=True)
class Asked:
    """One request and what came of it; ``finished`` is None where its reader left earlier."""

    request: Request
    pieces: list[str] = field(default_factory=list)
    finished: Finished | None = None
    is_kept: bool = False

    @property
    def text(self) -> str:
        """Return the answer as far as it was read."""
        return "".join(self.pieces)

    @property
    def prompt(self) -> str:
        """Return what the model was told, for reading."""
        if isinstance(self.request, ChatRequest):
            told = (f"[{one.role.value}]\n{one.text}" for one in self.request.messages)
            return "\n\n".join(told)
        extra = "".join(f"[{name}]\n{text}\n\n" for name, text in self.request.extra)
        return f"{extra}{self.request.prefix}[…]{self.request.suffix}"

    @property
    def usage(self) -> Usage:
        """Return the tokens: the server's account, else the chunks and an estimate."""
        if self.finished is not None:
            return self.finished.usage
        return Usage(estimate_tokens(self.prompt), len(self.pieces))


class Wire:
    """Stands in the place of the user's endpoints: the project's own core answers everything."""

    def __init__(self, model: str, cache: AnswerCache | None = None) -> None:
        self.name = model
        self.cache = cache
        self.asked: list[Asked] = []
        # Returns once there is a core that the project's own joins.
        self.prepare: Callable[[], Awaitable[None]] | None = None

    @property
    def services(self) -> EndpointServices:
        """Return this as what a project asks for who answers; it uses no more than is here."""
        return cast(EndpointServices, self)

    def router(
        self, core: Core, bus: Bus, scope: TaskScope, *, only_core: bool = False
    ) -> "HeardAnswers":
        """Return what lets this core answer."""
        return HeardAnswers(core, self)

    def tell(self, bus: Bus) -> Callable[[], None]:
        """Tell nothing."""
        return lambda: None

    def took(self) -> tuple[Asked, ...]:
        """Return what was asked since this was called last."""
        asked, self.asked = tuple(self.asked), []
        return asked


class HeardAnswers:
    """Answers by one core, all of them noted; Answers."""

    def __init__(self, core: Core, wire: Wire) -> None:
        self._core = core
        self._wire = wire
        self._model: ModelInfo | None = None
        self._started = asyncio.Lock()

    async def endpoint_for(self, kind: WorkKind) -> Endpoint:
        """Return the core's endpoint; it is loaded only where an answer is not known already."""
        if self._model is None and self._wire.cache is not None:
            self._model = self._wire.cache.model(self._wire.name)
        if self._model is None:
            self._model = (await self.core()).model
            if self._wire.cache is not None:
                self._wire.cache.keep_model(self._wire.name, self._model)
        return HeardEndpoint(self._model, self.core, self._wire)

    def model_for(self, kind: WorkKind) -> ModelInfo | None:
        """Return the model once it was asked for."""
        return self._model

    def warm(self, kind: WorkKind) -> None:
        """Do nothing: the core is there before anything is measured."""

    async def core(self) -> Endpoint:
        """Return the core's own endpoint; it is begun where it is not there. Raises CoreError."""
        async with self._started:
            if self._wire.prepare is not None:
                await self._wire.prepare()
            self._core.start()
        return await self._core.endpoint()


class HeardEndpoint:
    """Asks the core, unless the answer is known; Endpoint."""

    def __init__(
        self, model: ModelInfo, core: Callable[[], Awaitable[Endpoint]], wire: Wire
    ) -> None:
        self._model = model
        self._core = core
        self._wire = wire

    @property
    def model(self) -> ModelInfo:
        """Return what answers."""
        return self._model

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[AsyncIterator[Chunk]]:
        """Open the answer; see the port."""
        cache = self._wire.cache
        known = None if cache is None else cache.find(self._model.id, request)
        asked = Asked(request, is_kept=known is not None)
        self._wire.asked.append(asked)
        answer = (
            self._asked(request, asked) if known is None else self._known(request, known, asked)
        )
        try:
            async with aclosing(answer) as chunks:
                yield chunks
        finally:
            if cache is not None and not asked.is_kept:
                pieces = KeptAnswer(tuple(asked.pieces), asked.finished)
                cache.keep(self._model.id, request, pieces)

    async def _asked(
        self, request: Request, asked: Asked, skipped: int = 0
    ) -> AsyncGenerator[Chunk, None]:
        """Yield what the core answers, but for the first pieces of text."""
        async with (await self._core()).stream(request) as chunks:
            async for chunk in chunks:
                if isinstance(chunk, TextChunk):
                    skipped -= 1
                    if skipped >= 0:
                        continue
                    asked.pieces.append(chunk.text)
                elif isinstance(chunk, Finished):
                    asked.finished = chunk
                yield chunk

    async def _known(
        self, request: Request, known: KeptAnswer, asked: Asked
    ) -> AsyncGenerator[Chunk, None]:
        """Yield what is kept; a reader who goes on where one has left before is told the rest."""
        for piece in known.pieces:
            await asyncio.sleep(0)
            asked.pieces.append(piece)
            yield TextChunk(piece)
        if known.finished is not None:
            asked.finished = known.finished
            yield known.finished
            return
        asked.is_kept = False
        async with aclosing(self._asked(request, asked, len(known.pieces))) as rest:
            async for chunk in rest:
                yield chunk

    async def count_tokens(self, text: str) -> int:
        """Return the number of tokens of ``text``."""
        cache = self._wire.cache
        count = None if cache is None else cache.count(self._model.id, text)
        if count is None:
            count = await (await self._core()).count_tokens(text)
            if cache is not None:
                cache.keep_count(self._model.id, text, count)
        return count

    async def warm(self, request: ChatRequest) -> bool:
        """Let the core read ahead, where it can and its answers are not from disk."""
        if self._wire.cache is not None:
            return False
        endpoint = await self._core()
        return isinstance(endpoint, WarmedUp) and await endpoint.warm(request)
