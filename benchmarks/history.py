"""Every change of a file in a git repository's history, against the laws of patches."""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.history_laws import GitApply, Tally, check
from benchmarks.report import ROOT, Row
from spark_desktop.domain.errors import NotTextError
from spark_desktop.domain.text import decode

SUMMARY = "the laws of patches on the file pairs of any repository: history [REPO] [--pairs N]"
PAIRS = 300
QUICK_PAIRS = 30
# Random choices of hunks per pair that git applies as well; the first is all of them.
SUBSETS = 4
# As in the product: larger files get no proposal.
_LARGEST = 1_000_000
_SHOWN_FAILURES = 20


class LawBrokenError(Exception):
    """A pair of the history breaks a law; the text names them."""


@dataclass(frozen=True)
class Pair:
    """A file before and after one commit."""

    commit: str
    path: str
    before: bytes
    after: bytes


def options(words: Sequence[str]) -> argparse.Namespace:
    """Read what follows the name on the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks history", description=SUMMARY)
    parser.add_argument("repository", nargs="?", default=str(ROOT), metavar="REPO")
    parser.add_argument("--pairs", type=int, metavar="N", help=f"at most so many; {PAIRS}")
    parser.add_argument("--seed", type=int, default=1, help="of the choices by chance")
    return parser.parse_args(words)


def run(quick: bool, given: argparse.Namespace | None = None) -> list[Row]:
    """Check the newest pairs; raises LawBrokenError with the first failures where there are any."""
    given = given or options([])
    most = given.pairs or (QUICK_PAIRS if quick else PAIRS)
    began = time.perf_counter()
    tally, skipped = checked(pairs(Path(given.repository)), most, given.seed)
    name = Path(given.repository).resolve().name
    return [outcome(name, tally, skipped, time.perf_counter() - began)]


def outcome(repository: str, tally: Tally, skipped: int, seconds: float) -> Row:
    """Return what was tried; raises LawBrokenError where something failed."""
    if tally.failures:
        shown = "\n".join(tally.failures[:_SHOWN_FAILURES])
        raise LawBrokenError(f"{len(tally.failures)} failures:\n{shown}")
    return {
        "repository": repository,
        "pairs": tally.pairs,
        "not_text": skipped,
        "hunks": tally.hunks,
        "subsets_by_git": tally.subsets,
        "parts": tally.parts,
        "merges": tally.merges,
        "failures": len(tally.failures),
        "seconds": round(seconds, 1),
    }


def checked(found: Iterator[Pair], most: int, seed: int) -> tuple[Tally, int]:
    """Return what became of the first ``most`` pairs that are text, and how many were not."""
    tally, chance, skipped = Tally(), Random(seed), 0
    git = GitApply(tally)
    for pair in found:
        if tally.pairs >= most:
            break
        name = f"{pair.path} at {pair.commit}"
        try:
            before, after = decode(pair.before), decode(pair.after)
        except NotTextError:
            skipped += 1
            continue
        back = before.encode() == pair.before and after.encode() == pair.after
        tally.demand(back, "a file that is read gives its bytes back", name)
        check(name, before.content, after.content, chance, tally, git, SUBSETS)
    git.run()
    return tally, skipped


def pairs(repository: Path) -> Iterator[Pair]:
    """Yield the files that each commit changed against its first parent, the newest first.

    Each change once, whoever merged it; no links, no files over a megabyte. Raises
    pygit2.GitError where there is no repository.
    """
    import pygit2
    from pygit2.enums import DeltaStatus, FileMode, SortMode

    repo = pygit2.Repository(str(repository))
    seen: set[tuple[str, str]] = set()
    for commit in repo.walk(repo.head.target, SortMode.TIME):
        if not commit.parents:
            continue
        difference = commit.parents[0].tree.diff_to_tree(commit.tree)
        for delta in difference.deltas:
            ids = (str(delta.old_file.id), str(delta.new_file.id))
            plain = delta.new_file.mode in (FileMode.BLOB, FileMode.BLOB_EXECUTABLE)
            if delta.status is not DeltaStatus.MODIFIED or not plain or ids in seen:
                continue
            seen.add(ids)
            before, after = repo[delta.old_file.id], repo[delta.new_file.id]
            if not isinstance(before, pygit2.Blob) or not isinstance(after, pygit2.Blob):
                continue
            if max(before.size, after.size) <= _LARGEST:
                yield Pair(commit.short_id, delta.new_file.path, before.data, after.data)
