"""An own connection to an X server, by libX11: keys and windows that Qt does not let us at."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, c_char_p, c_int, c_long, c_uint, c_ulong, c_void_p
from typing import Any

from spark_desktop.domain.words import say

SHIFT, LOCK, CONTROL = 1 << 0, 1 << 1, 1 << 2
KEY_PRESS, KEY_RELEASE, CLIENT_MESSAGE, MAPPING_NOTIFY = 2, 3, 33, 34
BAD_ACCESS = 10
_GRAB_ASYNC = 1
_FIRST_MODIFIER = 3  # Mod1; Shift, Lock and Control come before.
_SUBSTRUCTURE = (1 << 19) | (1 << 20)
_REVERT_TO_PARENT = 2
_ANY_TYPE = 0


class _Key(ctypes.Structure):
    _fields_ = [
        ("type", c_int),
        ("serial", c_ulong),
        ("send_event", c_int),
        ("display", c_void_p),
        ("window", c_ulong),
        ("root", c_ulong),
        ("subwindow", c_ulong),
        ("time", c_ulong),
        ("x", c_int),
        ("y", c_int),
        ("x_root", c_int),
        ("y_root", c_int),
        ("state", c_uint),
        ("keycode", c_uint),
        ("same_screen", c_int),
    ]


class _Client(ctypes.Structure):
    _fields_ = [
        ("type", c_int),
        ("serial", c_ulong),
        ("send_event", c_int),
        ("display", c_void_p),
        ("window", c_ulong),
        ("message_type", c_ulong),
        ("format", c_int),
        ("data", c_long * 5),
    ]


class Event(ctypes.Union):
    """What the server tells: XEvent."""

    _fields_ = [("type", c_int), ("key", _Key), ("client", _Client), ("pad", c_long * 24)]


class _Error(ctypes.Structure):
    _fields_ = [
        ("type", c_int),
        ("display", c_void_p),
        ("resourceid", c_ulong),
        ("serial", c_ulong),
        ("error_code", ctypes.c_ubyte),
        ("request_code", ctypes.c_ubyte),
        ("minor_code", ctypes.c_ubyte),
    ]


class _ModifierMap(ctypes.Structure):
    _fields_ = [("max_keypermod", c_int), ("keycodes", POINTER(ctypes.c_ubyte))]


_Handler = ctypes.CFUNCTYPE(c_int, c_void_p, POINTER(_Error))
# Result and arguments of each function that is used.
_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "XOpenDisplay": (c_void_p, [c_char_p]),
    "XCloseDisplay": (c_int, [c_void_p]),
    "XConnectionNumber": (c_int, [c_void_p]),
    "XDefaultRootWindow": (c_ulong, [c_void_p]),
    "XSync": (c_int, [c_void_p, c_int]),
    "XFlush": (c_int, [c_void_p]),
    "XPending": (c_int, [c_void_p]),
    "XNextEvent": (c_int, [c_void_p, POINTER(Event)]),
    "XSetErrorHandler": (c_void_p, [c_void_p]),
    "XStringToKeysym": (c_ulong, [c_char_p]),
    "XKeysymToKeycode": (ctypes.c_ubyte, [c_void_p, c_ulong]),
    "XGetModifierMapping": (POINTER(_ModifierMap), [c_void_p]),
    "XFreeModifiermap": (c_int, [POINTER(_ModifierMap)]),
    "XRefreshKeyboardMapping": (c_int, [POINTER(Event)]),
    "XkbSetDetectableAutoRepeat": (c_int, [c_void_p, c_int, POINTER(c_int)]),
    "XGrabKey": (c_int, [c_void_p, c_int, c_uint, c_ulong, c_int, c_int, c_int]),
    "XInternAtom": (c_ulong, [c_void_p, c_char_p, c_int]),
    "XFree": (c_int, [c_void_p]),
    "XSendEvent": (c_int, [c_void_p, c_ulong, c_int, c_long, POINTER(Event)]),
    "XSetInputFocus": (c_int, [c_void_p, c_ulong, c_int, c_ulong]),
    "XGetInputFocus": (c_int, [c_void_p, POINTER(c_ulong), POINTER(c_int)]),
    "XQueryPointer": (
        c_int,
        [c_void_p, c_ulong, *[POINTER(c_ulong)] * 2, *[POINTER(c_int)] * 4, POINTER(c_uint)],
    ),
    "XGetWindowProperty": (
        c_int,
        [
            *(c_void_p, c_ulong, c_ulong, c_long, c_long, c_int, c_ulong),
            *(POINTER(c_ulong), POINTER(c_int), POINTER(c_ulong), POINTER(c_ulong)),
            POINTER(c_void_p),
        ],
    ),
}


class X11Error(Exception):
    """There is no X server, or its library is missing; the text says which."""


class Display:
    """A connection to an X server; raises X11Error where there is none.

    Used in one OS thread. ``name`` is None for what DISPLAY says.
    """

    def __init__(self, name: str | None = None) -> None:
        self._x = _library("X11", _SIGNATURES)
        self._display = self._x.XOpenDisplay(None if name is None else name.encode())
        if not self._display:
            raise X11Error(say("the X server does not answer"))
        self.root = int(self._x.XDefaultRootWindow(self._display))
        self.descriptor = int(self._x.XConnectionNumber(self._display))
        self._xtest: Any = None

    def close(self) -> None:
        """End the connection, and with it what was grabbed."""
        if self._display:
            self._x.XCloseDisplay(self._display)
            self._display = None

    @contextmanager
    def errors(self) -> Iterator[list[int]]:
        """Collect the error codes of what is asked inside; Xlib would end the program for one."""
        codes: list[int] = []

        def note(_display: int, error: Any) -> int:
            codes.append(int(error.contents.error_code))
            return 0

        handler = _Handler(note)
        self._x.XSync(self._display, 0)
        before = self._x.XSetErrorHandler(ctypes.cast(handler, c_void_p))
        try:
            yield codes
        finally:
            self._x.XSync(self._display, 0)
            self._x.XSetErrorHandler(before)

    def events(self) -> Iterator[Event]:
        """Yield what has come, without waiting."""
        while self._display and self._x.XPending(self._display):
            event = Event()
            self._x.XNextEvent(self._display, ctypes.byref(event))
            yield event

    def keycode(self, keysym: str) -> int:
        """Return the code of the key with this symbol; 0 where the keyboard has none."""
        symbol = self._x.XStringToKeysym(keysym.encode())
        return int(self._x.XKeysymToKeycode(self._display, symbol)) if symbol else 0

    def modifier_mask(self, *keysyms: str) -> int:
        """Return the mask of the modifier that one of these keys is; 0 where none is."""
        wanted = {code for code in map(self.keycode, keysyms) if code}
        found = self._x.XGetModifierMapping(self._display)
        try:
            width = found.contents.max_keypermod
            for modifier in range(_FIRST_MODIFIER, 8):
                codes = found.contents.keycodes[modifier * width : (modifier + 1) * width]
                if wanted & set(codes):
                    return 1 << modifier
        finally:
            self._x.XFreeModifiermap(found)
        return 0

    def refresh_mapping(self, event: Event) -> None:
        """Take note of another keyboard layout."""
        self._x.XRefreshKeyboardMapping(ctypes.byref(event))

    def tell_repeats_apart(self) -> None:
        """Let a key that is held send no releases before it is let go."""
        self._x.XkbSetDetectableAutoRepeat(self._display, 1, None)

    def grab_key(self, keycode: int, mask: int) -> None:
        """Ask for a key of the whole desktop; BAD_ACCESS where another program has it."""
        grab = _GRAB_ASYNC
        self._x.XGrabKey(self._display, keycode, mask, self.root, 1, grab, grab)

    def held(self) -> int:
        """Return the mask of the modifiers and buttons that are down."""
        windows, places, mask = (c_ulong(), c_ulong()), [c_int() for _ in range(4)], c_uint()
        references = [ctypes.byref(one) for one in (*windows, *places, mask)]
        self._x.XQueryPointer(self._display, self.root, *references)
        return int(mask.value)

    def property(self, window: int, name: str) -> bytes:
        """Return a window's property: longs of the machine where its format is 32."""
        kind, form, count, left = c_ulong(), c_int(), c_ulong(), c_ulong()
        data = c_void_p()
        found = self._x.XGetWindowProperty(
            *(self._display, window, self.atom(name), 0, 1024, 0, _ANY_TYPE),
            *(ctypes.byref(one) for one in (kind, form, count, left, data)),
        )
        if found != 0 or not data:
            return b""
        size = {8: 1, 16: 2, 32: ctypes.sizeof(c_long)}.get(form.value, 0)
        try:
            return ctypes.string_at(data, count.value * size)
        finally:
            self._x.XFree(data)

    def atom(self, name: str) -> int:
        """Return the server's number of a name."""
        return int(self._x.XInternAtom(self._display, name.encode(), 0))

    def active_window(self) -> int:
        """Return the window that has the keyboard: by the window manager, else by the server."""
        told = self.property(self.root, "_NET_ACTIVE_WINDOW")
        if told:
            return c_ulong.from_buffer_copy(told).value
        focus, revert = c_ulong(), c_int()
        self._x.XGetInputFocus(self._display, ctypes.byref(focus), ctypes.byref(revert))
        # 0 is no window, 1 the one under the pointer.
        return focus.value if focus.value > 1 and focus.value != self.root else 0

    def activate(self, window: int) -> None:
        """Ask the window manager, or the server where there is none, to give it the keyboard."""
        if not self.property(self.root, "_NET_SUPPORTING_WM_CHECK"):
            self._x.XSetInputFocus(self._display, window, _REVERT_TO_PARENT, 0)
            self._x.XFlush(self._display)
            return
        event = Event()
        message = event.client
        message.type, message.window, message.format = CLIENT_MESSAGE, window, 32
        message.message_type = self.atom("_NET_ACTIVE_WINDOW")
        # As a pager asks: on the user's behalf.
        message.data[0] = 2
        self._x.XSendEvent(self._display, self.root, 0, _SUBSTRUCTURE, ctypes.byref(event))
        self._x.XFlush(self._display)

    def can_press(self) -> bool:
        """Return whether the server lets programs press keys."""
        if self._xtest is None:
            signatures: dict[str, tuple[Any, list[Any]]] = {
                "XTestQueryExtension": (c_int, [c_void_p, *[POINTER(c_int)] * 4]),
                "XTestFakeKeyEvent": (c_int, [c_void_p, c_uint, c_int, c_ulong]),
            }
            try:
                self._xtest = _library("Xtst", signatures)
            except X11Error:
                return False
        numbers = [ctypes.byref(c_int()) for _ in range(4)]
        return bool(self._xtest.XTestQueryExtension(self._display, *numbers))

    def press(self, *keysyms: str) -> None:
        """Press these keys in this order, and let them go in the other one.

        A key that the keyboard has not is passed over. Called after ``can_press`` said yes.
        """
        codes = [code for code in map(self.keycode, keysyms) if code]
        for is_down, order in ((1, codes), (0, codes[::-1])):
            for code in order:
                self._xtest.XTestFakeKeyEvent(self._display, code, is_down, 0)
        self._x.XFlush(self._display)


def _library(name: str, signatures: dict[str, tuple[Any, list[Any]]]) -> Any:
    versions = {"X11": "libX11.so.6", "Xtst": "libXtst.so.6"}
    try:
        library = ctypes.CDLL(versions[name])
    except OSError as error:
        raise X11Error(say("{versions} is not installed", versions=versions[name])) from error
    for function, (result, arguments) in signatures.items():
        found = getattr(library, function)
        found.restype, found.argtypes = result, arguments
    return library
