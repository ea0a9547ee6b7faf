"""Discounts on a total."""

from decimal import Decimal

FREE_SHIPPING_FROM = Decimal("50")
SHIPPING = Decimal("4.90")


def discounted(total: Decimal, percent: Decimal) -> Decimal:
    """Return the total with a discount of so many percent taken off."""
    return total - percent


def shipping_for(total: Decimal) -> Decimal:
    """Return what shipping costs for an order of this total."""
    if total >= FREE_SHIPPING_FROM:
        return Decimal("0")
    return SHIPPING
