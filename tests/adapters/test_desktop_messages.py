"""Notices through the desktop's service, against a session bus that a test plays."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from spark_desktop.adapters.desktop_messages import FreedesktopMessages
from spark_desktop.services.tasks import TaskScope

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the service is Linux's")


class FakeSessionBus:
    """Answers as a bus with a notification service does; a test clicks and closes."""

    def __init__(self, *abilities: str, refuses: bool = False) -> None:
        self.abilities = list(abilities)
        self.refuses = refuses
        self.notices: asyncio.Queue[tuple[Any, ...]] = asyncio.Queue()
        self.gone = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None
        self._scope = TaskScope("bus")

    def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._scope.start("serve", self._serve(reader, writer))

    def signal(self, member: str, *body: object) -> None:
        from jeepney import DBusAddress, new_signal

        assert self._writer is not None
        name = "org.freedesktop.Notifications"
        emitter = DBusAddress("/org/freedesktop/Notifications", interface=name)
        signature = "us" if member == "ActionInvoked" else "uu"
        self._writer.write(new_signal(emitter, member, signature, body).serialise(99))

    async def close(self) -> None:
        await self._scope.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from jeepney import HeaderFields, Parser, new_error, new_method_return

        try:
            assert (await reader.readline()).startswith(b"\0AUTH EXTERNAL ")
            writer.write(b"OK 1234deadbeef\r\n")
            assert await reader.readline() == b"BEGIN\r\n"
            parser = Parser()
            while data := await reader.read(4096):
                parser.add_data(data)
                while (message := parser.get_next_message()) is not None:
                    member = message.header.fields[HeaderFields.member]
                    if member == "Notify" and self.refuses:
                        answer = new_error(message, "org.example.No", "s", ("not today",))
                    else:
                        answer = new_method_return(message, *self._answer(member, message.body))
                    writer.write(answer.serialise(message.header.serial))
        finally:
            self.gone.set()
            writer.close()

    def _answer(self, member: str, body: tuple[Any, ...]) -> tuple[Any, ...]:
        match member:
            case "Hello":
                return "s", (":1.7",)
            case "GetCapabilities":
                return "as", (self.abilities,)
            case "Notify":
                self.notices.put_nowait(body)
                return "u", (42,)
        return ()


class Desk:
    """The notifier, and how often the user clicked."""

    def __init__(self, bus: FakeSessionBus) -> None:
        self.bus = bus
        self.clicked = asyncio.Event()
        self.scope = TaskScope("test")
        self.messages = FreedesktopMessages(self.scope, self.clicked.set, "Show")


@pytest.fixture
def bus() -> FakeSessionBus:
    return FakeSessionBus("actions", "body-markup")


@pytest.fixture
async def desk(
    bus: FakeSessionBus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    path = tmp_path / "bus"
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={path}")
    server = await asyncio.start_unix_server(bus.connected, path)
    made = Desk(bus)
    yield made
    await made.scope.close()
    await bus.close()
    server.close()
    await server.wait_closed()


async def test_a_notice_is_shown_and_a_click_on_it_is_heard(desk: Desk) -> None:
    desk.messages.notify("A proposal waits", "<a> & b.py")
    name, replaces, _icon, title, body, actions, _hints, shown = await desk.bus.notices.get()
    assert (name, replaces, title) == ("Spark Desktop", 0, "A proposal waits")
    # The service takes markup.
    assert body == "&lt;a&gt; &amp; b.py"
    assert (actions, shown) == (["default", "Show"], 8000)
    desk.bus.signal("ActionInvoked", 41, "default")
    desk.bus.signal("ActionInvoked", 42, "default")
    await desk.clicked.wait()
    await desk.bus.gone.wait()


async def test_a_notice_that_is_closed_ends_its_connection(desk: Desk) -> None:
    desk.bus.abilities = []
    desk.messages.notify("A proposal waits", "<a>.py")
    notice = await desk.bus.notices.get()
    assert notice[4:6] == ("<a>.py", [])
    desk.bus.signal("NotificationClosed", 42, 1)
    await desk.bus.gone.wait()
    assert not desk.clicked.is_set()


async def test_a_service_that_refuses_is_logged_and_no_error(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    desk.bus.refuses = True
    desk.messages.notify("A proposal waits", "a.py")
    await desk.bus.gone.wait()
    assert "a notice could not be shown" in caplog.text


@pytest.mark.parametrize("address", [None, "", "unix:path=/nowhere/at/all", "tcp:host=x"])
async def test_without_a_session_bus_nothing_is_shown(
    address: str | None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    if address is None:
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    else:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    scope = TaskScope("test")
    messages = FreedesktopMessages(scope, lambda: None, "Show")
    messages.notify("A proposal waits", "a.py")
    (task,) = messages._shown
    await task
    assert "a notice could not be shown" in caplog.text
    await scope.close()


async def test_older_notices_are_no_longer_followed(desk: Desk) -> None:
    for number in range(5):
        desk.messages.notify("A proposal waits", f"{number}.py")
        await desk.bus.notices.get()
    assert sum(not task.done() for task in desk.messages._shown) == 3
