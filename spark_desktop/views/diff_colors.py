"""What makes a diff's lines colourful, found for visible lines only and after they were painted."""

import time
from collections.abc import Iterable, Mapping, Sequence

from spark_desktop.domain.intraline import Columns, intraline, paired
from spark_desktop.domain.patch import Hunk
from spark_desktop.viewmodels.diff_rows import (
    AddedRow,
    ChangedRow,
    ContextRow,
    PairRow,
    RemovedRow,
    Row,
    UnwrittenRow,
    bare,
)
from spark_desktop.views.highlighting import Spans
from spark_desktop.views.side_colors import SideColors

# Seconds of one slice: with the painting of a frame it stays under 16 ms.
SLICE = 0.004


class DiffColors:
    """Tokens and changed words of the rows of one file's diff."""

    def __init__(
        self, path: str, old: Sequence[str], new: Sequence[str], hunks: Iterable[Hunk] = ()
    ) -> None:
        self._old = SideColors(path, old)
        self._new = SideColors(path, new)
        self._hunks: Mapping[str, Hunk] = {hunk.id: hunk for hunk in hunks if hunk.id}
        self._pairs: dict[str, tuple[dict[int, int], dict[int, int]]] = {}
        # By hunk and old line, the columns of that line and of its partner.
        self._words: dict[str, dict[int, tuple[Columns, Columns]]] = {}

    def change(
        self,
        new: Sequence[str],
        first: int,
        hunks: Mapping[str, Hunk],
        gone: Iterable[str] = (),
    ) -> None:
        """Take another new text, the same above line ``first``, and all of its hunks.

        ``gone`` are the ids of those that are others than before.
        """
        self._new.change(new, first)
        for hunk_id in gone:
            self._pairs.pop(hunk_id, None)
            self._words.pop(hunk_id, None)
        self._hunks = hunks

    def parts(self, row: Row, *, of_new: bool = False) -> Spans:
        """Return the tokens of the row's text; ``of_new``: of a line that stays, its new one's.

        Empty while they are not known.
        """
        match row:
            case AddedRow(new=line):
                return self._new.spans(line)
            case ContextRow(old=old, new=new):
                return self._new.spans(new) if of_new else self._old.spans(old)
            case RemovedRow(old=line) | UnwrittenRow(old=line):
                return self._old.spans(line)
            case _:
                return ()

    def emphasis(self, row: Row) -> Columns:
        """Return the columns of the row's changed words; empty while they are not known."""
        if not isinstance(row, AddedRow | RemovedRow) or row.hunk_id not in self._pairs:
            return ()
        words = self._words.get(row.hunk_id, {})
        if isinstance(row, RemovedRow):
            return words[row.index][0] if row.index in words else ()
        old = self._pairs[row.hunk_id][1].get(row.index)
        return words[old][1] if old in words else ()

    def look(self, row: Row, *, both: bool = False) -> object:
        """Return all that is known of a row's colours, to tell whether it is drawn anew."""
        if isinstance(row, PairRow):
            return [self.look(side) for side in (row.old, row.new) if side]
        beside = self.parts(row, of_new=True) if both else ()
        return self.parts(row), beside, self.emphasis(row)

    def advance(self, rows: Sequence[Row], budget: float = SLICE, *, both: bool = False) -> bool:
        """Work ``budget`` seconds on what ``rows`` need; return whether everything is known.

        ``both``: lines that stay are shown in both texts.
        """
        until = time.perf_counter() + budget
        flat = list(_single(rows))
        for row in flat:
            if isinstance(row, AddedRow | RemovedRow):
                self._compare(row)
                if time.perf_counter() >= until:
                    return False
        old = [r.old for r in flat if isinstance(r, ContextRow | RemovedRow | UnwrittenRow)]
        news = AddedRow | ContextRow if both else AddedRow
        new = [r.new for r in flat if isinstance(r, news)]
        # Both in the same slice: a long old text must not keep the new lines plain.
        half = max(0.0, until - time.perf_counter()) / (2 if old and new else 1)
        old_known = not old or self._old.advance(min(old), max(old), half)
        new_known = not new or self._new.advance(min(new), max(new), half)
        return old_known and new_known

    def _compare(self, row: ChangedRow) -> None:
        hunk = self._hunks.get(row.hunk_id)
        if hunk is None:
            return
        if hunk.id not in self._pairs:
            found = paired([bare(line) for line in hunk.old], [bare(line) for line in hunk.new])
            self._pairs[hunk.id] = dict(found), {new: old for old, new in found}
        by_old, by_new = self._pairs[hunk.id]
        old = row.index if isinstance(row, RemovedRow) else by_new.get(row.index)
        known = self._words.setdefault(hunk.id, {})
        if old is not None and old in by_old and old not in known:
            known[old] = intraline(bare(hunk.old[old]), bare(hunk.new[by_old[old]]))


def _single(rows: Sequence[Row]) -> Iterable[Row]:
    for row in rows:
        if isinstance(row, PairRow):
            if row.old:
                yield row.old
            if row.new:
                yield row.new
        else:
            yield row
