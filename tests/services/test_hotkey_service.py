import asyncio
from collections.abc import Callable

from spark_desktop.domain.hotkey import (
    Chord,
    HotkeyFailed,
    HotkeyOff,
    HotkeyOn,
    HotkeyState,
    taken,
)
from spark_desktop.services.hotkey import HotkeyService
from spark_desktop.services.tasks import TaskScope


class FakeHotkey:
    """A key that a test presses."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.stops = 0
        self.refused: HotkeyState | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.press: Callable[[], None] | None = None

    async def start(self, chord: Chord, pressed: Callable[[], None]) -> HotkeyState:
        await self.gate.wait()
        if self.refused is not None:
            return self.refused
        self.taken.append(str(chord))
        self.press = pressed
        return HotkeyOn(str(chord))

    async def stop(self) -> None:
        self.stops += 1
        self.press = None


def service(hotkey: FakeHotkey, presses: list[int] | None = None) -> HotkeyService:
    counted = presses if presses is not None else []
    return HotkeyService(hotkey, lambda: counted.append(1), TaskScope("test"))


async def test_the_key_is_taken_and_its_presses_arrive() -> None:
    hotkey, presses = FakeHotkey(), []
    made = service(hotkey, presses)
    assert made.state == HotkeyOff()
    told: list[HotkeyState] = []
    stop_telling = made.subscribe(told.append)
    made.use("ctrl+alt+space")
    assert await made.settled() == HotkeyOn("Ctrl+Alt+Space")
    assert told == [HotkeyOn("Ctrl+Alt+Space")]
    assert hotkey.press is not None
    hotkey.press()
    assert presses == [1]
    stop_telling()
    made.use("")
    assert await made.settled() == HotkeyOff()
    assert len(told) == 1
    assert hotkey.press is None


async def test_a_sequence_that_is_none_is_refused_and_the_old_key_given_back() -> None:
    hotkey = FakeHotkey()
    made = service(hotkey)
    made.use("Ctrl+Alt+Space")
    await made.settled()
    made.use("Space")
    state = await made.settled()
    assert isinstance(state, HotkeyFailed)
    assert "it needs Ctrl, Alt or Meta" in state.reason
    assert hotkey.press is None


async def test_a_key_that_another_program_has_is_said_to_be_taken() -> None:
    hotkey = FakeHotkey()
    hotkey.refused = taken("Ctrl+Alt+Space")
    made = service(hotkey)
    made.use("Ctrl+Alt+Space")
    assert await made.settled() == taken("Ctrl+Alt+Space")


async def test_only_the_last_of_several_wishes_is_followed() -> None:
    hotkey = FakeHotkey()
    made = service(hotkey)
    hotkey.gate.clear()
    made.use("Ctrl+1")
    await asyncio.sleep(0)
    made.use("Ctrl+2")
    made.use("Ctrl+3")
    hotkey.gate.set()
    assert await made.settled() == HotkeyOn("Ctrl+3")
    assert hotkey.taken == ["Ctrl+1", "Ctrl+3"]


async def test_closing_gives_the_key_back_also_while_it_is_asked_for() -> None:
    hotkey = FakeHotkey()
    made = service(hotkey)
    hotkey.gate.clear()
    made.use("Ctrl+1")
    await asyncio.sleep(0)
    await made.close()
    assert hotkey.taken == []
    assert hotkey.stops == 2
