"""The database of the index: derived data, thrown away where it does not fit."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from posixpath import basename, dirname, join

from spark_desktop.adapters.index_encoding import packed
from spark_desktop.adapters.index_files import ReadFile, Stamp
from spark_desktop.domain.code import Definition, Import
from spark_desktop.domain.import_targets import file_keys, import_keys
from spark_desktop.domain.trigger import Span

# Counted up with every change of the tables, or of what is taken from a file.
VERSION = 1
MANIFESTS = ("go.mod", "Cargo.toml", "package.json")
# What one version of a file leaves behind in the full text; when most of it is such, all is made
# anew. SQLite 3.40, which Debian has, cannot delete from a text that it does not hold.
_LEAST_DEAD = 5000
_BUSY_MS = 20_000
_CACHE_KIB = 24_000
_TABLES = """
CREATE TABLE folders (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    folder INTEGER NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    digest TEXT NOT NULL,
    uses BLOB NOT NULL,
    UNIQUE (name, folder)
);
CREATE INDEX files_by_folder ON files (folder);
CREATE TABLE definitions (
    file INTEGER NOT NULL,
    nth INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    signature TEXT NOT NULL,
    container TEXT NOT NULL,
    PRIMARY KEY (file, nth)
) WITHOUT ROWID;
CREATE INDEX definitions_by_name ON definitions (name);
CREATE TABLE imports (
    file INTEGER NOT NULL,
    nth INTEGER NOT NULL,
    module TEXT NOT NULL,
    names TEXT NOT NULL,
    PRIMARY KEY (file, nth)
) WITHOUT ROWID;
CREATE TABLE import_keys (
    key TEXT NOT NULL,
    file INTEGER NOT NULL,
    PRIMARY KEY (key, file)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE texts USING fts5 (
    words, content = '', detail = none, tokenize = "unicode61 remove_diacritics 0 tokenchars '_'"
);
"""
_COLUMNS = "d.name, d.kind, d.start, d.end, d.signature, d.container"
_JOINED = "definitions d JOIN files f ON f.id = d.file JOIN folders o ON o.id = f.folder"


class IndexStore:
    """One file for one project. Every method may raise sqlite3.Error."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection
        self._folders: dict[str, int] = {}
        self._dead = self._count("texts_docsize") - self._count("files WHERE digest != ''")

    @classmethod
    def open(cls, file: Path) -> "IndexStore":
        """Open the database; one of another version, or that is none, is made anew.

        Raises OSError or sqlite3.Error where no database can be made.
        """
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return cls(_connected(file))
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and _is_busy(error):
                raise
            discard(file)
            return cls(_connected(file))

    def close(self) -> None:
        """Close the database."""
        self._sql.close()

    @property
    def is_worn(self) -> bool:
        """Return whether most of the full text is of files that are no more what they were."""
        return self._dead > _LEAST_DEAD and self._dead > self._count("files")

    def count(self) -> int:
        """Return the number of files that it has read."""
        return self._count("files")

    def stamps(self) -> dict[str, Stamp]:
        """Return all paths that it knows, with how the files were."""
        rows = self._sql.execute(
            "SELECT o.path, f.name, size, mtime_ns FROM files f JOIN folders o ON o.id = f.folder"
        )
        return {join(folder, name): Stamp(size, time) for folder, name, size, time in rows}

    def stamp(self, path: str) -> Stamp | None:
        """Return how the file was when it was read; None where it was not."""
        found = self._sql.execute(
            "SELECT size, mtime_ns FROM files WHERE name = ? AND folder = ?", self._place(path)
        ).fetchone()
        return Stamp(*found) if found else None

    def digest(self, path: str) -> str:
        """Return the digest of the file as it was read; "" where it is not in the index."""
        found = self._sql.execute(
            "SELECT digest FROM files WHERE name = ? AND folder = ?", self._place(path)
        ).fetchone()
        return str(found[0]) if found else ""

    def restamp(self, path: str, stamp: Stamp) -> None:
        """Note that the file has another time and the same text."""
        with self._change():
            self._sql.execute(
                "UPDATE files SET size = ?, mtime_ns = ? WHERE name = ? AND folder = ?",
                (stamp.size, stamp.mtime_ns, *self._place(path)),
            )

    def put(self, files: Iterable[ReadFile]) -> None:
        """Take these files as they are now, in one step."""
        with self._change():
            for file in files:
                self._forget(file.path)
                self._add(file)
        self._changed()

    def remove(self, paths: Iterable[str]) -> None:
        """Forget these files, and what is below paths that are folders, in one step."""
        with self._change():
            for path in paths:
                self._forget(path)
                for below in self.below(path):
                    self._forget(below)
        self._changed()

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
            self._place(path),
        )
        return [_definition(row) for row in rows]

    def uses(self, path: str) -> bytes | None:
        """Return the packed uses of a file."""
        found = self._sql.execute(
            "SELECT uses FROM files WHERE name = ? AND folder = ? AND digest != ''",
            self._place(path),
        ).fetchone()
        return found[0] if found else None

    def imports(self, path: str) -> list[Import]:
        """Return what a file imports, without targets."""
        rows = self._sql.execute(
            "SELECT module, names FROM imports WHERE file = "
            "(SELECT id FROM files WHERE name = ? AND folder = ?) ORDER BY nth",
            self._place(path),
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
        folder = self._folder(path)
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

    def _add(self, file: ReadFile) -> None:
        name, folder = self._place(file.path, is_new=True)
        uses = packed(file.facts.uses) if file.digest else b""
        added = self._sql.execute(
            "INSERT INTO files (name, folder, size, mtime_ns, digest, uses) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (name, folder, file.stamp.size, file.stamp.mtime_ns, file.digest, uses),
        ).lastrowid
        if not file.digest:
            return
        self._sql.execute("INSERT INTO texts (rowid, words) VALUES (?, ?)", (added, file.words))
        self._sql.executemany(
            "INSERT INTO definitions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (added, nth, d.name, d.kind, d.lines.start, d.lines.end, d.signature, d.container)
                for nth, d in enumerate(file.facts.definitions)
            ),
        )
        imports = file.facts.imports
        self._sql.executemany(
            "INSERT INTO imports VALUES (?, ?, ?, ?)",
            ((added, nth, one.module, " ".join(one.names)) for nth, one in enumerate(imports)),
        )
        keys = {key for one in imports for key in import_keys(file.path, one.module, one.names)}
        self._sql.executemany(
            "INSERT INTO import_keys VALUES (?, ?)", ((key, added) for key in sorted(keys))
        )

    def _forget(self, path: str) -> None:
        found = self._sql.execute(
            "SELECT id, digest FROM files WHERE name = ? AND folder = ?", self._place(path)
        ).fetchone()
        if found is None:
            return
        file, digest = found
        keys = {
            key for one in self.imports(path) for key in import_keys(path, one.module, one.names)
        }
        self._sql.executemany(
            "DELETE FROM import_keys WHERE key = ? AND file = ?", ((key, file) for key in keys)
        )
        for table in ("imports", "definitions"):
            self._sql.execute(f"DELETE FROM {table} WHERE file = ?", (file,))
        self._sql.execute("DELETE FROM files WHERE id = ?", (file,))
        self._dead += digest != ""

    def _place(self, path: str, is_new: bool = False) -> tuple[str, int]:
        folder = dirname(path)
        number = self._folder(folder)
        if number < 0 and is_new:
            added = self._sql.execute("INSERT INTO folders (path) VALUES (?)", (folder,)).lastrowid
            number = self._folders[folder] = added or 0
        return basename(path), number

    def _folder(self, folder: str) -> int:
        known = self._folders.get(folder)
        if known is None:
            row = self._sql.execute("SELECT id FROM folders WHERE path = ?", (folder,)).fetchone()
            if row is None:
                return -1
            known = self._folders[folder] = int(row[0])
        return known

    def _count(self, table: str) -> int:
        return int(self._sql.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def _changed(self) -> None:
        self.__dict__.pop("_modules", None)

    @contextmanager
    def _change(self) -> Iterator[None]:
        self._sql.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            # A folder may have been added in what is taken back.
            self._folders.clear()
            self._sql.execute("ROLLBACK")
            raise
        self._sql.execute("COMMIT")


def discard(file: Path) -> None:
    """Remove a database with what SQLite keeps beside it. Raises OSError."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def _connected(file: Path) -> sqlite3.Connection:
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(file, isolation_level=None, timeout=_BUSY_MS / 1000)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # What a crash of the machine takes is read again.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute("PRAGMA temp_store = MEMORY")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if version != VERSION and tables:
            raise sqlite3.DatabaseError(f"version {version}")
        if not tables:
            connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _is_busy(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
    )


def _definition(row: tuple[str, str, int, int, str, str, str, str]) -> Definition:
    name, kind, start, end, signature, container, folder, file = row
    return Definition(name, kind, join(folder, file), Span(start, end), signature, container)
