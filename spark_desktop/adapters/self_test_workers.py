"""The processes of the self-test, and the folder in which they leave everything."""

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from spark_desktop.adapters.line_process import LineProcess
from spark_desktop.domain.errors import DesktopError
from spark_desktop.domain.self_test import Check, End, Outcome, Row, Seen, row_of
from spark_desktop.domain.words import say
from spark_desktop.places import USERS_DATA, data_folder
from spark_resources.packaged import bundled

# Seconds that a process has for closing the window and ending its core.
_STOP_S = 30.0
# Seconds that a core has after its window: it sees that its lease is over.
_LEAVE_S = 10.0
_LOOK_S = 0.05
_TRIES, _AGAIN_S = 10, 0.2
_PREFIX = "spark-self-test-"


class ChildWorkers:
    """Implements Workers; ``command`` starts this program, without its arguments.

    ``arguments`` go to every process. Windows are opened where nobody sees them, save with
    ``on_screen``. Everything is left in a temporary folder, which ``tidy`` removes; the user's
    data, settings and running Spark are not touched.
    """

    def __init__(
        self,
        command: tuple[str, ...],
        arguments: tuple[str, ...] = (),
        on_screen: bool = False,
        brought: bool | None = None,
    ) -> None:
        self._command, self._arguments, self._on_screen = command, arguments, on_screen
        self._brought = bundled("models") is not None if brought is None else brought
        self._started: list[psutil.Process] = []
        self.folder: Path | None = None

    def start(self, checks: Sequence[Check]) -> "ChildWorker":
        """Start a process that makes these checks. Raises DesktopError."""
        try:
            if self.folder is None:
                self.folder = _own_folder()
            is_seen = self._on_screen or any(check.on_screen for check in checks)
            keys = ",".join(check.key for check in checks)
            process = LineProcess(
                (*self._command, "--self-test-worker", str(self.folder), keys, *self._arguments),
                _STOP_S,
                self._environment(self.folder, is_seen),
            )
        except OSError as error:
            raise DesktopError(
                say(
                    "The self-test's process cannot be started: {reason}.",
                    reason=error.strerror or error,
                ),
                say("Install Spark Desktop again."),
            ) from error
        return ChildWorker(process, self._note)

    async def tidy(self) -> Seen:
        """End what still runs, and remove the folder."""
        held = await self._ended()
        size = 0
        if self.folder is not None:
            size = await asyncio.to_thread(_removed, self.folder)
            if self.folder.exists():
                return Seen(
                    Outcome.FAILED,
                    say("the folder {folder} cannot be removed", folder=self.folder),
                    say("Remove it by hand."),
                )
        if held:
            return Seen(
                Outcome.FAILED,
                say("these processes did not end by themselves: {pids}", pids=", ".join(held)),
                say("They were ended. If it stays so, report it with this table."),
            )
        text = say(
            "%n process(es) ended, {size:.1f} MB removed",
            "",
            len(self._started),
            size=size / 1e6,
        )
        return Seen(Outcome.OK, text)

    async def _ended(self) -> list[str]:
        """Return the ids of processes that had to be ended by force."""
        for _ in range(round(_LEAVE_S / _LOOK_S)):
            if not any(_runs(process) for process in self._started):
                return []
            await asyncio.sleep(_LOOK_S)
        held = [process for process in self._started if _runs(process)]
        for process in held:
            await asyncio.to_thread(end_tree, process)
        return [str(process.pid) for process in held]

    def _note(self, pid: int) -> None:
        """Remember a process that a worker tells of: it must be gone in the end."""
        with suppress(psutil.Error):
            self._started.append(psutil.Process(pid))

    def _environment(self, folder: Path, is_seen: bool) -> Mapping[str, str]:
        found = dict(os.environ)
        found[USERS_DATA] = str(data_folder())
        found["SPARK_DATA_DIR"] = str(folder / "data")
        found["SPARK_CONFIG_DIR"] = str(folder / "config")
        if self._brought and "--model" not in self._arguments:
            # That its hash was compared is noted there, too.
            (folder / "models").mkdir(exist_ok=True)
            found["SPARK_MODELS_DIR"] = str(folder / "models")
        is_blind = sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & found.keys()
        if not is_seen or (is_blind and "QT_QPA_PLATFORM" not in found):
            found["QT_QPA_PLATFORM"] = "offscreen"
        return found


class ChildWorker:
    """Implements Worker by the lines of a child process."""

    def __init__(self, process: LineProcess, note: Callable[[int], None]) -> None:
        self._process, self._note = process, note
        self._end: End | None = None
        note(process.pid)

    async def row(self) -> Row | None:
        """Return its next row; None where the process has ended."""
        while (line := await self._process.line()) is not None:
            found = _object(line)
            match found.get("event"):
                case "process":
                    self._note(int(str(found["pid"])))
                case "row":
                    with suppress(ValueError):
                        return row_of(found)
        return None

    async def end(self) -> End:
        """End the process and what it started, and return how it ended."""
        if self._end is None:
            below = await asyncio.to_thread(_below, self._process.pid)
            if not await self._process.leaves():
                self._process.kill()
                # It cannot tell what it started to end, which may hold its output besides.
                for process in below:
                    await asyncio.to_thread(end_tree, process)
            self._end = _end_of(await self._process.code(), self._process.words)
        return self._end


def end_tree(process: psutil.Process) -> None:
    """End a process with all below it, by force where it does not go."""
    with suppress(psutil.Error):
        every = [process, *process.children(recursive=True)]
        for one in every:
            with suppress(psutil.Error):
                one.terminate()
        _, left = psutil.wait_procs(every, 3)
        for one in left:
            with suppress(psutil.Error):
                one.kill()


def _own_folder() -> Path:
    """Make a folder for this process, and remove those of processes that were killed."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = left.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))


def _below(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _end_of(code: int, words: tuple[str, ...]) -> End:
    ended = say("exit code {code}", code=code)
    if code < 0:
        ended = say("killed by signal {number}", number=-code)
    if words:
        ended = say("{what}; its last words: {last}", what=ended, last=" / ".join(words))
    return End(ended, in_order=code == 0)


def _removed(folder: Path) -> int:
    """Remove the folder, and return the bytes that its files took."""
    size = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            size += path.stat().st_size if path.is_file() else 0
    for _ in range(_TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            break
        # Windows lets go of a file a moment after its process has ended.
        time.sleep(_AGAIN_S)
    return size


def _object(line: str) -> dict[str, object]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
