"""Bounds how many processes a check has by a control group of Linux, where root can make one.

The kernel counts the processes of root for no ``ulimit``, not even in a sandbox; this limit holds
for root, too, and before anybody looks. Where no group can be made, looking often has to do.
"""

import contextlib
import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

_MOUNTED = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")
_MEMBERS = "cgroup.procs"
# The shell that becomes the program goes into the group before; it goes on where it may not.
_ENTER = '{ echo $$ >"$1"; } 2>/dev/null; shift; exec "$@"'
# Killed processes are gone within moments.
_ROUNDS, _ROUND_S = 100, 0.01


class TaskGroup:
    """One group, of processes and threads; ``folder`` is where the kernel shows it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def words(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return the words that run others in the group."""
        return ("/bin/sh", "-c", _ENTER, "sh", str(self._folder / _MEMBERS), *words)

    def close(self) -> None:
        """Kill what is still in it, and remove it."""
        for _ in range(_ROUNDS):
            with contextlib.suppress(OSError, ValueError):
                for number in (self._folder / _MEMBERS).read_text("ascii").split():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(int(number), signal.SIGKILL)
            try:
                self._folder.rmdir()
            except OSError:
                time.sleep(_ROUND_S)
            else:
                return


@contextlib.contextmanager
def bounded_tasks(
    most: int, mounted: Path = _MOUNTED, own: Path = _OWN
) -> Iterator[TaskGroup | None]:
    """Give a group of at most so many tasks; None where none can be made, or none is needed."""
    group = _made(most, mounted, own) if sys.platform == "linux" and os.geteuid() == 0 else None
    try:
        yield group
    finally:
        if group is not None:
            group.close()


def _made(most: int, mounted: Path, own: Path) -> TaskGroup | None:
    for above in _places(mounted, own):
        folder = above / f"spark-check-{secrets.token_hex(6)}"
        with contextlib.suppress(OSError):
            folder.mkdir()
            try:
                # Of a group whose parent does not hand the limit down there is no such file.
                with open(folder / "pids.max", "r+", encoding="ascii") as file:
                    file.write(str(most))
            except OSError:
                folder.rmdir()
                continue
            return TaskGroup(folder)
    return None


def _places(mounted: Path, own: Path) -> Iterator[Path]:
    """Yield where a group could be made: below our own, or beside it (of version 2)."""
    try:
        lines = own.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        place = path.lstrip("/")
        if "pids" in controllers.split(","):
            yield mounted / "pids" / place
        elif not controllers:
            yield mounted / place
            if place:
                yield (mounted / place).parent
