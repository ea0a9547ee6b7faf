"""Opens the database of the index, and makes it; one that does not fit is thrown away."""

import os
import sqlite3
from pathlib import Path

# Counted up with every change of the tables, or of what is taken from a file.
VERSION = 1
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


def discard(file: Path) -> None:
    """Remove a database with what SQLite keeps beside it. Raises OSError."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def connected(file: Path) -> sqlite3.Connection:
    """Open the database, with its tables. Raises sqlite3.DatabaseError for one of another kind."""
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


def is_busy(error: sqlite3.Error) -> bool:
    """Return whether it only has to be waited for."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
    )
