"""Anchors the blocks of an answer in the files that they are for.

A block's place is looked for by its lines themselves, then by the same lines with other blanks,
then by likeness. What was found word for word in one place only, or where the answer says which of
several places it means, is EXACT; everything else is FUZZY and says how it was found, or FAILED.
"""

from spark_desktop.domain.anchor import Anchor, Certainty
from spark_desktop.domain.edit_blocks import Rewrite, WholeFile
from spark_desktop.domain.file_lines import (
    FileLines,
    bare_lines,
    changes_between,
    lines_of,
)
from spark_desktop.domain.growing_anchor import GrowingAnchor
from spark_desktop.domain.patch import ABSENT
from spark_desktop.domain.places import Place
from spark_desktop.domain.placing import (
    NoPlace,
    changes_at,
    ends_bare,
    place_of,
    removed_unnamed,
    written_lines,
)
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import joined, say
from spark_desktop.domain.workspace import Snapshot


def anchor(block: Rewrite | WholeFile, snapshot: Snapshot, first_id: int = 0) -> Anchor:
    """Return where the block stands in the file, and its hunks there.

    ``first_id`` is the block's number in its answer: the ids of the hunks are LINE-NUMBER, the line
    from 1, so that those of all blocks of a file are different. Takes a few milliseconds for 50,000
    lines, and up to some tenths of a second where no line of the block is in such a file.
    """
    file = lines_of(snapshot.text.content)
    if isinstance(block, WholeFile):
        return whole_file(block, file, first_id, is_new=snapshot.digest == ABSENT)
    return anchored(block, file, place_of(block, file), first_id)


def whole_file(block: WholeFile, file: FileLines, first_id: int, is_new: bool = False) -> Anchor:
    """Return the anchor of a whole file: the hunks between what it is and what it shall be.

    Lines that stay keep their endings, and so does the end of the file; a new file ends as written.
    """
    bare = bare_lines(written_lines(block, file))
    wish = bool(block.lines) and not block.lines[-1].endswith(("\n", "\r")) if is_new else None
    hunks = file.hunks(changes_between(file.bare, bare), first_id, wish)
    return Anchor(Certainty.EXACT, Span(0, len(file.bare)), 1.0, hunks=hunks)


def anchored(block: Rewrite, file: FileLines, found: Place | NoPlace, first_id: int) -> Anchor:
    """Return the anchor of a block whose place was looked for."""
    if isinstance(found, NoPlace):
        return Anchor(Certainty.FAILED, None, found.score, found.reason, found.nearest)
    span = found.span
    wish = ends_bare(block) if span.end == len(file.bare) else None
    hunks = file.hunks(changes_at(block, file, found), first_id, wish)
    if found.score >= 1.0:
        return Anchor(Certainty.EXACT, span, 1.0, hunks=hunks)
    how = found.how
    if gone := removed_unnamed(block, file, found):
        note = say("it removes %n line(s) that it does not name", "", gone)
        how = joined((how, note), "; ")
    return Anchor(Certainty.FUZZY, span, found.score, how, hunks=hunks)


class StreamedAnchor:
    """The anchor of one block while the model writes it; each growth costs what is new in it.

    While a block grows, its anchor is what can be told so far: as long as its old lines stand in
    several places it is FAILED and says so, and the hunks never take back a line that was shown.
    ``end`` gives the anchor of the whole block, the same that ``anchor`` does.
    """

    def __init__(self, snapshot: Snapshot, first_id: int = 0) -> None:
        self._snapshot = snapshot
        self._first_id = first_id
        self._growing = GrowingAnchor(lines_of(snapshot.text.content), first_id)

    def grow(self, block: Rewrite | WholeFile) -> Anchor:
        """Return the anchor of the block so far; lines are only added to those given before."""
        return self._growing.grow(block)

    def end(self, block: Rewrite | WholeFile) -> Anchor:
        """Return the anchor of the whole block."""
        return anchor(block, self._snapshot, self._first_id)
