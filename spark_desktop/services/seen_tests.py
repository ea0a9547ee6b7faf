"""The test of a failure, and what of it is looked at."""

import posixpath
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from spark_desktop.domain.failing_code import files_imported, names_called
from spark_desktop.domain.symbols import Symbol
from spark_desktop.domain.test_output import Frame
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.workspace import Snapshot

# Lines and characters of a test that a report shows.
_TEST_LINES = 14
_TEST_CHARS = 600
_MOST_HELPERS = 2


@dataclass(frozen=True, slots=True)
class SeenTest:
    """The test of a failure: its file, its lines, and the one that failed.

    ``is_code``: nothing says that it is a test but that the line asserts something. ``is_judge``:
    no place in its file is one of a mistake.
    """

    snapshot: Snapshot
    lines: Span
    failing: int
    is_code: bool = False
    is_judge: bool = False


def seen_test(snapshot: Snapshot, frame: Frame, around: Symbol | None) -> SeenTest:
    """Return the test that a place is in: what is ``around`` it, else the lines at it."""
    count = len(split_lines(snapshot.text.content))
    if around is None and frame.line < 0:
        # Which line is not known: any of the file, which may be one test as a whole.
        return SeenTest(snapshot, Span(0, count), max(0, count - 1))
    if around is None:
        line = min(max(frame.line, 0), max(0, count - 1))
        return SeenTest(snapshot, Span(max(0, line - 6), min(count, line + 2)), line)
    line = frame.line if frame.line >= 0 else around.lines.end - 1
    return SeenTest(snapshot, around.lines, line)


def whole_file(test: SeenTest) -> SeenTest:
    """Return all of a script as one test: what says what is wrong may be a function of its own."""
    return replace(test, lines=Span(0, len(split_lines(test.snapshot.text.content))))


def beside(path: str, content: str, files: Collection[str]) -> tuple[str, ...]:
    """Return the files of which a test may call functions without more ado: what it imports.

    Of Go it is all that stands in its folder.
    """
    imported = files_imported(path, content, files)
    if not path.endswith(".go"):
        return imported
    folder = posixpath.dirname(path)
    own = [one for one in sorted(files) if one.endswith(".go") and posixpath.dirname(one) == folder]
    return tuple(dict.fromkeys((*imported, *(one for one in own if one != path))))


def helpers_of(
    test: SeenTest, snapshot: Snapshot, symbols: Sequence[Symbol]
) -> tuple[SeenTest, ...]:
    """Return the functions of a file that a test calls, such as one that checks a case.

    The place that a run names is that of the test, and the code's name may stand in these only.
    """
    lines = split_lines(test.snapshot.text.content)[test.lines.start : test.lines.end]
    names = names_called(lines, test.failing - test.lines.start)
    is_own = snapshot.path == test.snapshot.path
    found = [
        one for one in symbols if one.name in names and not (is_own and one.lines == test.lines)
    ]
    found.sort(key=lambda one: names.index(one.name))
    return tuple(SeenTest(snapshot, one.lines, one.lines.end - 1) for one in found[:_MOST_HELPERS])


def source_of(test: SeenTest, text: str) -> str:
    """Return the test's lines up to the one that failed, unless the text shows them already."""
    lines = split_lines(test.snapshot.text.content)
    end = min(test.lines.end, test.failing + 1)
    shown = [line.rstrip() for line in lines[max(test.lines.start, end - _TEST_LINES) : end]]
    written = [line.strip() for line in shown if line.strip()]
    if sum(line in text for line in written) > len(written) // 2:
        return ""
    source = "\n".join(shown)
    if len(source) > _TEST_CHARS:
        source = source[-_TEST_CHARS:].partition("\n")[2]
    return f"{test.snapshot.path}:\n{source}"
