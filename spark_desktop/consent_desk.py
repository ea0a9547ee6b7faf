"""The question whether a project's own commands may run: in the window's line, then a dialog."""

from spark_desktop.viewmodels.consent import Consenting, ConsentViewModel
from spark_desktop.viewmodels.told import Told
from spark_desktop.views.main_window import MainWindow


class ConsentDesk:
    """One for the program; it follows the project that is open."""

    def __init__(self, window: MainWindow, told: Told) -> None:
        self._window = window
        self.model = ConsentViewModel(window.settings, told)
        self.model.wanted.connect(self._show)
        window.told.intent.connect(self.model.act)

    def follow(self, project: Consenting | None) -> None:
        """Ask for this project from now on, None where none is open."""
        self.model.follow(project)

    def _show(self) -> None:
        from spark_desktop.views.consent_dialog import ConsentDialog

        ConsentDialog(self.model, self._window.theme, self._window).open()
