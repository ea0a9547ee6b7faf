"""The window of one endpoint: its form, the test of its connection, saving it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from spark_desktop.viewmodels.check_rows import CheckRow
from spark_desktop.viewmodels.endpoint_edit import EndpointEditor
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.endpoint_form import EndpointForm
from spark_desktop.views.theme import Theme
from spark_desktop.views.tool_window import Cell, Table, ToolWindow, tool_notice

_SIZE = (980, 600)
# Pixels at the usual size of type: from this width on, form and test have room side by side.
_BESIDE = 880
# Rows that a low window still shows of the test.
_FEWEST = 3


class EndpointEditorDialog(ToolWindow):
    """Closing it asks first where something would be lost."""

    def __init__(self, parent: QWidget, model: EndpointEditor, theme: Theme) -> None:
        title = tr("Add an endpoint") if model.is_new else tr("Edit an endpoint")
        super().__init__(parent, title, theme)
        self._model = model
        self.endpoint_id = model.draft.base.id
        self.notice = tool_notice()
        self.form = EndpointForm(model, theme)
        headings = (tr("Step"), tr("State"), tr("Found"), tr("Time"))
        self.steps = Table(tr("Test of the connection"), headings, wide=2, wraps=True)
        self.test, self.stop = QPushButton(tr("&Test connection")), QPushButton(tr("Sto&p"))
        self.save, self.cancel = QPushButton(tr("&Save")), QPushButton(tr("Cancel"))
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._arrange()
        self._connect()
        self.fit(_SIZE)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        super().set_theme(theme)
        self.form.set_theme(theme)
        self.steps.setMinimumHeight(self.steps.rows_height(_FEWEST))
        self.render_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin where something is to be typed."""
        super().showEvent(event)
        control = self.form.url if self._model.is_new else self.form.key.key
        control.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the test beside the form where there is room."""
        super().resizeEvent(event)
        self._turn()

    def reject(self) -> None:
        """Close, by Esc or the system's button; ask first where something would be lost."""
        if self._model.may_close():
            self._end()

    def render_state(self) -> None:
        """Show the newest state."""
        model = self._model
        self.form.render_state()
        self.notice.show_notice(model.notice)
        self.steps.show_rows([self._cells(row) for row in model.check])
        # Until there is a test, a low window has its room for the form.
        self.steps.setVisible(bool(model.check) or model.is_testing)
        self._turn()
        had_focus = self.test.hasFocus() or self.stop.hasFocus()
        self.test.setVisible(not model.is_testing)
        self.stop.setVisible(model.is_testing)
        if had_focus:
            (self.stop if model.is_testing else self.test).setFocus()
        self.test.setEnabled(not model.is_saving)
        self.save.setEnabled(not model.is_saving)
        self.save.setText(tr("Saving…") if model.is_saving else tr("&Save"))

    def _cells(self, row: CheckRow) -> tuple[Cell, ...]:
        return (
            Cell(row.title, self.theme),
            Cell(row.state, self.theme, row.tone),
            Cell(row.found, self.theme, Tone.MUTED),
            Cell(row.time, self.theme, Tone.MUTED, tr("By this machine's clock")),
        )

    def _turn(self) -> None:
        way = QBoxLayout.Direction
        is_wide = self.width() >= self.theme.px(_BESIDE)
        self._halves.setDirection(way.LeftToRight if is_wide else way.TopToBottom)
        self._halves.setStretch(1, 6 if is_wide or not self.steps.isHidden() else 0)

    def _end(self) -> None:
        self._model.close()
        super().reject()

    def _save(self) -> None:
        self._model.save()
        self.form.show_first_error()

    def _test(self) -> None:
        self._model.test()
        self.form.show_first_error()

    def _connect(self) -> None:
        model = self._model
        model.changed.connect(self.render_state)
        model.saved.connect(self._end)
        model.discarded.connect(self._end)
        self.notice.intent.connect(model.act)
        self.test.clicked.connect(self._test)
        self.stop.clicked.connect(model.stop_test)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.reject)

    def _arrange(self) -> None:
        self.save.setProperty("main", True)
        right = QVBoxLayout()
        right.setContentsMargins(12, 12, 12, 12)
        right.setSpacing(8)
        left = Qt.AlignmentFlag.AlignLeft
        for button in (self.test, self.stop):
            right.addWidget(button, 0, left)
        right.addWidget(self.steps, 1)
        right.addStretch()
        self._halves.setSpacing(0)
        self._halves.addWidget(self.form, 5)
        self._halves.addLayout(right, 6)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(12, 0, 12, 12)
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self.cancel, self.save):
            buttons.addWidget(button)
        for button in (self.test, self.stop, self.cancel, self.save):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addLayout(self._halves, 1)
        column.addLayout(buttons)
