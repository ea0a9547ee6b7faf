"""The colours of a diff in one theme, made once: naming them anew in each frame costs as much."""

from functools import lru_cache

from PySide6.QtGui import QColor

from spark_desktop.domain.proposal import Decision
from spark_desktop.viewmodels.diff_rows import (
    AddedRow,
    CommentRow,
    FoldRow,
    HeadRow,
    Part,
    QuotedRow,
    RemovedRow,
    Row,
    decision_of,
)
from spark_desktop.views.code_style import added_word, blend, faded, removed_word
from spark_desktop.views.theme import Theme

_SELECTED = 0.25
_HEAD = 0.14
_COMMENT = 0.10
_MATCH = 0.24
_CURRENT_MATCH = 0.42
_OPEN = (Decision.PENDING, Decision.CONFLICTING)


@lru_cache(maxsize=512)
def color(value: str) -> QColor:
    """Return a colour for ``#rrggbb``; it is shared, so that nobody may change it."""
    return QColor(value)


class DiffPalette:
    """Grounds and texts by what a row is."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.text, self.quiet = color(theme.text), color(theme.text_secondary)
        self.line, self.accent = color(theme.line), color(theme.accent)
        self.added, self.removed = color(theme.added_text), color(theme.removed_text)
        self.surface, self.window = color(theme.surface), color(theme.window)
        self.warning, self.problem = color(theme.warning), color(theme.problem)
        self.link = color(theme.link)
        self.added_word, self.removed_word = color(added_word(theme)), color(removed_word(theme))
        self._grounds: dict[tuple[object, bool, bool], QColor] = {}

    def ground(self, row: Row | None, selected: bool = False) -> QColor:
        """Return what a row is drawn on; None: the empty place beside a row."""
        kind = row.part if isinstance(row, HeadRow | QuotedRow) else type(row)
        is_decided = row is not None and decision_of(row) not in _OPEN
        key = (kind, is_decided, selected)
        found = self._grounds.get(key)
        if found is None:
            found = self._grounds[key] = color(self._mixed(row, is_decided, selected))
        return found

    def match(self, row: Row, *, is_current: bool) -> QColor:
        """Return what a match of the search is drawn on."""
        share = _CURRENT_MATCH if is_current else _MATCH
        return color(blend(self.ground(row).name(), self.theme.accent, share))

    def _mixed(self, row: Row | None, is_decided: bool, selected: bool) -> str:
        theme = self.theme
        match row:
            case AddedRow():
                ground = theme.added_line
            case RemovedRow():
                ground = theme.removed_line
            case HeadRow(part=Part.CONFLICT):
                ground = blend(theme.window, theme.warning, _HEAD)
            case HeadRow(part=Part.FAILED):
                ground = blend(theme.window, theme.problem, _HEAD)
            case CommentRow():
                ground = blend(theme.window, theme.link, _COMMENT)
            case FoldRow() | HeadRow() | QuotedRow() | None:
                ground = theme.surface
            case _:
                ground = theme.window
        if is_decided:
            ground = faded(ground, theme)
        return blend(ground, theme.link, _SELECTED) if selected else ground
