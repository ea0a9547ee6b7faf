"""Asks the endpoints in the user's order until one answers, and measures every answer."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

from spark_desktop.domain.completion import (
    Answering,
    ChatRequest,
    Chunk,
    Finished,
    ModelInfo,
    ReasoningChunk,
    Request,
    TextChunk,
)
from spark_desktop.domain.context import estimate_tokens
from spark_desktop.domain.endpoints import WireProtocol, WorkKind
from spark_desktop.domain.errors import AccessRefusedError, EndpointError, SparkError
from spark_desktop.domain.events import AnswerRerouted, PromptCut
from spark_desktop.domain.spending import estimated_usage
from spark_desktop.domain.truncation import prompt_text, tokens_cut
from spark_desktop.domain.words import say
from spark_desktop.services.answers import WarmedUp
from spark_desktop.services.bus import Bus
from spark_desktop.services.candidates import Candidate, Opened, Preferences, attempt
from spark_desktop.services.endpoint_health import Health
from spark_desktop.services.ports import Clock, Endpoint
from spark_desktop.services.purse import Purse
from spark_desktop.services.tasks import TaskScope

# How often everybody is asked before an answer is given up.
_ROUNDS = 3

_Running = dict[asyncio.Task[Opened | SparkError], Candidate]


class Router:
    """Gives out endpoints behind which whoever answers first in the user's order answers."""

    def __init__(
        self,
        preferences: Preferences,
        health: Health,
        purse: Purse,
        bus: Bus,
        clock: Clock,
        scope: TaskScope,
    ) -> None:
        self._preferences = preferences
        self._health = health
        self._purse = purse
        self._bus = bus
        self._clock = clock
        self._scope = scope

    async def endpoint_for(self, kind: WorkKind) -> Endpoint:
        """Return the endpoint for a kind of work; its model is that of who will be asked first.

        Raises SparkError where nobody can be asked.
        """
        failure: SparkError | None = None
        for candidate in self._able(kind):
            try:
                endpoint = await candidate.connect()
                return RoutedEndpoint(self, kind, candidate, endpoint.model)
            except SparkError as error:
                self._note(kind, candidate, error)
                failure = failure or error
        raise failure or _nobody()

    def model_for(self, kind: WorkKind) -> ModelInfo | None:
        """Return the model of who would be asked first; None while that is not known."""
        return next((one.model for one in self._able(kind)), None)

    def warm(self, kind: WorkKind) -> None:
        """Begin what takes a while before such work can be answered; returns at once."""
        for candidate in self._able(kind)[:1]:
            candidate.begin()

    async def read_ahead(self, request: ChatRequest, title: str) -> None:
        """Let the endpoint with this title read the beginning of a chat's next prompt.

        Only where it would be asked first, remembers on one connection what it has read, and has
        room for it. It was nobody's question: a failure is told by the question itself.
        """
        await self._know_costs(WorkKind.CHAT)
        for one in self._preferences.order(WorkKind.CHAT)[:1]:
            if one.spec is None or one.spec.protocol is not WireProtocol.RESPONSES_SOCKET:
                return
            if one.title != title or not self._may_ask(one, request, []):
                return
            try:
                endpoint = await one.connect()
            except SparkError:
                return
            if isinstance(endpoint, WarmedUp) and await endpoint.warm(request):
                self._abandon(WorkKind.CHAT, one, request)

    async def open(self, kind: WorkKind, request: Request) -> Opened:
        """Return the answer of whoever begins first in the user's order. Raises SparkError."""
        first: SparkError | None = None
        await self._know_costs(kind)
        for turn in range(_ROUNDS):
            candidates = self._preferences.order(kind)
            failures: list[SparkError] = []
            able = [one for one in candidates if self._may_ask(one, request, failures)]
            if able and able[0] is not candidates[0]:
                self._tell(kind, candidates[0], able[0], failures[0], was_asked=False)
            try:
                if able:
                    return await self._ask_in_order(kind, able, request)
            except _AllFailedError as error:
                failures = [*error.failures, *failures]
            first = first or next(iter(failures), None)
            if turn == _ROUNDS - 1 or all(one.spec is None for one in candidates):
                # The core has waited by itself where that helps.
                break
            if not await self._health.pause(kind, candidates, failures, turn, self._bus):
                break
        raise first or _nobody()

    async def _know_costs(self, kind: WorkKind) -> None:
        if any(one.remote_model.price is not None for one in self._preferences.order(kind)):
            await self._purse.ready()

    def _able(self, kind: WorkKind) -> Sequence[Candidate]:
        """Return those that nothing is known against, else all: somebody has to say no."""
        candidates = self._preferences.order(kind)
        return [
            one for one in candidates if one.spec is None or self._health.allows(one.id)
        ] or candidates

    def _may_ask(self, one: Candidate, request: Request, failures: list[SparkError]) -> bool:
        """Return whether to ask; where not, add the reason to ``failures``."""
        if one.spec is None:
            # The core has a supervisor of its own, and says itself what is wrong.
            return True
        tokens = estimate_tokens(prompt_text(request)) + request.max_tokens
        refusal = self._health.refusal(one.id, one.title, tokens)
        if refusal is None and one.remote_model.price is not None:
            refusal = self._purse.refusal()
        if refusal is not None:
            failures.append(refusal)
        return refusal is None

    async def _ask_in_order(
        self, kind: WorkKind, able: Sequence[Candidate], request: Request
    ) -> Opened:
        failures: list[SparkError] = []
        waiting = list(able)
        running: _Running = {}
        winner: Opened | None = None
        late: list[Opened] = []
        try:
            while waiting or running:
                if not running:
                    self._begin(waiting.pop(0), request, running)
                hedge = self._preferences.hedge(kind) if waiting else 0.0
                done, _ = await asyncio.wait(
                    running, timeout=hedge or None, return_when=asyncio.FIRST_COMPLETED
                )
                if not done:
                    slow = next(reversed(running.values()))
                    self._tell(kind, slow, waiting[0])
                    self._begin(waiting.pop(0), request, running)
                for task in done:
                    candidate, ended = running.pop(task), task.result()
                    if isinstance(ended, SparkError):
                        self._note(kind, candidate, ended)
                        failures.append(ended)
                        if waiting and not running and winner is None:
                            self._tell(kind, candidate, waiting[0], ended)
                    elif winner is None:
                        winner = ended
                    else:
                        late.append(ended)
                if winner is not None:
                    return winner
        finally:
            for one in (*running.values(), *(opened.candidate for opened in late)):
                self._abandon(kind, one, request)
            await self._end(running, late, winner)
        raise _AllFailedError(failures)

    def _begin(self, one: Candidate, request: Request, running: _Running) -> None:
        running[self._scope.start("ask", self._tried(one, request))] = one

    async def _tried(self, one: Candidate, request: Request) -> Opened | SparkError:
        """Return the failure instead of raising it: a scope logs what its tasks raise."""
        try:
            return await attempt(one, request, self._health, self._clock)
        except SparkError as error:
            return error

    def _abandon(self, kind: WorkKind, one: Candidate, request: Request) -> None:
        self._purse.abandoned(kind, one.id, one.remote_model, estimated_usage(request, ""))

    async def _end(self, running: _Running, late: list[Opened], winner: Opened | None) -> None:
        for task in running:
            task.cancel()
        try:
            tried = await asyncio.gather(*running, return_exceptions=True)
            for opened in (*late, *(one for one in tried if isinstance(one, Opened))):
                await opened.held.aclose()
        except asyncio.CancelledError:
            # Nobody takes the answer any more: its server would go on writing it.
            if winner is not None:
                await winner.held.aclose()
            raise

    def _failed(self, one: Candidate, error: SparkError) -> None:
        if one.spec is not None:
            self._health.failed(one.id, error)

    def _note(self, kind: WorkKind, one: Candidate, error: SparkError) -> None:
        self._failed(one, error)
        self._purse.failed(kind, one.id, one.remote_model.id, error)

    def _tell(
        self,
        kind: WorkKind,
        source: Candidate,
        target: Candidate,
        error: SparkError | None = None,
        *,
        was_asked: bool = True,
    ) -> None:
        """Tell why another one is asked; without an error the first was only slow."""
        event = AnswerRerouted(
            kind,
            source.title,
            target.title,
            say("It has not begun yet.") if error is None else error.message,
            hedged=error is None,
            was_asked=was_asked,
            is_refused=isinstance(error, AccessRefusedError),
        )
        self._bus.publish(event)

    async def chunks(
        self, kind: WorkKind, request: Request, opened: Opened
    ) -> AsyncGenerator[Chunk, None]:
        """Yield the answer, saying first who gives it; measure it in whatever way it ends."""
        one = opened.candidate
        end: Finished | None = None
        error: SparkError | None = None
        try:
            yield Answering(opened.model.id, one.title)
            async with aclosing(_all_of(opened)) as chunks:
                async for chunk in chunks:
                    if isinstance(chunk, TextChunk | ReasoningChunk):
                        opened.said.append(chunk.text)
                    end = chunk if isinstance(chunk, Finished) else end
                    yield self._with_cost(one, chunk)
        except SparkError as failed:
            error = failed
            raise
        finally:
            self._measure(kind, request, opened, end, error)

    def _with_cost(self, one: Candidate, chunk: Chunk) -> Chunk:
        if not isinstance(chunk, Finished):
            return chunk
        return replace(chunk, cost=self._purse.cost(chunk.usage, one.remote_model))

    def _measure(
        self,
        kind: WorkKind,
        request: Request,
        opened: Opened,
        end: Finished | None,
        error: SparkError | None,
    ) -> None:
        one = opened.candidate
        if error is None:
            self._health.succeeded(one.id, end.buckets if end is not None else ())
        else:
            self._failed(one, error)
        if end is not None and one.spec is not None:
            sent = tokens_cut(request, end.usage)
            if sent is not None:
                self._bus.publish(PromptCut(one.title, sent, end.usage.prompt_tokens, kind))
        model = replace(one.remote_model, id=opened.model.id)
        first = opened.began - opened.asked
        total = None if end is None else self._clock.monotonic() - opened.asked
        uncounted = estimated_usage(request, "".join(opened.said))
        self._purse.ended(kind, one.id, model, (first, total), end, error, uncounted)


class RoutedEndpoint:
    """An Endpoint behind which the router decides who answers each request."""

    def __init__(
        self, router: Router, kind: WorkKind, preferred: Candidate, model: ModelInfo
    ) -> None:
        self._router = router
        self._kind = kind
        self._preferred = preferred
        self._model = model

    @property
    def model(self) -> ModelInfo:
        """Return the model of who was to be asked first."""
        return self._model

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[AsyncIterator[Chunk]]:
        """Open the answer; see the port. Raises SparkError."""
        opened = await self._router.open(self._kind, request)
        chunks = self._router.chunks(self._kind, request, opened)
        async with opened.held, aclosing(chunks):
            yield chunks

    async def count_tokens(self, text: str) -> int:
        """Return the number of tokens of ``text`` for that model. Raises SparkError."""
        # Connected anew: its connections may have been closed since, as the user changed it.
        return await (await self._preferred.connect()).count_tokens(text)


async def _all_of(opened: Opened) -> AsyncGenerator[Chunk, None]:
    for chunk in opened.head:
        yield chunk
    async for chunk in opened.chunks:
        yield chunk


class _AllFailedError(Exception):
    """Nobody of those that were asked began an answer."""

    def __init__(self, failures: list[SparkError]) -> None:
        super().__init__()
        self.failures = failures


def _nobody() -> SparkError:
    return EndpointError(
        say("No endpoint is chosen for this kind of work."),
        say("Choose one in the settings, or allow the local core."),
    )
