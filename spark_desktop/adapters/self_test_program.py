"""The self-test as a program of its own, so that what it breaks is not the window."""

import json
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from spark_desktop.adapters.line_process import LineProcess
from spark_desktop.domain.doctor_report import Secrets, report_of
from spark_desktop.domain.errors import DesktopError
from spark_desktop.domain.self_test import PLAN, TIDY, Check, Row, finding_of, row_of
from spark_desktop.domain.words import say
from spark_desktop.services.tasks import to_end

# Seconds that it has for ending its own processes and removing its folder.
_STOP_S = 60.0
_KNOWN = {check.key: check for check in (*PLAN, TIDY)}
_FLAGS = ("--self-test", "--json-lines", "--stop-at-eof")


class SelfTestProgram:
    """Starts it; ``command`` starts this program, without its arguments.

    ``secrets`` are left out of the report.
    """

    def __init__(
        self,
        secrets: Callable[[], Secrets],
        now: Callable[[], datetime],
        command: tuple[str, ...] = (),
    ) -> None:
        self._secrets, self._now = secrets, now
        self._command = command or program_command()

    def report(self, rows: Sequence[Row]) -> str:
        """Return the rows as text that can be shown to anyone."""
        title = f"Spark self-test, {installed_version()}"
        return report_of(tuple(map(finding_of, rows)), self._secrets(), self._now(), title)

    async def run(self, begun: Callable[[Check], None], told: Callable[[Row], None]) -> None:
        """Run the self-test; cancelling ends it in order.

        ``begun`` hears which check is made now, ``told`` what came of each. Raises
        DesktopError where it cannot be started, or ends before it was done.
        """
        try:
            process = LineProcess((*self._command, *_FLAGS), _STOP_S)
        except OSError as error:
            raise DesktopError(
                say("The self-test cannot be started: {reason}.", reason=error.strerror or error),
                say("Install Spark Desktop again."),
            ) from error
        is_done = False
        try:
            while (line := await process.line()) is not None:
                is_done = _take(line, begun, told) or is_done
        finally:
            await to_end(process.stop())
        if not is_done:
            code = await process.code()
            raise DesktopError(
                say(
                    "The self-test ended before it was done: {reason}",
                    reason=process.last_words or say("exit code {code}", code=code),
                ),
                say("Run 'spark-desktop --self-test' in a terminal."),
            )


def program_command() -> tuple[str, ...]:
    """Return what starts this program, without its arguments."""
    if getattr(sys, "frozen", False):
        return (sys.executable,)
    # -P: a module of the folder it is started in must not be run.
    return (sys.executable, "-P", "-m", "spark_desktop.app")


def installed_version() -> str:
    """Return the version of Spark; "unknown" where it runs from its sources, uninstalled."""
    try:
        return version("spark-desktop")
    except PackageNotFoundError:
        return "unknown"


def _take(line: str, begun: Callable[[Check], None], told: Callable[[Row], None]) -> bool:
    """Hand a line on; return whether it is the last."""
    try:
        found = json.loads(line)
        match found["event"]:
            case "begun":
                begun(_KNOWN[found["key"]])
            case "row":
                told(row_of(found))
            case "end":
                return True
    except (ValueError, KeyError, TypeError):
        # What else the program's libraries print is not for us.
        return False
    return False
