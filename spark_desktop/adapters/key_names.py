"""What each platform calls the keys of a chord."""

from spark_desktop.domain.hotkey import Chord, Modifier

# X11's keysyms (X11/keysymdef.h without XK_), which the shortcuts' portal uses too.
_KEYSYMS = {
    "Space": "space",
    "Enter": "KP_Enter",
    "Backspace": "BackSpace",
    "Esc": "Escape",
    "Ins": "Insert",
    "Del": "Delete",
    "PgUp": "Prior",
    "PgDown": "Next",
    "-": "minus",
    "=": "equal",
    "[": "bracketleft",
    "]": "bracketright",
    ";": "semicolon",
    "'": "apostrophe",
    "`": "grave",
    ",": "comma",
    ".": "period",
    "/": "slash",
    "\\": "backslash",
    "+": "plus",
}
# Virtual-key codes of winuser.h; letters and digits are their own codes.
_VIRTUAL = {
    "Space": 0x20,
    "Tab": 0x09,
    "Return": 0x0D,
    "Enter": 0x0D,
    "Backspace": 0x08,
    "Esc": 0x1B,
    "Ins": 0x2D,
    "Del": 0x2E,
    "Home": 0x24,
    "End": 0x23,
    "PgUp": 0x21,
    "PgDown": 0x22,
    "Left": 0x25,
    "Up": 0x26,
    "Right": 0x27,
    "Down": 0x28,
    "Print": 0x2C,
    "Pause": 0x13,
    "Menu": 0x5D,
    "-": 0xBD,
    "=": 0xBB,
    "+": 0xBB,
    "[": 0xDB,
    "]": 0xDD,
    ";": 0xBA,
    "'": 0xDE,
    "`": 0xC0,
    ",": 0xBC,
    ".": 0xBE,
    "/": 0xBF,
    "\\": 0xDC,
}
# kVK_ constants of HIToolbox/Events.h: places on the keyboard, by what a US one has there.
_MAC = dict(
    zip(
        "ASDFHGZXCV",
        (0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09),
        strict=True,
    )
) | {
    "B": 0x0B,
    "Q": 0x0C,
    "W": 0x0D,
    "E": 0x0E,
    "R": 0x0F,
    "Y": 0x10,
    "T": 0x11,
    "1": 0x12,
    "2": 0x13,
    "3": 0x14,
    "4": 0x15,
    "6": 0x16,
    "5": 0x17,
    "=": 0x18,
    "+": 0x18,
    "9": 0x19,
    "7": 0x1A,
    "-": 0x1B,
    "8": 0x1C,
    "0": 0x1D,
    "]": 0x1E,
    "O": 0x1F,
    "U": 0x20,
    "[": 0x21,
    "I": 0x22,
    "P": 0x23,
    "Return": 0x24,
    "L": 0x25,
    "J": 0x26,
    "'": 0x27,
    "K": 0x28,
    ";": 0x29,
    "\\": 0x2A,
    ",": 0x2B,
    "/": 0x2C,
    "N": 0x2D,
    "M": 0x2E,
    ".": 0x2F,
    "Tab": 0x30,
    "Space": 0x31,
    "`": 0x32,
    "Backspace": 0x33,
    "Esc": 0x35,
    "Enter": 0x4C,
    "Home": 0x73,
    "PgUp": 0x74,
    "Del": 0x75,
    "End": 0x77,
    "PgDown": 0x79,
    "Left": 0x7B,
    "Right": 0x7C,
    "Down": 0x7D,
    "Up": 0x7E,
    "F1": 0x7A,
    "F2": 0x78,
    "F3": 0x63,
    "F4": 0x76,
    "F5": 0x60,
    "F6": 0x61,
    "F7": 0x62,
    "F8": 0x64,
    "F9": 0x65,
    "F10": 0x6D,
    "F11": 0x67,
    "F12": 0x6F,
    "F13": 0x69,
    "F14": 0x6B,
    "F15": 0x71,
    "F16": 0x6A,
    "F17": 0x40,
    "F18": 0x4F,
    "F19": 0x50,
    "F20": 0x5A,
}
# Names of the XDG shortcuts specification.
_PORTAL = {
    Modifier.CTRL: "CTRL",
    Modifier.ALT: "ALT",
    Modifier.SHIFT: "SHIFT",
    Modifier.META: "LOGO",
}


def keysym_of(key: str) -> str:
    """Return the name of X11's keysym of a chord's key."""
    return _KEYSYMS.get(key, key.lower() if len(key) == 1 else key)


def portal_trigger(chord: Chord) -> str:
    """Return the chord as the XDG shortcuts specification writes it: "CTRL+ALT+space"."""
    held = [name for modifier, name in _PORTAL.items() if modifier in chord.modifiers]
    return "+".join([*held, keysym_of(chord.key)])


def virtual_key(key: str) -> int:
    """Return the virtual-key code of Windows of a chord's key."""
    if key in _VIRTUAL:
        return _VIRTUAL[key]
    return 0x6F + int(key[1:]) if len(key) > 1 else ord(key)


def mac_key(key: str) -> int | None:
    """Return the key code of macOS of a chord's key; None where a Mac has no such key."""
    return _MAC.get(key)
