"""Failures as Node's test runner, Jest, Vitest, Mocha, Node itself and tsc write them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from spark_desktop.domain.failure_formats.found import Found, end_of, indent_of, message_of, unique
from spark_desktop.domain.regex import regex

# "at f (a.js:1:2)" as engines write a frame, and with Vitest's arrow in the place of "at".
_STACK = regex(
    r"\s*(?:at |\u276f )?(?:.{0,200}?[ (])??"
    r"((?:file:///?)?[^\s()](?:[^()]{0,400}?)):(\d+):(\d+)\)?(?: \{)?$"
)
_AT = regex(r"\s*(?:at |\u276f )\S")
_TAP = regex(r"(\s*)not ok \d+ - (.+)$")
_TAP_END = regex(r"\s*(?:\.\.\.$|(?:not )?ok \d|# Subtest)")
_TAP_ERROR = regex(r"\s*error: (.*)$")
_TAP_STACK = regex(r"\s*stack: ")
_SPEC = regex(r"\s*✖ (.+?)(?: \([\d.]+m?s\))?$")
_SPEC_END = regex(r"\s*[✖▶✔] |\u2139 |test at ")
_JEST = regex(r"\s*● (.+)$")
# The file of what follows, and behind it how long it took.
_JEST_FILE = regex(r"\s*FAIL\s+(?:.{1,40} )?(\S+\.\w+)(?: \([\d.]+ m?s\))?$")
_JEST_END = regex(r"\s*● |(?:PASS|FAIL) |Test Suites: |Tests: ")
_VITEST = regex(r"\s*FAIL\s+(?:\|\S+\| )?(\S+\.\w+)(?: > (.+)| \[.*\])$")
_VITEST_END = regex(r"\s*FAIL\s|⎯{5,}")
_MOCHA = regex(r" {2}\d+\) (.+)$")
_MOCHA_TITLE = regex(r" {7,}\S")
# Titles of Mocha's suites and tests that stand below each other.
_TITLES = 8
_SHOWN_PLACE = regex(r"((?:[A-Za-z]:)?[^\s:][^:]{0,400}):(\d+)$")
_TSC = regex(r"(\S.{0,400}?)(?:\((\d+),\d+\):|:(\d+):\d+ -) error (TS\d+): (.*)$")
# Above a stack without a test: the error's message, and the line of code that Node shows.
_ABOVE = 8


def node_test_failures(lines: Sequence[str]) -> Iterator[Found]:
    """Yield the failures of ``node --test``, in both of its forms."""
    for number, line in enumerate(lines):
        tap = _TAP.match(line)
        if tap is not None:
            found = _tap(lines, number, tap)
        elif (spec := _SPEC.match(line)) is not None:
            end = end_of(lines, number + 1, _SPEC_END)
            found = _block(lines, number, end, spec[1])
        else:
            continue
        if found is not None:
            yield found


def jest_failures(lines: Sequence[str]) -> Iterator[Found]:
    """Yield the failures of Jest."""
    suite = ""
    for number, line in enumerate(lines):
        if (file := _JEST_FILE.match(line)) is not None:
            suite = file[1]
        head = _JEST.match(line)
        if head is None or head[1].startswith("Console"):
            continue
        found = _block(lines, number, end_of(lines, number + 1, _JEST_END), head[1].strip())
        if found is not None:
            yield replace(found, package=suite)


def vitest_failures(lines: Sequence[str]) -> Iterator[Found]:
    """Yield the failures of Vitest."""
    for number, line in enumerate(lines):
        head = _VITEST.match(line)
        if head is None:
            continue
        end = end_of(lines, number + 1, _VITEST_END)
        found = _block(lines, number, end, (head[2] or head[1]).strip())
        if found is not None:
            yield replace(found, package=head[1])


def mocha_failures(lines: Sequence[str]) -> Iterator[Found]:
    """Yield the failures that Mocha lists at its end, each under the titles of its suites."""
    for number, line in enumerate(lines):
        if (head := _MOCHA.match(line)) is None:
            continue
        titles = [head[1]]
        for below in lines[number + 1 : number + _TITLES]:
            if titles[-1].endswith(":") or not _MOCHA_TITLE.match(below):
                break
            titles.append(below.strip())
        if not titles[-1].endswith(":"):
            # While it goes on it only numbers what fails.
            continue
        name = " ".join(titles).removesuffix(":")
        last = number + len(titles) - 1
        found = _block(lines, last, end_of(lines, last + 1, _MOCHA), name)
        if found is not None:
            yield found


def node_traces(lines: Sequence[str]) -> Iterator[Found]:
    """Yield what Node wrote of each error that nobody caught."""
    number = 0
    while number < len(lines):
        if not _AT.match(lines[number]):
            number += 1
            continue
        start = number
        while number < len(lines) and _AT.match(lines[number]):
            number += 1
        above = max(0, start - _ABOVE)
        message = start
        while message > above and lines[message - 1].strip():
            message -= 1
        shown = [
            (hit[1], int(hit[2]))
            for line in lines[above:start]
            if (hit := _SHOWN_PLACE.match(line)) is not None
        ]
        places = (*_stack(lines[start:number]), *shown)
        # A syntax error's place stands only above its message.
        if message < start and places:
            first = above if shown else message
            told = message_of(lines[message:start])
            yield Found("", told, first, number, unique(places))


def tsc_errors(lines: Sequence[str]) -> Iterator[Found]:
    """Yield the errors of the TypeScript compiler, with the lines that explain them."""
    for number, line in enumerate(lines):
        head = _TSC.match(line)
        if head is None:
            continue
        end = number + 1
        while end < len(lines) and indent_of(lines[end]) and lines[end].strip():
            end += 1
        place = (head[1], int(head[2] or head[3]))
        yield Found("", f"{head[4]}: {head[5]}", number, end, (place,))


def _tap(lines: Sequence[str], number: int, head: re.Match[str]) -> Found | None:
    end = end_of(lines, number + 1, _TAP_END)
    block = lines[number:end]
    if any("failureType: 'subtestsFailed'" in line for line in block):
        return None
    stack = next((n for n, line in enumerate(block) if _TAP_STACK.match(line)), len(block))
    places = _stack(block[stack + 1 :])
    said: list[str] = []
    for place, line in enumerate(block):
        error = _TAP_ERROR.match(line)
        if error is None:
            continue
        said = [error[1].strip("'\"")]
        if error[1].startswith("|"):
            inner = indent_of(line)
            rest = block[place + 1 :]
            stop = next(
                (n for n, one in enumerate(rest) if one.strip() and indent_of(one) <= inner),
                len(rest),
            )
            said = list(rest[:stop])
        break
    return Found(head[2], message_of(said), number, end, places) if places else None


def _block(lines: Sequence[str], number: int, end: int, name: str) -> Found | None:
    """Return the failure of a block whose message stands above its stack."""
    block = lines[number + 1 : end]
    first = next((n for n, line in enumerate(block) if _is_place(line)), len(block))
    places = _stack([line for line in block if _AT.match(line)])
    if not places:
        return None
    said = [line for line in block[:first] if not _is_shown_code(line)]
    return Found(name, message_of(said), number, end, places)


def _is_place(line: str) -> bool:
    return _AT.match(line) is not None and _STACK.match(line) is not None


def _is_shown_code(line: str) -> bool:
    return re.match(r"\s*(?:>\s*)?\d*\s*\|", line) is not None


def _stack(lines: Sequence[str]) -> tuple[tuple[str, int], ...]:
    hits = (_STACK.match(line) for line in lines)
    return unique([(hit[1], int(hit[2])) for hit in hits if hit is not None])
