"""Comments on lines of a proposal: the field for one, and the list of those that wait."""

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

from spark_desktop.domain.line_comment import LineComment
from spark_desktop.viewmodels.line_comments import LineComments
from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.review_words import comment_place
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.drawer import Drawer
from spark_desktop.views.elided_label import ElidedLabel
from spark_desktop.views.icons import icon
from spark_desktop.views.theme import Theme

_LEAST, _MOST = 2, 6
# Lines of the list before it scrolls.
_SEEN = 3


class CommentLine(QFrame):
    """One comment that waits: where, what, and what can be done with it."""

    def __init__(self, comment: LineComment, place: str, theme: Theme) -> None:
        super().__init__()
        text = " ".join(comment.text.split())
        said = ElidedLabel(f"{place}: {text}")
        said.setTextFormat(Qt.TextFormat.PlainText)
        said.setToolTip(plain_tip(f"{comment.quoted.strip()}\n{comment.text}"))
        said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.edit = _button("pencil", tr("Edit: {question}", question=text), theme)
        self.remove = _button("close", tr("Remove: {question}", question=text), theme)
        self.edit.setToolTip(tr("Edit"))
        self.remove.setToolTip(tr("Remove"))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        line.addWidget(said, 1)
        line.addWidget(self.edit)
        line.addWidget(self.remove)


class CommentBox(QFrame):
    """Draws the comments on what is shown; ``ended`` says that the focus needs another place."""

    ended = Signal()

    def __init__(self, model: LineComments, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self.drawer = Drawer(tr("Comment"), _LEAST, _MOST)
        self.heading, self.send = QLabel(), QPushButton(tr("Send to the model"))
        self.send.setToolTip(tr("Ask for a proposal that heeds these comments"))
        self.lines: list[CommentLine] = []
        self._list, self._column, self._area = QFrame(), QVBoxLayout(), QScrollArea()
        self._arrange()
        self.drawer.kept.connect(model.keep)
        self.drawer.left.connect(model.leave)
        self.drawer.written.connect(model.set_text)
        self.send.clicked.connect(model.send)
        model.opened.connect(self.render_field)
        model.changed.connect(self.render_list)
        self.render_list()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.drawer.set_theme(theme)
        self.render_list()

    def render_field(self) -> None:
        """Open the field for a comment that is written, close it without one."""
        opened = self._model.open
        if opened is None:
            if self.drawer.end():
                self.ended.emit()
            return
        comment = opened.comment
        place = comment_place(comment, with_path=False)
        said = tr("Comment on {place}: {quoted}", place=place, quoted=comment.quoted.strip())
        self.drawer.begin(said, comment.text)

    def render_list(self) -> None:
        """Show the comments that wait; nothing without any."""
        had_focus = self._list.isVisible() and any(
            widget.hasFocus() for widget in self._list.findChildren(QWidget)
        )
        for line in self.lines:
            self._column.removeWidget(line)
            # It goes only when the program is idle, and must not be seen until then.
            line.hide()
            line.deleteLater()
        listed = self._model.listed
        with_path = any(comment.path != self._model.path for comment in listed)
        self.lines = []
        for number, comment in enumerate(listed):
            place = comment_place(comment, with_path=with_path)
            line = CommentLine(comment, place, self._theme)
            line.edit.clicked.connect(lambda _=False, at=number: self._model.begin_again(at))
            line.remove.clicked.connect(lambda _=False, at=number: self._model.remove(at))
            self._column.addWidget(line)
            self.lines.append(line)
        self.heading.setText(tr("%n comment(s) for the model", "", len(listed)))
        self._list.setVisible(bool(listed))
        if self.lines:
            height = self.lines[0].sizeHint().height()
            self._area.setFixedHeight(min(len(listed), _SEEN) * height)
        if had_focus and self.lines:
            self.lines[-1].edit.setFocus()
        elif had_focus:
            self.ended.emit()

    def _arrange(self) -> None:
        self._list.setObjectName("bottom")
        self.heading.setProperty("quiet", True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.heading, 1)
        head.addWidget(self.send)
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
        listed = QVBoxLayout(self._list)
        listed.setContentsMargins(12, 8, 12, 8)
        listed.setSpacing(4)
        listed.addLayout(head)
        listed.addWidget(self._area)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.drawer)
        column.addWidget(self._list)


def _button(name: str, label: str, theme: Theme) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name, theme.text_secondary))
    button.setIconSize(QSize(theme.px(14), theme.px(14)))
    button.setAccessibleName(label)
    return button
