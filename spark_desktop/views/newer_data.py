"""The window of a program that is older than its data: it says so, and does nothing else."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence
from PySide6.QtWidgets import QVBoxLayout, QWidget

from spark_desktop.viewmodels.notice import Action, Intent, Notice
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.app_icon import app_icon
from spark_desktop.views.notice_line import Centred, NoticeLine
from spark_desktop.views.room import fitting
from spark_desktop.views.stylesheet import stylesheet
from spark_desktop.views.theme import Theme

_SIZE = (620, 300)


class NewerData(QWidget):
    """Remembers no size and no place: not a byte of the data folder may change."""

    closed = Signal()

    def __init__(self, notice: Notice, theme: Theme) -> None:
        super().__init__()
        self.setWindowTitle(tr("Spark Desktop"))
        self.setWindowIcon(app_icon())
        self.setStyleSheet(stylesheet(theme))
        self.line = NoticeLine()
        quits = Action(tr("&Quit"), Intent.DISMISS)
        self.line.show_notice(Notice(notice.text, notice.tone, notice.hint, quits))
        self.line.button.setShortcut(QKeySequence(QKeySequence.StandardKey.Cancel))
        self.line.intent.connect(lambda _intent: self.close())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        middle = Centred(self.line)
        middle.set_theme(theme)
        column.addWidget(middle)
        size = QSize(*(theme.px(side) for side in _SIZE))
        self.resize(fitting(size, self.screen()))
        self.line.button.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say that the user has read it."""
        super().closeEvent(event)
        self.closed.emit()
