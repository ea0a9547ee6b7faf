"""Figures over many invoices."""

from collections.abc import Sequence
from decimal import Decimal


def mean(amounts: Sequence[Decimal]) -> Decimal:
    """Return the average amount."""
    if not amounts:
        raise ValueError("no amounts")
    return sum(amounts, Decimal("0")) / len(amounts)


def median(amounts: Sequence[Decimal]) -> Decimal:
    raise NotImplementedError


def largest(amounts: Sequence[Decimal]) -> Decimal:
    """Return the largest amount."""
    if not amounts:
        raise ValueError("no amounts")
    return max(amounts)
