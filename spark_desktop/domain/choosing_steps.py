"""Which parts of which steps an undo, a redo or a restore switches."""

from collections.abc import Collection, Mapping, Sequence

from spark_desktop.domain.errors import NothingToUndoError, PatchError, UnknownStepError
from spark_desktop.domain.history import AppliedChange, Step, StepKind
from spark_desktop.domain.step_log import (
    Flip,
    Part,
    flips_of,
    of_restore,
    shown,
    standing,
    standing_before,
)
from spark_desktop.domain.words import Said, say


def step_of(steps: Sequence[Step], step_id: str) -> Step:
    """Return the edit or restore with this id. Raises UnknownStepError."""
    for step in shown(steps):
        if step.id == step_id:
            return step
    raise UnknownStepError(
        say("There is no kept step {step_id}.", step_id=step_id),
        say("It may have been dropped; look at the list of steps again."),
    )


def edit_changes(step: Step) -> tuple[AppliedChange, ...]:
    """Return the changes whose parts are switched: those of an edit."""
    return step.changes if step.kind is StepKind.EDIT else ()


def last_standing(steps: Sequence[Step]) -> Step:
    """Return what undo takes back where no step is named. Raises NothingToUndoError."""
    for step in reversed(shown(steps)):
        if not step.undone:
            return step
    raise NothingToUndoError(say("There is no change of ours left to undo."))


def last_undone(steps: Sequence[Step]) -> tuple[Flip, ...]:
    """Return what redo brings back where no step is named: what was undone last.

    Not over a newer edit, as in an editor. Raises NothingToUndoError.
    """
    for step in reversed(steps):
        if step.kind in (StepKind.EDIT, StepKind.RESTORE) and not step.undone:
            break
        if step.kind is StepKind.UNDO and (flips := _turned(steps, flips_of(step))):
            return flips
    if flips := _undone_at_the_end(steps):
        return flips
    raise NothingToUndoError(
        say("There is no undone change left to redo."),
        say("A step that was undone before a newer one is redone from the list of steps."),
    )


def switching(
    steps: Sequence[Step],
    step: Step,
    hunks: Mapping[str, Collection[str]] | None,
    *,
    on: bool,
) -> tuple[Flip, ...]:
    """Return the flips that undo or redo a step, or ``hunks`` of it by the ids of its changes.

    A step that is undone comes back as it stood before that; one of which some stands comes back
    whole. Raises NothingToUndoError where all is so already, PatchError for an unknown hunk.
    """
    if step.kind is StepKind.RESTORE:
        return _of_restore(steps, step, hunks, on=on)
    flips = []
    taken = _taken_last(steps, step) if on and hunks is None and step.undone else {}
    for change in step.changes if on else reversed(step.changes):
        wanted = change.parts if hunks is None else _chosen(step, change, hunks)
        if taken:
            wanted &= taken.get(change.id, frozenset())
        parts = wanted & change.off if on else wanted - change.off
        if parts:
            flips.append(Flip(change.id, parts, on))
    if hunks is not None and (unknown := hunks.keys() - {change.id for change in step.changes}):
        raise _no_hunk(step, min(unknown))
    if not flips:
        raise NothingToUndoError(_already(step, on))
    return tuple(flips)


def of_origin(steps: Sequence[Step], origin: str, *, on: bool) -> tuple[Flip, ...]:
    """Return the flips that undo or redo every step of a turn. Raises NothingToUndoError."""
    turn = [step for step in steps if step.kind is StepKind.EDIT and origin == step.origin]
    wanted = {
        change.id: change.off if on else change.parts - change.off
        for step in turn
        for change in step.changes
    }
    if not any(wanted.values()):
        raise NothingToUndoError(
            say("There is no undone change of this turn left to redo.")
            if on
            else say("There is no change of this turn left to undo.")
        )
    return _in_order(steps, {(id_, part) for id_, parts in wanted.items() for part in parts}, on)


def restoring(steps: Sequence[Step], step_id: str) -> tuple[Flip, ...]:
    """Return the flips after which the same parts stand as before a step.

    Raises NothingToUndoError where they do already, UnknownStepError.
    """
    step = step_of(steps, step_id)
    now, then = standing(steps), standing_before(steps, step_id)
    flips = _in_order(steps, now - then, False) + _in_order(steps, then - now, True)
    if not flips:
        raise NothingToUndoError(
            say("“{title}” and all that came after it is undone already.", title=step.title)
        )
    return flips


def _of_restore(
    steps: Sequence[Step], step: Step, hunks: Mapping[str, Collection[str]] | None, *, on: bool
) -> tuple[Flip, ...]:
    if hunks is not None:
        raise PatchError(
            say("A restore is undone as a whole."), say("Undo or redo hunks of the steps before.")
        )
    if step.undone != on:
        raise NothingToUndoError(_already(step, on))
    did = flips_of(step)
    wanted = did if on else tuple(Flip(one.change_id, one.parts, not one.on) for one in did)
    return _still(steps, wanted) + tuple(of_restore(change.id, on) for change in step.changes)


def _taken_last(steps: Sequence[Step], step: Step) -> dict[str, frozenset[str]]:
    """Return what was taken back of a step last, by its changes; nothing where no undo tells."""
    own = {change.id: change.off for change in step.changes}
    for later in reversed(steps):
        taken: dict[str, frozenset[str]] = {}
        for flip in flips_of(later):
            parts = flip.parts & own.get(flip.change_id, frozenset())
            if parts and not flip.on:
                taken[flip.change_id] = taken.get(flip.change_id, frozenset()) | parts
        if taken:
            return taken
    return {}


def _turned(steps: Sequence[Step], did: Sequence[Flip]) -> tuple[Flip, ...]:
    """Return the flips that turn back what still is as ``did`` left it."""
    found = _still(steps, [Flip(one.change_id, one.parts, not one.on) for one in did])
    restores = {
        change.id: change
        for step in steps
        if step.kind is StepKind.RESTORE
        for change in step.changes
    }
    return found + tuple(
        of_restore(one.change_id, not one.on)
        for one in did
        if one.change_id in restores and restores[one.change_id].undone is not one.on
    )


def _still(steps: Sequence[Step], wanted: Sequence[Flip]) -> tuple[Flip, ...]:
    """Return of the flips what is not so already, in an order in which they can be done."""
    now = standing(steps)
    known = {
        (change.id, part) for s in steps for change in edit_changes(s) for part in change.parts
    }
    off = {key for flip in wanted if not flip.on for key in flip.keys} & now
    on = {key for flip in wanted if flip.on for key in flip.keys} & (known - now)
    return _in_order(steps, off, False) + _in_order(steps, on, True)


def _in_order(steps: Sequence[Step], keys: Collection[Part], on: bool) -> tuple[Flip, ...]:
    """Return the flips of these parts: what came last goes first, and comes last."""
    flips = []
    for step in steps:
        for change in edit_changes(step):
            parts = frozenset(part for id_, part in keys if id_ == change.id)
            if parts:
                flips.append(Flip(change.id, parts, on))
    return tuple(flips if on else reversed(flips))


def _undone_at_the_end(steps: Sequence[Step]) -> tuple[Flip, ...]:
    """Return the first of the newest steps that are undone, where nothing says how they were."""
    undos = [step for step in steps if step.kind is StepKind.UNDO]
    told = {flip.change_id for step in undos for flip in flips_of(step)}
    first: Step | None = None
    for step in reversed(shown(steps)):
        if not step.undone or step.kind is not StepKind.EDIT:
            break
        if not any(change.id in told for change in step.changes):
            first = step
    return switching(steps, first, None, on=True) if first is not None else ()


def _chosen(
    step: Step, change: AppliedChange, hunks: Mapping[str, Collection[str]]
) -> frozenset[str]:
    wanted = frozenset(hunks.get(change.id, ()))
    known = {hunk.id for hunk in change.hunks} | change.parts
    if unknown := wanted - known:
        raise _no_hunk(step, min(unknown))
    # A file is made or removed as a whole.
    return wanted if wanted <= change.parts else change.parts


def _no_hunk(step: Step, name: str) -> PatchError:
    return PatchError(
        say("“{title}” has no change {name}.", title=step.title, name=name),
        say("Choose one of those that are shown."),
    )


def _already(step: Step, on: bool) -> Said:
    if on:
        return say("“{title}” stands already.", title=step.title)
    return say("“{title}” is undone already.", title=step.title)
