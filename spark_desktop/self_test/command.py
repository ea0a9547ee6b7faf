"""``spark-desktop --self-test``: has other processes make the checks, and tells what came of it."""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from spark_desktop.adapters.self_test_program import installed_version, program_command
from spark_desktop.adapters.self_test_workers import ChildWorkers
from spark_desktop.domain.self_test import (
    Check,
    Row,
    document,
    failed_names,
    full_document,
    table,
)
from spark_desktop.services.self_test import SelfTest

FAILED, INTERRUPTED = 1, 130


def main(arguments: argparse.Namespace, application: Callable[[], QApplication]) -> int:
    """Run the self-test, or a part of it in its process; return the exit code.

    ``application`` makes the one QApplication.
    """
    if arguments.self_test_worker:
        from spark_desktop.self_test.worker import work

        folder, keys = arguments.self_test_worker
        return work(folder, keys.split(","), arguments.model, application)
    return _supervise(arguments)


def _supervise(arguments: argparse.Namespace) -> int:
    if hasattr(signal, "SIGTERM"):
        # As Ctrl+C: what was started is ended, and nothing stays behind.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    telling = Telling(arguments)
    model = ("--model", arguments.model) if arguments.model else ()
    workers = ChildWorkers(program_command(), model, arguments.on_screen)
    test = SelfTest(workers, telling.begun, telling.told)
    try:
        rows = asyncio.run(_run(test, arguments.stop_at_eof))
    except (KeyboardInterrupt, asyncio.CancelledError):
        _say(sys.stderr, f"spark-desktop: the self-test was stopped; {telling.last}")
        return INTERRUPTED
    return telling.end(rows, time.monotonic() - began)


async def _run(test: SelfTest, stops_at_eof: bool) -> tuple[Row, ...]:
    if stops_at_eof:
        _cancel_at_eof()
    return await test.run()


def _cancel_at_eof() -> None:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def wait() -> None:
        # Not through sys.stdin, whose buffer a thread must not hold when the interpreter ends.
        while os.read(0, 1):
            continue
        if task is not None:
            loop.call_soon_threadsafe(task.cancel)

    threading.Thread(target=wait, name="eof", daemon=True).start()


class Telling:
    """Prints the rows in the form that was asked for; a windowed program has no console."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self.last = ""

    def begun(self, check: Check) -> None:
        """Tell a program which check is made now."""
        if self._arguments.json_lines:
            self._line({"event": "begun", "key": check.key})

    def told(self, row: Row) -> None:
        """Tell a program what came of a check; the last is that of tidying up."""
        self.last = f"{row.name}: {row.seen.text}"
        if self._arguments.json_lines:
            self._line(full_document(row) | {"event": "row"})

    def end(self, rows: tuple[Row, ...], seconds: float) -> int:
        """Print the rest and return the exit code."""
        failed = failed_names(rows)
        whole = {
            "ok": not failed,
            "failed": [str(name) for name in failed],
            "version": installed_version(),
            "seconds": round(seconds, 1),
            "rows": [document(row) for row in rows],
        }
        lines = [*table(rows), "", _sum(rows, failed, seconds)]
        if self._arguments.json:
            lines = [json.dumps(whole, ensure_ascii=False)]
        if self._arguments.json_lines:
            self._line({"event": "end", "ok": not failed, "seconds": round(seconds, 1)})
        else:
            _say(sys.stdout, "\n".join(lines))
        written = self._report("\n".join(lines) + "\n")
        if failed:
            _say(sys.stderr, f"spark-desktop: the self-test failed: {', '.join(failed)}")
        return FAILED if failed or not written else 0

    def _report(self, text: str) -> bool:
        path = self._arguments.report
        if path is None:
            return True
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            reason = error.strerror or error
            _say(sys.stderr, f"spark-desktop: the report {path} cannot be written: {reason}")
            return False
        return True

    def _line(self, event: dict[str, object]) -> None:
        _say(sys.stdout, json.dumps(event))


def _sum(rows: tuple[Row, ...], failed: tuple[str, ...], seconds: float) -> str:
    what = f"{len(failed)} failed: {', '.join(failed)}" if failed else "nothing failed"
    return f"{len(rows)} checks in {seconds:.1f} s, {what}."


def _say(stream: object, text: str) -> None:
    """Print, in the console's own encoding as far as it goes; None is no console."""
    if stream is None:
        return
    encoding = getattr(stream, "encoding", None) or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), file=stream, flush=True)  # type: ignore[call-overload]
