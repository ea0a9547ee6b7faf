"""What was saved lately, hunk by hunk: a change often asks for another one elsewhere."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spark_desktop.domain.ai_comment import parse_ai_comment
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ChangeApplied, FilesChanged
from spark_desktop.domain.file_outline import names_in
from spark_desktop.domain.generated_files import is_generated
from spark_desktop.domain.patch import Hunk, hunks_of
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.bus import Bus
from spark_desktop.services.secret_guard import Reader
from spark_desktop.services.tasks import TaskScope

# Lines that a kept hunk has at most, and hunks that are kept.
MOST_LINES = 12
_KEPT = 8
# A burst of more files is a formatter or another branch: nobody's train of thought.
_MOST_FILES = 10
# Texts that are remembered so that the next save can be compared, and their characters each.
_TEXTS = 64
_TEXT_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True)
class RecentEdit:
    """One hunk of a save: ``line``, from 0, is where it stands since; lines are without endings."""

    path: str
    line: int
    old: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the hunk as a diff shows it."""
        return "\n".join((*(f"-{line}" for line in self.old), *(f"+{line}" for line in self.new)))

    @property
    def names(self) -> frozenset[str]:
        """Return the names of code that it takes or brings."""
        return frozenset(names_in("\n".join((*self.old, *self.new))))


class RecentEdits:
    """Follows saves and applied changes; files that may not be shown are never remembered.

    A save can be compared only where the text before was seen: ``see`` tells one that was opened.
    """

    def __init__(self, reader: Reader, bus: Bus, scope: TaskScope) -> None:
        self._reader = reader
        self._scope = scope
        self._texts: OrderedDict[str, Snapshot] = OrderedDict()
        self._edits: deque[RecentEdit] = deque(maxlen=_KEPT)
        # What our own writes made of files: their hunks are known already.
        self._written: dict[str, str] = {}
        self._in_turn = asyncio.Lock()
        bus.subscribe(FilesChanged, self._saved)
        bus.subscribe(ChangeApplied, self._applied)

    def see(self, snapshot: Snapshot) -> None:
        """Remember a text that was read for a prompt, unless a later one is known already."""
        if snapshot.path not in self._texts:
            self._remember(snapshot)

    def about(self, path: str, region: Span, names: Iterable[str]) -> tuple[RecentEdit, ...]:
        """Return the edits outside of the region that share a name with it, the newest last."""
        wanted = frozenset(names)
        return tuple(
            edit
            for edit in self._edits
            if not (edit.path == path and region.start <= edit.line < region.end)
            and edit.names & wanted
        )

    async def latest(self, path: str) -> int | None:
        """Return the line of a file, from 0, that was changed last; None where nobody saw it.

        A save that is being compared is waited for.
        """
        async with self._in_turn:
            found = (edit.line for edit in reversed(self._edits) if edit.path == path)
            return next(found, None)

    def _saved(self, event: FilesChanged) -> None:
        if len(event.paths) <= _MOST_FILES and self._scope.can_start:
            self._scope.start("recent edits", self._compare(event.paths))

    async def _compare(self, paths: Sequence[str]) -> None:
        async with self._in_turn:
            for path in paths:
                try:
                    snapshot = await self._reader.read(path)
                except SparkError:
                    # Gone, or not to be shown: what was known of it must not be shown either.
                    self._forget(path)
                    continue
                before = self._texts.get(path)
                self._remember(snapshot)
                if self._written.pop(path, "") == snapshot.digest or before is None:
                    continue
                if path in self._texts:
                    old, new = split_lines(before.text.content), split_lines(snapshot.text.content)
                    self._keep(path, await asyncio.to_thread(hunks_of, old, new))

    def _applied(self, event: ChangeApplied) -> None:
        change = event.change
        self._written[change.place] = change.after
        # Whoever may not read the file has not seen its changes either.
        if change.path in self._texts:
            self._keep(change.place, change.hunks)

    def _keep(self, path: str, hunks: Iterable[Hunk]) -> None:
        shift = 0
        for hunk in hunks:
            line = hunk.start + shift
            shift += len(hunk.new) - len(hunk.old)
            edit = RecentEdit(path, line, _shown(hunk.old), _shown(hunk.new))
            if not edit.names:
                continue
            span = range(line, line + max(1, len(edit.new)))
            again = [one for one in self._edits if one.path == path and one.line in span]
            for one in again:
                self._edits.remove(one)
            self._edits.append(edit)

    def _remember(self, snapshot: Snapshot) -> None:
        self._texts.pop(snapshot.path, None)
        content = snapshot.text.content
        if len(content) > _TEXT_CHARACTERS or is_generated(snapshot.path, content):
            return
        self._texts[snapshot.path] = snapshot
        if len(self._texts) > _TEXTS:
            self._texts.popitem(last=False)

    def _forget(self, path: str) -> None:
        self._texts.pop(path, None)
        self._written.pop(path, None)
        for edit in [one for one in self._edits if one.path == path]:
            self._edits.remove(edit)


def _shown(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the lines without endings, and without comments that asked Spark for something."""
    bare = (line.rstrip() for line in lines)
    return tuple(line for line in bare if parse_ai_comment(line.strip()) is None)
