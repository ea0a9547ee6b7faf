"""A key that works everywhere: its notation, and whether it could be taken."""

from dataclasses import dataclass
from enum import Enum

from spark_desktop.domain.errors import HotkeyError
from spark_desktop.domain.words import say


class Modifier(Enum):
    """What is held down; the value is Qt's portable name.

    On macOS, as in Qt, CTRL is the Command key and META the Control key.
    """

    CTRL = "Ctrl"
    ALT = "Alt"
    SHIFT = "Shift"
    META = "Meta"


@dataclass(frozen=True, slots=True)
class Chord:
    """Keys that are pressed together; ``key`` is a name of KEYS or one letter, digit or sign."""

    modifiers: frozenset[Modifier]
    key: str

    def __str__(self) -> str:
        held = [one.value for one in Modifier if one in self.modifiers]
        return "+".join([*held, self.key])


# Qt's portable names of the keys that have one, beside letters, digits and signs.
_FUNCTION_KEYS = tuple(f"F{number}" for number in range(1, 25))
_NAMED_KEYS = (
    *("Space", "Tab", "Return", "Enter", "Backspace", "Esc", "Ins", "Del", "Home", "End"),
    *("PgUp", "PgDown", "Left", "Right", "Up", "Down", "Print", "Pause", "Menu"),
)
KEYS = (*_NAMED_KEYS, *_FUNCTION_KEYS)
SIGNS = "-=[];'`,./\\+"
_BY_NAME = {name.casefold(): name for name in KEYS} | {
    "escape": "Esc",
    "insert": "Ins",
    "delete": "Del",
    "pageup": "PgUp",
    "pagedown": "PgDown",
}
_MODIFIERS = {one.value.casefold(): one for one in Modifier} | {
    "control": Modifier.CTRL,
    "super": Modifier.META,
    "win": Modifier.META,
}


def chord_of(sequence: str) -> Chord:
    """Return the chord of a sequence in Qt's portable notation ("Ctrl+Alt+Space").

    Raises HotkeyError, with the reason, for what is no chord or would take a key away from typing.
    """
    parts = _parts(sequence.strip())
    if not parts:
        raise HotkeyError(say("No hotkey is set."), say("Choose one under Settings."))
    *held, key = parts
    modifiers: set[Modifier] = set()
    for name in held:
        modifier = _MODIFIERS.get(name.casefold())
        if modifier is None:
            raise _refused(say("{name} is not a key that can be held down", name=repr(name)))
        if modifier in modifiers:
            raise _refused(say("{name} stands in it twice", name=modifier.value))
        modifiers.add(modifier)
    chord = Chord(frozenset(modifiers), _key(key, sequence))
    if not modifiers - {Modifier.SHIFT} and chord.key not in _FUNCTION_KEYS:
        raise _refused(say("it needs Ctrl, Alt or Meta: every program would lose the key else"))
    return chord


def _parts(sequence: str) -> list[str]:
    # A plus sign is a key as well: "Ctrl++".
    if sequence.endswith("++"):
        return [*_parts(sequence[:-2]), "+"]
    return [part.strip() for part in sequence.split("+")] if sequence else []


def _key(name: str, sequence: str) -> str:
    if not name:
        raise _refused(say("a key is missing at the end of {keys}", keys=repr(sequence)))
    if name.casefold() in _MODIFIERS:
        raise _refused(say("{keys} names no key beside those held down", keys=repr(sequence)))
    known = _BY_NAME.get(name.casefold())
    if known is not None:
        return known
    if len(name) == 1 and (name in SIGNS or (name.isascii() and name.isalnum())):
        return name.upper()
    if "," in name:
        raise _refused(say("it is several keys after each other; one is possible"))
    raise _refused(say("there is no key {name}", name=repr(name)))


def _refused(reason: str) -> HotkeyError:
    return HotkeyError(
        say("This hotkey cannot be used: {reason}.", reason=reason),
        say("Choose another under Settings, like Ctrl+Alt+Space."),
    )


@dataclass(frozen=True, slots=True)
class HotkeyOff:
    """None is set, or it is not taken yet."""


@dataclass(frozen=True, slots=True)
class HotkeyOn:
    """It is ours; ``keys`` is how to press it, as the desktop says it."""

    keys: str


@dataclass(frozen=True, slots=True)
class HotkeyFailed:
    """It could not be taken; both texts are for the user."""

    reason: str
    next_step: str


HotkeyState = HotkeyOff | HotkeyOn | HotkeyFailed

# What a user binds in the desktop's own settings where no program may take keys.
COMMAND = "spark quick"


def no_hotkeys_here(reason: str) -> HotkeyFailed:
    """Return the state of a desktop where no program may take a key."""
    return HotkeyFailed(
        reason,
        say(
            "Bind the command “{command}” to a key in the keyboard settings of your desktop.",
            command=COMMAND,
        ),
    )


def taken(keys: str) -> HotkeyFailed:
    """Return the state of a key that another program has."""
    return HotkeyFailed(
        say("{keys} is taken by another program.", keys=keys),
        say("Choose another under Settings."),
    )
