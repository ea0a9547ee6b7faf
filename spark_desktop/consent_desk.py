"""The question whether a project's own commands may run: in the window's line, then a dialog."""

from collections.abc import Callable

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from spark_desktop.viewmodels.consent import Consenting, ConsentViewModel
from spark_desktop.viewmodels.told import Told
from spark_desktop.views.main_window import MainWindow


def _announce(view: QWidget, text: str) -> None:
    from spark_desktop.views.transcript_access import announce

    announce(view, text)


class ConsentDesk:
    """One for the program; it follows the project that is open."""

    def __init__(
        self,
        window: MainWindow,
        told: Told,
        speak: Callable[[QWidget, str], None] = _announce,
        is_heard: Callable[[], bool] = QAccessible.isActive,
    ) -> None:
        self._window, self._speak, self._is_heard = window, speak, is_heard
        self.model = ConsentViewModel(window.settings, told)
        self.model.wanted.connect(self._show)
        self.model.asked.connect(self._read)
        window.told.intent.connect(self.model.act)

    def follow(self, project: Consenting | None) -> None:
        """Ask for this project from now on, None where none is open."""
        self.model.follow(project)

    def _read(self, question: str) -> None:
        if self._is_heard():
            self._speak(self._window.told, question)

    def _show(self) -> None:
        from spark_desktop.views.consent_dialog import ConsentDialog

        ConsentDialog(self.model, self._window.theme, self._window).open()
