"""Reads the text of one task: a head of ``key: value`` lines, then sections.

The head ends at the first section. A line of it that begins with a space goes on with the value
above; lines that begin with ``#`` are remarks. The keys:

``kind``         stub, comment, bug, follow-up, extend, document or question
``split``        tuned or held
``trigger``      save, instruction or run: what starts the proposal
``path``         the file that is saved or asked about; of a bug, the file that holds it
``instruction``  what is asked for, where the trigger is one
``at``           a text that stands once in ``path``: its lines are what was selected
``visible``      the command that runs the project's own tests, where it has any
``check``        the command that runs the hidden tests
``plain``        what a model is told that answers with the whole file
``plain-path``   the file which that answer is for; without it, ``path``
``accept``       of a question: a pattern that the answer must hold; may be said several times
``reject``       of a question: a pattern that it must not hold; may be said several times

Commands are words; ``&&`` between them runs the next one when the one before ended with 0.
``{python}``, ``{node}`` and ``{tsc}`` stand for the programs (benchmarks.quality.toolchains).

A section begins with ``=== WORD PATH`` and holds a file's text; blank lines at its end do not
count. ``before`` is the project before anything happens, ``save`` what the user saves, ``solution``
one right result, ``hidden`` the tests that judge. ``=== right`` and ``=== wrong`` (no path) are
answers to a question, for testing its patterns. Instead of a whole text, ``save`` and ``solution``
may hold edits of the text that stands before them, each old text being there exactly once:

    <<<<
    old lines
    ====
    new lines
    >>>>
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NoReturn

SINGLE = (
    "kind",
    "split",
    "trigger",
    "path",
    "instruction",
    "at",
    "visible",
    "check",
    "plain",
    "plain-path",
)
SEVERAL = ("accept", "reject")
FILES = ("before", "save", "hidden", "solution")
ANSWERS = ("right", "wrong")
OPEN, MIDDLE, CLOSE = "<<<<", "====", ">>>>"
_MARK = "=== "


class TaskError(ValueError):
    """A task file that cannot be read; the message begins with the file and the line, from 1."""

    def __init__(self, place: Path, line: int, problem: str) -> None:
        super().__init__(f"{place}:{line}: {problem}")


@dataclass(slots=True)
class Parsed:
    """One task file as it is written; ``lines`` says where each key stands, from 1."""

    place: Path
    head: dict[str, list[str]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    files: dict[str, dict[str, str]] = field(default_factory=lambda: {word: {} for word in FILES})
    answers: dict[str, list[str]] = field(default_factory=lambda: {word: [] for word in ANSWERS})

    def fail(self, key: str, problem: str) -> NoReturn:
        """Raise TaskError where the key stands, or at the first line."""
        raise TaskError(self.place, self.lines.get(key, 1), problem)

    def one(self, key: str) -> str:
        """Return the value of a key that may be said once; "" where it is not said."""
        return self.head.get(key, [""])[0]


def parse(place: Path, text: str) -> Parsed:
    """Return what a task file says. Raises TaskError."""
    parsed = Parsed(place)
    rows = text.splitlines()
    first = next((at for at, row in enumerate(rows) if row.startswith(_MARK)), len(rows))
    _read_head(parsed, rows[:first])
    for number, words, body in _sections(rows, first):
        _read_section(parsed, number, words, body)
    return parsed


def _read_head(parsed: Parsed, rows: list[str]) -> None:
    key = ""
    for number, row in enumerate(rows, 1):
        if not row.strip() or row.startswith("#"):
            continue
        if row[0] in " \t":
            if not key:
                raise TaskError(parsed.place, number, "a value goes on, but none has begun")
            parsed.head[key][-1] += f" {row.strip()}"
            continue
        key, colon, value = (part.strip() for part in row.partition(":"))
        if not colon or key not in (*SINGLE, *SEVERAL):
            known = ", ".join((*SINGLE, *SEVERAL))
            raise TaskError(parsed.place, number, f"no key {key!r}; there are: {known}")
        if key in SINGLE and key in parsed.head:
            raise TaskError(parsed.place, number, f"{key!r} is said twice")
        if not value:
            raise TaskError(parsed.place, number, f"{key!r} has no value")
        parsed.head.setdefault(key, []).append(value)
        parsed.lines[key] = number


def _sections(rows: list[str], first: int) -> Iterator[tuple[int, list[str], list[str]]]:
    """Yield each section: its line from 1, the words behind the mark, and its lines."""
    begins = [at for at in range(first, len(rows)) if rows[at].startswith(_MARK)]
    for at, end in zip(begins, [*begins[1:], len(rows)], strict=True):
        yield at + 1, rows[at][len(_MARK) :].split(), rows[at + 1 : end]


def _read_section(parsed: Parsed, number: int, words: list[str], body: list[str]) -> None:
    word = words[0] if words else ""
    text = "\n".join(body).rstrip() + "\n"
    if word in ANSWERS and len(words) == 1:
        parsed.answers[word].append(text)
        return
    if word not in FILES or len(words) != 2:
        known = ", ".join((*(f"{one} PATH" for one in FILES), *ANSWERS))
        raise TaskError(parsed.place, number, f"no section {' '.join(words)!r}; there are: {known}")
    path, files = words[1], parsed.files[word]
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or "\\" in path:
        raise TaskError(parsed.place, number, f"{path!r} is no path inside the project")
    if path in files:
        raise TaskError(parsed.place, number, f"a second text for {word} {path}")
    if body and body[0] == OPEN:
        if word not in ("save", "solution"):
            raise TaskError(parsed.place, number, f"{word} {path} needs its whole text, not edits")
        text = _edited(parsed, word, path, number + 1, body)
    files[path] = text


def _edited(parsed: Parsed, word: str, path: str, number: int, body: list[str]) -> str:
    base = _base(parsed.files, word, path)
    if base is None:
        raise TaskError(parsed.place, number, f"edits of {path}, which has no text above")
    for line, old, new in _edits(parsed.place, number, body):
        if (found := base.count(old)) != 1:
            problem = f"the old text is {found} times in {path}, not once: {old.splitlines()[0]!r}"
            raise TaskError(parsed.place, line, problem)
        base = base.replace(old, new)
    return base


def _base(files: Mapping[str, Mapping[str, str]], word: str, path: str) -> str | None:
    before = files["before"].get(path)
    return before if word == "save" else files["save"].get(path, before)


def _edits(place: Path, number: int, body: list[str]) -> Iterator[tuple[int, str, str]]:
    """Yield the line, the old and the new text of each edit."""
    old: list[str] = []
    new: list[str] = []
    begun, part = number, ""
    for line, row in enumerate(body, number):
        if row in (OPEN, MIDDLE, CLOSE):
            if part != {OPEN: "", MIDDLE: OPEN, CLOSE: MIDDLE}[row]:
                raise TaskError(place, line, f"{row} comes too early; an edit is <<<< ==== >>>>")
            if row == OPEN:
                begun = line
            elif row == CLOSE:
                if not old:
                    raise TaskError(place, begun, "an edit replaces nothing; name a line beside it")
                yield begun, "".join(old), "".join(new)
                old, new = [], []
            part = "" if row == CLOSE else row
        elif part == OPEN:
            old.append(f"{row}\n")
        elif part == MIDDLE:
            new.append(f"{row}\n")
        elif row.strip():
            raise TaskError(place, line, f"{row!r} stands between the edits")
    if part:
        raise TaskError(place, begun, "the edit does not end with >>>>")
