"""Quiet and snooze as a menu, for the tray and the status bar."""

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from spark_desktop.viewmodels.rest import HOUR, QUARTER, RestViewModel
from spark_desktop.viewmodels.translation import tr


class RestMenu(QMenu):
    """Follows its view model; ``speak`` has it say the same in another language."""

    def __init__(self, model: RestViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.resume = self._offer(model.wake)
        self.quiet = self._offer(model.toggle_quiet)
        self.quiet.setCheckable(True)
        self.addSeparator()
        self.quarter = self._offer(lambda: model.snooze(QUARTER))
        self.hour = self._offer(lambda: model.snooze(HOUR))
        self.morning = self._offer(model.snooze_until_morning)
        model.changed.connect(self.show_state)
        self.speak()

    def speak(self) -> None:
        """Take the words of the language in use."""
        self.setTitle(tr("Quiet and snooze"))
        self.quiet.setText(tr("Quiet"))
        self.quarter.setText(tr("Snooze for 15 minutes"))
        self.hour.setText(tr("Snooze for an hour"))
        self.morning.setText(tr("Snooze until tomorrow morning"))
        self.show_state()

    def show_state(self) -> None:
        """Show what holds, and offer what can be done."""
        model = self._model
        self.resume.setVisible(model.is_snoozed)
        self.resume.setText(tr("Resume now ({state})", state=model.text))
        self.quiet.setChecked(model.is_quiet)
        for action in self.actions():
            action.setEnabled(model.can_rest)

    def finish(self) -> None:
        """Follow no more: the menu goes away before its view model."""
        self._model.changed.disconnect(self.show_state)
        self.deleteLater()

    def _offer(self, asked: Callable[[], object]) -> QAction:
        action = QAction(self)
        action.triggered.connect(lambda _checked=False: self._do(asked))
        self.addAction(action)
        return action

    def _do(self, asked: Callable[[], object]) -> None:
        asked()
        # A tick follows the model alone: what was asked for may not be possible.
        self.show_state()
