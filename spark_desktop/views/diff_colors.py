"""What makes a diff's lines colourful, found for visible lines only and after they were painted."""

import time
from collections.abc import Iterable, Sequence

from spark_desktop.domain.patch import Hunk
from spark_desktop.viewmodels.diff_rows import (
    AddedRow,
    Columns,
    ContextRow,
    Emphasis,
    FoldRow,
    RemovedRow,
    Row,
    UnwrittenRow,
    emphasis_of,
)
from spark_desktop.views.highlighting import SLICE, Highlighter, Spans, lexer_for_path


class DiffColors:
    """Tokens and changed words of the rows of one file's diff."""

    def __init__(
        self, path: str, old: Sequence[str], new: Sequence[str], hunks: Iterable[Hunk] = ()
    ) -> None:
        lexer = lexer_for_path(path)
        self._old = Highlighter(lexer, old)
        self._new = Highlighter(lexer, new)
        self._hunks = {hunk.id: hunk for hunk in hunks}
        self._emphasis: dict[str, Emphasis] = {}

    def extend(self, new: Sequence[str]) -> None:
        """Take more lines of the new text; what is known of them stays."""
        self._new.extend(new)

    def parts(self, row: Row) -> Spans:
        """Return the tokens of the row's text; empty while they are not known."""
        match row:
            case AddedRow(new=line):
                return self._new.spans(line)
            case ContextRow(old=line) | RemovedRow(old=line):
                return self._old.spans(line)
            case UnwrittenRow() | FoldRow():
                return ()

    def emphasis(self, row: Row) -> Columns:
        """Return the columns of the row's changed words; empty while they are not known."""
        match row:
            case AddedRow(hunk_id=hunk_id, index=index) if hunk_id in self._emphasis:
                return self._emphasis[hunk_id].new[index]
            case RemovedRow(hunk_id=hunk_id, index=index) if hunk_id in self._emphasis:
                return self._emphasis[hunk_id].old[index]
        return ()

    def advance(self, rows: Sequence[Row], budget: float = SLICE) -> bool:
        """Work ``budget`` seconds on what ``rows`` need; return whether everything is known."""
        until = time.perf_counter() + budget
        for row in rows:
            if time.perf_counter() >= until:
                return False
            self._compare(row)
        old = max((r.old for r in rows if isinstance(r, ContextRow | RemovedRow)), default=-1)
        new = max((r.new for r in rows if isinstance(r, AddedRow)), default=-1)
        # Both in the same slice: a long old text must not keep the new lines plain.
        half = max(0.0, until - time.perf_counter()) / 2
        old_known = old < 0 or self._old.advance(old, half)
        new_known = new < 0 or self._new.advance(new, half)
        return old_known and new_known

    def _compare(self, row: Row) -> None:
        if isinstance(row, AddedRow | RemovedRow) and row.hunk_id in self._hunks:
            hunk = self._hunks[row.hunk_id]
            if row.hunk_id not in self._emphasis:
                self._emphasis[row.hunk_id] = emphasis_of(hunk)
