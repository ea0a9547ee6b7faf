"""Kept bytes in the database: compressed, once per digest, for as long as something needs them."""

import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress

from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.text import digest_of
from spark_desktop.domain.words import say

# On this project's 1,000 Python files: 33 % left at 35 MB/s; level 1 leaves 37 % at 56 MB/s, level
# 9 takes 15 % longer for nothing.
_LEVEL = 6
_USERS = (
    ("changes", "before"),
    ("changes", "after"),
    ("journal_files", "before"),
    ("journal_files", "after"),
)
_UNUSED = " AND ".join(
    f"NOT EXISTS (SELECT 1 FROM {table} WHERE {table}.{column} = contents.digest)"
    for table, column in _USERS
)


def compressed(contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what ``keep`` takes; slow for large files, so not in a transaction."""
    return {digest: zlib.compress(data, _LEVEL) for digest, data in contents.items()}


def keep(connection: sqlite3.Connection, blobs: Mapping[str, bytes]) -> None:
    """Keep what ``compressed`` returned, where it is not kept yet."""
    connection.executemany(
        "INSERT INTO contents (digest, data) VALUES (?, ?) ON CONFLICT DO NOTHING", blobs.items()
    )


def is_kept(connection: sqlite3.Connection, digest: str) -> bool:
    """Return whether the bytes with the digest are kept."""
    row = connection.execute("SELECT 1 FROM contents WHERE digest = ?", (digest,)).fetchone()
    return row is not None


def load(connection: sqlite3.Connection, digest: str) -> bytes | None:
    """Return kept bytes; None where they are not. Raises StoreError where they are damaged."""
    row = connection.execute("SELECT data FROM contents WHERE digest = ?", (digest,)).fetchone()
    if row is None:
        return None
    try:
        data = zlib.decompress(row[0])
    except (zlib.error, TypeError):
        data = b""
    if digest_of(data) != digest:
        raise _damaged(digest)
    return data


class Loaded(dict[str, bytes]):
    """The kept bytes of some digests; asking for ones that are damaged raises StoreError."""

    def __init__(self, connection: sqlite3.Connection, digests: Iterable[str]) -> None:
        super().__init__()
        for digest in digests:
            # Most of what is cut short can be finished without them.
            with suppress(StoreError):
                data = load(connection, digest)
                self.update({} if data is None else {digest: data})

    def __missing__(self, digest: str) -> bytes:
        """Raise StoreError: what is kept under the digest cannot be read."""
        raise _damaged(digest)


def _damaged(digest: str) -> StoreError:
    return StoreError(
        say("The kept content {digest} is damaged.", digest=digest[:12]),
        say("It cannot be brought back; take it from your version control."),
    )


def drop_unused(connection: sqlite3.Connection, digests: Iterable[str] | None = None) -> None:
    """Drop the bytes that no change and no journal needs: of ``digests``, or all."""
    if digests is None:
        connection.execute(f"DELETE FROM contents WHERE {_UNUSED}")
    else:
        connection.executemany(
            f"DELETE FROM contents WHERE digest = ? AND {_UNUSED}", [(one,) for one in digests]
        )
