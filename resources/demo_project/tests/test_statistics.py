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
        self.assertEqual(median(amounts("9", "1", "5")), Decimal("5"))

    def test_median_of_an_even_number(self):
        self.assertEqual(median(amounts("4", "1", "3", "2")), Decimal("2.5"))

    def test_median_leaves_its_argument_alone(self):
        values = amounts("3", "1", "2")
        median(values)
        self.assertEqual(values, amounts("3", "1", "2"))


if __name__ == "__main__":
    unittest.main()
