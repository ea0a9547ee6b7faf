from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from inference_core.machine.calibration import FULL_S, Calibration
from inference_core.machine.errors import CalibrationError
from inference_core.machine.hardware import Hardware
from inference_core.machine.trial import TrialSpec
from inference_core.machine.trial_process import Trial, TrialFailedError
from inference_core.machine.tuned import Tuned
from inference_core.machine.tuning import STEP_ROWS, defaults

HERE = Hardware("CPU", (), 4, 4, 8, 1 << 34)
BASE = defaults(HERE)
SPEC = TrialSpec(Path("small.gguf"), BASE)


@dataclass
class FakeTrial:
    """An engine whose times depend on its settings alone."""

    settings: Tuned
    factor: Callable[[Tuned], tuple[float, float]]
    text: Callable[[Tuned], list[int]]

    def prefill(self, tokens: int) -> float:
        return 5.0 * tokens * self.factor(self.settings)[0]

    def decode(self, steps: int) -> float:
        return 20.0 * self.factor(self.settings)[1]

    def step(self, rows: int) -> float:
        return 20.0 + rows

    def greedy(self, tokens: int) -> list[int]:
        return self.text(self.settings)

    def agreement(self, written: Sequence[int]) -> float:
        return 1.0


class Trials:
    """Opens fake trials and counts them; ``fails`` says which settings crash."""

    def __init__(
        self,
        factor: Callable[[Tuned], tuple[float, float]] = lambda settings: (1.0, 1.0),
        fails: Callable[[Tuned], bool] = lambda settings: False,
        text: Callable[[Tuned], list[int]] = lambda settings: [1, 2, 3],
    ) -> None:
        self.factor, self.fails, self.text = factor, fails, text
        self.opened: list[Tuned] = []
        self.running = self.most_at_once = 0

    @contextmanager
    def __call__(self, spec: TrialSpec) -> Iterator[Trial]:
        if self.fails(spec.settings):
            raise TrialFailedError("its process ended with code -9")
        self.opened.append(spec.settings)
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        try:
            yield FakeTrial(spec.settings, self.factor, self.text)
        finally:
            self.running -= 1


def test_the_defaults_stay_where_nothing_is_faster():
    found = Calibration(SPEC, HERE, Trials()).run()
    assert replace(found.tuned, step_ms=()) == BASE
    assert found.prefill[0] == found.prefill[1] == pytest.approx(200.0)
    assert found.decode == pytest.approx((50.0, 50.0))


def test_the_cost_of_steps_is_measured_for_the_scheduler():
    found = Calibration(SPEC, HERE, Trials()).run()
    assert found.tuned.step_ms == tuple((rows, 20.0 + rows) for rows in STEP_ROWS)


def test_threads_are_chosen_apart_for_prompts_and_answers():
    def factor(settings: Tuned) -> tuple[float, float]:
        return (
            0.8 if settings.threads_batch == 8 else 1.0,
            {3: 0.9, 2: 0.85}.get(settings.threads, 1),
        )

    found = Calibration(SPEC, HERE, Trials(factor)).run()
    assert (found.tuned.threads, found.tuned.threads_batch) == (2, 8)
    assert found.decode[1] == pytest.approx(50 / 0.85)


@pytest.mark.parametrize(
    ("faster", "expected"),
    [
        (lambda s: s.batch == 64, replace(BASE, batch=64)),
        (lambda s: s.flash_attention is False, replace(BASE, flash_attention=False)),
        (lambda s: s.kv_type == "q8_0", replace(BASE, kv_type="q8_0")),
    ],
)
def test_what_is_clearly_faster_is_chosen(faster, expected):
    trials = Trials(lambda settings: (0.7, 0.9) if faster(settings) else (1.0, 1.0))
    found = Calibration(SPEC, HERE, trials).run()
    assert replace(found.tuned, step_ms=()) == expected


def test_the_best_of_several_batches_is_chosen():
    trials = Trials(lambda settings: ({64: 0.9, 128: 0.7}.get(settings.batch, 1.0), 1.0))
    trials.factor = lambda s: (0.2 * {64: 0.9, 128: 0.7}.get(s.batch, 1.0), 1.0)
    assert Calibration(SPEC, HERE, trials).run().tuned.batch == 128


def test_a_small_win_changes_nothing():
    trials = Trials(lambda settings: (1.0, 1.0) if settings == BASE else (0.98, 0.98))
    assert replace(Calibration(SPEC, HERE, trials).run().tuned, step_ms=()) == BASE


def test_a_smaller_kv_cache_that_changes_the_text_is_refused():
    found = Calibration(
        SPEC,
        HERE,
        Trials(
            lambda settings: (0.5, 0.5) if settings.kv_type == "q8_0" else (1.0, 1.0),
            text=lambda settings: [1, 2, 4 if settings.kv_type == "q8_0" else 3],
        ),
    ).run()
    assert found.tuned.kv_type == "f16"
    assert found.tried[-1].remark == "it writes other text"


def test_a_candidate_that_crashes_is_passed_over_and_told():
    heard = []
    trials = Trials(
        lambda settings: (0.5, 0.5) if settings.flash_attention is False else (1.0, 1.0),
        fails=lambda settings: settings.flash_attention is False,
    )
    found = Calibration(SPEC, HERE, trials, each=heard.append).run()
    assert found.tuned.flash_attention is None
    (crashed,) = [tried for tried in heard if tried.gain is None]
    assert "code -9" in crashed.remark


def test_defaults_that_do_not_run_are_an_error_with_a_next_step():
    with pytest.raises(CalibrationError, match=r"small\.gguf cannot be measured") as caught:
        Calibration(SPEC, HERE, Trials(fails=lambda settings: True)).run()
    assert "memory" in caught.value.next_step


def test_no_more_than_two_models_are_in_memory_at_once():
    trials = Trials(lambda settings: (0.5, 0.5) if settings.batch == 64 else (1.0, 1.0))
    Calibration(SPEC, HERE, trials).run()
    assert trials.most_at_once == 2
    assert trials.running == 0


def test_a_quick_calibration_tries_threads_and_a_batch_only():
    trials = Trials()
    Calibration(SPEC, HERE, trials, quick=True).run()
    assert all(settings.kv_type == "f16" for settings in trials.opened)
    assert all(settings.flash_attention is None for settings in trials.opened)


def test_no_candidate_is_begun_when_the_time_is_up():
    times = iter([0.0])
    found = Calibration(SPEC, HERE, Trials(), clock=lambda: next(times, FULL_S + 1)).run()
    assert {tried.remark for tried in found.tried} == {"no time left"}
    assert found.tuned.step_ms
