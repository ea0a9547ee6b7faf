"""Faults on demand: what goes wrong, when, and how it is written in a header or a flag.

``NAME[=VALUE][@CHANCE]``, several separated by commas: ``429@0.1,delay=2000`` refuses one request
in ten and lets the first token of every one come two seconds later. The same seed draws the same
faults.
"""

import re
from dataclasses import dataclass, field
from enum import Enum
from random import Random

from inference_core.domain.errors import RequestError


class Fault(Enum):
    """What can go wrong; the value of QUEUE, DELAY and TRICKLE is in milliseconds.

    That of CUT, ERROR and MALFORMED is how many events are sent before; that of the statuses is
    what Retry-After says, in seconds.
    """

    REFUSE = "refuse"
    QUEUE = "queue"
    DELAY = "delay"
    TOO_MANY = "429"
    UNAVAILABLE = "503"
    CUT = "cut"
    ERROR = "error"
    MALFORMED = "malformed"
    TRICKLE = "trickle"


_DEFAULTS = {
    Fault.REFUSE: 0,
    Fault.QUEUE: 1000,
    Fault.DELAY: 2000,
    Fault.TOO_MANY: 1,
    Fault.UNAVAILABLE: 1,
    Fault.CUT: 4,
    Fault.ERROR: 4,
    Fault.MALFORMED: 4,
    Fault.TRICKLE: 20,
}
_MOST = 600_000
_LONGEST = 512
_ENTRY = re.compile(r"(?P<name>[a-z0-9]+)(=(?P<value>\d{1,9}))?(@(?P<chance>\d?\.?\d{1,6}))?")


class BadFaultError(RequestError):
    """A fault that is not known, or is written wrongly."""

    def __init__(self, entry: str) -> None:
        names = ", ".join(fault.value for fault in Fault)
        super().__init__(
            f"{entry[:64]!r} is no fault: write NAME, NAME=VALUE or NAME@CHANCE.",
            param="x-spark-fault",
            code="bad_fault",
            next_step=f"The names are {names}; a value is at most {_MOST}, a chance at most 1.",
        )


@dataclass(frozen=True, slots=True)
class FaultRule:
    """One fault, its value, and the chance that a request meets it."""

    fault: Fault
    value: int
    chance: float = 1.0


def read_faults(text: str) -> tuple[FaultRule, ...]:
    """Return the rules of a header or a flag. Raises BadFaultError."""
    if len(text) > _LONGEST:
        raise BadFaultError(text)
    return tuple(_rule(entry.strip()) for entry in text.split(",") if entry.strip())


@dataclass(slots=True)
class FaultPlan:
    """The faults that a core was started with, and the chance that decides about them."""

    rules: tuple[FaultRule, ...] = ()
    seed: int = 0
    _random: Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)

    def draw(self, header: str = "") -> dict[Fault, int]:
        """Return what the next request meets, with its values; a header goes before the plan.

        Raises BadFaultError.
        """
        rules = read_faults(header) or self.rules
        return {rule.fault: rule.value for rule in rules if self._random.random() < rule.chance}


def _rule(entry: str) -> FaultRule:
    match = _ENTRY.fullmatch(entry)
    known = {fault.value: fault for fault in Fault}
    if match is None or match["name"] not in known:
        raise BadFaultError(entry)
    fault = known[match["name"]]
    value = _DEFAULTS[fault] if match["value"] is None else int(match["value"])
    chance = 1.0 if match["chance"] is None else float(match["chance"])
    if value > _MOST or chance > 1:
        raise BadFaultError(entry)
    return FaultRule(fault, value, chance)
