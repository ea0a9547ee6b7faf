"""How many cases of a function a file's tests show. Pure, for all languages.

What is not sure counts as many: a call in a loop, in a helper, or with values from elsewhere.
"""

import re
from collections.abc import Sequence

from spark_desktop.domain.regex import regex

# So many are enough to tell a rule by.
ENOUGH = 2
# Lines around a call in which it is called again and again.
_AGAIN = regex(
    r"\b(?:for|while|loop|each|forEach|map|every|parametrize|parameterized|expand|given|subTest"
    r"|rstest|case|test_case|proptest|quickcheck|property|fuzz|Fuzz|TEST_P|INSTANTIATE\w*)\b"
)
# What opens a block that has a name of its own, and those of them that are tests.
_NAMED = regex(
    r"^\s*(?:export\s+|pub\s+|async\s+|static\s+|unsafe\s+)*"
    r"(?:def|fn|func|function|void|bool|int|auto|const|let|var)\s+(?:\([^)]*\)\s*)?(\w+)"
)
_TEST = regex(r"test|spec|should|main|^it$|^describe$", re.IGNORECASE)
_TOLD = regex(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`[^`\n]*`")
# "#[test]" and "@Test"
_MARK = regex(r"\s*(?:#\[|@).*\btest\b", re.IGNORECASE)
_CLASS = regex(r"\s*class\b")
# The end of rows that go on as a test of each: "])('adds', (a, b) => {".
_ROWS_END = regex(r"\s*[\])}`].*\(")
# What others call is written in one line: "const check = (a, b) => expect(".
_HELPER = regex(r"\s*(?:(?:const|let|var)\s+\w+\s*=[^=]*=>|\w+\s*=\s*lambda\b|def\s+(?!test)\w)")
_FIXTURES = regex(r"\bfixture\([^()]*\bparams\s*=")
_COMMENT = regex(r"^\s*(?:#(?!\[)|//|\*|/\*)")
# What is called by what it does: "Stay(1)", "a + b", "String(stay)".
_UNWRITTEN = regex(r"__\w+__|constructor|operator\W.*|~\w+|toString|valueOf|init|drop|fmt")


def is_written_out(name: str) -> bool:
    """Return whether who calls a function of that name has to write the name."""
    return _UNWRITTEN.fullmatch(name) is None


def cases_shown(text: str, name: str) -> int:
    """Return how many calls of ``name`` the tests in a text have, ENOUGH for more than one.

    0 where it is not called.
    """
    call = re.compile(rf"(?<!\w){re.escape(name)}\s*\(")
    own = re.compile(rf"\b(?:def|fn|func|function)\s+(?:\([^)]*\)\s*)?{re.escape(name)}\s*[(<]")
    lines = text.splitlines()
    found = 0
    has_fixtures = _FIXTURES.search(text) is not None
    for number, line in enumerate(lines):
        if own.search(line) or _COMMENT.match(line):
            continue
        calls = len(call.findall(line))
        if calls and (has_fixtures or _is_called_again(lines, number)):
            return ENOUGH
        found += calls
        if found >= ENOUGH:
            return ENOUGH
    return found


def _is_called_again(lines: Sequence[str], number: int) -> bool:
    """Return whether a line is run more than once, or somebody else's part of a test."""
    if _is_again(lines[number]) or _HELPER.match(lines[number]):
        return True
    indent = _indent(lines[number])
    above = number - 1
    while above >= 0 and indent > 0:
        line = lines[above]
        if line.strip() and _indent(line) < indent:
            indent = _indent(line)
            named = _NAMED.match(line)
            if _is_again(line) or (named and not _is_test(lines, above, named[1])):
                return True
            if (named or _CLASS.match(line)) and _is_marked(lines, above):
                return True
            if _ROWS_END.match(line) and _is_again(lines[_begin_of(lines, above)]):
                return True
        above -= 1
    return False


def _begin_of(lines: Sequence[str], number: int) -> int:
    """Return the line above that begins what is closed here."""
    above = number - 1
    while above > 0 and (
        not lines[above].strip() or _indent(lines[above]) > _indent(lines[number])
    ):
        above -= 1
    return max(above, 0)


def _is_test(lines: Sequence[str], number: int, name: str) -> bool:
    return bool(_TEST.search(name) or (number and _MARK.match(lines[number - 1])))


def _is_marked(lines: Sequence[str], number: int) -> bool:
    """Return whether what stands right above a test gives it several cases."""
    above = number - 1
    while above >= 0 and lines[above].strip() and _indent(lines[above]) >= _indent(lines[number]):
        if _NAMED.match(lines[above]):
            return False
        if _is_again(lines[above]):
            return True
        above -= 1
    return False


def _is_again(line: str) -> bool:
    # What a test is called says nothing: "is 0 for an empty list".
    return _AGAIN.search(_TOLD.sub("", line)) is not None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
