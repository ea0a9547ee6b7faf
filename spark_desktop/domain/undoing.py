"""Takes hunks that were written once back, or brings them back, around all that came later.

What was written is known word for word, so a hunk is first carried through everything that was
written since; only what nobody of ours wrote is compared. Where that way is blocked, the text of
then and that of now are merged.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from spark_desktop.domain.errors import ConflictError, UndoBlockedError
from spark_desktop.domain.history import AppliedChange, Step
from spark_desktop.domain.merge import closed_in, merged
from spark_desktop.domain.moving import moved_span
from spark_desktop.domain.patch import FilePatch, Hunk, apply, compute, inverse
from spark_desktop.domain.text import dominant_newline, split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import Said, say


@dataclass(frozen=True, slots=True)
class Written:
    """What one step of ours wrote to one file; ``before`` and ``after`` are the whole contents."""

    step: Step
    change: AppliedChange
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Blame:
    """The step that stands in the way; ``is_undone``: since it was taken back."""

    step_id: str
    title: str
    is_undone: bool = False


# Says whose later write it was; None where what it did is no more.
Blamed = Callable[[Written], Blame | None]


@dataclass(frozen=True, slots=True)
class Source:
    """A write from which wanted hunks can be read, and what of ours followed it in that file.

    ``ids`` are the wanted hunks of it. ``is_wanted``: the write did what is wanted now; else the
    opposite. Without a ``trail`` nothing is known of what followed.
    """

    written: Written
    ids: frozenset[str]
    is_wanted: bool
    trail: tuple[Written, ...] | None = None

    @property
    def base(self) -> str:
        """Return the text that ``hunks`` are made for."""
        return self.written.before if self.is_wanted else self.written.after

    @property
    def hunks(self) -> tuple[Hunk, ...]:
        """Return the wanted hunks."""
        hunks = self.written.change.hunks
        turned = hunks if self.is_wanted else inverse(hunks)
        return tuple(hunk for hunk in turned if hunk.id in self.ids)

    @property
    def is_all(self) -> bool:
        """Return whether the wanted hunks are all of the write's."""
        return self.ids >= {hunk.id for hunk in self.written.change.hunks}


def exact(before: str, hunks: Iterable[Hunk], after: str) -> tuple[Hunk, ...]:
    """Return the hunks so that they turn ``before`` into ``after`` and back, word for word.

    A line may get an ending where the file goes on behind it; then the hunk says so.
    """
    lines, newline = split_lines(before), dominant_newline(before)
    given = tuple(sorted(hunks, key=lambda hunk: (hunk.start, hunk.end)))
    for tried in (given, tuple(closed_in(hunk, lines, newline) for hunk in given)):
        if _turns(before, tried, after):
            return tried
    return compute("", "", before, after).hunks


def placed(
    source: Source, current: str, path: str, blamed: Blamed, *, whole: bool = False
) -> tuple[Hunk, ...]:
    """Return the wanted hunks for the text ``current``; those that it holds already are left out.

    With ``whole`` none may be left out. Raises UndoBlockedError.
    """
    blocked: UndoBlockedError | None = None
    if source.trail is not None:
        try:
            return _fitting(carried(source, current, path, blamed), current, path)
        except UndoBlockedError as error:
            blocked = error
    try:
        found = _fitting(_merged(source, current, path), current, path)
    except UndoBlockedError as error:
        raise (blocked if blocked is not None and blocked.step_id else error) from None
    if whole and len(found) < len(source.hunks):
        raise blocked or blocked_by_hand(path, source.hunks[0].start + 1)
    return found


def carried(source: Source, current: str, path: str, blamed: Blamed) -> tuple[Hunk, ...]:
    """Return the hunks carried through every later write. Raises UndoBlockedError."""
    hunks, text = source.hunks, source.base
    for written in source.trail or ():
        hunks = _over_hand(hunks, text, written.before, path, current)
        try:
            hunks = _over(hunks, written.change.hunks)
        except _MetError as met:
            line = moved_span(met.span, written.after, current).start + 1
            raise _blocked(path, line, blamed(written)) from None
        text = written.after
    lines, newline = split_lines(current), dominant_newline(current)
    moved = _over_hand(hunks, text, current, path, current)
    return tuple(closed_in(hunk, lines, newline) for hunk in moved)


def blocked_by_hand(path: str, line: int) -> UndoBlockedError:
    """Return the error for lines that the user changed; ``line`` counts from 1."""
    return UndoBlockedError(
        say("{path}, line {line}: these lines were changed by hand since.", path=path, line=line),
        say("Change them back in your editor, then try again. Nothing was written."),
        path,
        line,
    )


def blocked_file(
    path: str, message: Said, next_step: Said, blame: Blame | None
) -> UndoBlockedError:
    """Return the error for a file that cannot come, go or be found; a step to blame says it all."""
    if blame is not None:
        return _blocked(path, 0, blame)
    return UndoBlockedError(message, next_step, path)


def _blocked(path: str, line: int, blame: Blame | None) -> UndoBlockedError:
    if blame is None:
        return blocked_by_hand(path, line)
    if blame.is_undone:
        message = say(
            "{path}, line {line}: what stood here was taken back with “{title}”.",
            path=path,
            line=line,
            title=blame.title,
        )
        next_step = say("Redo that step first. Nothing was written.")
    elif line:
        message = say(
            "{path}, line {line}: the later step “{title}” changed these lines.",
            path=path,
            line=line,
            title=blame.title,
        )
        next_step = say("Undo that step first. Nothing was written.")
    else:
        message = say(
            "{path}: the later step “{title}” changed this file.", path=path, title=blame.title
        )
        next_step = say("Undo that step first. Nothing was written.")
    return UndoBlockedError(message, next_step, path, line, blame.step_id)


class _MetError(Exception):
    """A hunk met a change of the same lines; ``span`` is where, behind the changes."""

    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span


def _over_hand(
    hunks: tuple[Hunk, ...], before: str, after: str, path: str, current: str
) -> tuple[Hunk, ...]:
    if before == after:
        return hunks
    try:
        return _over(hunks, compute(path, "", before, after).hunks)
    except _MetError as met:
        raise blocked_by_hand(path, moved_span(met.span, after, current).start + 1) from None


def _over(hunks: tuple[Hunk, ...], changes: Sequence[Hunk]) -> tuple[Hunk, ...]:
    """Return where the hunks are behind the changes. Raises _MetError."""
    moved = []
    for hunk in hunks:
        shift = behind = 0
        for change in sorted(changes, key=lambda change: (change.start, change.end)):
            if _collides(hunk, change):
                start = change.start + behind
                raise _MetError(Span(start, start + len(change.new)))
            behind += len(change.new) - len(change.old)
            if change.end <= hunk.start:
                shift += len(change.new) - len(change.old)
        moved.append(replace(hunk, start=hunk.start + shift))
    return tuple(moved)


def _collides(hunk: Hunk, change: Hunk) -> bool:
    if hunk.start == hunk.end and change.start == change.end:
        return hunk.start == change.start
    return change.start < hunk.end and hunk.start < change.end


def _merged(source: Source, current: str, path: str) -> tuple[Hunk, ...]:
    found = merged(FilePatch(path, "", source.hunks), source.base, current, "")
    for hunk in found.patch.hunks:
        if hunk.id in found.conflicts:
            raise blocked_by_hand(path, hunk.start + 1)
    return found.patch.hunks


def _fitting(hunks: tuple[Hunk, ...], current: str, path: str) -> tuple[Hunk, ...]:
    """Return the hunks if they apply. Raises UndoBlockedError, naming the line."""
    lines = split_lines(current)
    for hunk in hunks:
        if tuple(lines[hunk.start : hunk.end]) != hunk.old:
            raise blocked_by_hand(path, hunk.start + 1)
    return hunks


def _turns(before: str, hunks: tuple[Hunk, ...], after: str) -> bool:
    try:
        return apply(before, hunks) == after and apply(after, inverse(hunks)) == before
    except ConflictError:
        return False
