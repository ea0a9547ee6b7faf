"""Against a real X server: keys are pressed by xdotool, windows are ours."""

import asyncio
import ctypes
from collections.abc import AsyncIterator, Iterator

import pytest
from adapters.x_screen import do, needs_x, screen, until

from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.adapters.x11 import KEY_PRESS, Display
from spark_desktop.adapters.x11_hotkey import X11Hotkey
from spark_desktop.adapters.x11_paste import X11PreviousWindow, _keys_for
from spark_desktop.domain.errors import PasteError
from spark_desktop.domain.hotkey import HotkeyFailed, HotkeyOn, chord_of, taken

pytestmark = needs_x
CHORD = chord_of("Ctrl+Alt+Space")


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with screen() as name:
        yield name


@pytest.fixture
async def hotkey(display: str) -> AsyncIterator[X11Hotkey]:
    made = X11Hotkey(display)
    yield made
    await made.stop()


async def test_the_hotkey_is_heard_whoever_has_the_keyboard(
    display: str, hotkey: X11Hotkey
) -> None:
    presses: list[int] = []
    assert await hotkey.start(CHORD, lambda: presses.append(1)) == HotkeyOn("Ctrl+Alt+Space")
    await do(display, "key", "ctrl+alt+space")
    await until(lambda: len(presses) == 1)
    await do(display, "key", "ctrl+space")
    await do(display, "key", "ctrl+alt+space")
    await until(lambda: len(presses) == 2)


@pytest.mark.parametrize("lock", ["Caps_Lock", "Num_Lock"])
async def test_locks_do_not_matter(display: str, hotkey: X11Hotkey, lock: str) -> None:
    presses: list[int] = []
    await hotkey.start(CHORD, lambda: presses.append(1))
    await do(display, "key", lock)
    try:
        await do(display, "key", "ctrl+alt+space")
        await until(lambda: len(presses) == 1)
    finally:
        await do(display, "key", lock)


async def test_a_key_that_is_held_counts_once(display: str, hotkey: X11Hotkey) -> None:
    presses: list[int] = []
    await hotkey.start(CHORD, lambda: presses.append(1))
    await do(display, "keydown", "ctrl", "keydown", "alt", "keydown", "space")
    # Longer than the server waits before a key repeats.
    await asyncio.sleep(0.9)
    await do(display, "keyup", "space", "keyup", "alt", "keyup", "ctrl")
    await do(display, "key", "ctrl+alt+space")
    await until(lambda: len(presses) >= 2)
    assert len(presses) == 2


async def test_a_key_that_another_program_has_is_refused(display: str, hotkey: X11Hotkey) -> None:
    other = X11Hotkey(display)
    await other.start(CHORD, lambda: None)
    assert await hotkey.start(CHORD, lambda: None) == taken("Ctrl+Alt+Space")
    await other.stop()
    assert isinstance(await hotkey.start(CHORD, lambda: None), HotkeyOn)


async def test_after_stop_nothing_is_heard(display: str, hotkey: X11Hotkey) -> None:
    presses: list[int] = []
    await hotkey.start(CHORD, lambda: presses.append(1))
    await hotkey.stop()
    await do(display, "key", "ctrl+alt+space")
    other = X11Hotkey(display)
    heard: list[int] = []
    await other.start(CHORD, lambda: heard.append(1))
    await do(display, "key", "ctrl+alt+space")
    await until(lambda: bool(heard))
    await other.stop()
    assert presses == []


async def test_a_key_that_the_keyboard_has_not_is_refused(display: str, hotkey: X11Hotkey) -> None:
    state = await hotkey.start(chord_of("Ctrl+F24"), lambda: None)
    if isinstance(state, HotkeyFailed):
        assert "no key F24" in state.reason
    else:
        # This server's keyboard has one.
        assert state == HotkeyOn("Ctrl+F24")


async def test_without_a_server_the_command_to_bind_is_named() -> None:
    state = await X11Hotkey(":987").start(CHORD, lambda: None)
    assert isinstance(state, HotkeyFailed)
    assert "does not answer" in state.reason
    assert "spark quick" in state.next_step


class Window:
    """A window of another program, which notes the keys that it gets."""

    def __init__(self, name: str) -> None:
        self.display = Display(name)
        x, handle = self.display._x, self.display._display
        x.XCreateSimpleWindow.restype = ctypes.c_ulong
        x.XCreateSimpleWindow.argtypes = [
            *(ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_int),
            *[ctypes.c_uint] * 3,
            *[ctypes.c_ulong] * 2,
        ]
        for name_, kinds in (
            ("XSelectInput", [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_long]),
            ("XMapWindow", [ctypes.c_void_p, ctypes.c_ulong]),
            ("XDestroyWindow", [ctypes.c_void_p, ctypes.c_ulong]),
        ):
            getattr(x, name_).argtypes = kinds
        self.id = int(x.XCreateSimpleWindow(handle, self.display.root, 0, 0, 90, 90, 0, 0, 0))
        # KeyPressMask
        x.XSelectInput(handle, self.id, 1)
        x.XMapWindow(handle, self.id)
        x.XSync(handle, 0)

    def focus(self) -> None:
        self.display.activate(self.id)
        self.display._x.XSync(self.display._display, 0)

    def keys(self) -> list[int]:
        self.display._x.XSync(self.display._display, 0)
        return [event.key.keycode for event in self.display.events() if event.type == KEY_PRESS]

    def destroy(self) -> None:
        self.display._x.XDestroyWindow(self.display._display, self.id)
        self.display._x.XSync(self.display._display, 0)

    def close(self) -> None:
        self.display.close()


@pytest.fixture
def windows(display: str) -> Iterator[tuple[Window, Window]]:
    first, second = Window(display), Window(display)
    yield first, second
    first.close()
    second.close()


@pytest.fixture
def previous(display: str) -> Iterator[X11PreviousWindow]:
    made = X11PreviousWindow(SystemClock(), display)
    yield made
    made.close()


async def test_a_paste_goes_to_the_window_that_was_noted(
    windows: tuple[Window, Window], previous: X11PreviousWindow
) -> None:
    noted, ours = windows
    noted.focus()
    previous.remember()
    previous.raise_ours(ours.id)
    assert noted.display.active_window() == ours.id
    assert previous.refusal == ""
    await previous.paste()
    codes = [noted.display.keycode("Control_L"), noted.display.keycode("v")]
    got: list[int] = []

    def arrived() -> bool:
        got.extend(noted.keys())
        return len(got) == 2

    await until(arrived)
    assert got == codes
    assert ours.keys() == []


async def test_nothing_is_pressed_where_the_window_is_gone(
    windows: tuple[Window, Window], previous: X11PreviousWindow
) -> None:
    noted, ours = windows
    noted.focus()
    previous.remember()
    ours.focus()
    noted.destroy()
    with pytest.raises(PasteError, match="The window is gone"):
        await previous.paste()
    assert ours.keys() == []


async def test_nothing_is_pressed_while_the_user_holds_a_modifier(
    display: str, windows: tuple[Window, Window], previous: X11PreviousWindow
) -> None:
    noted, _ours = windows
    noted.focus()
    previous.remember()
    await do(display, "keydown", "shift")
    noted.keys()
    try:
        with pytest.raises(PasteError, match="did not get the keyboard back"):
            await previous.paste()
    finally:
        await do(display, "keyup", "shift")
    assert noted.keys() == []


async def test_without_a_window_there_is_a_reason(previous: X11PreviousWindow) -> None:
    assert "No window had the keyboard" in previous.refusal
    with pytest.raises(PasteError, match="No window had the keyboard"):
        await previous.paste()
    gone = X11PreviousWindow(SystemClock(), ":987")
    gone.remember()
    assert "does not answer" in gone.refusal


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        (b"code\0Code\0", ("Control_L", "v")),
        (b"xterm\0XTerm\0", ("Shift_L", "Insert")),
        (b"Alacritty\0Alacritty\0", ("Control_L", "Shift_L", "v")),
        (b"", ("Control_L", "v")),
    ],
)
def test_terminals_paste_by_other_keys(kind: bytes, keys: tuple[str, ...]) -> None:
    assert _keys_for(kind) == keys
