"""The JSON that scripts read; docs/cli.md describes each shape."""

from spark_desktop.cli.git_diff import diff_text
from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.conversation import Turn
from spark_desktop.domain.history import AppliedChange, Step, StepKind
from spark_desktop.domain.inbox_entry import InboxEntry
from spark_desktop.domain.patch import Hunk
from spark_desktop.domain.proposal import Closed, Conflict, Proposal, Ready
from spark_desktop.domain.trigger import Span, Trigger, kind_of, title_of
from spark_desktop.domain.workspace import Ignored

Json = dict[str, object]


def trigger_json(trigger: Trigger) -> Json:
    """Return what started a turn; ``lines`` are counted from 1, both ends included."""
    return {
        "kind": kind_of(trigger),
        "title": title_of(trigger),
        "path": trigger.snapshot.path,
        "lines": _lines_json(trigger.lines),
    }


def burst_json(entry: InboxEntry) -> Json:
    """Return what became of many files that changed at once; ``offered`` was not started."""
    return {
        "files": list(entry.paths),
        "outcome": entry.outcome.value,
        "reason": entry.reason,
        "offered": [trigger_json(trigger) for trigger in entry.offered],
    }


def proposal_json(proposal: Proposal) -> Json:
    """Return a proposal with its diff, its evidence and what it took.

    A patch that failed its checks is left out: a script would apply it.
    """
    text = proposal.trigger.snapshot.text
    shown = isinstance(proposal.state, Ready | Conflict | Closed)
    patch = proposal.patch if shown else None
    return {
        "id": proposal.id,
        "trigger": trigger_json(proposal.trigger),
        "state": state_name(proposal),
        "reason": reason_of(proposal),
        "path": proposal.trigger.snapshot.path,
        "encoding": text.encoding,
        "diff": diff_text(patch, text) if patch else "",
        "hunks": [hunk_json(hunk) for hunk in patch.hunks] if patch else [],
        "evidence": [
            {"name": check.name, "passed": check.passed, "detail": check.detail}
            for check in proposal.evidence
        ],
        "model": proposal.model,
        "endpoint": proposal.endpoint,
        "cost": proposal.cost,
        "usage": usage_json(proposal.usage),
        "timing": timing_json(proposal.timing),
    }


def state_name(proposal: Proposal) -> str:
    """Return the proposal's state in lower case, such as "ready" or "withheld"."""
    return type(proposal.state).__name__.lower()


def reason_of(proposal: Proposal) -> str:
    """Return why the proposal is in its state; empty where that needs no reason."""
    return str(getattr(proposal.state, "reason", ""))


def hunk_json(hunk: Hunk) -> Json:
    """Return one hunk; ``line`` is counted from 1."""
    return {"id": hunk.id, "line": hunk.start + 1, "old": list(hunk.old), "new": list(hunk.new)}


def turn_json(turn: Turn) -> Json:
    """Return one question and its answer."""
    return {
        "question": turn.question,
        "answer": turn.answer,
        "state": turn.state.value,
        "path": turn.path,
        "error": turn.error,
        "doubt": turn.doubt,
        "model": turn.model,
        "endpoint": turn.endpoint,
        "cost": turn.cost,
        "usage": usage_json(turn.usage),
        "timing": timing_json(turn.timing),
    }


def change_json(change: AppliedChange) -> Json:
    """Return an applied, undone or redone change; the digests are SHA-256."""
    return {
        "id": change.id,
        "path": change.path,
        "title": change.title,
        "hunks": [hunk_json(hunk) for hunk in change.hunks],
        "sha256": {"before": change.before, "after": change.after},
        "undone": change.undone,
        "kind": change.kind.value,
        "target": change.target,
        "undone_hunks": sorted(change.off),
    }


def step_json(step: Step) -> Json:
    """Return a step with its changes; ``state`` is "stands", "undone" or "partly undone"."""
    return {**step_heading(step), "changes": [change_json(change) for change in step.changes]}


def step_heading(step: Step) -> Json:
    """Return a step without its changes."""
    return {
        "id": step.id,
        "title": step.title,
        "kind": step.kind.value,
        "created": step.created.isoformat(),
        "state": state_of(step),
        "turn": step.origin if step.kind is StepKind.EDIT else "",
    }


def state_of(step: Step) -> str:
    """Return whether a step stands, in words that scripts compare."""
    if step.undone:
        return "undone"
    return "partly undone" if step.partly_undone else "stands"


def ignored_json(ignored: Ignored) -> Json:
    """Return a change that started nothing, with its reason."""
    return {"path": ignored.path, "reason": ignored.reason.value, "detail": ignored.detail}


def usage_json(usage: Usage | None) -> Json | None:
    """Return the tokens of one completion."""
    if usage is None:
        return None
    return {
        "in": usage.prompt_tokens,
        "out": usage.completion_tokens,
        "cached": usage.cached_tokens,
    }


def timing_json(timing: Timing | None) -> Json | None:
    """Return the seconds of one completion, to the millisecond."""
    if timing is None:
        return None
    return {
        "first_token": round(timing.first_token, 3),
        "total": round(timing.total, 3),
        "prefill": None if timing.prefill is None else round(timing.prefill, 3),
        "decode": None if timing.decode is None else round(timing.decode, 3),
    }


def _lines_json(lines: Span | None) -> list[int] | None:
    return None if lines is None else [lines.start + 1, max(lines.start + 1, lines.end)]
