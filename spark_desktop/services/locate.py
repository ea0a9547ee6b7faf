"""Finds a trigger again in a newer version of its file."""

from dataclasses import replace

from spark_desktop.domain.moving import moved_span
from spark_desktop.domain.trigger import (
    EditComment,
    Instruction,
    ProposalTrigger,
    QuestionComment,
    Stub,
    Trigger,
)
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.ports import Syntax


def place_of(trigger: Trigger) -> tuple[str, str, str]:
    """Return what names the trigger across saves: its kind, its file, its text or name.

    Two comments with the same words in one file count as one place.
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


def located(trigger: ProposalTrigger, snapshot: Snapshot, syntax: Syntax) -> ProposalTrigger | None:
    """Return the trigger as it stands in ``snapshot``, or None where it is gone."""
    old = trigger.snapshot
    if old.digest == snapshot.digest:
        return trigger
    lines = trigger.lines
    expected = None if lines is None else moved_span(lines, old.text.content, snapshot.text.content)
    if isinstance(trigger, Instruction):
        return replace(trigger, snapshot=snapshot, lines=expected)
    near = 0 if expected is None else expected.start
    same = [
        found
        for found in syntax.triggers(snapshot)
        if isinstance(found, EditComment | Stub) and place_of(found) == place_of(trigger)
    ]
    return min(same, key=lambda found: abs(found.lines.start - near), default=None)
