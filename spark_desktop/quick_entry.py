"""The way to the quick prompt: its desk is made late, and why its hotkey fails is told."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from spark_desktop.domain.hotkey import HotkeyFailed, HotkeyOff, HotkeyOn, HotkeyState
from spark_desktop.services.settings import SettingsService
from spark_desktop.viewmodels.notice import Notice, Tone
from spark_desktop.viewmodels.settings import SettingsViewModel
from spark_desktop.viewmodels.told import Told
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.views.desktop_examinations import RegisteredHotkey
from spark_desktop.views.layout_memory import LayoutMemory

if TYPE_CHECKING:
    # Imported when the window is on the screen.
    from spark_desktop.quick_desk import QuickDesk, Shell

# Seconds from the window to the work that prepares the quick prompt.
_QUICK_S = 0.5
_HOTKEY = "quick.hotkey"
_PORTABLE = QKeySequence.SequenceFormat.PortableText
_NATIVE = QKeySequence.SequenceFormat.NativeText


class QuickEntry:
    """``desk`` is None until it is wanted; ``model`` is what the command line named."""

    def __init__(
        self,
        data_dir: Path,
        settings: SettingsService,
        shell: "Shell",
        model: str | None,
        told: Told,
        memory: LayoutMemory,
    ) -> None:
        self._data_dir, self._settings = data_dir, settings
        self._shell, self._model = shell, model
        self._told, self._memory = told, memory
        self._first = ""
        self.desk: QuickDesk | None = None

    async def prepare(self) -> None:
        """Take the hotkey and lay the prompt out, a little after the window was painted."""
        await asyncio.sleep(_QUICK_S)
        self.made().prepare()

    def made(self) -> "QuickDesk":
        """Return the desk, made where there is none yet."""
        if self.desk is None:
            from spark_desktop.quick_desk import QuickDesk

            shell = self._shell
            theme = shell.window.theme
            self.desk = QuickDesk(self._data_dir, self._settings, shell, theme, self._model)
            self._first = self._settings.current.quick.hotkey
            self.desk.hotkey.subscribe(self._tell)
        return self.desk

    def speak(self) -> None:
        """Make the prompt anew, in another language."""
        if self.desk is not None:
            self.desk.rebuild()

    def registered(self) -> RegisteredHotkey | None:
        """Return the hotkey for the doctor; None where none is wanted."""
        state = HotkeyOff() if self.desk is None else self.desk.hotkey_state
        match state:
            case HotkeyOn(keys):
                return RegisteredHotkey(keys)
            case HotkeyFailed(reason):
                return RegisteredHotkey(self._settings.current.quick.hotkey, in_language(reason))
        return None

    async def close(self) -> None:
        """Give back the hotkey, and what answers."""
        if self.desk is not None:
            await self.desk.close()

    def _shadowing(self) -> str:
        """Return which action of the window loses its key to the hotkey; empty where none does."""
        hotkey = QKeySequence.fromString(self._settings.current.quick.hotkey, _PORTABLE)
        for action in self._shell.window.keys.values():
            if not hotkey.isEmpty() and hotkey in action.shortcuts():
                return tr(
                    "{key} is also that of: {other}. There it acts no more.",
                    key=hotkey.toString(_NATIVE),
                    other=action.text(),
                )
        return ""

    def _tell(self, state: HotkeyState) -> None:
        chosen: SettingsViewModel = self._shell.window.settings
        if not isinstance(state, HotkeyFailed):
            chosen.set_remark(_HOTKEY, self._shadowing())
            self._told.tell("hotkey", None)
            return
        step = in_language(state.next_step)
        chosen.set_remark(_HOTKEY, f"{in_language(state.reason)} {step}".strip())
        hotkey = self._settings.current.quick.hotkey
        # At a start it is said once: where the desktop allows no such key, that stays so.
        once = f"hotkey {hotkey}"
        if hotkey == self._first and self._memory.was_told(once):
            return
        self._first = ""
        self._memory.set_told(once)
        text = tr("The quick prompt has no key: {reason}", reason=in_language(state.reason))
        self._told.tell("hotkey", Notice(text, Tone.WARNING, step))
