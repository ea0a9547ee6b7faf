"""How a program begins: its words, and the limits that the kernel keeps for each process."""

import math
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from spark_desktop.adapters.process_use import THREADS
from spark_desktop.domain.sandboxing import Limits

# dash calls the number of processes -p, which is something else in bash. A limit that a shell does
# not know is left out.
_SHELL = """\
ulimit -c 0 2>/dev/null
ulimit -t {cpu} 2>/dev/null
ulimit -f {blocks} 2>/dev/null
ulimit -d {data} 2>/dev/null
{processes}exec "$@"
"""
_PROCESSES = "ulimit -u {number} 2>/dev/null || ulimit -p {number} 2>/dev/null\n"


@dataclass(frozen=True, slots=True)
class Start:
    """How a program begins: in ``sandbox`` (the words that lead into one), or without.

    The word "{status}" in ``sandbox`` stands for the number of a descriptor. ``grows`` are the
    folders on the disk that it may write, each with the most bytes that may then be in it.
    """

    words: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    sandbox: tuple[str, ...] = ()
    grows: Mapping[Path, int] = field(default_factory=dict)


def shell_words(words: Sequence[str], limits: Limits, others: int | None) -> tuple[str, ...]:
    """Return the words that run others under the limits which the kernel keeps.

    ``others`` is how many processes and threads count besides, which are all of the user's where
    there is no user namespace; None: nobody knows, their number is not limited.
    """
    number = 0 if others is None else others + most_tasks(limits)
    processes = _PROCESSES.format(number=number) if number else ""
    script = _SHELL.format(
        # Several at once may each need as much as the wall's clock gives.
        cpu=math.ceil(limits.seconds * 2) + 1,
        blocks=max(1, limits.file // 512),
        data=max(1, limits.memory // 1024),
        processes=processes,
    )
    return ("/bin/sh", "-c", script, "sh", *words)


def most_tasks(limits: Limits) -> int:
    """Return how many processes and threads there may be of it."""
    # For the kernel threads count as well.
    return THREADS * limits.processes


def tasks_now() -> int | None:
    """Return how many there are on the whole machine: no user has more."""
    try:
        return int(Path("/proc/loadavg").read_text("ascii").split()[3].partition("/")[2])
    except (OSError, ValueError, IndexError):
        return None


def creation_flags() -> int:
    """Return what Windows is told, so that no console appears and the program can be ended."""
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return 0
