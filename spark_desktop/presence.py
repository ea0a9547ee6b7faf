"""Spark while its window is hidden: the tray icon, what closing means, notices of the desktop."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QWindow
from PySide6.QtWidgets import QApplication

from spark_desktop.domain.settings import Desktop
from spark_desktop.services.desktop_notices import Attention, Notifier
from spark_desktop.services.settings import SettingsService
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.viewmodels.translation import in_language
from spark_desktop.viewmodels.tray import TrayViewModel
from spark_desktop.viewmodels.tray_notices import keeps_notice, no_tray_notice, vanished_notice
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.tray import Panel, Tray

# Milliseconds between two looks for the panel: Qt does not say when it comes or goes.
_LOOK = 3000
# Looks without a panel until the user is told, and until a window that was started hidden is shown:
# at log-in Spark may be there before the panel.
_TOLD_AFTER = 2
_SHOWN_AFTER = 5
_KEEPS = "stays in the tray"
_NO_TRAY = "no tray"
_VANISHED = "tray is gone"


class Presence(QObject):
    """Keeps Spark reachable; its signals are what the user asks for outside of the window."""

    quit_requested = Signal()
    settings_requested = Signal()
    folder_chosen = Signal(str)
    # With the text to begin with, which may be empty.
    quick_requested = Signal(str)
    # With a text that only the user sends.
    draft_requested = Signal(str)

    def __init__(
        self,
        window: MainWindow,
        memory: LayoutMemory,
        settings: SettingsService,
        model: TrayViewModel,
        panel: Panel,
    ) -> None:
        super().__init__()
        self._window, self._memory, self._settings = window, memory, settings
        self._model, self._panel = model, panel
        self._looks_without = 0
        self._session_ends = False
        self._had_panel = False
        self._began = False
        # What shows notices where there is no tray icon.
        self.elsewhere: Notifier | None = None
        self.tray = Tray(model, window.theme, self)
        self._looking = QTimer(self)
        self._looking.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._looking.setInterval(_LOOK)
        self._looking.timeout.connect(self.look)
        self._forget_settings = settings.subscribe(lambda _settings: self._show_tray())
        self._connect()
        self._render_told()

    def begin(self, *, hidden: bool = False) -> None:
        """Show the window, or with ``hidden`` only the tray icon."""
        self._show_tray()
        self._began = True
        self._looking.start()
        self._model.refresh()
        if not hidden or not self._choice.tray:
            self._window.show()

    def attention(self) -> Attention:
        """Return how much of the window the user sees."""
        if not self._window.isVisible() or self._window.isMinimized():
            return Attention.HIDDEN
        in_use = QApplication.activeWindow() is not None
        return Attention.IN_USE if in_use else Attention.IN_SIGHT

    def notify(self, title: str, body: str) -> None:
        """Show a notice of the desktop, where the user wants them; a click shows the window."""
        if not self._choice.notify:
            return
        title = in_language(title)
        if self.tray.can_tell:
            self.tray.tell(title, body)
        elif self.elsewhere is not None:
            self.elsewhere.notify(title, body)

    def show_window(self, activation: str = "") -> None:
        """Bring the window to the front; ``activation`` is the desktop's token that allows it."""
        with _allowed(activation):
            self._window.bring()
        # Where the desktop lets nobody come to the front, the window is marked at least.
        QApplication.alert(self._window)

    def open_quick(self, text: str = "", activation: str = "") -> None:
        """Ask for the quick prompt, with a text to begin with."""
        with _allowed(activation):
            self.quick_requested.emit(text)

    def offer_question(self, text: str, activation: str = "") -> None:
        """Ask for the quick prompt with a text that somebody else than the user wrote."""
        with _allowed(activation):
            self.draft_requested.emit(text)

    def close_window(self) -> None:
        """Hide the window where that was said before and the tray is there; else ask to quit."""
        if self._session_ends or not self._keeps_in_tray:
            self.quit_requested.emit()
        elif self._memory.was_told(_KEEPS):
            self._hide()
        else:
            self._memory.set_told(_KEEPS)
            key = self._window.keys["quit"].shortcut()
            native = key.toString(QKeySequence.SequenceFormat.NativeText)
            self._model.told.tell(_KEEPS, keeps_notice(native))

    def end_session(self) -> None:
        """Keep what must not be lost; from now on closing the window quits."""
        self._session_ends = True
        self._window.remember()

    def look(self) -> None:
        """Look whether the panel came or went."""
        self._looks_without = 0 if self._panel.is_available() else self._looks_without + 1
        self._show_tray()
        if self._looks_without == 0:
            self._model.told.tell(_NO_TRAY, None)
            self._model.told.tell(_VANISHED, None)
        elif self._choice.tray:
            self._do_without()

    def finish(self) -> None:
        """Take the icon away."""
        self._looking.stop()
        self._forget_settings()
        self._model.told.changed.disconnect(self._render_told)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.disconnect(self._looked_at)
        self.tray.finish()

    @property
    def _choice(self) -> Desktop:
        return self._settings.current.desktop

    @property
    def _keeps_in_tray(self) -> bool:
        choice = self._choice
        return choice.tray and choice.keep_in_tray and self._panel.is_available()

    def _do_without(self) -> None:
        if not self._window.isVisible():
            # An icon that was seen before: the window can be reached no other way. At log-in the
            # panel may still come.
            if self._had_panel or self._looks_without >= _SHOWN_AFTER:
                if self._had_panel:
                    self._model.told.tell(_VANISHED, vanished_notice())
                else:
                    self._tell_no_tray()
                self._window.bring()
        elif self._looks_without >= _TOLD_AFTER and not self._memory.was_told(_NO_TRAY):
            self._tell_no_tray()

    def _tell_no_tray(self) -> None:
        self._memory.set_told(_NO_TRAY)
        self._model.told.tell(_NO_TRAY, no_tray_notice())

    def _show_tray(self) -> None:
        is_available = self._panel.is_available()
        self._had_panel = self._had_panel or is_available
        self.tray.set_visible(self._choice.tray and is_available)
        if not self._choice.tray and self._began and not self._window.isVisible():
            self._window.bring()

    def _hide(self) -> None:
        self._model.told.tell(_KEEPS, None)
        self._window.put_away()

    def _act(self, intent: Intent) -> None:
        if intent is Intent.HIDE:
            self._hide()
        else:
            self._model.act(intent)

    def _looked_at(self, window: QWindow | None) -> None:
        if window is not None:
            self._model.seen()

    def _render_told(self) -> None:
        self._window.told.show_notice(self._model.told.notice)

    def _connect(self) -> None:
        window, tray = self._window, self.tray
        window.close_requested.connect(self.close_window)
        window.quit_requested.connect(self.quit_requested)
        window.quick_requested.connect(lambda: self.open_quick())
        window.pause_requested.connect(self._model.toggle_pause)
        window.use_rest(self._model.rest)
        window.theme_changed.connect(tray.set_theme)
        window.told.intent.connect(self._act)
        self._model.told.changed.connect(self._render_told)
        tray.show_requested.connect(self.show_window)
        tray.quick_requested.connect(lambda: self.open_quick())
        tray.settings_requested.connect(self.settings_requested)
        tray.quit_requested.connect(self.quit_requested)
        tray.folder_chosen.connect(self.folder_chosen)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._looked_at)


@contextmanager
def _allowed(activation: str) -> Iterator[None]:
    """Let a window that is shown meanwhile come to the front, by the desktop's token."""
    if not activation:
        yield
        return
    # Where Qt looks for it; not in os.environ, which is for the processes that we start.
    os.putenv("XDG_ACTIVATION_TOKEN", activation)
    try:
        yield
    finally:
        os.unsetenv("XDG_ACTIVATION_TOKEN")
