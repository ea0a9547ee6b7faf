"""What this machine has to compute with, and a fingerprint that changes when that does."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import psutil

from inference_core.machine.cpu import cpu_name, machine_features

_QUOTA = Path("/sys/fs/cgroup/cpu.max")


@dataclass(frozen=True, slots=True)
class Hardware:
    """One machine: its CPU and what of it this process may use; ``memory`` in bytes.

    ``usable`` are the cores that are worth a thread each (no hyper-threads), ``logical`` counts the
    hyper-threads too; both leave out what the system withholds from this process.
    """

    cpu: str
    features: tuple[str, ...]
    physical: int
    usable: int
    logical: int
    memory: int

    @classmethod
    def here(cls) -> Self:
        """Return this machine."""
        logical = _allowed(psutil.cpu_count() or 1)
        physical = psutil.cpu_count(logical=False) or logical
        return cls(
            cpu=cpu_name(),
            features=tuple(sorted(machine_features())),
            physical=physical,
            usable=max(1, min(physical, logical)),
            logical=logical,
            memory=psutil.virtual_memory().total,
        )

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits: the same as long as the CPU and the cores to use are the same."""
        relevant = {name: value for name, value in asdict(self).items() if name != "memory"}
        text = json.dumps(relevant, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def cpu_fingerprint(self) -> str:
        """The same for the CPU alone: what a build of the engine depends on."""
        text = json.dumps([self.cpu, *self.features])
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def quota_cores(text: str) -> int | None:
    """Return how many cores Linux's ``cpu.max`` (``quota period`` in microseconds) allows.

    None where it sets no limit or is not understood; less than one core counts as one.
    """
    words = text.split()
    if len(words) != 2 or not all(word.isdigit() for word in words) or int(words[1]) == 0:
        return None
    return max(1, int(words[0]) // int(words[1]))


def _allowed(logical: int) -> int:
    """Return how many of the logical cores this process may keep busy."""
    if hasattr(os, "sched_getaffinity"):
        logical = min(logical, len(os.sched_getaffinity(0)))
    try:
        quota = quota_cores(_QUOTA.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError):
        quota = None
    return max(1, logical if quota is None else min(logical, quota))
