"""The log of steps: which parts of which changes each of them switched on or off.

An edit switches its own parts on. Every undo, redo and restore is kept as a step as well, with the
bytes before and after; what it switched stands as JSON in its ``origin``.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spark_desktop.domain.history import WHOLE, Step, StepKind

Part = tuple[str, str]
"""The id of an applied change, and that of one of its parts."""


@dataclass(frozen=True, slots=True)
class Flip:
    """Parts of one applied change that are switched on or off.

    ``by`` is the id of the change, in the step that did so, which wrote it; "" where nothing had to
    be written, since the user had done the same by hand.
    """

    change_id: str
    parts: frozenset[str]
    on: bool
    by: str = ""

    @property
    def keys(self) -> frozenset[Part]:
        """Return the parts with the id of their change."""
        return frozenset((self.change_id, part) for part in self.parts)


def packed(flips: Iterable[Flip]) -> str:
    """Return the flips as JSON, for the ``origin`` of a step."""
    return json.dumps([[flip.change_id, sorted(flip.parts), flip.on, flip.by] for flip in flips])


def flips_of(step: Step) -> tuple[Flip, ...]:
    """Return what a step switched; nothing where its ``origin`` cannot be read."""
    if step.kind is StepKind.EDIT:
        return tuple(Flip(change.id, change.parts, True, change.id) for change in step.changes)
    try:
        rows = json.loads(step.origin)
        return tuple(
            Flip(str(change_id), frozenset(map(str, parts)), bool(on), str(by))
            for change_id, parts, on, by in rows
        )
    except (ValueError, TypeError):
        return ()


def shown(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return the steps that a user knows of: edits and restores."""
    return tuple(step for step in steps if step.kind in (StepKind.EDIT, StepKind.RESTORE))


def standing(steps: Iterable[Step]) -> frozenset[Part]:
    """Return the parts of edits that stand now."""
    return frozenset(
        (change.id, part)
        for step in steps
        if step.kind is StepKind.EDIT
        for change in step.changes
        for part in change.parts - change.off
    )


def standing_before(steps: Sequence[Step], step_id: str) -> frozenset[Part]:
    """Return the parts of edits that stood just before a step.

    A part that is off now without a step that says so counts as off always: who took it back may
    have done so at any time.
    """
    on: set[Part] = set()
    before: frozenset[Part] | None = None
    for step in steps:
        if step.id == step_id:
            before = frozenset(on)
        for flip in flips_of(step):
            on = on | flip.keys if flip.on else on - flip.keys
    unexplained = on - standing(steps)
    return frozenset((before or frozenset()) - unexplained)


def marks_only(step: Step) -> bool:
    """Return whether the step wrote nothing: the user had done by hand what it says."""
    return not step.changes


def of_restore(change_id: str, on: bool) -> Flip:
    """Return the flip that says whether a change of a restore stands."""
    return Flip(change_id, frozenset({WHOLE}), on)
