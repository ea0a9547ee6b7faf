"""What the review says about a proposal: its counts, where the current hunk is, its file's row."""

from collections.abc import Sequence

from spark_desktop.domain.line_comment import LineComment
from spark_desktop.domain.patch import FileKind, FilePatch, Hunk
from spark_desktop.domain.proposal import Closed, Decision, FailedBlock, Proposal, Ready
from spark_desktop.viewmodels.amounts import MINUS
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.rows import Row
from spark_desktop.viewmodels.shelf import decided, hunk_ids
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.viewmodels.wording import row_of, state_text


def counts_text(patch: FilePatch | None) -> str:
    """Return lines added and removed, each with its sign; empty without a patch."""
    if patch is None or not patch.hunks:
        return ""
    return f"+{patch.added} {MINUS}{patch.removed}"


def kind_text(patch: FilePatch | None) -> str:
    """Return what happens to the file itself; empty where it is only changed."""
    match patch:
        case FilePatch(kind=FileKind.CREATE):
            return tr("new file")
        case FilePatch(kind=FileKind.DELETE):
            return tr("is deleted")
        case FilePatch(kind=FileKind.RENAME, target=target):
            return tr("becomes {target}", target=target)
        case _:
            return ""


def position_text(proposal: Proposal | None, current: str | None) -> str:
    """Return "hunk 2 of 5"; empty without a current hunk."""
    ids = () if proposal is None else hunk_ids(proposal)
    if current not in ids:
        return ""
    return tr("hunk {number} of {count}", number=ids.index(current) + 1, count=len(ids))


def file_text(proposal: Proposal | None, group: Sequence[Proposal]) -> str:
    """Return "file 1 of 3"; empty for the only one."""
    ids = [one.id for one in group]
    if proposal is None or len(ids) < 2 or proposal.id not in ids:
        return ""
    return tr("file {number} of {count}", number=ids.index(proposal.id) + 1, count=len(ids))


def hunk_text(proposal: Proposal | None, current: str | None) -> str:
    """Return the current hunk in words, for readers of the screen; empty without one."""
    patch = None if proposal is None else proposal.patch
    hunks = () if patch is None else patch.hunks
    hunk = next((one for one in hunks if one.id == current), None)
    if proposal is None or hunk is None:
        return ""
    place = position_text(proposal, current)
    parts = [tr("{position_text}, at line {start}.", position_text=place, start=hunk.start + 1)]
    said = decision_text(proposal.decision(hunk.id))
    if said:
        parts.append(said)
    if hunk.old:
        lines = "".join(hunk.old).rstrip()
        parts.append(tr("Removes:\n{lines}", lines=lines))
    if hunk.new:
        lines = "".join(hunk.new).rstrip()
        parts.append(tr("Adds:\n{lines}", lines=lines))
    return "\n".join(parts)


def decision_text(decision: Decision) -> str:
    """Return the state of a hunk in a sentence; empty while it waits."""
    match decision:
        case Decision.ACCEPTED:
            return tr("Accepted.")
        case Decision.REJECTED:
            return tr("Rejected.")
        case Decision.STALE:
            return tr("The file holds it already.")
        case Decision.CONFLICTING:
            return tr("It conflicts with what was saved since: choose a side.")
        case Decision.PENDING:
            return ""


def decisions_text(before: Proposal, now: Proposal) -> str:
    """Return what was decided between two values of a proposal; empty where nothing was."""
    ids = {*hunk_ids(before), *hunk_ids(now), *before.decisions, *now.decisions}
    changed = [now.decision(one) for one in ids if before.decision(one) is not now.decision(one)]
    counts = {one: changed.count(one) for one in Decision}
    said = []
    if counts[Decision.ACCEPTED]:
        said.append(tr("%n hunk(s) accepted.", "", counts[Decision.ACCEPTED]))
    if counts[Decision.REJECTED]:
        said.append(tr("%n hunk(s) rejected.", "", counts[Decision.REJECTED]))
    if counts[Decision.PENDING]:
        said.append(tr("%n hunk(s) wait again.", "", counts[Decision.PENDING]))
    if counts[Decision.CONFLICTING]:
        said.append(tr("%n hunk(s) conflict with the file.", "", counts[Decision.CONFLICTING]))
    if said:
        done, count = decided(now)
        name = now.trigger.snapshot.name
        said.append(tr("{name}: {done} of {count} decided.", name=name, done=done, count=count))
    return " ".join(said)


def failed_text(part: FailedBlock) -> str:
    """Return why a part of an answer has no place, and which lines are most like it."""
    reason = in_language(part.reason)
    if part.nearest is None:
        return reason
    return tr(
        "{reason} Lines {first} to {last} are most like it ({score:.0f} %).",
        reason=reason,
        first=part.nearest.start + 1,
        last=max(part.nearest.start + 1, part.nearest.end),
        score=part.score * 100,
    )


def conflict_text(proposal: Proposal, hunk: Hunk) -> str:
    """Return what stands in a conflict's place now, and what the proposal was made for."""
    made_for = "".join(proposal.conflicts.get(hunk.id, ())).rstrip()
    there = "".join(hunk.old).rstrip()
    nothing = tr("nothing")
    return tr(
        "On disk now:\n{there}\nThe proposal was made for:\n{made_for}",
        there=there or nothing,
        made_for=made_for or nothing,
    )


def comment_place(comment: LineComment, *, with_path: bool) -> str:
    """Return which line a comment is about."""
    line = comment.line + 1
    if comment.is_new_side:
        place = tr("line {line}", line=line)
    else:
        place = tr("line {line} before", line=line)
    return f"{comment.path}, {place}" if with_path else place


def file_row(proposal: Proposal, rate: float | None = None) -> Row:
    """Return the row of one file of an answer: how it changes, and how far it is decided."""
    look = row_of(proposal, rate)
    path, patch = proposal.trigger.snapshot.path, proposal.patch
    parts = [part for part in (kind_text(patch), counts_text(patch)) if part]
    if proposal.failed:
        parts.append(tr("%n part(s) without a place", "", len(proposal.failed)))
    done, count = decided(proposal)
    if isinstance(proposal.state, Ready | Closed) and count:
        aside = tr("{done} of {count} decided", done=done, count=count)
    else:
        aside = state_text(proposal, rate)
    if aside in parts:
        # Nothing else is to say about a file of which no part found a place.
        parts.remove(aside)
    said = " · ".join(dict.fromkeys((path, *parts, aside, state_text(proposal, rate))))
    icon, tone = look.icon, look.tone
    if proposal.failed or Decision.CONFLICTING in proposal.decisions.values():
        icon, tone = "warning", Tone.WARNING
    return Row(proposal.id, path, " · ".join(parts), icon, tone, aside, said)
