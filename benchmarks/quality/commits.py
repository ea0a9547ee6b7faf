"""The commits of a repository as somebody's day: which files were saved, before and after."""

import itertools
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

# More files than that are no work by hand, and a larger file gets no proposal.
MOST_FILES = 4
_LARGEST = 200_000


class NoRepositoryError(Exception):
    """A folder without a repository, or one that git cannot read; the text says which."""


@dataclass(frozen=True, slots=True)
class Change:
    """A Python file before and after a commit; ``before`` is "" for a new one."""

    path: str
    before: str
    after: str

    @property
    def is_test(self) -> bool:
        """Return whether the file holds tests."""
        return is_test(self.path)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit with its only parent, and the Python files that it changed."""

    id: str
    parent: str
    title: str
    changes: tuple[Change, ...]


def is_test(path: str) -> bool:
    """Return whether a path is that of a file with tests, by its name."""
    name = path.rpartition("/")[2]
    return name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py"


def recent_commits(
    repository: Path,
    most: int,
    is_wanted: Callable[[Commit], bool] = lambda commit: True,
    most_files: int = MOST_FILES,
) -> list[Commit]:
    """Return the newest wanted commits that change a few Python files, the oldest first.

    Merges and commits that remove or move Python files are passed over. Raises NoRepositoryError.
    """
    import pygit2

    try:
        found = list(itertools.islice(filter(is_wanted, _commits(repository, most_files)), most))
    except pygit2.GitError as error:
        raise NoRepositoryError(f"{repository} has no history that git can read: {error}") from None
    return found[::-1]


def _commits(repository: Path, most_files: int) -> Iterator[Commit]:
    import pygit2
    from pygit2.enums import DeltaStatus, SortMode

    repo = pygit2.Repository(str(repository))
    usual = (DeltaStatus.MODIFIED, DeltaStatus.ADDED)
    for commit in repo.walk(repo.head.target, SortMode.TOPOLOGICAL | SortMode.TIME):
        if len(commit.parents) != 1:
            continue
        difference = commit.parents[0].tree.diff_to_tree(commit.tree)
        deltas = [one for one in difference.deltas if one.new_file.path.endswith(".py")]
        if not 1 <= len(deltas) <= most_files or any(one.status not in usual for one in deltas):
            continue
        changes = [
            Change(one.new_file.path, _text(repo, one.old_file.id), _text(repo, one.new_file.id))
            for one in deltas
        ]
        if any(change.before for change in changes) and all(change.after for change in changes):
            title = commit.message.partition("\n")[0]
            yield Commit(str(commit.id), str(commit.parents[0].id), title, tuple(changes))


def _text(repo: object, blob: object) -> str:
    """Return the text of a blob; "" where there is none, or one that gets no proposal."""
    import pygit2

    assert isinstance(repo, pygit2.Repository)
    found = repo.get(blob)  # type: ignore[arg-type]
    if not isinstance(found, pygit2.Blob) or found.size > _LARGEST:
        return ""
    try:
        return found.data.decode("utf-8")
    except UnicodeDecodeError:
        return ""


class WorkTree:
    """A clone that shares the repository's objects, at one commit after the other."""

    def __init__(self, repository: Path, folder: Path) -> None:
        """Clone it; raises NoRepositoryError."""
        self.folder = folder
        self._git("clone", "-q", "--shared", "--no-checkout", str(repository), str(folder))

    def check_out(self, commit: str) -> None:
        """Let the files be those of a commit, whatever they were. Raises NoRepositoryError."""
        self._git("-C", str(self.folder), "checkout", "-q", "--force", "--detach", commit)

    def _git(self, *words: str) -> None:
        done = subprocess.run(
            ["git", *words], capture_output=True, encoding="utf-8", errors="replace", check=False
        )
        if done.returncode:
            raise NoRepositoryError(f"git {words[0]} failed: {done.stderr.strip()}")
