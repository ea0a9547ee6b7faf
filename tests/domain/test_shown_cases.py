"""How many cases of a function its tests show: one is counted, what may be more is enough."""

from textwrap import dedent

import pytest

from spark_desktop.domain.shown_cases import ENOUGH, cases_shown

ONE = {
    "unittest": """
        class PriceTest(unittest.TestCase):
            def test_price(self):
                self.assertEqual(price(3, 2000), 6000)
        """,
    "pytest, in a variable": """
        from stays import price


        def test_price():
            found = price(3, 2000)
            assert found == 6000
        """,
    "a script": "import { price } from '../src/stays';\nsame(price(3, 2000), 6000);\n",
    "a described test": """
        describe("price", () => {
          it("is right for each night of a stay", () => {
            expect(price(3)).toBe(6000);
          });
        });
        """,
    "Go": """
        func TestPrice(t *testing.T) {
        \tif got := Price(3); got != 6000 {
        \t\tt.Errorf("got %d", got)
        \t}
        }
        """,
    "Rust": """
        #[test]
        fn a_price() {
            assert_eq!(price(3), 6000);
        }
        """,
    "C++": """
        int main() {
          assert(price(3) == 6000);
        }
        """,
    "a comment beside": "# price(2) is not known\nassert price(3) == 6000\n",
}
MORE = {
    "two calls": "assert price(3) == 6000\nassert price(0) == 0\n",
    "two in a line": "same(price(3), 2 * price(1.5));\n",
    "a loop": """
        def test_price():
            for nights, wanted in CASES:
                assert price(nights) == wanted
        """,
    "a table of pytest": """
        @pytest.mark.parametrize(
            ("nights", "wanted"),
            [(1, 2000), (3, 6000)],
        )
        def test_price(nights, wanted):
            assert price(nights) == wanted
        """,
    "a comprehension": "assert [price(n) for n in (1, 3)] == [2000, 6000]\n",
    "a helper": """
        def check(nights, wanted):
            assert price(nights) == wanted
        """,
    "a table of Jest": """
        it.each([[1, 2000], [3, 6000]])("costs", (nights, wanted) => {
          expect(price(nights)).toBe(wanted);
        });
        """,
    "a table of Jest with a row on each line": """
        it.each([
          [1, 2000],
          [3, 6000],
        ])("costs", (nights, wanted) => {
          expect(price(nights)).toBe(wanted);
        });
        """,
    "a helper in one line": """
        const check = (nights, wanted) => expect(price(nights)).toBe(wanted);
        it("costs", () => {
          check(1, 2000);
          check(3, 6000);
        });
        """,
    "a class with parameters": """
        @pytest.mark.parametrize("nights", [1, 3])
        class TestPrice:
            def test_costs(self, nights):
                assert price(nights)
        """,
    "a fixture with parameters": """
        @pytest.fixture(params=[1, 3])
        def nights(request):
            return request.param

        def test_costs(nights):
            assert price(nights)
        """,
    "a table of Go": """
        func TestPrice(t *testing.T) {
        \tfor _, one := range cases {
        \t\tif got := Price(one.nights); got != one.wanted {
        \t\t\tt.Errorf("got %d", got)
        \t\t}
        \t}
        }
        """,
    "cases of Rust": """
        #[rstest]
        #[case(1, 2000)]
        #[case(3, 6000)]
        fn test_price(#[case] nights: u32, #[case] wanted: u32) {
            assert_eq!(price(nights), wanted);
        }
        """,
}
NONE = {
    "another name": "assert the_price(3) == 6000\nassert prices(3)\n",
    "its definition": "def price(nights):\n    return 0\n",
    "a mention": "from stays import price\n# price(3)\n",
    "nothing": "",
}


def name_in(text: str) -> str:
    return "Price" if "Price(3)" in text or "Price(one" in text else "price"


@pytest.mark.parametrize("text", ONE.values(), ids=ONE)
def test_one_case_is_one(text: str) -> None:
    assert cases_shown(dedent(text), name_in(text)) == 1


@pytest.mark.parametrize("text", MORE.values(), ids=MORE)
def test_what_may_be_more_is_enough(text: str) -> None:
    assert cases_shown(dedent(text), name_in(text)) == ENOUGH


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_what_is_no_call_is_no_case(text: str) -> None:
    assert cases_shown(dedent(text), "price") == 0
