"""What the index keeps of files: derived data, thrown away where it does not fit."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from posixpath import dirname, join

from spark_desktop.adapters.index_database import connected, discard, is_busy
from spark_desktop.adapters.index_encoding import packed
from spark_desktop.adapters.index_files import ReadFile, Stamp
from spark_desktop.adapters.index_queries import IndexQueries
from spark_desktop.domain.import_targets import import_keys

# What one version of a file leaves behind in the full text; when most of it is such, all is made
# anew. SQLite 3.40, which Debian has, cannot delete from a text that it does not hold.
_LEAST_DEAD = 5000


class IndexStore:
    """One file for one project, with what is asked of it. Every method may raise sqlite3.Error."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection
        self.queries = IndexQueries(connection)
        self._dead = self._count("texts_docsize") - self._count("files WHERE digest != ''")

    @classmethod
    def open(cls, file: Path) -> "IndexStore":
        """Open the database; one of another version, or that is none, is made anew.

        Raises OSError or sqlite3.Error where no database can be made.
        """
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return cls(connected(file))
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and is_busy(error):
                raise
            discard(file)
            return cls(connected(file))

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
            "SELECT size, mtime_ns FROM files WHERE name = ? AND folder = ?",
            self.queries.place(path),
        ).fetchone()
        return Stamp(*found) if found else None

    def restamp(self, path: str, stamp: Stamp) -> None:
        """Note that the file has another time and the same text."""
        with self._change():
            self._sql.execute(
                "UPDATE files SET size = ?, mtime_ns = ? WHERE name = ? AND folder = ?",
                (stamp.size, stamp.mtime_ns, *self.queries.place(path)),
            )

    def put(self, files: Iterable[ReadFile]) -> None:
        """Take these files as they are now, in one step."""
        with self._change():
            for file in files:
                self._forget(file.path)
                self._add(file)
        self.queries.changed()

    def remove(self, paths: Iterable[str]) -> None:
        """Forget these files, and what is below paths that are folders, in one step."""
        with self._change():
            for path in paths:
                self._forget(path)
                for below in self.queries.below(path):
                    self._forget(below)
        self.queries.changed()

    def _add(self, file: ReadFile) -> None:
        name, folder = self._new_place(file.path)
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
            "SELECT id, digest FROM files WHERE name = ? AND folder = ?", self.queries.place(path)
        ).fetchone()
        if found is None:
            return
        file, digest = found
        keys = {
            key
            for one in self.queries.imports(path)
            for key in import_keys(path, one.module, one.names)
        }
        self._sql.executemany(
            "DELETE FROM import_keys WHERE key = ? AND file = ?", ((key, file) for key in keys)
        )
        for table in ("imports", "definitions"):
            self._sql.execute(f"DELETE FROM {table} WHERE file = ?", (file,))
        self._sql.execute("DELETE FROM files WHERE id = ?", (file,))
        self._dead += digest != ""

    def _new_place(self, path: str) -> tuple[str, int]:
        name, number = self.queries.place(path)
        if number < 0:
            folder = (dirname(path),)
            added = self._sql.execute("INSERT INTO folders (path) VALUES (?)", folder).lastrowid
            number = added or 0
        return name, number

    def _count(self, table: str) -> int:
        return int(self._sql.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    @contextmanager
    def _change(self) -> Iterator[None]:
        self._sql.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.queries.changed(taken_back=True)
            self._sql.execute("ROLLBACK")
            raise
        self._sql.execute("COMMIT")
