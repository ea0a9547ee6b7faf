"""What is asked of the index's database; nothing is written here."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from posixpath import basename, dirname, join

from spark_desktop.domain.code import Definition, Import
from spark_desktop.domain.import_targets import file_keys
from spark_desktop.domain.trigger import Span

MANIFESTS = ("go.mod", "Cargo.toml", "package.json")
_COLUMNS = "d.name, d.kind, d.start, d.end, d.signature, d.container"
_JOINED = "definitions d JOIN files f ON f.id = d.file JOIN folders o ON o.id = f.folder"


class IndexQueries:
    """Questions about files, names, imports and words. Every method may raise sqlite3.Error."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection
        self._folders: dict[str, int] = {}

    def digest(self, path: str) -> str:
        """Return the digest of the file as it was read; "" where it is not in the index."""
        found = self._sql.execute(
            "SELECT digest FROM files WHERE name = ? AND folder = ?", self.place(path)
        ).fetchone()
        return str(found[0]) if found else ""

    def below(self, folder: str) -> list[str]:
        """Return the files that it knows below a folder."""
        rows = self._sql.execute(
            "SELECT o.path, f.name FROM folders o JOIN files f ON f.folder = o.id "
            "WHERE o.path = ? OR (o.path > ? AND o.path < ?)",
            (folder, f"{folder}/", f"{folder}0"),
        )
        return [join(at, name) for at, name in rows]

    def defined(self, names: Iterable[str]) -> set[str]:
        """Return those of the names that something defines."""
        return {
            name
            for name in names
            if self._sql.execute(
                "SELECT 1 FROM definitions WHERE name = ? LIMIT 1", (name,)
            ).fetchone()
        }

    def definitions(self, name: str, most: int) -> Iterator[Definition]:
        """Return what has the name."""
        rows = self._sql.execute(
            f"SELECT {_COLUMNS}, o.path, f.name FROM {_JOINED} WHERE d.name = ? "
            "ORDER BY o.path, f.name, d.nth LIMIT ?",
            (name, most),
        )
        return map(_definition, rows)

    def outline(self, path: str) -> list[Definition]:
        """Return what a file defines."""
        rows = self._sql.execute(
            f"SELECT {_COLUMNS}, o.path, f.name FROM {_JOINED} "
            "WHERE f.name = ? AND f.folder = ? ORDER BY d.nth",
            self.place(path),
        )
        return [_definition(row) for row in rows]

    def uses(self, path: str) -> bytes | None:
        """Return the packed uses of a file."""
        found = self._sql.execute(
            "SELECT uses FROM files WHERE name = ? AND folder = ? AND digest != ''",
            self.place(path),
        ).fetchone()
        return found[0] if found else None

    def imports(self, path: str) -> list[Import]:
        """Return what a file imports, without targets."""
        rows = self._sql.execute(
            "SELECT module, names FROM imports WHERE file = "
            "(SELECT id FROM files WHERE name = ? AND folder = ?) ORDER BY nth",
            self.place(path),
        )
        return [Import(path, module, "", tuple(names.split())) for module, names in rows]

    def importing(self, keys: Iterable[str], most: int) -> list[str]:
        """Return files whose imports hold one of the keys, by path."""
        found: set[str] = set()
        for key in keys:
            rows = self._sql.execute(
                "SELECT o.path, f.name FROM import_keys k JOIN files f ON f.id = k.file "
                "JOIN folders o ON o.id = f.folder WHERE k.key = ? LIMIT ?",
                (key, most),
            )
            found.update(join(folder, name) for folder, name in rows)
        return sorted(found)

    def holding(self, words: Iterable[str], most: int, is_any: bool = False) -> list[str]:
        """Return files whose text holds all (or any) of the words, the likeliest first."""
        quoted = [f'"{word}"' for word in words]
        if not quoted:
            return []
        query = (" OR " if is_any else " ").join(quoted)
        rows = self._sql.execute(
            "SELECT o.path, f.name FROM "
            "(SELECT rowid AS file, rank AS place FROM texts WHERE texts MATCH ?) t "
            "JOIN files f ON f.id = t.file JOIN folders o ON o.id = f.folder "
            "ORDER BY t.place, o.path, f.name LIMIT ?",
            (query, most),
        )
        return [join(folder, name) for folder, name in rows]

    def using(self, words: Iterable[str], most: int) -> Iterator[tuple[str, bytes]]:
        """Return files whose text holds all of the words, by path, with their packed uses."""
        query = " ".join(f'"{word}"' for word in words)
        rows = self._sql.execute(
            "SELECT o.path, f.name, f.uses FROM files f JOIN folders o ON o.id = f.folder "
            "WHERE f.id IN (SELECT rowid FROM texts WHERE texts MATCH ?) "
            "ORDER BY o.path, f.name LIMIT ?",
            (query, most),
        )
        return ((join(folder, name), uses) for folder, name, uses in rows)

    def named(self, name: str) -> list[str]:
        """Return the paths of the files with this last name."""
        rows = self._sql.execute(
            "SELECT o.path FROM files f JOIN folders o ON o.id = f.folder "
            "WHERE f.name = ? AND digest != '' ORDER BY o.path",
            (name,),
        )
        return [join(folder, name) for (folder,) in rows]

    def import_words(self, most: int = 40) -> list[str]:
        """Return the words by which most files are imported."""
        rows = self._sql.execute(
            "SELECT key FROM import_keys GROUP BY key ORDER BY count(*) DESC, key LIMIT ?", (most,)
        )
        return [key for (key,) in rows]

    def stemmed(self, stem: str, most: int = 3) -> list[str]:
        """Return files whose names are the stem and an ending."""
        rows = self._sql.execute(
            "SELECT o.path, f.name FROM files f JOIN folders o ON o.id = f.folder "
            "WHERE f.name > ? AND f.name < ? AND digest != '' ORDER BY o.path, f.name LIMIT ?",
            (f"{stem}.", f"{stem}/", most),
        )
        return [join(folder, name) for folder, name in rows]

    def is_file(self, path: str) -> bool:
        """Return whether the file is in the index; see ``import_targets.Paths``."""
        return self.digest(path) != ""

    def is_folder(self, path: str) -> bool:
        """Return whether files in the index are directly in the folder."""
        folder = self.folder(path)
        query = "SELECT 1 FROM files WHERE folder = ? AND digest != '' LIMIT 1"
        return self._sql.execute(query, (folder,)).fetchone() is not None

    @property
    def modules(self) -> Mapping[str, str]:
        """Return the folders of packages by their names."""
        return self._modules

    @cached_property
    def _modules(self) -> dict[str, str]:
        found = [path for name in MANIFESTS for path in self.named(name)]
        return {one.name: dirname(path) for path in found for one in self.outline(path)}

    def keys_of(self, path: str) -> frozenset[str]:
        """Return the words by which imports may name the file."""
        return file_keys(path, self.modules)

    def place(self, path: str) -> tuple[str, int]:
        """Return a file's last name and the number of its folder, -1 for one that is not known."""
        return basename(path), self.folder(dirname(path))

    def folder(self, folder: str) -> int:
        """Return the number of a folder, -1 for one that is not known."""
        known = self._folders.get(folder)
        if known is None:
            row = self._sql.execute("SELECT id FROM folders WHERE path = ?", (folder,)).fetchone()
            if row is None:
                return -1
            known = self._folders[folder] = int(row[0])
        return known

    def changed(self, *, taken_back: bool = False) -> None:
        """Forget what was true of the database before something was written, or taken back."""
        self.__dict__.pop("_modules", None)
        if taken_back:
            # A folder may have been added in it.
            self._folders.clear()


def _definition(row: tuple[str, str, int, int, str, str, str, str]) -> Definition:
    name, kind, start, end, signature, container, folder, file = row
    return Definition(name, kind, join(folder, file), Span(start, end), signature, container)
