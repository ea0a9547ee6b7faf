"""The list of what joined a proposal's prompt, and of what was left out and why."""

from collections.abc import Sequence

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.prompt_context import ContextRow
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.theme import Theme
from spark_desktop.views.tool_window import Cell, Table, ToolWindow

# Pixels at the usual size of type.
_SIZE = (640, 320)


class ContextWindow(ToolWindow):
    """Beside the main window; Esc closes it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, tr("Context of the proposal"), theme)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self._rows: tuple[ContextRow, ...] = ()
        headings = (tr("From"), tr("Size, or why not"))
        self.table = Table(tr("Context of the proposal"), headings, wide=1, wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.summary)
        column.addWidget(self.table, 1)
        self.set_theme(theme)
        self.fit(_SIZE)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        super().set_theme(theme)
        self._fill()

    def show_context(self, summary: str, rows: Sequence[ContextRow]) -> None:
        """Show these rows under their sum."""
        self._rows = tuple(rows)
        self.summary.setText(summary)
        self._fill()

    def _fill(self) -> None:
        self.table.show_rows([self._cells(row) for row in self._rows])

    def _cells(self, row: ContextRow) -> tuple[Cell, ...]:
        tone = Tone.MUTED if row.is_left_out else Tone.PLAIN
        return (Cell(row.title, self.theme, tone), Cell(row.said, self.theme, tone))
