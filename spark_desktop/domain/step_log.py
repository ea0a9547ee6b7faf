"""The log of steps: which parts of which changes each of them switched on or off.

An edit switches its own parts on. Every undo, redo and restore is kept as a step as well, with the
bytes before and after; what it switched stands as JSON in its ``origin``.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from spark_desktop.domain.history import AppliedChange, Step, StepKind
from spark_desktop.domain.operation import UndoneMark

# The id of an applied change, and that of one of its parts.
Part = tuple[str, str]
# A restore is undone as a whole: what else its changes consist of are parts of other steps.
RESTORED = frozenset({"restored"})


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


def of_restore(change_id: str, on: bool) -> Flip:
    """Return the flip that says whether a change of a restore stands."""
    return Flip(change_id, RESTORED, on)


@dataclass(frozen=True, slots=True)
class Marked:
    """The steps that flips change, as they are then, and the marks of their changes."""

    steps: tuple[Step, ...]
    undone: tuple[UndoneMark, ...]


def marks(steps: Iterable[Step], flips: Iterable[Flip]) -> Marked:
    """Return what flips make of the steps that they switch parts of."""
    switched: dict[str, list[Flip]] = {}
    for flip in flips:
        switched.setdefault(flip.change_id, []).append(flip)
    found, undone = [], []
    for step in steps:
        if not any(change.id in switched for change in step.changes):
            continue
        changes = tuple(_marked(change, switched.get(change.id, [])) for change in step.changes)
        found.append(replace(step, changes=changes))
        undone += [
            (change.id, change.undone, change.undone_hunks)
            for change in changes
            if change.id in switched
        ]
    return Marked(tuple(found), tuple(undone))


def _marked(change: AppliedChange, flips: Iterable[Flip]) -> AppliedChange:
    off = change.off
    for flip in flips:
        off = off - flip.parts if flip.on else off | flip.parts
        if change.id == flip.change_id and flip.parts == RESTORED:
            return replace(change, undone=not flip.on)
    undone = off >= change.parts
    return replace(change, undone=undone, undone_hunks=frozenset() if undone else off)
