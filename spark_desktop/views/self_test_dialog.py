"""The self-test's window: runs it, shows what comes, and can stop it."""

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from spark_desktop.viewmodels.self_test import SelfTestViewModel
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.findings_pane import FindingsPane
from spark_desktop.views.theme import Theme
from spark_desktop.views.tool_window import ToolWindow, tool_notice

_SIZE = (860, 660)


class SelfTestDialog(ToolWindow):
    """Draws the rows as they come; a window that is closed stops the test."""

    def __init__(self, parent: QWidget, model: SelfTestViewModel, theme: Theme) -> None:
        super().__init__(parent, tr("Self-test"), theme)
        self._model = model
        self.notice = tool_notice()
        self.again, self.stop = QPushButton(tr("Run &again")), QPushButton(tr("&Stop"))
        buttons = [self.stop, self.again]
        self.findings = FindingsPane(tr("Checks"), tr("Seen"), theme, lambda: model.report, buttons)
        tip = tr(
            "Tries everything once, beside your work: in a process of its own, with a folder, a "
            "core and a window that nobody sees."
        )
        self.again.setToolTip(tip)
        self.again.setAccessibleDescription(tip)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addWidget(self.findings, 1)
        model.changed.connect(self.render_state)
        self.again.clicked.connect(model.run)
        self.stop.clicked.connect(model.stop)
        self.fit(_SIZE)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        super().set_theme(theme)
        self.findings.set_theme(theme)
        self.render_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Run it whenever the window comes up, not when it comes back from the task bar."""
        super().showEvent(event)
        if not event.spontaneous():
            self._model.run()
            self.findings.table.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop it when the window is closed."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._model.stop()

    def render_state(self) -> None:
        """Show the newest rows; who looks at the last one goes on with the next."""
        model, bar = self._model, self.findings.table.verticalScrollBar()
        was_at_end = bar.value() == bar.maximum()
        self.notice.show_notice(model.notice)
        self.findings.show_rows(model.rows, can_copy=bool(model.rows))
        if model.is_running and was_at_end:
            self.findings.table.scrollToBottom()
        self.stop.setVisible(model.is_running)
        self.stop.setEnabled(not model.is_stopping)
        self.again.setVisible(not model.is_running)
