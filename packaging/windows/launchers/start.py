"""Starts one of the three programs in the folder that a launcher (launcher.c) lies in.

A launcher calls Python with this file, the name of the program and its arguments. Everything that
asks for ``sys.frozen`` finds the app packaged, as under PyInstaller on Linux.
"""

import runpy
import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def _show(kind: type[BaseException], error: BaseException, trace: object) -> None:
    """Show why the window's program ended: it has no terminal that could tell."""
    import ctypes
    import traceback

    text = "".join(traceback.format_exception(error))[-3000:]
    ctypes.windll.user32.MessageBoxW(None, text, "Spark Desktop", 0x10)


def main() -> None:
    """Run the program that ``sys.argv`` names."""
    program = sys.argv[1]
    sys.frozen = "windows"
    sys._MEIPASS = str(_HERE)
    sys.argv[:] = [sys.executable, *sys.argv[2:]]


    if sys.stderr is None:
        sys.excepthook = _show
    runpy.run_path(str(_HERE / "programs" / f"{program}.py"), run_name="__main__")


if __name__ == "__main__":
    main()
