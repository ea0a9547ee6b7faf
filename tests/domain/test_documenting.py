"""What is saved of answers to requests for documentation that did more."""

import pytest

from spark_desktop.domain.documenting import commented_above, documented, only_documents
from spark_desktop.domain.unsaid import unsaid


def test_code_that_stays_the_same_passes():
    assert only_documents("a b", "a b").passed
    assert not only_documents("a b", "a c").passed
    assert only_documents(None, "a c").passed


OWN = """\
def mean(values, digits=2):
    # rounded
    return round(sum(values) / len(values), digits)
"""
ANSWER = '''\
def mean(values: list[float], digits: int = 2) -> float:
    """Return the mean of `values`.

    It is rounded to `digits`.
    """
    total = sum(values)
    return total / len(values)
'''


def test_docstring_and_annotations_are_taken_and_the_code_is_not():
    assert documented("a.py", OWN, ANSWER) == (
        "def mean(values: list[float], digits: int = 2) -> float:\n"
        '    """Return the mean of `values`.\n\n    It is rounded to `digits`.\n    """\n'
        "    # rounded\n    return round(sum(values) / len(values), digits)\n"
    )


def test_a_signature_that_changed_is_left_with_its_answer():
    answer = ANSWER.replace("digits: int = 2", "places: int = 2")
    found = documented("a.py", OWN, answer)
    assert found.startswith('def mean(values, digits=2):\n    """Return')


def test_a_method_keeps_its_indent_and_its_decorators():
    own = "    @staticmethod\n    def one():\n        return 1\n"
    answer = '@staticmethod\ndef one() -> int:\n  """Return 1."""\n  return 2\n'
    assert documented("a.py", own, answer) == (
        '    @staticmethod\n    def one() -> int:\n        """Return 1."""\n        return 1\n'
    )


@pytest.mark.parametrize("indent", ["\t", "    "])
def test_the_docstring_gets_the_files_own_indent(indent):
    own = "def f(a):\n\tif a:\n\t\treturn 1\n\treturn 2\n"
    answer = f'def f(a):\n{indent}"""Do a.\n\n{indent}    More.\n{indent}"""\n{indent}return 2\n'
    found = documented("a.py", own, answer)
    assert found == own.replace(":\n", ':\n\t"""Do a.\n\n\t    More.\n\t"""\n', 1)
    compile(found, "a.py", "exec")


def test_windows_line_endings_stay():
    found = documented("a.py", OWN.replace("\n", "\r\n"), ANSWER)
    assert "\n" not in found.replace("\r\n", "")


@pytest.mark.parametrize(
    ("own", "answer"),
    [
        (OWN, OWN),
        (ANSWER, ANSWER),
        (OWN, "x = 1\n"),
        (OWN, "def mean(:\n"),
        (OWN, ANSWER.replace("mean", "median")),
        ("def one(): return 1\n", 'def one():\n    """Return 1."""\n    return 1\n'),
    ],
    ids=["none", "there already", "no function", "broken", "another", "on one line"],
)
def test_nothing_is_taken_where_it_does_not_fit(own, answer):
    assert documented("a.py", own, answer) is None


def test_in_other_languages_the_comment_above_is_taken():
    own = "function one() {\n  return 1;\n}\n"
    answer = "/**\n * Returns 1.\n */\nfunction one() {\n  return 2;\n}\n"
    assert documented("a.ts", own, answer) == "/**\n * Returns 1.\n */\n" + own
    assert documented("a.ts", own, own) is None


@pytest.mark.parametrize(
    ("instruction", "region", "reason"),
    [
        ("add a docstring", OWN, "The answer has no docstring."),
        ("add a docstring that names `digits`", ANSWER.replace("`digits`", "two"), "name digits."),
        ("add a docstring for the parameters", ANSWER.replace("values`", "v`"), "name values."),
        ("add a docstring and annotate it", ANSWER.replace(" -> float", ""), "for the result."),
        ("add type hints", OWN, "There is no type for values, digits, the result."),
        ("add a docstring with @raises", ANSWER, "name @raises."),
    ],
)
def test_documentation_without_what_was_asked_for_says_what_is_missing(instruction, region, reason):
    verdict = unsaid(instruction, "a.py", region)
    assert not verdict.passed
    assert verdict.detail.endswith(reason)


def test_documentation_with_all_that_was_asked_for_passes():
    asked = "add a docstring to `mean` that names its parameters, and annotate them"
    assert unsaid(asked, "a.py", ANSWER).passed
    tags = "write a JSDoc comment with @param and @returns for `x`"
    said = "/**\n * @param x one\n * @returns it\n */\nfunction f(x) {\n  return x;\n}\n"
    assert unsaid(tags, "a.ts", said).passed
    assert not unsaid(tags, "a.ts", said.replace("@returns", "gives")).passed
    assert not unsaid(tags, "a.ts", "function f(x) {\n  return x;\n}\n").passed
    assert unsaid("annotate `x`", "a.ts", "function f(x: number) {\n  return x;\n}\n").passed


def test_types_that_need_an_import_are_taken_for_the_file_to_import():
    answer = "from typing import List\n\n\n" + ANSWER.replace("list[float]", "List[float]")
    found = documented("a.py", OWN, answer)
    assert found.startswith("def mean(values: List[float], digits: int = 2) -> float:\n")


@pytest.mark.parametrize(
    ("asked", "said", "reason"),
    [
        ("Add a docstring with args, returns, raises", "Do it.", ""),
        ("Document it and mention what is thrown, if anything", "Do it.", ""),
        ("Add a docstring that says that ValueError is raised", "ValueError.", "what is raised."),
        ("document it, and when it raises", "Do it.", "what is raised."),
    ],
)
def test_what_is_raised_is_told_of_a_function_that_raises_or_is_said_to(asked, said, reason):
    region = f'def f(a):\n    """{said}"""\n    print(a)\n'
    assert unsaid(asked, "a.py", region).detail.endswith(reason)
    assert unsaid(asked, "a.py", region).passed is not bool(reason)
    raising = region.replace("print(a)", "raise KeyError(a)")
    assert not unsaid(asked, "a.py", raising).passed


@pytest.mark.parametrize(
    "said",
    [
        "Rückgabe:\n        Die Listen.",
        "Возвращает список списков.",
        "Teilt alles in Listen auf, alle gleich lang.",
    ],
)
def test_a_text_in_another_language_is_not_read_for_words(said):
    region = f'def f(a):\n    """{said}"""\n    if a:\n        raise KeyError(a)\n    return a\n'
    asked = "Add a docstring that says what is returned, what is raised and how they are cut up"
    assert unsaid(asked, "a.py", region).passed


def test_types_that_go_in_the_text_are_not_looked_for_in_the_signature():
    asked = "Add a docstring. Types of the parameters go in the docstring, not the signature"
    region = 'def f(a):\n    """Do it.\n\n    Args:\n        a (int): One.\n    """\n    return a\n'
    assert unsaid(asked, "a.py", region).passed
    assert not unsaid("add a docstring and types of the parameters", "a.py", region).passed


def test_a_tag_may_have_its_other_name():
    text = "/**\n * @return it\n */\nfunction f() {\n  return 1;\n}\n"
    assert unsaid("add JSDoc with @returns", "a.ts", text).passed
    assert unsaid("add JSDoc with @returns", "a.ts", text.replace("@", "\\")).passed
    assert not unsaid("add JSDoc with @throws", "a.ts", text).passed


def test_a_result_may_be_told_by_its_value():
    code = "/// Halves; `None` if it is odd.\npub fn half(a: u32) -> Option<u32> {\n    None\n}\n"
    assert unsaid("Add a doc comment that says when None is returned", "a.rs", code).passed


def test_a_point_of_words_alone_is_an_advice_for_those_who_choose_their_own():
    asked = "document it and explain what happens when retries run out or the server is gone"
    region = 'def f(a):\n    """Send it again."""\n    a()\n'
    assert not unsaid(asked, "a.py", region).is_advice
    assert unsaid(asked, "a.py", region, is_strict=False).is_advice
    valued = "document it and say what happens for a size of 12"
    assert not unsaid(valued, "a.py", region, is_strict=False).is_advice


RUST = "/// Shares `cents`{more}.\npub fn f(cents: u32, people: u32) -> u32 {{\n    cents\n}}\n"


@pytest.mark.parametrize(
    ("asked", "more", "reason"),
    [
        ("write a doc comment that names the parameters", "", "does not name people."),
        ("write a doc comment that names each parameter", " among `people`", ""),
        ("document what is returned", "", "does not say what is returned."),
        ("document what it returns", "; returns them", ""),
        ("document when it panics", "", "does not say what is raised."),
        ("document when it panics", "; panics at 0", ""),
    ],
)
def test_what_was_asked_for_is_looked_for_in_other_languages_too(asked, more, reason):
    verdict = unsaid(asked, "a.rs", RUST.format(more=more))
    assert verdict.passed is not bool(reason)
    assert verdict.detail.endswith(reason)


def test_names_in_the_form_of_code_count_without_backticks():
    text = 'def f(a):\n    """Take it."""\n    raise NotEnough(a)\n'
    verdict = unsaid("write a docstring that says NotEnough is raised", "a.py", text)
    assert verdict.detail == "The documentation does not name NotEnough."


LOAD = "{}pub fn load(&mut self, crates: &[u32]) -> Result<u32, Refused> {{\n    Ok(1)\n}}\n"
ERRORS = "/// # Errors\n///\n/// `Refused::Gone` where the barge has left.\n"
ARGS = '    """\n    Args:\n        a: what is returned.\n\n    Returns:\n        It.\n    """\n'
PYTHON = "def f(a):\n{}    return a\n"


@pytest.mark.parametrize(
    ("path", "before", "after", "passes"),
    [
        ("a.rs", LOAD.format(""), LOAD.format(ERRORS), False),
        ("a.rs", LOAD.format(""), LOAD.format("/// Loads crates.\n///\n" + ERRORS), True),
        ("a.rs", LOAD.format(ERRORS), LOAD.format(ERRORS), True),
        ("a.py", PYTHON.format(""), PYTHON.format(ARGS), False),
        (
            "a.py",
            PYTHON.format(""),
            PYTHON.format(ARGS.replace("Args", "Return a.\n\n    Args")),
            True,
        ),
        ("a.py", PYTHON.format(ARGS), PYTHON.format(ARGS), True),
        ("a.py", PYTHON.format(""), PYTHON.format('    """Returns a."""\n'), True),
    ],
)
def test_a_documentation_begins_with_what_is_done(path, before, after, passes):
    check = unsaid("write the documentation", path, after, before)
    assert check.passed == passes, check.detail
    lax = unsaid("write the documentation", path, after, before, is_strict=False)
    assert lax.passed == passes
    assert lax.is_advice != passes


def test_nothing_is_taken_for_a_signature_that_is_nested_too_deeply():
    deep = "def f(\n    a: int" + " | str" * 1500 + ",\n):\n    return a\n"
    assert documented("a.py", deep, deep.replace("a: int", "a: float")) is None


BARE = "    int last(int n) {\n        return n - 1;\n    }\n"


@pytest.mark.parametrize(
    ("own", "region", "wanted"),
    [
        (
            BARE,
            BARE.replace("{\n", "{\n        // The one before,\n        // as it was.\n"),
            f"    // The one before,\n    // as it was.\n{BARE}",
        ),
        (
            BARE,
            BARE.replace("{\n", "{\n        /*\n         * The one before.\n         */\n"),
            f"    /*\n     * The one before.\n     */\n{BARE}",
        ),
        (BARE, BARE, BARE),
        (BARE, f"    // Said.\n{BARE}", f"    // Said.\n{BARE}"),
        # It was there before, or there is one above already.
        (BARE.replace("{\n", "{\n// a\n"), BARE.replace("{\n", "{\n// a\n"), None),
        (f"// Is.\n{BARE}", BARE.replace("{\n", "{\n// a\n"), None),
        ("int n;\n", "int n; // last\n", None),
    ],
)
def test_a_comment_that_the_body_begins_with_is_moved_above(own, region, wanted):
    assert commented_above(own, region) == (region if wanted is None else wanted)
