"""Commands of the core's program, as child processes: one answer, or steps as they come."""

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from spark_desktop.domain.errors import ModelStoreError
from spark_desktop.domain.words import say
from spark_desktop.services.tasks import to_end

Json = dict[str, Any]

# Seconds that the program has for stopping in order, before it is killed. It may hang on a server
# that is silent; what it fetched is good also then.
_STOP_S = 2.0


class CoreCommands:
    """``command`` starts the core's program, without its arguments."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command

    async def steps(self, words: tuple[str, ...], told: Callable[[Json], None]) -> None:
        """Run a command, and tell each JSON line of its standard output, in the loop's thread.

        It holds the other end of the program's standard input, so that cancelling, or the death
        of this process, ends it in order. Raises ModelStoreError, in the program's own words
        where it says why it failed.
        """
        run = _Run(_spawn((*self._command, *words)))
        failed: Json = {}
        try:
            while (line := await run.line()) is not None:
                event = _object(line)
                if event is None:
                    continue
                if event.get("event") == "failed":
                    failed = event
                else:
                    told(event)
            code = await run.code()
        finally:
            await to_end(run.stop())
        if failed:
            raise ModelStoreError(str(failed.get("message")), str(failed.get("next_step") or ""))
        if code != 0:
            reason = run.last_words or say("exit code {code}", code=code)
            raise ModelStoreError(
                say("The core's program failed: {reason}", reason=reason),
                say("Run 'spark doctor' to see what is missing."),
            )

    async def answer(self, words: tuple[str, ...]) -> Json:
        """Return the one JSON line that a command prints. Raises ModelStoreError."""
        answers: list[Json] = []
        await self.steps(words, answers.append)
        if len(answers) != 1:
            raise ModelStoreError(
                say("What the core's program says cannot be read."),
                say("Run 'spark doctor' to see what is missing."),
            )
        return answers[0]


class _Run:
    """A child process whose lines are read in an OS thread: qasync knows no child watcher."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self.last_words = ""
        threading.Thread(target=self._follow, name="core-command", daemon=True).start()

    async def line(self) -> str | None:
        """Return the next line of standard output; None after the last."""
        return await self._lines.get()

    async def code(self) -> int:
        """Return the exit code once the process has ended."""
        return await asyncio.shield(self._ended)

    async def stop(self) -> None:
        """End the process: first by the end of its input, then by force."""
        if self._ended.done():
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(_STOP_S):
                await self.code()
        except TimeoutError:
            self._process.kill()
            await self.code()

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
                self.last_words = line.strip() or self.last_words

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


def _object(line: str) -> Json | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _spawn(command: tuple[str, ...]) -> "subprocess.Popen[str]":
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            # Ctrl+C in the terminal is for this program, which then ends that one in order.
            start_new_session=True,
            creationflags=_creation_flags(),
        )
    except OSError as error:
        raise ModelStoreError(
            say(
                "The core's program is missing: {name}: {reason}.",
                name=command[0],
                reason=error.strerror or error,
            ),
            say("Run 'spark doctor' to see what is missing, or install Spark Desktop again."),
        ) from error


def _creation_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    return 0
