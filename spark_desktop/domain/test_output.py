"""What a run of tests, a program or a compiler wrote about its failures. Pure; never raises.

Whose output it is need not be said: each reader takes what it knows. Where two take the same lines
the more exact one counts.
"""

import posixpath
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from urllib.parse import unquote

from spark_desktop.domain.failure_formats.checked import checked_failures
from spark_desktop.domain.failure_formats.compiled import (
    assertions,
    compiler_errors,
    go_failures,
    rust_failures,
)
from spark_desktop.domain.failure_formats.found import Found, Reader
from spark_desktop.domain.failure_formats.javascript import (
    jest_failures,
    mocha_failures,
    node_test_failures,
    node_traces,
    tsc_errors,
    vitest_failures,
)
from spark_desktop.domain.failure_formats.python import (
    pytest_failures,
    tracebacks,
    unittest_failures,
)
from spark_desktop.domain.project_checks import plain
from spark_desktop.domain.regex import regex
from spark_desktop.domain.secret_lines import without_secrets

# Characters of an output's end that are read, and of one line.
MOST_OUTPUT = 256 * 1024
_LONGEST_LINE = 2000
# Failures that are told of one run; the others are likely the same mistake.
MOST_FAILURES = 50
# Characters of a report: what a small model can be told beside the code.
REPORT = 1400
_READERS: tuple[Reader, ...] = (
    pytest_failures,
    unittest_failures,
    go_failures,
    rust_failures,
    node_test_failures,
    jest_failures,
    vitest_failures,
    mocha_failures,
    tsc_errors,
    checked_failures,
    compiler_errors,
    assertions,
    tracebacks,
    node_traces,
)
# Folders inside of a workspace that hold other people's code.
_FOREIGN = frozenset(
    {"node_modules", "site-packages", "dist-packages", "venv", "env", "vendor", "target"}
)
_FOREIGN_LINE = regex(r"node:internal|[/\\]rustc[/\\]|node_modules|site-packages|node:async_")
_RULES = regex(r"[\s_=\-\u23af^~|]*$")


@dataclass(frozen=True, slots=True)
class Frame:
    """A place in the workspace that a failure names; ``line`` from 0, -1 where it is unknown."""

    path: str
    line: int


class Source(Enum):
    """How the places of a failure are known: the run names them, a function, or says a text.

    Where the text stands is what says that something is wrong.
    """

    PLACES = "places"
    FUNCTION = "function"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Failure:
    """``name`` is the test's as its runner writes it, "" for none; ``message`` what went wrong.

    ``frames`` are the places in the workspace, the nearest to what went wrong first. ``text`` is
    what the run wrote of it without lines that may hold a secret, at most REPORT characters.
    ``source`` says how the places are known. ``suite`` is the package or file that the runner names
    beside the test, "" for none.
    """

    name: str
    message: str
    frames: tuple[Frame, ...]
    text: str
    source: Source = Source.PLACES
    suite: str = ""

    @property
    def key(self) -> str:
        """Return what names it across runs: the test, else what went wrong."""
        return failure_key(self.name, self.suite) or self.message.partition("\n")[0]


def failure_key(name: str, suite: str) -> str:
    """Return what names a test across runs; "" for none.

    Packages of Go have tests of the same name, and Jest calls all suites the same that do not run.
    """
    return f"{name} ({suite})" if name and suite and suite not in name else name


@dataclass(frozen=True, slots=True)
class Places:
    """Where written paths may lead.

    ``roots`` are the workspace's folder, absolute with forward slashes, and copies of it;
    ``folder`` is where the command ran, inside of it; ``files`` are the workspace's. Where those
    are None every path counts as it is written.
    """

    roots: tuple[str, ...] = ()
    files: Collection[str] | None = ()
    folder: str = ""
    _ends: dict[str, list[str]] = field(default_factory=dict, compare=False, repr=False)

    def path_of(self, written: str, package: str = "") -> str | None:
        """Return the file of the workspace; None for another one."""
        path = written.removeprefix("file://") if written.startswith("file:") else written
        path = unquote(path) if path != written else path
        path = posixpath.normpath(path.replace("\\", "/"))
        if self.files is None:
            return path
        if path.startswith("/") or path[1:3] == ":/":
            return self._below_root(path.removeprefix("/") if path[2:4] == ":/" else path)
        for inside in (posixpath.normpath(posixpath.join(self.folder, path)), path):
            if inside in self.files:
                return inside
        return self._by_its_end(path, package, self.files)

    def _below_root(self, path: str) -> str | None:
        files = self.files or ()
        for root in self.roots:
            given = root.rstrip("/") + "/"
            if path.startswith(given) or (
                path[1:2] == ":" and path.lower().startswith(given.lower())
            ):
                inside = path[len(given) :]
                if inside in files or not _is_foreign(inside):
                    return inside
        return None

    def _by_its_end(self, path: str, package: str, files: Collection[str]) -> str | None:
        """Return the only file that ends so; of several the one in the package's folder."""
        if path.startswith("../") or not path:
            return None
        if not self._ends:
            for file in files:
                self._ends.setdefault(posixpath.basename(file), []).append(file)
        same = [
            file
            for file in self._ends.get(posixpath.basename(path), ())
            if file.endswith(f"/{path}")
        ]
        if len(same) > 1 and package:
            tail = package.rsplit("/", 1)[-1]
            same = [one for one in same if posixpath.dirname(one).endswith(tail)]
        return same[0] if len(same) == 1 else None


def failures_in(output: str, places: Places) -> tuple[Failure, ...]:
    """Return the failures that an output tells, in its order, each once.

    Those that name no place of the workspace are left out, but for tests: their names tell where.
    """
    lines = lines_of_output(output)
    taken: list[Found] = []
    is_taken = bytearray(len(lines))
    for reader in _READERS:
        for found in islice(reader(lines), 2 * MOST_FAILURES):
            if not any(is_taken[found.start : found.end]):
                taken.append(found)
                is_taken[found.start : found.end] = b"\1" * (found.end - found.start)
    told: dict[tuple[object, ...], Failure] = {}
    for found in sorted(taken, key=lambda one: one.start):
        frames = tuple(
            dict.fromkeys(
                Frame(path, line - 1)
                for written, line in found.places
                if (path := places.path_of(written, found.package)) is not None
            )
        )
        if frames or found.name:
            text = _report(lines[found.start : found.end])
            failure = Failure(found.name, found.message, frames, text, suite=found.package)
            told.setdefault((failure.key, failure.message, frames), failure)
    return tuple(told.values())[:MOST_FAILURES]


def lines_of_output(output: str) -> list[str]:
    """Return the end of an output as lines: no colours, of redrawn lines what was drawn last."""
    lines = plain(output[-MOST_OUTPUT:]).replace("\r\n", "\n").split("\n")
    return [line.rstrip("\r").rpartition("\r")[2][:_LONGEST_LINE] for line in lines]


def end_of_output(output: str, most: int = REPORT) -> str:
    """Return the last lines of an output that say something, at most so many characters.

    Those that may hold a secret are masked; that of a long output takes some milliseconds.
    """
    return _report(lines_of_output(output), most, head=0)


def _is_foreign(path: str) -> bool:
    folders = path.split("/")[:-1]
    return any(name in _FOREIGN or name.startswith(".") for name in folders)


def _report(lines: Sequence[str], most: int = REPORT, head: int = 3) -> str:
    """Return lines in at most so many characters; what is too much goes from the middle.

    The ``head`` first lines name the test, the last ones say what was wrong.
    """
    said = [line for line in _said(lines) if not _FOREIGN_LINE.search(line)]
    # Before it is cut: a part of a key looks like none.
    text = without_secrets("\n".join(said))
    if len(text) <= most:
        return text
    first = "\n".join(text.split("\n")[:head])[: most // 3]
    last = text[-(most - len(first) - 3) :]
    return "\n".join(filter(None, (first, "…", last.partition("\n")[2] or last)))


def _said(lines: Iterable[str]) -> list[str]:
    return [line.rstrip() for line in lines if not _RULES.match(line)]
