"""The one place where a model answers: a queue, first come first served, and counters."""

import asyncio
from dataclasses import dataclass
from enum import Enum

from inference_core.domain.generation import Event, Finished, PromptProgress


class SlotPhase(Enum):
    """What a slot is doing."""

    FREE = "free"
    PREFILL = "prefill"
    DECODE = "decode"


@dataclass(frozen=True, slots=True)
class SlotState:
    """A snapshot of a slot.

    ``prompt_tokens`` and ``prompt_tokens_done`` belong to the current or last request;
    ``prompt_tokens_processed`` counts every prompt token the engine worked through since the
    process began (reused ones are not work), ``answers`` the requests that reached the engine.
    """

    id: int
    phase: SlotPhase
    queued: int
    prompt_tokens: int
    prompt_tokens_done: int
    prompt_tokens_processed: int
    answers: int


class Slot:
    """Admits one request at a time, in order of arrival; used on the event loop only."""

    def __init__(self, slot_id: int = 0) -> None:
        self._id = slot_id
        self._turn = asyncio.Lock()
        self._queued = 0
        self._phase = SlotPhase.FREE
        self._progress = PromptProgress(0, 0, 0)
        self._processed_total = 0
        self._answers = 0

    async def acquire(self) -> None:
        """Wait for the turn; a waiter that is cancelled leaves the queue."""
        self._queued += 1
        try:
            await self._turn.acquire()
        finally:
            self._queued -= 1
        self._phase = SlotPhase.PREFILL
        self._progress = PromptProgress(0, 0, 0)
        self._answers += 1

    def release(self) -> None:
        """Give the turn to the next; call it when the engine has come to rest, not before."""
        self._phase = SlotPhase.FREE
        self._turn.release()

    def note(self, event: Event) -> None:
        """Count what an event says was done."""
        if isinstance(event, PromptProgress):
            before = max(self._progress.processed, event.cached)
            self._processed_total += max(0, event.processed - before)
            self._progress = event
        elif isinstance(event, Finished):
            # The engine's own figure: after the last progress it may have redone one cached token.
            done = self._progress.processed - self._progress.cached
            self._processed_total += event.timings.prompt_n - done
        else:
            self._phase = SlotPhase.DECODE

    @property
    def prefilling(self) -> PromptProgress | None:
        """How far the current prompt is, None when it is done or nothing runs."""
        unfinished = self._progress.processed < self._progress.total
        return self._progress if self._turn.locked() and unfinished else None

    def state(self) -> SlotState:
        """Return the snapshot of this moment."""
        return SlotState(
            id=self._id,
            phase=self._phase,
            queued=self._queued,
            prompt_tokens=self._progress.total,
            prompt_tokens_done=self._progress.processed,
            prompt_tokens_processed=self._processed_total,
            answers=self._answers,
        )
