"""What the doctor can ask only in the window's thread: display, tray, hotkey."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSystemTrayIcon

from spark_desktop.domain.findings import Finding, Verdict
from spark_desktop.domain.words import joined, say


class Hotkey(Protocol):
    """What registers the global hotkey."""

    @property
    def keys(self) -> str:
        """Return the keys as the user reads them; empty where none are wanted."""
        ...

    @property
    def trouble(self) -> str:
        """Return why they do not work; empty where they do."""
        ...


@dataclass(frozen=True, slots=True)
class RegisteredHotkey:
    """A hotkey that is wanted: its keys, and why they do not work, empty where they do."""

    keys: str
    trouble: str = ""


def desktop_examinations(
    hotkey: Callable[[], Hotkey | None] = lambda: None,
) -> Mapping[str, Callable[[], Finding]]:
    """Return the examinations by name, for the window's thread; each takes no time."""
    return {"display": platform, "tray": tray, "hotkey": lambda: hotkey_finding(hotkey())}


def platform() -> Finding:
    """Return by which means windows are shown, on how many screens."""
    screens = QGuiApplication.screens()
    sizes = joined(
        (
            say(
                "{width} x {height} at {ratio:.3g}",
                width=screen.size().width(),
                height=screen.size().height(),
                ratio=screen.devicePixelRatio(),
            )
            for screen in screens
        ),
        ", ",
    )
    name = {"xcb": "X11", "wayland": "Wayland", "cocoa": "macOS", "windows": "Windows"}
    platform = QGuiApplication.platformName()
    told = say("{platform}, {sizes}", platform=name.get(platform, platform), sizes=sizes)
    return Finding(say("screens"), Verdict.OK, told)


def tray(is_available: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable) -> Finding:
    """Return whether the desktop shows tray icons."""
    if is_available():
        return Finding(say("tray"), Verdict.OK, say("the desktop shows tray icons"))
    return Finding(
        say("tray"),
        Verdict.NOTE,
        say("the desktop shows no tray icons; everything else works without"),
        say("On GNOME, install an extension that shows them (AppIndicator)."),
    )


def hotkey_finding(hotkey: Hotkey | None) -> Finding:
    """Return whether the global hotkey works."""
    name = say("global hotkey")
    if hotkey is None or not hotkey.keys:
        return Finding(name, Verdict.OK, say("none is registered"))
    if hotkey.trouble:
        told = say("{keys}: {trouble}", keys=hotkey.keys, trouble=hotkey.trouble)
        step = say("Choose other keys in the settings, or bind 'spark quick' in your desktop.")
        return Finding(name, Verdict.NOTE, told, step)
    return Finding(name, Verdict.OK, say("{keys} is registered", keys=hotkey.keys))
