"""Amounts, discounts and figures for invoices."""
