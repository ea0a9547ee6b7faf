"""The doctor's window: each thing with state, reason and next step, and a report to copy."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from spark_desktop.viewmodels.doctor import DoctorViewModel, FindingRow
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.theme import Theme
from spark_desktop.views.tool_window import Cell, Table, ToolWindow, tool_notice

_SIZE = (860, 620)


class DoctorDialog(ToolWindow):
    """Draws the findings as they come; what does not fit its row stands below the table."""

    def __init__(self, parent: QWidget, model: DoctorViewModel, theme: Theme) -> None:
        super().__init__(parent, tr("Doctor"), theme)
        self._model = model
        self.notice = tool_notice()
        headings = (tr("What"), tr("State"), tr("Reason"))
        self.table = Table(tr("Findings"), headings, wide=2, wraps=True)
        self.reason, self.step = QLabel(), QLabel()
        self.copy = QPushButton(tr("&Copy report"))
        self.again = QPushButton(tr("Look &again"))
        self._arrange()
        model.changed.connect(self.render_state)
        self.table.currentCellChanged.connect(lambda *_cells: self._render_chosen())
        self.copy.clicked.connect(self._copy)
        self.again.clicked.connect(model.examine)
        self.fit(_SIZE)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        super().set_theme(theme)
        self.render_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew whenever the window comes up."""
        super().showEvent(event)
        self._model.examine()
        self.table.setFocus()

    def render_state(self) -> None:
        """Show the newest findings."""
        self.notice.show_notice(self._model.notice)
        self.table.show_rows([self._cells(row) for row in self._model.rows])
        self.copy.setEnabled(self._model.is_done)
        self.copy.setText(tr("&Copy report"))
        self._render_chosen()

    def _render_chosen(self) -> None:
        rows, number = self._model.rows, self.table.currentRow()
        row = rows[number] if 0 <= number < len(rows) else None
        self.reason.setText("" if row is None else row.reason)
        self.step.setText("" if row is None else row.next_step)
        self.step.setVisible(bool(self.step.text()))

    def _cells(self, row: FindingRow) -> tuple[Cell, ...]:
        tip = f"{row.reason}\n{row.next_step}".strip()
        reason = f"{row.reason}\n→ {row.next_step}" if row.next_step else row.reason
        return (
            Cell(row.name, self.theme, Tone.PLAIN, tip),
            Cell(row.state, self.theme, row.tone, tip),
            Cell(reason, self.theme, Tone.MUTED, tip),
        )

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._model.report)
        self.copy.setText(tr("Copied"))

    def _arrange(self) -> None:
        for label in (self.reason, self.step):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.reason.setProperty("quiet", True)
        tip = tr("Without your name, your home folder, and anything that looks like a key.")
        self.copy.setToolTip(tip)
        self.copy.setAccessibleDescription(tip)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self.again, self.copy):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        inside = QVBoxLayout()
        inside.setContentsMargins(12, 12, 12, 12)
        inside.setSpacing(8)
        inside.addWidget(self.table, 1)
        inside.addWidget(self.reason)
        inside.addWidget(self.step)
        inside.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addLayout(inside, 1)
