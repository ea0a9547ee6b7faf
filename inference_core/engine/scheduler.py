"""Which request gets the next batch: priorities, several answers at once, and their sequences.

Every step looks at all requests anew: those of the best priority run, up to ``parallel`` of them in
one batch, and the others pause where they are. A prompt is worked through in large batches while
nothing else runs, in small ones beside an answer that is being written. The scheduler has no clock
and no thread of its own: whoever owns the decoder's OS thread calls ``step``.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from inference_core.domain.errors import BusyError, CoreError, EngineError
from inference_core.domain.generation import Event, Priority
from inference_core.engine.decoder import Decoder, Row
from inference_core.engine.drafting import Drafter, StepCosts
from inference_core.engine.job import Job
from inference_core.engine.prefix_store import PrefixStore, common_beginning
from inference_core.engine.seat import Seat
from inference_core.engine.slot import SlotState

Emit = Callable[[int, Event | CoreError], None]

# Rows of a prompt in one batch beside an answer that is being written: half a second on two cores.
BESIDE_AN_ANSWER = 64

# A batch of a suggestion or a warm-up is thrown away when a question comes: not too much at a time,
# and less after each one that was, so that something is done between frequent questions, too.
OF_LOW_PRIORITY = 128
_LEAST_OF_LOW_PRIORITY = 16

# A batch of more rows takes as long as several tokens: long enough to be worth cutting short.
_LONG = 4

# A request whose prompt begins like one that is being worked through waits for it from here on.
_WORTH_WAITING = 16

# Tokens for which there must be room beside the prompt, so that an answer can begin.
_RESERVE = 32


@dataclass(frozen=True, slots=True)
class Limits:
    """``parallel`` answers at once, ``queue`` requests that may wait, bytes of saved prefixes."""

    parallel: int = 4
    queue: int = 64
    saved_bytes: int = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Batch:
    """What one call of the decoder works through; ``prompts`` tells whether prompts are in it."""

    rows: list[Row]
    parts: "list[_Part]"
    prompts: bool

    @property
    def jobs(self) -> frozenset[int]:
        """The ids of the requests in it."""
        return frozenset(part.job.id for part in self.parts)

    @property
    def long(self) -> bool:
        """Whether it takes longer than a better request, or who stops it, should wait."""
        return self.prompts or len(self.rows) > _LONG

    @property
    def priority(self) -> Priority:
        """The priority of its requests; a batch has those of one priority only."""
        return self.parts[0].job.request.priority


@dataclass(frozen=True, slots=True)
class _Part:
    job: Job
    tokens: list[int]
    draft: list[int]
    last_row: int


class Scheduler:
    """All requests of one decoder; every call comes from the decoder's OS thread."""

    def __init__(
        self, decoder: Decoder, limits: Limits, emit: Emit, costs: StepCosts | None = None
    ) -> None:
        self._decoder = decoder
        self._limits = limits
        self._emit = emit
        self._costs = costs or StepCosts()
        self.store = PrefixStore(decoder, limits.saved_bytes)
        self._jobs: dict[int, Job] = {}
        self._slots = [Seat(number) for number in range(limits.parallel)]
        self._low_rows = OF_LOW_PRIORITY

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not self._jobs

    def add(self, job: Job) -> None:
        """Take a request; where too many wait already, it is told so instead."""
        # Those that would be served after it do not stand in its way, and those that can begin at
        # once do not wait: so a queue of none is one, too.
        before = [j for j in self._jobs.values() if j.request.priority <= job.request.priority]
        waiting = max(0, len(before) - self._limits.parallel)
        if len(before) >= self._limits.parallel + self._limits.queue:
            self._emit(job.id, BusyError(waiting))
            return
        try:
            if not job.prefill_only:
                job.sampler = self._decoder.sampler(job.request.sampling, job.request.constraint)
        except CoreError as error:
            self._emit(job.id, error)
            return
        if job.prediction and self._decoder.partial:
            job.drafter = Drafter(job.tokens, job.prediction, self._costs)
        self._jobs[job.id] = job

    def tidy(self) -> bool:
        """Do something useful while there is nothing to do; False if nothing is left."""
        return self.store.tidy()

    def cancel(self, job_id: int) -> None:
        """Drop a request, whatever it is doing; what its sequence holds stays for others."""
        job = self._jobs.get(job_id)
        if job is not None:
            self._drop(job)

    def compose(self) -> Batch | None:
        """Return the next batch, None where nothing can be done."""
        while (chosen := self._choose()) and (batch := self._batch(chosen)) is not None:
            if self.store.make_room(len(batch.rows)):
                return batch
            # Nothing idle is left to move out: the one that came last gives up its place.
            holders = sorted(
                (job for job in self._jobs.values() if job.held), key=lambda job: job.order
            )
            if len(holders) < 2:
                self._fail(batch, EngineError("The engine has no room for another token."))
            else:
                self._suspend(holders[-1])
        return None

    def run(self, batch: Batch) -> bool:
        """Work through a batch and hand out what came of it; False if it was cut short."""
        begun = time.perf_counter()
        try:
            if not self._decoder.decode(batch.rows):
                if batch.priority is not Priority.QUESTION:
                    self._low_rows = max(_LEAST_OF_LOW_PRIORITY, self._low_rows // 2)
                return False
        except EngineError as error:
            self._fail(batch, error)
            return True
        for part in batch.parts:
            try:
                self._settle(part)
            except CoreError as error:
                self._drop(part.job)
                self._emit(part.job.id, error)
        self._learn(batch, time.perf_counter() - begun)
        return True

    def _learn(self, batch: Batch, seconds: float) -> None:
        """Take note of what a batch cost."""
        if batch.prompts and batch.priority is not Priority.QUESTION:
            self._low_rows = min(OF_LOW_PRIORITY, self._low_rows + _LEAST_OF_LOW_PRIORITY)
        if not batch.prompts and len(batch.parts) == 1:
            self._costs.note(len(batch.rows), seconds * 1000)

    def slots(self) -> list[SlotState]:
        """Return what each slot is doing."""
        running = {slot.job.id for slot in self._slots if slot.job is not None}
        queued = sum(1 for job in self._jobs.values() if job.id not in running)
        return [slot.state(queued) for slot in self._slots]

    # -- who runs ----------------------------------------------------------------------------

    def _choose(self) -> list[Job]:
        """Return the requests of the best priority that have a sequence, or get one now."""
        while True:
            count = len(self._jobs)
            chosen = self._choose_once()
            # One that had nothing left to do is gone: the next priority may have its turn.
            if chosen or len(self._jobs) == count:
                self._seat(chosen)
                return chosen

    def _choose_once(self) -> list[Job]:
        ordered = sorted(self._jobs.values(), key=lambda job: job.order)
        chosen: list[Job] = []
        for job in ordered:
            if job.request.priority != ordered[0].request.priority:
                break
            if len(chosen) == self._limits.parallel:
                break
            if job.held is not None or self._begin(job, chosen):
                chosen.append(job)
        return chosen

    def _begin(self, job: Job, chosen: list[Job]) -> bool:
        if self._better_wait(job, chosen):
            return False
        # The last token has to be worked through in any case: the answer is sampled after it.
        known = job.known if job.prefill_only else job.known[:-1]
        # A warm-up may fill the context to its last token: it needs no room for another one.
        reserve = 0 if job.prefill_only else min(_RESERVE, job.left) + 1
        claimed = self.store.claim(known, reserve)
        while claimed is None and self._yield_place_to(job):
            claimed = self.store.claim(known, reserve)
        if claimed is None:
            return False
        job.begin(*claimed)
        self._emit(job.id, job.progress())
        if job.prefill_only and job.pending_count == 0:
            self._finish(job, by_limit=True)
            return False
        return True

    def _better_wait(self, job: Job, chosen: list[Job]) -> bool:
        """Return whether another request is about to work through the same beginning."""
        for other in chosen:
            if other.held is None or other.pending_count <= 1:
                continue
            common = common_beginning(job.known, other.tokens)
            if common < _WORTH_WAITING:
                continue
            have = max(self.store.known(job.known), len(other.held.tokens[:common]))
            if common - have >= _WORTH_WAITING:
                return True
        return False

    def _yield_place_to(self, job: Job) -> bool:
        """Take the sequence of the last request that comes after this one; False if none does."""
        later = [other for other in self._jobs.values() if other.held and other.order > job.order]
        if not later:
            return False
        self._suspend(max(later, key=lambda other: other.order))
        return True

    def _suspend(self, job: Job) -> None:
        if job.held is not None:
            self.store.release(job.held)
            job.held = None

    def _seat(self, chosen: list[Job]) -> None:
        for slot in self._slots:
            if slot.job not in chosen:
                slot.job = None
        seated = [slot.job for slot in self._slots]
        for job in chosen:
            if job not in seated:
                next(slot for slot in self._slots if slot.job is None).seat(job)

    # -- what they do ------------------------------------------------------------------------

    def _batch(self, chosen: list[Job]) -> Batch | None:
        rows: list[Row] = []
        parts: list[_Part] = []
        answers = [job for job in chosen if job.decoding]
        for job in answers:
            most = self._decoder.batch - len(rows) - 1 if len(chosen) == 1 else 0
            parts.append(self._add(rows, job, job.pending(1), job.draft(most)))
        left = self._prompt_rows(chosen, len(rows), bool(answers))
        for job in chosen:
            if not job.decoding and left > 0:
                tokens = job.pending(left)
                parts.append(self._add(rows, job, tokens, []))
                left -= len(tokens)
        return Batch(rows, parts, prompts=len(parts) > len(answers)) if parts else None

    def _prompt_rows(self, chosen: list[Job], taken: int, beside: bool) -> int:
        """Return how many rows of prompts go into a batch."""
        room = self._decoder.batch - taken
        if chosen[0].request.priority is not Priority.QUESTION:
            room = min(room, self._low_rows)
        return min(room, BESIDE_AN_ANSWER) if beside else room

    def _add(self, rows: list[Row], job: Job, tokens: list[int], draft: list[int]) -> _Part:
        assert job.held is not None
        at = len(job.held.tokens)
        sequence = job.held.sequence
        complete = len(tokens) == job.pending_count and not job.prefill_only
        last = len(tokens) - 1
        for offset, token in enumerate(tokens):
            rows.append(Row(token, sequence, at + offset, complete and offset == last))
        part = _Part(job, tokens, draft, len(rows) - 1)
        for offset, token in enumerate(draft):
            rows.append(Row(token, sequence, at + len(tokens) + offset, True))
        return part

    def _settle(self, part: _Part) -> None:
        job = part.job
        assert job.held is not None
        was_prompt = len(job.held.tokens) < len(job.tokens)
        self.store.grow(job.held, part.tokens)
        if was_prompt:
            self._note_prompt(job, part)
        if job.prefill_only and job.pending_count == 0:
            self._finish(job, by_limit=True)
        elif job.sampler is not None and job.pending_count == 0:
            self._read(part)

    def _note_prompt(self, job: Job, part: _Part) -> None:
        progress = job.progress()
        for slot in self._slots:
            if slot.job is job:
                slot.processed += len(part.tokens)
        self._emit(job.id, progress)

    def _read(self, part: _Part) -> None:
        """Sample after the last row, and after each drafted one that was right."""
        job = part.job
        assert job.held is not None
        assert job.sampler is not None
        right = 0
        over = by_limit = False
        try:
            for offset in range(len(part.draft) + 1):
                sampled = job.sampler.sample(part.last_row + offset)
                is_end = self._decoder.is_end(sampled.token)
                text, over = job.take(sampled, self._decoder.piece(sampled.token), is_end)
                if text is not None:
                    self._emit(job.id, text)
                by_limit = over and not is_end
                agreed = offset < len(part.draft) and sampled.token == part.draft[offset]
                right += agreed
                if over or not agreed:
                    break
        finally:
            # Also where the sampler fails: what was drafted must not stay behind in the sequence.
            self._keep(part, right)
        if over:
            self._finish(job, by_limit)

    def _keep(self, part: _Part, right: int) -> None:
        """Keep the beginning of a draft that was right, and forget the rest."""
        job = part.job
        assert job.held is not None
        base = len(job.held.tokens)
        self.store.grow(job.held, part.draft[:right])
        if right < len(part.draft):
            self._decoder.cut(job.held.sequence, base + right)
        job.settle(len(part.draft), right)

    # -- ends --------------------------------------------------------------------------------

    def _finish(self, job: Job, by_limit: bool) -> None:
        text, finished = job.finish(by_limit)
        self._drop(job)
        if text is not None:
            self._emit(job.id, text)
        self._emit(job.id, finished)

    def _fail(self, batch: Batch, error: CoreError) -> None:
        for part in batch.parts:
            if part.job.held is not None and not self._decoder.partial:
                # What the batch did to such a memory cannot be taken back.
                self.store.forget(part.job.held)
            self._drop(part.job)
            self._emit(part.job.id, error)

    def _drop(self, job: Job) -> None:
        del self._jobs[job.id]
        for slot in self._slots:
            if slot.job is job:
                slot.leave()
        self._suspend(job)
        if job.sampler is not None:
            job.sampler.close()
