"""Which keys clash: with another action's, or with what a key does while the user types."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from spark_desktop.domain.words import Said, say

_TYPES = say("does what it does in every text field")
# What text fields and lists take for themselves, in Qt's portable notation.
_FIXED: Mapping[str, Said] = {
    "Ctrl+C": say("copies"),
    "Ctrl+X": say("cuts"),
    "Ctrl+V": say("pastes"),
    "Ctrl+A": say("selects all"),
    "Ctrl+Z": say("undoes what was typed"),
    "Ctrl+Shift+Z": say("types it again"),
    "Ctrl+Y": say("types it again"),
    "Return": say("sends, or opens what is chosen"),
    "Enter": say("sends, or opens what is chosen"),
    "Shift+Return": say("begins a line"),
    **dict.fromkeys(("Ctrl+Return", "Ctrl+Enter"), say("sends now, or keeps what is written")),
    "Tab": say("goes to the next place"),
    "Shift+Tab": say("goes to the place before"),
    "Space": say("presses a button"),
    "Esc": say("closes what is open"),
    **dict.fromkeys(("Backspace", "Del", "Home", "End", "PgUp", "PgDown"), _TYPES),
    **dict.fromkeys(("Up", "Down", "Left", "Right"), _TYPES),
    **dict.fromkeys(("Ctrl+Left", "Ctrl+Right", "Ctrl+Home", "Ctrl+End"), _TYPES),
    **dict.fromkeys(("Ctrl+Backspace", "Ctrl+Del"), _TYPES),
}
# These do the same, or nothing, where the fixed key is taken: no clash.
_SHARED = frozenset(
    (
        ("undo", "Ctrl+Z"),
        ("redo", "Ctrl+Shift+Z"),
        ("redo", "Ctrl+Y"),
        ("stop", "Esc"),
        ("accept_all", "Ctrl+Return"),
        ("accept_all", "Ctrl+Enter"),
    )
)


@dataclass(frozen=True, slots=True)
class Clash:
    """``key`` of one action is also that of ``other``; None where a text field takes it."""

    key: str
    other: str | None
    fixed: Said | None = None


def clashes(name: str, keys: Iterable[str], all_keys: Mapping[str, tuple[str, ...]]) -> list[Clash]:
    """Return what the keys of the action ``name`` clash with.

    Keys of two strokes ("Ctrl+K, Ctrl+S") clash with their first stroke alone.
    """
    found: list[Clash] = []
    for key in keys:
        for other, others in all_keys.items():
            if other != name and any(_is_ambiguous(key, one) for one in others):
                found.append(Clash(key, other))
        fixed = _FIXED.get(key)
        if fixed is not None and (name, key) not in _SHARED:
            found.append(Clash(key, None, fixed))
    return found


def is_letter(key: str) -> bool:
    """Return whether a key types something: it acts only while the user is not typing."""
    return len(key.removeprefix("Shift+")) == 1


def _is_ambiguous(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}, ") or other.startswith(f"{one}, ")
