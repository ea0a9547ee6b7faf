"""Which of the adapters for keys and windows fits the desktop that we run on."""

from collections.abc import Callable, Mapping

from spark_desktop.domain.hotkey import Chord, HotkeyState, no_hotkeys_here
from spark_desktop.domain.words import say
from spark_desktop.services.hotkey import Hotkey
from spark_desktop.services.paste import NoPreviousWindow, PreviousWindow
from spark_desktop.services.ports import Clock
from spark_desktop.services.tasks import TaskScope

# The name of our desktop file, without its ending.
APP = "spark-desktop"


class NoHotkey:
    """A Hotkey where no program can have one."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def start(self, chord: Chord, pressed: Callable[[], None]) -> HotkeyState:
        """Return why there is none."""
        return no_hotkeys_here(self._reason)

    async def stop(self) -> None:
        """Do nothing."""


def is_wayland(environ: Mapping[str, str]) -> bool:
    """Return whether the session is a Wayland one, also where a program uses X11 in it."""
    kind = environ.get("XDG_SESSION_TYPE", "")
    return kind == "wayland" or (kind != "x11" and bool(environ.get("WAYLAND_DISPLAY")))


def hotkey_of(
    platform: str, environ: Mapping[str, str], scope: TaskScope, description: str
) -> Hotkey:
    """Return the means for a global hotkey.

    ``platform`` is Qt's name of it (xcb, wayland, windows, cocoa), ``description`` what a desktop
    that asks the user tells them of the hotkey.
    """
    match platform:
        case "windows":
            from spark_desktop.adapters.windows_keys import WindowsHotkey, kernel32, user32

            return WindowsHotkey(user32(), kernel32())
        case "cocoa":
            from spark_desktop.adapters.mac_keys import MacHotkey, carbon

            return MacHotkey(carbon())
        case "wayland" | "xcb" if platform == "wayland" or is_wayland(environ):
            # A key grabbed through Xwayland would work over X11 programs only.
            from spark_desktop.adapters.portal_hotkey import PortalHotkey

            return PortalHotkey(scope, APP, description)
        case "xcb":
            from spark_desktop.adapters.x11_hotkey import X11Hotkey

            return X11Hotkey()
        case _:
            return NoHotkey(say("There is no desktop that could have a hotkey."))


def previous_window_of(platform: str, environ: Mapping[str, str], clock: Clock) -> PreviousWindow:
    """Return the means to paste into the window that the user came from."""
    match platform:
        case "windows":
            from spark_desktop.adapters.windows_keys import WindowsPreviousWindow, user32

            return WindowsPreviousWindow(user32(), clock)
        case "cocoa":
            from spark_desktop.adapters.mac_keys import MacPreviousWindow, MacSystem

            return MacPreviousWindow(MacSystem(), clock)
        case "xcb" if not is_wayland(environ):
            from spark_desktop.adapters.x11_paste import X11PreviousWindow

            return X11PreviousWindow(clock)
        case "wayland" | "xcb":
            return NoPreviousWindow(say("Wayland lets no program paste for you."))
        case _:
            return NoPreviousWindow(say("There is no other window here."))
