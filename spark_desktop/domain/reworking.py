"""What is done to the hunks of a proposal before they are decided; nothing here is written."""

from collections.abc import Sequence
from dataclasses import replace

from spark_desktop.domain.errors import PatchError
from spark_desktop.domain.merge import Side, closed_in
from spark_desktop.domain.patch import FileKind, FilePatch, Hunk, closed_lines
from spark_desktop.domain.proposal import Check, Decision, FailedBlock, Proposal
from spark_desktop.domain.review import decide, settled
from spark_desktop.domain.splitting import reworded, split
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import say


def hunk_of(proposal: Proposal, hunk_id: str) -> Hunk:
    """Return a hunk that waits for a decision. Raises PatchError where there is none by this id."""
    for hunk in proposal.patch.hunks if proposal.patch else ():
        if hunk.id == hunk_id:
            if proposal.decision(hunk_id) in (Decision.PENDING, Decision.CONFLICTING):
                return hunk
            raise PatchError(
                say("This change is decided already."), say("Take the decision back first.")
            )
    raise PatchError(
        say("The proposal has no change {hunk_id!r}.", hunk_id=hunk_id),
        say("Choose one of those that are shown."),
    )


def with_parts(
    proposal: Proposal, hunk_id: str, old_at: int | None, new_at: int | None
) -> tuple[Proposal, tuple[Hunk, ...]]:
    """Return the proposal with a hunk split (see splitting.split), and the parts."""
    hunk = hunk_of(proposal, hunk_id)
    if hunk_id in proposal.conflicts:
        raise PatchError(
            say("This change is in conflict with the file."),
            say("Choose which version shall stand, then split it."),
        )
    if _patch(proposal).kind in (FileKind.CREATE, FileKind.DELETE):
        raise PatchError(
            say("A file is created or deleted as a whole."),
            say("Accept it, reject it, or edit its text."),
        )
    parts = split(hunk, old_at, new_at)
    return _with(proposal, hunk_id, parts), parts


def with_text(proposal: Proposal, hunk_id: str, text: str) -> Proposal:
    """Return the proposal with the user's lines in a hunk; that also settles its conflict."""
    hunk = hunk_of(proposal, hunk_id)
    snapshot = proposal.trigger.snapshot
    if _patch(proposal).kind is FileKind.DELETE:
        raise PatchError(
            say("A file that is deleted has no text."), say("Accept its removal, or reject it.")
        )
    mine = reworded(hunk, text, snapshot.text.newline)
    mine = closed_in(mine, split_lines(snapshot.text.content), snapshot.text.newline)
    return _without_conflict(_with(proposal, hunk_id, (mine,)), hunk_id)


def with_side(proposal: Proposal, hunk_id: str, side: Side) -> Proposal:
    """Return the proposal with a conflict settled: by its own lines, the file's, or by both.

    MINE and BOTH leave a hunk that is pending; DISK rejects it. Raises PatchError where the hunk is
    in no conflict.
    """
    hunk = hunk_of(proposal, hunk_id)
    if proposal.decision(hunk_id) is not Decision.CONFLICTING:
        raise PatchError(
            say("This change is in no conflict."), say("Accept it, reject it, or edit its text.")
        )
    if side is Side.DISK:
        return settled(decide(proposal, [hunk_id], Decision.REJECTED))
    if side is Side.BOTH:
        if _patch(proposal).kind is FileKind.DELETE:
            raise PatchError(
                say("A file cannot be both kept and deleted."), say("Choose one of the two.")
            )
        newline = proposal.trigger.snapshot.text.newline
        both = replace(hunk, new=tuple(closed_lines([*hunk.old, *hunk.new], newline)))
        proposal = _with(proposal, hunk_id, (both,))
    return _without_conflict(proposal, hunk_id)


def with_place(proposal: Proposal, failed_id: str, lines: Span) -> tuple[Proposal, Hunk]:
    """Return the proposal with a part put in place of ``lines`` of the file, and its hunk.

    Raises PatchError where another change has these lines, or the part changes nothing there.
    """
    block = failed_of(proposal, failed_id)
    snapshot, patch = proposal.trigger.snapshot, _patch(proposal)
    content = split_lines(snapshot.text.content)
    if not 0 <= lines.start <= lines.end <= len(content):
        raise PatchError(
            say("{path} has no such lines.", path=snapshot.path), say("Choose lines that it has.")
        )
    taken = {hunk.id for hunk in patch.hunks} | proposal.decisions.keys()
    hunk_id = failed_id if failed_id not in taken else f"{failed_id}.0"
    new = tuple(split_lines(snapshot.text.in_style("".join(block.new))))
    hunk = _narrowed(Hunk(hunk_id, lines.start, tuple(content[lines.start : lines.end]), new))
    hunk = closed_in(hunk, content, snapshot.text.newline)
    if hunk.old == hunk.new:
        raise PatchError(
            say("There the file says this already."), say("Choose other lines, or drop this part.")
        )
    for other in patch.hunks:
        waits = proposal.decision(other.id) in (Decision.PENDING, Decision.CONFLICTING)
        meets = other.start < hunk.end and hunk.start < other.end
        if waits and (meets or (other.start, other.end) == (hunk.start, hunk.end)):
            raise PatchError(
                say("Another change stands at line {start}.", start=other.start + 1),
                say("Choose other lines, or decide about that one first."),
            )
    place = next((n for n, o in enumerate(patch.hunks) if o.start >= hunk.end), len(patch.hunks))
    hunks = (*patch.hunks[:place], hunk, *patch.hunks[place:])
    placed = replace(without_failed(proposal, failed_id), patch=replace(patch, hunks=hunks))
    if not placed.failed:
        by_hand = Check(say("anchored"), True, say("by hand, not checked"))
        placed = replace(placed, evidence=(by_hand, *placed.evidence))
    return placed, hunk


def failed_of(proposal: Proposal, failed_id: str) -> FailedBlock:
    """Return a part without a place. Raises PatchError where there is none by this id."""
    for block in proposal.failed:
        if block.id == failed_id:
            return block
    raise PatchError(
        say("The proposal has no part {failed_id!r} without a place.", failed_id=failed_id),
        say("Choose one of those that are shown."),
    )


def without_failed(proposal: Proposal, failed_id: str) -> Proposal:
    """Return the proposal without a part; with the last one the advice that there are such goes."""
    rest = tuple(block for block in proposal.failed if block.id != failed_id)
    evidence = proposal.evidence
    if not rest:
        evidence = tuple(one for one in evidence if one.passed or one.name != "anchored")
    return replace(proposal, failed=rest, evidence=evidence)


def _patch(proposal: Proposal) -> FilePatch:
    if proposal.patch is None:
        raise PatchError(say("This proposal changes nothing."), say("Ask for it again."))
    return proposal.patch


def _with(proposal: Proposal, hunk_id: str, parts: Sequence[Hunk]) -> Proposal:
    """Return the proposal with others in place of a hunk."""
    patch = _patch(proposal)
    hunks: list[Hunk] = []
    for hunk in patch.hunks:
        hunks += parts if hunk.id == hunk_id else [hunk]
    score = proposal.places.get(hunk_id)
    places = dict(proposal.places)
    if score is not None:
        places |= dict.fromkeys((part.id for part in parts), score)
    return replace(proposal, patch=replace(patch, hunks=tuple(hunks)), places=places)


def _without_conflict(proposal: Proposal, hunk_id: str) -> Proposal:
    """Return the proposal with the hunk pending, and what it was made for forgotten."""
    return replace(
        proposal,
        decisions={key: said for key, said in proposal.decisions.items() if key != hunk_id},
        conflicts={key: was for key, was in proposal.conflicts.items() if key != hunk_id},
    )


def _narrowed(hunk: Hunk) -> Hunk:
    """Return the hunk without the lines that it would replace by themselves at its ends."""
    old, new, start = hunk.old, hunk.new, hunk.start
    while old and new and old[0] == new[0]:
        old, new, start = old[1:], new[1:], start + 1
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return replace(hunk, start=start, old=old, new=new)
