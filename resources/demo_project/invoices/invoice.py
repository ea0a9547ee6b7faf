"""An invoice and its lines."""

from dataclasses import dataclass, field
from decimal import Decimal

from invoices.discounts import discounted, shipping_for


@dataclass(frozen=True)
class Line:
    """So many pieces of one article."""

    article: str
    quantity: int
    price: Decimal

    @property
    def total(self) -> Decimal:
        """Return what the line costs."""
        return self.quantity * self.price


@dataclass
class Invoice:
    """What one customer owes."""

    customer: str
    lines: list[Line] = field(default_factory=list)
    percent_off: Decimal = Decimal("0")

    @property
    def goods(self) -> Decimal:
        """Return the sum of the lines, after the discount."""
        return discounted(sum((line.total for line in self.lines), Decimal("0")), self.percent_off)

    @property
    def total(self) -> Decimal:
        """Return what is to be paid, with shipping."""
        return self.goods + shipping_for(self.goods)
