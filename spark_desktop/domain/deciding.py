"""Accepting parts of a proposal, and taking decisions back: what becomes of the proposal."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from spark_desktop.domain.errors import ConflictError, PatchError
from spark_desktop.domain.history import WHOLE, AppliedChange, FileChange
from spark_desktop.domain.moving import moved_proposal
from spark_desktop.domain.patch import ABSENT, FileKind, FilePatch, Hunk, apply
from spark_desktop.domain.proposal import Decision, Proposal
from spark_desktop.domain.review import (
    after_apply,
    decide,
    listed,
    moved_onto,
    pending,
    settled,
    whole_waits,
)
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import EditComment, Span
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Snapshot


@dataclass(frozen=True, slots=True)
class Write:
    """What of a proposal is written at once; ``patch`` holds only that, on ``before``.

    ``whole``: what the patch does to the file itself is part of it. Once it is written, ``step_id``
    and ``change`` say as what it is kept.
    """

    proposal_id: str
    before: Snapshot
    patch: FilePatch
    whole: bool
    step_id: str = ""
    change: AppliedChange | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the ids of the hunks, and WHOLE where it is part of it."""
        ids = tuple(hunk.id for hunk in self.patch.hunks)
        return (*ids, WHOLE) if self.whole else ids

    @property
    def request(self) -> FileChange:
        """Return what the edit service is asked for."""
        return FileChange(self.before, self.patch.hunks, self.patch.kind, self.patch.target)


def chosen(proposal: Proposal, wanted: Collection[str] | None) -> Write | None:
    """Return what is to be written of what waits (``wanted``: of these ids); None for nothing.

    The removal of the comment for Spark goes with the first hunk, but not where its hunk changes
    code, too: that the user has yet to choose. Raises ConflictError where a wanted hunk is in
    conflict.
    """
    patch = proposal.patch
    if patch is None:
        return None
    for hunk in patch.hunks:
        is_wanted = wanted is not None and hunk.id in wanted
        if is_wanted and proposal.decision(hunk.id) is Decision.CONFLICTING:
            raise ConflictError(
                say(
                    "{path}, line {start}: it was changed since the proposal was made.",
                    path=patch.path,
                    start=hunk.start + 1,
                ),
                say("Choose which version shall stand, then accept it."),
            )
    waiting = pending(proposal)
    ids = {hunk.id for hunk in waiting if wanted is None or hunk.id in wanted}
    whole = whole_waits(proposal) and (wanted is None or WHOLE in wanted)
    if not ids and not whole:
        return None
    if isinstance(proposal.trigger, EditComment):
        lines = proposal.trigger.lines
        ids |= {hunk.id for hunk in waiting if _removes_only(hunk, lines)}
    hunks = tuple(hunk for hunk in waiting if hunk.id in ids)
    before = proposal.trigger.snapshot
    kind = _kind(patch, hunks, before, whole)
    target = patch.target if kind is FileKind.RENAME else ""
    return Write(proposal.id, before, replace(patch, hunks=hunks, kind=kind, target=target), whole)


def accepted(proposal: Proposal, write: Write, change: AppliedChange) -> Proposal:
    """Return the proposal once ``write`` is on disk: on the new text, with the rest to decide."""
    before, done = write.before, write.patch
    content = apply(before.text.content, done.hunks)
    path = done.target if done.kind is FileKind.RENAME else before.path
    decided = _noted(proposal, write.ids)
    patch = after_apply(_patch(proposal), write.ids, change.after)
    if done.kind is not FileKind.CHANGE or patch.kind is FileKind.CREATE:
        patch = replace(patch, path=path, kind=FileKind.CHANGE, target="")
    after = Snapshot(path, before.text.with_content(content), change.after)
    return settled(moved_proposal(replace(decided, patch=patch), after))


def taken_back(
    proposal: Proposal, write: Write, ids: Collection[str], current: Snapshot
) -> Proposal:
    """Return the proposal with ``ids`` of what was written waiting again, undone on disk.

    ``current`` is the file as it is then; the proposal is on it already.
    """
    back = frozenset(ids) & frozenset(write.ids)
    stays = [hunk for hunk in write.patch.hunks if hunk.id not in back]
    text = write.before.text.with_content(apply(write.before.text.content, stays))
    left = after_apply(write.patch, {hunk.id for hunk in stays}, "")
    is_file = WHOLE in back or write.patch.kind in (FileKind.CREATE, FileKind.DELETE)
    if not is_file:
        left = replace(left, kind=FileKind.CHANGE, target="")
    made_for = write.before if not stays else Snapshot(current.path, text, "")
    trigger = replace(proposal.trigger, snapshot=made_for)
    alone = replace(proposal, trigger=trigger, patch=left, decisions={}, conflicts={}, failed=())
    moved = moved_onto(alone, current)
    patch, again = _patch(proposal), _patch(moved)
    if is_file:
        patch = replace(patch, path=left.path, kind=left.kind, target=left.target)
    hunks = listed((*patch.hunks, *again.hunks), write.patch)
    kept = {key: said for key, said in proposal.decisions.items() if key not in back}
    return settled(
        replace(
            proposal,
            patch=replace(patch, base=current.digest, hunks=hunks),
            decisions={**kept, **moved.decisions},
            conflicts={**proposal.conflicts, **moved.conflicts},
        )
    )


def reopened(proposal: Proposal, ids: Collection[str]) -> Proposal:
    """Return the proposal with rejected hunks waiting again, in conflict where they were.

    Raises PatchError where a hunk was not rejected, or has no place in the file any more.
    """
    known = {hunk.id for hunk in proposal.patch.hunks} | {WHOLE} if proposal.patch else set()
    decisions = dict(proposal.decisions)
    for hunk_id in ids:
        if decisions.get(hunk_id) is not Decision.REJECTED:
            raise PatchError(
                say("This change was not rejected."), say("Choose one that was decided.")
            )
        if hunk_id not in known:
            raise PatchError(
                say("The lines of this change were changed since."), say("Ask for a new proposal.")
            )
        del decisions[hunk_id]
        if hunk_id in proposal.conflicts:
            decisions[hunk_id] = Decision.CONFLICTING
    return settled(replace(proposal, decisions=decisions))


def unworked(
    proposal: Proposal, before: Proposal, ids: Collection[str], made: Collection[str]
) -> Proposal:
    """Return the proposal with the hunks ``ids`` as they were ``before`` ``made`` came of them.

    The file may have changed since. Raises PatchError where one of ``made`` is no more.
    """
    patch, old = _patch(proposal), _patch(before)
    if not set(made) <= {hunk.id for hunk in patch.hunks}:
        raise PatchError(
            say("This change went on since."), say("Take the later decision back first.")
        )
    alone = replace(
        before,
        patch=replace(old, hunks=tuple(hunk for hunk in old.hunks if hunk.id in ids)),
        decisions={key: said for key, said in before.decisions.items() if key in ids},
        conflicts={key: was for key, was in before.conflicts.items() if key in ids},
    )
    moved = moved_onto(alone, proposal.trigger.snapshot)
    rest = [hunk for hunk in patch.hunks if hunk.id not in made]
    kept = {key: said for key, said in proposal.decisions.items() if key not in made}
    conflicts = {key: was for key, was in proposal.conflicts.items() if key not in made}
    return settled(
        replace(
            proposal,
            patch=replace(patch, hunks=listed((*rest, *_patch(moved).hunks), old)),
            decisions={**kept, **moved.decisions},
            conflicts={**conflicts, **moved.conflicts},
            failed=before.failed,
            # Where parts come back that were placed or dropped, so does what was said of them.
            evidence=proposal.evidence if proposal.failed == before.failed else before.evidence,
        )
    )


def _noted(proposal: Proposal, ids: Collection[str]) -> Proposal:
    """Return the proposal with what was written noted as accepted."""
    noted = decide(proposal, [one for one in ids if one != WHOLE], Decision.ACCEPTED)
    if WHOLE in ids:
        noted = replace(noted, decisions={**noted.decisions, WHOLE: Decision.ACCEPTED})
    return noted


def _kind(patch: FilePatch, hunks: Collection[Hunk], before: Snapshot, whole: bool) -> FileKind:
    if patch.kind is FileKind.CREATE:
        return FileKind.CREATE if before.digest == ABSENT else FileKind.CHANGE
    if patch.kind is FileKind.RENAME:
        return FileKind.RENAME if whole else FileKind.CHANGE
    if patch.kind is FileKind.DELETE:
        left = len(split_lines(before.text.content)) - sum(len(hunk.old) for hunk in hunks)
        return FileKind.DELETE if not left else FileKind.CHANGE
    return FileKind.CHANGE


def _removes_only(hunk: Hunk, lines: Span) -> bool:
    return not hunk.new and lines.start <= hunk.start < hunk.end <= lines.end


def _patch(proposal: Proposal) -> FilePatch:
    if proposal.patch is None:
        raise PatchError(say("This proposal changes nothing."), say("Ask for it again."))
    return proposal.patch
