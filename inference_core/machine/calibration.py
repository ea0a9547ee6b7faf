"""The short calibration behind ``spark-core tune``.

One setting after another: a candidate runs beside the best so far, each in a process of its own,
and they are timed in turn, so that what else the machine does meets both.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from inference_core.machine.errors import CalibrationError
from inference_core.machine.hardware import Hardware
from inference_core.machine.trial import TrialSpec
from inference_core.machine.trial_process import OpenTrial, Trial, TrialFailedError
from inference_core.machine.tuned import Tuned, counted_threads
from inference_core.machine.tuning import (
    STEP_ROWS,
    Gain,
    Rates,
    batch_candidates,
    decode_steps,
    defaults,
    flash_candidates,
    gain,
    is_better,
    is_hopeless,
    kv_candidates,
    prompt_size,
    thread_candidates,
)

# Seconds for each timed prompt and each timed run of tokens.
_PREFILL_S, _DECODE_S = 0.5, 0.35
_ROUNDS, _QUICK_ROUNDS = 3, 2
_STEP_ROUNDS = 3
# After so long no new candidate is begun: what remains is the last comparison and the steps.
FULL_S, QUICK_S = 38.0, 9.0
# Tokens that a smaller KV cache must leave as they are.
GUARD_TOKENS = 64


@dataclass(frozen=True, slots=True)
class Tried:
    """One candidate: what was changed, what it gained, and why it was not measured, if so."""

    what: str
    gain: Gain | None
    chosen: bool
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What was found; the rates are tokens per second before (defaults) and after."""

    tuned: Tuned
    tried: tuple[Tried, ...]
    prefill: tuple[float, float]
    decode: tuple[float, float]
    seconds: float


class Calibration:
    """Finds settings for one model; ``each`` hears of every candidate when it was tried."""

    def __init__(
        self,
        spec: TrialSpec,
        hardware: Hardware,
        open_trial: OpenTrial,
        quick: bool = False,
        each: Callable[[Tried], None] = lambda tried: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._spec = spec
        self._hardware = hardware
        self._open = open_trial
        self._quick = quick
        self._each = each
        self._clock = clock
        self._started = clock()
        self._tried: list[Tried] = []
        self._prompt = self._steps = 0

    def run(self) -> Calibrated:
        """Return the settings to use; raises CalibrationError where the defaults do not run."""
        try:
            return self._run()
        except TrialFailedError as error:
            raise CalibrationError(
                f"{self._spec.model.name} cannot be measured: {error}.",
                "Verify the file ('spark-core models verify'), and that memory suffices for two.",
            ) from error

    def _run(self) -> Calibrated:
        base = best = defaults(self._hardware)
        with self._trial(base) as usual:
            self._size_up(usual)
            best = self._threads(usual, best)
        with self._trial(best) as current:
            best = self._batch(current, best)
        if not self._quick:
            for candidates in (flash_candidates, kv_candidates):
                with self._trial(best) as current:
                    best = self._whole(current, best, candidates(best))
        return self._finish(base, best)

    def _size_up(self, usual: Trial) -> None:
        """Choose how much to time, so that every machine takes about as long."""
        usual.prefill(64)  # the first one faults the file's pages in
        self._prompt = prompt_size(usual.prefill(64) / 64, _PREFILL_S)
        usual.decode(4)
        self._steps = decode_steps(usual.decode(4), _DECODE_S)

    def _threads(self, usual: Trial, best: Tuned) -> Tuned:
        """Choose the threads for prompts and for answers apart: they want different numbers."""
        prefill = decode = 1.0
        for count in thread_candidates(self._hardware, self._quick):
            settings = replace(best, threads=count, threads_batch=count)
            name = counted_threads(count)
            found, remark = self._compare(usual, settings)
            if found is None:
                self._note(name, None, False, remark)
                continue
            chosen = []
            if is_better(found.decode) and found.decode < decode:
                decode, best = found.decode, replace(best, threads=count)
                chosen.append("answers")
            if is_better(found.prefill) and found.prefill < prefill:
                prefill, best = found.prefill, replace(best, threads_batch=count)
                chosen.append("prompts")
            remark = f"for {' and '.join(chosen)}" if chosen else ""
            self._note(name, found, bool(chosen), remark)
        return best

    def _batch(self, current: Trial, best: Tuned) -> Tuned:
        ratio = 1.0
        settings = best
        for size in batch_candidates(self._prompt, self._quick):
            found, remark = self._compare(current, replace(settings, batch=size), decode=False)
            chosen = found is not None and is_better(found.prefill) and found.prefill < ratio
            if found is not None and chosen:
                ratio, best = found.prefill, replace(best, batch=size)
            self._note(f"batch {size}", found, chosen, remark)
        return best

    def _whole(self, current: Trial, best: Tuned, candidates: Iterable[Tuned]) -> Tuned:
        """Choose by a typical request, for what changes prompts and answers alike."""
        for settings in candidates:
            name = "flash attention off"
            if settings.kv_type != best.kv_type:
                name = f"KV {settings.kv_type}"
            guarded = settings.kv_type != best.kv_type
            found, remark = self._compare(current, settings, guarded=guarded)
            chosen = found is not None and is_better(found.typical) and not remark
            self._note(name, found, chosen, remark)
            if chosen:
                best = settings
        return best

    def _compare(
        self, current: Trial, settings: Tuned, decode: bool = True, guarded: bool = False
    ) -> tuple[Gain | None, str]:
        """Return a candidate's gain, None where it failed, and a remark that speaks against it."""
        if self._late():
            return None, "no time left"
        try:
            with self._open(replace(self._spec, settings=settings)) as candidate:
                found = self._rounds(current, candidate, decode)
                if guarded and is_better(found.typical) and not _same_text(current, candidate):
                    return found, "it writes other text"
                return found, ""
        except TrialFailedError as error:
            # Also where it took the other one's memory: the next stage starts that one anew.
            return None, f"failed: {error}"

    def _late(self) -> bool:
        return self._clock() - self._started > (QUICK_S if self._quick else FULL_S)

    def _rounds(self, current: Trial, candidate: Trial, decode: bool) -> Gain:
        candidate.prefill(64)
        ours: list[Rates] = []
        theirs: list[Rates] = []
        for _ in range(_QUICK_ROUNDS if self._quick else _ROUNDS):
            ours.append(self._rates(current, decode))
            theirs.append(self._rates(candidate, decode))
            if is_hopeless(gain(ours, theirs)) or self._late():
                break
        return gain(ours, theirs)

    def _rates(self, trial: Trial, decode: bool) -> Rates:
        prefill = trial.prefill(self._prompt) / self._prompt
        # A batch size does not change how single tokens are decoded.
        return Rates(prefill, trial.decode(self._steps) if decode else 1.0)

    def _finish(self, base: Tuned, best: Tuned) -> Calibrated:
        with self._trial(best) as after:
            after.prefill(64)
            if best == base:
                rates = [self._rates(after, True) for _ in range(_QUICK_ROUNDS)]
                pairs = [(rate, rate) for rate in rates]
            else:
                with self._trial(base) as before:
                    before.prefill(64)
                    pairs = [
                        (self._rates(before, True), self._rates(after, True))
                        for _ in range(_QUICK_ROUNDS)
                    ]
            steps = _step_costs(after)
        fastest = [_fastest([pair[side] for pair in pairs]) for side in (0, 1)]
        return Calibrated(
            replace(best, step_ms=steps),
            tuple(self._tried),
            (1000 / fastest[0].prefill_ms, 1000 / fastest[1].prefill_ms),
            (1000 / fastest[0].decode_ms, 1000 / fastest[1].decode_ms),
            self._clock() - self._started,
        )

    @contextmanager
    def _trial(self, settings: Tuned) -> Iterator[Trial]:
        with self._open(replace(self._spec, settings=settings)) as trial:
            if self._prompt:
                trial.prefill(64)
            yield trial

    def _note(self, what: str, found: Gain | None, chosen: bool, remark: str) -> None:
        tried = Tried(what, found, chosen, remark)
        self._tried.append(tried)
        self._each(tried)


def _same_text(one: Trial, other: Trial) -> bool:
    return one.greedy(GUARD_TOKENS) == other.greedy(GUARD_TOKENS)


def _step_costs(trial: Trial) -> tuple[tuple[int, float], ...]:
    """Return the least time of each size: what a step costs when nothing disturbs it."""
    trial.prefill(64)
    rounds = [[trial.step(rows) for rows in STEP_ROWS] for _ in range(_STEP_ROUNDS)]
    costs = [round(min(times), 3) for times in zip(*rounds, strict=True)]
    return tuple(zip(STEP_ROWS, costs, strict=True))


def _fastest(rates: Sequence[Rates]) -> Rates:
    return Rates(min(rate.prefill_ms for rate in rates), min(rate.decode_ms for rate in rates))
