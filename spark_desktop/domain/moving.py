"""Where lines of one version of a text are in another version of it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from spark_desktop.domain.patch import Hunk, compute
from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.trigger import (
    AnswerEdit,
    EditComment,
    FailingTest,
    FollowUp,
    Insertion,
    Instruction,
    ProposalTrigger,
    Repair,
    Span,
    Stub,
)
from spark_desktop.domain.workspace import Snapshot


def moved_span(span: Span, before: str, after: str) -> Span:
    """Return the lines of ``after`` that the lines ``span`` of ``before`` became.

    Lines that were replaced map to what replaced them; deleted ones leave an empty span.
    """
    return moved_spans((span,), before, after)[0]


def moved_spans(spans: Iterable[Span], before: str, after: str) -> tuple[Span, ...]:
    """Return what ``moved_span`` does for each of the spans, with one comparison of the texts."""
    changes = compute("", "", before, after).hunks
    return tuple(_moved(span, changes) for span in spans)


def moved_proposal(proposal: Proposal, snapshot: Snapshot) -> Proposal:
    """Return the proposal with its trigger and its region on another version of the file.

    The patch is not touched: merge.merged and review.after_apply move that.
    """
    before, after = proposal.trigger.snapshot.text.content, snapshot.text.content
    changes = compute("", "", before, after).hunks
    region = proposal.region
    return replace(
        proposal,
        trigger=_moved_trigger(proposal.trigger, snapshot, changes),
        region=None if region is None else _moved(region, changes),
    )


def _moved_trigger(
    trigger: ProposalTrigger, snapshot: Snapshot, changes: Sequence[Hunk]
) -> ProposalTrigger:
    match trigger:
        case EditComment():
            return replace(trigger, snapshot=snapshot, lines=_moved(trigger.lines, changes))
        case Stub():
            lines, body = _moved(trigger.lines, changes), _moved(trigger.body, changes)
            return replace(trigger, snapshot=snapshot, lines=lines, body=body)
        case Repair():
            return replace(trigger, snapshot=snapshot, lines=_moved(trigger.lines, changes))
        case AnswerEdit():
            return replace(trigger, snapshot=snapshot)
        case Instruction() | Insertion() | FailingTest() | FollowUp():
            place = None if trigger.lines is None else _moved(trigger.lines, changes)
            return replace(trigger, snapshot=snapshot, lines=place)


def _moved(span: Span, changes: Sequence[Hunk]) -> Span:
    start = _moved_start(span.start, changes)
    if not len(span):
        return Span(start, start)
    return Span(start, max(start, _moved_end(span.end, changes)))


def _moved_start(line: int, changes: Sequence[Hunk]) -> int:
    shift = 0
    for change in changes:
        if change.start <= line < change.end:
            return change.start + shift + min(line - change.start, len(change.new))
        if change.end <= line:
            shift += len(change.new) - len(change.old)
    return line + shift


def _moved_end(end: int, changes: Sequence[Hunk]) -> int:
    shift = 0
    for change in changes:
        if change.start < end < change.end:
            return change.start + shift + min(end - change.start, len(change.new))
        # What is inserted right behind the last line is not part of the span.
        if change.end <= end and change.start < end:
            shift += len(change.new) - len(change.old)
    return end + shift
