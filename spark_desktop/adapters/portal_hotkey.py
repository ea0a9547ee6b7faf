"""A global hotkey under Wayland: the desktop's portal asks the user, and tells when it is pressed.

The interface is org.freedesktop.portal.GlobalShortcuts, version 1. It is spoken here and not by
QtDBus, since PySide cannot build the arrays of structures that BindShortcuts takes.
"""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message

from spark_desktop.adapters.key_names import portal_trigger
from spark_desktop.adapters.session_bus import BusError, SessionBus
from spark_desktop.domain.hotkey import (
    COMMAND,
    Chord,
    HotkeyFailed,
    HotkeyOn,
    HotkeyState,
    no_hotkeys_here,
)
from spark_desktop.domain.words import say
from spark_desktop.services.tasks import TaskScope

_NAME, _PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
_SHORTCUTS = DBusAddress(_PATH, _NAME, "org.freedesktop.portal.GlobalShortcuts")
_REGISTRY = DBusAddress(_PATH, _NAME, "org.freedesktop.host.portal.Registry")
_REQUEST = "org.freedesktop.portal.Request"
_SESSION = "org.freedesktop.portal.Session"
_ID = "quick-prompt"
_DONE, _DENIED = 0, 1
# Seconds; the portal may show a dialog, which the user reads when they like.
_DIALOG_S = 600.0
_SHORT_S = 25.0

_Options = dict[str, tuple[str, Any]]


class PortalHotkey:
    """Implements the Hotkey port; the desktop, or its user, has the last word on the keys.

    ``app`` is the name of our desktop file. ``bus`` is the address of a bus, else the session's.
    """

    def __init__(self, scope: TaskScope, app: str, description: str, bus: str = "") -> None:
        self._scope = scope
        self._app = app
        self._description = description
        self._address = bus
        self._bus: SessionBus | None = None
        self._session = ""
        self._pressed: Callable[[], None] = _nothing
        self._answers: dict[str, asyncio.Future[tuple[int, dict[str, Any]]]] = {}

    async def start(self, chord: Chord, pressed: Callable[[], None]) -> HotkeyState:
        """Ask the portal for the chord; returns when the user has answered what it asks them."""
        await self.stop()
        try:
            self._bus = await SessionBus.open(self._heard, self._scope, self._address)
            state = await self._bind(self._bus, chord)
        except BusError as error:
            state = no_hotkeys_here(
                say("This desktop offers no global hotkey ({reason}).", reason=str(error))
            )
        except asyncio.CancelledError:
            await self.stop()
            raise
        if isinstance(state, HotkeyOn):
            self._pressed = pressed
        else:
            await self.stop()
        return state

    async def stop(self) -> None:
        """Close the session with the portal."""
        bus, self._bus = self._bus, None
        self._session = ""
        self._pressed = _nothing
        if bus is not None:
            # The portal ends the session with the connection.
            await bus.close()

    async def _bind(self, bus: SessionBus, chord: Chord) -> HotkeyState:
        await self._introduce(bus)
        await bus.listen(_REQUEST, "Response")
        await bus.listen(_SHORTCUTS.interface, "Activated")
        await bus.listen(_SESSION, "Closed")
        token = ("s", f"spark_{secrets.token_hex(8)}")
        code, results = await self._ask(
            bus, _SHORT_S, "CreateSession", "", (), {"session_handle_token": token}
        )
        if code != _DONE:
            return no_hotkeys_here(say("The desktop refused to set up a global hotkey."))
        self._session = str(results["session_handle"][1])
        wanted: _Options = {
            "description": ("s", self._description),
            "preferred_trigger": ("s", portal_trigger(chord)),
        }
        values = (self._session, [(_ID, wanted)], "")
        code, results = await self._ask(bus, _DIALOG_S, "BindShortcuts", "oa(sa{sv})s", values, {})
        if code == _DENIED:
            return HotkeyFailed(
                say("You did not allow the global hotkey."),
                say(
                    "Choose it again under Settings, or bind the command “{command}” to a key.",
                    command=COMMAND,
                ),
            )
        bound = dict(results.get("shortcuts", ("", []))[1])
        if code != _DONE or _ID not in bound:
            return no_hotkeys_here(say("The desktop did not accept the global hotkey."))
        told = str(bound[_ID].get("trigger_description", ("s", ""))[1])
        return HotkeyOn(told or str(chord))

    async def _introduce(self, bus: SessionBus) -> None:
        # Newer portals ask programs that are not in a sandbox for their name; older ones find it
        # by themselves, and do not know the interface.
        try:
            await bus.call(_REGISTRY, "Register", "sa{sv}", self._app, {})
        except BusError:
            return

    async def _ask(
        self,
        bus: SessionBus,
        seconds: float,
        method: str,
        signature: str,
        values: tuple[Any, ...],
        options: _Options,
    ) -> tuple[int, dict[str, Any]]:
        token = f"spark_{secrets.token_hex(8)}"
        sender = bus.name.removeprefix(":").replace(".", "_")
        path = f"{_PATH}/request/{sender}/{token}"
        answer: asyncio.Future[tuple[int, dict[str, Any]]] = (
            asyncio.get_running_loop().create_future()
        )
        # Known before it is asked: the answer may come at once.
        self._answers[path] = answer
        try:
            told = {**options, "handle_token": ("s", token)}
            (handle,) = await bus.call(_SHORTCUTS, method, f"{signature}a{{sv}}", *values, told)
            if handle != path:
                self._answers[str(handle)] = answer
            async with asyncio.timeout(seconds):
                return await answer
        except TimeoutError as error:
            raise BusError(say("{method} was not answered", method=method)) from error
        finally:
            self._answers = {key: one for key, one in self._answers.items() if one is not answer}

    def _heard(self, message: Message) -> None:
        fields = message.header.fields
        path, member = fields.get(HeaderFields.path), fields.get(HeaderFields.member)
        if member == "Response" and path in self._answers:
            code, results = message.body
            if not self._answers[path].done():
                self._answers[path].set_result((int(code), results))
        elif member == "Activated" and message.body[:2] == (self._session, _ID):
            self._pressed()
        elif member == "Closed" and path == self._session:
            self._pressed = _nothing


def _nothing() -> None:
    """Nobody waits for the key."""
