"""The monthly report, as text."""

from collections.abc import Sequence

from invoices.invoice import Invoice
from invoices.money import format_money
from invoices.statistics import largest, mean, median


def report(invoices: Sequence[Invoice]) -> str:
    """Return the report: one line an invoice, then the figures."""
    totals = [invoice.total for invoice in invoices]
    lines = [f"{invoice.customer:<20}{format_money(invoice.total):>16}" for invoice in invoices]
    lines.append(f"{'mean':<20}{format_money(mean(totals)):>16}")
    lines.append(f"{'median':<20}{format_money(median(sorted(totals))):>16}")
    lines.append(f"{'largest':<20}{format_money(largest(totals)):>16}")
    return "\n".join(lines)
