"""The laws of patches, on any two versions of a text: what they are, and who broke one.

Used by ``history`` on the versions in a repository, and by the tests on invented ones.
"""

import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from spark_desktop.domain.errors import PatchError
from spark_desktop.domain.merge import merged
from spark_desktop.domain.patch import FilePatch, Hunk, apply, compute, inverse
from spark_desktop.domain.splitting import split
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.unified_diff import format_patch, parse

# Files in one run of git.
_BATCH = 250

# A text, what must become of it, its diff for a file of the given name, and whose it is.
Case = tuple[str, str, Callable[[str], str], str]


@dataclass
class Tally:
    """What was tried, and what failed: ``failures`` name the law and the pair."""

    pairs: int = 0
    hunks: int = 0
    subsets: int = 0
    parts: int = 0
    merges: int = 0
    failures: list[str] = field(default_factory=list)

    def demand(self, kept: bool, law: str, name: str) -> None:
        """Note a law that a pair breaks."""
        if not kept:
            self.failures.append(f"{law}: {name}")


class GitApply:
    """Compares with ``git apply``, many files in one process."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._cases: list[Case] = []

    def add(self, before: str, patch: FilePatch, name: str) -> None:
        """Let git apply a patch to ``before`` some time, and expect what ``apply`` makes of it."""
        expected = apply(before, patch.hunks)

        def diff(path: str) -> str:
            return format_patch(FilePatch(path, patch.base, patch.hunks), before)

        self._cases.append((before, expected, diff, name))
        if len(self._cases) >= _BATCH:
            self.run()

    def run(self) -> None:
        """Compare all that was added."""
        cases, self._cases = self._cases, []
        self._tally.subsets += len(cases)
        failed = differing(cases) if cases else []
        if failed and len(cases) > 1:
            # git refuses all of a diff for one bad file: see which.
            failed = [name for case in cases for name in differing([case])]
        for name in failed:
            self._tally.demand(False, "a subset is what git apply makes of it", name)


def check(
    name: str, before: str, after: str, chance: Random, tally: Tally, git: GitApply, subsets: int
) -> None:
    """Try every law on a pair of texts; ``subsets`` of its hunks, drawn by chance."""
    patch = compute("f", "b", before, after)
    hunks = patch.hunks
    tally.pairs += 1
    tally.hunks += len(hunks)
    tally.demand(apply(before, hunks) == after, "accept all is the proposed text", name)
    tally.demand(apply(before, ()) == before, "reject all is the original", name)
    tally.demand(apply(after, inverse(hunks)) == before, "undo gives the original back", name)
    if hunks and not _has_lone_return(before, after):
        read = parse(format_patch(patch, before), "b").files
        tally.demand(read == (patch,), "a written patch is read back", name)
    for number in range(subsets if hunks else 0):
        some = hunks if not number else _some(hunks, chance)
        if some:
            git.add(before, FilePatch("f", "b", some), f"{name}, hunks {_ids(some)}")
    _check_parts(name, before, patch, after, chance, tally)
    _check_merge(name, before, hunks, chance, tally)


def _check_parts(
    name: str, before: str, patch: FilePatch, after: str, chance: Random, tally: Tally
) -> None:
    parts: list[Hunk] = []
    for hunk in patch.hunks:
        try:
            parts += split(hunk) if chance.random() < 0.5 else _split_anywhere(hunk, chance)
        except PatchError:
            parts.append(hunk)
    tally.parts += len(parts)
    tally.demand(apply(before, parts) == after, "all parts are the whole", name)
    tally.demand(apply(after, inverse(parts)) == before, "undo of parts is the original", name)


def _split_anywhere(hunk: Hunk, chance: Random) -> tuple[Hunk, ...]:
    return split(hunk, chance.randint(0, len(hunk.old)), chance.randint(0, len(hunk.new)))


def _check_merge(
    name: str, before: str, hunks: tuple[Hunk, ...], chance: Random, tally: Tally
) -> None:
    """Let one author make some of the changes and another the rest, and merge either's."""
    mine = _some(hunks, chance)
    theirs = tuple(hunk for hunk in hunks if hunk not in mine)
    if not mine or not theirs:
        return
    tally.merges += 1
    ours, others = apply(before, mine), apply(before, theirs)
    one = merged(FilePatch("f", "b", mine), before, others, "n")
    other = merged(FilePatch("f", "b", theirs), before, ours, "n")
    tally.demand(
        bool(one.conflicts) == bool(other.conflicts), "a conflict is one from both sides", name
    )
    calm = tuple(hunk for hunk in one.patch.hunks if hunk.id not in one.conflicts)
    done = apply(others, calm)
    written = Counter(_bare(line) for hunk in theirs for line in hunk.new)
    left = Counter(_bare(line) for line in split_lines(done))
    tally.demand(written <= left, "no line of the user is lost", name)
    if not one.conflicts and not other.conflicts:
        both = apply(others, one.patch.hunks) == apply(ours, other.patch.hunks)
        tally.demand(both, "edits that do not meet commute", name)


def _some(hunks: tuple[Hunk, ...], chance: Random) -> tuple[Hunk, ...]:
    return tuple(hunk for hunk in hunks if chance.random() < 0.5)


def _ids(hunks: tuple[Hunk, ...]) -> str:
    return ", ".join(hunk.id for hunk in hunks)


def _bare(line: str) -> str:
    return line.rstrip("\r\n")


def _has_lone_return(*texts: str) -> bool:
    """Return whether git sees other lines than we: to it a carriage return ends none."""
    return any("\r" in text.replace("\r\n", "") for text in texts)


def differing(cases: list[Case]) -> list[str]:
    """Return the names of the cases of which git makes something else than we, or nothing."""
    git = shutil.which("git")
    if git is None:
        raise RuntimeError("git is not installed; the history benchmark compares with it")
    with tempfile.TemporaryDirectory(prefix="spark-laws-") as folder:
        root = Path(folder)
        diffs = []
        for number, (before, _, diff, _) in enumerate(cases):
            (root / f"{number}.txt").write_bytes(_bytes(before))
            diffs.append(diff(f"{number}.txt"))
        command = [git, "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"]
        environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(root.parent)}
        done = subprocess.run(
            command, cwd=root, input=_bytes("".join(diffs)), env=environment, capture_output=True
        )
        if done.returncode:
            return [name for *_, name in cases]
        return [
            name
            for number, (_, expected, _, name) in enumerate(cases)
            if _content(root / f"{number}.txt") != _bytes(expected)
        ]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _content(path: Path) -> bytes:
    # git removes a file that becomes empty, or leaves it empty.
    return path.read_bytes() if path.exists() else b""
