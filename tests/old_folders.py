"""Data folders of earlier programs, recorded with those (tests/data/old_data/record.py)."""

import gzip
import hashlib
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from spark_desktop.adapters.migrations import STEPS, migrate

DATA = Path(__file__).parent / "data" / "old_data"
SCHEMAS = range(1, len(STEPS))
WORKSPACE = "/old/project"
# What the recorded changes made of each file, and what was there before: first, last.
NOW = {
    "a.py": b"x = 2\ny = 3\n",
    "notes.txt": b"\xef\xbb\xbfone\r\n2\r\nthree",
    "b.py": b"def f():\n    pass\n",
}
BEFORE = NOW | {"a.py": b"x = 1\n", "notes.txt": b"\xef\xbb\xbfone\r\ntwo\r\nthree"}
REDONE = NOW | {"b.py": b"def f():\n    return 1\n"}
MODEL = b"GGUF and so on"


@dataclass(frozen=True)
class OldFolder:
    """What a user of that program has on the disk."""

    project: Path
    data: Path

    @property
    def file(self) -> Path:
        return self.data / "spark.db"

    def files(self) -> dict[str, bytes]:
        """Return the project's files by name."""
        return {path.name: path.read_bytes() for path in self.project.iterdir()}

    def digests(self) -> dict[str, str]:
        """Return every file of the data folder with the digest of its bytes."""
        return {
            path.relative_to(self.data).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.data.rglob("*")
            if path.is_file()
        }


def old_folder(schema: int, home: Path) -> OldFolder:
    """Return the folder of the last program with that schema, moved to this machine's paths."""
    made = OldFolder((home / "project").resolve(), home / "data")
    made.project.mkdir(parents=True)
    for name, data in NOW.items():
        (made.project / name).write_bytes(data)
    models = made.data / "models"
    models.mkdir(parents=True)
    (models / "qwen.gguf").write_bytes(MODEL)
    (made.data / "window.ini").write_text("[General]\ntheme=light\n[told]\nstays%20in=yes\n")
    if schema == 1:
        _first(made.file)
    else:
        made.file.write_bytes(gzip.decompress((DATA / f"{schema:02}.db.gz").read_bytes()))
    _move(made.file, str(made.project))
    return made


def newer_folder(home: Path, *, log: bool, schema: int = len(STEPS) + 1) -> OldFolder:
    """Return the folder of a program that comes after this one.

    With ``log`` that program was killed: what it wrote last stands in the log only.
    """
    made = old_folder(len(STEPS) - 1, home)
    with closing(sqlite3.connect(made.file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        migrate(connection)
        connection.execute(f"PRAGMA user_version = {schema}")
        kept = {path: path.read_bytes() for path in made.data.glob("spark.db*")}
    if log:
        for path, data in kept.items():
            path.write_bytes(data)
    return made


def _first(file: Path) -> None:
    """Write what the first step's tables hold; no program was ever published with it alone."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        migrate(connection, STEPS[:1])
        for thread, title in (("one", "Why eval?"), ("two", "Median")):
            row = (thread, WORKSPACE, title, "2026-01-02T03:01:00+00:00")
            connection.execute(
                "INSERT INTO threads (id, workspace, title, created) VALUES (?, ?, ?, ?)", row
            )
        for number, thread in enumerate(("one", "one", "two")):
            connection.execute(
                "INSERT INTO turns (id, thread_id, question, answer, state, created, model, path,"
                " error) VALUES (?, ?, ?, ?, 'done', ?, 'qwen', 'a.py', '')",
                (
                    *(f"t{number}", thread, f"Question {number}: why?"),
                    *(f"Because of `eval` {number}.", f"2026-01-02T03:0{number + 2}:00+00:00"),
                ),
            )
        connection.execute(
            "INSERT INTO turns (id, thread_id, question, answer, state, created, model, error)"
            " VALUES ('t9', 'two', 'And then?', 'Half an', 'failed',"
            " '2026-01-02T03:09:00+00:00', '', 'The server broke off.')"
        )


def _move(file: Path, workspace: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            if "workspace" in columns:
                connection.execute(
                    f"UPDATE {table} SET workspace = ? WHERE workspace = ?", (workspace, WORKSPACE)
                )
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
