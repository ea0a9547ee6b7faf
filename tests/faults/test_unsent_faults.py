"""What was typed and not sent is there again after ``kill -9``."""

import signal
import subprocess
import sys
from pathlib import Path

from spark_desktop.adapters.composer_store import SqliteComposerStore
from spark_desktop.adapters.database import Database
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.adapters.thread_store import SqliteThreadStore
from spark_desktop.domain.context_item import Draft, ItemKind, ItemRef, Question
from spark_desktop.domain.conversation import TurnState

# A program whose core never answers: the first question is being asked when it is killed.
PROGRAM = """
import asyncio, sys
from pathlib import Path
from spark_desktop.domain.context_item import Draft, ItemKind, ItemRef, Question
from spark_desktop.wiring import open_project

async def main(root, data):
    project = await open_project(Path(root), data_dir=Path(data))
    thread = await project.chat.current()
    ref = ItemRef(ItemKind.FILE, "a.py")
    for name in ("first", "second"):
        await project.composing.outbox.put(Question(name, thread.id, f"{name}?", (ref,)))
    await project.composing.drafts.save_draft(thread.id, Draft("half a", (ref,)))
    while not (await project.chat.current()).turns:
        await asyncio.sleep(0)
    print(thread.id, flush=True)
    await asyncio.Event().wait()

asyncio.run(main(*sys.argv[1:]))
"""


def killed(root: Path, data: Path) -> str:
    """Run the program until it has kept everything, kill it, and return its thread's id."""
    command = [sys.executable, "-c", PROGRAM, str(root), str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as program:
        assert program.stdout is not None
        thread_id = program.stdout.readline().strip()
        program.send_signal(signal.SIGKILL)
    return thread_id


async def test_draft_and_unsent_questions_are_back_after_a_kill(tmp_path: Path) -> None:
    root, data = tmp_path / "project", tmp_path / "data"
    root.mkdir()
    (root / "a.py").write_text("A = 1\n")
    thread_id = killed(root, data)
    assert thread_id
    database = Database(data / "spark.db")
    try:
        store = SqliteComposerStore(database, root)
        ref = ItemRef(ItemKind.FILE, "a.py")
        assert await store.draft(thread_id) == Draft("half a", (ref,))
        assert await store.queued() == (Question("second", thread_id, "second?", (ref,)),)
        threads = SqliteThreadStore(database, root, SystemClock())
        (turn,) = (await threads.thread(thread_id)).turns
        # It can be asked again, with what went with it.
        assert (turn.question, turn.state) == ("first?", TurnState.FAILED)
        assert [kept.ref for kept in turn.attached] == [ref]
    finally:
        await database.close()
