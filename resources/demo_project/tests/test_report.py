import unittest
from decimal import Decimal

from invoices.invoice import Invoice, Line
from invoices.report import report


class Report(unittest.TestCase):
    def test_lists_invoices_and_figures(self):
        invoices = [
            Invoice("Ada", [Line("desk", 1, Decimal("400"))], Decimal("10")),
            Invoice("Grace", [Line("lamp", 2, Decimal("15"))]),
            Invoice("Linus", [Line("chair", 4, Decimal("80"))]),
        ]
        self.assertEqual(
            report(invoices).splitlines(),
            [
                "Ada                       360.00 EUR",
                "Grace                      34.90 EUR",
                "Linus                     320.00 EUR",
                "mean                      238.30 EUR",
                "median                    320.00 EUR",
                "largest                   360.00 EUR",
            ],
        )


if __name__ == "__main__":
    unittest.main()
