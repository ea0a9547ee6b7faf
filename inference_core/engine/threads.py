"""How many OS threads the engine may use."""

import os

import psutil


def usable_threads() -> int:
    """Return how many physical cores this process may use, at least 1."""
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return max(1, min(physical, len(os.sched_getaffinity(0))))
    return physical
