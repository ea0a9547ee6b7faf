"""Whether an engine that was built here computes what the wheel's does, and how much faster."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from inference_core.domain.errors import EngineError
from inference_core.machine.business import MOST_BUSY, busy_share
from inference_core.machine.errors import SelfCheckError
from inference_core.machine.hardware import Hardware
from inference_core.machine.probe import Probe, probe
from inference_core.machine.trial import TrialSpec
from inference_core.machine.trial_process import OpenTrial, Trial, TrialFailedError
from inference_core.machine.tuning import (
    Rates,
    decode_steps,
    defaults,
    gain,
    prompt_size,
)

# Other instructions round otherwise, so that near ties fall the other way; a build that computes
# wrongly agrees on next to nothing. Measured: 64 of 64.
_MOST_TOKENS = 64
LEAST_AGREEMENT = 0.9

_PREFILL_S, _DECODE_S, _ROUNDS = 0.7, 0.5, 3


@dataclass(frozen=True, slots=True)
class Checked:
    """An engine that computes rightly: how many times as fast it is as the wheel's.

    ``agreement`` is the share of the wheel's tokens that it chose too. The gains are None where the
    wheel's engine cannot be timed (on Windows it shows nobody its functions), or where other
    programs keep the machine so busy that any figure would be chance.
    """

    prefill_gain: float | None
    decode_gain: float | None
    agreement: float


def check(
    library: Path,
    model: Path,
    hardware: Hardware,
    open_trial: OpenTrial,
    ask: Callable[[Path | None], Probe] = probe,
    busy: Callable[[], float] = busy_share,
) -> Checked:
    """Compare a built engine with the wheel's, both in processes of their own; takes 15 s.

    Raises SelfCheckError where it does not load, computes something else, or is not faster.
    """
    settings = defaults(hardware)
    try:
        ask(library)
        with ExitStack() as opened:
            built = opened.enter_context(open_trial(TrialSpec(model, settings, library)))
            try:
                wheel = opened.enter_context(open_trial(TrialSpec(model, settings)))
            except TrialFailedError:
                # Alone it must still choose the same token by token as for the whole text at once.
                return Checked(None, None, _agreement(built, built))
            agreement = _agreement(built, wheel)
            was_busy = busy() > MOST_BUSY
            prefill, decode = _gains(wheel, built)
            was_busy = was_busy or busy() > MOST_BUSY
    except (TrialFailedError, EngineError) as error:
        raise SelfCheckError(str(error)) from error
    if was_busy:
        return Checked(None, None, agreement)
    if max(prefill, decode) < 1.0:
        raise SelfCheckError(
            f"it is slower than the wheel's ({prefill:.2f} times its prefill, {decode:.2f} its "
            "decode)"
        )
    return Checked(prefill, decode, agreement)


def _agreement(built: Trial, reference: Trial) -> float:
    agreement = built.agreement(reference.greedy(_MOST_TOKENS))
    if agreement < LEAST_AGREEMENT:
        raise SelfCheckError(f"it agrees on {agreement:.0%} of a text only")
    return agreement


def _gains(wheel: Trial, built: Trial) -> tuple[float, float]:
    """Return how many times as fast the built engine is, timed in turn with the wheel's."""
    tokens = prompt_size(wheel.prefill(64) / 64, _PREFILL_S)
    steps = decode_steps(wheel.decode(4), _DECODE_S)
    rounds: dict[bool, list[Rates]] = {True: [], False: []}
    built.prefill(64)
    for _ in range(_ROUNDS):
        for is_built, trial in ((False, wheel), (True, built)):
            rounds[is_built].append(Rates(trial.prefill(tokens) / tokens, trial.decode(steps)))
    found = gain(rounds[False], rounds[True])
    return 1 / found.prefill, 1 / found.decode
