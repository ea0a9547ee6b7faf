import pytest

from spark_desktop.domain.errors import HotkeyError
from spark_desktop.domain.hotkey import Chord, Modifier, chord_of, no_hotkeys_here, taken

CTRL, ALT, SHIFT, META = Modifier.CTRL, Modifier.ALT, Modifier.SHIFT, Modifier.META


@pytest.mark.parametrize(
    ("sequence", "held", "key"),
    [
        ("Ctrl+Alt+Space", {CTRL, ALT}, "Space"),
        ("ctrl+alt+space", {CTRL, ALT}, "Space"),
        (" Meta + Shift + k ", {META, SHIFT}, "K"),
        ("Super+Return", {META}, "Return"),
        ("Win+7", {META}, "7"),
        ("Control+PageDown", {CTRL}, "PgDown"),
        ("Ctrl++", {CTRL}, "+"),
        ("Alt+`", {ALT}, "`"),
        ("F12", set(), "F12"),
        ("Shift+F24", {SHIFT}, "F24"),
    ],
)
def test_qts_notation_is_read(sequence: str, held: set[Modifier], key: str) -> None:
    assert chord_of(sequence) == Chord(frozenset(held), key)


@pytest.mark.parametrize(
    ("sequence", "reason"),
    [
        ("", "No hotkey is set."),
        ("Space", "needs Ctrl, Alt or Meta"),
        ("Shift+A", "needs Ctrl, Alt or Meta"),
        ("Ctrl+Alt", "names no key beside those held down"),
        ("Ctrl+", "a key is missing at the end"),
        ("Hyper+A", "'Hyper' is not a key that can be held down"),
        ("Ctrl+Control+A", "Ctrl stands in it twice"),
        ("Ctrl+Blub", "there is no key 'Blub'"),
        ("Ctrl+F25", "there is no key 'F25'"),
        ("Ctrl+ж", "there is no key 'ж'"),
        ("Ctrl+K, Ctrl+C", "'K, Ctrl' is not a key that can be held down"),
        ("Ctrl+K,C", "several keys after each other"),
    ],
)
def test_what_cannot_be_a_hotkey_is_refused_with_the_reason(sequence: str, reason: str) -> None:
    with pytest.raises(HotkeyError, match=r"hotkey|Settings") as refused:
        chord_of(sequence)
    assert reason in refused.value.message
    assert "under Settings" in refused.value.next_step


def test_a_chord_is_written_in_one_order() -> None:
    assert str(chord_of("Alt+Ctrl+space")) == "Ctrl+Alt+Space"


def test_where_no_hotkey_is_possible_the_command_to_bind_is_named() -> None:
    assert "spark quick" in no_hotkeys_here("No.").next_step
    assert taken("Ctrl+Alt+Space").reason == "Ctrl+Alt+Space is taken by another program."
