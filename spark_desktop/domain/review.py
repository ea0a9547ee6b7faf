"""Decisions on hunks, and how hunks move when the file under them changes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from spark_desktop.domain.errors import ConflictError, PatchError
from spark_desktop.domain.patch import FilePatch, Hunk, compute
from spark_desktop.domain.proposal import Decision, Proposal
from spark_desktop.domain.text import dominant_newline, split_lines
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
    changes = compute(patch.path, base, before, after).hunks
    old, new = split_lines(before), split_lines(after)
    moved = []
    for hunk in patch.hunks:
        if _is_applied(hunk, changes, old, new):
            continue
        shift = 0
        for change in changes:
            if _collides(hunk, change):
                raise ConflictError(
                    say(
                        "{path}, line {start}: it was changed since the proposal was made.",
                        path=patch.path,
                        start=change.start + shift + 1,
                    ),
                    say("Ask for a new proposal; nothing was written."),
                )
            if change.end <= hunk.start:
                shift += len(change.new) - len(change.old)
        moved.append(_closed(replace(hunk, start=hunk.start + shift), new))
    return FilePatch(patch.path, base, tuple(moved))


def _collides(hunk: Hunk, change: Hunk) -> bool:
    if hunk.start == hunk.end and change.start == change.end:
        return hunk.start == change.start
    return change.start < hunk.end and hunk.start < change.end


def _is_applied(
    hunk: Hunk, changes: Sequence[Hunk], before: Sequence[str], after: Sequence[str]
) -> bool:
    near = [c for c in changes if c.start <= hunk.end and hunk.start <= c.end]
    if not near:
        return False
    first = min(hunk.start, near[0].start)
    last = max(hunk.end, near[-1].end)
    expected = [*before[first : hunk.start], *hunk.new, *before[hunk.end : last]]
    shift = sum(len(c.new) - len(c.old) for c in changes if c.end < first)
    grown = sum(len(c.new) - len(c.old) for c in near)
    return list(after[first + shift : last + shift + grown]) == expected


def _closed(hunk: Hunk, lines: Sequence[str]) -> Hunk:
    """Give every line but the file's last an ending, so that undo finds what was written."""
    newline = dominant_newline("".join(lines))
    old, new = hunk.old, hunk.new
    if new and hunk.end < len(lines) and not new[-1].endswith(("\n", "\r")):
        new = (*new[:-1], new[-1] + newline)
    start = hunk.start
    if new and not old and 0 < start == len(lines) and not lines[-1].endswith(("\n", "\r")):
        start, old, new = start - 1, (lines[-1],), (lines[-1] + newline, *new)
    return replace(hunk, start=start, old=old, new=new)
