"""Makes one patch of the blocks of an answer that are about one file."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from spark_desktop.domain.block_order import Found, ordered
from spark_desktop.domain.edit_blocks import Delete, Rewrite, WholeFile
from spark_desktop.domain.file_draft import FileDraft
from spark_desktop.domain.file_lines import (
    Change,
    bare_lines,
    lines_of,
)
from spark_desktop.domain.patch import ABSENT, FileKind, FilePatch, Hunk
from spark_desktop.domain.places import Place, hinted
from spark_desktop.domain.placing import NoPlace, changes_at, ends_bare, place_of, written_lines
from spark_desktop.domain.proposal import FailedBlock
from spark_desktop.domain.refusals import RefusalReason, Refused
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Snapshot

FileBlock = Rewrite | WholeFile | Delete


@dataclass(frozen=True, slots=True)
class FileEdit:
    """What an answer makes of one file.

    The ``snapshot`` of a file to be created is empty, with the digest ABSENT. A patch without hunks
    that changes nothing else means: the blocks change nothing, or all of them ``failed``.
    ``places`` has the score of each hunk that was not found word for word, ``notes`` are sentences
    for the user about what was not done as written.
    """

    snapshot: Snapshot
    patch: FilePatch
    places: dict[str, float] = field(default_factory=dict)
    failed: tuple[FailedBlock, ...] = ()
    notes: tuple[str, ...] = ()


class FileAssembly:
    """Takes the blocks of one file in the answer's order; ``snapshot`` None: it is not there.

    ``path`` is the file's; what was refused is in ``refused`` once the edit was asked for.
    """

    def __init__(self, path: str, snapshot: Snapshot | None) -> None:
        self.path = path
        self.refused: list[Refused] = []
        self._before = snapshot
        self._snapshot = snapshot or Snapshot(path, SourceText(""), ABSENT)
        self._base = lines_of(self._snapshot.text.content)
        self._draft = FileDraft(self._base)
        self._blocks: list[tuple[int, FileBlock]] = []
        self._exists = snapshot is not None
        self._target = ""
        self._failed: list[FailedBlock] = []
        self._notes: list[str] = []
        self._placed: list[tuple[Rewrite, Span | None]] = []
        # From a whole file on, blocks are about that text.
        self._is_rewritten = False
        self._deleted_by: int | None = None

    def add(self, number: int, block: FileBlock) -> None:
        """Take a block."""
        self._blocks.append((number, block))

    def rename(self, target: str) -> bool:
        """Give the file another path; return whether that is possible."""
        if self._target and self._target != target:
            self._refuse(RefusalReason.CONTRADICTION, say("It was renamed twice."))
            return False
        self._target = target
        return True

    def edit(self) -> FileEdit | None:
        """Return what the blocks make of the file; None where nothing is left to be done."""
        found = self._found_in_base()
        for number, block in self._blocks:
            match block:
                case Delete():
                    self._delete(number)
                case WholeFile():
                    self._rewrite(number, block)
                case Rewrite():
                    self._change(number, block, found[number])
        return self._edit()

    def _found_in_base(self) -> dict[int, Found]:
        rewrites = [(number, block) for number, block in self._blocks if isinstance(block, Rewrite)]
        if self._before is None:
            return {number: NoPlace("") for number, _ in rewrites}
        return ordered(rewrites, {n: place_of(block, self._base) for n, block in rewrites})

    def _delete(self, number: int) -> None:
        if not self._exists:
            self._refuse(RefusalReason.MISSING)
            return
        self._exists = False
        self._deleted_by = number

    def _rewrite(self, number: int, block: WholeFile) -> None:
        if self._deleted_by is not None and self._before is not None:
            self._notes.append(
                say("The answer deletes the file and writes it anew: it is changed.")
            )
        elif block.is_new and self._before is not None:
            self._notes.append(say("The file is there already: it is changed, not created."))
        if self._draft.is_changed and self._exists:
            note = say("A later block holds the whole file: it takes the place of those before it.")
            self._notes.append(note)
        self._draft.rewrite(bare_lines(written_lines(block, self._base)), number)
        if self._before is None:
            self._draft.ends_bare = _is_open(block.lines)
        self._is_rewritten = self._exists = True
        self._deleted_by = None
        self._failed.clear()
        self._placed.clear()

    def _change(self, number: int, block: Rewrite, found: Found) -> None:
        if not self._exists:
            if self._deleted_by is not None:
                self._fail(number, block, NoPlace(say("The answer deletes the file.")))
            elif block.old:
                self._refuse(RefusalReason.MISSING)
            else:
                whole = WholeFile(block.path, block.format, block.new, is_new=True)
                self._rewrite(number, whole)
            return
        if self._is_repeated(block, found):
            self._notes.append(say("A block that stands twice in the answer is used once."))
            return
        reason = self._put(number, block, found)
        if reason is not None:
            self._fail(number, block, reason)

    def _put(self, number: int, block: Rewrite, found: Found) -> NoPlace | None:
        """Change the draft by the block; return why that is not possible."""
        is_in_base = isinstance(found, Place) and not self._is_rewritten
        # By its lines themselves, whichever of several places is meant.
        is_sure = isinstance(found, Place) and not found.pairs
        if self._draft.is_changed and not (is_in_base and is_sure):
            later = self._in_draft(block, found)
            if later is not None:
                self._change_draft(number, block, *later)
                return None
        if not is_in_base or not isinstance(found, Place):
            if isinstance(found, NoPlace) and found.reason:
                return found
            return self._not_there(block)
        if not self._draft.change_base(changes_at(block, self._base, found), number, found.score):
            later = self._in_draft(block, found)
            if later is None:
                reason = say("Another block of the answer changes the same lines.")
                return NoPlace(reason, found.span, found.score)
            self._change_draft(number, block, *later)
            return None
        self._placed.append((block, found.span))
        self._note_end(block, found.span.end == len(self._base.bare))
        return None

    def _change_draft(
        self, number: int, block: Rewrite, changes: Sequence[Change], place: Place
    ) -> None:
        self._note_end(block, place.span.end == len(self._draft.lines()))
        self._draft.change_draft(changes, number, place.score)
        self._placed.append((block, None))

    def _in_draft(self, block: Rewrite, found: Found) -> tuple[list[Change], Place] | None:
        """Return what the block changes in the draft where at most blanks differ there."""
        rivals = found.rivals if isinstance(found, NoPlace) else ()
        left = (rival for rival in rivals if self._draft.is_whole(rival.span))
        if len(list(islice(left, 2))) > 1:
            # What stands in several places still does.
            return None
        block = self._for_draft(block)
        lines = self._draft.file_lines()
        place = place_of(block, lines, is_strict=True)
        if not isinstance(place, Place) or (isinstance(found, Place) and place.score < 1.0):
            return None
        if rivals:
            place = hinted(place, say("of several places the one that other blocks left"))
        return changes_at(block, lines, place), place

    def _not_there(self, block: Rewrite) -> NoPlace:
        found = place_of(self._for_draft(block), self._draft.file_lines(), is_strict=True)
        # Its lines are told by their numbers in the file as it is, which are others.
        return NoPlace(found.reason) if isinstance(found, NoPlace) else NoPlace("")

    def _for_draft(self, block: Rewrite) -> Rewrite:
        """Return the block with the line that it names as it is in the draft."""
        if block.near is None:
            return block
        is_known = not self._is_rewritten
        return replace(block, near=self._draft.moved(block.near) if is_known else None)

    def _is_repeated(self, block: Rewrite, found: Found) -> bool:
        span = found.span if isinstance(found, Place) else None
        return any(
            other.old == block.old and other.new == block.new and there == span
            for other, there in self._placed
        )

    def _note_end(self, block: Rewrite, is_at_end: bool) -> None:
        if is_at_end and (wish := ends_bare(block)) is not None:
            self._draft.ends_bare = wish

    def _fail(self, number: int, block: Rewrite, found: NoPlace) -> None:
        self._failed.append(
            FailedBlock(
                f"block-{number}", block.old, block.new, found.reason, found.nearest, found.score
            )
        )

    def _refuse(self, reason: RefusalReason, detail: str = "") -> None:
        self.refused.append(Refused(reason, self.path, detail))

    def _edit(self) -> FileEdit | None:
        notes = tuple(dict.fromkeys(self._notes))
        failed = tuple(self._failed)
        if self._deleted_by is not None:
            if self._target:
                self._refuse(RefusalReason.CONTRADICTION, say("It is deleted and renamed."))
            if self._before is None or self._target:
                return None
            patch = FilePatch(self.path, self._snapshot.digest, self._removed(), FileKind.DELETE)
            return FileEdit(self._snapshot, patch, {}, failed, notes)
        if not self._exists:
            if self._target:
                self._refuse(RefusalReason.MISSING)
            return None
        hunks, places = self._draft.hunks()
        if self._before is None:
            path = self._target or self.path
            snapshot = replace(self._snapshot, path=path)
            return FileEdit(
                snapshot, FilePatch(path, ABSENT, hunks, FileKind.CREATE), places, failed, notes
            )
        kind = FileKind.RENAME if self._target else FileKind.CHANGE
        patch = FilePatch(self.path, self._snapshot.digest, hunks, kind, self._target)
        return FileEdit(self._snapshot, patch, places, failed, notes)

    def _removed(self) -> tuple[Hunk, ...]:
        lines = tuple(self._base.lines)
        return (Hunk(f"1-{self._deleted_by}", 0, lines, ()),) if lines else ()


def _is_open(lines: Sequence[str]) -> bool:
    return bool(lines) and not lines[-1].endswith(("\n", "\r"))
