"""The desktop's session bus: calls with replies, and signals."""

import asyncio
import contextlib
import os
from collections.abc import Callable
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_call
from jeepney.io.asyncio import DBusConnection, open_dbus_connection

from spark_desktop.domain.words import say
from spark_desktop.services.tasks import TaskScope

# Seconds; the service behind the bus may have to be started first.
_ANSWER_S = 25.0
_BUS = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")


class BusError(Exception):
    """There is no bus, or it refused; ``name`` is D-Bus' name of the error, if there is one."""

    def __init__(self, text: str, name: str = "") -> None:
        super().__init__(text)
        self.name = name


class SessionBus:
    """One connection; raises BusError. Signals are handed to ``heard`` in the loop's thread."""

    def __init__(
        self, connection: DBusConnection, heard: Callable[[Message], None], scope: TaskScope
    ) -> None:
        self._connection = connection
        self._heard = heard
        self._replies: dict[int, asyncio.Future[Message]] = {}
        self._reader = scope.start("session bus", self._read())

    @classmethod
    async def open(
        cls, heard: Callable[[Message], None], scope: TaskScope, address: str = ""
    ) -> "SessionBus":
        """Return a connection to the bus at ``address``, else to that of the session."""
        try:
            async with asyncio.timeout(_ANSWER_S):
                connection = await open_dbus_connection(address or _session_address())
        except (OSError, EOFError, KeyError, RuntimeError, ValueError, StopIteration) as error:
            raise BusError(say("the session bus does not answer ({error})", error=error)) from error
        return cls(connection, heard, scope)

    @property
    def name(self) -> str:
        """Return the name that the bus gave us."""
        return str(self._connection.unique_name)

    async def call(
        self, address: DBusAddress, method: str, signature: str = "", *values: Any
    ) -> tuple[Any, ...]:
        """Return what a method answers."""
        message = new_method_call(address, method, signature or None, values)
        serial = next(self._connection.outgoing_serial)
        reply: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._replies[serial] = reply
        try:
            async with asyncio.timeout(_ANSWER_S):
                if self._reader.done():
                    raise BusError(say("the session bus ended"))
                await self._connection.send(message, serial=serial)
                answer = await reply
        except TimeoutError as error:
            raise BusError(say("{method} was not answered", method=method)) from error
        except OSError as error:
            raise BusError(say("the session bus ended ({error})", error=error)) from error
        finally:
            del self._replies[serial]
        if answer.header.message_type is MessageType.error:
            name = str(answer.header.fields.get(HeaderFields.error_name, ""))
            raise BusError(str(answer.body[0]) if answer.body else name, name)
        return tuple(answer.body)

    async def listen(self, interface: str, member: str) -> None:
        """Ask for a signal."""
        rule = f"type='signal',interface='{interface}',member='{member}'"
        await self.call(_BUS, "AddMatch", "s", rule)

    async def close(self) -> None:
        """End the connection."""
        self._reader.cancel()
        await asyncio.wait({self._reader})
        with contextlib.suppress(OSError):
            await self._connection.close()

    async def _read(self) -> None:
        try:
            while True:
                message = await self._connection.receive()
                kind = message.header.message_type
                if kind is MessageType.signal:
                    self._heard(message)
                elif kind in (MessageType.method_return, MessageType.error):
                    self._answered(message)
        except (EOFError, OSError):
            # The bus ended: whoever waits is told, and nothing is heard any more.
            for reply in self._replies.values():
                if not reply.done():
                    reply.set_exception(BusError(say("the session bus ended")))

    def _answered(self, message: Message) -> None:
        reply = self._replies.get(message.header.fields.get(HeaderFields.reply_serial, 0))
        if reply is not None and not reply.done():
            reply.set_result(message)


def _session_address() -> str:
    named = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    if named:
        return named
    # Where systemd puts it.
    return f"unix:path={os.environ['XDG_RUNTIME_DIR']}/bus"
