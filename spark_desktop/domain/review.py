"""Decisions on hunks, and how hunks move when the file under them changes."""

from collections.abc import Iterable
from dataclasses import replace

from spark_desktop.domain.errors import ConflictError, PatchError
from spark_desktop.domain.merge import merged
from spark_desktop.domain.patch import FilePatch, Hunk
from spark_desktop.domain.proposal import Decision, Proposal
from spark_desktop.domain.words import say


def pending(proposal: Proposal) -> tuple[Hunk, ...]:
    """Return the hunks that nothing was decided about, in the file's order."""
    hunks = proposal.patch.hunks if proposal.patch else ()
    return tuple(hunk for hunk in hunks if proposal.decision(hunk.id) is Decision.PENDING)


def decide(proposal: Proposal, hunk_ids: Iterable[str], decision: Decision) -> Proposal:
    """Return the proposal with ``decision`` noted for the hunks; its state and patch stay.

    Raises PatchError, naming the hunk, for an id that is not in the patch.
    """
    known = {hunk.id for hunk in proposal.patch.hunks} if proposal.patch else set()
    decisions = dict(proposal.decisions)
    for hunk_id in hunk_ids:
        if hunk_id not in known:
            raise PatchError(
                say("The proposal has no change {hunk_id!r}.", hunk_id=hunk_id),
                say("Choose one of those that are shown."),
            )
        decisions[hunk_id] = decision
    return replace(proposal, decisions=decisions)


def after_apply(patch: FilePatch, applied_ids: frozenset[str], base: str) -> FilePatch:
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
    return FilePatch(patch.path, base, tuple(rest))


def rebase(patch: FilePatch, before: str, after: str, base: str) -> FilePatch:
    """Return the patch, made for ``before``, for the text ``after``, whose digest is ``base``.

    Hunks keep their ids. A hunk that ``after`` already holds is dropped. Raises ConflictError,
    naming file and line, where the lines that a hunk replaces were changed. A hunk that only
    inserts conflicts where both of its neighbours were changed, or where other lines were inserted
    at the very same place: their order would be a guess.
    """
    found = merged(patch, before, after, base)
    for hunk in found.patch.hunks:
        if hunk.id in found.conflicts:
            raise ConflictError(
                say(
                    "{path}, line {start}: it was changed since the proposal was made.",
                    path=patch.path,
                    start=hunk.start + 1,
                ),
                say("Ask for a new proposal; nothing was written."),
            )
    return found.patch
