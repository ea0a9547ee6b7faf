"""Which lines of code state what has to be so: they decide, and are no mistakes. Pure."""

import re

from spark_desktop.domain.regex import regex
from spark_desktop.domain.text import split_lines

_ASSERTS = regex(
    r"\s*(?:assert\b(?!\s*=)|(?:\w+\.)*assert\w*\s*\(|(?:debug_)?assert\w*!|static_assert\b"
    r"|expect\s*\(|(?:EXPECT|ASSERT)_\w+\s*\(|(?:CHECK|REQUIRE)\w*\s*\()"
)


# What Rust compiles for tests only, in the file that they test.
_RUST_TESTS = regex(r"\s*#\[cfg\(test\)\]\s*(?:mod\b|$)")


def asserts(line: str) -> bool:
    """Return whether a line begins with an assertion, in any of the languages."""
    return _ASSERTS.match(line) is not None


def keeps_assertions(before: str, after: str) -> bool:
    """Return whether two versions of a file assert the same, wherever the lines stand."""
    return _asserted(before) == _asserted(after)


def rows_of_tests(path: str, content: str) -> frozenset[int]:
    """Return the lines, from 0, of the modules of tests that a file of Rust has in itself."""
    found: set[int] = set()
    lines = split_lines(content) if path.endswith(".rs") else []
    for start, line in enumerate(lines):
        if start in found or _RUST_TESTS.match(line) is None:
            continue
        head = next((row for row in range(start, len(lines)) if re.search("[{;]", lines[row])), 0)
        if ";" in lines[head].partition("{")[0]:
            found |= {start, head}  # they stand in a file of their own
            continue
        closing = f"{line[: len(line) - len(line.lstrip())]}}}"
        ends = (row for row in range(head, len(lines)) if lines[row].rstrip() == closing)
        found |= set(range(start, next(ends, len(lines) - 1) + 1))
    return frozenset(found)


def keeps_tests(path: str, before: str, after: str) -> bool:
    """Return whether a file's own modules of tests are the same in two versions of it."""
    return _tests_in(path, before) == _tests_in(path, after)


def _tests_in(path: str, content: str) -> list[str]:
    lines = split_lines(content)
    return [lines[row] for row in sorted(rows_of_tests(path, content))]


def _asserted(content: str) -> list[str]:
    return sorted(line.strip() for line in split_lines(content) if asserts(line))
