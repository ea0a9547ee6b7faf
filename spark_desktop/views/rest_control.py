"""Quiet and snooze in the status bar: the state in words, a menu, and a click that resumes."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.rest import RestViewModel
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.icons import icon
from spark_desktop.views.rest_menu import RestMenu
from spark_desktop.views.theme import Theme


class RestControl(QWidget):
    """``state`` opens the menu and says what holds; ``resume`` is there during a snooze.

    ``room_changed`` says that its words need another width.
    """

    room_changed = Signal()

    def __init__(self, model: RestViewModel, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self.state, self.resume = QToolButton(), QToolButton()
        self.menu = RestMenu(model, self)
        self.state.setMenu(self.menu)
        self.state.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.state.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.resume.setText(tr("Resume"))
        self.resume.setAccessibleName(tr("Resume now"))
        self.resume.setToolTip(tr("End the snooze now"))
        self.resume.clicked.connect(model.wake)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.state)
        row.addWidget(self.resume)
        # Its own method, which Qt lets go of with the widget.
        model.changed.connect(self.render_state)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        for button in (self.state, self.resume):
            button.setFixedHeight(theme.px(24))
        self.render_state()

    def render_state(self) -> None:
        """Show what holds."""
        model, theme = self._model, self._theme
        had_focus = self.resume.hasFocus()
        rests = bool(model.text)
        self.state.setIcon(icon("rest", theme.warning if rests else theme.text_secondary))
        self.state.setText(model.text)
        # The words themselves, too: very big type may leave no room for them.
        self.state.setToolTip(plain_tip(f"{model.text}\n{model.tip}".strip()))
        name = tr("Quiet and snooze")
        self.state.setAccessibleName(f"{name}: {model.text}" if rests else name)
        self.resume.setVisible(model.is_snoozed)
        self.setVisible(model.can_rest)
        if had_focus and not model.is_snoozed:
            self.state.setFocus()
        # A layout around this one keeps the width that it knew until it is told.
        self.updateGeometry()
        self.room_changed.emit()
