"""The changed files of one answer over the diff; hidden for a single file."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from spark_desktop.viewmodels.rows import Rows
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.row_list import RowList
from spark_desktop.views.theme import Theme

# Rows before the list scrolls, and the part of the height that they may take: the diff is what
# one looks at.
_LEAST, _MOST = 2, 4
_SHARE = 6


class FileList(QFrame):
    """``chosen`` carries the id of the file's proposal."""

    chosen = Signal(str)

    def __init__(self, rows: Rows, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("head")
        self._rows = rows
        self._count, self._seen = 0, _MOST
        self.list = RowList(rows, theme, tr("Changed files of this answer"), flat=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        self.list.chosen.connect(self.chosen)
        self.render_state(None)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.list.set_theme(theme)
        self._fit()

    def render_state(self, shown: str | None) -> None:
        """Show the files, and which of them is reviewed."""
        self.setVisible(bool(self._rows.rows))
        if len(self._rows.rows) != self._count:
            self._count = len(self._rows.rows)
            self._fit()
        current = self.list.currentIndex()
        row = self._rows.position(shown) if shown is not None else None
        if current.row() != row or not self.list.selectedIndexes():
            self.list.mark(shown)

    def fit(self, height: int) -> None:
        """Take its part of a review that is ``height`` pixels high."""
        seen = max(_LEAST, min(_MOST, height // _SHARE // self.list.row_height))
        if seen != self._seen:
            self._seen = seen
            self._fit()

    def _fit(self) -> None:
        # One pixel for the line below.
        self.setFixedHeight(max(1, min(self._count, self._seen)) * self.list.row_height + 1)
        self.list.scrollTo(self.list.currentIndex())
