"""Things with state, reason and next step, a line each, and a report of them to copy."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from spark_desktop.viewmodels.doctor import FindingRow
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.theme import Theme
from spark_desktop.views.tool_window import Cell, Table


class FindingsPane(QWidget):
    """A table whose chosen row is told whole below it; ``report`` gives what is copied.

    ``name`` is the table's for screen readers, ``told`` the heading over what is told of each;
    ``buttons`` stand before the one that copies.
    """

    def __init__(
        self,
        name: str,
        told: str,
        theme: Theme,
        report: Callable[[], str],
        buttons: Sequence[QPushButton],
    ) -> None:
        super().__init__()
        self._theme, self._report = theme, report
        self._rows: tuple[FindingRow, ...] = ()
        self.table = Table(name, (tr("What"), tr("State"), told), wide=2, wraps=True)
        self.reason, self.step = QLabel(), QLabel()
        self.copy = QPushButton(tr("&Copy report"))
        self._arrange(buttons)
        self.table.currentCellChanged.connect(lambda *_cells: self._render_chosen())
        self.copy.clicked.connect(self._copy)

    def set_theme(self, theme: Theme) -> None:
        """Draw the next rows in another theme; the table is told by its window."""
        self._theme = theme

    def show_rows(self, rows: tuple[FindingRow, ...], *, can_copy: bool = True) -> None:
        """Show these; the chosen one stays chosen by its place."""
        self._rows = rows
        self.table.show_rows([self._cells(row) for row in rows])
        self.copy.setEnabled(can_copy)
        self.copy.setText(tr("&Copy report"))
        self._render_chosen()

    def _render_chosen(self) -> None:
        number = self.table.currentRow()
        row = self._rows[number] if 0 <= number < len(self._rows) else None
        self.reason.setText("" if row is None else row.reason)
        self.step.setText("" if row is None else row.next_step)
        self.step.setVisible(bool(self.step.text()))

    def _cells(self, row: FindingRow) -> tuple[Cell, ...]:
        tip = f"{row.reason}\n{row.next_step}".strip()
        reason = f"{row.reason}\n→ {row.next_step}" if row.next_step else row.reason
        return (
            Cell(row.name, self._theme, Tone.PLAIN, tip),
            Cell(row.state, self._theme, row.tone, tip),
            Cell(reason, self._theme, Tone.MUTED, tip),
        )

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report())
        self.copy.setText(tr("Copied"))

    def _arrange(self, buttons: Sequence[QPushButton]) -> None:
        for label in (self.reason, self.step):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.reason.setProperty("quiet", True)
        tip = tr("Without your name, your home folder, and anything that looks like a key.")
        self.copy.setToolTip(tip)
        self.copy.setAccessibleDescription(tip)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for button in (*buttons, self.copy):
            button.setAutoDefault(False)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addWidget(self.reason)
        column.addWidget(self.step)
        column.addLayout(row)
