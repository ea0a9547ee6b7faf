import unittest
from decimal import Decimal

from invoices.money import format_money, parse_money


class ParseMoney(unittest.TestCase):
    def test_reads_a_plain_amount(self):
        self.assertEqual(parse_money("12.50"), Decimal("12.50"))

    def test_reads_thousands(self):
        self.assertEqual(parse_money("1,234.50"), Decimal("1234.50"))

    def test_reads_millions(self):
        self.assertEqual(parse_money("7,001,234.50"), Decimal("7001234.50"))


class FormatMoney(unittest.TestCase):
    def test_rounds_to_cents(self):
        self.assertEqual(format_money(Decimal("1234.505")), "1,234.51 EUR")


if __name__ == "__main__":
    unittest.main()
