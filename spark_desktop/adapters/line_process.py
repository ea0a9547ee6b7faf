"""A child process of ours that tells lines, and ends with the end of its input."""

import asyncio
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

# Of what it says on standard error, for whoever asks why it failed.
_WORDS = 6


class LineProcess:
    """A child process whose lines are read in OS threads: qasync knows no child watcher.

    It has ``stop_s`` seconds for ending in order before it is killed. ``environment`` is the whole
    of it, None for ours. Raises OSError where the program cannot be started.
    """

    def __init__(
        self,
        command: tuple[str, ...],
        stop_s: float,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._process = _spawn(command, environment)
        self._stop_s = stop_s
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self._words: deque[str] = deque(maxlen=_WORDS)
        threading.Thread(target=self._follow, name="child-lines", daemon=True).start()

    @property
    def pid(self) -> int:
        """Return the id of the process."""
        return self._process.pid

    @property
    def last_words(self) -> str:
        """Return the last line that it wrote to standard error; empty without one."""
        return self._words[-1] if self._words else ""

    @property
    def words(self) -> tuple[str, ...]:
        """Return the last few lines that it wrote to standard error, oldest first."""
        return tuple(self._words)

    async def line(self) -> str | None:
        """Return the next line of standard output; None after the last."""
        return await self._lines.get()

    async def send(self, line: str) -> None:
        """Write a line to its standard input; one to a process that has ended is lost."""
        # It may be busy, and a pipe holds little.
        await asyncio.to_thread(self._write, line)

    async def code(self) -> int:
        """Return the exit code once the process has ended; negative for a signal."""
        return await asyncio.shield(self._ended)

    async def stop(self) -> None:
        """End the process: first by the end of its input, then by force."""
        if not await self.leaves():
            self.kill()
            await self.code()

    async def leaves(self) -> bool:
        """Let go of its input, and return whether the process ended in order, in its time."""
        if self._ended.done():
            return True
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(self._stop_s):
                await self.code()
        except TimeoutError:
            return False
        return True

    def kill(self) -> None:
        """Kill the process at once; its end is known once nobody holds its output any more."""
        self._process.kill()

    def _write(self, line: str) -> None:
        stream = self._process.stdin
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.write(f"{line}\n")
                stream.flush()

    def _follow(self) -> None:
        out, told = self._process.stdout, self._process.stderr
        words = threading.Thread(target=self._hear, args=(told,), daemon=True)
        words.start()
        if out is not None:
            with out:
                for line in out:
                    self._post(line.rstrip("\r\n"), None)
        words.join()
        self._post(None, self._process.wait())

    def _hear(self, stream: Any) -> None:
        # Read to the end, so that a program that says much does not wait for us.
        with stream:
            for line in stream:
                if word := line.strip():
                    self._words.append(word)

    def _post(self, line: str | None, code: int | None) -> None:
        try:
            self._loop.call_soon_threadsafe(self._arrived, line, code)
        except RuntimeError:
            return  # the loop is closed; the program ends with the end of its input

    def _arrived(self, line: str | None, code: int | None) -> None:
        self._lines.put_nowait(line)
        if code is not None and not self._ended.done():
            self._ended.set_result(code)
            if self._process.stdin is not None:
                self._process.stdin.close()


def _spawn(
    command: tuple[str, ...], environment: Mapping[str, str] | None
) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        env=environment,
        # Ctrl+C in the terminal is for this program, which then ends that one in order.
        start_new_session=True,
        creationflags=_creation_flags(),
    )


def _creation_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    return 0
