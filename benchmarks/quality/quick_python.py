"""Runs the unittest modules of many folders in one process: 100 of them take a second.

Run as a program it reads a list of jobs, [folder, module, …] each, as JSON and writes a list of
results, [whether it passed, what was written] each.
"""

import importlib
import io
import json
import os
import subprocess
import sys
import traceback
import unittest
from collections.abc import Iterable, Sequence
from pathlib import Path

_SECONDS = 60


def modules_of(command: str) -> list[str] | None:
    """Return the modules that a command gives to unittest; None for any other command."""
    words = command.split()
    if words[:3] != ["{python}", "-m", "unittest"]:
        return None
    return [word for word in words[3:] if not word.startswith("-")]


def run_all(jobs: Iterable[tuple[Path, Sequence[str]]]) -> list[tuple[bool, str]]:
    """Return for each folder with its modules whether their tests pass, and what they wrote."""
    given = json.dumps([[str(folder), *modules] for folder, modules in jobs])
    # Isolated: no folder but the job's own is looked into for modules.
    words = [sys.executable, "-I", str(Path(__file__).resolve())]
    done = subprocess.run(
        words, input=given, stdout=subprocess.PIPE, text=True, check=True, timeout=_SECONDS
    )
    return [(passed, written) for passed, written in json.loads(done.stdout)]


def _run(folder: str, modules: Sequence[str]) -> tuple[bool, str]:
    known = set(sys.modules)
    os.chdir(folder)
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    stream = io.StringIO()
    try:
        try:
            # A module that is not there is a test that fails ...
            tests = unittest.defaultTestLoader.loadTestsFromNames(modules)
        except Exception:  # noqa: BLE001 - whatever the code of a task raises
            # ... and so is one that fails while it is read.
            return False, traceback.format_exc()
        return unittest.TextTestRunner(stream).run(tests).wasSuccessful(), stream.getvalue()
    finally:
        sys.path.remove(folder)
        for name in set(sys.modules) - known:
            if not str(getattr(sys.modules[name], "__file__", "")).startswith(sys.base_prefix):
                del sys.modules[name]


def _main() -> None:
    sys.dont_write_bytecode = True
    output, sys.stdout = sys.stdout, io.StringIO()
    results = [_run(folder, modules) for folder, *modules in json.load(sys.stdin)]
    json.dump(results, output)


if __name__ == "__main__":
    _main()
