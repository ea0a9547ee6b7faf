"""The versions of files before they were saved: what changed is seen only beside them."""

import asyncio
from collections import OrderedDict
from typing import Protocol

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.secret_files import secret_in_file
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.workspace import Snapshot, snapshot_of

# Bytes of kept texts in one project, as they lie in memory: 6,000 files of 5 kB each.
MOST_BYTES = 32_000_000


class Commits(Protocol):
    """What the project's version control says of the folder; there may be none."""

    async def head(self) -> str:
        """Return what is checked out, a branch or a commit; empty where that cannot be told."""
        ...

    async def text(self, path: str) -> SourceText | None:
        """Return the text of a file as it was committed last; None where there is none."""
        ...


class NoCommits:
    """A folder without version control; Commits."""

    async def head(self) -> str:
        """Return nothing."""
        return ""

    async def text(self, path: str) -> SourceText | None:
        """Return None."""
        return None


class SeenTexts:
    """Keeps the last text of each file that was seen, the ones seen last within ``most`` bytes.

    For a file that was never seen, or not for a long time, its committed text stands in.
    """

    def __init__(self, commits: Commits, most: int = MOST_BYTES) -> None:
        self.commits = commits
        self._most = most
        self._held = 0
        self._kept: OrderedDict[str, Snapshot] = OrderedDict()
        # What was saved since, of files whose version before is still wanted: see ``hold``.
        self._newer: dict[str, Snapshot] = {}

    @property
    def held(self) -> int:
        """Return how many bytes the kept texts take."""
        return self._held

    async def before(self, path: str) -> Snapshot | None:
        """Return the version that was seen last, else the committed one, else None."""
        known = self._kept.get(path)
        if known is not None:
            return known
        try:
            text = await self.commits.text(path)
        except SparkError:
            return None
        # A secret that was committed is as little for a model as one that stands there now.
        if text is None:
            return None
        secret = await asyncio.to_thread(secret_in_file, path, text.content)
        return snapshot_of(path, text) if secret is None else None

    def keep(self, snapshot: Snapshot) -> None:
        """Keep this version as the last one seen of its file."""
        self.forget(snapshot.path)
        self._kept[snapshot.path] = snapshot
        self._held += _size(snapshot)
        while self._held > self._most:
            _, oldest = self._kept.popitem(last=False)
            self._held -= _size(oldest)

    def hold(self, before: Snapshot, saved: Snapshot) -> None:
        """Keep ``before`` as the last one seen although ``saved`` is newer, until ``release``.

        What was found between them is held back: the next save has to be compared with the version
        from before it, or it is lost.
        """
        self.keep(before)
        self._newer[saved.path] = saved

    def is_held(self, path: str) -> bool:
        """Return whether an older version than the saved one is kept of a file."""
        return path in self._newer

    def wrote(self, snapshot: Snapshot) -> None:
        """Keep a version that we wrote ourselves, unless an older one is held."""
        if self.is_held(snapshot.path):
            self._newer[snapshot.path] = snapshot
        else:
            self.keep(snapshot)

    def release(self, path: str) -> None:
        """Keep the saved version after all: what was found beside the one before is asked for."""
        newer = self._newer.get(path)
        if newer is not None:
            self.keep(newer)

    def forget(self, path: str) -> None:
        """Keep no version of the file: the committed one stands in from now on."""
        self._newer.pop(path, None)
        known = self._kept.pop(path, None)
        if known is not None:
            self._held -= _size(known)


def _size(snapshot: Snapshot) -> int:
    # CPython keeps a text with one, two or four bytes for each character.
    return snapshot.text.content.__sizeof__()
