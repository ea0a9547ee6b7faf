"""Where lines of one version of a text are in another version of it."""

import difflib
from dataclasses import replace

from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.workspace import Snapshot


def moved_span(span: Span, before: str, after: str) -> Span:
    """Return the lines of ``after`` that the lines ``span`` of ``before`` became.

    Lines that were replaced map to what replaced them; deleted ones leave an empty span.
    """
    old, new = split_lines(before), split_lines(after)
    codes = difflib.SequenceMatcher(None, old, new, autojunk=len(old) > 2000).get_opcodes()
    start = end = len(new)
    for _tag, i1, i2, j1, j2 in codes:
        if i1 <= span.start < i2:
            start = min(j1 + span.start - i1, j2)
            break
    for _tag, i1, i2, j1, j2 in codes:
        if i1 < span.end <= i2:
            # The last line of a replaced block stands for its end.
            end = j2 if span.end == i2 else min(j1 + span.end - i1, j2)
            break
    return Span(start, max(start, end))


def moved_proposal(proposal: Proposal, snapshot: Snapshot) -> Proposal:
    """Return the proposal with its trigger and its region on another version of the file.

    The patch is not touched: review.rebase and review.after_apply move that.
    """
    before, after = proposal.trigger.snapshot.text.content, snapshot.text.content
    lines = proposal.trigger.lines
    moved = None if lines is None else moved_span(lines, before, after)
    region = proposal.region
    return replace(
        proposal,
        trigger=replace(proposal.trigger, snapshot=snapshot, lines=moved),
        region=None if region is None else moved_span(region, before, after),
    )
