"""Decisions on hunks, and how hunks move when the file under them changes."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from spark_desktop.domain.errors import ConflictError, PatchError
from spark_desktop.domain.history import WHOLE
from spark_desktop.domain.merge import Merged, merged
from spark_desktop.domain.moving import moved_proposal
from spark_desktop.domain.patch import ABSENT, FileKind, FilePatch, Hunk
from spark_desktop.domain.proposal import Closed, Conflict, Decision, Proposal, Ready
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Snapshot

_NUMBERS = regex(r"[0-9]+")


def pending(proposal: Proposal) -> tuple[Hunk, ...]:
    """Return the hunks that nothing was decided about, in the file's order."""
    return _those(proposal, {Decision.PENDING})


def undecided(proposal: Proposal) -> tuple[Hunk, ...]:
    """Return the hunks that are pending or in conflict, in the file's order."""
    return _those(proposal, {Decision.PENDING, Decision.CONFLICTING})


def whole_waits(proposal: Proposal) -> bool:
    """Return whether what is done to the file itself is to be decided besides any hunk.

    That is a rename, and the creation or removal of an empty file; its id is WHOLE.
    """
    patch = proposal.patch
    if patch is None or proposal.decision(WHOLE) is not Decision.PENDING:
        return False
    if patch.kind is FileKind.RENAME:
        return True
    # Of a file with lines the hunk says all; once it is decided nothing waits.
    return patch.kind is not FileKind.CHANGE and not patch.hunks and not proposal.decisions


def decide(proposal: Proposal, hunk_ids: Iterable[str], decision: Decision) -> Proposal:
    """Return the proposal with ``decision`` noted for the hunks; its state and patch stay.

    WHOLE is what a patch does to the file itself. Raises PatchError, naming the hunk, for an id
    that is not in the patch.
    """
    known = {hunk.id for hunk in proposal.patch.hunks} if proposal.patch else set()
    if proposal.patch and proposal.patch.kind is not FileKind.CHANGE:
        known.add(WHOLE)
    decisions = dict(proposal.decisions)
    for hunk_id in hunk_ids:
        if hunk_id not in known:
            raise PatchError(
                say("The proposal has no change {hunk_id!r}.", hunk_id=hunk_id),
                say("Choose one of those that are shown."),
            )
        decisions[hunk_id] = decision
    return replace(proposal, decisions=decisions)


def settled(proposal: Proposal) -> Proposal:
    """Return the proposal closed where nothing is left to decide, else ready.

    A part without a place is something to decide: it can be placed or dropped.
    """
    if undecided(proposal) or whole_waits(proposal) or proposal.failed:
        return replace(proposal, state=Ready())
    said = proposal.decisions.items()
    return replace(proposal, state=Closed(sum(one is Decision.ACCEPTED for _, one in said)))


def after_apply(patch: FilePatch, applied_ids: Collection[str], base: str) -> FilePatch:
    """Return what is left of a patch once some of its hunks are in the file.

    ``base`` is the digest of the file with them; the other hunks are shifted to their new lines.
    """
    shift = 0
    rest = []
    for hunk in patch.hunks:
        if hunk.id in applied_ids:
            shift += len(hunk.new) - len(hunk.old)
        else:
            rest.append(replace(hunk, start=hunk.start + shift))
    return replace(patch, base=base, hunks=tuple(rest))


def collision(path: str, hunk: Hunk) -> ConflictError:
    """Return the error for a hunk whose lines were changed in the file as well."""
    return ConflictError(
        say(
            "{path}, line {start}: it was changed since the proposal was made.",
            path=path,
            start=hunk.start + 1,
        ),
        say("Nothing was written. Choose which version shall stand, or ask for a new proposal."),
    )


def told_whole(proposal: Proposal) -> Proposal:
    """Return the proposal as it is told to those who cannot choose a side hunk by hunk.

    One hunk in conflict is a conflict of all of it: its diff would take the user's lines away.
    """
    if isinstance(proposal.state, Ready) and proposal.patch is not None:
        for hunk in proposal.patch.hunks:
            if proposal.decision(hunk.id) is Decision.CONFLICTING:
                reason = collision(proposal.patch.path, hunk).message
                return replace(proposal, state=Conflict(reason))
    return proposal


def moved_onto(proposal: Proposal, current: Snapshot) -> Proposal:
    """Return the proposal on another version of its file, with trigger, region and every hunk.

    Hunks that collide with what was changed there are CONFLICTING, those that it holds already are
    STALE. Hunks that were rejected move along where they can, so that they can be reconsidered.
    """
    patch = proposal.patch
    if patch is None:
        return moved_proposal(proposal, current)
    before, after = proposal.trigger.snapshot.text.content, current.text.content
    waiting = undecided(proposal)
    others = tuple(hunk for hunk in patch.hunks if hunk not in waiting)
    found = merged(replace(patch, hunks=waiting), before, after, current.digest, proposal.conflicts)
    kept = list(found.patch.hunks)
    if others:
        rejected = merged(replace(patch, hunks=others), before, after, current.digest)
        kept = _beside(kept, rejected)
    ids = {hunk.id for hunk in kept}
    decisions = {
        **{key: said for key, said in proposal.decisions.items() if not _reopens(said)},
        **dict.fromkeys(found.stale, Decision.STALE),
        **dict.fromkeys(found.conflicts, Decision.CONFLICTING),
    }
    gone = patch.kind is FileKind.DELETE and current.digest == ABSENT
    if gone and whole_waits(proposal):
        decisions[WHOLE] = Decision.STALE
    # Of a conflict that was decided for the file, what it was made for stays known.
    decided = {key: was for key, was in proposal.conflicts.items() if key in ids & set(decisions)}
    return moved_proposal(
        replace(
            proposal,
            patch=replace(found.patch, hunks=listed(kept, patch)),
            decisions=decisions,
            conflicts={**decided, **found.conflicts},
        ),
        current,
    )


def listed(hunks: Iterable[Hunk], before: FilePatch) -> tuple[Hunk, ...]:
    """Return hunks by line, and those that meet in one line as they were listed in ``before``."""
    places = {hunk.id: place for place, hunk in enumerate(before.hunks)}

    def place(hunk: Hunk) -> tuple[int, int, int, list[int]]:
        # The parts of a hunk have ids that begin with its own, and are numbered.
        known = places.get(hunk.id, places.get(hunk.id.rpartition(".")[0], 0))
        return hunk.start, hunk.end, known, [int(number) for number in _NUMBERS.findall(hunk.id)]

    return tuple(sorted(hunks, key=place))


def _those(proposal: Proposal, decisions: set[Decision]) -> tuple[Hunk, ...]:
    hunks = proposal.patch.hunks if proposal.patch else ()
    return tuple(hunk for hunk in hunks if proposal.decision(hunk.id) in decisions)


def _reopens(said: Decision) -> bool:
    """Return whether a merge says anew what became of the hunk."""
    return said in (Decision.PENDING, Decision.CONFLICTING)


def _beside(hunks: list[Hunk], rejected: Merged) -> list[Hunk]:
    """Return the hunks and the rejected ones, without those whose lines are other lines now."""
    kept = list(hunks)
    for hunk in rejected.patch.hunks:
        meets = (one for one in kept if one.start < hunk.end and hunk.start < one.end)
        if hunk.id not in rejected.conflicts and not any(meets):
            kept.append(hunk)
    return kept
