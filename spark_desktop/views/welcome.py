"""What is shown while no folder is open."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone
from spark_desktop.views.notice_line import Centred, NoticeLine
from spark_desktop.views.theme import Theme

_FIRST = Notice(
    "Open a folder to begin.",
    Tone.PLAIN,
    "Spark watches it, and proposes when you save. Nothing is written until you accept.",
    Action("Open folder…", Intent.OPEN_FOLDER),
)


def opening(name: str) -> Notice:
    """Return the notice of a folder that is being opened."""
    return Notice(f"Opening {name}…", Tone.BUSY)


class Welcome(QFrame):
    """One line and one action, in the middle."""

    intent_raised = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("welcome")
        self._title = QLabel("Spark Desktop")
        self._title.setProperty("heading", True)
        self._notice = NoticeLine()
        self._notice.intent.connect(self.intent_raised)
        self._title.setContentsMargins(12, 0, 0, 0)
        column = QVBoxLayout(self)
        self._centred = Centred(self._title, self._notice)
        self.notice: Notice | None = None
        column.addWidget(self._centred)
        self.show_notice(None)

    @property
    def text(self) -> str:
        """Return what the line says."""
        return self._notice.text

    def set_theme(self, theme: Theme) -> None:
        """Take the room that type of this size needs."""
        self._centred.set_theme(theme)

    def show_notice(self, notice: Notice | None) -> None:
        """Show ``notice``; None stands for the invitation to open a folder."""
        self.notice = notice
        self._notice.show_notice(notice or _FIRST)
        self._notice.button.setFocus()
