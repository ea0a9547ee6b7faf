"""One database, several processes, and an end without goodbye."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from spark_desktop.adapters.database import Database
from spark_desktop.adapters.step_store import SqliteStepStore
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.adapters.thread_library import SqliteThreadLibrary
from spark_desktop.adapters.thread_store import SqliteThreadStore
from spark_desktop.adapters.workspace_folder import WorkspaceFolder

# Waits for a line, then opens the database and keeps argument 3 steps under its own name.
WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from spark_desktop.adapters.database import Database
from spark_desktop.adapters.step_store import SqliteStepStore
from spark_desktop.adapters.workspace_folder import WorkspaceFolder
from spark_desktop.domain.history import AppliedChange, Step, StepKind
from spark_desktop.domain.operation import FileWrite, Operation
from spark_desktop.domain.patch import ABSENT
from spark_desktop.domain.text import SourceText

path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

async def main():
    database = Database(path, busy_timeout=60)
    store = SqliteStepStore(database, WorkspaceFolder(path.parent))
    for number in range(count):
        id_, text = f"{name}{number}", SourceText(f"{name}{number}")
        change = AppliedChange(id_, id_, "t", (), ABSENT, text.digest, datetime.now(UTC))
        step = Step(id_, "t", StepKind.EDIT, datetime.now(UTC), (change,))
        await store.commit(Operation(id_, (FileWrite(id_, ABSENT, text),), step))
    await database.close()

print("ready", flush=True)
sys.stdin.readline()
asyncio.run(main())
"""

# Saves a turn that streams, then says so inside an open transaction and waits to be killed.
CRASHER = """
import asyncio, sys, time
from datetime import UTC, datetime
from pathlib import Path
from spark_desktop.adapters.database import Database
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.adapters.thread_store import SqliteThreadStore
from spark_desktop.domain.conversation import Turn, TurnState

path = Path(sys.argv[1])

def hang(connection):
    connection.execute("DELETE FROM turns")
    print("stopped", flush=True)
    time.sleep(600)

async def main():
    database = Database(path)
    store = SqliteThreadStore(database, path.parent, SystemClock())
    thread = await store.create("First")
    await store.save_turn(thread.id, Turn("t", "q", "par", TurnState.STREAMING, datetime.now(UTC)))
    await database.run(hang)

asyncio.run(main())
"""

# Deletes a thread, then stands in the middle of renaming another when it is killed.
RENAMER = """
import asyncio, sys, time
from pathlib import Path
from spark_desktop.adapters.database import Database
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.adapters.thread_library import SqliteThreadLibrary
from spark_desktop.adapters.thread_search import index_title

path = Path(sys.argv[1])

def hang(connection):
    connection.execute("UPDATE threads SET title = 'Half'")
    for position in (1, 2):
        index_title(connection, position, "Half")
    print("stopped", flush=True)
    time.sleep(600)

async def main():
    database = Database(path)
    library = SqliteThreadLibrary(database, path.parent, SystemClock())
    await library.delete([sys.argv[2]])
    await database.run(hang)

asyncio.run(main())
"""


def child(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def names_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


async def test_two_processes_start_at_once_on_one_new_database_and_lose_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "spark.db"
    writers = [child(WRITER, str(path), name, "20") for name in ("left", "right")]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
    assert [writer.returncode for writer in writers] == [0, 0]

    database = Database(path)
    store = SqliteStepStore(database, WorkspaceFolder(tmp_path))
    kept = {step.id for step in await store.steps()}
    await database.close()
    names = {f"{name}{number}" for name in ("left", "right") for number in range(20)}
    assert kept == names
    assert names_in(tmp_path) == {*names, path.name}


async def test_a_killed_process_leaves_what_it_committed_and_nothing_half(tmp_path: Path) -> None:
    path = tmp_path / "spark.db"
    with child(CRASHER, str(path)) as crasher:
        assert crasher.stdout is not None
        assert crasher.stdout.readline() == "stopped\n"
        crasher.send_signal(signal.SIGKILL)

    database = Database(path)
    store = SqliteThreadStore(database, tmp_path, SystemClock())
    (thread,) = await store.threads()
    (turn,) = (await store.thread(thread.id)).turns
    checked = await database.run(_check)
    await database.close()
    assert (turn.answer, turn.error) == ("par", "interrupted")
    assert checked == "ok"


async def test_a_process_that_is_killed_while_it_renames_leaves_list_and_index_in_step(
    tmp_path: Path,
) -> None:
    path = tmp_path / "spark.db"
    database = Database(path)
    store = SqliteThreadStore(database, tmp_path, SystemClock())
    deleted, kept = await store.create("Median"), await store.create("Mean")
    with child(RENAMER, str(path), deleted.id) as renamer:
        assert renamer.stdout is not None
        assert renamer.stdout.readline() == "stopped\n"
        renamer.send_signal(signal.SIGKILL)

    library = SqliteThreadLibrary(database, tmp_path, SystemClock())
    assert [thread.title for thread in await library.page(0, 10)] == ["Mean"]
    assert [hit.thread.id for hit in await library.search("me", 10)] == [kept.id]
    assert await library.search("half", 10) == ()
    await library.restore([deleted.id])
    assert len(await library.search("me", 10)) == 2
    check = "INSERT INTO thread_search (thread_search) VALUES ('integrity-check')"
    await database.run(lambda connection: connection.execute(check).fetchall())
    await database.close()


def _check(connection: sqlite3.Connection) -> str:
    return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
