"""What is shown while no folder is open."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from spark_desktop.domain.words import say
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.first_steps import FirstSteps, dropped_folder
from spark_desktop.views.notice_line import Centred, NoticeLine
from spark_desktop.views.theme import Theme

_FIRST = Notice(
    say("Open a folder to begin."),
    Tone.PLAIN,
    say("Spark watches it, and proposes when you save. Nothing is written until you accept."),
    Action(say("Open folder…"), Intent.OPEN_FOLDER),
)


def opening(name: str) -> Notice:
    """Return the notice of a folder that is being opened."""
    return Notice(tr("Opening {name}…", name=name), Tone.BUSY)


class Welcome(QFrame):
    """One line and one action, in the middle; below it other ways to begin."""

    intent_raised = Signal(object)
    folder_chosen = Signal(str)
    sample_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("welcome")
        self._title = QLabel(tr("Spark Desktop"))
        self._title.setProperty("heading", True)
        self._notice = NoticeLine()
        self._notice.intent.connect(self.intent_raised)
        self._title.setContentsMargins(12, 0, 0, 0)
        self.steps = FirstSteps()
        self.steps.folder_chosen.connect(self.folder_chosen)
        self.steps.sample_wanted.connect(self.sample_wanted)
        self.setAcceptDrops(True)
        column = QVBoxLayout(self)
        self._centred = Centred(self._title, self._notice, self.steps)
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
        # Nothing else can be begun while a folder is being opened.
        self.steps.setVisible(notice is None or notice.tone is not Tone.BUSY)
        self._notice.button.setFocus()

    def show_recent(self, folders: Sequence[str]) -> None:
        """Offer the folders that were open, newest first."""
        self.steps.show_recent(folders)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a folder, and nothing else."""
        if not self.steps.isHidden() and dropped_folder(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the folder that was dropped."""
        folder = dropped_folder(event.mimeData())
        if folder is not None:
            event.acceptProposedAction()
            self.folder_chosen.emit(folder)
