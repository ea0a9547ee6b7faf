"""Against a portal of the tests' own, on a session bus of their own."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

if sys.platform != "linux":
    pytest.skip("portals are Linux'", allow_module_level=True)

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.asyncio import DBusConnection, DBusRouter, Proxy, open_dbus_connection

from spark_desktop.adapters.portal_hotkey import PortalHotkey
from spark_desktop.adapters.session_bus import BusError, SessionBus
from spark_desktop.domain.hotkey import HotkeyFailed, HotkeyOn, chord_of
from spark_desktop.services.tasks import TaskScope

pytestmark = pytest.mark.skipif(
    shutil.which("dbus-daemon") is None, reason="dbus-daemon is not installed"
)
CHORD = chord_of("Ctrl+Alt+Space")
_PATH = "/org/freedesktop/portal/desktop"
_UNKNOWN = "org.freedesktop.DBus.Error.UnknownMethod"


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[str]:
    """A session bus that offers nothing by itself."""
    config = tmp_path / "bus.conf"
    config.write_text(
        f"""<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
        "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd"><busconfig>
        <type>session</type><listen>unix:path={tmp_path}/bus</listen><auth>EXTERNAL</auth>
        <policy context="default"><allow send_destination="*" eavesdrop="true"/>
        <allow eavesdrop="true"/><allow own="*"/></policy></busconfig>""",
        encoding="utf-8",
    )
    words = ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, encoding="utf-8") as daemon:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
        daemon.terminate()


class FakePortal:
    """Answers as org.freedesktop.portal.Desktop does, and presses keys."""

    def __init__(self, connection: DBusConnection) -> None:
        self._connection = connection
        self.codes = {"CreateSession": 0, "BindShortcuts": 0}
        self.has_shortcuts = True
        self.knows_registry = True
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.session = ""
        self.client = ""

    @classmethod
    async def open(cls, address: str) -> "FakePortal":
        connection = await open_dbus_connection(address)
        async with DBusRouter(connection) as router:
            await Proxy(message_bus, router).RequestName("org.freedesktop.portal.Desktop")
        return cls(connection)

    async def serve(self) -> None:
        while True:
            message = await self._connection.receive()
            if message.header.message_type is MessageType.method_call:
                await self._answer(message)

    async def emit(self, interface: str, path: str, member: str, *body: Any, kinds: str) -> None:
        source = DBusAddress(path, interface=interface)
        signal = new_signal(source, member, kinds, body)
        signal.header.fields[HeaderFields.destination] = self.client
        await self._connection.send(signal)

    async def press(self, shortcut: str = "quick-prompt") -> None:
        interface = "org.freedesktop.portal.GlobalShortcuts"
        body = (self.session, shortcut, 0, {})
        await self.emit(interface, _PATH, "Activated", *body, kinds="osta{sv}")

    async def _answer(self, message: Message) -> None:
        fields = message.header.fields
        method, self.client = fields[HeaderFields.member], fields[HeaderFields.sender]
        self.calls.append((method, message.body))
        refused = method == "Register" and not self.knows_registry
        if refused or (method in self.codes and not self.has_shortcuts):
            reply = new_error(message, _UNKNOWN, "s", (f"No such interface for {method}",))
            await self._connection.send(reply)
            return
        if method not in self.codes:
            await self._connection.send(new_method_return(message))
            return
        options = message.body[-1]
        name = self.client.removeprefix(":").replace(".", "_")
        request = f"{_PATH}/request/{name}/{options['handle_token'][1]}"
        results: dict[str, tuple[str, Any]] = {}
        if method == "CreateSession":
            self.session = f"{_PATH}/session/{name}/{options['session_handle_token'][1]}"
            results = {"session_handle": ("s", self.session)}
        elif self.codes[method] == 0:
            told = [("quick-prompt", {"trigger_description": ("s", "Ctrl+Alt+Leertaste")})]
            results = {"shortcuts": ("a(sa{sv})", told)}
        await self._connection.send(new_method_return(message, "o", (request,)))
        await self.emit(
            *("org.freedesktop.portal.Request", request, "Response"),
            *(self.codes[method], results),
            kinds="ua{sv}",
        )


@pytest.fixture
async def portal(bus: str) -> AsyncIterator[FakePortal]:
    made = await FakePortal.open(bus)
    scope = TaskScope("portal")
    scope.start("serve", made.serve())
    yield made
    await scope.close()
    await made._connection.close()


@pytest.fixture
async def hotkey(bus: str) -> AsyncIterator[PortalHotkey]:
    scope = TaskScope("test")
    made = PortalHotkey(scope, "spark-desktop", "Open the quick prompt", bus)
    yield made
    await made.stop()
    await scope.close()


async def test_the_desktop_is_asked_and_its_words_for_the_keys_are_shown(
    portal: FakePortal, hotkey: PortalHotkey
) -> None:
    assert await hotkey.start(CHORD, lambda: None) == HotkeyOn("Ctrl+Alt+Leertaste")
    asked = dict(portal.calls)
    assert asked["Register"][0] == "spark-desktop"
    session, shortcuts, parent, _options = asked["BindShortcuts"]
    assert (session, parent) == (portal.session, "")
    ((name, wanted),) = shortcuts
    assert name == "quick-prompt"
    assert wanted["description"] == ("s", "Open the quick prompt")
    assert wanted["preferred_trigger"] == ("s", "CTRL+ALT+space")


async def test_presses_of_our_shortcut_are_heard_and_of_no_other(
    portal: FakePortal, hotkey: PortalHotkey
) -> None:
    presses: asyncio.Queue[int] = asyncio.Queue()
    await hotkey.start(CHORD, lambda: presses.put_nowait(1))
    await portal.press("another")
    await portal.press()
    await presses.get()
    assert presses.empty()


async def test_an_older_portal_without_a_registry_will_do(
    portal: FakePortal, hotkey: PortalHotkey
) -> None:
    portal.knows_registry = False
    assert isinstance(await hotkey.start(CHORD, lambda: None), HotkeyOn)


async def test_a_user_who_says_no_is_told_how_to_think_again(
    portal: FakePortal, hotkey: PortalHotkey
) -> None:
    portal.codes["BindShortcuts"] = 1
    state = await hotkey.start(CHORD, lambda: None)
    assert isinstance(state, HotkeyFailed)
    assert "did not allow" in state.reason


@pytest.mark.parametrize("method", ["CreateSession", "BindShortcuts"])
async def test_a_portal_that_fails_leaves_the_command_to_bind(
    portal: FakePortal, hotkey: PortalHotkey, method: str
) -> None:
    portal.codes[method] = 2
    state = await hotkey.start(CHORD, lambda: None)
    assert isinstance(state, HotkeyFailed)
    assert "spark quick" in state.next_step


async def test_a_desktop_whose_portal_has_no_shortcuts_says_so(
    portal: FakePortal, hotkey: PortalHotkey
) -> None:
    portal.has_shortcuts = False
    state = await hotkey.start(CHORD, lambda: None)
    assert isinstance(state, HotkeyFailed)
    assert "offers no global hotkey" in state.reason
    assert "spark quick" in state.next_step


async def test_a_session_without_a_portal_says_so(hotkey: PortalHotkey) -> None:
    state = await hotkey.start(CHORD, lambda: None)
    assert isinstance(state, HotkeyFailed)
    assert "spark quick" in state.next_step


async def test_a_session_without_a_bus_says_so(tmp_path: Path) -> None:
    scope = TaskScope("test")
    hotkey = PortalHotkey(scope, "spark-desktop", "Open", f"unix:path={tmp_path}/none")
    state = await hotkey.start(CHORD, lambda: None)
    assert isinstance(state, HotkeyFailed)
    assert "session bus does not answer" in state.reason
    await scope.close()


async def test_a_session_that_the_portal_ends_is_heard_no_more(
    portal: FakePortal, hotkey: PortalHotkey
) -> None:
    presses: list[int] = []
    await hotkey.start(CHORD, lambda: presses.append(1))
    interface = "org.freedesktop.portal.Session"
    await portal.emit(interface, portal.session, "Closed", {}, kinds="a{sv}")
    await portal.press()
    # A second key is bound after both signals were read.
    assert isinstance(await hotkey.start(CHORD, lambda: None), HotkeyOn)
    assert presses == []


async def test_calls_that_wait_are_told_when_the_bus_ends(bus: str, portal: FakePortal) -> None:
    scope = TaskScope("test")
    connection = await SessionBus.open(lambda message: None, scope, bus)
    silent = DBusAddress("/", connection.name, "org.example.Silent")
    # Nobody answers: we do not answer calls ourselves.
    asking = asyncio.ensure_future(connection.call(silent, "Nothing"))
    await asyncio.sleep(0.05)
    connection._connection.reader.feed_eof()
    with pytest.raises(BusError, match="ended"):
        await asking
    with pytest.raises(BusError, match="ended"):
        await connection.call(silent, "Nothing")
    await connection.close()
    await scope.close()
