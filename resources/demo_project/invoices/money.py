"""Reading and showing amounts."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def parse_money(text: str) -> Decimal:
    """Return the amount in a text such as "1,234.50"."""
    return Decimal(text)


def format_money(amount: Decimal) -> str:
    """Return the amount rounded to cents, with its currency."""
    return f"{amount.quantize(CENT, rounding=ROUND_HALF_UP):,} EUR"
