"""How busy other programs keep this machine."""

import psutil

from inference_core.machine.errors import CalibrationError

# What is measured beside a busy program holds for that hour only: on two cores with a load of 4,
# one thread measured 1.5 times as fast as two.
MOST_BUSY = 0.25
_SAMPLE_S = 0.5


def busy_share() -> float:
    """Return how much of the machine's cores was busy in the next half second, from 0 to 1."""
    return psutil.cpu_percent(_SAMPLE_S) / 100


def refuse_if_busy(share: float) -> None:
    """Raise CalibrationError where so busy a machine cannot be measured."""
    if share > MOST_BUSY:
        raise CalibrationError(
            f"Other programs keep {share:.0%} of this machine busy, so that what is measured now "
            "would not hold.",
            "Try again when it is idle, or add --busy to measure all the same.",
        )
