"""On fakes of user32 and kernel32, which do what Microsoft's documentation says of them."""

import asyncio
import queue
import threading
from typing import Any

import pytest
from fakes import FakeClock

from spark_desktop.adapters.windows_keys import WindowsHotkey, WindowsPreviousWindow
from spark_desktop.domain.errors import PasteError
from spark_desktop.domain.hotkey import HotkeyFailed, HotkeyOn, chord_of, taken

CHORD = chord_of("Ctrl+Alt+Space")
_QUIT, _HOTKEY = 0x0012, 0x0312


class FakeUser32:
    """One queue of messages, one foreground window, and keys that are held."""

    def __init__(self) -> None:
        self.messages: queue.Queue[int] = queue.Queue()
        self.registered: list[tuple[int, int]] = []
        self.is_taken = False
        self.front: int | None = 7
        self.windows = {7, 8}
        self.held: set[int] = set()
        self.obeys = True
        self.lets_through = True
        self.pressed: list[tuple[int, int]] = []

    def PeekMessageW(self, *_arguments: Any) -> int:
        return 0

    def RegisterHotKey(self, _window: None, _number: int, flags: int, key: int) -> int:
        if self.is_taken:
            return 0
        self.registered.append((flags, key))
        return 1

    def UnregisterHotKey(self, _window: None, _number: int) -> int:
        self.registered.pop()
        return 1

    def GetMessageW(self, message: Any, *_rest: Any) -> int:
        message._obj.message = self.messages.get()
        return int(message._obj.message != _QUIT)

    def PostThreadMessageW(self, thread: int, message: int, *_rest: int) -> int:
        assert thread == 42
        self.messages.put(message)
        return 1

    def GetForegroundWindow(self) -> int | None:
        return self.front

    def SetForegroundWindow(self, window: int) -> int:
        if self.obeys:
            self.front = window
        return 1

    def IsWindow(self, window: int) -> bool:
        return window in self.windows

    def GetAsyncKeyState(self, code: int) -> int:
        return -32768 if code in self.held else 0

    def SendInput(self, count: int, events: Any, size: int) -> int:
        if not self.lets_through:
            return 0
        self.pressed += [(one.event.ki.wVk, one.event.ki.dwFlags) for one in events]
        assert all(one.type == 1 for one in events)
        return count


class FakeKernel32:
    """Numbers of OS threads."""

    def GetCurrentThreadId(self) -> int:
        assert threading.current_thread().name == "hotkey"
        return 42


@pytest.fixture
def user() -> FakeUser32:
    return FakeUser32()


def hotkey_on(user: FakeUser32, error: int = 0) -> WindowsHotkey:
    return WindowsHotkey(user, FakeKernel32(), lambda: error)


async def test_the_key_is_registered_without_repeats_and_heard_in_the_loop(
    user: FakeUser32,
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    hotkey = hotkey_on(user)
    state = await hotkey.start(CHORD, lambda: heard.put_nowait(threading.current_thread().name))
    assert state == HotkeyOn("Ctrl+Alt+Space")
    assert user.registered == [(0x4000 | 0x0001 | 0x0002, 0x20)]
    user.messages.put(0x0113)  # A timer's.
    user.messages.put(_HOTKEY)
    assert await heard.get() == "MainThread"
    await hotkey.stop()
    assert user.registered == []
    await hotkey.stop()
    assert heard.empty()


@pytest.mark.parametrize(
    ("sequence", "flags", "code"),
    [("Meta+Shift+K", 0x0008 | 0x0004, ord("K")), ("F13", 0, 0x7C), ("Alt+`", 0x0001, 0xC0)],
)
async def test_keys_have_their_codes(
    user: FakeUser32, sequence: str, flags: int, code: int
) -> None:
    hotkey = hotkey_on(user)
    await hotkey.start(chord_of(sequence), lambda: None)
    assert user.registered == [(0x4000 | flags, code)]
    await hotkey.stop()


async def test_a_key_that_another_program_has_is_refused(user: FakeUser32) -> None:
    user.is_taken = True
    assert await hotkey_on(user, 1409).start(CHORD, lambda: None) == taken("Ctrl+Alt+Space")


async def test_another_refusal_leaves_the_command_to_bind(user: FakeUser32) -> None:
    user.is_taken = True
    state = await hotkey_on(user, 5).start(CHORD, lambda: None)
    assert isinstance(state, HotkeyFailed)
    assert "error 5" in state.reason


async def test_a_paste_goes_to_the_window_that_was_in_front(user: FakeUser32) -> None:
    previous = WindowsPreviousWindow(user, FakeClock())
    assert "No window" in previous.refusal
    previous.remember()
    previous.raise_ours(8)
    assert user.front == 8
    assert previous.refusal == ""
    await previous.paste()
    assert user.front == 7
    assert user.pressed == [(0x11, 0), (0x56, 0), (0x56, 2), (0x11, 2)]


async def test_nothing_is_pressed_into_another_window(user: FakeUser32) -> None:
    previous = WindowsPreviousWindow(user, FakeClock())
    previous.remember()
    user.front, user.obeys = 8, False
    with pytest.raises(PasteError, match="did not get the keyboard back"):
        await previous.paste()
    user.windows.discard(7)
    with pytest.raises(PasteError, match="is gone"):
        await previous.paste()
    assert user.pressed == []


async def test_nothing_is_pressed_while_a_modifier_is_held(user: FakeUser32) -> None:
    previous = WindowsPreviousWindow(user, FakeClock())
    previous.remember()
    user.held = {0x10}
    with pytest.raises(PasteError, match="did not get the keyboard back"):
        await previous.paste()
    assert user.pressed == []


async def test_a_program_that_windows_guards_is_said_to_be(user: FakeUser32) -> None:
    previous = WindowsPreviousWindow(user, FakeClock())
    previous.remember()
    user.lets_through = False
    with pytest.raises(PasteError, match="did not let the keys through"):
        await previous.paste()


async def test_one_that_is_stopped_before_it_has_begun_ends_all_the_same(user: FakeUser32) -> None:
    begins = threading.Event()
    user.PeekMessageW = lambda *_arguments: begins.wait(10)  # type: ignore[method-assign]
    hotkey = hotkey_on(user)
    starting = asyncio.ensure_future(hotkey.start(CHORD, lambda: None))
    await asyncio.sleep(0)
    starting.cancel()
    stopping = asyncio.ensure_future(hotkey.stop())
    await asyncio.sleep(0.05)
    begins.set()
    await stopping
    assert user.registered == []
