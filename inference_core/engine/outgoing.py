"""What the core says to its engine's process: one message at a time, and no more than is taken."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]


class Outgoing:
    """The input of a process, as lines of JSON.

    At most one message of any length is on its way: the others wait with those who send them, and
    whoever is cancelled before its turn has sent nothing.
    """

    def __init__(self, pipe: asyncio.StreamWriter) -> None:
        self._pipe = pipe
        self._turn = asyncio.Lock()
        self._written = 0

    @property
    def taken(self) -> int:
        """How many bytes the process, or the pipe to it, has taken so far."""
        return self._written - self._pipe.transport.get_write_buffer_size()

    async def send(self, message: Callable[[], Json]) -> None:
        """Write a message, made when its turn has come, and wait until nearly all of it is taken.

        Where nobody reads any more it returns: that is noticed where the process's words are read.
        """
        async with self._turn:
            try:
                # Of one who was cancelled in the middle of a message, the rest is still on its way.
                await self._pipe.drain()
                self._write(message())
                await self._pipe.drain()
            except ConnectionError:
                return

    def send_short(self, message: Json) -> None:
        """Write a message that has no text of a client in it, behind what is on its way."""
        if not self._pipe.is_closing():
            self._write(message)

    def send_line(self, line: str) -> None:
        """Write a line that is JSON already, behind what is on its way."""
        # Half a surrogate pair is no text, but it is not for the link to say so.
        data = line.encode("utf-8", "surrogatepass") + b"\n"
        self._written += len(data)
        self._pipe.write(data)

    def close(self) -> None:
        """Say that nothing more will come."""
        self._pipe.close()

    def _write(self, message: Json) -> None:
        self.send_line(json.dumps(message, ensure_ascii=False, separators=(",", ":")))
