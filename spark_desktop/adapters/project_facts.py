"""Answers what a project's files say of its checks. A ProjectFiles; call it in OS threads."""

import os
from collections.abc import Sequence
from pathlib import Path

from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.adapters.workbench import LocalWorkbench
from spark_desktop.domain.test_pairs import is_pair, ranked

_MOST_TEXT = 200_000
# Of files whose names are looked through where there is no index.
_MOST_FILES = 20_000
_MOST_TESTS = 4


class ProjectFacts:
    """For one workspace; programs are those that ``bench`` finds."""

    def __init__(self, root: Path, rules: IgnoreRules, bench: LocalWorkbench) -> None:
        self._root = Path(os.path.realpath(root))
        self._rules, self._bench = rules, bench

    def text(self, path: str) -> str | None:
        """Return the beginning of a watched file's text; None where there is none."""
        place = self._root / path
        if not self.is_file(path) or self._rules.check(path) is not None:
            return None
        try:
            with place.open("rb") as file:
                return file.read(_MOST_TEXT).decode("utf-8", "replace")
        except OSError:
            return None

    def is_file(self, path: str) -> bool:
        """Return whether there is such a file in the workspace, links followed inside only."""
        try:
            place = (self._root / path).resolve()
            return place.is_file() and place.is_relative_to(self._root)
        except (OSError, ValueError):
            return False

    def program(self, name: str, folder: str) -> str | None:
        """Return where a program is, the project's own first; None where it is missing."""
        return self._bench.program(name, folder)

    def tests_of(self, path: str) -> Sequence[str]:
        """Return the files of tests that belong to a file by their names, the nearest first."""
        files = self._rules.files("", _MOST_FILES)
        return ranked(path, (one for one in files if is_pair(path, one)))[:_MOST_TESTS]
