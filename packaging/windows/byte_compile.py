"""Compiles the modules of folders in the place of their sources; run by the tree's own Python.

Byte code is that of one version of Python, and the one that builds is another. A module is kept as
it is where it does not compile: templates of other programs, tests of syntax.
"""

import compileall
import sys
from pathlib import Path
from py_compile import PycInvalidationMode


def main(folders: list[str]) -> None:
    """Compile every module below the folders; say how many."""
    done = 0
    for folder in folders:
        # Without time or place of the build: the same sources give the same bytes.
        compileall.compile_dir(
            folder,
            maxlevels=50,
            stripdir=folder,
            prependdir="",
            force=True,
            quiet=2,
            legacy=True,
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        )
        for source in sorted(Path(folder).rglob("*.py")):
            if source.with_suffix(".pyc").is_file():
                source.unlink()
                done += 1
    print(f"{done} modules compiled")


if __name__ == "__main__":
    main(sys.argv[1:])
