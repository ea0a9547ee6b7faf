"""Starts Spark at log-in, by the convention of each platform."""

import os
import plistlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from spark_desktop.adapters.whole_file import write_whole
from spark_desktop.domain.errors import DesktopError
from spark_desktop.domain.words import say
from spark_desktop.services.autostart import Autostart

_NAME = "spark-desktop"
_LABEL = "org.spark-desktop.autostart"
_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
# The desktop entry specification lets these stand only within double quotes.
_RESERVED = frozenset(" \t\n\"'\\><~|&;$*?#()`")


def start_command() -> tuple[str, ...]:
    """Return how this program is started with no window, only its tray icon."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "--hidden")
    program = Path(sys.executable)
    # Without a console of its own, which Windows would show at each log-in.
    windowed = program.with_name("pythonw.exe")
    chosen = windowed if sys.platform == "win32" and windowed.exists() else program
    # -P: it is started in the home folder, whose modules must not be run.
    return (str(chosen), "-P", "-m", "spark_desktop.app", "--hidden")


def system_autostart(command: Sequence[str]) -> Autostart:
    """Return what starts ``command`` at log-in on this system."""
    if sys.platform == "win32":
        return RunKey(WindowsRegistry(), command)
    if sys.platform == "darwin":
        return LaunchAgent(Path.home() / "Library" / "LaunchAgents", command)
    config = os.environ.get("XDG_CONFIG_HOME")
    # The specification has relative paths passed over.
    is_usable = config is not None and Path(config).is_absolute()
    return XdgAutostart(Path(config or "") if is_usable else Path.home() / ".config", command)


class XdgAutostart:
    """A desktop entry in ``autostart`` of the configuration folder; an Autostart."""

    def __init__(self, config: Path, command: Sequence[str]) -> None:
        self._file = config / "autostart" / f"{_NAME}.desktop"
        self._command = command

    def turn_on(self) -> None:
        """Write the entry; one with our command that the desktop has altered stays as it is."""
        line = f"Exec={_exec(self._command)}"
        with _refusals(self._file):
            if line in _lines(self._file):
                return
            text = "\n".join(
                (
                    "[Desktop Entry]",
                    "Type=Application",
                    "Version=1.5",
                    "Name=Spark Desktop",
                    "Comment=Watches a folder and proposes changes to its code",
                    line,
                    f"Icon={_NAME}",
                    "Terminal=false",
                    "X-GNOME-Autostart-enabled=true",
                    "",
                )
            )
            write_whole(self._file, text.encode())

    def turn_off(self) -> None:
        """Remove the entry."""
        with _refusals(self._file):
            self._file.unlink(missing_ok=True)


class LaunchAgent:
    """A property list in the user's ``LaunchAgents``; an Autostart."""

    def __init__(self, folder: Path, command: Sequence[str]) -> None:
        self._file = folder / f"{_LABEL}.plist"
        self._command = command

    def turn_on(self) -> None:
        """Write the agent, which takes effect at the next log-in."""
        agent = {
            "Label": _LABEL,
            "ProgramArguments": list(self._command),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            # Not for a log-in over the network, which has no screen.
            "LimitLoadToSessionType": "Aqua",
        }
        with _refusals(self._file):
            data = plistlib.dumps(agent)
            if not self._file.exists() or self._file.read_bytes() != data:
                # launchd passes over agents that others could have written.
                write_whole(self._file, data, mode=0o644)

    def turn_off(self) -> None:
        """Remove the agent."""
        with _refusals(self._file):
            self._file.unlink(missing_ok=True)


class Registry(Protocol):
    """Named texts under one key of the user's registry; every method raises OSError."""

    def set(self, key: str, name: str, value: str) -> None:
        """Write a text."""
        ...

    def remove(self, key: str, name: str) -> None:
        """Remove a text; one that is not there is no error."""
        ...


class RunKey:
    """A value under ``Run`` of the user's registry; an Autostart."""

    def __init__(self, registry: Registry, command: Sequence[str]) -> None:
        self._registry = registry
        self._command = command

    def turn_on(self) -> None:
        """Write the value."""
        with _refusals(_RUN_KEY):
            self._registry.set(_RUN_KEY, _NAME, subprocess.list2cmdline(self._command))

    def turn_off(self) -> None:
        """Remove the value."""
        with _refusals(_RUN_KEY):
            self._registry.remove(_RUN_KEY, _NAME)


class WindowsRegistry:
    """HKEY_CURRENT_USER; ``winreg`` exists on Windows only."""

    def set(self, key: str, name: str, value: str) -> None:
        """Write a text. Raises OSError."""
        if sys.platform == "win32":
            import winreg

            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
                winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)

    def remove(self, key: str, name: str) -> None:
        """Remove a text. Raises OSError."""
        if sys.platform == "win32":
            import winreg

            try:
                access = winreg.KEY_SET_VALUE
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, 0, access) as opened:
                    winreg.DeleteValue(opened, name)
            except FileNotFoundError:
                return


@contextmanager
def _refusals(place: object) -> Iterator[None]:
    """Turn an OSError into a DesktopError that names the place."""
    try:
        yield
    except OSError as error:
        raise DesktopError(
            say(
                "The start at log-in could not be changed: {place} ({reason}).",
                place=place,
                reason=error.strerror or error,
            ),
            say("Make it writable, or change it in the settings of your desktop."),
        ) from error


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        return []


def _exec(command: Sequence[str]) -> str:
    return " ".join(_quoted(argument) for argument in command)


def _quoted(argument: str) -> str:
    argument = argument.replace("%", "%%")
    if argument and not _RESERVED.intersection(argument):
        return argument
    for character in '\\"`$':
        argument = argument.replace(character, f"\\{character}")
    # Once more, since the value of a key has escapes of its own.
    return f'"{argument}"'.replace("\\", "\\\\")
