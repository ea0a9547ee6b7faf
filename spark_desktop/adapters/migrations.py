"""The database's schema, as numbered steps; a step that was released is never edited."""

from typing import TYPE_CHECKING

from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.thread_search import name_parts, searchable
from spark_desktop.domain.words import say

if TYPE_CHECKING:
    # A start looks up how many steps there are before there is a window.
    import sqlite3

_THREADS = (
    """CREATE TABLE threads (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        workspace TEXT NOT NULL,
        title TEXT NOT NULL,
        created TEXT NOT NULL
    )""",
    "CREATE INDEX threads_by_workspace ON threads (workspace, position)",
    """CREATE TABLE turns (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        thread_id TEXT NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
        question TEXT NOT NULL,
        answer TEXT NOT NULL,
        state TEXT NOT NULL,
        created TEXT NOT NULL,
        model TEXT NOT NULL,
        path TEXT,
        error TEXT NOT NULL,
        usage TEXT,
        timing TEXT
    )""",
    "CREATE INDEX turns_by_thread ON turns (thread_id, position)",
)
_CHECKPOINTS = (
    """CREATE TABLE contents (
        digest TEXT PRIMARY KEY,
        data BLOB NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE changes (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL,
        workspace TEXT NOT NULL,
        path TEXT NOT NULL,
        title TEXT NOT NULL,
        hunks TEXT NOT NULL,
        before TEXT NOT NULL REFERENCES contents (digest),
        after TEXT NOT NULL REFERENCES contents (digest),
        created TEXT NOT NULL,
        undone INTEGER NOT NULL,
        UNIQUE (workspace, id)
    )""",
    "CREATE INDEX changes_by_before ON changes (before)",
    "CREATE INDEX changes_by_after ON changes (after)",
)
# JSON of what an answer's server said about its emulation; NULL at the server's own pace.
_EMULATION = ("ALTER TABLE turns ADD COLUMN emulation TEXT",)
# What proposals took, for the speed lab; their text is not kept.
_PROPOSALS = (
    """CREATE TABLE proposals (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL,
        workspace TEXT NOT NULL,
        model TEXT NOT NULL,
        usage TEXT NOT NULL,
        timing TEXT,
        emulation TEXT,
        UNIQUE (workspace, id)
    )""",
)
# Questions of the quick prompt, of no workspace; one that is asked again moves to the end.
_QUICK = (
    """CREATE TABLE quick_questions (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        question TEXT NOT NULL UNIQUE
    )""",
)
# ``active`` and ``deleted`` are seconds since 1970. The index holds a row a turn, by its position,
# and one a title that the user gave, by the thread's position below zero; thread_search.py.
_THREAD_LIST = (
    "ALTER TABLE threads ADD COLUMN active REAL NOT NULL DEFAULT 0",
    "ALTER TABLE threads ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE threads ADD COLUMN deleted REAL",
    """UPDATE threads SET active = COALESCE((julianday(COALESCE(
        (SELECT created FROM turns WHERE thread_id = threads.id ORDER BY position DESC LIMIT 1),
        created)) - 2440587.5) * 86400.0, 0)""",
    "CREATE INDEX threads_by_activity ON threads (workspace, active)",
    """CREATE VIRTUAL TABLE thread_search USING fts5 (
        thread UNINDEXED, head, body, parts,
        tokenize = "unicode61 remove_diacritics 2")""",
    "INSERT INTO thread_search (thread_search, rank) VALUES ('rank', 'bm25(0.0, 4.0, 1.0, 1.0)')",
    """INSERT INTO thread_search (rowid, thread, head, body, parts)
        SELECT turns.position, threads.position, searchable(question), searchable(answer),
            name_parts(question || ' ' || answer)
        FROM turns JOIN threads ON threads.id = turns.thread_id""",
    """INSERT INTO thread_search (rowid, thread, head, body, parts)
        SELECT -position, position, searchable(title), '', name_parts(title)
        FROM threads WHERE title <> ''""",
)
# Drafts and unsent questions, what prompts were made of, and what went with each question. ``refs``
# and ``attached`` are JSON.
_COMPOSER = (
    "ALTER TABLE turns ADD COLUMN attached TEXT",
    """CREATE TABLE drafts (
        thread_id TEXT PRIMARY KEY REFERENCES threads (id) ON DELETE CASCADE,
        text TEXT NOT NULL,
        refs TEXT NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE outbox (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        thread_id TEXT NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
        text TEXT NOT NULL,
        refs TEXT NOT NULL,
        path TEXT
    )""",
    "CREATE INDEX outbox_by_thread ON outbox (thread_id)",
    """CREATE TABLE sent (
        turn_id TEXT PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE,
        thread_id TEXT NOT NULL,
        text TEXT NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX sent_by_thread ON sent (thread_id)",
    """CREATE TABLE summaries (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        thread_id TEXT NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
        turn_id TEXT NOT NULL,
        text TEXT NOT NULL,
        turns INTEGER NOT NULL,
        before INTEGER NOT NULL,
        after INTEGER NOT NULL
    )""",
    "CREATE INDEX summaries_by_thread ON summaries (thread_id, position)",
)
# Which hosts were asked, and answers that were made to measure a model.
_MACHINE = (
    """CREATE TABLE contacts (
        host TEXT NOT NULL,
        port INTEGER NOT NULL,
        purpose TEXT NOT NULL,
        count INTEGER NOT NULL,
        first TEXT NOT NULL,
        last TEXT NOT NULL,
        PRIMARY KEY (host, port, purpose)
    ) WITHOUT ROWID""",
    """CREATE TABLE measurements (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        model TEXT NOT NULL,
        usage TEXT NOT NULL,
        timing TEXT NOT NULL
    )""",
)
_ANSWERS = (
    """CREATE TABLE answers (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        asked REAL NOT NULL,
        endpoint TEXT NOT NULL,
        model TEXT NOT NULL,
        kind TEXT NOT NULL,
        usage TEXT NOT NULL,
        first_token REAL,
        total REAL,
        error TEXT NOT NULL,
        cost REAL
    )""",
    "CREATE INDEX answers_asked ON answers (asked)",
    # Who answered, and for what price, where that is known.
    "ALTER TABLE turns ADD COLUMN endpoint TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE turns ADD COLUMN cost REAL",
)
# JSON of what a failed turn's error, and a contact's purpose, are made of, so that they can be told
# in any language; NULL for what older programs kept, and for what others said.
_WORDS = (
    "ALTER TABLE turns ADD COLUMN error_words TEXT",
    "ALTER TABLE contacts ADD COLUMN purpose_words TEXT",
)
# Changes that were written as one are a step; what older programs kept become steps of one change.
# NULL instead of a digest: the file was, or is, not there. ``undone_hunks`` is JSON.
_CHANGES_OF_STEPS = (
    """CREATE TABLE steps (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL,
        workspace TEXT NOT NULL,
        title TEXT NOT NULL,
        kind TEXT NOT NULL,
        origin TEXT NOT NULL,
        created TEXT NOT NULL,
        UNIQUE (workspace, id)
    )""",
    """INSERT INTO steps (id, workspace, title, kind, origin, created)
        SELECT id, workspace, title, 'edit', '', created FROM changes ORDER BY position""",
    "ALTER TABLE changes RENAME TO old_changes",
    """CREATE TABLE changes (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL,
        workspace TEXT NOT NULL,
        step INTEGER NOT NULL REFERENCES steps (position) ON DELETE CASCADE,
        path TEXT NOT NULL,
        title TEXT NOT NULL,
        hunks TEXT NOT NULL,
        before TEXT REFERENCES contents (digest),
        after TEXT REFERENCES contents (digest),
        created TEXT NOT NULL,
        undone INTEGER NOT NULL,
        kind TEXT NOT NULL,
        target TEXT NOT NULL,
        undone_hunks TEXT NOT NULL,
        UNIQUE (workspace, id)
    )""",
    """INSERT INTO changes (id, workspace, step, path, title, hunks, before, after, created, undone,
            kind, target, undone_hunks)
        SELECT old.id, old.workspace, steps.position, old.path, old.title, old.hunks, old.before,
            old.after, old.created, old.undone, 'change', '', '[]'
        FROM old_changes AS old
        JOIN steps ON steps.workspace = old.workspace AND steps.id = old.id
        ORDER BY old.position""",
    "DROP TABLE old_changes",
    "CREATE INDEX changes_by_before ON changes (before)",
    "CREATE INDEX changes_by_after ON changes (after)",
    "CREATE INDEX changes_by_step ON changes (step)",
)
# Writes of several files that have begun and not ended; see adapters/journal.py. ``step`` and
# ``marks`` are JSON, as are ``attributes`` and ``folders``; ``owner`` is a process.
_JOURNAL = (
    """CREATE TABLE journal (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        workspace TEXT NOT NULL,
        owner TEXT NOT NULL,
        state TEXT NOT NULL,
        step TEXT,
        marks TEXT NOT NULL
    )""",
    """CREATE TABLE journal_files (
        journal INTEGER NOT NULL REFERENCES journal (position) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        path TEXT NOT NULL,
        target TEXT NOT NULL,
        way TEXT NOT NULL,
        before TEXT REFERENCES contents (digest),
        after TEXT REFERENCES contents (digest),
        staged TEXT NOT NULL,
        inode TEXT NOT NULL,
        attributes TEXT,
        folders TEXT NOT NULL,
        source TEXT NOT NULL,
        PRIMARY KEY (journal, number)
    ) WITHOUT ROWID""",
    "CREATE INDEX journal_files_by_before ON journal_files (before)",
    "CREATE INDEX journal_files_by_after ON journal_files (after)",
    # What files carried beside their bytes when a step removed them, for an undo.
    """CREATE TABLE removed_files (
        workspace TEXT NOT NULL,
        path TEXT NOT NULL,
        digest TEXT NOT NULL,
        attributes TEXT NOT NULL,
        PRIMARY KEY (workspace, path)
    ) WITHOUT ROWID""",
    # Folders that a step made for its new files; they go with the last of these.
    """CREATE TABLE made_folders (
        workspace TEXT NOT NULL,
        path TEXT NOT NULL,
        PRIMARY KEY (workspace, path)
    ) WITHOUT ROWID""",
)
STEPS: tuple[tuple[str, ...], ...] = (
    _THREADS,
    _CHECKPOINTS,
    _EMULATION,
    _PROPOSALS,
    _QUICK,
    _THREAD_LIST,
    _COMPOSER,
    _MACHINE,
    _ANSWERS,
    _WORDS,
    (*_CHANGES_OF_STEPS, *_JOURNAL),
)


def migrate(connection: "sqlite3.Connection", steps: tuple[tuple[str, ...], ...] = STEPS) -> None:
    """Bring the schema up to the last step; each step is one transaction and runs once.

    The connection must be in autocommit mode. Raises StoreError for a newer program's database,
    sqlite3.Error where a step fails, which is then taken back.
    """
    connection.create_function("searchable", 1, searchable)
    connection.create_function("name_parts", 1, name_parts)
    while _version(connection) != len(steps):
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Asked again: another process may have taken the step while we waited for the lock.
            done = _version(connection)
            refuse_newer(done, len(steps))
            for statement in steps[done] if done < len(steps) else ():
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {min(done + 1, len(steps))}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _version(connection: "sqlite3.Connection") -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def refuse_newer(found: int, known: int) -> None:
    """Raise StoreError where a database's schema is newer than what is known."""
    if found > known:
        raise StoreError(
            say(
                "The database is of a newer Spark (schema {found}, this one knows {known}).",
                found=found,
                known=known,
            ),
            say("Update Spark, or start it with another data folder."),
        )
