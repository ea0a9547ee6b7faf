"""An engine whose answers come at the pace of a profile, whoever writes them."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace

from inference_core.domain.emulation import Pace, Source
from inference_core.domain.errors import CoreError, EngineDownError, RequestError
from inference_core.domain.generation import (
    Event,
    Finished,
    GenerationRequest,
    ModelInfo,
    PromptProgress,
    TextPiece,
    Token,
)
from inference_core.engine.protocol import Engine
from inference_core.engine.slot import SlotState
from inference_core.pacing.pacer import Chunk, Pacer, Piece
from inference_core.pacing.schedule import Schedule
from inference_core.server.emulation.conditions import Conditions, current
from inference_core.server.emulation.predicted import Predicted
from inference_core.server.emulation.settings import Emulation

# While a first token is waited for, readers hear this often that something is being done, in
# seconds: silence could be taken for a broken connection.
SIGN_OF_LIFE_S = 5.0


class QueueFullError(RequestError):
    """The request would wait longer than its client wants to."""

    status = 429
    kind = "too_many_requests_error"
    retry_after_s = 1

    def __init__(self, wait_s: float, threshold_s: float) -> None:
        super().__init__(
            f"The wait of {wait_s * 1000:.0f} ms is over the queue threshold of "
            f"{threshold_s * 1000:.0f} ms.",
            param="queue",
            code="queue_exceeded",
            next_step="Ask again, or with a larger queue_threshold.",
        )


class PacedEngine:
    """Holds back what another engine writes; see Engine.

    With the source ENGINE an answer is paced from the request's arrival on, and is late where the
    engine is. With BUFFERED it is awaited first, and paced from then on.
    """

    def __init__(self, inner: Engine, emulation: Emulation) -> None:
        self._inner = inner
        self._emulation = emulation
        self._running = 0
        self._answers = 0

    @property
    def info(self) -> ModelInfo:
        """What the model says about itself."""
        return self._inner.info

    @property
    def down(self) -> EngineDownError | None:
        """Why nothing can be generated now; see Engine.down."""
        return self._inner.down

    async def tokenize(self, text: str, special: bool) -> list[Token]:
        """Return the tokens of a text; see Engine.tokenize."""
        return await self._inner.tokenize(text, special)

    async def detokenize(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens; see Engine.detokenize."""
        return await self._inner.detokenize(tokens)

    def slots(self) -> list[SlotState]:
        """Return what each slot is doing."""
        return self._inner.slots()

    async def close(self) -> bool:
        """Stop what runs and free the model; see Engine.close."""
        return await self._inner.close()

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Event, None]:
        """Answer at the profile's pace; see Engine.generate.

        Raises QuotaExceededError and QueueFullError before anything is computed.
        """
        running, self._running = self._running, self._running + 1
        try:
            async with aclosing(self._inner.generate(request)) as events:
                async for event in self._paced(request, events, running):
                    yield event
        finally:
            self._running -= 1

    async def _paced(
        self, request: GenerationRequest, events: AsyncGenerator[Event, None], running: int
    ) -> AsyncIterator[Event]:
        answer = _Answer(self._emulation, request, current())
        taken = await anext(events)
        if not isinstance(taken, PromptProgress):
            raise CoreError("The engine began an answer without its prompt.")
        answer.charge(taken, running)
        yield taken
        # The engine has taken the prompt; how much of it is known it says when it begins.
        begun = await anext(events)
        kept: list[Event] = [] if isinstance(begun, PromptProgress) else [begun]
        progress = begun if isinstance(begun, PromptProgress) else taken
        if self._emulation.source is Source.BUFFERED:
            async for event in events:
                if isinstance(event, PromptProgress):
                    yield event
                else:
                    kept.append(event)
            source = _listed(kept)
            answer.begin_anew()
        else:
            source = _pumped(kept, events)
        async with aclosing(source):
            async for event in answer.run(source, progress, running, self._next_seed()):
                yield event

    def _next_seed(self) -> int:
        self._answers += 1
        return self._emulation.seed + self._answers - 1


class _Answer:
    """One answer on its way through the pacer."""

    def __init__(
        self, emulation: Emulation, request: GenerationRequest, conditions: Conditions
    ) -> None:
        self._emulation = emulation
        self._clock = emulation.clock
        self._request = request
        self._conditions = conditions
        self._predicted = Predicted(request.prediction)
        self._arrived = self._clock.now()
        self._schedule: Schedule | None = None
        self._pacer: Pacer[Event] | None = None

    def charge(self, progress: PromptProgress, running: int) -> None:
        """Charge the account. Raises QuotaExceededError, OverQuotaError, QueueFullError."""
        threshold = self._conditions.queue_threshold_s
        wait = self._emulation.profile.wait_s(running) + self._conditions.queue_s
        if threshold is not None and wait > threshold:
            raise QueueFullError(wait, threshold)
        limit = self._request.sampling.max_tokens
        counter = self._conditions.counter
        is_further = counter is not None and counter.charged > 0
        self._emulation.quota.charge(progress.total + (limit or 0), 0 if is_further else 1)
        if counter is not None:
            counter.charged += 1

    def begin_anew(self) -> None:
        """Count from now on: the whole answer is there."""
        self._arrived = self._clock.now()

    async def run(
        self, source: AsyncIterator[Event], progress: PromptProgress, running: int, seed: int
    ) -> AsyncIterator[Event]:
        """Yield the events when they are due."""
        self._schedule = Schedule(
            self._emulation.profile, progress.total, progress.cached, seed=seed, running=running
        )
        extra = self._conditions.queue_s + self._conditions.delay_s
        self._pacer = Pacer(self._schedule, self._clock, self._arrived + extra)
        async with aclosing(self._pacer.run(self._pieces(source))) as chunks:
            async for chunk in _with_signs_of_life(chunks):
                if chunk is None:
                    yield progress
                    continue
                for event in _joined(chunk.contents):
                    yield self._ended(event) if isinstance(event, Finished) else event

    async def _pieces(self, source: AsyncIterator[Event]) -> AsyncIterator[Piece[Event]]:
        async for event in source:
            if isinstance(event, TextPiece):
                accepted = self._predicted.take(event.text, event.tokens)
                yield Piece(event, event.tokens, accepted)
            else:
                yield Piece(event, tokens=0)

    def _ended(self, finished: Finished) -> Finished:
        """Return the end with how the answer went, in emulated time."""
        assert self._schedule is not None
        assert self._pacer is not None
        paced, real = self._pacer.pace(), finished.timings
        total_s = self._clock.now() - self._arrived
        queue_s = min(total_s, self._schedule.queue_s + self._conditions.queue_s)
        prompt_s = min(total_s - queue_s, self._schedule.prompt_s + self._conditions.delay_s)
        first = paced.achieved_first_token_s or 0.0
        extra = self._conditions.queue_s + self._conditions.delay_s
        completion_s = max(0.0, min(total_s - queue_s - prompt_s, total_s - first - extra))
        if self._request.sampling.max_tokens is None:
            self._emulation.quota.add(real.predicted_n)
        engine_s = (real.prompt_ms + real.predicted_ms) / 1000
        pace = Pace(
            queue_s=queue_s,
            prompt_s=prompt_s,
            completion_s=completion_s,
            total_s=total_s,
            target_tps=paced.target_tps,
            achieved_tps=paced.achieved_tps,
            behind_share=paced.behind_share,
            engine_s=None if self._emulation.source is Source.REPLAY else engine_s,
        )
        timings = replace(
            real,
            queue_ms=queue_s * 1000,
            prompt_ms=prompt_s * 1000,
            predicted_ms=completion_s * 1000,
            draft_n=self._predicted.accepted + self._predicted.rejected,
            draft_n_accepted=self._predicted.accepted,
        )
        return replace(finished, timings=timings, pace=pace)


async def _listed(events: list[Event]) -> AsyncGenerator[Event, None]:
    for event in events:
        yield event


async def _pumped(
    begun: Sequence[Event], events: AsyncGenerator[Event, None]
) -> AsyncGenerator[Event, None]:
    """Yield the events, which are read as they come: what waited would be joined to larger ones."""
    waiting: deque[Event] = deque(begun)
    some = asyncio.Event()

    async def read() -> None:
        try:
            async for event in events:
                waiting.append(event)
                some.set()
        finally:
            some.set()

    reading = asyncio.create_task(read(), name="read the engine's answer")
    try:
        while True:
            while waiting:
                yield waiting.popleft()
            if reading.done():
                reading.result()
                return
            some.clear()
            await some.wait()
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _with_signs_of_life(
    chunks: AsyncIterator[Chunk[Event]],
) -> AsyncIterator[Chunk[Event] | None]:
    """Yield the chunks, and None for every few seconds in which there was none at first."""
    while True:
        following = asyncio.ensure_future(anext(chunks, None))
        try:
            while not (await asyncio.wait({following}, timeout=SIGN_OF_LIFE_S))[0]:
                yield None
        finally:
            if not following.done():
                following.cancel()
                await asyncio.wait({following})
        chunk = following.result()
        if chunk is None:
            return
        yield chunk
        if chunk.tokens:
            break
    # Later ones are near each other, and at 5,000 a second a task for each would cost a quarter.
    async for chunk in chunks:
        yield chunk


def _joined(events: Sequence[Event]) -> list[Event]:
    """Return a chunk's events, those of text as one."""
    texts = [event for event in events if isinstance(event, TextPiece)]
    others: list[Event] = [event for event in events if not isinstance(event, TextPiece)]
    if not texts:
        return others
    logprobs = tuple(each for text in texts for each in text.logprobs)
    whole = TextPiece(
        "".join(text.text for text in texts), sum(text.tokens for text in texts), logprobs
    )
    # Before the text there can only be word of the prompt, which is over, and after it the end.
    return [whole, *(event for event in others if isinstance(event, Finished))]
