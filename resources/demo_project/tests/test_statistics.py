import unittest
from decimal import Decimal

from invoices.statistics import largest, mean, median


def amounts(*values):
    return [Decimal(value) for value in values]


class Figures(unittest.TestCase):
    def test_mean(self):
        self.assertEqual(mean(amounts("1", "2", "6")), Decimal("3"))

    def test_largest(self):
        self.assertEqual(largest(amounts("1", "6", "2")), Decimal("6"))

    def test_median_of_an_odd_number(self):
        self.assertEqual(median(amounts("1", "5", "9")), Decimal("5"))

    def test_median_of_an_even_number(self):
        self.assertEqual(median(amounts("1", "2", "3", "4")), Decimal("2.5"))

    def test_median_of_one_amount(self):
        self.assertEqual(median(amounts("7")), Decimal("7"))


if __name__ == "__main__":
    unittest.main()
