"""What earlier steps did to files beside their bytes, so that an undo can take that back too."""

import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from spark_desktop.adapters.file_attributes import Attributes
from spark_desktop.adapters.planned_write import PlannedWrite, Way


@dataclass(frozen=True, slots=True)
class Memory:
    """What removed files carried, by path and digest, and which folders were made by steps."""

    removed: Mapping[tuple[str, str], Attributes] = field(default_factory=dict)
    made: frozenset[Path] = frozenset()


def recall(connection: sqlite3.Connection, workspace: str) -> Memory:
    """Return what ``remember`` kept of a workspace."""
    removed = connection.execute(
        "SELECT path, digest, attributes FROM removed_files WHERE workspace = ?", (workspace,)
    )
    made = connection.execute("SELECT path FROM made_folders WHERE workspace = ?", (workspace,))
    return Memory(
        {(path, digest): Attributes.from_json(text) for path, digest, text in removed},
        frozenset(Path(path) for (path,) in made),
    )


def remember(
    connection: sqlite3.Connection, workspace: str, writes: Sequence[PlannedWrite]
) -> None:
    """Keep what the writes did, once they are done."""
    for write in writes:
        folders = [(workspace, str(folder)) for folder in write.folders]
        if write.way is Way.CREATE:
            connection.executemany("INSERT OR IGNORE INTO made_folders VALUES (?, ?)", folders)
        elif write.way is Way.REMOVE and write.attributes is not None:
            gone = [row for row in folders if not os.path.lexists(row[1])]
            connection.executemany(
                "DELETE FROM made_folders WHERE workspace = ? AND path = ?", gone
            )
            connection.execute(
                "INSERT OR REPLACE INTO removed_files (workspace, path, digest, attributes) "
                "VALUES (?, ?, ?, ?)",
                (workspace, write.path, write.before, write.attributes.to_json()),
            )


def forget_unused(connection: sqlite3.Connection) -> None:
    """Drop what removed files carried whose bytes are not kept any more."""
    connection.execute(
        "DELETE FROM removed_files WHERE NOT EXISTS "
        "(SELECT 1 FROM contents WHERE contents.digest = removed_files.digest)"
    )
