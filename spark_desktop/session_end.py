"""The end that comes from outside: log-out, the system's own Quit."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QSessionManager
from PySide6.QtWidgets import QApplication


class Restarting(Protocol):
    """What of a QSessionManager is used here."""

    def setRestartHint(self, hint: QSessionManager.RestartHint) -> None:  # noqa: N802 - Qt's name
        """Say whether the next session should start the program again."""
        ...


class SparkApplication(QApplication):
    """Asks for an orderly end where Qt would close the windows and, when one stays, refuse.

    A window of ours stays until its project is closed; a refusal would stop the log-out. This is no
    event filter, which would be called for every event of every widget.
    """

    quit_asked = Signal()

    def event(self, event: QEvent) -> bool:
        """Answer Quit by ``quit_asked``."""
        if event.type() == QEvent.Type.Quit:
            event.accept()
            self.quit_asked.emit()
            return True
        return super().event(event)


class SessionEnd(QObject):
    """Calls ``save`` when the session is about to end, while there still is time.

    Spark does not end then: somebody else may yet stop the log-out.
    """

    def __init__(self, save: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._save = save
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            # Direct: the session manager goes on when the handler returns.
            direct = Qt.ConnectionType.DirectConnection
            app.commitDataRequest.connect(self.commit, direct)
            app.saveStateRequest.connect(self.commit, direct)

    def commit(self, manager: Restarting) -> None:
        """Save, and have nobody start Spark again: at log-in only its own option does that."""
        self._save()
        manager.setRestartHint(QSessionManager.RestartHint.RestartNever)
