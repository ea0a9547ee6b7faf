"""Documentation without the examples that nobody asked for."""

import pytest

from spark_desktop.domain.unasked_examples import without_unasked_examples

RUST = (
    "/// Shares a bill.\n///\n/// # Examples\n///\n/// ```\n/// assert_eq!(f(1), 2);\n/// ```\n"
    "pub fn f(a: u32) -> u32 { a }\n"
)
SCRIPT = (
    "/**\n * Shares.\n * @param a it\n * @example\n * f(1) // 2\n * @returns it\n */\nf(a) {}\n"
)
PYTHON = (
    'def f(a):\n    """Share it.\n\n    Args:\n        a: It.\n\n    Examples:\n'
    '        >>> f(1)\n        2\n\n    Returns:\n        It.\n    """\n    return a\n'
)


@pytest.mark.parametrize(
    ("path", "region", "left"),
    [
        ("a.rs", RUST, "/// Shares a bill.\npub fn f(a: u32) -> u32 { a }\n"),
        (
            "a.rs",
            RUST.replace("pub fn", "/// # Panics\n/// Never.\npub fn"),
            "/// Shares a bill.\n///\n/// # Panics\n/// Never.\npub fn f(a: u32) -> u32 { a }\n",
        ),
        (
            "a.ts",
            SCRIPT,
            "/**\n * Shares.\n * @param a it\n *\n * @returns it\n */\nf(a) {}\n",
        ),
        (
            "a.js",
            SCRIPT.replace(" * @returns it\n", ""),
            "/**\n * Shares.\n * @param a it\n */\nf(a) {}\n",
        ),
        ("a.py", PYTHON, PYTHON.replace("    Examples:\n        >>> f(1)\n        2\n\n", "")),
        (
            "a.py",
            'def f(a):\n    """Share it.\n\n    >>> f(1)\n    2\n    """\n    return a\n',
            'def f(a):\n    """Share it.\n    """\n    return a\n',
        ),
    ],
)
def test_examples_are_left_out_and_nothing_else(path, region, left):
    assert without_unasked_examples(path, "document it", region) == left


@pytest.mark.parametrize(
    ("path", "region"),
    [
        ("a.rs", "fn f() {\n    // # Examples\n    g();\n}\n"),
        ("a.go", "// # Examples\nfunc f() {}\n"),
        ("a.py", 'def f(a):\n    """Share it; >>> is a sign."""\n    return a\n'),
        ("a.py", "def f(a):\n    return a >>1\n"),
        (
            "a.py",
            'def f(a):\n    """Share it.\n\n    Returns:\n        It.\n    """\n    return a\n',
        ),
    ],
)
def test_what_has_none_stays_as_it_is(path, region):
    assert without_unasked_examples(path, "document it", region) == region


@pytest.mark.parametrize("asked", ["document it with an example", "add doctests"])
def test_examples_that_were_asked_for_stay(asked):
    assert without_unasked_examples("a.rs", asked, RUST) == RUST
