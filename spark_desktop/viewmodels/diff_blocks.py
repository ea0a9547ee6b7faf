"""Rows that stand in neither text: a conflict's headings, a block without a place, a comment."""

from spark_desktop.domain.proposal import FailedBlock
from spark_desktop.viewmodels.diff_rows import (
    CommentRow,
    HeadRow,
    LineComment,
    Part,
    QuotedRow,
    Row,
    bare,
)
from spark_desktop.viewmodels.translation import in_language, tr

Rows = tuple[Row, ...]


def conflict_rows(hunk_id: str, made_for: tuple[str, ...]) -> tuple[Rows, Rows, Rows, Rows]:
    """Return what stands around the two versions of a conflict.

    First what it is about, then the headings of the version on disk and of the proposed one, then
    the lines that the proposal was made for.
    """
    # Short: the buttons with the choice stand over the rest of this line.
    about = tr("Changed on disk as well.")
    head = (HeadRow(about, hunk_id, Part.CONFLICT),)
    disk = (HeadRow(tr("On disk now"), hunk_id, Part.DISK),)
    mine = (HeadRow(tr("Proposed"), hunk_id, Part.MINE),)
    words = (
        tr("What the proposal was made for") if made_for else tr("Made for a place without lines")
    )
    base = (HeadRow(words, hunk_id, Part.BASE), *_quoted(made_for, hunk_id, Part.BASE))
    return head, disk, mine, base


def failed_rows(block: FailedBlock) -> Rows:
    """Return a block without a place: the reason, the nearest lines, what the model wrote."""
    rows: list[Row] = [HeadRow(in_language(block.reason), block.id, Part.FAILED)]
    rows.append(HeadRow(_nearest_words(block), block.id, Part.NEAREST))
    if block.old:
        rows.append(HeadRow(tr("What the model looked for"), block.id, Part.SOUGHT))
        rows.extend(_quoted(block.old, block.id, Part.SOUGHT))
    if block.new:
        words = tr("What it wants in its place") if block.old else tr("What it wants to insert")
        rows.append(HeadRow(words, block.id, Part.WRITTEN))
        rows.extend(_quoted(block.new, block.id, Part.WRITTEN))
    return tuple(rows)


def comment_rows(comment: LineComment) -> Rows:
    """Return the lines of a comment."""
    lines = comment.text.splitlines() or [""]
    return tuple(
        CommentRow(line, comment.line, comment.is_new_side, index)
        for index, line in enumerate(lines)
    )


def _nearest_words(block: FailedBlock) -> str:
    if block.nearest is None:
        return tr("Nothing in the file is like it. Select the lines that it shall replace.")
    first, last = block.nearest.start + 1, block.nearest.end
    percent = round(100 * block.score)
    if last <= first:
        return tr("Most like it: line {line} ({percent} %)", line=first, percent=percent)
    lines = f"{first}\N{EN DASH}{last}"
    return tr("Most like it: lines {lines} ({percent} %)", lines=lines, percent=percent)


def _quoted(lines: tuple[str, ...], owner_id: str, part: Part) -> Rows:
    return tuple(QuotedRow(bare(line), owner_id, part, index) for index, line in enumerate(lines))
