"""What of ours was written to which file, in order; what undo reads hunks and old bytes from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.history import WHOLE, AppliedChange, Step, StepKind
from spark_desktop.domain.patch import ABSENT, FileKind
from spark_desktop.domain.step_log import Flip, Part, flips_of, standing
from spark_desktop.domain.text import SourceText, decode
from spark_desktop.domain.undoing import Blame, Source, Written
from spark_desktop.domain.words import say
from spark_desktop.services.step_store import StepStore


@dataclass(frozen=True, slots=True)
class Entry:
    """A write to one file, and which parts of edits it switched."""

    step: Step
    change: AppliedChange
    flips: tuple[Flip, ...]


class WrittenLog:
    """The kept steps, file by file; contents are read when they are needed."""

    def __init__(self, store: StepStore, steps: Sequence[Step]) -> None:
        self._store = store
        self.steps = tuple(steps)
        self.entries = tuple(_entries(steps))
        self.known = {
            change.id: (step, change)
            for step in steps
            if step.kind in (StepKind.EDIT, StepKind.RESTORE)
            for change in step.changes
        }
        self._on = standing(steps)
        self._texts: dict[str, SourceText | None] = {ABSENT: None}

    def place(self, change_id: str) -> str:
        """Return where the file of an edit is now, as far as we moved it."""
        here = ""
        for entry in self.entries:
            if entry.change.id == change_id or (here and entry.change.path == here):
                here = entry.change.place
        return here

    def later(self, index: int) -> list[Entry]:
        """Return what was written to the file of an entry after it."""
        here, found = self.entries[index].change.place, []
        for entry in self.entries[index + 1 :]:
            if entry.change.path == here:
                found.append(entry)
                here = entry.change.place
        return found

    def writes_of(self, change_id: str, ids: frozenset[str]) -> list[int]:
        """Return the entries, newest first, that wrote these hunks under their own ids."""
        return [
            index
            for index, entry in self._newest_first()
            if len(entry.flips) == 1
            and entry.flips[0].change_id == change_id
            and ids <= entry.flips[0].parts
            and ids <= {hunk.id for hunk in entry.change.hunks}
        ]

    def file_write_of(self, change_id: str) -> int:
        """Return the newest entry that made or removed the file of an edit that did so."""
        return next(
            index
            for index, entry in self._newest_first()
            if len(entry.flips) == 1
            and entry.flips[0].change_id == change_id
            and WHOLE in entry.flips[0].parts
            and entry.change.kind in (FileKind.CREATE, FileKind.DELETE)
        )

    def together(self, flips: Sequence[Flip]) -> int | None:
        """Return the newest entry on these parts, if it did the opposite of the flips, no more."""
        wanted = {key: flip.on for flip in flips for key in flip.keys}
        for index, entry in self._newest_first():
            did = {key: flip.on for flip in entry.flips for key in flip.keys}
            if did.keys() & wanted.keys():
                is_same = did.keys() == wanted.keys() and entry.change.kind is FileKind.CHANGE
                return index if is_same and all(did[k] != on for k, on in wanted.items()) else None
        return None

    async def source(self, index: int, ids: frozenset[str], on: bool) -> Source:
        """Return what the hunks of an entry are read from. Raises StoreError."""
        entry = self.entries[index]
        is_wanted = all(flip.on == on for flip in entry.flips)
        trail = None if is_wanted else await self._trail(index)
        return Source(await self._written(entry), ids, is_wanted, trail)

    async def source_back(self, index: int) -> Source:
        """Return all hunks of an entry, to be turned back. Raises StoreError."""
        entry = self.entries[index]
        ids = frozenset(hunk.id for hunk in entry.change.hunks)
        return Source(await self._written(entry), ids, False, await self._trail(index))

    async def _trail(self, index: int) -> tuple[Written, ...] | None:
        try:
            return tuple([await self._written(later) for later in self.later(index)])
        except StoreError:
            return None  # the texts of then and now can still be merged

    async def text(self, digest: str) -> SourceText | None:
        """Return the kept text; None for ABSENT. Raises StoreError where it is missing."""
        if digest not in self._texts:
            data = await self._store.content(digest)
            if data is None:
                raise StoreError(
                    say("The kept bytes of this change are missing."),
                    say("The file was left as it is; undo this change in your editor."),
                )
            self._texts[digest] = decode(data)
        return self._texts[digest]

    def blamed(self, written: Written) -> Blame | None:
        """Return the step whose doing a write was; None where what it did is no more."""
        entry = next(one for one in self.entries if one.change.id == written.change.id)
        for flip in entry.flips:
            if flip.change_id not in self.known or not self._is_so(flip):
                continue
            step, _ = self.known[flip.change_id]
            if entry.step.kind is StepKind.RESTORE:
                return Blame(entry.step.id, entry.step.title)
            return Blame(step.id, step.title, is_undone=not flip.on)
        return None

    def blamed_later(self, index: int) -> Blame | None:
        """Return the newest step behind an entry, of those that stand."""
        for entry in reversed(self.later(index)):
            if entry.step.kind is StepKind.EDIT and entry.change.parts - entry.change.off:
                return Blame(entry.step.id, entry.step.title)
        return None

    def _is_so(self, flip: Flip) -> bool:
        keys: frozenset[Part] = flip.keys & self._on if flip.on else flip.keys - self._on
        return bool(keys)

    def _newest_first(self) -> Iterator[tuple[int, Entry]]:
        for index in range(len(self.entries) - 1, -1, -1):
            yield index, self.entries[index]

    async def _written(self, entry: Entry) -> Written:
        before = await self.text(entry.change.before)
        after = await self.text(entry.change.after)
        return Written(
            entry.step,
            entry.change,
            before.content if before else "",
            after.content if after else "",
        )


def _entries(steps: Sequence[Step]) -> Iterator[Entry]:
    for step in steps:
        flips = flips_of(step)
        for change in step.changes:
            yield Entry(step, change, tuple(flip for flip in flips if flip.by == change.id))
