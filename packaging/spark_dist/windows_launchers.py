"""The three programs of the Windows tree: small C programs that start its Python."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spark_dist.facts import DistError

SOURCE = Path(__file__).parent.parent / "windows" / "launchers"
COMPILER = "x86_64-w64-mingw32-gcc-posix"
RESOURCES = "x86_64-w64-mingw32-windres"
_NEEDED = "Install mingw-w64 (on Debian and Ubuntu: apt install gcc-mingw-w64-x86-64-posix)."
# Reproducible, small, and with what Windows can do against attacks on memory.
_FLAGS = ("-O2", "-s", "-municode", "-Wall", "-Wextra", "-Werror", "-static-libgcc")
_LINK = ("--no-insert-timestamp", "--dynamicbase", "--nxcompat", "--high-entropy-va")


class LauncherError(DistError):
    """A launcher cannot be built; the message names the next step."""


@dataclass(frozen=True, slots=True)
class Launcher:
    """One program: its file's name, the entry of ``programs/`` and whether it has a terminal."""

    name: str
    entry: str
    description: str
    windowed: bool = False


LAUNCHERS = (
    Launcher("spark-desktop", "desktop", "Spark Desktop", windowed=True),
    Launcher("spark", "command", "Spark Desktop's command line"),
    Launcher("spark-core", "core", "Spark Desktop's inference core"),
)


def build_launchers(
    target: Path,
    version: str,
    python_library: str,
    icon: bytes | None,
    launchers: Sequence[Launcher] = LAUNCHERS,
) -> None:
    """Compile the programs into a folder; ``icon`` is an .ico file.

    Raises LauncherError where there is no compiler, or it complains.
    """
    for tool in (COMPILER, RESOURCES):
        if shutil.which(tool) is None:
            raise LauncherError(f"{tool} is not here. {_NEEDED}")
    for launcher in launchers:
        with tempfile.TemporaryDirectory() as scratch:
            _build(launcher, Path(scratch), target, version, python_library, icon)


def resource_script(launcher: Launcher, version: str, has_icon: bool) -> str:
    """Return the text of a launcher's resources: icon, manifest, version."""
    numbers = [*(part for part in version.split(".") if part.isdigit()), "0", "0", "0", "0"]
    values = {
        "ICON": '1 ICON "spark.ico"' if has_icon else "",
        "NUMBERS": ",".join(numbers[:4]),
        "DESCRIPTION": launcher.description,
        "VERSION": version,
        "NAME": launcher.name,
    }
    text = (SOURCE / "launcher.rc.in").read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _build(
    launcher: Launcher,
    scratch: Path,
    target: Path,
    version: str,
    python_library: str,
    icon: bytes | None,
) -> None:
    for name in ("launcher.c", "launcher.manifest"):
        shutil.copyfile(SOURCE / name, scratch / name)
    script = resource_script(launcher, version, icon is not None)
    (scratch / "launcher.rc").write_text(script, encoding="utf-8")
    if icon is not None:
        (scratch / "spark.ico").write_bytes(icon)
    _run([RESOURCES, "-O", "coff", "launcher.rc", "resources.o"], scratch)
    command = [COMPILER, *_FLAGS, f'-DPROGRAM="{launcher.entry}"']
    command += [f'-DPYTHON_LIBRARY="{python_library}"']
    command += ["-DWINDOWED", "-mwindows"] if launcher.windowed else ["-mconsole"]
    command += [f"-Wl,{option}" for option in _LINK]
    command += ["launcher.c", "resources.o", "-o", "program.exe"]
    _run(command, scratch)
    shutil.copyfile(scratch / "program.exe", target / f"{launcher.name}.exe")


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise LauncherError(f"{command[0]} failed:\n{done.stderr.strip()}")
