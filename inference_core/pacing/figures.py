"""A figure with its provenance: nothing is a number alone."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Who answers for a figure."""

    VENDOR = "vendor"
    MEASURED = "measured"
    SECOND_HAND = "second-hand"
    DERIVED = "derived"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, in the unit of its field.

    ``source`` names who published it, or what it was derived from; ``date`` is when, as
    ``2026-02-12`` or ``2026-02``; ``error`` the relative error that is admitted (0.05 is 5 %), or
    None where nobody told it.
    """

    value: float
    source: str
    date: str
    kind: Kind
    error: float | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """A figure that nobody published; ``reason`` says so, and what is assumed instead."""

    reason: str


Stated = Figure | Absent


def value_or(stated: Stated, otherwise: float) -> float:
    """Return the figure's value, or ``otherwise`` where it is absent."""
    return stated.value if isinstance(stated, Figure) else otherwise


def value_or_none(stated: Stated) -> float | None:
    """Return the figure's value, or None where it is absent."""
    return stated.value if isinstance(stated, Figure) else None
