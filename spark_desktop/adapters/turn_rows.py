"""A turn as a row of the database, and back."""

import json
import sqlite3
from collections.abc import Container
from dataclasses import asdict
from datetime import datetime
from typing import Any

from spark_desktop.adapters.item_rows import attached_json, attached_of
from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.words import kept, recalled, say

INTERRUPTED = say("interrupted")
_COLUMNS = (
    "id, question, answer, state, created, model, path, error, usage, timing, emulation, attached, "
    "endpoint, cost, error_words"
)
# A thread without a title goes by its first question, the beginning of a long one: lists, menus and
# tooltips show it, and none of them the 500,000 characters that may have been pasted.
TITLE = (
    "CASE WHEN threads.title <> '' THEN threads.title ELSE COALESCE(("
    "SELECT substr(trim(question, char(9, 10, 13, 32)), 1, 300) FROM turns "
    "WHERE thread_id = threads.id ORDER BY position LIMIT 1), '') END"
)


def turns_of(
    connection: sqlite3.Connection, thread_id: str, streaming: Container[str]
) -> tuple[Turn, ...]:
    """Return a thread's turns, oldest first.

    One that is stored as streaming, but is not among ``streaming``, was cut short by a crash: it is
    returned as failed, with the error "interrupted".
    """
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM turns WHERE thread_id = ? ORDER BY position", (thread_id,)
    )
    return tuple(_turn(row, streaming) for row in rows)


def write_turn(connection: sqlite3.Connection, thread_id: str, turn: Turn) -> int:
    """Insert the turn, or replace the one with its id in its place; return its position."""
    # A whole answer has no error; what speaks against it is kept in that place.
    told = turn.doubt if turn.state is TurnState.DONE else turn.error
    # An upsert keeps the row's position, so an answer that ends late stays in its place.
    connection.execute(
        f"""INSERT INTO turns (thread_id, {_COLUMNS})
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (id) DO UPDATE SET question = excluded.question,
                   answer = excluded.answer, state = excluded.state, model = excluded.model,
                   path = excluded.path, error = excluded.error, usage = excluded.usage,
                   timing = excluded.timing, emulation = excluded.emulation,
                   attached = excluded.attached, endpoint = excluded.endpoint,
                   cost = excluded.cost, error_words = excluded.error_words""",
        (
            *(thread_id, turn.id, turn.question, turn.answer, turn.state.value),
            *(turn.created.isoformat(), turn.model, turn.path, told),
            json.dumps(asdict(turn.usage)) if turn.usage else None,
            json.dumps(asdict(turn.timing)) if turn.timing else None,
            json.dumps(asdict(turn.emulation)) if turn.emulation else None,
            attached_json(turn.attached) if turn.attached else None,
            turn.endpoint,
            turn.cost,
            kept(told),
        ),
    )
    found = connection.execute("SELECT position FROM turns WHERE id = ?", (turn.id,))
    return int(found.fetchone()[0])


def time_of(text: str) -> datetime:
    """Return a moment that was kept as text."""
    return datetime.fromisoformat(text)


def _turn(row: tuple[Any, ...], streaming: Container[str]) -> Turn:
    id_, question, answer, state, created, model, path, error = row[:8]
    usage, timing, told, items, endpoint, cost, words = row[8:]
    turn_state = TurnState(state)
    if turn_state is TurnState.STREAMING and id_ not in streaming:
        turn_state, error = TurnState.FAILED, INTERRUPTED
    error = recalled(error, words)
    is_whole = turn_state is TurnState.DONE
    return Turn(
        id=id_,
        question=question,
        answer=answer,
        state=turn_state,
        created=time_of(created),
        model=model,
        path=path,
        error="" if is_whole else error,
        doubt=error if is_whole else "",
        usage=Usage(**json.loads(usage)) if usage else None,
        timing=Timing(**json.loads(timing)) if timing else None,
        emulation=Emulation(**json.loads(told)) if told else None,
        attached=attached_of(items) if items else (),
        endpoint=endpoint,
        cost=cost,
    )
