"""Takes search paths of the machine that builds out of what is packaged.

A Python that was built for one folder names that folder in each of its modules (RPATH), and the
linker looks there before it looks anywhere else: whoever owns that folder on the user's machine
could have our programs load libraries of their own.
"""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from spark_dist.facts import DistError

_OWN_FOLDER = ("$ORIGIN", "${ORIGIN}")


def remove_foreign_paths(elves: Iterable[Path]) -> tuple[Path, ...]:
    """Remove the absolute search paths of these programs and libraries; return what was changed.

    Paths that begin at the file's own folder stay. Raises DistError.
    """
    changed = []
    for path in elves:
        before = _patchelf("--print-rpath", path).strip()
        kept = ":".join(one for one in before.split(":") if one.startswith(_OWN_FOLDER))
        if kept == before:
            continue
        # The old text stays in the file unless it is written over, which only setting does.
        _patchelf("--set-rpath", path, kept or _OWN_FOLDER[0])
        if not kept:
            _patchelf("--remove-rpath", path)
        changed.append(path)
    return tuple(changed)


def _patchelf(option: str, path: Path, *values: str) -> str:
    try:
        return subprocess.run(
            ["patchelf", option, *values, str(path)], capture_output=True, text=True, check=True
        ).stdout
    except FileNotFoundError:
        raise DistError("patchelf is missing; install the package patchelf.") from None
    except subprocess.CalledProcessError as error:
        raise DistError(f"{path.name} cannot be changed: {error.stderr.strip()}") from error
