"""Documentation without the examples that nobody asked for."""

import pytest

from spark_desktop.domain.unasked_examples import (
    has_examples,
    without_unasked_examples,
)

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


def python(*lines):
    """Return a function whose docstring has these lines behind the first one."""
    doc = "".join(f"    {line}".rstrip() + "\n" for line in lines)
    return f'def f(a):\n    """Share it.\n{doc}    """\n    return a\n'


@pytest.mark.parametrize(
    ("path", "region", "left"),
    [
        (
            "a.py",
            python("", "Example:", "    >>> f(1)", "    2", ":param a: It.", ":returns: It."),
            python("", ":param a: It.", ":returns: It."),
        ),
        (
            "a.py",
            python("", ">>> f(1)", "2", "", "It is shared by all."),
            python("", "It is shared by all."),
        ),
        (
            "a.py",
            python("", "For example:", "", "    f(1)  # 2", "", "    f(2)  # 3", "It ends."),
            python("", "It ends."),
        ),
        ("a.py", python("", "Examples", ">>> f(1)", "2", "Raises:", "    E: Never."), None),
        (
            "a.py",
            'def f(a):\n    """Share it.\n\n    >>> f(1)\n    3"""\n    return a\n',
            'def f(a):\n    """Share it.\n    """\n    return a\n',
        ),
        (
            "a.rs",
            RUST.replace("/// assert", "/// # use x;\n/// assert"),
            "/// Shares a bill.\npub fn f(a: u32) -> u32 { a }\n",
        ),
        (
            "a.rs",
            RUST.replace("pub fn", "///\n/// It never panics.\npub fn"),
            "/// Shares a bill.\n///\n/// It never panics.\npub fn f(a: u32) -> u32 { a }\n",
        ),
        (
            "a.ts",
            SCRIPT.replace("@returns it", "@fires Store#saved"),
            "/**\n * Shares.\n * @param a it\n *\n * @fires Store#saved\n */\nf(a) {}\n",
        ),
        (
            "a.ts",
            "/**\n * Adds.\n * @example add(1, 2) // 3 */\nadd() {}\n/** More. */\n",
            "/**\n * Adds.\n */\nadd() {}\n/** More. */\n",
        ),
        (
            "a.ts",
            SCRIPT.replace(" * f(1) // 2\n", " * @Component({})\n * f(1) */\n").replace(
                " * @returns it\n */\n", ""
            ),
            "/**\n * Shares.\n * @param a it\n */\nf(a) {}\n",
        ),
    ],
    ids=[
        "fields",
        "words",
        "for example",
        "next part",
        "quotes",
        "hidden",
        "prose",
        "tag",
        "one line",
        "sign",
    ],
)
def test_what_follows_an_example_stays(path, region, left):
    wanted = python("", "Raises:", "    E: Never.") if left is None else left
    assert without_unasked_examples(path, "document it", region) == wanted


@pytest.mark.parametrize(
    "text",
    [RUST, SCRIPT, PYTHON, python("", "    >>> f(1)", "    2"), " * For example:\n", "/// ```\n"],
)
def test_examples_that_stood_there_are_noticed(text):
    assert has_examples(text)


@pytest.mark.parametrize(
    "text", [python("", "Returns:", "    It."), "# exam\nf()\n", "/// Usage is f.\n"]
)
def test_other_text_has_none(text):
    assert not has_examples(text)


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
