"""The folders of dependencies in a shadow: they are shown, not copied.

An environment of Python stands at its own place, read-only. Tools of JavaScript write their caches
into ``node_modules`` itself, so that is a folder of the shadow, with a link for each package: to
the real folder, or to where a sandbox shows that, read-only.
"""

import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

# Where a sandbox shows what the links lead to.
STORES = "/run/packages"
_LINKED = "node_modules"
_Remove = Callable[[str], None]


@dataclass(slots=True)
class _Known:
    """What was made of a folder: its kind, the real one's time, and the names in it."""

    kind: str
    stamp: int
    names: dict[str, frozenset[str]] = field(default_factory=dict)


class ShadowPackages:
    """For the shadow in ``folder`` of the workspace ``root``; ``remove`` takes a path away."""

    def __init__(self, root: Path, folder: Path, remove: _Remove) -> None:
        self._root, self._folder, self._remove = root, folder, remove
        self._known: dict[str, _Known] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._known

    def show(self, paths: tuple[str, ...], is_open: bool) -> None:
        """Make these folders be there, and no others; ``is_open``: without a sandbox."""
        for path in [path for path in self._known if path not in paths]:
            self._remove(f"{self._folder}/{path}")
            del self._known[path]
        for path in paths:
            self._show(path, is_open)

    def _show(self, path: str, is_open: bool) -> None:
        place, source = f"{self._folder}/{path}", f"{self._root}/{path}"
        is_linked = path.rpartition("/")[2] == _LINKED
        kind = f"{is_linked} {is_open}"
        stamp = os.stat(source).st_mtime_ns
        known = self._known.get(path)
        if known is not None and (known.kind, known.stamp) == (kind, stamp):
            if is_linked and self._is_right(place, known):
                return
            if not is_linked and (is_open == os.path.islink(place)) and os.path.lexists(place):
                return
        self._remove(place)
        self._known[path] = _Known(kind, stamp)
        if is_linked:
            target = source if is_open else f"{store_of(path)}/{_LINKED}"
            self._known[path].names = _farm(source, place, target)
        elif is_open:
            os.symlink(source, place)
        else:
            os.mkdir(place, 0o700)

    def _is_right(self, place: str, known: _Known) -> bool:
        """Return whether every link is there; what else a check left is taken away."""
        for inner, names in known.names.items():
            folder = f"{place}/{inner}" if inner else place
            try:
                if not stat.S_ISDIR(os.lstat(folder).st_mode):
                    return False
                found = set(os.listdir(folder))
            except OSError:
                return False
            if not names <= found:
                return False
            for name in found - names:
                self._remove(f"{folder}/{name}")
        return True


def store_of(path: str) -> str:
    """Return the folder in which a sandbox shows a ``node_modules`` of the workspace."""
    digest = hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{STORES}/{digest}"


def _farm(source: str, place: str, target: str) -> dict[str, frozenset[str]]:
    """Make a folder of links to what is in another; return its names, and those of its scopes.

    A link is copied as it is: it leads to a package of the workspace itself, or to one beside it.
    """
    os.mkdir(place, 0o700)
    names: dict[str, frozenset[str]] = {}
    with os.scandir(source) as entries:
        found = list(entries)
    for entry in found:
        inner = f"{place}/{entry.name}"
        if entry.is_symlink():
            os.symlink(os.readlink(entry.path), inner)
        elif entry.name.startswith("@") and entry.is_dir():
            scope = _farm(entry.path, inner, f"{target}/{entry.name}")
            names[entry.name] = scope[""]
        elif not entry.name.startswith(".") or entry.name in (".bin", ".pnpm", ".yarn", ".prisma"):
            os.symlink(f"{target}/{entry.name}", inner)
        else:
            continue  # caches, and the package manager's own notes
    names[""] = frozenset(os.listdir(place))
    return names
