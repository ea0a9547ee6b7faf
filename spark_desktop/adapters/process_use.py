"""What the processes of one run use together: their number, memory, what they add to the disk."""

import contextlib
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from spark_desktop.domain.sandboxing import Limits
from spark_desktop.domain.words import Said, say

# Measuring a folder walks it.
_MEASURE_S = 2.0
# Looking at every process of the machine takes milliseconds.
_TREE_S = 0.25
_MEGABYTE = 1_000_000
# So many, on the average, are a process's own: compilers have one for each processor.
THREADS = 4
_PROC = "/proc"
# Below this part of the machine's memory it begins to stall.
_LEAST_PART = 20


class Watch:
    """Looks at what the processes of a run use together."""

    def __init__(
        self,
        grows: Mapping[Path, int],
        limits: Limits,
        outer: int,
        inner: int | None,
        available: Callable[[], int] | None = None,
    ) -> None:
        """``outer`` is the process that was started, ``inner`` the first one of its sandbox.

        ``grows`` are the folders that it may write, each with the most bytes in it.
        ``available`` returns the bytes of memory that the machine could still give away.
        """
        self._limits, self._grows = limits, grows
        self._outer, self._inner = outer, inner
        # What a program holds without having it mapped is seen in no process.
        self._available = available or _available
        self._floor = min(psutil.virtual_memory().total // _LEAST_PART, self._available() // 2)
        self._free = {folder: _free(folder) for folder in grows}
        self._measured = self._looked = time.monotonic()

    def excess(self) -> Said | None:
        """Return which limit is passed, else None."""
        return self._excess_of_processes() or self._excess_of_machine() or self._excess_on_disk()

    def _excess_of_processes(self) -> Said | None:
        if self._inner is None and time.monotonic() - self._looked < _TREE_S:
            return None
        self._looked = time.monotonic()
        if self._inner is None:
            count, memory = _use_of_tree(self._outer)
        else:
            count, memory = _use_of_namespace(self._inner, self._limits.processes)
        if count > (most := self._limits.processes):
            return say("not run to its end: it started more than %n process(es)", "", most)
        if memory > self._limits.memory:
            most = self._limits.memory // _MEGABYTE
            return say("not run to its end: it needed more than {most} MB of memory", most=most)
        return None

    def _excess_of_machine(self) -> Said | None:
        if self._available() < self._floor:
            return say("not run to its end: the machine had hardly any memory left")
        return None

    def _excess_on_disk(self) -> Said | None:
        now = time.monotonic()
        if now - self._measured < (_TREE_S if self._has_shrunk() else _MEASURE_S):
            return None
        self._measured = now
        for folder, most in self._grows.items():
            if is_larger(folder, most):
                return say("not run to its end: it wrote more than the disk may hold for it")
        return None

    def _has_shrunk(self) -> bool:
        """Return whether the disk lost so much room that this program may be the reason."""
        return any(
            before - _free(folder) > self._limits.disk // 2 for folder, before in self._free.items()
        )


def _use_of_namespace(inner: int, most: int) -> tuple[int, int]:
    """Return the processes of a sandbox and their memory in bytes, by its own /proc.

    Where there are more than ``most`` nobody needs to know of their memory. A process with very
    many threads counts as several.
    """
    place = f"{_PROC}/{inner}/root{_PROC}"
    own, shared, threads = 0, 0, 0
    try:
        # Until the sandbox stands its first process still sees the machine's own.
        if Path(place).stat().st_dev == Path(_PROC).stat().st_dev:
            return 0, 0
        with os.scandir(place) as entries:
            names = [one.name for one in entries if one.name.isdecimal()]
    except OSError:
        return 0, 0  # it has just ended
    # Its first process is the sandbox's own.
    if (count := len(names) - 1) > most:
        return count, 0
    for name in names:
        try:
            with open(f"{place}/{name}/statm", "rb") as file:
                fields = file.read().split()
            threads += os.stat(f"{place}/{name}/task").st_nlink - 2  # noqa: PTH116 - of hundreds
        except OSError:
            continue
        own += int(fields[1]) - int(fields[2])
        # What several share counts once.
        shared = max(shared, int(fields[2]))
    count = max(count, threads // THREADS)
    return count, (own + shared) * os.sysconf("SC_PAGE_SIZE")


def _use_of_tree(outer: int) -> tuple[int, int]:
    count, memory = 0, 0
    with contextlib.suppress(psutil.Error):
        top = psutil.Process(outer)
        for process in (top, *top.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                use = process.memory_info()
                count += 1
                memory += max(0, use.rss - getattr(use, "shared", 0))
    return count, memory


def _available() -> int:
    return int(psutil.virtual_memory().available)


def _free(folder: Path) -> int:
    try:
        return psutil.disk_usage(str(folder)).free
    except OSError:
        return 0


def is_larger(folder: Path, most: int) -> bool:
    """Return whether a folder takes more than so many bytes on the disk."""
    size = 0
    waiting = [os.fspath(folder)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                    continue
                status = entry.stat(follow_symlinks=False)
                # What lies on the disk: a file with holes takes less than it looks.
                blocks = getattr(status, "st_blocks", None)
                size += status.st_size if blocks is None else blocks * 512
                if size > most:
                    return True
    return False
