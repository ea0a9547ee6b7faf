"""Operations that have begun and not ended, as rows: what a crash leaves is found by them.

A row is committed before anything is made on disk, says ``PREPARED`` once every new byte is beside
its file, and goes in the same transaction that notes the effect.
"""

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from spark_desktop.adapters.file_attributes import Attributes
from spark_desktop.adapters.planned_write import PlannedWrite, Way
from spark_desktop.adapters.process_identity import is_alive
from spark_desktop.adapters.step_rows import step_from_json, step_to_json
from spark_desktop.domain.history import Step
from spark_desktop.domain.operation import Operation, UndoneMark
from spark_desktop.domain.patch import ABSENT

_FILE = ", ".join(
    (
        "path",
        "target",
        "way",
        "before",
        "after",
        "staged",
        "inode",
        "attributes",
        "folders",
        "source",
    )
)


class State(StrEnum):
    """How far an operation got, as far as the journal knows."""

    BEGUN = "begun"  # no file of the user was touched
    PREPARED = "prepared"  # some may be in their places
    FAILED = "failed"  # it is being taken back


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation of the journal."""

    operation_id: str
    state: State
    step: Step | None
    marks: tuple[UndoneMark, ...]
    writes: tuple[PlannedWrite, ...]


def begin(
    connection: sqlite3.Connection,
    workspace: str,
    owner: str,
    operation: Operation,
    writes: Sequence[PlannedWrite],
) -> None:
    """Note that an operation begins; the contents that it names must be kept."""
    marks = [[id_, undone, sorted(hunks)] for id_, undone, hunks in operation.undone]
    position = connection.execute(
        "INSERT INTO journal (id, workspace, owner, state, step, marks) VALUES (?, ?, ?, ?, ?, ?)",
        (
            *(operation.id, workspace, owner, State.BEGUN),
            step_to_json(operation.step) if operation.step else None,
            json.dumps(marks),
        ),
    ).lastrowid
    connection.executemany(
        f"INSERT INTO journal_files (journal, number, {_FILE}) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(position, number, *_row(write)) for number, write in enumerate(writes)],
    )


def note_state(connection: sqlite3.Connection, operation_id: str, state: State) -> None:
    """Note how far an operation got."""
    connection.execute("UPDATE journal SET state = ? WHERE id = ?", (state, operation_id))


def end(connection: sqlite3.Connection, operation_id: str) -> None:
    """Note that an operation is over, one way or the other."""
    connection.execute("DELETE FROM journal WHERE id = ?", (operation_id,))


def claim(
    connection: sqlite3.Connection, workspace: str, owner: str, own: Collection[str]
) -> tuple[Entry, ...]:
    """Make ``owner`` the one who sees to what was cut short, and return it, oldest first.

    What another process is still at is left to it, as is what this one is at but for ``own``.
    """
    rows = connection.execute(
        "SELECT position, id, owner, state, step, marks FROM journal WHERE workspace = ? "
        "ORDER BY position",
        (workspace,),
    ).fetchall()
    found = []
    for position, id_, whose, state, step, marks in rows:
        if id_ not in own and is_alive(whose):
            continue
        connection.execute("UPDATE journal SET owner = ? WHERE position = ?", (owner, position))
        found.append(
            Entry(
                operation_id=id_,
                state=State(state),
                step=step_from_json(step) if step else None,
                marks=tuple(
                    (one, undone, frozenset(ids)) for one, undone, ids in json.loads(marks)
                ),
                writes=_writes(connection, position),
            )
        )
    return tuple(found)


def _row(write: PlannedWrite) -> tuple[object, ...]:
    return (
        *(write.path, str(write.target), write.way, write.before or None, write.after or None),
        *(str(write.staged), str(write.inode)),
        write.attributes.to_json() if write.attributes else None,
        json.dumps([str(folder) for folder in write.folders]),
        write.source,
    )


def _writes(connection: sqlite3.Connection, position: int) -> tuple[PlannedWrite, ...]:
    rows = connection.execute(
        f"SELECT {_FILE} FROM journal_files WHERE journal = ? ORDER BY number", (position,)
    )
    return tuple(
        PlannedWrite(
            path=path,
            target=Path(target),
            way=Way(way),
            before=before or ABSENT,
            after=after or ABSENT,
            staged=Path(staged),
            inode=int(inode),
            attributes=Attributes.from_json(attributes) if attributes else None,
            folders=tuple(Path(folder) for folder in json.loads(folders)),
            source=source,
        )
        for path, target, way, before, after, staged, inode, attributes, folders, source in rows
    )
