"""What can be done with one turn: the buttons in its header, and the same as a menu."""

from enum import Enum

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.icons import icon
from spark_desktop.views.theme import Theme


class TurnAction(Enum):
    """What the user wants of a turn."""

    COPY = "copy"
    COPY_MARKDOWN = "copy_markdown"
    GO_ON = "go_on"
    ASK_AGAIN = "ask_again"
    EDIT = "edit"
    FORK = "fork"


def text_of(action: TurnAction) -> str:
    """Return the action's name."""
    match action:
        case TurnAction.COPY:
            return tr("Copy the answer")
        case TurnAction.COPY_MARKDOWN:
            return tr("Copy the answer as Markdown")
        case TurnAction.GO_ON:
            return tr("Continue the answer")
        case TurnAction.ASK_AGAIN:
            return tr("Ask again")
        case TurnAction.EDIT:
            return tr("Edit the question and send it again")
        case TurnAction.FORK:
            return tr("Fork the thread here")


_ICONS = {
    TurnAction.COPY: "copy",
    TurnAction.COPY_MARKDOWN: "markdown",
    TurnAction.GO_ON: "go-on",
    TurnAction.ASK_AGAIN: "again",
    TurnAction.EDIT: "edit",
    TurnAction.FORK: "fork",
}


class TurnButtons(QWidget):
    """A row of buttons over a transcript; ``chosen`` carries the turn's id and the action."""

    chosen = Signal(str, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("turnbuttons")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.turn_id: str | None = None
        self.buttons: dict[TurnAction, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for action in TurnAction:
            button = QToolButton()
            button.setToolTip(text_of(action))
            button.setAccessibleName(text_of(action))
            # Keys reach them by the menu; Tab goes on from code block to code block.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setCursor(Qt.CursorShape.ArrowCursor)
            button.clicked.connect(lambda _checked=False, action=action: self._clicked(action))
            row.addWidget(button)
            self.buttons[action] = button
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        side = theme.px(16)
        for action, button in self.buttons.items():
            button.setIconSize(QSize(side, side))
            button.setIcon(icon(_ICONS[action], theme.text_secondary))

    def offer(self, can_go_on: bool) -> None:
        """Offer to continue the answer, or not."""
        self.buttons[TurnAction.GO_ON].setHidden(not can_go_on)

    def show_for(self, turn_id: str | None, right: int, middle: int, is_open: bool) -> None:
        """Stand at the end of a turn's header; without a turn, or with an open one, nowhere."""
        self.turn_id = turn_id
        if turn_id is None or is_open:
            self.hide()
            return
        size = self.sizeHint()
        self.setGeometry(right - size.width(), middle - size.height() // 2, *size.toTuple())
        self.show()

    def covers(self, place: QPoint) -> bool:
        """Return whether the buttons stand at a place."""
        return self.isVisible() and self.geometry().contains(place)

    def _clicked(self, action: TurnAction) -> None:
        if self.turn_id is not None:
            self.chosen.emit(self.turn_id, action)
