"""Records data folders as the programs of the time wrote them, for the tests of upgrades.

    python tests/data/old_data/record.py        writes NN.db.gz beside this file; needs the history

For each schema the last commit that had it is unpacked, and its own adapters write the rows. What
is recorded is kept: it is not made anew when the recording changes, or old data would become new.
"""

import ast
import gzip
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
MIGRATIONS = "spark_desktop/adapters/migrations.py"
# Runs in the program of the time; the names that it imports are the same in all of them.
WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from spark_desktop.adapters.checkpoint_store import SqliteCheckpointStore
from spark_desktop.adapters.database import Database
from spark_desktop.adapters.thread_store import SqliteThreadStore
from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.history import AppliedChange
from spark_desktop.domain.patch import compute
from spark_desktop.domain.text import decode, digest_of

WORKSPACE = Path("/old/project")
MARK = b"\\xef\\xbb\\xbf"
FILES = (
    ("c1", "a.py", b"x = 1\\n", b"x = 2\\n"),
    ("c2", "a.py", b"x = 2\\n", b"x = 2\\ny = 3\\n"),
    ("c3", "notes.txt", MARK + b"one\\r\\ntwo\\r\\nthree", MARK + b"one\\r\\n2\\r\\nthree"),
    ("c4", "b.py", b"def f():\\n    pass\\n", b"def f():\\n    return 1\\n"),
)

class Clock:
    minute = 0
    def monotonic(self):
        return 0.0
    def now(self):
        self.minute += 1
        return datetime(2026, 1, 2, 3, self.minute, tzinfo=UTC)

async def write(file, schema):
    database, clock = Database(file), Clock()
    await database.open()
    threads = SqliteThreadStore(database, WORKSPACE, clock)
    usage, timing = Usage(200, 50, 150), Timing(0.31, 1.31, 0.25, 1.0)
    first, second = await threads.create("Why eval?"), await threads.create("Median")
    for number, thread in enumerate((first, first, second)):
        turn = Turn(f"t{number}", f"Question {number}: why?", f"Because of `eval` {number}.",
            TurnState.DONE, clock.now(), "qwen", "a.py", "", usage, timing)
        await threads.save_turn(thread.id, turn)
    failed = Turn("t9", "And then?", "Half an", TurnState.FAILED, clock.now(),
        error="The server broke off.")
    await threads.save_turn(second.id, failed)
    checkpoints = SqliteCheckpointStore(database, WORKSPACE)
    for name, path, before, after in FILES:
        hunks = compute(path, "", decode(before).content, decode(after).content).hunks
        change = AppliedChange(name, path, f"Change {name}", hunks, digest_of(before),
            digest_of(after), clock.now())
        await checkpoints.record(change, before, after)
    await checkpoints.mark("c4", True)
    if schema >= 4:
        from spark_desktop.adapters.lab_proposals import SqliteProposalLog
        from spark_desktop.domain.lab_proposal import ProposalFigures
        figures = ProposalFigures("p1", "qwen", usage, timing)
        await SqliteProposalLog(database, WORKSPACE).keep(figures)
    if schema >= 7:
        from spark_desktop.adapters.composer_store import SqliteComposerStore
        from spark_desktop.adapters.prompt_memory import SqlitePromptMemory
        from spark_desktop.domain.context_item import Draft, Question
        composer = SqliteComposerStore(database, WORKSPACE)
        await composer.save_draft(first.id, Draft("half a question"))
        await composer.queue(Question("q1", second.id, "an unsent question"))
        await SqlitePromptMemory(database).keep_sent(first.id, "t0", "the prompt as it was sent")
    if schema >= 8:
        from spark_desktop.adapters.ledger import SqliteLedger
        from spark_desktop.domain.contact import Contact
        from spark_desktop.services.tasks import TaskScope
        ledger = SqliteLedger(database, clock, TaskScope("old"))
        ledger.note(Contact("hub.example", 443, "fetch a model"))
        await ledger.close()
    await database.close()
    if schema >= 5:
        from spark_desktop.adapters.quick_history import SqliteQuickHistory
        quick = SqliteQuickHistory(file)
        await quick.keep("a quick question")
        await quick.close()

asyncio.run(write(Path(sys.argv[1]), int(sys.argv[2])))
"""


def schemas() -> dict[int, str]:
    """Return the last commit of each schema before the one of today."""
    found: dict[int, str] = {}
    changes = _git("log", "--first-parent", "--format=%H", "HEAD", "--", MIGRATIONS).split()
    newest = _count(changes[0])
    for change in changes:
        before = _git("rev-parse", "--verify", "-q", f"{change}^1", check=False).strip()
        if before and (count := _count(before)) and count < newest:
            found.setdefault(count, before)
    return found


def main() -> None:
    """Record what is not recorded yet."""
    for schema, commit in sorted(schemas().items()):
        target = HERE / f"{schema:02}.db.gz"
        if target.exists():
            continue
        with tempfile.TemporaryDirectory() as folder:
            archive = subprocess.run(
                ["git", "archive", commit, "spark_desktop", "spark_resources", "resources"],
                cwd=ROOT,
                check=True,
                capture_output=True,
            ).stdout
            with tarfile.open(fileobj=BytesIO(archive)) as tar:
                tar.extractall(folder, filter="data")
            file = Path(folder, "data", "spark.db")
            environment = {"PYTHONPATH": folder, "PATH": ""}
            subprocess.run(
                [sys.executable, "-P", "-c", WRITER, str(file), str(schema)],
                env=environment,
                check=True,
            )
            target.write_bytes(gzip.compress(file.read_bytes(), mtime=0))
        print(f"{target.name}: schema {schema} of {commit[:7]}, {target.stat().st_size} bytes")


def _count(commit: str) -> int:
    source = _git("show", f"{commit}:{MIGRATIONS}", check=False)
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.value, ast.Tuple):
            return len(statement.value.elts)
    return 0


def _git(*words: str, check: bool = True) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, check=check, capture_output=True, text=True)
    return done.stdout


if __name__ == "__main__":
    main()
