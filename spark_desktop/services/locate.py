"""Finds a trigger again in a newer version of its file."""

from collections.abc import Sequence
from dataclasses import replace

from spark_desktop.domain.moving import moved_span, moved_spans
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import (
    AnswerEdit,
    EditComment,
    FailingTest,
    FollowUp,
    Insertion,
    Instruction,
    ProposalTrigger,
    QuestionComment,
    Repair,
    Span,
    Stub,
    Trigger,
)
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.ports import Syntax


def place_of(trigger: Trigger) -> tuple[str, str, str]:
    """Return what names the trigger across saves: its kind, its file, its text or name.

    Comments with the same words, and methods with the same name, are told apart by their lines
    only: see ``is_same_place``.
    """
    match trigger:
        case EditComment(instruction=text):
            return "AI!", trigger.snapshot.path, " ".join(text.split())
        case QuestionComment(question=text):
            return "AI?", trigger.snapshot.path, " ".join(text.split())
        case Stub(name=name):
            return "stub", trigger.snapshot.path, name
        case Instruction(instruction=text):
            return "instruction", trigger.snapshot.path, text
        case Insertion(code=code):
            return "insert", trigger.snapshot.path, code
        case AnswerEdit(turn_id=turn):
            return "answer", trigger.snapshot.path, turn
        case Repair():
            return "repair", trigger.snapshot.path, ""
        case FailingTest(name=name):
            return "test", trigger.snapshot.path, name
        case FollowUp(title=title, origin=origin):
            # What has the same name in two files gets another one in both, one after the other.
            return "follow-up", trigger.snapshot.path, f"{title} ({origin})"


def located(trigger: ProposalTrigger, snapshot: Snapshot, syntax: Syntax) -> ProposalTrigger | None:
    """Return the trigger as it stands in ``snapshot``, or None where it is gone."""
    old = trigger.snapshot
    if old.digest == snapshot.digest:
        return trigger
    if isinstance(trigger, AnswerEdit):
        return replace(trigger, snapshot=snapshot)
    lines = trigger.lines
    expected = None if lines is None else moved_span(lines, old.text.content, snapshot.text.content)
    if isinstance(trigger, Instruction | Insertion | FailingTest | FollowUp):
        return replace(trigger, snapshot=snapshot, lines=expected)
    if isinstance(trigger, Repair):
        # Mended, it is gone: where the parser finds no more in the newer text.
        if expected is None or not syntax.errors(snapshot.path, snapshot.text.content):
            return None
        return replace(trigger, snapshot=snapshot, lines=expected)
    near = 0 if expected is None else expected.start
    same = [
        found
        for found in syntax.triggers(snapshot)
        if isinstance(found, EditComment | Stub) and place_of(found) == place_of(trigger)
    ]
    return min(same, key=lambda found: abs(found.lines.start - near), default=None)


def is_gone(trigger: ProposalTrigger, snapshot: Snapshot, syntax: Syntax) -> bool:
    """Return whether nothing in a newer text asks any more for what a comment, a stub or an error
    in the syntax asked for.

    In doubt it is there: words that stand elsewhere while its own lines are gone may have moved. An
    error that this parser never saw is not mended by its seeing none.
    """
    if isinstance(trigger, Repair):
        old, path, now = trigger.snapshot, snapshot.path, snapshot.text.content
        return not syntax.errors(path, now) and bool(syntax.errors(path, old.text.content))
    if not isinstance(trigger, EditComment | Stub):
        return False
    return not any(is_same_place(trigger, found) for found in syntax.triggers(snapshot))


def is_same_place(earlier: Trigger, later: Trigger) -> bool:
    """Return whether ``later`` asks again for what ``earlier`` asked for in an older version.

    Also where the lines of the earlier one are gone: it was written anew.
    """
    if isinstance(earlier, FailingTest) and isinstance(later, FailingTest):
        # Mended elsewhere, it is still about what the run points at.
        files = (earlier.snapshot.path, earlier.first_path)
        return earlier.name == later.name and later.snapshot.path in files
    if place_of(earlier) != place_of(later):
        return False
    if isinstance(later, FollowUp):
        return True
    if earlier.lines is None or later.lines is None:
        return False
    before, after = earlier.snapshot.text.content, later.snapshot.text.content
    moved = moved_span(earlier.lines, before, after)
    return not len(moved) or (moved.start < later.lines.end and later.lines.start < moved.end)


def unseen(known: Sequence[Trigger], now: Sequence[Trigger]) -> list[Trigger]:
    """Return the triggers of ``now`` that were not among the ``known`` ones of the version before.

    A known one whose lines are gone says nothing about the same words elsewhere.
    """
    left = list(now)
    if not known or not now:
        return left
    before, after = known[0].snapshot.text.content, now[0].snapshot.text.content
    moved = moved_spans([trigger.lines or Span(0, 0) for trigger in known], before, after)
    for trigger, lines in zip(known, moved, strict=True):
        same = [found for found in left if _says_the_same(found, trigger)]
        if len(lines) and same:
            left.remove(min(same, key=lambda found: abs(_start_of(found) - lines.start)))
    return left


def _says_the_same(one: Trigger, other: Trigger) -> bool:
    # A stub's text counts, so that an edit renews it.
    if place_of(one) != place_of(other):
        return False
    same = lines_of(one.snapshot, one.lines) == lines_of(other.snapshot, other.lines)
    return same or not isinstance(one, Stub)


def lines_of(snapshot: Snapshot, lines: Span | None) -> list[str]:
    """Return these lines of the snapshot with their endings; none for None."""
    return [] if lines is None else split_lines(snapshot.text.content)[lines.start : lines.end]


def _start_of(trigger: Trigger) -> int:
    return 0 if trigger.lines is None else trigger.lines.start
