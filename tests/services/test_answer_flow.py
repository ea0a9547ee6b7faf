"""From an answer to files and back, with the real store, folder and database."""

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fakes import FakeClock, LineSyntax
from faults.step_cases import tree_of
from faults.stopping import KilledError, Stopping

from spark_desktop.adapters.database import Database
from spark_desktop.adapters.file_store import LocalFileStore
from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.adapters.path_guard import DiskPathGuard
from spark_desktop.adapters.step_store import SqliteStepStore
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ProposalChanged, TurnChanged, TurnStreamed
from spark_desktop.domain.operation import Operation, RecoveryOutcome
from spark_desktop.domain.proposal import Closed, Conflict, Ready
from spark_desktop.services.answer_edits import AnswerEdits
from spark_desktop.services.answer_evidence import AnswerEvidence
from spark_desktop.services.answer_files import AnswerFiles
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.bus import Bus
from spark_desktop.services.edits import EditService
from spark_desktop.services.review import ReviewService

CRLF = b"def mean(values):\r\n    return sum(values)\r\n\r\n\r\nX = 1\r\n"
WIDE = "name = 'a'\nother = 'b'\n".encode("utf-16")
PLAIN = b"one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine"
OLD = b"def old():\n    return 1\n"
BEFORE = {"crlf.py": CRLF, "wide.py": WIDE, "plain.txt": PLAIN, "old.py": OLD, "empty.txt": b""}
ANSWER = """*** Begin Patch
*** Update File: ./crlf.py
@@
-    return sum(values)
+    return sum(values) / len(values)
*** Update File: wide.py
@@
-name = 'a'
+name = 'c'
*** Update File: plain.txt
@@
-two
+zwei
 three
@@
-five
+5
+5a
 six
@@
-nine
+neun
*** Add File: deep/new.py
+X = 1
*** Update File: old.py
*** Move to: moved.py
@@
-    return 1
+    return 2
*** End Patch
"""
CHANGED = ("crlf.py", "wide.py", "plain.txt", "moved.py", "deep/new.py")


class Silent:
    """A second try that gives nothing."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    async def ask(self, *arguments: object) -> str:
        self.asked.append(arguments)
        return ""


class SavedMeanwhile:
    """A store before whose every write an editor saves one of the files."""

    def __init__(self, store: SqliteStepStore, file: Path) -> None:
        self._store = store
        self._file = file

    async def commit(self, operation: Operation) -> None:
        self._file.write_bytes(self._file.read_bytes().replace(b"seven", b"seven!"))
        await self._store.commit(operation)

    def __getattr__(self, name: str):
        return getattr(self._store, name)


@dataclass
class Desk:
    """A folder with its services, as the program has them."""

    root: Path
    database: Database
    edits: EditService
    review: ReviewService
    board: ProposalBoard
    answers: AnswerEdits
    bus: Bus
    asked: list[object]

    async def answered(self, text: str) -> None:
        """Let an answer come in pieces, and become proposals."""
        turn = Turn("t", "Mend it.", "", TurnState.STREAMING, FakeClock().now())
        self.bus.publish(TurnChanged("thread", turn))
        for at in range(0, len(text), 7):
            self.bus.publish(TurnStreamed("thread", "t", text[at : at + 7]))
        done = Turn("t", "Mend it.", text, TurnState.DONE, turn.created)
        self.bus.publish(TurnChanged("thread", done))
        await self.answers.settled()

    def of(self, path: str):
        """Return the proposal of a file."""
        return next(one for one in self.board.all() if one.trigger.snapshot.path == path)


def desk_on(folder: Path, stopping: Stopping | None = None, saving: str = "") -> Desk:
    """Return the services of a folder."""
    root, bus, clock = folder / "root", Bus(), FakeClock()
    stopping = stopping or Stopping()
    database = stopping.database(folder / "spark.db")
    files = LocalFileStore(root, IgnoreRules(root))
    board = ProposalBoard(bus)
    store = SqliteStepStore(database, files.folder, 10**9, stopping.disk(), "ended")
    kept = SavedMeanwhile(store, root / saving) if saving else store
    edits = EditService(files, kept, bus, clock)
    review = ReviewService(board, edits, files)
    evidence = AnswerEvidence(LineSyntax())
    guard, silent = DiskPathGuard(root), Silent()
    answers = AnswerEdits(lambda: AnswerFiles(guard, files), evidence, board, silent, bus, clock)
    answers.file_changed = review.file_changed
    answers.follow()
    return Desk(root, database, edits, review, board, answers, bus, silent.asked)


@pytest.fixture
async def opened(tmp_path):
    """Open the folder, with the files of BEFORE; also once more, as the next start does."""
    (tmp_path / "root").mkdir()
    for path, data in BEFORE.items():
        (tmp_path / "root" / path).write_bytes(data)
    desks = []

    def open_(stopping: Stopping | None = None, saving: str = "") -> Desk:
        desks.append(desk_on(tmp_path, stopping, saving))
        return desks[-1]

    yield open_
    for desk in desks:
        await desk.answers.close()
        await desk.database.close()


async def test_an_answer_for_five_files_is_accepted_as_one_and_undone_as_one(opened):
    desk = opened()
    await desk.answered(ANSWER)
    assert [type(one.state) for one in desk.board.all()] == [Ready] * 5
    step = await desk.review.accept_group("t")
    assert len(step.changes) == 5
    after = tree_of(desk.root)
    assert after["crlf.py"] == CRLF.replace(b"sum(values)", b"sum(values) / len(values)")
    assert after["wide.py"] == "name = 'c'\nother = 'b'\n".encode("utf-16")
    assert after["plain.txt"] == b"one\nzwei\nthree\nfour\n5\n5a\nsix\nseven\neight\nneun"
    assert (after["moved.py"], after["deep/new.py"]) == (OLD.replace(b"1", b"2"), b"X = 1\n")
    assert "old.py" not in after
    assert {type(one.state) for one in desk.board.all()} == {Closed}
    await desk.edits.undo()
    assert {path: data for path, data in tree_of(desk.root).items() if data is not None} == BEFORE


async def test_hunks_accepted_in_any_order_come_to_what_all_at_once_come_to(opened):
    desk = opened()
    await desk.answered(ANSWER)
    await desk.review.accept_group("t")
    together = tree_of(desk.root)
    await desk.edits.undo_origin("t")
    for seed in range(3):
        await desk.answers.close()
        again = opened()
        await again.answered(ANSWER)
        left = [(one.id, hunk.id) for one in again.board.all() for hunk in one.patch.hunks]
        order = random.Random(seed)
        order.shuffle(left)
        for proposal_id, hunk_id in left:
            await again.review.accept(proposal_id, [hunk_id])
        for one in again.board.all():
            if isinstance(one.state, Ready):  # the renaming, which is no hunk
                await again.review.accept(one.id)
        assert tree_of(again.root) == together
        await again.edits.undo_origin("t")
        files = {path: data for path, data in tree_of(again.root).items() if data is not None}
        assert files == BEFORE


async def test_a_file_changed_in_the_same_lines_keeps_the_whole_group_from_disk_and_is_named(
    opened,
):
    desk = opened()
    await desk.answered(ANSWER)
    (desk.root / "plain.txt").write_bytes(PLAIN.replace(b"two", b"deux"))
    before = tree_of(desk.root)
    with pytest.raises(SparkError, match=r"plain\.txt"):
        await desk.review.accept_group("t")
    assert tree_of(desk.root) == before


async def test_a_file_that_is_gone_keeps_the_whole_group_from_disk_and_is_named(opened):
    desk = opened()
    await desk.answered(ANSWER)
    (desk.root / "wide.py").unlink()
    before = tree_of(desk.root)
    for _ in range(2):
        with pytest.raises(SparkError, match=r"wide\.py"):
            await desk.review.accept_group("t")
    assert tree_of(desk.root) == before
    assert isinstance(desk.of("wide.py").state, Conflict)


async def test_a_file_that_is_saved_again_and_again_is_named(opened):
    desk = opened(saving="plain.txt")
    await desk.answered(ANSWER)
    with pytest.raises(SparkError, match=r"plain\.txt was saved again"):
        await desk.review.accept_group("t")
    files = {path: data for path, data in tree_of(desk.root).items() if data is not None}
    assert files == BEFORE | {"plain.txt": PLAIN.replace(b"seven", b"seven!!!")}


async def test_a_crash_in_the_middle_of_a_group_is_ended_and_told_at_the_next_start(
    opened, tmp_path
):
    rehearsal = opened(counted := Stopping())
    await rehearsal.answered(ANSWER)
    first = len(counted.points)
    await rehearsal.review.accept_group("t")
    after, last = tree_of(rehearsal.root), len(counted.points)
    await rehearsal.edits.undo()
    before = tree_of(rehearsal.root)
    seen = set()
    for at in range(first + 1, last, 5):
        desk = opened(stopping := Stopping())
        await desk.answered(ANSWER)
        stopping.at = len(stopping.points) + at - first
        with suppress(KilledError):
            await desk.review.accept_group("t")
        await desk.database.close()
        again = opened()
        told = await again.edits.recover()
        seen |= {one.outcome for one in told}
        now = tree_of(again.root)
        assert now in (before, after)
        assert not told or (told[0].outcome is RecoveryOutcome.COMPLETED) == (now == after)
        if now == after:
            await again.edits.undo_origin("t")
            before = tree_of(again.root)
    assert seen == {RecoveryOutcome.COMPLETED, RecoveryOutcome.ROLLED_BACK}


async def test_a_change_that_was_dismissed_is_not_asked_for_again(opened):
    desk = opened()
    turn = Turn("t", "Mend it.", "", TurnState.STREAMING, FakeClock().now())
    lost = "*** Begin Patch\n*** Update File: plain.txt\n@@\n-nowhere at all\n+x\n"
    shown = asyncio.Event()
    desk.bus.subscribe(ProposalChanged, lambda _event: shown.set())
    desk.bus.publish(TurnChanged("thread", turn))
    desk.bus.publish(TurnStreamed("thread", "t", lost + "*** End Patch\n"))
    await shown.wait()
    desk.board.remove(desk.of("plain.txt").id)
    desk.bus.publish(TurnChanged("thread", replace(turn, state=TurnState.DONE)))
    await desk.answers.settled()
    assert desk.board.all() == ()
    assert desk.asked == []
