"""A global hotkey under X11, grabbed on a connection of its own."""

import asyncio
from collections.abc import Callable
from itertools import combinations

from spark_desktop.adapters.key_names import keysym_of
from spark_desktop.adapters.x11 import (
    BAD_ACCESS,
    CONTROL,
    KEY_PRESS,
    KEY_RELEASE,
    LOCK,
    MAPPING_NOTIFY,
    SHIFT,
    Display,
    X11Error,
)
from spark_desktop.domain.hotkey import (
    Chord,
    HotkeyFailed,
    HotkeyOn,
    HotkeyState,
    Modifier,
    no_hotkeys_here,
    taken,
)
from spark_desktop.domain.words import say

# Where a keyboard says nothing else: Alt is the first modifier, Super the fourth.
_MOD1, _MOD4 = 1 << 3, 1 << 6


class X11Hotkey:
    """Implements the Hotkey port; the loop reads the connection, so nothing waits for a key.

    ``display`` is None for what DISPLAY says.
    """

    def __init__(self, display: str | None = None) -> None:
        self._name = display
        self._display: Display | None = None
        self._chord: Chord | None = None
        self._pressed: Callable[[], None] = _nothing
        self._is_down = False

    async def start(self, chord: Chord, pressed: Callable[[], None]) -> HotkeyState:
        """Grab the key, also while Caps Lock, Num Lock or Scroll Lock are on."""
        await self.stop()
        try:
            display = Display(self._name)
        except X11Error as error:
            return no_hotkeys_here(say("No key can be taken: {reason}.", reason=str(error)))
        display.tell_repeats_apart()
        refused = _grab(display, chord)
        if refused is not None:
            display.close()
            return refused
        self._display, self._chord, self._pressed = display, chord, pressed
        asyncio.get_running_loop().add_reader(display.descriptor, self._read)
        return HotkeyOn(str(chord))

    async def stop(self) -> None:
        """Close the connection, which gives the key back."""
        display, self._display = self._display, None
        if display is not None:
            asyncio.get_running_loop().remove_reader(display.descriptor)
            display.close()
        self._is_down = False

    def _read(self) -> None:
        display, chord = self._display, self._chord
        if display is None or chord is None:
            return
        for event in display.events():
            if event.type == MAPPING_NOTIFY:
                display.refresh_mapping(event)
                # Another layout has the key elsewhere; a conflict there leaves the old place.
                _grab(display, chord)
            elif event.type == KEY_RELEASE:
                self._is_down = False
            elif event.type == KEY_PRESS and not self._is_down:
                # A held key repeats its presses; they are one.
                self._is_down = True
                self._pressed()


def _grab(display: Display, chord: Chord) -> HotkeyFailed | None:
    """Grab the chord under each combination of locks; return why it was refused."""
    keycode = display.keycode(keysym_of(chord.key))
    if not keycode:
        return HotkeyFailed(
            say("This keyboard has no key {key}.", key=chord.key),
            say("Choose another under Settings."),
        )
    masks = {
        Modifier.SHIFT: SHIFT,
        Modifier.CTRL: CONTROL,
        Modifier.ALT: display.modifier_mask("Alt_L", "Alt_R") or _MOD1,
        Modifier.META: display.modifier_mask("Super_L", "Super_R") or _MOD4,
    }
    wanted = sum(masks[modifier] for modifier in chord.modifiers)
    with display.errors() as codes:
        for locks in _lock_masks(display):
            display.grab_key(keycode, wanted | locks)
    if not codes:
        return None
    if BAD_ACCESS in codes:
        return taken(str(chord))
    return no_hotkeys_here(say("The X server refused the key (error {code}).", code=codes[0]))


def _lock_masks(display: Display) -> set[int]:
    locks = {LOCK, display.modifier_mask("Num_Lock"), display.modifier_mask("Scroll_Lock")} - {0}
    return {sum(chosen) for count in range(len(locks) + 1) for chosen in combinations(locks, count)}


def _nothing() -> None:
    """Nobody waits for the key."""
