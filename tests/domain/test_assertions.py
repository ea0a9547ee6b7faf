"""Which lines decide, and are not mended."""

import pytest

from spark_desktop.domain.assertions import asserts, keeps_assertions, keeps_tests, rows_of_tests


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


RUST = """fn f(a: i32) -> i32 {
    a / 2 * 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves() {
        let want = 7 / 2 * 4;
        assert_eq!(f(7), want);
    }
}

fn g() {}
"""


def test_the_tests_that_a_file_of_rust_has_in_itself_are_kept():
    assert rows_of_tests("a.rs", RUST) == frozenset(range(4, 14))
    assert rows_of_tests("a.go", RUST) == frozenset()
    assert keeps_tests("a.rs", RUST, "use std::fmt;\n" + RUST.replace("a / 2 * 4", "a * 4 / 2"))
    assert not keeps_tests("a.rs", RUST, RUST.replace("7 / 2 * 4", "7 * 4 / 2"))


def test_a_function_that_is_for_tests_only_is_no_module_of_tests():
    assert rows_of_tests("a.rs", "#[cfg(test)]\nfn f() {\n}\n\nfn g() {}\n") == {0, 1, 2}
    assert rows_of_tests("a.rs", "#[cfg(test)]\nmod tests;\n\nfn g() {\n}\n") == {0, 1}
