"""The installed app: whether this is one, what lies beside its programs, what it must not hand on.

Its three programs (the window, ``spark``, ``spark-core``) lie in one folder; ``models/``,
``engine/`` and ``licences/`` may lie beside them. packaging/README.md has the layout.
"""

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path

_SEARCH = "LD_LIBRARY_PATH"
# What PyInstaller's boot loader tells the children that it takes for a part of itself.
_BOOT = "_PYI_"
# What it takes for its own: the user's commands are looked for in theirs.
_VIRTUAL = "VIRTUAL_ENV"
_STARTED_WITH = Path("/proc/self/environ")


def is_packaged() -> bool:
    """Return whether this is the installed app, which has no ``python -m``."""
    return bool(getattr(sys, "frozen", False))


def programs_folder() -> Path | None:
    """Return the folder of the installed app's programs; None in a checkout or a wheel."""
    return Path(sys.executable).parent if is_packaged() else None


def bundled(*parts: str) -> Path | None:
    """Return a file or folder that lies beside the programs; None where there is none.

    In a checkout nothing does. A bundle of macOS has a folder of its own for what is no program.
    """
    folder = programs_folder()
    if folder is not None and folder.parts[-2:] == ("Contents", "MacOS"):
        folder = folder.with_name("Resources")
    path = None if folder is None else folder.joinpath(*parts)
    return path if path is not None and path.exists() else None


def own_environment(
    environment: MutableMapping[str, str] = os.environ, started_with: Path = _STARTED_WITH
) -> None:
    """Take back what the boot loader did to the environment; called once, at the start.

    The user's linters and browsers would find our libraries in the place of the system's. This
    process has found its own by then, and each program of ours gets its own boot loader.
    ``started_with`` is a file of what the process was given, on systems that have one.
    """
    if not is_packaged():
        return
    before = environment.pop(f"{_SEARCH}_ORIG", None)
    if before is not None:
        environment[_SEARCH] = before
    elif sys.platform.startswith("linux"):
        environment.pop(_SEARCH, None)
    for name in [name for name in environment if name.startswith(_BOOT)]:
        del environment[name]
    if virtual := _given(_VIRTUAL, started_with):
        environment[_VIRTUAL] = virtual


def _given(name: str, started_with: Path) -> str:
    try:
        lines = started_with.read_bytes().split(b"\0")
    except OSError:
        return ""
    values = {key: value for key, _, value in (line.partition(b"=") for line in lines)}
    return os.fsdecode(values.get(os.fsencode(name), b""))
