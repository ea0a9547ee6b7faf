"""Unsent questions over the composer: those that wait, and those that came back."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.queue import QueueRow, QueueViewModel
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.elided_label import ElidedLabel
from spark_desktop.views.icons import icon
from spark_desktop.views.theme import Theme

_MOST = 4


class QueueLine(QFrame):
    """One question: its text, and what can be done with it."""

    def __init__(self, row: QueueRow, model: QueueViewModel, theme: Theme) -> None:
        super().__init__()
        self.row = row
        text = ElidedLabel(f"{row.text} · {row.detail}" if row.detail else row.text)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setToolTip(plain_tip(f"{row.text}\n{row.detail}".strip()))
        text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.now = self._button("up", tr("Send now: {question}", question=row.text), theme)
        self.edit = self._button("pencil", tr("Edit: {question}", question=row.text), theme)
        self.remove = self._button("close", tr("Remove: {question}", question=row.text), theme)
        self.now.setToolTip(tr("Send now: stop the running answer and ask this"))
        self.edit.setToolTip(tr("Edit: take it back into the composer"))
        self.remove.setToolTip(tr("Remove"))
        self.now.clicked.connect(lambda: model.send_now(row.id))
        self.edit.clicked.connect(lambda: model.edit(row.id))
        self.remove.clicked.connect(lambda: model.remove(row.id))
        self.buttons = (self.now, self.edit, self.remove)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        line.addWidget(text, 1)
        for button in self.buttons:
            line.addWidget(button)

    def _button(self, name: str, label: str, theme: Theme) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(name, theme.text_secondary))
        button.setIconSize(QSize(14, 14))
        button.setAccessibleName(label)
        return button


class QueueList(QFrame):
    """A heading with Send and Discard for what is held, and a line for each question.

    ``left`` says that what had the focus is gone, with nothing here to take it.
    """

    left = Signal()

    def __init__(self, model: QueueViewModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self.heading = QLabel()
        self.heading.setWordWrap(True)
        self.heading.setProperty("small", True)
        self.heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.send = QPushButton(tr("Send"))
        self.discard = QPushButton(tr("Discard"))
        self.send.setToolTip(tr("Ask them now, one after the other"))
        self.discard.setToolTip(tr("Forget them"))
        self.send.clicked.connect(model.release)
        self.discard.clicked.connect(model.discard)
        self.lines: list[QueueLine] = []
        self._column = QVBoxLayout()
        self._area = QScrollArea()
        self._arrange()
        model.changed.connect(self.render_rows)
        self.render_rows()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.render_rows()

    def render_rows(self) -> None:
        """Show the unsent questions; nothing without any."""
        model = self._model
        focused = self._focused()
        for line in self.lines:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.lines = [QueueLine(row, model, self._theme) for row in model.rows]
        for line in self.lines:
            self._column.addWidget(line)
        count = len(model.rows)
        self.heading.setText(model.notice or tr("%n question(s) waiting", "", count))
        for button in (self.send, self.discard):
            button.setVisible(model.held > 0)
        self.setVisible(count > 0)
        if self.lines:
            height = self.lines[0].sizeHint().height()
            self._area.setFixedHeight(min(count, _MOST) * height)
        if focused is not None:
            self._focus_again(*focused)

    def _focused(self) -> tuple[str, int, int] | None:
        """Return the row that has the focus, its place, and the place of the button in it."""
        for place, line in enumerate(self.lines):
            for number, button in enumerate(line.buttons):
                if button.hasFocus():
                    return line.row.id, place, number
        if self.send.hasFocus() or self.discard.hasFocus():
            return "", 0, 0
        return None

    def _focus_again(self, row_id: str, place: int, number: int) -> None:
        if not row_id and not self.send.isHidden():
            return
        same = [line for line in self.lines if line.row.id == row_id]
        near = same or self.lines[place : place + 1] or self.lines[-1:]
        if near:
            near[0].buttons[number].setFocus()
        else:
            self.left.emit()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.heading, 1)
        head.addWidget(self.send)
        head.addWidget(self.discard)
        inside = QWidget()
        inside.setObjectName("chips")
        inside.setLayout(self._column)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._area.setWidget(inside)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self._area)
