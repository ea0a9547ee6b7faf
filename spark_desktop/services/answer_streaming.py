"""Changes of files as far as an answer has written them, for the review that grows with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from spark_desktop.domain.anchor import Anchor, Certainty
from spark_desktop.domain.file_assembly import FileEdit
from spark_desktop.domain.patch import FilePatch, touches
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.answer_reading import Growing


def streamed_edits(
    edits: Sequence[FileEdit],
    writing: Sequence[Growing],
    snapshots: Mapping[str, Snapshot | None],
) -> Iterator[tuple[FileEdit, Check | None]]:
    """Yield each file's change; while a block of it is written, with that and how it stands.

    A block that meets lines of another block is not shown before it is whole.
    """
    whole = {edit.patch.path: edit for edit in edits}
    growing: dict[str, Anchor] = {}
    for one in writing:
        snapshot = snapshots.get(one.path)
        if snapshot is not None:
            growing[snapshot.path] = one.anchor
            empty = FileEdit(snapshot, FilePatch(snapshot.path, snapshot.digest, ()))
            whole.setdefault(snapshot.path, empty)
    for path, edit in whole.items():
        anchor = growing.get(path)
        if anchor is None:
            yield edit, None
        else:
            yield _grown(edit, anchor), anchored_check(anchor)


def anchored_check(anchor: Anchor) -> Check:
    """Return as evidence how a block stands that is still being written."""
    match anchor.certainty:
        case Certainty.EXACT:
            return Check(say("anchored"), True)
        case Certainty.FUZZY:
            score = round(100 * anchor.score)
            return Check(
                say("anchored"), True, say("{score} %: {how}", score=score, how=anchor.how)
            )
        case Certainty.FAILED:
            return Check(say("anchored"), False, anchor.how, is_advice=True)


def _grown(edit: FileEdit, anchor: Anchor) -> FileEdit:
    known = {hunk.id for hunk in edit.patch.hunks}
    new = [
        hunk
        for hunk in anchor.hunks
        if hunk.id not in known and not touches(hunk, edit.patch.hunks)
    ]
    if not new:
        return edit
    hunks = sorted((*edit.patch.hunks, *new), key=lambda hunk: (hunk.start, hunk.end))
    places = dict(edit.places)
    if anchor.certainty is Certainty.FUZZY:
        places |= dict.fromkeys((hunk.id for hunk in new), anchor.score)
    return replace(edit, patch=replace(edit.patch, hunks=tuple(hunks)), places=places)
