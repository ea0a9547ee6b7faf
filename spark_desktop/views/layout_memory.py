"""Remembers sizes and folds for each project, in an INI file of the data folder."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

_THEME = "theme"
_GEOMETRY = "geometry"
_RECENT = "recent"
_TOLD = "told"
_LANES = "lanes"
# More are not read: somebody else wrote them.
_MOST_LANES = 64


class LayoutMemory:
    """What the window looked like; a value that cannot be read counts as not remembered."""

    def __init__(self, file: Path) -> None:
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)
        self._project = ""

    def open_project(self, root: Path) -> None:
        """Read and write the layout of this project from now on."""
        # A path holds slashes, which QSettings takes for groups.
        self._project = hashlib.sha256(str(root).encode()).hexdigest()[:16]

    def take_theme(self) -> str | None:
        """Return the theme that an earlier version remembered here, and forget it.

        None where there is none: it is one of the settings since.
        """
        value = self._settings.value(_THEME)
        self._settings.remove(_THEME)
        return value if value in ("dark", "light") else None

    def recent(self, name: str) -> list[str]:
        """Return the names kept under ``name``, newest first."""
        value = self._settings.value(f"{_RECENT}/{name}")
        # A list of one comes back as its one value.
        parts = value if isinstance(value, list) else [value]
        return [part for part in parts if isinstance(part, str) and part]

    def set_recent(self, name: str, values: Sequence[str]) -> None:
        """Keep names."""
        self._settings.setValue(f"{_RECENT}/{name}", list(values))

    @property
    def geometry(self) -> QByteArray | None:
        """Return the window's place and size."""
        value = self._settings.value(_GEOMETRY)
        return value if isinstance(value, QByteArray) else None

    def set_geometry(self, geometry: QByteArray) -> None:
        """Keep the window's place and size."""
        self._settings.setValue(_GEOMETRY, geometry)

    def was_told(self, what: str) -> bool:
        """Return whether the user was told something that is told once."""
        return bool(self._settings.value(f"{_TOLD}/{what}") == "yes")

    def set_told(self, what: str) -> None:
        """Keep, at once, that the user was told it."""
        self._settings.setValue(f"{_TOLD}/{what}", "yes")
        self._settings.sync()

    def sizes(self, name: str) -> list[int] | None:
        """Return the sizes kept under ``name``, in pixels."""
        value = self._settings.value(self._key(name))
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, str) and part.isdigit() for part in parts):
            return None
        return [int(part) for part in parts]

    def set_sizes(self, name: str, sizes: Sequence[int]) -> None:
        """Keep sizes, in pixels."""
        self._settings.setValue(self._key(name), [str(size) for size in sizes])

    def choice(self, name: str) -> str:
        """Return what was chosen under ``name``, in this project; empty for nothing."""
        value = self._settings.value(self._key(name))
        return value if isinstance(value, str) else ""

    def set_choice(self, name: str, value: str) -> None:
        """Keep what was chosen."""
        self._settings.setValue(self._key(name), value)

    @property
    def lanes(self) -> tuple[str, ...] | None:
        """Return the lanes that the user last chose in the speed lab, of whatever project."""
        value = self._settings.value(_LANES)
        parts = value if isinstance(value, list) else [value]
        names = tuple(part for part in parts if isinstance(part, str) and part)
        return names[:_MOST_LANES] or None

    def set_lanes(self, names: Sequence[str]) -> None:
        """Keep the lanes of the speed lab."""
        self._settings.setValue(_LANES, list(names))

    def save(self) -> None:
        """Write to disk now."""
        self._settings.sync()

    def _key(self, name: str) -> str:
        return f"{self._project}/{name}"
