"""Pasting into the window that had the keyboard, under X11 by its XTEST extension."""

from spark_desktop.adapters.x11 import Display, X11Error
from spark_desktop.domain.words import say
from spark_desktop.services.paste import not_pasted
from spark_desktop.services.ports import Clock

# Seconds that the window manager and the user's fingers get.
_WAIT = 1.0
_STEP = 0.01
# Shift, Control and the five modifiers behind them, without Caps Lock and mouse buttons.
_MODIFIERS = 0b11111101
# Num Lock and the like are no fingers.
_LOCKS = ("Num_Lock", "Scroll_Lock")
_OLD_KEYS = ("Shift_L", "Insert")
# Where Ctrl+V is a character of the shell's; the first paste the primary selection, which the
# quick prompt sets, too.
_OLD_TERMINALS = frozenset({"xterm", "uxterm", "urxvt", "rxvt", "st-256color"})
_TERMINALS = frozenset(
    {
        *("gnome-terminal-server", "gnome-terminal", "org.gnome.ptyxis", "org.gnome.console"),
        *("kgx", "konsole", "xfce4-terminal", "mate-terminal", "lxterminal", "qterminal"),
        *("terminator", "tilix", "alacritty", "kitty", "org.wezfurlong.wezterm", "foot"),
        *("com.mitchellh.ghostty", "terminology", "guake", "tilda", "ptyxis"),
    }
)


class X11PreviousWindow:
    """Implements the PreviousWindow port; ``display`` is None for what DISPLAY says."""

    def __init__(self, clock: Clock, display: str | None = None) -> None:
        self._clock = clock
        self._name = display
        self._display: Display | None = None
        self._window = 0
        self._problem = ""

    @property
    def refusal(self) -> str:
        """Return why nothing can be pasted into a window here."""
        if not self._window:
            return self._problem or say("No window had the keyboard before.")
        return ""

    def remember(self) -> None:
        """Note the active window; a millisecond or two."""
        display = self._connected()
        self._window = 0 if display is None else display.active_window()

    def raise_ours(self, window: int) -> None:
        """Ask the window manager for the keyboard as a pager would.

        Qt names the moment of the user's last input in our windows, and the hotkey is none: window
        managers that guard against stolen focus would leave us behind.
        """
        display = self._connected()
        if display is not None and window != self._window:
            with display.errors():
                display.activate(window)

    async def paste(self) -> None:
        """Give the keyboard back, then press what pastes. Raises PasteError, nothing pressed."""
        display, window = self._connected(), self._window
        if display is None or not window:
            raise not_pasted(self.refusal)
        if not display.can_press():
            raise not_pasted(say("The X server lets no program press keys."))
        with display.errors() as codes:
            kind = display.property(window, "WM_CLASS")
        if codes:
            self._window = 0
            raise not_pasted(say("The window is gone."))
        with display.errors():
            display.activate(window)
        deadline = self._clock.monotonic() + _WAIT
        while display.active_window() != window or _are_held(display):
            if self._clock.monotonic() > deadline:
                raise not_pasted(say("The window did not get the keyboard back."))
            await self._clock.sleep(_STEP)
        keys = _keys_for(kind)
        if not all(display.keycode(key) for key in keys):
            # A keyboard without Latin letters: these paste in most programs, too.
            keys = _OLD_KEYS
        # Nothing is awaited from the last look to the keys.
        with display.errors():
            display.press(*keys)

    def close(self) -> None:
        """End the connection."""
        display, self._display = self._display, None
        if display is not None:
            display.close()

    def _connected(self) -> Display | None:
        if self._display is None:
            try:
                self._display = Display(self._name)
            except X11Error as error:
                self._problem = say("No window can be reached: {reason}.", reason=str(error))
        return self._display


def _keys_for(kind: bytes) -> tuple[str, ...]:
    names = {part.decode("latin-1").casefold() for part in kind.split(b"\0") if part}
    if names & _OLD_TERMINALS:
        return _OLD_KEYS
    if names & _TERMINALS:
        return ("Control_L", "Shift_L", "v")
    return ("Control_L", "v")


def _are_held(display: Display) -> bool:
    locks = sum(display.modifier_mask(name) for name in _LOCKS)
    return bool(display.held() & _MODIFIERS & ~locks)
