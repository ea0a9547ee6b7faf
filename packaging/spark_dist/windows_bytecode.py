"""Byte code for the Windows tree, compiled by the very Python that will read it.

With sources alone every start of a user who may not write there, and the first one of all others,
would compile some thousand modules. Elsewhere than on Windows that Python runs under Wine.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from spark_dist.embedded_python import Pinned, unpack_python
from spark_dist.facts import DistError

_SCRIPT = Path(__file__).parent.parent / "windows" / "byte_compile.py"
_WITHIN_S = 900
_WINE = ("wine64", "wine")


class ByteCodeError(DistError):
    """The modules could not be compiled; the message names the next step."""


def compile_modules(folders: Sequence[Path], source: Path, pinned: Pinned) -> str:
    """Put byte code in the place of all modules of these folders; return what was done.

    ``source`` is what CPython is unpacked from. Raises ByteCodeError.
    """
    with tempfile.TemporaryDirectory() as scratch:
        python = Path(scratch, "python")
        unpack_python(source, pinned, python)
        shutil.copyfile(_SCRIPT, python / _SCRIPT.name)
        command = [*runner(), str(python / "python.exe"), "-I", "-X", "utf8"]
        # Paths as that Python knows them: Wine calls our root Z:.
        command += [_named(path) for path in (python / _SCRIPT.name, *folders)]
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_WITHIN_S,
                env=_environment(Path(scratch)),
            )
        except subprocess.TimeoutExpired as error:
            raise ByteCodeError(f"Compiling took longer than {_WITHIN_S} s.") from error
    said = done.stdout.decode("utf-8", "replace").strip()
    if done.returncode != 0 or "modules compiled" not in said:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise ByteCodeError(f"Python for Windows could not compile: {' '.join(last) or said}")
    return said.splitlines()[-1]


def runner(platform: str = sys.platform) -> list[str]:
    """Return what a program of Windows is started with. Raises ByteCodeError without Wine."""
    if platform == "win32":
        return []
    for name in _WINE:
        if found := shutil.which(name):
            return [found]
    raise ByteCodeError("Wine is not here; on Debian and Ubuntu: apt install wine64 wine.")


def _named(path: Path) -> str:
    absolute = str(path.resolve())
    return absolute if sys.platform == "win32" else "Z:" + absolute.replace("/", "\\")


def _environment(scratch: Path) -> dict[str, str]:
    """Return an environment with a Wine of its own, which ends with the folder."""
    own = {"WINEPREFIX": str(scratch / "wine"), "WINEDEBUG": "-all", "WINEARCH": "win64"}
    # Neither a window nor what Wine offers to fetch at its first start.
    own |= {"DISPLAY": "", "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe="}
    own |= {"PYTHONHASHSEED": "0"}
    return {**os.environ, **own}
