"""How the window looks: a theme's colours, one attribute a role, and the sizes of its type."""

import re
import tomllib
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

import spark_resources

_HEX = re.compile(r"#[0-9a-f]{6}")
# Pixels: the size of type that all lengths of the interface are meant for.
BASE = 13


@dataclass(frozen=True)
class Theme:
    """Colours as ``#rrggbb``; what each role is for stands in the user guide.

    ``font_size`` is the base size of type in pixels, by which the whole interface is scaled;
    ``code_family`` is the font of code, empty for the platform's.
    """

    name: str
    window: str
    surface: str
    raised: str
    line: str
    text: str
    text_secondary: str
    accent: str
    added_line: str
    added_text: str
    removed_line: str
    removed_text: str
    warning: str
    problem: str
    emulated: str
    link: str
    is_dark: bool
    font_size: int = BASE
    code_family: str = ""

    def px(self, length: float) -> int:
        """Return a length, in pixels at the usual size of type, at this one."""
        return round(length * self.font_size / BASE)


def load_theme(name: str) -> Theme:
    """Return the theme ``name`` (``dark`` or ``light``).

    Raises ValueError, naming the file and the role, where a colour is missing or not ``#rrggbb``,
    and FileNotFoundError for a theme that does not exist.
    """
    path = spark_resources.resource("themes", f"{name}.toml")
    data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    colors: dict[str, Any] = data["colors"]
    for role, value in colors.items():
        if not _HEX.fullmatch(value):
            raise ValueError(f"{path.name}: {role} is {value!r}, not a colour like #16181d.")
    try:
        return Theme(name=data["name"], is_dark=data["dark"], **colors)
    except TypeError as error:
        raise ValueError(f"{path.name}: its roles are not those of a theme: {error}.") from error


def system_theme() -> Theme:
    """Return the theme that the system's colour scheme asks for; dark where it does not say."""
    scheme = QGuiApplication.styleHints().colorScheme()
    return load_theme("light" if scheme == Qt.ColorScheme.Light else "dark")


def other_theme(theme: Theme) -> Theme:
    """Return the light theme for a dark one, and the dark one for a light one."""
    return with_type(load_theme("light" if theme.is_dark else "dark"), theme)


def with_type(theme: Theme, like: Theme) -> Theme:
    """Return the theme's colours with the fonts of another."""
    return replace(theme, font_size=like.font_size, code_family=like.code_family)
