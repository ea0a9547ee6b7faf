"""Who a process is, so that one that lives is told from another that got its number later."""

import os
import sys
from functools import cache
from pathlib import Path

import psutil

_ENDED = frozenset({"Z", "X", "x"})


@cache
def own_identity() -> str:
    """Return a text that no other process has, not even after this one ended."""
    return f"{os.getpid()} {_start(os.getpid())}"


def is_alive(identity: str) -> bool:
    """Return whether the process that ``own_identity`` returned this in still runs."""
    number, _, start = identity.partition(" ")
    return number.isdecimal() and _start(int(number)) == start


def _start(number: int) -> str | None:
    """Return when a process began; None where there is none, or only its remains."""
    if sys.platform != "linux":
        return _start_elsewhere(number)
    # In ticks since the machine's start, which setting the clock does not move.
    try:
        status = Path(f"/proc/{number}/stat").read_text(encoding="ascii", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    # The name before may hold anything, also blanks and brackets.
    fields = status.rpartition(")")[2].split()
    return None if fields[0] in _ENDED else f"{boot} {fields[19]}"


def _start_elsewhere(number: int) -> str | None:
    try:
        process = psutil.Process(number)
        has_ended = process.status() == psutil.STATUS_ZOMBIE
        return None if has_ended else f"{process.create_time():.3f}"
    except psutil.Error:
        return None
