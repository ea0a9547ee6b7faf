"""What every benchmark says beside its rows: a table, the machine, and the commit."""

import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent

Row = dict[str, object]


def table(rows: Sequence[Row]) -> str:
    """The rows under a line of their keys, numbers to the right; a missing value is left empty."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    if not keys:
        return "(no rows)"
    columns = [[key, *(_cell(row.get(key, "")) for row in rows)] for key in keys]
    widths = [max(map(len, column)) for column in columns]
    is_number = [all(_is_number(row.get(key, 0)) for row in rows) for key in keys]
    lines = []
    for cells in zip(*columns, strict=True):
        padded = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, is_number, strict=True)
        )
        lines.append("  ".join(padded).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
    if isinstance(value, (list, tuple)):
        return ", ".join(_cell(item) for item in value)
    return str(value)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def machine() -> Row:
    """The hardware and the system that ran it, without the machine's name; memory in bytes."""
    return {
        "cpu": cpu_model(),
        "cores": usable_cores(),
        "memory_bytes": psutil.virtual_memory().total,
        "os": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
    }


def cpu_model() -> str:
    """The processor's name as the system has it, or its architecture where it has none."""
    for line in _processor_lines():
        key, _, value = line.partition(":")
        if key.strip() == "model name" and value.strip():
            return value.strip()
    return platform.processor() or platform.machine()


def _processor_lines() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        return []


def usable_cores() -> int:
    """How many cores this process may use: a container often has fewer than the machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def commit(folder: Path = ROOT) -> str:
    """The commit of the checkout, with ``+dirty`` when tracked files differ; "" without git."""
    head = _git(folder, "rev-parse", "--short=12", "HEAD")
    if not head:
        return ""
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return f"{head}+dirty" if changed else head


def _git(folder: Path, *words: str) -> str:
    try:
        found = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, encoding="utf-8"
        )
    except FileNotFoundError:
        return ""
    return found.stdout.strip() if found.returncode == 0 else ""
