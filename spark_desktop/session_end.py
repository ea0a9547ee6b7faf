"""What the system tells the program: that it ends, or, on macOS, what is to be opened in it."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFileOpenEvent, QGuiApplication, QSessionManager
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

    def __init__(self, argv: list[str]) -> None:
        super().__init__(argv)
        self._opened: list[str] = []
        self._opener: Callable[[str], object] | None = None

    def open_with(self, opener: Callable[[str], object]) -> None:
        """Give ``opener`` what the user opens with Spark in Finder: a path, or a URL.

        What was opened before is handed over now: on macOS that is how a program learns what it was
        started for, and it may come before anybody listens.
        """
        self._opener = opener
        earlier, self._opened = self._opened, []
        for name in earlier:
            opener(name)

    def event(self, event: QEvent) -> bool:
        """Answer Quit by ``quit_asked``, and hand on what is to be opened."""
        if event.type() == QEvent.Type.Quit:
            event.accept()
            self.quit_asked.emit()
            return True
        if isinstance(event, QFileOpenEvent):
            # Encoded, as it was written: what decodes it is the one place that checks it.
            url = bytes(event.url().toEncoded().data()).decode("ascii")
            self._open(event.file() or url)
            return True
        return super().event(event)

    def _open(self, name: str) -> None:
        if self._opener is None:
            self._opened.append(name)
        else:
            self._opener(name)


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
