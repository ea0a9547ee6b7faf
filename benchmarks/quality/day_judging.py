"""Whether a proposal is what the commit did: by its tests where they can tell, else by the code."""

import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from benchmarks.quality.commits import Change, Commit, WorkTree, is_test
from benchmarks.quality.confined import run_words
from benchmarks.quality.judging import told_of
from benchmarks.quality.stubbing import Emptied, is_same
from benchmarks.quality.toolchains import Ran

# Seconds for the tests of one file, and how many test files are run for it.
_SECONDS = 90.0
_MOST_TESTS = 3

# Words, numbers and signs; what only separates them a formatter puts in and takes out.
_WORD = re.compile(r"\w+|[^\w\s,()]")

# A program's words, its folder, what joins its environment, and its longest time in seconds.
Run = Callable[[Sequence[str], Path, Mapping[str, str], float], Ran]


class Verdict(Enum):
    """What became of a save; the value is its name in rows."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    WITHHELD = "withheld"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Filled:
    """A commit's file, with one function emptied, and the text that a proposal makes of it."""

    commit: Commit
    change: Change
    emptied: Emptied
    proposed: str


class TestsOfDay:
    """Runs tests in a work tree that the user's day knows nothing of."""

    # Not a test of pytest's.
    __test__ = False

    def __init__(self, tree: WorkTree, run: Run = run_words) -> None:
        self._tree = tree
        self._run = run

    def verdict(self, filled: Filled) -> tuple[Verdict, str]:
        """Return whether the function does what the commit's does, and how that is known.

        Tests tell only where they pass with the commit's own text and fail without the body.
        """
        real, path = filled.change.after, filled.change.path
        if is_same(real, filled.proposed, filled.emptied.name):
            return Verdict.RIGHT, "the same code as the commit's"
        self._tree.check_out(filled.commit.id)
        changed = [one.path for one in filled.commit.changes if one.is_test]
        tests = fitting_tests(self._tree.folder, path, changed)
        if not tests:
            return Verdict.UNKNOWN, "other code than the commit's, and no tests of the file"
        if not self._ran(path, real, tests).passed:
            return Verdict.UNKNOWN, f"the commit's own tests do not pass here: {', '.join(tests)}"
        if self._ran(path, filled.emptied.text, tests).passed:
            return Verdict.UNKNOWN, f"the tests pass without the body, too: {', '.join(tests)}"
        done = self._ran(path, filled.proposed, tests)
        if done.passed:
            return Verdict.RIGHT, f"other code, which passes {', '.join(tests)}"
        return Verdict.WRONG, told_of(done)

    def _ran(self, path: str, text: str, tests: Sequence[str]) -> Ran:
        folder = self._tree.folder
        (folder / path).write_text(text, encoding="utf-8", newline="")
        words = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
        words += ["-m", "not model and not e2e", *tests]
        more = {
            "PYTHONPATH": str(folder),
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return self._run(words, folder, more, _SECONDS)


def fitting_tests(folder: Path, path: str, changed: Sequence[str]) -> tuple[str, ...]:
    """Return the test files that name a module, those first that were ``changed`` with it."""
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    package, _, stem = module.rpartition(".")
    found = []
    for place in sorted(folder.rglob("*.py")):
        name = place.relative_to(folder).as_posix()
        if is_test(name) and place.name != "conftest.py":
            text = place.read_text(encoding="utf-8", errors="replace")
            if module in text or (package and f"from {package} import {stem}\n" in text):
                found.append(name)
    order = {name: (name not in changed, stem not in name, name) for name in found}
    return tuple(sorted(found, key=lambda name: order[name])[:_MOST_TESTS])


def judged_follow_up(before: str, after: str, real: str | None) -> tuple[Verdict, str]:
    """Return whether a proposed text makes of a file what the commit made of it.

    ``real`` is the commit's text, None where it left the file alone. All lines that are put in have
    to stand in it, and all that go have to be gone; or all words, where the commit laid its lines
    out anew: a formatter breaks a line that a longer name made too long.
    """
    if real is None:
        return Verdict.WRONG, "the commit left this file alone"
    verdict, reason = _judged_by_lines(before, after, real)
    if verdict is Verdict.WRONG and _is_same_in_words(before, after, real):
        return Verdict.RIGHT, "as the commit did, which laid it out otherwise"
    return verdict, reason


def _judged_by_lines(before: str, after: str, real: str) -> tuple[Verdict, str]:
    ours, theirs = _counted(after), _counted(real)
    was = _counted(before)
    for line, count in ours.items():
        if count > was.get(line, 0) and theirs.get(line, 0) < count:
            return Verdict.WRONG, f"not in the commit: + {line}"
    for line, count in was.items():
        if ours.get(line, 0) < count and theirs.get(line, 0) > ours.get(line, 0):
            return Verdict.WRONG, f"not in the commit: - {line}"
    return Verdict.RIGHT, "as the commit did"


def _is_same_in_words(before: str, after: str, real: str) -> bool:
    """Return whether the words that are put in and taken out are among the commit's."""
    was, ours, theirs = (Counter(_WORD.findall(text)) for text in (before, after, real))
    changed = (ours - was) + (was - ours)
    return bool(changed) and ours - was <= theirs - was and was - ours <= was - theirs


def _counted(text: str) -> Counter[str]:
    return Counter(line.strip() for line in text.splitlines() if line.strip())
