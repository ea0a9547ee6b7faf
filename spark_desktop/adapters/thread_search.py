"""The full-text index of threads, kept in step within the transaction that changes them.

Not by triggers: what is indexed of a text is worked out in ``domain.thread_search``, and an answer
that is being written is saved more often than it is worth indexing.
"""

import sqlite3
from collections.abc import Iterator

from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.thread_search import name_parts, searchable

_INSERT = "INSERT INTO thread_search (rowid, thread, head, body, parts) VALUES (?, ?, ?, ?, ?)"
# So many turns hold the best threads; of a word that stands everywhere there are many more.
_MOST_ROWS = 1000


def index_turn(connection: sqlite3.Connection, thread: int, position: int, turn: Turn) -> None:
    """Index a turn that was written at ``position`` of a thread (its position, too).

    Of one that streams only the question, and once: its answer follows when it has ended.
    """
    answer = turn.answer
    if turn.state is TurnState.STREAMING:
        answer = ""
        known = connection.execute(
            "SELECT head = ? AND body = '' FROM thread_search WHERE rowid = ?",
            (searchable(turn.question), position),
        ).fetchone()
        if known is not None and known[0]:
            return
    parts = name_parts(f"{turn.question} {answer}")
    connection.execute("DELETE FROM thread_search WHERE rowid = ?", (position,))
    row = (position, thread, searchable(turn.question), searchable(answer), parts)
    connection.execute(_INSERT, row)


def index_title(connection: sqlite3.Connection, thread: int, title: str) -> None:
    """Index the title that the user gave a thread; an empty one is taken out."""
    connection.execute("DELETE FROM thread_search WHERE rowid = ?", (-thread,))
    if title:
        row = (-thread, thread, searchable(title), "", name_parts(title))
        connection.execute(_INSERT, row)


def drop_thread(connection: sqlite3.Connection, thread: int) -> None:
    """Take a thread with its turns out of the index; before the rows themselves go."""
    connection.execute(
        "DELETE FROM thread_search WHERE rowid IN (SELECT turns.position FROM turns "
        "JOIN threads ON threads.id = turns.thread_id WHERE threads.position = ?)",
        (thread,),
    )
    connection.execute("DELETE FROM thread_search WHERE rowid = ?", (-thread,))


def index_interrupted(connection: sqlite3.Connection) -> None:
    """Index the answers that a crash cut short, as far as they were saved."""
    connection.execute(
        """UPDATE thread_search SET body = searchable(answer),
               parts = name_parts(question || ' ' || answer)
           FROM turns WHERE turns.position = thread_search.rowid AND turns.state = 'streaming'
               AND turns.answer <> '' AND thread_search.body = ''"""
    )


def matches(
    connection: sqlite3.Connection, expression: str, workspace: str | None
) -> Iterator[tuple[int, int]]:
    """Return (thread's position, row of the index) of what matches, the best first.

    Only of the threads of ``workspace`` (None: of all) that are not deleted.
    """
    # A cross join, so that the index is walked first, in its own order by rank: rows are looked up
    # only as far as they are read.
    rows = connection.execute(
        "SELECT threads.position, thread_search.rowid FROM thread_search "
        "CROSS JOIN threads ON threads.position = thread_search.thread "
        "WHERE thread_search MATCH ? AND threads.deleted IS NULL "
        "AND (? IS NULL OR threads.workspace = ?) ORDER BY thread_search.rank LIMIT ?",
        (expression, workspace, workspace, _MOST_ROWS),
    )
    yield from rows
