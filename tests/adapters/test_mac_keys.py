"""On fakes of Carbon and of what is asked of macOS, which do what Apple's headers say."""

import asyncio
import ctypes
from typing import Any

import pytest
from fakes import FakeClock

from spark_desktop.adapters.mac_keys import MacHotkey, MacPreviousWindow
from spark_desktop.domain.errors import PasteError
from spark_desktop.domain.hotkey import HotkeyFailed, HotkeyOn, chord_of, taken

CHORD = chord_of("Ctrl+Alt+Space")


class FakeCarbon:
    """One handler and one key."""

    def __init__(self, status: int = 0) -> None:
        self.status = status
        self.handler: Any = None
        self.keys: list[tuple[int, int]] = []

    def GetApplicationEventTarget(self) -> int:
        return 1

    def InstallEventHandler(
        self, _target: int, handler: Any, count: int, kind: Any, *rest: Any
    ) -> int:
        assert (count, kind._obj.eventClass, kind._obj.eventKind) == (1, 0x6B657962, 5)
        self.handler = handler
        rest[-1]._obj.value = 11
        return 0

    def RegisterEventHotKey(
        self, code: int, held: int, name: Any, _target: int, _options: int, key: Any
    ) -> int:
        assert name.id == 1
        if self.status == 0:
            self.keys.append((code, held))
            key._obj.value = 12
        return self.status

    def UnregisterEventHotKey(self, key: ctypes.c_void_p) -> int:
        assert key.value == 12
        self.keys.pop()
        return 0

    def RemoveEventHandler(self, installed: ctypes.c_void_p) -> int:
        assert installed.value == 11
        self.handler = None
        return 0


async def test_the_key_is_registered_as_macos_counts_it_and_heard() -> None:
    carbon, heard = FakeCarbon(), asyncio.Event()
    hotkey = MacHotkey(carbon)
    # Qt's Ctrl is the Command key.
    assert await hotkey.start(CHORD, heard.set) == HotkeyOn("⌥⌘Space")
    assert carbon.keys == [(0x31, 1 << 8 | 1 << 11)]
    assert carbon.handler(None, None, None) == 0
    await heard.wait()
    await hotkey.stop()
    assert carbon.keys == []
    assert carbon.handler is None
    await hotkey.stop()


async def test_a_key_that_another_program_has_is_refused() -> None:
    carbon = FakeCarbon(-9878)
    assert await MacHotkey(carbon).start(CHORD, lambda: None) == taken("⌥⌘Space")
    assert carbon.handler is None


async def test_another_refusal_leaves_the_command_to_bind() -> None:
    state = await MacHotkey(FakeCarbon(-50)).start(CHORD, lambda: None)
    assert isinstance(state, HotkeyFailed)
    assert "error -50" in state.reason


async def test_a_key_that_a_mac_has_not_is_refused() -> None:
    state = await MacHotkey(FakeCarbon()).start(chord_of("Ctrl+Print"), lambda: None)
    assert isinstance(state, HotkeyFailed)
    assert "no key Print" in state.reason


class FakeMac:
    """Programs, one of which is in front."""

    def __init__(self) -> None:
        self.trusted = True
        self.in_front = 500
        self.running = {500, 600}
        self.modifiers = 0
        self.pastes: list[int] = []
        self.obeys = True

    def is_trusted(self) -> bool:
        return self.trusted

    def front(self) -> int:
        return self.in_front

    def activate(self, process: int) -> bool:
        if process not in self.running:
            return False
        if self.obeys:
            self.in_front = process
        return True

    def held(self) -> int:
        return self.modifiers

    def press_paste(self) -> None:
        self.pastes.append(self.in_front)


async def test_a_paste_goes_to_the_program_that_was_in_front() -> None:
    mac = FakeMac()
    previous = MacPreviousWindow(mac, FakeClock())
    assert "No window" in previous.refusal
    previous.remember()
    previous.raise_ours(1)
    mac.in_front = 600
    assert previous.refusal == ""
    await previous.paste()
    assert mac.pastes == [500]


async def test_without_the_users_leave_nothing_is_pressed() -> None:
    mac = FakeMac()
    mac.trusted = False
    previous = MacPreviousWindow(mac, FakeClock())
    previous.remember()
    assert "Accessibility" in previous.refusal
    with pytest.raises(PasteError, match="Accessibility"):
        await previous.paste()
    assert mac.pastes == []


async def test_nothing_is_pressed_into_another_program_or_while_a_key_is_held() -> None:
    mac = FakeMac()
    previous = MacPreviousWindow(mac, FakeClock())
    previous.remember()
    mac.in_front, mac.obeys = 600, False
    with pytest.raises(PasteError, match="did not get the keyboard back"):
        await previous.paste()
    mac.obeys, mac.modifiers = True, 1 << 17
    with pytest.raises(PasteError, match="did not get the keyboard back"):
        await previous.paste()
    mac.running.discard(500)
    with pytest.raises(PasteError, match="is gone"):
        await previous.paste()
    assert mac.pastes == []
