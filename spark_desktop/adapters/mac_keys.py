"""Keys and programs of macOS: a hotkey by Carbon, pasting by Core Graphics."""

import asyncio
import ctypes
from collections.abc import Callable
from ctypes import c_bool, c_char_p, c_int, c_int32, c_uint16, c_uint32, c_uint64, c_ulong, c_void_p
from typing import Any

from spark_desktop.adapters.key_names import mac_key
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
from spark_desktop.services.paste import not_pasted
from spark_desktop.services.ports import Clock

# From Carbon's Events.h: cmdKey, optionKey, shiftKey, controlKey. Qt's Ctrl is the Command key.
_MODIFIERS = {
    Modifier.CTRL: 1 << 8,
    Modifier.SHIFT: 1 << 9,
    Modifier.ALT: 1 << 11,
    Modifier.META: 1 << 12,
}
_SIGNS = {Modifier.META: "⌃", Modifier.ALT: "⌥", Modifier.SHIFT: "⇧", Modifier.CTRL: "⌘"}
_KEYBOARD_CLASS = int.from_bytes(b"keyb", "big")
_HOTKEY_PRESSED = 5
_SIGNATURE = int.from_bytes(b"sprk", "big")
_EXISTS = -9878
_FRAMEWORKS = "/System/Library/Frameworks"


class _Kind(ctypes.Structure):
    _fields_ = [("eventClass", c_uint32), ("eventKind", c_uint32)]


class _Id(ctypes.Structure):
    _fields_ = [("signature", c_uint32), ("id", c_uint32)]


_Handler = ctypes.CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p)


def carbon() -> Any:
    """Return Carbon with the types of what is used; on macOS only."""
    library = ctypes.CDLL(f"{_FRAMEWORKS}/Carbon.framework/Carbon")
    library.GetApplicationEventTarget.restype = c_void_p
    library.InstallEventHandler.argtypes = [
        *(c_void_p, _Handler, c_ulong, ctypes.POINTER(_Kind), c_void_p, c_void_p)
    ]
    library.RegisterEventHotKey.argtypes = [c_uint32, c_uint32, _Id, c_void_p, c_uint32, c_void_p]
    library.UnregisterEventHotKey.argtypes = [c_void_p]
    library.RemoveEventHandler.argtypes = [c_void_p]
    return library


class MacHotkey:
    """Implements the Hotkey port; Qt's own loop delivers the event, in the loop's thread."""

    def __init__(self, carbon: Any) -> None:
        self._carbon = carbon
        self._handler: Any = None
        self._installed = c_void_p()
        self._key = c_void_p()

    async def start(self, chord: Chord, pressed: Callable[[], None]) -> HotkeyState:
        """Register the key."""
        await self.stop()
        code = mac_key(chord.key)
        if code is None:
            return HotkeyFailed(
                say("This keyboard has no key {key}.", key=chord.key),
                say("Choose another under Settings."),
            )
        loop = asyncio.get_running_loop()

        def happened(_next: int, _event: int, _data: int) -> int:
            loop.call_soon_threadsafe(pressed)
            return 0

        self._handler = _Handler(happened)
        target = self._carbon.GetApplicationEventTarget()
        kind = _Kind(_KEYBOARD_CLASS, _HOTKEY_PRESSED)
        status = self._carbon.InstallEventHandler(
            target, self._handler, 1, ctypes.byref(kind), None, ctypes.byref(self._installed)
        )
        if status == 0:
            held = sum(_MODIFIERS[one] for one in chord.modifiers)
            name = _Id(_SIGNATURE, 1)
            status = self._carbon.RegisterEventHotKey(
                code, held, name, target, 0, ctypes.byref(self._key)
            )
        if status == 0:
            return HotkeyOn(_written(chord))
        await self.stop()
        if status == _EXISTS:
            return taken(_written(chord))
        return no_hotkeys_here(say("macOS refused the hotkey (error {code}).", code=status))

    async def stop(self) -> None:
        """Give the key back."""
        key, self._key = self._key, c_void_p()
        if key:
            self._carbon.UnregisterEventHotKey(key)
        installed, self._installed = self._installed, c_void_p()
        if installed:
            self._carbon.RemoveEventHandler(installed)
        self._handler = None


def _written(chord: Chord) -> str:
    held = "".join(sign for modifier, sign in _SIGNS.items() if modifier in chord.modifiers)
    return f"{held}{chord.key}"


_KEY_V, _COMMAND = 0x09, 1 << 20
# Shift, Control, Option and Command.
_HELD = (1 << 17) | (1 << 18) | (1 << 19) | (1 << 20)
_WITH_WINDOWS = 1 << 1
_SESSION_STATE = 0
_WAIT, _STEP = 1.0, 0.01


class MacSystem:
    """What is asked of macOS, by ctypes; on macOS only."""

    def __init__(self) -> None:
        services = f"{_FRAMEWORKS}/ApplicationServices.framework/ApplicationServices"
        self._services = ctypes.CDLL(services)
        self._objc = ctypes.CDLL("/usr/lib/libobjc.A.dylib")
        ctypes.CDLL(f"{_FRAMEWORKS}/AppKit.framework/AppKit")
        self._services.AXIsProcessTrusted.restype = c_bool
        self._services.CGEventCreateKeyboardEvent.restype = c_void_p
        self._services.CGEventCreateKeyboardEvent.argtypes = [c_void_p, c_uint16, c_bool]
        self._services.CGEventSetFlags.argtypes = [c_void_p, c_uint64]
        self._services.CGEventPost.argtypes = [c_uint32, c_void_p]
        self._services.CGEventSourceFlagsState.restype = c_uint64
        self._services.CFRelease.argtypes = [c_void_p]
        self._objc.objc_getClass.restype = c_void_p
        self._objc.objc_getClass.argtypes = [c_char_p]
        self._objc.sel_registerName.restype = c_void_p
        self._objc.sel_registerName.argtypes = [c_char_p]

    def is_trusted(self) -> bool:
        """Return whether the user lets this program press keys."""
        return bool(self._services.AXIsProcessTrusted())

    def front(self) -> int:
        """Return the process id of the program in front; 0 where there is none."""
        space = self._send(self._class("NSWorkspace"), "sharedWorkspace")
        program = self._send(space, "frontmostApplication")
        return int(self._send(program, "processIdentifier", c_int)) if program else 0

    def activate(self, process: int) -> bool:
        """Bring a program to the front; return whether it still runs."""
        running = self._class("NSRunningApplication")
        selector = "runningApplicationWithProcessIdentifier:"
        program = self._send(running, selector, c_void_p, (c_int, process))
        if not program:
            return False
        self._send(program, "activateWithOptions:", c_bool, (c_ulong, _WITH_WINDOWS))
        return True

    def held(self) -> int:
        """Return the flags of the modifiers that are down."""
        return int(self._services.CGEventSourceFlagsState(_SESSION_STATE)) & _HELD

    def press_paste(self) -> None:
        """Press Command+V."""
        for is_down in (True, False):
            event = self._services.CGEventCreateKeyboardEvent(None, _KEY_V, is_down)
            self._services.CGEventSetFlags(event, _COMMAND)
            self._services.CGEventPost(0, event)
            self._services.CFRelease(event)

    def _class(self, name: str) -> Any:
        return self._objc.objc_getClass(name.encode())

    def _send(
        self, target: Any, selector: str, result: Any = c_void_p, *values: tuple[Any, Any]
    ) -> Any:
        kinds = [kind for kind, _value in values]
        send = ctypes.CFUNCTYPE(result, c_void_p, c_void_p, *kinds)(
            ctypes.cast(self._objc.objc_msgSend, c_void_p).value or 0
        )
        name = self._objc.sel_registerName(selector.encode())
        return send(target, name, *(value for _kind, value in values))


class MacPreviousWindow:
    """Implements the PreviousWindow port; macOS gives the keyboard to programs, not to windows."""

    def __init__(self, system: Any, clock: Clock) -> None:
        self._system, self._clock = system, clock
        self._process = 0

    @property
    def refusal(self) -> str:
        """Return why nothing can be pasted."""
        if not self._system.is_trusted():
            return say(
                "macOS lets Spark press keys once you allow it: System Settings, Privacy & "
                "Security, Accessibility."
            )
        return "" if self._process else say("No window had the keyboard before.")

    def remember(self) -> None:
        """Note the program in front."""
        self._process = self._system.front()

    def raise_ours(self, window: int) -> None:
        """Do nothing: Qt brings the program to the front."""

    async def paste(self) -> None:
        """Bring the program back and press Command+V. Raises PasteError with nothing pressed."""
        refusal = self.refusal
        if refusal:
            raise not_pasted(refusal)
        if not self._system.activate(self._process):
            raise not_pasted(say("The window is gone."))
        deadline = self._clock.monotonic() + _WAIT
        while self._system.front() != self._process or self._system.held():
            if self._clock.monotonic() > deadline:
                raise not_pasted(say("The window did not get the keyboard back."))
            await self._clock.sleep(_STEP)
        self._system.press_paste()

    def close(self) -> None:
        """Do nothing."""
