from contextlib import contextmanager
from pathlib import Path

import pytest

from inference_core.domain.errors import EngineError
from inference_core.machine.errors import SelfCheckError
from inference_core.machine.hardware import Hardware
from inference_core.machine.probe import Probe
from inference_core.machine.self_check import check
from inference_core.machine.trial_process import TrialFailedError

HERE = Hardware("CPU", (), 2, 2, 2, 1 << 34)
LIBRARY = Path("libllama.so")


class FakeTrial:
    def __init__(self, factor, agreement):
        self.factor, self.agrees = factor, agreement

    def prefill(self, tokens):
        return tokens * 5.0 / self.factor

    def decode(self, steps):
        return 20.0 / self.factor

    def step(self, rows):
        raise AssertionError("steps are not needed")

    def greedy(self, tokens):
        return [1] * tokens

    def agreement(self, written):
        return self.agrees


def trials(speed=1.5, agreement=1.0, fails=False):
    @contextmanager
    def open_trial(spec):
        if spec.library is None:
            yield FakeTrial(1.0, 1.0)
        elif fails:
            raise TrialFailedError("its process ended with code -4")
        else:
            yield FakeTrial(speed, agreement)

    return open_trial


def loads(library):
    return Probe(frozenset(), ())


def idle():
    return 0.0


@pytest.mark.parametrize("shares", [(0.9, 0.0), (0.0, 0.9)], ids=["before", "after"])
@pytest.mark.parametrize("speed", [0.5, 3.0])
def test_a_busy_machine_says_nothing_about_speed(shares, speed):
    looks = iter(shares)
    found = check(LIBRARY, Path("m"), HERE, trials(speed), loads, lambda: next(looks, 0.9))
    assert (found.prefill_gain, found.decode_gain, found.agreement) == (None, None, 1.0)


def test_a_faster_engine_that_agrees_passes():
    found = check(LIBRARY, Path("m"), HERE, trials(), loads, idle)
    assert (found.prefill_gain, found.decode_gain) == pytest.approx((1.5, 1.5))
    assert found.agreement == 1.0


@pytest.mark.parametrize(
    ("open_trial", "reason"),
    [
        (trials(agreement=0.5), "agrees on 50%"),
        (trials(speed=0.9), "slower than the wheel's"),
        (trials(fails=True), "code -4"),
    ],
)
def test_an_engine_that_is_wrong_slow_or_crashes_fails(open_trial, reason):
    with pytest.raises(SelfCheckError, match=reason):
        check(LIBRARY, Path("m"), HERE, open_trial, loads, idle)


def without_a_wheel(agreement):
    @contextmanager
    def open_trial(spec):
        if spec.library is None:
            raise TrialFailedError("it shows no functions")
        yield FakeTrial(1.0, agreement)

    return open_trial


def test_where_the_wheel_cannot_be_timed_the_engine_must_agree_with_itself():
    found = check(LIBRARY, Path("m"), HERE, without_a_wheel(1.0), loads, idle)
    assert (found.prefill_gain, found.decode_gain) == (None, None)
    with pytest.raises(SelfCheckError, match="agrees on 10%"):
        check(LIBRARY, Path("m"), HERE, without_a_wheel(0.1), loads, idle)


def test_a_library_that_does_not_load_fails():
    def broken(library):
        raise EngineError("libllama.so does not load: no such symbol")

    with pytest.raises(SelfCheckError, match="does not load"):
        check(LIBRARY, Path("m"), HERE, trials(), broken, idle)
