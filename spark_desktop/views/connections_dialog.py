"""The window of the connections: every host that was asked, when and why."""

from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from spark_desktop.viewmodels.connections import ConnectionsViewModel, ContactRow
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.form_controls import TickBox
from spark_desktop.views.theme import Theme
from spark_desktop.views.tool_window import Cell, Table, ToolWindow, tool_notice

_SIZE = (960, 460)


class ConnectionsDialog(ToolWindow):
    """Draws the rows that the filter lets through."""

    def __init__(self, parent: QWidget, model: ConnectionsViewModel, theme: Theme) -> None:
        super().__init__(parent, tr("Connections"), theme)
        self._model = model
        self.notice = tool_notice()
        headings = (tr("Host"), tr("Where"), tr("Why"), tr("Times"), tr("First"), tr("Last"))
        self.table = Table(tr("Connections"), headings, wide=2)
        self.filter = QLineEdit()
        self.hide_local = TickBox(tr("&Hide this machine"))
        self.copy, self.clear = QPushButton(tr("&Copy")), QPushButton(tr("C&lear"))
        self._arrange()
        model.changed.connect(self.render_state)
        self.filter.textChanged.connect(model.set_filter)
        self.hide_local.toggled.connect(model.set_hides_local)
        self.copy.clicked.connect(self._copy)
        self.clear.clicked.connect(model.clear)
        self.fit(_SIZE)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        super().set_theme(theme)
        self.render_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Read anew whenever the window comes up."""
        super().showEvent(event)
        self._model.refresh()
        self.filter.setFocus()

    def render_state(self) -> None:
        """Show the newest rows."""
        self.notice.show_notice(self._model.notice)
        self.table.show_rows([self._cells(row) for row in self._model.rows])
        self.copy.setText(tr("&Copy"))

    def _cells(self, row: ContactRow) -> tuple[Cell, ...]:
        tone = Tone.MUTED if row.is_local else Tone.PLAIN
        texts = (row.host, row.where, row.purpose, row.count, row.first, row.last)
        return tuple(Cell(text, self.theme, tone) for text in texts)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._model.text)
        self.copy.setText(tr("Copied"))

    def _arrange(self) -> None:
        self.filter.setPlaceholderText(tr("Filter"))
        self.filter.setAccessibleName(tr("Filter"))
        self.filter.setClearButtonEnabled(True)
        self.clear.setToolTip(tr("Forget what was noted until now"))
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.filter, 1)
        head.addWidget(self.hide_local)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self.clear, self.copy):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        inside = QVBoxLayout()
        inside.setContentsMargins(12, 12, 12, 12)
        inside.setSpacing(8)
        inside.addLayout(head)
        inside.addWidget(self.table, 1)
        inside.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addLayout(inside, 1)
