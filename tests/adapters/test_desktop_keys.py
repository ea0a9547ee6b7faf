import sys

import pytest
from fakes import FakeClock

from spark_desktop.adapters.desktop_keys import (
    NoHotkey,
    hotkey_of,
    is_wayland,
    previous_window_of,
)
from spark_desktop.adapters.key_names import keysym_of, mac_key, portal_trigger, virtual_key
from spark_desktop.domain.errors import PasteError
from spark_desktop.domain.hotkey import KEYS, SIGNS, HotkeyFailed, chord_of
from spark_desktop.services.tasks import TaskScope

X11 = {"XDG_SESSION_TYPE": "x11", "DISPLAY": ":0"}
WAYLAND = {"XDG_SESSION_TYPE": "wayland", "WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (X11, False),
        (WAYLAND, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        # A nested compositor in an X11 session.
        ({"XDG_SESSION_TYPE": "x11", "WAYLAND_DISPLAY": "wayland-1"}, False),
        ({"DISPLAY": ":99"}, False),
    ],
)
def test_the_kind_of_session_is_told_by_the_environment(
    environ: dict[str, str], expected: bool
) -> None:
    assert is_wayland(environ) is expected


@pytest.mark.skipif(sys.platform != "linux", reason="the portal's client needs jeepney")
@pytest.mark.parametrize(
    ("platform", "environ", "kind"),
    [
        ("xcb", X11, "X11Hotkey"),
        ("xcb", WAYLAND, "PortalHotkey"),
        ("wayland", WAYLAND, "PortalHotkey"),
        ("offscreen", X11, "NoHotkey"),
    ],
)
def test_each_desktop_has_its_hotkey(platform: str, environ: dict[str, str], kind: str) -> None:
    hotkey = hotkey_of(platform, environ, TaskScope("test"), "Open")
    assert type(hotkey).__name__ == kind


@pytest.mark.parametrize(
    ("platform", "environ", "refusal"),
    [
        ("xcb", WAYLAND, "Wayland lets no program paste"),
        ("wayland", WAYLAND, "Wayland lets no program paste"),
        ("offscreen", X11, "no other window"),
    ],
)
async def test_where_nothing_can_be_pasted_there_is_a_reason(
    platform: str, environ: dict[str, str], refusal: str
) -> None:
    previous = previous_window_of(platform, environ, FakeClock())
    previous.remember()
    previous.raise_ours(1)
    assert refusal in previous.refusal
    with pytest.raises(PasteError, match=refusal):
        await previous.paste()
    previous.close()


def test_x11_has_its_own_paste() -> None:
    previous = previous_window_of("xcb", X11, FakeClock())
    assert type(previous).__name__ == "X11PreviousWindow"


async def test_no_hotkey_names_the_command_to_bind() -> None:
    state = await NoHotkey("No desktop.").start(chord_of("Ctrl+A"), lambda: None)
    assert isinstance(state, HotkeyFailed)
    assert "spark quick" in state.next_step


@pytest.mark.parametrize(
    ("sequence", "trigger"),
    [
        ("Ctrl+Alt+Space", "CTRL+ALT+space"),
        ("Meta+Shift+K", "SHIFT+LOGO+k"),
        ("Ctrl++", "CTRL+plus"),
        ("F12", "F12"),
        ("Ctrl+PgUp", "CTRL+Prior"),
    ],
)
def test_the_portal_gets_the_names_of_its_specification(sequence: str, trigger: str) -> None:
    assert portal_trigger(chord_of(sequence)) == trigger


@pytest.mark.parametrize("key", [*KEYS, *SIGNS, "A", "Z", "0", "9"])
def test_every_key_has_a_name_everywhere(key: str) -> None:
    assert keysym_of(key)
    assert 0 < virtual_key(key) < 0xFF
    no_mac_key = {"Ins", "Print", "Pause", "Menu", "F21", "F22", "F23", "F24"}
    assert (mac_key(key) is None) == (key in no_mac_key)


def test_letters_have_different_codes_on_a_mac() -> None:
    keys = [chr(code) for code in range(ord("A"), ord("Z") + 1)] + list("0123456789")
    assert len({mac_key(key) for key in keys}) == 36
