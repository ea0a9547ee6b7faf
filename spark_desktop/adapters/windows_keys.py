"""Keys and windows of Windows, by user32: a global hotkey, and pasting into another window."""

import asyncio
import ctypes
import threading
from collections.abc import Callable
from ctypes import wintypes
from typing import Any

from spark_desktop.adapters.key_names import virtual_key
from spark_desktop.domain.hotkey import (
    Chord,
    HotkeyOn,
    HotkeyState,
    Modifier,
    no_hotkeys_here,
    taken,
)
from spark_desktop.domain.words import say
from spark_desktop.services.paste import not_pasted
from spark_desktop.services.ports import Clock

# From winuser.h and winerror.h.
_MODIFIERS = {
    Modifier.ALT: 0x0001,
    Modifier.CTRL: 0x0002,
    Modifier.SHIFT: 0x0004,
    Modifier.META: 0x0008,
}
_NO_REPEAT = 0x4000
_WM_QUIT, _WM_HOTKEY, _WM_USER = 0x0012, 0x0312, 0x0400
_ALREADY_REGISTERED = 1409
_ID = 1
_INPUT_KEYBOARD, _KEY_UP = 1, 0x0002
_VK_CONTROL, _VK_V = 0x11, 0x56
# Shift, Control, Alt and both Windows keys.
_HELD = (0x10, 0x11, 0x12, 0x5B, 0x5C)
_WAIT, _STEP = 1.0, 0.01


class _Mouse(ctypes.Structure):
    # The largest member: the size of INPUT follows from it.
    _fields_ = [
        ("dx", wintypes.LONG),
        ("dy", wintypes.LONG),
        ("mouseData", wintypes.DWORD),
        ("dwFlags", wintypes.DWORD),
        ("time", wintypes.DWORD),
        ("dwExtraInfo", ctypes.c_size_t),
    ]


class _Keyboard(ctypes.Structure):
    _fields_ = [
        ("wVk", wintypes.WORD),
        ("wScan", wintypes.WORD),
        ("dwFlags", wintypes.DWORD),
        ("time", wintypes.DWORD),
        ("dwExtraInfo", ctypes.c_size_t),
    ]


class _Event(ctypes.Union):
    _fields_ = [("mi", _Mouse), ("ki", _Keyboard)]


class Input(ctypes.Structure):
    """INPUT of winuser.h."""

    _fields_ = [("type", wintypes.DWORD), ("event", _Event)]


def user32() -> Any:
    """Return user32 with the types of what is used; on Windows only."""
    library = ctypes.WinDLL("user32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    handle = wintypes.HWND
    library.GetForegroundWindow.restype = handle
    library.SetForegroundWindow.argtypes = [handle]
    library.IsWindow.argtypes = [handle]
    library.RegisterHotKey.argtypes = [handle, ctypes.c_int, wintypes.UINT, wintypes.UINT]
    library.UnregisterHotKey.argtypes = [handle, ctypes.c_int]
    library.SendInput.argtypes = [wintypes.UINT, ctypes.POINTER(Input), ctypes.c_int]
    library.GetAsyncKeyState.restype = ctypes.c_short
    return library


def kernel32() -> Any:
    """Return kernel32; on Windows only."""
    return ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]


def last_error() -> int:
    """Return why the last call of user32 failed; on Windows only."""
    return int(ctypes.get_last_error())  # type: ignore[attr-defined,unused-ignore]


class WindowsHotkey:
    """Implements the Hotkey port: the key belongs to an OS thread with a queue of messages."""

    def __init__(self, user: Any, kernel: Any, error: Callable[[], int] = last_error) -> None:
        self._user, self._kernel, self._error = user, kernel, error
        self._thread: threading.Thread | None = None
        self._thread_id = 0
        self._has_queue = threading.Event()

    async def start(self, chord: Chord, pressed: Callable[[], None]) -> HotkeyState:
        """Register the key; a held one counts once."""
        await self.stop()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[int] = loop.create_future()

        def answered(code: int) -> None:
            if not answer.done():
                answer.set_result(code)

        def pump() -> None:
            tell = loop.call_soon_threadsafe
            self._pump(chord, lambda code: tell(answered, code), lambda: tell(pressed))

        self._has_queue.clear()
        self._thread = threading.Thread(target=pump, name="hotkey", daemon=True)
        self._thread.start()
        code = await answer
        if code == 0:
            return HotkeyOn(str(chord))
        await self.stop()
        if code == _ALREADY_REGISTERED:
            return taken(str(chord))
        return no_hotkeys_here(say("Windows refused the hotkey (error {code}).", code=code))

    async def stop(self) -> None:
        """End the OS thread, which gives the key back."""
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.to_thread(self._end, thread)

    def _end(self, thread: threading.Thread) -> None:
        # Whoever changes their mind at once is here before the OS thread has begun.
        self._has_queue.wait()
        self._user.PostThreadMessageW(self._thread_id, _WM_QUIT, 0, 0)
        thread.join()

    def _pump(
        self, chord: Chord, answered: Callable[[int], object], pressed: Callable[[], object]
    ) -> None:
        message = wintypes.MSG()
        # Asking makes the queue, so that the end can be posted from now on.
        self._user.PeekMessageW(ctypes.byref(message), None, _WM_USER, _WM_USER, 0)
        self._thread_id = int(self._kernel.GetCurrentThreadId())
        self._has_queue.set()
        flags = _NO_REPEAT | sum(_MODIFIERS[one] for one in chord.modifiers)
        if not self._user.RegisterHotKey(None, _ID, flags, virtual_key(chord.key)):
            answered(self._error() or -1)
            return
        answered(0)
        while self._user.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
            if message.message == _WM_HOTKEY:
                pressed()
        self._user.UnregisterHotKey(None, _ID)


class WindowsPreviousWindow:
    """Implements the PreviousWindow port by SendInput."""

    def __init__(self, user: Any, clock: Clock) -> None:
        self._user, self._clock = user, clock
        self._window: int | None = None

    @property
    def refusal(self) -> str:
        """Return why nothing can be pasted."""
        return "" if self._window else say("No window had the keyboard before.")

    def remember(self) -> None:
        """Note the foreground window."""
        self._window = self._user.GetForegroundWindow()

    def raise_ours(self, window: int) -> None:
        """Bring our window to the front; Windows allows it right after a hotkey of ours."""
        self._user.SetForegroundWindow(window)

    async def paste(self) -> None:
        """Bring the window back and press Ctrl+V. Raises PasteError with nothing pressed."""
        window = self._window
        if not window or not self._user.IsWindow(window):
            raise not_pasted(say("The window is gone."))
        self._user.SetForegroundWindow(window)
        deadline = self._clock.monotonic() + _WAIT
        while self._user.GetForegroundWindow() != window or self._are_held():
            if self._clock.monotonic() > deadline:
                raise not_pasted(say("The window did not get the keyboard back."))
            await self._clock.sleep(_STEP)
        keys = ((_VK_CONTROL, 0), (_VK_V, 0), (_VK_V, _KEY_UP), (_VK_CONTROL, _KEY_UP))
        events = (Input * len(keys))(*(_key(code, flags) for code, flags in keys))
        if self._user.SendInput(len(keys), events, ctypes.sizeof(Input)) != len(keys):
            raise not_pasted(say("Windows did not let the keys through to that program."))

    def _are_held(self) -> bool:
        return any(self._user.GetAsyncKeyState(code) & 0x8000 for code in _HELD)

    def close(self) -> None:
        """Do nothing."""


def _key(code: int, flags: int) -> Input:
    return Input(_INPUT_KEYBOARD, _Event(ki=_Keyboard(code, 0, flags, 0, 0)))
