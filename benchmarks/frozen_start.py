"""A frozen app that tells of its painting, for ``cold_start``.

A frozen program takes no script of ours, so that its tree is linked into another folder, where one
module is put before the app's own: everything else, from the boot loader on, is what was built.
"""

import importlib.util
import marshal
import os
import shutil
import struct
from pathlib import Path

_PACKAGE = "_internal/spark_desktop"
_MODULE = "app.pyc"
# The app's own module, under the name that the one before it imports.
ITSELF = "app_itself"
# Behind the magic number: no source to compare with, and no hash of it.
_NO_SOURCE = struct.pack("<III", 1, 0, 0)


def telling(program: Path, code: str, folder: Path) -> Path:
    """Return a copy of the frozen program in ``folder`` whose module ``app`` is this code.

    The copy shares the bytes of the tree where the file system can. Raises RuntimeError where the
    program is none that was frozen with this Python.
    """
    tree = program.resolve().parent
    module = tree / _PACKAGE / _MODULE
    if not module.is_file():
        raise RuntimeError(f"{program} is no frozen Spark: {module} is missing")
    magic = importlib.util.MAGIC_NUMBER
    if not module.read_bytes().startswith(magic):
        raise RuntimeError(f"{program} was frozen with another Python; build it with this one")
    copy = folder / "frozen"
    shutil.copytree(tree, copy, symlinks=True, copy_function=_link)
    target = copy / _PACKAGE / _MODULE
    target.rename(target.with_stem(ITSELF))
    target.write_bytes(magic + _NO_SOURCE + marshal.dumps(compile(code, "telling", "exec")))
    return copy / program.name


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
