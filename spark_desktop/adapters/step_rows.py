"""Steps and their changes as rows of the database."""

import json
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from spark_desktop.adapters.contents import is_kept
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.history import AppliedChange, Step, StepKind
from spark_desktop.domain.operation import UndoneMark
from spark_desktop.domain.patch import ABSENT, FileKind, Hunk, Owner
from spark_desktop.domain.words import say

_CHANGE = "id, path, title, hunks, before, after, created, undone, kind, target, undone_hunks"
# In characters: the lines of a whole file take as much as the file.
_WORTH_PACKING = 1_000


def steps_of(connection: sqlite3.Connection, workspace: str) -> tuple[Step, ...]:
    """Return the kept steps of a workspace, oldest first."""
    changes: dict[int, list[AppliedChange]] = defaultdict(list)
    rows = connection.execute(
        f"SELECT step, {_CHANGE} FROM changes WHERE workspace = ? ORDER BY position", (workspace,)
    )
    for step, *row in rows:
        changes[step].append(_change(row))
    found = connection.execute(
        "SELECT position, id, title, kind, created, origin FROM steps WHERE workspace = ? "
        "ORDER BY position",
        (workspace,),
    )
    return tuple(
        Step(
            id=id_,
            title=title,
            kind=StepKind(kind),
            created=datetime.fromisoformat(created),
            changes=tuple(changes[position]),
            origin=origin,
        )
        for position, id_, title, kind, created, origin in found
    )


def add_step(connection: sqlite3.Connection, workspace: str, step: Step) -> None:
    """Keep a step as the newest one of the workspace."""
    position = connection.execute(
        "INSERT INTO steps (id, workspace, title, kind, origin, created) VALUES (?, ?, ?, ?, ?, ?)",
        (step.id, workspace, step.title, step.kind, step.origin, step.created.isoformat()),
    ).lastrowid
    connection.executemany(
        f"INSERT INTO changes (workspace, step, {_CHANGE}) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(workspace, position, *_packed_row(change)) for change in step.changes],
    )


def mark(
    connection: sqlite3.Connection,
    workspace: str,
    marks: Iterable[UndoneMark],
    skipped: Set[str] = frozenset(),
) -> None:
    """Set what is undone of kept changes, but for those of files in ``skipped``."""
    for change_id, is_undone, hunks in marks:
        row = connection.execute(
            "SELECT path, target FROM changes WHERE workspace = ? AND id = ?",
            (workspace, change_id),
        ).fetchone()
        if row is None or not skipped.isdisjoint(row):
            continue
        connection.execute(
            "UPDATE changes SET undone = ?, undone_hunks = ? WHERE workspace = ? AND id = ?",
            (is_undone, json.dumps(sorted(hunks)), workspace, change_id),
        )


def as_written(step: Step, skipped: Set[str]) -> Step | None:
    """Return the step with the changes of ``skipped`` files undone; None where none stands."""
    changes = tuple(
        replace(change, undone=True) if skipped & {change.path, change.target} else change
        for change in step.changes
    )
    if skipped and all(change.undone for change in changes):
        return None
    return replace(step, changes=changes)


def title_of(connection: sqlite3.Connection, workspace: str, changes: Iterable[str]) -> str:
    """Return the title of the newest step that one of the changes is of; "" for none."""
    ids = tuple(changes)
    row = connection.execute(
        "SELECT steps.title FROM steps JOIN changes ON changes.step = steps.position "
        f"WHERE changes.workspace = ? AND changes.id IN ({', '.join('?' * len(ids))}) "
        "ORDER BY steps.position DESC LIMIT 1",
        (workspace, *ids),
    ).fetchone()
    return str(row[0]) if row else ""


def require_known(
    connection: sqlite3.Connection, workspace: str, step: Step | None, marks: Iterable[UndoneMark]
) -> None:
    """Raise StoreError where the bytes of a change, or a change to mark, are not kept."""
    for change in step.changes if step else ():
        for digest in (change.before, change.after):
            if digest != ABSENT and not is_kept(connection, digest):
                raise StoreError(
                    say("The change of {path} does not match its bytes.", path=change.path),
                    say("Nothing was written; ask for a new proposal."),
                )
    for change_id, _, _ in marks:
        row = connection.execute(
            "SELECT 1 FROM changes WHERE workspace = ? AND id = ?", (workspace, change_id)
        ).fetchone()
        if row is None:
            raise StoreError(
                say(
                    "There is no kept change {change_id} in {workspace}.",
                    change_id=change_id,
                    workspace=workspace,
                ),
                say("Another window may have dropped it; look at the list of changes again."),
            )


def step_to_json(step: Step) -> str:
    """Return what ``step_from_json`` takes."""
    changes = [_row(change) for change in step.changes]
    head = [step.id, step.title, step.kind, step.created.isoformat(), step.origin]
    return json.dumps([head, changes])


def step_from_json(text: str) -> Step:
    """Return what ``step_to_json`` was made of."""
    (id_, title, kind, created, origin), changes = json.loads(text)
    return Step(
        id=id_,
        title=title,
        kind=StepKind(kind),
        created=datetime.fromisoformat(created),
        changes=tuple(_change(row) for row in changes),
        origin=origin,
    )


def _row(change: AppliedChange) -> tuple[object, ...]:
    return (
        *(change.id, change.path, change.title),
        json.dumps([asdict(hunk) for hunk in change.hunks]),
        *(change.before or None, change.after or None, change.created.isoformat()),
        *(change.undone, change.kind, change.target, json.dumps(sorted(change.undone_hunks))),
    )


def _packed_row(change: AppliedChange) -> tuple[object, ...]:
    id_, path, title, hunks, *rest = _row(change)
    return (id_, path, title, _packed(str(hunks)), *rest)


def _packed(text: str) -> str | bytes:
    return text if len(text) < _WORTH_PACKING else zlib.compress(text.encode())


def _unpacked(packed: str | bytes) -> str:
    return packed if isinstance(packed, str) else zlib.decompress(packed).decode()


def _change(row: list[Any]) -> AppliedChange:
    id_, path, title, hunks, before, after, created, undone, kind, target, undone_hunks = row
    return AppliedChange(
        id=id_,
        path=path,
        title=title,
        hunks=tuple(_hunk(hunk) for hunk in json.loads(_unpacked(hunks))),
        before=before or ABSENT,
        after=after or ABSENT,
        created=datetime.fromisoformat(created),
        undone=bool(undone),
        kind=FileKind(kind),
        target=target,
        undone_hunks=frozenset(json.loads(undone_hunks)),
    )


def _hunk(hunk: dict[str, Any]) -> Hunk:
    # Older programs kept no owner: every hunk was a model's.
    owner = Owner(hunk.get("owner", Owner.MODEL))
    return Hunk(hunk["id"], hunk["start"], tuple(hunk["old"]), tuple(hunk["new"]), owner)
