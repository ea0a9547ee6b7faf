import unittest
from decimal import Decimal

from invoices.discounts import discounted, shipping_for


class Discounted(unittest.TestCase):
    def test_ten_percent_of_two_hundred(self):
        self.assertEqual(discounted(Decimal("200"), Decimal("10")), Decimal("180"))

    def test_nothing_off(self):
        self.assertEqual(discounted(Decimal("80"), Decimal("0")), Decimal("80"))

    def test_everything_off(self):
        self.assertEqual(discounted(Decimal("80"), Decimal("100")), Decimal("0"))


class Shipping(unittest.TestCase):
    def test_is_free_from_fifty(self):
        self.assertEqual(shipping_for(Decimal("50")), Decimal("0"))

    def test_costs_below_fifty(self):
        self.assertEqual(shipping_for(Decimal("49.99")), Decimal("4.90"))


if __name__ == "__main__":
    unittest.main()
