"""An answer to "write a test" has one more, and keeps those that there are."""

import pytest

from spark_desktop.domain.added_tests import adds_test
from spark_desktop.domain.test_definitions import cases_in

# A file of tests, where the new one goes, and that one; all are about a function called "total".
FILES = {
    "test_price.py": (
        "from price import total\n\n\ndef test_sums():\n    assert total([1, 2]) == 3\n",
        "\n\ndef test_of_nothing():\n    assert total([]) == 0\n",
        "",
    ),
    "price_test.py": (
        "import unittest\nfrom price import total\n\n\nclass T(unittest.TestCase):\n"
        "    @classmethod\n    def setUpClass(cls):\n        cls.a = 1\n\n"
        "    def test_sums(self):\n        self.assertEqual(total([1, 2]), 3)\n",
        "\n    async def test_of_nothing(self):\n        self.assertEqual(total([]), 0)\n",
        '\n\nif __name__ == "__main__":\n    unittest.main()\n',
    ),
    "price_test.go": (
        "package price\n\nfunc TestSums(t *testing.T) {\n\tif got := Total(1, 2); got != 3 {\n"
        '\t\tt.Errorf("%d", got)\n\t}\n}\n',
        "\nfunc TestTotalOfNothing(t *testing.T) {\n\tif Total() != 0 {\n\t\tt.Fail()\n\t}\n}\n",
        "",
    ),
    "tests/price.rs": (
        "use shop::total;\n\n#[test]\nfn sums() {\n    assert_eq!(total(&[1, 2]), 3);\n}\n",
        "\n#[tokio::test]\n#[should_panic]\nasync fn of_nothing() {\n    total(&[]);\n}\n",
        "",
    ),
    "price.test.ts": (
        "import { total } from './price';\n\ndescribe('total', () => {\n  it('sums', () => {\n"
        "    expect(total([1, 2])).toBe(3);\n  });\n",
        "\n  it(`is nothing`, () => {\n    expect(total([])).toBe(0);\n  });\n",
        "});\n",
    ),
    "price.test.mjs": (
        "import { total } from './price.mjs';\n\ntest('sums', async (t) => {\n"
        "  assert.equal(total([1, 2]), 3);\n});\n",
        "\ntest.each([\n  [[], 0],\n  [[1], 1],\n])('of %o', (given, sum) => {\n"
        "  assert.equal(total(given), sum);\n});\n",
        "",
    ),
    "price_test.cpp": (
        '#include "price.h"\n\nnamespace {\nTEST(Total, Sums) {\n'
        "  EXPECT_EQ(total({1, 2}), 3);\n}\n",
        "\nTEST_F(Total, OfNothing)\n{\n  EXPECT_EQ(total({}), 0);\n}\n",
        "}  // namespace\n",
    ),
    "test_price.c": (
        '#include "price.h"\n\nstatic void test_sums(void) {\n  assert(total(1, 2) == 3);\n}\n',
        "\nstatic void test_nothing(void) {\n  assert(total(0, 0) == 0);\n}\n",
        "\nint main(void) {\n  test_sums();\n  return 0;\n}\n",
    ),
    "PriceTest.java": (
        "class PriceTest {\n    @Test\n    void sums() {\n"
        "        assertEquals(3, total(1, 2));\n    }\n",
        "\n    @ParameterizedTest\n    @ValueSource(ints = {1})\n    public void one(int a) {\n"
        "        assertEquals(1, total(a));\n    }\n",
        "}\n",
    ),
    "PriceTests.cs": (
        "class PriceTests\n{\n    [Fact]\n    public void Sums()\n    {\n"
        "        Assert.Equal(3, Total(1, 2));\n    }\n",
        "\n    [Theory]\n    [InlineData(1)]\n    public async Task One(int a)\n    {\n"
        "        Assert.Equal(1, Total(a));\n    }\n",
        "}\n",
    ),
    "PriceTest.php": (
        "class PriceTest extends TestCase\n{\n    public function testSums(): void\n    {\n"
        "        $this->assertSame(3, total(1, 2));\n    }\n",
        "\n    #[Test]\n    public function one(): void\n    {\n"
        "        $this->assertSame(1, total(1));\n    }\n",
        "}\n",
    ),
    "price_spec.rb": (
        "RSpec.describe Price do\n  it 'sums' do\n    expect(total(1, 2)).to eq 3\n  end\n",
        "\n  it 'is nothing' do\n    expect(total).to eq 0\n  end\n",
        "end\n",
    ),
    "test_price.rb": (
        "class PriceTest < Minitest::Test\n  def test_sums\n"
        "    assert_equal 3, total(1, 2)\n  end\n",
        "\n  def test_nothing\n    assert_equal 0, total\n  end\n",
        "end\n",
    ),
}
NAMES = {path: "Total" if path.endswith((".go", ".cs")) else "total" for path in FILES}


def told(path: str, before: str, after: str, name: str | None = None) -> str | None:
    """Return why an answer is no new test, "" where it is one, None where that is not told."""
    found = adds_test(path, before, after, NAMES.get(path, "total") if name is None else name)
    return None if found is None else found.detail


@pytest.mark.parametrize("path", FILES)
def test_one_more_is_taken_wherever_it_stands(path):
    head, new, end = FILES[path]
    assert told(path, head + end, head + new + end) == ""
    assert told(path, head + new + end, head + new + end) == "The answer adds no test."


@pytest.mark.parametrize("path", FILES)
def test_one_that_was_there_has_to_stay(path):
    head, new, end = FILES[path]
    both = head + new + end
    gone = told(path, both, head + end)
    assert gone.startswith("With the answer")
    assert gone.endswith("is gone, which was to stay.")


@pytest.mark.parametrize("path", FILES)
def test_the_function_itself_is_no_test(path):
    head, _new, end = FILES[path]
    assert "is gone, which was to stay" in told(path, head + end, "def total(a):\n    return a\n")


@pytest.mark.parametrize("path", FILES)
def test_one_that_was_there_has_to_stay_as_it_is(path):
    head, new, end = FILES[path]
    changed = head.replace("3", "4", 1) + new + end
    assert "which was to stay" in told(path, head + end, changed)


@pytest.mark.parametrize("path", FILES)
def test_the_new_one_has_to_be_about_what_is_to_be_tested(path):
    head, new, end = FILES[path]
    assert told(path, head + end, head + new + end, "median") == "No new test names median."


def test_a_case_that_is_added_to_a_test_is_one():
    path, (before, _new, _end) = "test_price.py", FILES["test_price.py"]
    after = f"{before}    assert total([]) == 0\n"
    assert told(path, before, after) == ""
    assert told(path, before, after, "median") == "No new test names median."


@pytest.mark.parametrize(
    "after",
    [
        '@pytest.mark.parametrize("a", [1, 2, 3])\n',
        '@pytest.mark.parametrize(\n    "a",\n    [\n        1,\n        2,\n'
        "        3,\n    ],\n)\n",
    ],
)
def test_a_decorator_may_list_more_cases(after):
    before = '@pytest.mark.parametrize("a", [1, 2])\n'
    body = "def test_total(a):\n    assert total(a) == a\n"
    assert told("test_price.py", before + body, after + body) == ""
    fewer = '@pytest.mark.parametrize("a", [2])\n'
    assert told("test_price.py", before + body, fewer + body) == (
        "The answer changes test_total, which was to stay as it is."
    )


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (
            "test_a.py",
            "def test_a():\n    total()\n",
            "@pytest.mark.skip\ndef test_a():\n    total()\n",
        ),
        ("test_a.py", "def test_a():\n    total()\n", "def test_a():\n    return\n    total()\n"),
        (
            "a_test.go",
            "func TestA(t *T) {\n\tTotal()\n}\n",
            "func TestA(t *T) {\n\tt.Skip()\n\tTotal()\n}\n",
        ),
        (
            "tests/a.rs",
            "#[test]\nfn a() {\n    total();\n}\n",
            "#[test]\n#[ignore]\nfn a() {\n    total();\n}\n",
        ),
    ],
)
def test_one_that_does_not_run_any_more_does_not_stay(path, before, after):
    assert "changes" in told(path, before, after)


def test_a_second_of_the_same_name_hides_the_first():
    before = "class T(TestCase):\n    def test_a(self):\n        self.assertTrue(total())\n"
    # The second class takes the place of the first, and its tests with it.
    after = (
        before + "\n\nclass T(TestCase):\n    def test_b(self):\n        self.assertTrue(total())\n"
    )
    assert (
        told("test_a.py", before, after) == "With the answer T.test_a is gone, which was to stay."
    )
    plain = "def test_a():\n    assert total()\n"
    again = "\n\ndef test_a():\n    assert total([]) == 0\n"
    assert told("test_a.py", plain, plain + again) == (
        "The answer changes test_a, which was to stay as it is."
    )


def test_tests_of_one_name_are_told_apart_by_their_lines():
    head = (
        "describe('a', () => {\n  it('works', () => {\n    expect(total(1)).toBe(1);\n  });\n});\n"
    )
    other = head.replace("'a'", "'b'").replace("1", "2")
    assert told("a.test.ts", other, head + other) == ""
    assert told("a.test.ts", head + other, head + head) == (
        "The answer changes works, which was to stay as it is."
    )


@pytest.mark.parametrize(
    "alone", ["it.only('b', () => {", "fit('b', () => {", "describe.only('b', f)"]
)
def test_one_that_keeps_the_others_from_running_is_refused(alone):
    before = "it('a', () => {\n  total();\n});\n"
    after = f"{before}{alone}\n  it('c', () => {{\n    total();\n  }});\n"
    assert told("a.test.js", before, after) == f"With the answer {alone} alone would run."


@pytest.mark.parametrize(
    ("path", "copy"),
    [
        ("test_price.py", "def total(a):\n    return sum(a)\n\n\n"),
        ("price.test.ts", "const total = (a: number[]) => a.length;\n"),
        ("price.test.mjs", "export function total(a) {\n  return 0;\n}\n"),
        ("tests/price.rs", "fn total(a: &[i32]) -> i32 {\n    0\n}\n\n"),
    ],
)
def test_a_copy_of_the_function_is_not_what_was_to_be_tested(path, copy):
    head, new, end = FILES[path]
    why = "The answer defines total itself, instead of testing it."
    assert told(path, head + end, copy + head + new + end) == why
    assert told(path, copy + head + end, copy + head + new + end) == ""


def test_a_name_that_is_not_written_out_need_not_be():
    head, new, _end = FILES["test_price.py"]
    assert told("test_price.py", head, head + new, "__init__") == ""
    assert told("test_price.py", head, head + new, "") == ""


def test_who_asks_for_one_like_another_gets_any():
    head, new, _end = FILES["price_test.py"]
    assert told("price_test.py", head, head + new, "test_sums") == ""


def test_a_class_that_holds_methods_is_named_by_them():
    before = "TEST(Cart, Adds) {\n  EXPECT_EQ(cart.add(1), 1);\n}\n"
    assert told("cart_test.cpp", before, before + before.replace("Adds", "Two"), "Cart::add") == ""


def test_fixtures_are_no_tests():
    fixture = "@pytest.fixture\ndef test_data():\n    return total\n"
    assert told("test_a.py", "", fixture) == "The answer adds no test."


def test_tests_within_conditions_count():
    text = "if ready:\n    def test_a():\n        assert total()\nelse:\n    x = 1\n"
    assert [one.name for one in cases_in("test_a.py", text)] == ["test_a"]


def test_a_script_of_assertions_needs_one_more():
    before = "from price import total\n\nassert total([1]) == 1\n"
    assert told("test_price.py", before, f"{before}got = total([])\nassert got == 0\n") == ""
    assert told("test_price.py", before, f"{before}assert 1 == 1\n") == "No new test names total."
    assert told("test_price.py", before, f"{before}print(1)\n") == "The answer adds no test."
    assert "is gone" in told("test_price.py", before, "def total(a):\n    return 1\n")


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("test_price.zig", 'test "a" {}\n', "fn total() void {}\n"),
        # Of a form that is not known here nothing is demanded.
        ("test_price.py", "class PriceSpec:\n    def it_sums(self):\n        pass\n", "x = 1\n"),
        ("test_price.py", "def test_a(:\n", "def test_a():\n    pass\n"),
        ("test_price.py", "def test_a():\n    pass\n", "def test_a(:\n"),
    ],
)
def test_what_is_not_known_is_not_told(path, before, after):
    assert told(path, before, after) is None


def test_an_empty_file_needs_one_like_any_other():
    assert (
        told("test_price.py", "\n", "def total(a):\n    return sum(a)\n")
        == "The answer adds no test."
    )
    assert told("test_price.py", "", "def test_total():\n    assert total([1]) == 1\n") == ""
