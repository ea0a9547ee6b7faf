"""What makes a diff's lines colourful, found for visible lines only and after they were painted."""

import time
from collections.abc import Iterable, Sequence

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
from spark_desktop.views.highlighting import Spans, lexer_for_path
from spark_desktop.views.side_colors import SideColors

# Seconds of one slice: with the painting of a frame it stays under 16 ms.
SLICE = 0.004
# Compared lines that are kept; more are forgotten at once, which only costs comparing them again.
_KEPT = 20_000


class DiffColors:
    """Tokens and changed words of the rows of one file's diff."""

    def __init__(
        self, path: str, old: Sequence[str], new: Sequence[str], hunks: Iterable[Hunk] = ()
    ) -> None:
        lexer = lexer_for_path(path)
        self._old = SideColors(lexer, old)
        self._new = SideColors(lexer, new)
        self._hunks = {hunk.id: hunk for hunk in hunks if hunk.id}
        self._pairs: dict[str, tuple[dict[int, int], dict[int, int]]] = {}
        self._words: dict[tuple[str, int], tuple[Columns, Columns]] = {}
        self._compared = 0

    def change(
        self, new: Sequence[str], hunks: Iterable[Hunk] = (), text: str | None = None
    ) -> None:
        """Take another new text and its hunks; what is known and the same stays."""
        self._new.change(new, text)
        taken = {hunk.id: hunk for hunk in hunks if hunk.id}
        for known in list(self._pairs):
            if taken.get(known) != self._hunks.get(known):
                del self._pairs[known]
        if len(self._words) > _KEPT or any(
            hunk_id not in self._pairs for hunk_id, _line in self._words
        ):
            self._words = {
                key: found for key, found in self._words.items() if key[0] in self._pairs
            }
        self._hunks = taken

    @property
    def version(self) -> int:
        """Return a number that goes up with whatever may change a colour."""
        return self._old.version + self._new.version + self._compared

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
        by_old, by_new = self._pairs[row.hunk_id]
        if isinstance(row, RemovedRow):
            found = self._words.get((row.hunk_id, row.index)) if row.index in by_old else None
            return found[0] if found else ()
        old = by_new.get(row.index)
        found = self._words.get((row.hunk_id, old)) if old is not None else None
        return found[1] if found else ()

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
        if old is None or old not in by_old or (hunk.id, old) in self._words:
            return
        words = intraline(bare(hunk.old[old]), bare(hunk.new[by_old[old]]))
        self._words[hunk.id, old] = words
        self._compared += 1


def _single(rows: Sequence[Row]) -> Iterable[Row]:
    for row in rows:
        if isinstance(row, PairRow):
            if row.old:
                yield row.old
            if row.new:
                yield row.new
        else:
            yield row
