"""What has worked with a model on this machine, by kind of work, and what is tried first for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum


class Way(Enum):
    """How an answer is asked for; the value is its name in files."""

    FILL_IN = "fill-in"
    REGION = "region"
    BLOCKS = "blocks"
    REPAIR = "repair"
    SAMPLE = "sample"
    ANEW = "anew"
    SMALL = "small"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Tally:
    """So many answers were ``asked`` for in a way, of which ``passed`` their checks."""

    asked: int = 0
    passed: int = 0


# So many answers are imagined before the first real one, so that a single failure decides nothing.
_IMAGINED = 8
# Of those passed. Filling in is quicker, and what models were trained for.
_EXPECTED = {Way.FILL_IN: 6, Way.BLOCKS: 6, Way.REGION: 5}


def by_success(ways: Iterable[Way], tallies: Mapping[Way, Tally]) -> tuple[Way, ...]:
    """Return the ways, the one that most likely works first; equals stay in their order."""

    def hope(way: Way) -> float:
        tally = tallies.get(way, Tally())
        return (tally.passed + _EXPECTED.get(way, 0)) / (tally.asked + _IMAGINED)

    return tuple(sorted(ways, key=hope, reverse=True))
