"""One Spark for each data folder: a lock says which, a socket lets others hand over to it."""

import asyncio
import logging
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from spark_desktop.adapters.meeting_place import MeetingPlace, meeting_place
from spark_desktop.adapters.process_lock import ProcessLock
from spark_desktop.domain.errors import DesktopError
from spark_desktop.domain.handover import MOST_BYTES, Handover, decode, encode
from spark_desktop.domain.words import say
from spark_desktop.services.tasks import TaskScope

_log = logging.getLogger(__name__)
_TAKEN = b"taken\n"
# Seconds that one exchange may take; it is a line each way, on this machine.
_EXCHANGE_S = 5.0
# Seconds until a Spark that holds the lock must have answered: it may have just begun to start.
_PATIENCE_S = 15.0
_POLL_S = 0.05
# Exchanges at once; whoever connects more often is no start of the program.
_MOST_AT_ONCE = 8

# Returns whether the message was taken; one that is not is as if nobody had heard it.
Handler = Callable[[Handover], bool]


async def hand_over(data_dir: Path, message: Handover, place: MeetingPlace | None = None) -> bool:
    """Tell the Spark that runs on ``data_dir``; return whether one took the message.

    Needs no Qt. Raises DesktopError for a message that is too long, and where a Spark is there but
    does not answer: it may yet take the message, which must not be done a second time elsewhere.
    """
    answer = await _tell(data_dir, message, place)
    if answer is _Answer.NONE:
        raise DesktopError(
            say("Spark runs, but does not answer."),
            say("Wait until its window does again. If it never does, end that program."),
        )
    return answer is _Answer.TAKEN


class _Answer(Enum):
    TAKEN = "taken"
    REFUSED = "refused, or nobody is there"
    NONE = "somebody is there, and said nothing in time"


async def _tell(data_dir: Path, message: Handover, place: MeetingPlace | None) -> _Answer:
    data = encode(message)
    if len(data) > MOST_BYTES:
        raise DesktopError(
            say("The text has {size} bytes; {most} fit.", size=len(data), most=MOST_BYTES),
            say("Shorten it."),
        )
    try:
        async with asyncio.timeout(_EXCHANGE_S):
            reader, writer = await (place or meeting_place(data_dir)).connect()
            try:
                writer.write(data)
                await writer.drain()
                is_taken = await reader.readline() == _TAKEN
            finally:
                writer.close()
    except TimeoutError:
        return _Answer.NONE
    except (OSError, ValueError):
        return _Answer.REFUSED
    return _Answer.TAKEN if is_taken else _Answer.REFUSED


class SingleInstance:
    """The right to be the one; given back by ``close``, or by the end of the process."""

    def __init__(self, data_dir: Path, place: MeetingPlace | None = None) -> None:
        self._data_dir = data_dir
        self._place = place or meeting_place(data_dir)
        self._lock = ProcessLock(data_dir / "run" / "app.lock")
        self._server: asyncio.Server | None = None
        self._at_once = 0

    async def claim(self, message: Handover, patience: float = _PATIENCE_S) -> bool:
        """Return True where this program is the one, False where the one took ``message``.

        Where the folder cannot be locked at all, every start is one. Raises DesktopError where
        another runs and does not answer for ``patience`` seconds.
        """
        try:
            async with asyncio.timeout(patience):
                while not self._try():
                    if await _tell(self._data_dir, message, self._place) is _Answer.TAKEN:
                        return False
                    await asyncio.sleep(_POLL_S)
                return True
        except TimeoutError:
            raise DesktopError(
                say("Spark runs already, but does not answer."),
                say("End that program, then start Spark again."),
            ) from None

    async def listen(self, scope: TaskScope, handler: Handler) -> None:
        """Give ``handler`` what others hand over; the tasks are those of ``scope``.

        Where nobody can be listened to, it is logged: Spark works without.
        """

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if self._at_once >= _MOST_AT_ONCE:
                writer.close()
                return
            self._at_once += 1
            work = self._exchange(reader, writer, handler)
            task = scope.start("hand over", work)
            # One that is cancelled before its first step closes nothing by itself.
            task.add_done_callback(lambda _task: self._ended(writer))

        try:
            self._server = await self._place.serve(accept)
        except OSError as error:
            _log.warning("other starts of Spark cannot be heard: %s", error)

    async def close(self) -> None:
        """Listen no more, and let another be the one."""
        if self._server is not None:
            self._server.close()
            self._place.clear()
            self._server = None
        self._lock.release()

    def _try(self) -> bool:
        try:
            (self._data_dir / "run").mkdir(mode=0o700, parents=True, exist_ok=True)
            return self._lock.acquire()
        except OSError as error:
            _log.warning("%s cannot be locked: %s", self._data_dir, error)
            return True

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handler: Handler
    ) -> None:
        try:
            async with asyncio.timeout(_EXCHANGE_S):
                if not await self._place.admits(reader, writer):
                    return
                message = decode(await reader.readuntil(b"\n"))
                if message is None or not handler(message):
                    return
                writer.write(_TAKEN)
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return  # nothing that was said to the end, or nobody who waits for the answer

    def _ended(self, writer: asyncio.StreamWriter) -> None:
        self._at_once -= 1
        writer.close()
