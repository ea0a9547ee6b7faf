"""What ``spark doctor`` says about the machine: Python, processor, memory, Qt's libraries."""

import importlib.util
import os
import platform
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from spark_desktop.domain.findings import Finding, Verdict
from spark_desktop.domain.words import joined, say
from spark_resources import resource

_PYTHON = (3, 11)
_GIGABYTE = 1_000_000_000
# Below this many watches a project with its dependencies may not be followed as a whole.
_FEW_WATCHES = 65_536
# Nearly all are taken: the next folder may be the one too many.
_MOST_TAKEN = 0.9
_RAISE = "sudo sysctl fs.inotify.max_user_watches=524288"  # no text
_WATCHES = Path("/proc/sys/fs/inotify/max_user_watches")
_CPUINFO = Path("/proc/cpuinfo")
# Windows' own number for AVX2 (winnt.h, PF_AVX2_INSTRUCTIONS_AVAILABLE).
_WINDOWS_AVX2 = 40
_LDD_S = 5.0
# Debian's names of the packages that bare machines lack most often.
_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Return whether Python is new enough."""
    number = ".".join(map(str, version))
    detail = say("{version} at {path}", version=number, path=sys.executable)
    if version[:2] >= _PYTHON:
        return Finding("Python", Verdict.OK, detail)
    return Finding("Python", Verdict.MISSING, detail, say("Install Python 3.11 or newer."))


def processor(cpuinfo: Path = _CPUINFO) -> Finding:
    """Return whether the processor has what the engine is built for."""
    machine, cores = platform.machine(), psutil.cpu_count() or 1
    name = say("processor")
    detail = say("{machine}, %n logical core(s)", "", cores, machine=machine)
    if machine.lower() not in ("x86_64", "amd64"):
        return Finding(name, Verdict.OK, detail)
    has = _has_avx2(cpuinfo)
    if has is None:
        told = say("{processor}; it does not say whether it has AVX2", processor=detail)
        return Finding(name, Verdict.NOTE, told)
    if has:
        return Finding(name, Verdict.OK, joined((detail, "AVX2"), ", "))
    return Finding(
        name,
        Verdict.MISSING,
        say("{processor}, no AVX2, which the engine is built for", processor=detail),
        say("Use a machine with AVX2 (from 2013 on), or a virtual machine that passes it through."),
    )


def memory(total: int | None = None, available: int | None = None) -> Finding:
    """Return whether the default model fits, in bytes of memory."""
    known = psutil.virtual_memory()
    total = known.total if total is None else total
    available = known.available if available is None else available
    needed = _model_memory()
    name = say("memory")
    detail = say(
        "{free:.1f} of {total:.1f} GB available, the default model takes {needed:.1f} GB",
        free=available / _GIGABYTE,
        total=total / _GIGABYTE,
        needed=needed / _GIGABYTE,
    )
    if total < needed:
        return Finding(name, Verdict.MISSING, detail, say("Use a machine with more memory."))
    if available < needed:
        return Finding(name, Verdict.NOTE, detail, say("Close other programs first."))
    return Finding(name, Verdict.OK, detail)


def qt_libraries(plugins: Path | None = None) -> Finding:
    """Return whether the system has the libraries that Qt's window needs; asked on Linux only."""
    name = say("Qt libraries")
    if not sys.platform.startswith("linux"):
        return Finding(name, Verdict.OK, say("Qt brings its own on this system"))
    plugins = plugins or _plugins()
    if plugins is None:
        step = say("Install Spark Desktop again, with its dependencies.")
        return Finding(name, Verdict.MISSING, say("PySide6 is not installed"), step)
    try:
        missing = _unresolved(plugins / "platforms" / "libqxcb.so")
    except (OSError, subprocess.SubprocessError) as error:
        told = say("they could not be examined: {error}", error=error)
        return Finding(name, Verdict.NOTE, told)
    if not missing:
        return Finding(name, Verdict.OK, say("all found"))
    told = say("not found: {names}", names=", ".join(missing))
    return Finding(name, Verdict.MISSING, told, _install(missing))


def display(environment: Mapping[str, str] = os.environ) -> Finding:
    """Return whether a window can be shown; the command line needs none."""
    name = say("display")
    if not sys.platform.startswith("linux"):
        return Finding(name, Verdict.OK, say("the system's own"))
    for variable in ("WAYLAND_DISPLAY", "DISPLAY"):
        if environment.get(variable):
            return Finding(name, Verdict.OK, f"{variable}={environment[variable]}")
    return Finding(
        name,
        Verdict.NOTE,
        say("none: the window cannot be shown, the command line works"),
        say("Start spark-desktop in a desktop session, or under xvfb-run."),
    )


def file_watches(limit: Path = _WATCHES, used: Callable[[], int] | None = None) -> Finding:
    """Return whether the system lets a program follow a large folder, and how many are used."""
    name = say("file watches")
    try:
        count = int(limit.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return Finding(name, Verdict.OK, say("this system sets no limit"))
    taken = (used or _watches_used)()
    detail = say(
        "{taken} of {count} folders are watched by your programs", taken=taken, count=count
    )
    step = say("Raise it: {command}", command=_RAISE)
    if taken >= count:
        detail = say("{watched}: changes in further folders are not seen", watched=detail)
        return Finding(name, Verdict.MISSING, detail, step)
    if count >= _FEW_WATCHES and taken < _MOST_TAKEN * count:
        return Finding(name, Verdict.OK, detail)
    detail = say("{watched}: a larger project cannot be followed as a whole", watched=detail)
    return Finding(name, Verdict.NOTE, detail, step)


def _watches_used() -> int:
    """Return the watches of this user's processes, which share one limit."""
    count = 0
    for folder in Path("/proc").glob("[0-9]*/fdinfo"):
        # Processes end meanwhile, and those of others may not be looked at.
        with suppress(OSError):
            for entry in folder.iterdir():
                with suppress(OSError):
                    text = entry.read_text(encoding="ascii", errors="replace")
                    count += text.count("inotify wd:")
    return count


def _model_memory() -> int:
    catalogue = tomllib.loads(resource("models.toml").read_text(encoding="utf-8"))
    wanted = catalogue["default"]
    return next(int(m["memory_bytes"]) for m in catalogue["models"] if m["id"] == wanted)


def _has_avx2(cpuinfo: Path) -> bool | None:
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.kernel32.IsProcessorFeaturePresent(_WINDOWS_AVX2))
    try:
        text = cpuinfo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    flags = [line.split() for line in text.splitlines() if line.startswith("flags")]
    return any("avx2" in line for line in flags) if flags else None


def _plugins() -> Path | None:
    # Found, not imported: the command line works without Qt.
    spec = importlib.util.find_spec("PySide6")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return Path(folders[0]) / "Qt" / "plugins" if folders else None


def _unresolved(library: Path) -> list[str]:
    # ldd tells all that is missing, where loading the library would tell the first.
    told = subprocess.run(
        ["ldd", str(library)],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=_LDD_S,
        check=True,
    )
    lines = told.stdout.splitlines()
    return sorted({line.split()[0] for line in lines if line.endswith("=> not found")})


def _install(missing: list[str]) -> str:
    packages = [_PACKAGES[name] for name in missing if name in _PACKAGES]
    if len(packages) < len(missing):
        return say("Install the packages of your system that hold these files.")
    return say("On Debian and Ubuntu: sudo apt install {packages}", packages=" ".join(packages))
