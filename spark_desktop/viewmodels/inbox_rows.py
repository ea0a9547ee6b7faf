"""The rows of the inbox: a proposal each, and one for all files of an answer."""

from collections.abc import Iterable, Mapping, Sequence

from spark_desktop.domain.inbox_entry import InboxEntry
from spark_desktop.domain.proposal import (
    Cancelled,
    Closed,
    Conflict,
    Failed,
    Proposal,
    Ready,
    Streaming,
    Withheld,
)
from spark_desktop.domain.trigger import kind_of, title_of
from spark_desktop.domain.withheld import has_failed_checks
from spark_desktop.domain.workspace import Ignored
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.rows import Row
from spark_desktop.viewmodels.shelf import decided
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.viewmodels.wording import row_of, state_text

# Files of a burst that its tip names.
_NAMED = 20


def inbox_rows(proposals: Iterable[Proposal], rates: Mapping[str, float]) -> list[Row]:
    """Return the rows, the newest first; ``rates`` are in tokens per second, by proposal id.

    The row of an answer with several files has the id of the first one's proposal.
    """
    rows = []
    for group in groups(proposals):
        first = group[0]
        rows.append(row_of(first, rates.get(first.id)) if len(group) == 1 else _row(group))
    return rows[::-1]


def ignored_row(ignored: Ignored | InboxEntry) -> Row:
    """Return the row of a file that starts nothing, or of many that changed at once."""
    if isinstance(ignored, InboxEntry) and not ignored.is_burst:
        path, outcome = ignored.paths[0], in_language(ignored.outcome.value)
        told = f"{outcome}: {in_language(ignored.reason)}"
        name = path.rpartition("/")[2]
        return Row(path, name, told, "ignored", Tone.MUTED, "", f"{path}\n{told}")
    if isinstance(ignored, InboxEntry):
        title, told = tr("%n file(s)", "", len(ignored.paths)), in_language(ignored.reason)
        named = list(ignored.paths[:_NAMED])
        tip = "\n".join([told, *named, *(["…"] if len(ignored.paths) > _NAMED else [])])
        return Row(ignored.id, title, told, "ignored", Tone.MUTED, "", tip)
    reason, detail = in_language(ignored.reason.value), in_language(ignored.detail)
    text = f"{reason} ({detail})" if detail else reason
    name = ignored.path.rpartition("/")[2]
    return Row(ignored.path, name, text, "ignored", Tone.MUTED, "", f"{ignored.path}\n{text}")


def groups(proposals: Iterable[Proposal]) -> list[tuple[Proposal, ...]]:
    """Return the proposals by the answer that they came from, in the order of their beginnings."""
    found: dict[str, list[Proposal]] = {}
    for proposal in proposals:
        found.setdefault(proposal.group or proposal.id, []).append(proposal)
    return [tuple(group) for group in found.values()]


def group_of(proposals: Mapping[str, Proposal], proposal_id: str) -> tuple[Proposal, ...]:
    """Return all that came from the answer that a proposal came from; none for an unknown id."""
    return next((one for one in groups(proposals.values()) if _has(one, proposal_id)), ())


def first_to_decide(group: Sequence[Proposal]) -> str:
    """Return the id of the first proposal that waits for the user, else of the first."""
    waiting = (one.id for one in group if isinstance(one.state, Ready))
    return next(waiting, group[0].id)


def _has(group: Sequence[Proposal], proposal_id: str) -> bool:
    return any(one.id == proposal_id for one in group)


def _row(group: Sequence[Proposal]) -> Row:
    icon, tone = _look(group)
    files = tr("%n file(s)", "", len(group))
    title = in_language(title_of(group[0].trigger))
    kind = in_language(kind_of(group[0].trigger))
    told = [f"{one.trigger.snapshot.path}: {state_text(one)}" for one in group]
    tip = "\n".join((kind, *told))
    return Row(group[0].id, title, f"{files} · {_state(group)}", icon, tone, "", tip)


def _state(group: Sequence[Proposal]) -> str:
    streaming = next((one for one in group if isinstance(one.state, Streaming)), None)
    if streaming is not None:
        return state_text(streaming)
    ready = [one for one in group if isinstance(one.state, Ready)]
    parts = _missing(group)
    collide = sum(len(one.conflicts) for one in ready)
    collide += sum(isinstance(one.state, Conflict) for one in group)
    lost = sum(len(one.failed) for one in ready)
    if collide:
        parts.append(tr("%n conflict(s)", "", collide))
    elif lost:
        parts.append(tr("%n part(s) without a place", "", lost))
    elif ready:
        done, of = map(sum, zip(*(decided(one) for one in group), strict=True))
        parts.append(tr("{done} of {count} decided", done=done, count=of))
    return " · ".join(parts) or _closed(group)


def _missing(group: Sequence[Proposal]) -> list[str]:
    """Return how many files have nothing that all can be accepted with."""
    failed = sum(isinstance(one.state, Failed) for one in group)
    withheld = sum(isinstance(one.state, Withheld) for one in group)
    parts = [tr("{count} failed", count=failed)] if failed else []
    return [*parts, tr("%n file(s) withheld", "", withheld)] if withheld else parts


def _closed(group: Sequence[Proposal]) -> str:
    closed = [one.state for one in group if isinstance(one.state, Closed)]
    applied = sum(state.applied for state in closed)
    if not applied:
        return state_text(group[0])
    is_undone = all(state.undone for state in closed)
    return tr("undone") if is_undone else tr("applied %n hunk(s)", "", applied)


def _look(group: Sequence[Proposal]) -> tuple[str, Tone]:
    """Return the sign of the worst that is left of the files, as it may need the user."""
    states = [one.state for one in group]
    if any(isinstance(state, Streaming) for state in states):
        return "streaming", Tone.BUSY
    if any(isinstance(state, Failed) for state in states):
        return "problem", Tone.PROBLEM
    ready = [one for one in group if isinstance(one.state, Ready)]
    is_short = any(isinstance(state, Withheld | Conflict) for state in states)
    if is_short or any(one.failed or one.conflicts or has_failed_checks(one) for one in ready):
        return "warning", Tone.WARNING
    if ready:
        return "ready", Tone.GOOD
    closed = [state for state in states if isinstance(state, Closed)]
    if closed and all(state.undone for state in closed):
        return "undo", Tone.MUTED
    if any(state.applied for state in closed):
        return "applied", Tone.GOOD
    if all(isinstance(state, Cancelled) for state in states):
        return "stopped", Tone.MUTED
    return "rejected", Tone.MUTED
