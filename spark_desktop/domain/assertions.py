"""Which lines of code state what has to be so: they decide, and are no mistakes. Pure."""

import re

from spark_desktop.domain.text import split_lines

_ASSERTS = re.compile(
    r"\s*(?:assert\b(?!\s*=)|(?:\w+\.)*assert\w*\s*\(|(?:debug_)?assert\w*!|static_assert\b"
    r"|expect\s*\(|(?:EXPECT|ASSERT)_\w+\s*\(|(?:CHECK|REQUIRE)\w*\s*\()"
)


def asserts(line: str) -> bool:
    """Return whether a line begins with an assertion, in any of the languages."""
    return _ASSERTS.match(line) is not None


def keeps_assertions(before: str, after: str) -> bool:
    """Return whether two versions of a file assert the same, wherever the lines stand."""
    return _asserted(before) == _asserted(after)


def _asserted(content: str) -> list[str]:
    return sorted(line.strip() for line in split_lines(content) if asserts(line))
