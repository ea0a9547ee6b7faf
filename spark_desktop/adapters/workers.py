"""How our own worker processes are started, as a program of Python's or a packaged one."""

import sys
from pathlib import Path


def worker_command(option: str, module: str) -> tuple[str, ...]:
    """Return what starts a worker: of a packaged app ``spark`` with the option, else the module.

    packaging/programs/command.py takes the options.
    """
    if getattr(sys, "frozen", False):
        name = "spark.exe" if sys.platform == "win32" else "spark"
        return (str(Path(sys.executable).with_name(name)), option)
    # -P: a module of the user's project must not be run.
    return (sys.executable, "-P", "-m", module)
