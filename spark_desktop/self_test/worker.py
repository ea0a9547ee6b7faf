"""The process in which checks are made: one after the other, each told as it ends."""

import asyncio
import json
import os
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from PySide6.QtWidgets import QApplication

from spark_desktop import qt_loop
from spark_desktop.collector import Collector
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.self_test import PLAN, Check, Outcome, Row, Seen, full_document
from spark_desktop.domain.words import say
from spark_desktop.self_test.stage import NotTriedError, Stage

# Seconds for closing the window and the core once nobody waits for us any more.
_LAST_S = 25.0
Made = Callable[[Stage], Awaitable[Seen]]


def work(
    folder: str, keys: Sequence[str], model: str | None, application: Callable[[], QApplication]
) -> int:
    """Make the checks named by ``keys``, leaving everything in ``folder``; return the exit code."""
    from spark_desktop.self_test.checks import CHECKS

    stage = Stage(Path(folder), model or "", lambda pid: _tell({"event": "process", "pid": pid}))
    plan = [check for check in PLAN if check.key in keys]
    application()
    return qt_loop.run(lambda: _work(stage, plan, CHECKS))


async def _work(stage: Stage, plan: Sequence[Check], made: Mapping[str, Made]) -> int:
    collector, ending = Collector(), _Ending()
    try:
        for check in plan:
            row = await made_row(check, made[check.key], stage)
            _tell(full_document(row) | {"event": "row"})
    except asyncio.CancelledError:
        return 1
    finally:
        ending.is_closing = True
        await stage.close()
        collector.end()
    return 0


async def made_row(check: Check, made: Made, stage: Stage) -> Row:
    """Return what comes of a check; what it raises, or that it takes too long, is a failure."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(check.deadline):
            seen = await made(stage)
    except TimeoutError:
        text = say("it was not done within {seconds:.0f} s", seconds=check.deadline)
        seen = Seen(Outcome.FAILED, stage.waiting_for or text, _again())
    except NotTriedError as error:
        seen = Seen(Outcome.FAILED, error.message, error.next_step)
    except SparkError as error:
        seen = Seen(Outcome.FAILED, error.message, error.next_step or _again())
    except Exception as error:  # noqa: BLE001 - of a broken machine nobody foresees everything
        seen = Seen(Outcome.FAILED, f"{type(error).__name__}: {error}", _again())
    return Row(check.key, check.name, seen, time.monotonic() - began)


def _again() -> str:
    return say("Install Spark Desktop again; if it stays so, report it with this table.")


class _Ending:
    """Ends this task when the program that started us lets go of our input, or has ended.

    With ``is_closing`` it ends anyway, and is left to it.
    """

    def __init__(self) -> None:
        self.is_closing = False
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        threading.Thread(target=self._wait, name="eof", daemon=True).start()

    def _wait(self) -> None:
        try:
            # Not through sys.stdin, whose buffer a thread must not hold when Python ends.
            while os.read(0, 1):
                continue
        except OSError:
            return
        with suppress(RuntimeError):  # the loop is closed already
            self._loop.call_soon_threadsafe(self._end)
        time.sleep(_LAST_S)
        os._exit(1)

    def _end(self) -> None:
        if self._task is not None and not self.is_closing:
            self._task.cancel()


def _tell(event: dict[str, object]) -> None:
    # Through the descriptor: a windowed program may have no sys.stdout, and the pipe is there.
    os.write(1, (json.dumps(event) + "\n").encode())
