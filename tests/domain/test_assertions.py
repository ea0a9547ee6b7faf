"""Which lines decide, and are not mended."""

import pytest

from spark_desktop.domain.assertions import asserts, keeps_assertions


@pytest.mark.parametrize(
    "line",
    [
        "assert a == b, a",
        "    self.assertEqual(a, b)",
        "  assert_eq!(a, b);",
        "debug_assert!(a);",
        "assert(a == b);",
        "assert.equal(a, b);",
        "expect(a).toBe(b);",
        "EXPECT_EQ(a, b);",
        "static_assert(sizeof(a) == 4);",
        "REQUIRE(a == b);",
        "console.assert(a);",
    ],
)
def test_a_line_that_states_what_has_to_be_so(line):
    assert asserts(line)


@pytest.mark.parametrize(
    "line", ["asserted = 1", "check(a)", "# assert a", "expected(a)", "assert = 2"]
)
def test_a_line_of_another_kind(line):
    assert not asserts(line)


def test_assertions_may_move_but_not_change():
    text = "a = 1\nassert a == 1\nb = 2\n"
    assert keeps_assertions(text, "assert a == 1\na = 2\nb = 2\n")
    assert not keeps_assertions(text, text.replace("==", "!="))
    assert not keeps_assertions(text, text.replace("assert a == 1\n", ""))
