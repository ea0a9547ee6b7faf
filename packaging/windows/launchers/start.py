"""Starts one of the three programs in the folder that a launcher (launcher.c) lies in.

A launcher calls Python with this file, the name of the program and its arguments. Everything that
asks for ``sys.frozen`` finds the app packaged, as under PyInstaller on Linux.
"""

import os
import runpy
import sys
from pathlib import Path
from types import TracebackType

_HERE = Path(__file__).resolve().parent
_LONGEST = 3000


def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Show why the window's program ended: it has no terminal that could tell."""
    import ctypes
    import traceback

    text = "".join(traceback.format_exception(kind, error, trace))[-_LONGEST:]
    ctypes.windll.user32.MessageBoxW(None, text, "Spark Desktop", 0x10)


def bring_qt() -> None:
    """Let Qt find its plugins' libraries, and leave PATH as it was: PySide6 puts its folder there.

    The user's own tools, started from here, would take our libraries for theirs.
    """
    path = os.environ.get("PATH")
    import PySide6

    os.add_dll_directory(str(Path(PySide6.__file__).parent))
    if path is None:
        os.environ.pop("PATH", None)
    else:
        os.environ["PATH"] = path


def main() -> None:
    """Run the program that ``sys.argv`` names."""
    program = sys.argv[1]
    sys.frozen = "windows"
    sys._MEIPASS = str(_HERE)
    del sys.argv[1]
    if sys.stderr is None:
        sys.excepthook = show
    if program == "desktop":
        bring_qt()
    runpy.run_path(str(_HERE / "programs" / f"{program}.py"), run_name="__main__")


if __name__ == "__main__":
    main()
