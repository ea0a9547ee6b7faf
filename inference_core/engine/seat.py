"""A place in the batch, and what was done at it."""

from inference_core.engine.job import Job
from inference_core.engine.slot import SlotPhase, SlotState


class Seat:
    """One place; ``job`` is who works there, ``processed`` the prompt tokens since the start."""

    def __init__(self, number: int) -> None:
        self._number = number
        self.job: Job | None = None
        self.processed = 0
        self._answers = 0
        self._last = (0, 0)

    def seat(self, job: Job) -> None:
        """Let a request work here; one that comes back after a pause is not counted again."""
        self.job = job
        if not job.seated:
            job.seated = True
            self._answers += 1

    def leave(self) -> None:
        """Its request has ended."""
        self._last = self._progress()
        self.job = None

    def state(self, queued: int) -> SlotState:
        """Return what is done here; ``queued`` requests wait."""
        phase = SlotPhase.FREE
        if self.job is not None:
            phase = SlotPhase.DECODE if self.job.decoding else SlotPhase.PREFILL
        total, done = self._progress()
        return SlotState(self._number, phase, queued, total, done, self.processed, self._answers)

    def _progress(self) -> tuple[int, int]:
        if self.job is None:
            return self._last
        progress = self.job.progress()
        return progress.total, progress.processed
