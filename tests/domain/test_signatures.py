"""Names of parameters, read from the text of a function."""

import pytest

from spark_desktop.domain.signatures import first_code, heads_of, is_defined


def first_names(path, region):
    """Return the names of the parameters of the function that a region begins with."""
    heads = [head for head in heads_of(path, region) if head.start == first_code(region)]
    return [one.name for head in heads for one in head.parameters]


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
        ("a.cpp", "int f(int a) {", ["a"]),
        ("a.java", "int f(int a) {", []),
    ],
)
def test_the_names_are_those_of_the_first_function(path, region, names):
    assert first_names(path, region) == (["key", "then", "last"] if names is None else names)


@pytest.mark.parametrize(
    ("path", "region", "names"),
    [
        ("a.ts", "export const load = async (path: string, by = 1) => {", ["path", "by"]),
        ("a.ts", "const f = function (a, b) {", ["a", "b"]),
        ("a.ts", "export const x = 1;\n  if (cache.has(path)) {\n", []),
        ("a.ts", "if (a) {\n  f(b);\n}\n", []),
        ("a.ts", "/*\n f(x)\n*/\n@Injectable()\nfunction g(y) {", ["y"]),
        ("a.rs", "#[inline]\npub(crate) fn f(a: u8) {", ["a"]),
    ],
)
def test_only_the_first_line_of_code_is_a_head(path, region, names):
    assert first_names(path, region) == names


@pytest.mark.parametrize(
    ("region", "word"),
    [
        ("/// Of parse.\npub fn parse_line(a: u8) {", "parse_line"),
        ("template <class T>\nclass Ring {", "Ring"),
        ("int Till::take(int cents) {", "take"),
        ("export const load = async (a) => {", "load"),
        ("func (t *Till) Take(cents int) {", "Take"),
        ("  put<T>(a: T): void {", "put"),
        ("@lru_cache(1)\ndef total(rows):", "total"),
        ("impl Index {", "Index"),
    ],
)
def test_what_the_first_line_defines_is_known(region, word):
    assert is_defined(region, word)
    assert not is_defined(region, word[:-1])


@pytest.mark.parametrize("word", ["cents", "other", "x"])
def test_what_it_only_names_is_not(word):
    assert not is_defined("int take(int cents) {\n  other(x);\n}\n", word)
