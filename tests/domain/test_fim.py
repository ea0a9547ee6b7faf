import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.fim import runs_on, trim_body

PYTHON = "def total(items):\n    "
NEXT = "\n\n\ndef other():\n    return 1\n"
BODY = "result = 0\n    for item in items:\n        result += item\n    return result"
C_PREFIX = "int total(int *items, int n) {\n    "
C_NEXT = "\n}\n\nint other(void) {\n    return 1;\n}\n"
C_BODY = (
    "int result = 0;\n    for (int i = 0; i < n; i++) {\n        result += items[i];\n    }\n"
    "    return result;"
)


@pytest.mark.parametrize(
    "completion",
    [
        BODY,
        f"{BODY}\n",
        f"{BODY}\n\n   \n",
        f"{BODY}\n\n\ndef other():\n    return 1\n",
        f"{BODY}\n\n\ndef third():\n    return 3\n",
        f"{BODY}\n# the end\n",
        f"{BODY}\nprint(total([1]))",
        f"\n    {BODY}\n",
        f"    {BODY}\n",
        BODY.replace("\n", "\r\n") + "\r\n",
    ],
)
def test_a_body_ends_where_the_indent_falls_below_it(completion: str) -> None:
    assert trim_body(completion, PYTHON, NEXT) == BODY


@pytest.mark.parametrize(
    "completion",
    [
        C_BODY,
        f"{C_BODY}\n}}\n",
        f"{C_BODY}\n}}\n\nint third(void) {{\n    return 3;\n}}\n",
        f"{C_BODY} }}\n",
        f"\n    {C_BODY}\n}}",
    ],
)
def test_a_body_in_braces_ends_before_the_brace_that_closes_it(completion: str) -> None:
    assert trim_body(completion, C_PREFIX, C_NEXT) == C_BODY


@pytest.mark.parametrize(
    "body",
    [
        'text = """\nflush left\n"""\n    return text',
        "return call(\n  1,\n)",
        "return {\n'a': 1,\n}",
        'x = "("\n    return x',
        "# it isn't (\n    return 1",
        "return ')'  # don't",
        "x = '''\nopen",
    ],
)
def test_lines_in_strings_and_brackets_may_stand_further_left(body: str) -> None:
    assert trim_body(f"{body}\n", PYTHON, NEXT) == body


@pytest.mark.parametrize(
    "body",
    [
        'return "}";',
        "return '}';",
        "return c == '{';",
        "// a } brace\n    return 1;",
        "/* } */ return 1;",
        "return `}${'}'}`;",
        "if (a) { b(); } else { c(); }",
        "#ifdef X\n    a();\n#endif",
        "let x: &'a str = f(|y: &'b T| { y });",
    ],
)
def test_braces_in_strings_and_comments_close_nothing(body: str) -> None:
    assert trim_body(f"{body}\n}}\n", C_PREFIX, C_NEXT) == body


def test_a_repeated_suffix_ends_the_body_also_in_its_own_indent() -> None:
    suffix = "\n    log(a)\n    send(a)\n"
    completion = "a = 1\n    log(a)\n    b = 2\n    log(a)\n    send(a)\n"
    assert trim_body(completion, PYTHON, suffix) == "a = 1\n    log(a)\n    b = 2"


def test_one_line_that_the_suffix_also_has_may_belong_to_the_body() -> None:
    suffix = "\n    log(a)\n    send(a)\n"
    assert trim_body("a = 1\n    log(a)", PYTHON, suffix) == "a = 1\n    log(a)"


def test_a_repetition_is_seen_while_its_second_line_is_being_written() -> None:
    suffix = "\n    log(a)\n    send(a)\n"
    assert trim_body("a = 1\n    log(a)\n    sen", PYTHON, suffix) == "a = 1"


def test_a_repeated_suffix_of_one_line_ends_the_body_in_braces() -> None:
    suffix = "\nMODULE_END;\n"
    assert trim_body("x();\n    MODULE_END;\nMODULE_END;", C_PREFIX, suffix) == (
        "x();\n    MODULE_END;"
    )


@pytest.mark.parametrize(
    ("completion", "body"),
    [
        ("a = 1\n    b = 2\n    retu", "a = 1\n    b = 2"),
        ("a = 1\n", "a = 1"),
        ("a = ", ""),
        ("a = 1\n\ndef", "a = 1"),
        ("", ""),
    ],
)
def test_an_unfinished_last_line_is_cut(completion: str, body: str) -> None:
    assert trim_body(completion, PYTHON, NEXT, complete=False) == body


@pytest.mark.parametrize(
    ("prefix", "completion", "suffix", "body"),
    [
        ("def f():\n", "    return 1\n", "x = 1\n", "    return 1\n"),
        ("def f():\n", "    return 1", "\nx = 1\n", "    return 1"),
        ("def f():\n    ", "return 1", "", "return 1\n"),
        ("def f():\n    ", "return 1", "\r\nx", "return 1"),
        ("def f():\n", "\n\n    return 1\n", "", "    return 1\n"),
        ("def f():\n", "def g():\n    return 1\n", "", ""),
        ("def f():\n    '''Doc.'''\n", "    return 1\nx\n", "", "    return 1\n"),
        ("def f():\n    '''Args:\n    '''\n", "    return 1\n", "", "    return 1\n"),
        ("def f(\n    a,\n) -> int:\n", "    return 1\nx", "", "    return 1\n"),
        ("def f():", " return 1\n\nx = 2\n", "\n", " return 1"),
        ("def f():", "\n    return 1\nx = 2\n", "\n", "\n    return 1"),
        ("def f\n  ", "a\n  b\nend\n", "\nend\n", "a\n  b"),
        ("\tvoid f() {", " a(); }", " }", " a();\n"),
        ("class A {\n\tf() {\n\t\t", "a();\n\t\tb();\n\t}\n}", "\n\t}\n}", "a();\n\t\tb();"),
        ("", "x = 1\ny = 2\n", "", "x = 1\ny = 2\n"),
        ("def f():\n    ", "\n\n", "\n", ""),
    ],
)
def test_the_body_fits_between_prefix_and_suffix(
    prefix: str, completion: str, suffix: str, body: str
) -> None:
    assert trim_body(completion, prefix, suffix) == body


@given(st.text(alphabet=" \t\n\rab({[]})\"'#/*`:", max_size=60), st.booleans())
def test_trimming_a_trimmed_body_changes_nothing(completion: str, braced: bool) -> None:
    prefix, suffix = (C_PREFIX, C_NEXT) if braced else (PYTHON, NEXT)
    once = trim_body(completion, prefix, suffix)
    assert trim_body(once, prefix, suffix) == once


@pytest.mark.parametrize(
    ("completion", "expected"),
    [
        ("", False),
        ("\n    return 1\n", False),
        ("    return 1\n", False),
        ("return 1\n\ndef g():\n", True),
        ("return 1\n\nde", True),
    ],
)
def test_an_answer_runs_on_once_something_follows_the_body(completion: str, expected: bool) -> None:
    assert runs_on(completion, PYTHON, NEXT) is expected
