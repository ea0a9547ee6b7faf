"""Failures as GoogleTest, Catch2 and doctest write them: the line of the check, and what it saw."""

from collections.abc import Iterator, Sequence

from spark_desktop.domain.failure_formats.found import Found, end_of, message_of
from spark_desktop.domain.regex import regex

_CHECK = regex(r"(\S.{0,400}?)(?::(\d+)|\((\d+)\)): (?:Failure|FAILED:|(?:FATAL )?ERROR: (.+))$")
_END = regex(r"\[ +(?:FAILED|OK|RUN) +\]|\[-{10}\]|[-=]{60,}$|\S.{0,400}: FAILED:$")
_GOOGLE = regex(r"\[ RUN      \] (\S+)$")
_DOCTEST = regex(r"TEST CASE:  (.+)$")
_DASHES = regex(r"-{60,}$")


def checked_failures(lines: Sequence[str]) -> Iterator[Found]:
    """Yield the checks that failed, with the name of the test that they stand in."""
    name, is_title = "", False
    for number, line in enumerate(lines):
        if _DASHES.match(line):
            # Catch2 draws a line above and one below the titles of a case and its sections.
            is_title = not is_title
        elif is_title and not line.startswith(" "):
            name = line.strip()
        elif named := _GOOGLE.match(line) or _DOCTEST.match(line):
            name = named[1]
        elif (check := _CHECK.match(line)) is not None:
            end = end_of(lines, number + 1, _END, _CHECK)
            message = message_of([check[4] or "", *lines[number + 1 : end]])
            yield Found(name, message, number, end, ((check[1], int(check[2] or check[3])),))
