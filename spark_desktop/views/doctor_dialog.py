"""The doctor's window: each thing with state, reason and next step, and a report to copy."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from spark_desktop.viewmodels.doctor import DoctorViewModel
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.findings_pane import FindingsPane
from spark_desktop.views.theme import Theme
from spark_desktop.views.tool_window import ToolWindow, tool_notice

_SIZE = (860, 620)


class DoctorDialog(ToolWindow):
    """Draws the findings as they come; what does not fit its row stands below the table."""

    def __init__(self, parent: QWidget, model: DoctorViewModel, theme: Theme) -> None:
        super().__init__(parent, tr("Doctor"), theme)
        self._model = model
        self.notice = tool_notice()
        self.again = QPushButton(tr("Look &again"))
        self.findings = FindingsPane(
            tr("Findings"), tr("Reason"), theme, lambda: model.report, [self.again]
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addWidget(self.findings, 1)
        model.changed.connect(self.render_state)
        self.again.clicked.connect(model.examine)
        self.fit(_SIZE)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        super().set_theme(theme)
        self.findings.set_theme(theme)
        self.render_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew whenever the window comes up."""
        super().showEvent(event)
        self._model.examine()
        self.findings.table.setFocus()

    def render_state(self) -> None:
        """Show the newest findings."""
        self.notice.show_notice(self._model.notice)
        self.findings.show_rows(self._model.rows, can_copy=self._model.is_done)
