"""Notices through the desktop's own service, org.freedesktop.Notifications, where there is no tray.

Qt's D-Bus cannot say an unsigned number from Python, which the service insists on; jeepney is what
the keyring speaks D-Bus with on Linux. Elsewhere, or without a session bus, nothing is shown.
"""

import asyncio
import logging
import sys
from collections import deque
from collections.abc import Callable
from typing import Any

from spark_desktop.domain.words import say
from spark_desktop.services.tasks import TaskScope

_log = logging.getLogger(__name__)
_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
# Notices whose click is still waited for, each with a connection of its own.
_MOST_AT_ONCE = 3
# Seconds until the service must have answered, and for which a click is waited for.
_ANSWER_S = 10.0
_CLICK_S = 600.0
_SHOWN_MS = 8000


class FreedesktopMessages:
    """A Notifier; ``clicked`` is called when the user clicks on a notice.

    ``action`` says what the click does; few services show it, but some want it.
    """

    def __init__(self, scope: TaskScope, clicked: Callable[[], object], action: str) -> None:
        self._scope = scope
        self._clicked = clicked
        self._action = action
        self._shown: deque[asyncio.Task[None]] = deque()

    def notify(self, title: str, body: str) -> None:
        """Show a notice in the background; where that fails, it is only logged."""
        if sys.platform != "linux":
            return
        while len(self._shown) >= _MOST_AT_ONCE:
            self._shown.popleft().cancel()
        work = self._show(title, body)
        task = self._scope.start("notice", work)
        # One that is cancelled before its first step would leave the work unawaited.
        task.add_done_callback(lambda _task: work.close())
        self._shown.append(task)

    async def _show(self, title: str, body: str) -> None:
        try:
            if await _is_clicked(title, body, self._action):
                self._clicked()
        except (OSError, EOFError, RuntimeError, ValueError, KeyError, TimeoutError) as error:
            # No session bus, no such service, or one that refused.
            _log.info("a notice could not be shown: %s", error)


async def _is_clicked(title: str, body: str, action: str) -> bool:
    from jeepney.bus import get_bus

    async with asyncio.timeout(_ANSWER_S) as patience:
        reader, writer = await asyncio.open_unix_connection(get_bus("SESSION"))
        try:
            bus = _Bus(reader, writer)
            await bus.begin()
            number = await bus.show(title, body, action)
            patience.reschedule(asyncio.get_running_loop().time() + _CLICK_S)
            return await bus.is_clicked(number)
        finally:
            writer.close()


class _Bus:
    """One conversation with the session bus."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from jeepney import DBusAddress
        from jeepney.io.asyncio import DBusConnection

        self._reader, self._writer = reader, writer
        self._connection = DBusConnection(reader, writer)
        self._service = DBusAddress(_PATH, bus_name=_NAME, interface=_NAME)

    async def begin(self) -> None:
        """Say who we are, and ask for the service's signals."""
        from jeepney.auth import BEGIN, Authenticator
        from jeepney.bus_messages import MatchRule, message_bus

        authenticator = Authenticator()
        for line in authenticator:
            self._writer.write(line)
            answer = await self._reader.read(1024)
            if not answer:
                raise EOFError(say("the session bus hung up"))
            authenticator.feed(answer)
        self._writer.write(BEGIN)
        await self._call(message_bus.Hello())
        await self._call(message_bus.AddMatch(MatchRule(type="signal", interface=_NAME)))

    async def show(self, title: str, body: str, action: str) -> int:
        """Return the number that the service gave the notice."""
        from jeepney import new_method_call

        (abilities,) = await self._call(new_method_call(self._service, "GetCapabilities"))
        if "body-markup" in abilities:
            import html

            body = html.escape(body, quote=False)
        # "default" is the click on the notice itself.
        actions = ["default", action] if "actions" in abilities else []
        # Desktops that know our entry show its icon; one that is named but not installed would be
        # drawn as a missing image.
        hints = {"desktop-entry": ("s", "spark-desktop")}
        content = ("Spark Desktop", 0, "", title, body, actions, hints, _SHOWN_MS)
        call = new_method_call(self._service, "Notify", "susssasa{sv}i", content)
        (number,) = await self._call(call)
        return int(number)

    async def is_clicked(self, number: int) -> bool:
        """Return whether the notice was clicked, once it was clicked or closed."""
        while True:
            message = await self._connection.receive()
            kind = _member(message)
            if kind in ("ActionInvoked", "NotificationClosed") and message.body[0] == number:
                return kind == "ActionInvoked"

    async def _call(self, message: Any) -> tuple[Any, ...]:
        from jeepney import HeaderFields
        from jeepney.wrappers import unwrap_msg

        serial = next(self._connection.outgoing_serial)
        await self._connection.send(message, serial=serial)
        while True:
            answer = await self._connection.receive()
            if answer.header.fields.get(HeaderFields.reply_serial) == serial:
                return _body(unwrap_msg, answer)


def _body(unwrap: Callable[[Any], Any], answer: Any) -> tuple[Any, ...]:
    from jeepney.wrappers import DBusErrorResponse

    try:
        return tuple(unwrap(answer))
    except DBusErrorResponse as error:
        raise RuntimeError(str(error)) from error


def _member(message: Any) -> str:
    from jeepney import HeaderFields

    return str(message.header.fields.get(HeaderFields.member, ""))
