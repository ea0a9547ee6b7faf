"""The folder ``licences/`` of a tree: every text, an index for the app, what Qt's LGPL asks for.

What the packages lack comes from ``resources/licences``.
"""

import hashlib
import re
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from spark_desktop.adapters.notices import INDEX, written_index
from spark_desktop.domain.notices import Component
from spark_dist.allowed import check
from spark_dist.contents import Target, contents, target_of
from spark_dist.facts import ROOT, DistError

OVERVIEW = "NOTICES.txt"
_OWN = "LICENSE"
_ODD = re.compile(r"[^A-Za-z0-9._+-]+")

_QT_FOLDERS = {
    "linux": "_internal/PySide6/Qt/lib (and Qt/plugins), named libQt6*.so.6",
    "win32": r"python\site-packages\PySide6, named Qt6*.dll",
    "darwin": "Contents/Frameworks of the application, named Qt*.framework",
}

# Who may do what with Qt, where sources are; filled in and put before the list.
_HEAD = Path(__file__).with_name("notices_head.txt")


def write(
    folder: Path, packages: Iterable[str], target: Target | None = None
) -> tuple[Component, ...]:
    """Write the texts of all that a tree holds into its folder ``licences``; return what it holds.

    ``packages`` are the names of the Python packages in it; the tree is the folder around
    ``folder`` where no target is given. Raises DistError for a licence that is missing or not
    allowed.
    """
    parts = contents(packages, target or target_of(folder.parent))
    components = [part.component for part in parts]
    check(components)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copyfile(ROOT / _OWN, folder / _OWN)
    kept = _Kept(folder)
    listed = tuple(replace(one, texts=kept.texts_of(one)) for one in components)
    (folder / INDEX).write_text(written_index(folder, listed), encoding="utf-8", newline="\n")
    platform = (target or target_of(folder.parent)).platform
    overview = _overview(listed, folder, platform)
    (folder / OVERVIEW).write_text(overview, encoding="utf-8", newline="\n")
    return listed


class _Kept:
    """Copies texts into folders named after their components; equal ones are kept once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places: dict[str, Path] = {}

    def texts_of(self, component: Component) -> tuple[Path, ...]:
        """Return where the texts of a component lie now."""
        return tuple(self._place(component.name, text) for text in component.texts)

    def _place(self, name: str, text: Path) -> Path:
        try:
            content = text.read_bytes()
        except OSError as error:
            raise DistError(f"The licence of {name} cannot be read: {error}") from error
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self._places:
            inner = self._folder / _ODD.sub("-", name)
            inner.mkdir(exist_ok=True)
            place = inner / _readable(text.name)
            count = 2
            while place.exists():
                place = inner / f"{count}-{_readable(text.name)}"
                count += 1
            place.write_bytes(content)
            self._places[digest] = place
        return self._places[digest]


def _readable(name: str) -> str:
    """Return a name that a double click opens: most texts have no ending."""
    return name if name.lower().endswith((".txt", ".md", ".rst")) else f"{name}.txt"


def _overview(components: Iterable[Component], folder: Path, platform: str) -> str:
    listed = tuple(components)
    qt = next((one for one in listed if one.name == "Qt"), None)
    head = _HEAD.read_text(encoding="utf-8").format(
        qt=qt.version if qt else "6",
        texts=_places(qt, folder) if qt else "",
        folder=_QT_FOLDERS.get(platform, _QT_FOLDERS["linux"]),
        source=qt.source if qt else "https://download.qt.io/official_releases/qt/",
    )
    return head + "\n".join(_entry(one, folder) for one in listed)


def _entry(component: Component, folder: Path) -> str:
    inside = f" (inside of {component.inside})" if component.inside else ""
    lines = [f"{component.name} {component.version}".rstrip() + inside]
    lines.append(f"    licence: {component.licence}")
    if component.home:
        lines.append(f"    home: {component.home}")
    if component.source:
        lines.append(f"    source: {component.source}")
    lines.append(f"    text: {_places(component, folder)}\n")
    return "\n".join(lines)


def _places(component: Component, folder: Path) -> str:
    return ", ".join(text.relative_to(folder).as_posix() for text in component.texts)
