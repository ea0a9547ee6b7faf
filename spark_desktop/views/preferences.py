"""Lets the window follow the settings, and shows their dialog."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from spark_desktop.viewmodels.settings_rows import Category
from spark_desktop.views.language import LanguageSwitch
from spark_desktop.views.looks import in_type, theme_of
from spark_desktop.views.motion import use_motion
from spark_desktop.views.pickers import pick_model
from spark_desktop.views.settings_watch import SettingsWatch
from spark_desktop.views.shortcuts import KEYBOARD

if TYPE_CHECKING:
    from spark_desktop.views.main_window import MainWindow
    from spark_desktop.views.settings_dialog import SettingsDialog
    from spark_desktop.views.updates_setting import UpdatesSetting

# Pixels, as the settings allow.
_LEAST, _MOST, _USUAL = 9, 32, 13


class Preferences(QObject):
    """Made before the window's parts, which are then in the right language at once."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window, self._model = window, window.settings
        self.dialog: SettingsDialog | None = None
        self._updates: UpdatesSetting | None = None
        self._looks = self._model.current.looks
        self._language = LanguageSwitch()
        self._language.use(self._looks.language)
        use_motion(self._looks.motion)
        KEYBOARD.use(self._model.current.keys)
        file = self._model.file
        self._watch = None if file is None else SettingsWatch(file, self._model.reload, self)
        self._model.changed.connect(self._follow)
        self._model.told.connect(self.render_notice)

    def show(self, category: Category | None = None) -> "SettingsDialog":
        """Show the dialog, at a category where one is named, and return it."""
        if self._watch is not None:
            self._watch.arm()
        if self.dialog is None:
            from spark_desktop.views.settings_dialog import SettingsDialog

            self.dialog = SettingsDialog(self._model, self._window.theme, self._window)
            self.dialog.model_asked.connect(self._choose_model)
            self.dialog.endpoints_asked.connect(self._window.machine.show_endpoints)
            self._join_updates(self.dialog)
        if category is not None:
            self.dialog.show_category(category)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        return self.dialog

    def grow(self, by: int | None) -> None:
        """Take type that is so many pixels bigger; None for the usual size."""
        size = _USUAL if by is None else self._model.current.looks.font_size + by
        self._model.set("looks.font_size", min(max(size, _LEAST), _MOST))

    def render_notice(self) -> None:
        """Show what went wrong with the file, in the window."""
        self._window.notice.show_notice(self._model.notice)

    def end(self) -> None:
        """Watch the file no longer: nothing can be started any more."""
        if self._watch is not None:
            self._watch.end()

    def _follow(self) -> None:
        now, before = self._model.current, self._looks
        self._looks = now.looks
        KEYBOARD.use(now.keys)
        use_motion(now.looks.motion)
        shown = self._window.theme
        theme = theme_of(now.looks) if now.looks.theme is not before.theme else shown
        theme = in_type(theme, now.looks)
        if theme != shown:
            self._window.set_theme(theme)
        if self.dialog is not None:
            self.dialog.set_theme(self._window.theme)
        if self._language.use(now.looks.language):
            self._speak()

    def _speak(self) -> None:
        old, self.dialog = self.dialog, None
        self._window.speak()
        self.render_notice()
        if old is not None:
            was_visible, place = old.isVisible(), old.geometry()
            category = old.category
            old.close()
            old.deleteLater()
            if was_visible:
                self.show(category).setGeometry(place)

    def _join_updates(self, dialog: "SettingsDialog") -> None:
        updates = self._window.machine.updates
        if updates is not None:
            from spark_desktop.views.updates_setting import UpdatesSetting

            self._updates = UpdatesSetting(dialog, updates)
            dialog.updates_asked.connect(self._window.machine.show_updates)

    def _choose_model(self) -> None:
        pick_model(self._window, lambda path: self._model.set("model.model", path))
