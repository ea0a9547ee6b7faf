"""Names of parameters, read from the text of a function."""

import pytest

from spark_desktop.domain.signatures import parameters_of


@pytest.mark.parametrize(
    ("path", "region", "names"),
    [
        ("a.rs", "pub fn f<T>(&self, mut a: u32, b: &[(u8, T)]) -> u8 {", ["a", "b"]),
        ("a.go", "func (t *Till) Take(cents int, by map[string]int) error {", ["cents", "by"]),
        ("a.go", "func Max[T any](a, b T) T {", ["a", "b"]),
        (
            "a.ts",
            "/** f(x) */\nexport async function f<T>(a: T, b = g(1, 2), ...rest: T[]) {",
            ["a", "b", "rest"],
        ),
        ("a.ts", "  private put(key: string, then: (a: X) => Y, last?: Z): void {", None),
        ("a.ts", "function f({ a, b }: X, c: Y) {", ["c"]),
        ("a.js", "const a = 1;\n", []),
        ("a.rs", "fn f(", []),
        ("a.cpp", "int f(int a) {", []),
    ],
)
def test_the_names_are_those_of_the_first_function(path, region, names):
    assert parameters_of(path, region) == (["key", "then", "last"] if names is None else names)
