"""A core that was started here: its process and what it says."""

import asyncio
import os
import subprocess
import sys
import threading
from typing import IO

from spark_desktop.adapters.core_lookup import CoreFiles
from spark_desktop.domain.errors import CoreError
from spark_desktop.domain.words import say

_TERMINATE_S = 3.0


class CoreChild:
    """Starts the command; its lines and its exit code are awaited.

    asyncio's own subprocess is not used: it kills the child when its transport is collected, but a
    core that others share must outlive the program that started it.
    """

    def __init__(self, command: tuple[str, ...], files: CoreFiles) -> None:
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._code: asyncio.Future[int] = self._loop.create_future()
        self._process = _spawn(command, files)
        # A daemon: it waits for the core's end, which must not keep this program from ending.
        threading.Thread(target=self._follow, name="core-output", daemon=True).start()

    @property
    def pid(self) -> int:
        """Return the id of the process."""
        return self._process.pid

    async def line(self) -> str | None:
        """Return the next line of standard output; None after the last."""
        return await self._lines.get()

    async def exit_code(self) -> int:
        """Return the exit code once the process has ended; negative for a signal."""
        return await asyncio.shield(self._code)

    async def end(self) -> None:
        """Terminate the process and wait for it; after three seconds it is killed."""
        self._process.terminate()
        try:
            async with asyncio.timeout(_TERMINATE_S):
                await self.exit_code()
        except TimeoutError:
            self._process.kill()
            await self.exit_code()

    def kill(self) -> None:
        """Kill the process at once."""
        self._process.kill()

    def _follow(self) -> None:
        output = self._process.stdout
        if output is not None:
            with output:
                for line in output:
                    self._post(line.rstrip("\r\n"), None)
        self._post(None, self._process.wait())

    def _post(self, line: str | None, code: int | None) -> None:
        try:
            self._loop.call_soon_threadsafe(self._arrived, line, code)
        except RuntimeError:
            # The loop is closed: nobody listens any more, and the core goes on for others.
            return

    def _arrived(self, line: str | None, code: int | None) -> None:
        self._lines.put_nowait(line)
        if code is not None and not self._code.done():
            self._code.set_result(code)


def _spawn(command: tuple[str, ...], files: CoreFiles) -> "subprocess.Popen[str]":
    try:
        with _log(files) as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
                errors="replace",
                # Ctrl+C in a terminal goes to its whole process group; a shared core is not in it.
                start_new_session=True,
                creationflags=_creation_flags(),
            )
    except OSError as error:
        raise CoreError(
            say(
                "The core cannot be started: {command}: {reason}.",
                command=command[0],
                reason=error.strerror or error,
            ),
            say("Run 'spark doctor' to see what is missing, or install Spark Desktop again."),
        ) from error


def _log(files: CoreFiles) -> IO[bytes]:
    # Begun anew by each core, so that its last line is always of the core that just ended.
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    return os.fdopen(os.open(files.log, flags, 0o600), "ab")


def _creation_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    return 0
