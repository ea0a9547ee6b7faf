"""Parts of a hunk that are decided one by one, and new lines that the user wrote for one."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from spark_desktop.domain.errors import PatchError
from spark_desktop.domain.intraline import paired
from spark_desktop.domain.patch import Hunk, Owner
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.words import say

# A place between lines of a hunk: so many of its old and of its new ones stand before it.
Cut = tuple[int, int]


def split(hunk: Hunk, old_at: int | None = None, new_at: int | None = None) -> tuple[Hunk, ...]:
    """Return the parts of a hunk, in order; together they do what the hunk does.

    With ``old_at`` or ``new_at`` there are two: the second begins with that of its old or new lines
    (from 0); where only one of them is named, the other side is cut where the like lines are.
    Without them, what changed, what came and what went are parted; failing that its paragraphs,
    and failing that its lines. Raises PatchError where there is no such place.
    """
    if old_at is None and new_at is None:
        cuts = next((found for found in _ways(hunk) if found), [])
        if not cuts:
            raise PatchError(
                say("This change has no parts."), say("Accept it, reject it, or edit its text.")
            )
        return _cut(hunk, cuts)
    cut = _completed(hunk, old_at, new_at)
    whole = (len(hunk.old), len(hunk.new))
    if not all(0 <= at <= size for at, size in zip(cut, whole, strict=True)) or not _parts(
        hunk, cut
    ):
        raise PatchError(
            say("The change cannot be split there."), say("Choose a line inside of it.")
        )
    return _cut(hunk, [cut])


def reworded(hunk: Hunk, text: str, newline: str) -> Hunk:
    """Return the hunk with ``text``, which the user wrote, as its new lines.

    They end as the file's lines do, with ``newline``; the last has an ending if it had one before,
    or if the user typed it. Raises PatchError for a text that changes nothing.
    """
    lines = tuple(
        line.rstrip("\r\n") + (newline if line.endswith(("\r", "\n")) else "")
        for line in split_lines(text)
    )
    was_open = not all(
        line.endswith(("\r", "\n")) for line in ((hunk.new or hunk.old)[-1:] or ("\n",))
    )
    if lines and not was_open and not lines[-1].endswith(("\r", "\n")):
        lines = (*lines[:-1], lines[-1] + newline)
    if lines == hunk.old:
        raise PatchError(
            say("With this text nothing would change."), say("Reject the change instead.")
        )
    return replace(hunk, new=lines, owner=Owner.USER)


def _ways(hunk: Hunk) -> Iterator[list[Cut]]:
    """Yield cuts, the coarsest first; those of a way that does not fit the hunk are empty."""
    pairs = paired(hunk.old, hunk.new)
    yield [cut for cut in _runs(hunk, pairs) if _parts(hunk, cut)]
    if not hunk.old or not hunk.new:
        yield [cut for cut in _paragraphs(hunk) if _parts(hunk, cut)]
        size = max(len(hunk.old), len(hunk.new))
        lines = [(min(n, len(hunk.old)), min(n, len(hunk.new))) for n in range(1, size)]
        yield [cut for cut in lines if _parts(hunk, cut)]
    yield [cut for cut in pairs if _parts(hunk, cut)]


def _runs(hunk: Hunk, pairs: tuple[Cut, ...]) -> Iterator[Cut]:
    """Yield where a run of paired lines begins or ends."""
    if not pairs:
        return
    yield pairs[0]
    for (i1, j1), (i2, j2) in pairwise(pairs):
        if (i2, j2) != (i1 + 1, j1 + 1):
            yield i1 + 1, j1 + 1
            yield i2, j2
    yield pairs[-1][0] + 1, pairs[-1][1] + 1


def _paragraphs(hunk: Hunk) -> Iterator[Cut]:
    lines = hunk.old or hunk.new
    for n in range(1, len(lines)):
        if lines[n].strip() and not lines[n - 1].strip():
            yield (n, 0) if hunk.old else (0, n)


def _completed(hunk: Hunk, old_at: int | None, new_at: int | None) -> Cut:
    """Return the cut with its missing side: before the first pair behind the given line."""
    if old_at is not None and new_at is not None:
        return old_at, new_at
    pairs = paired(hunk.old, hunk.new)
    if old_at is not None:
        return old_at, next((j for i, j in pairs if i >= old_at), len(hunk.new))
    at = new_at or 0
    return next((i for i, j in pairs if j >= at), len(hunk.old)), at


def _parts(hunk: Hunk, cut: Cut) -> bool:
    """Return whether a cut leaves two parts that can be written in any order.

    A line without an ending, which is the file's last, must stay in the last part on both sides:
    only there does it stay the last.
    """
    i, j = cut
    if cut in ((0, 0), (len(hunk.old), len(hunk.new))):
        return False
    ends = (i == len(hunk.old), hunk.old), (j == len(hunk.new), hunk.new)
    return not any(at_end and side and not side[-1].endswith(("\n", "\r")) for at_end, side in ends)


def _cut(hunk: Hunk, cuts: list[Cut]) -> tuple[Hunk, ...]:
    places = sorted({(0, 0), *cuts, (len(hunk.old), len(hunk.new))})
    return tuple(
        replace(
            hunk,
            id=f"{hunk.id}.{number}",
            start=hunk.start + i1,
            old=hunk.old[i1:i2],
            new=hunk.new[j1:j2],
        )
        for number, ((i1, j1), (i2, j2)) in enumerate(pairwise(places), 1)
    )
