"""Which files of a workspace a check gets to see: all of them, or those around the file.

The rule: a workspace of at most MOST_FILES watched files, of MOST_BYTES together, is there as a
whole. Of a larger one there are the package around the file (the nearest folder above it with a
manifest: pyproject.toml, package.json, Cargo.toml, go.mod …; else the file's own folder), the files
directly in the folders above it, and what pytest's configuration names (testpaths,
pythonpath). Files that Spark does not watch (ignored, secret) are never there. Files over
LARGEST_FILE and folders of dependencies are not copied but shown, read-only.
"""

import os
import time
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from spark_desktop.adapters.ignore_rules import IgnoreRules, is_file_entry, is_folder_entry

MOST_FILES = 4000
MOST_BYTES = 100_000_000
LARGEST_FILE = 5_000_000
_MANIFESTS = (
    *("pyproject.toml", "setup.py", "setup.cfg", "package.json", "Cargo.toml", "go.mod"),
    *("CMakeLists.txt", "Makefile", "meson.build"),
)
DEPENDENCIES = (".venv", "venv", "node_modules", "__pypackages__", "bower_components")
_ENVIRONMENTS = (".venv", "venv")
# Seconds after which a workspace that was too large may have become smaller.
_LARGE_S = 60.0
# More changed folders than these are a switch of branches.
_FEW = 16
_GONE = (0, 0)
_Stamp = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """The paths of files, and of the folders that they are in, outer ones first.

    ``shown`` are folders of dependencies. ``is_whole``: nothing is missing for the workspace's
    size. ``stamp`` changes when what is in the folders does.
    """

    files: tuple[str, ...]
    folders: tuple[str, ...]
    shown: tuple[str, ...]
    is_whole: bool
    stamp: tuple[tuple[str, ...], _Stamp]


class Scopes:
    """Finds scopes, and keeps them until something is made or removed in their folders."""

    def __init__(
        self,
        root: Path,
        rules: IgnoreRules,
        most_files: int = MOST_FILES,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._root, self._rules = root, rules
        self._most_files, self._most_bytes = most_files, most_bytes
        self._whole: Scope | None = None
        self._seen = 0.0
        self._around: tuple[tuple[str, ...], Scope] | None = None

    def scope(self, paths: Sequence[str]) -> Scope:
        """Return what is there for a check that is about these files."""
        if (whole := self._whole_now()).is_whole:
            return whole
        key = tuple(sorted(set(paths)))
        known = self._around
        if known is None or known[0] != key or self._has_changed(known[1]):
            known = self._around = (key, self._listed(self._near(key), False))
        return known[1]

    def _whole_now(self) -> Scope:
        known = self._whole
        if known is not None and not known.is_whole and time.monotonic() - self._seen < _LARGE_S:
            return known
        if known is None or self._has_changed(known):
            found = self._mended(known) if known is not None else None
            if found is None:
                found = self._listed(self._rules.files("", self._most_files + 1), True)
            self._whole = known = replace(found, is_whole=self._fits(found.files))
            self._seen = time.monotonic()
        return known

    def _mended(self, scope: Scope) -> Scope | None:
        """Return a scope with the files of a few changed folders listed anew.

        None where more is another: rules, which folders there are, dependencies.
        """
        folders, old = scope.stamp
        new = self._stamp(scope.files, folders)
        changed = {one for one, was, now in zip(folders, old, new, strict=False) if was != now}
        is_little = len(changed) <= _FEW and changed <= set(scope.folders)
        if (
            old[len(folders) :] != new[len(folders) :]
            or _GONE in new[: len(folders)]
            or not is_little
        ):
            return None
        files = [path for path in scope.files if path.rpartition("/")[0] not in changed]
        for folder in changed:
            listed = self._listed_in(folder, scope)
            if listed is None:
                return None
            files += listed
        found = tuple(sorted(files))
        return replace(scope, files=found, stamp=(folders, self._stamp(found, folders)))

    def _listed_in(self, folder: str, scope: Scope) -> list[str] | None:
        """Return the watched files directly in a folder; None where a new folder came, or rules."""
        known = {*scope.stamp[0], *scope.shown}
        files = []
        for entry in _entries(self._root / folder):
            path = f"{folder}/{entry.name}" if folder else entry.name
            is_folder = is_folder_entry(entry)
            if path in known:
                continue
            if entry.name in DEPENDENCIES:
                return None
            if self._rules.check(path, is_folder) is not None:
                continue
            if is_folder or (entry.name == ".gitignore" and path not in scope.files):
                return None
            if is_file_entry(entry):
                files.append(path)
        return files

    def _fits(self, files: Sequence[str]) -> bool:
        if len(files) > self._most_files:
            return False
        size = 0
        for path in files:
            size += self._size(path)
            if size > self._most_bytes:
                return False
        return True

    def _size(self, path: str) -> int:
        try:
            size = os.lstat(f"{self._root}/{path}").st_size
        except OSError:
            return 0
        return size if size <= LARGEST_FILE else 0

    def _near(self, paths: Iterable[str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        size = 0
        for path in self._nearest_first(paths):
            size += self._size(path)
            if len(found) >= self._most_files or size > self._most_bytes:
                break
            found[path] = None
        return tuple(sorted(found))

    def _nearest_first(self, paths: Iterable[str]) -> Iterator[str]:
        for path in paths:
            above = _above(path)
            yield path
            for folder in above:
                yield from self._directly_in(folder)
            package = next((one for one in above if one and self._has_manifest(one)), "")
            yield from self._rules.files(package or above[0] or "", self._most_files)
        for folder in self._named():
            yield from self._rules.files(folder, self._most_files)

    def _directly_in(self, folder: str) -> Iterator[str]:
        names = sorted(one.name for one in _entries(self._root / folder) if is_file_entry(one))
        for name in names[: self._most_files // 10]:
            path = f"{folder}/{name}" if folder else name
            if self._rules.check(path) is None:
                yield path

    def _has_manifest(self, folder: str) -> bool:
        return any(os.path.isfile(self._root / folder / name) for name in _MANIFESTS)

    def _named(self) -> tuple[str, ...]:
        try:
            data = tomllib.loads((self._root / "pyproject.toml").read_text("utf-8"))
            options = data["tool"]["pytest"]["ini_options"]
        except (OSError, ValueError, KeyError, TypeError):
            return ()
        named: list[str] = []
        for key in ("testpaths", "pythonpath"):
            value = options.get(key, []) if isinstance(options, dict) else []
            given = value.split() if isinstance(value, str) else value
            named += [one for one in given if isinstance(one, str)]
        plain = (one.strip("/").removeprefix("./") for one in named)
        return tuple(one for one in plain if one not in ("", ".") and ".." not in one.split("/"))

    def _listed(self, files: tuple[str, ...], is_whole: bool) -> Scope:
        folders = sorted({folder for path in files for folder in _above(path)})
        empty = self._empty_in(folders)
        shown = tuple(self._shown_in(folders))
        stamped = (*folders, *empty)
        stamp = (stamped, self._stamp(files, stamped))
        return Scope(files, tuple(folders), shown, is_whole, stamp)

    def _has_changed(self, scope: Scope) -> bool:
        stamped, stamp = scope.stamp
        return self._stamp(scope.files, stamped) != stamp

    def _stamp(self, files: Sequence[str], folders: tuple[str, ...]) -> _Stamp:
        rules = [path for path in files if path.rpartition("/")[2] == ".gitignore"]
        places = (*folders, *rules, ".git/info/exclude")
        return tuple(_changed(f"{self._root}/{place}") for place in places)

    def _empty_in(self, folders: Sequence[str]) -> tuple[str, ...]:
        """Return the watched folders that hold no watched file yet: one may be made there."""
        known = set(folders)
        found: list[str] = []
        waiting = list(folders)
        while waiting and len(found) < self._most_files:
            folder = waiting.pop()
            for entry in _entries(self._root / folder):
                path = f"{folder}/{entry.name}" if folder else entry.name
                if path in known or not is_folder_entry(entry):
                    continue
                if self._rules.check(path, is_folder=True) is None:
                    found.append(path)
                    waiting.append(path)
        return tuple(sorted(found))

    def _shown_in(self, folders: Sequence[str]) -> Iterator[str]:
        for folder in folders:
            for name in DEPENDENCIES:
                path = f"{folder}/{name}" if folder else name
                place = self._root / path
                if not os.path.isdir(place):
                    continue
                # A link may lead anywhere; to an environment of Python it is a usual one.
                is_environment = os.path.isfile(place / "pyvenv.cfg")
                if is_environment if name in _ENVIRONMENTS else not os.path.islink(place):
                    yield path


def _above(path: str) -> tuple[str, ...]:
    """Return the folders that a path is in, the innermost first, the root as ""."""
    parts = path.split("/")[:-1]
    return tuple("/".join(parts[:count]) for count in range(len(parts), -1, -1))


def _changed(path: str) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except OSError:
        return _GONE
    return (status.st_mtime_ns, status.st_ino)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []
