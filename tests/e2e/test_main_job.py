"""From a saved file to a change on disk and back, through the program's own wiring."""

import asyncio
import sys
from pathlib import Path

import pytest

from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.events import ChangeApplied, ChangeIgnored, ChangeReverted, TurnChanged
from spark_desktop.domain.proposal import Closed, Proposal
from spark_desktop.domain.trigger import EditComment, Insertion, Stub
from spark_desktop.domain.workspace import IgnoreReason
from tests.e2e.sessions import Session, session, until, write_replay

pytestmark = pytest.mark.e2e

SAVED = b"""\
import math


def area(width, height):
    # return the product of both AI!
    return 0


def circumference(radius):
    pass
"""
REWRITTEN = "```python\ndef area(width, height):\n    return width * height\n```\n"
AGAIN = "```python\ndef circumference(radius):\n    return 2 * math.pi * radius\n```\n"
WRITTEN = b"""\
import math


def area(width, height):
    return width * height


def circumference(radius):
    return 2 * math.pi * radius
"""
DONE = TurnState.DONE
BOM = b"\xef\xbb\xbf"


def _answers(script: Path) -> str:
    return write_replay(
        script,
        {"match": "<|fim_prefix|>", "text": "return 2 * math.pi * radius\n"},
        {"match": "the product of both", "text": REWRITTEN},
        # What it is asked for beside, to see whether it stays with its answer.
        {"match": "Write the body of this function", "text": AGAIN},
    )


def _of(proposals: tuple[Proposal, ...], kind: type) -> Proposal:
    return next(proposal for proposal in proposals if isinstance(proposal.trigger, kind))


async def _own_writes_seen(opened: Session, count: int) -> None:
    """Wait until the watch has reported so many of the program's own writes."""

    def seen() -> int:
        ignored = [event.ignored for event in opened.events.of(ChangeIgnored)]
        return sum(change.reason is IgnoreReason.OWN_WRITE for change in ignored)

    await until(lambda: seen() >= count)


async def test_a_saved_stub_and_comment_become_changes_that_outlive_the_program(
    folder: Path, data_dir: Path, script: Path
) -> None:
    model, file = _answers(script), folder / "shapes.py"
    async with session(folder, data_dir, model) as first:
        await first.start()
        file.write_bytes(SAVED)
        proposals = await first.ready(2)
        assert file.read_bytes() == SAVED
        comment, stub = _of(proposals, EditComment), _of(proposals, Stub)
        assert all(check.passed for proposal in proposals for check in proposal.evidence)
        assert comment.usage is not None
        assert comment.usage.completion_tokens > 0
        # The second is moved to where it stands after the first.
        step = await first.project.review.accept(comment.id)
        assert [change.path for change in step.changes] == ["shapes.py"]
        await first.project.review.accept(stub.id)
        assert file.read_bytes() == WRITTEN
        assert first.proposal(stub.id).state == Closed(1)
        await _own_writes_seen(first, 1)
        await first.project.edits.undo()
        await first.project.edits.undo()
        assert file.read_bytes() == SAVED
        await first.project.turns.idle()
        assert len(first.project.turns.proposals()) == 2
        assert len(first.events.of(ChangeApplied)) == 2

    async with session(folder, data_dir, model) as second:
        steps = await second.project.edits.steps()
        assert [step.undone for step in steps] == [True, True]
        await second.project.edits.redo()
        await second.project.edits.redo()
        assert file.read_bytes() == WRITTEN
        await second.project.edits.undo()
        await second.project.edits.undo()
        assert file.read_bytes() == SAVED
        reverted = [event.change.undone for event in second.events.of(ChangeReverted)]
        assert reverted == [False, False, True, True]


async def test_a_rename_reaches_a_file_with_a_secret_and_all_of_it_is_written_as_one(
    folder: Path, data_dir: Path, script: Path
) -> None:
    # Joined here, so that this file holds no secret itself.
    secret = "pass" + "word = 'hK8s9d7fJw2LmQx0Zt'\n"
    use = "from lib import area\n\nprint(area(1, 2))\n"
    lib, plain, guarded = (folder / name for name in ("lib.py", "plain.py", "guarded.py"))
    lib.write_text("def area(w, h):\n    return w * h\n", encoding="utf-8")
    plain.write_text(use, encoding="utf-8")
    guarded.write_text(use + secret, encoding="utf-8")
    async with session(folder, data_dir, write_replay(script)) as opened:
        await opened.start()
        # The texts before are known by then: a folder without git is looked at once.
        await until(lambda: opened.project.inbox.seen.held >= 3)
        lib.write_text("def surface(w, h):\n    return w * h\n", encoding="utf-8")
        proposals = await opened.ready(2)
        await opened.project.review.accept_group(proposals[0].group)
    renamed = use.replace("area", "surface")
    assert plain.read_text(encoding="utf-8") == renamed
    assert guarded.read_text(encoding="utf-8") == renamed + secret


async def test_a_project_that_closes_while_saves_are_taken_starts_nothing_more(
    folder: Path, data_dir: Path, script: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "shapes.py").write_bytes(SAVED)
    taken = []
    async with session(folder, data_dir, write_replay(script)) as opened:
        project = opened.project
        snapshot = await project.files.read("shapes.py")

        async def saves() -> None:
            # As many as a formatter saves, one after the other.
            while True:
                taken.append(project.turns.request(Insertion(snapshot, None, f"{len(taken)}\n")))
                await asyncio.sleep(0)

        project.inbox.run = saves
        project.watch()
        await until(lambda: bool(taken))
    assert "closed" not in caplog.text


async def test_a_saved_question_is_answered_in_the_chat(
    folder: Path, data_dir: Path, script: Path
) -> None:
    model = write_replay(script, {"match": "What is it for", "text": "It counts."})
    async with session(folder, data_dir, model) as opened:
        await opened.start()
        (folder / "count.py").write_text("# What is it for? AI?\nn = 1\n", encoding="utf-8")
        await until(lambda: DONE in {e.turn.state for e in opened.events.of(TurnChanged)})
        thread = await opened.project.chat.current()
    assert [(turn.answer, turn.path) for turn in thread.turns] == [("It counts.", "count.py")]


@pytest.mark.parametrize(
    ("lead", "newline"),
    [(b"", b"\r\n"), (BOM, b"\n"), (BOM, b"\r\n")],
    ids=["CRLF", "BOM", "BOM and CRLF"],
)
async def test_line_ends_and_marks_survive_a_change_and_its_undo(
    lead: bytes, newline: bytes, folder: Path, data_dir: Path, script: Path
) -> None:
    file = folder / "shapes.py"
    before = lead + SAVED.replace(b"\n", newline)
    async with session(folder, data_dir, _answers(script)) as opened:
        await opened.start()
        file.write_bytes(before)
        for proposal in await opened.ready(2):
            await opened.project.review.accept(proposal.id)
        assert file.read_bytes() == lead + WRITTEN.replace(b"\n", newline)
        await opened.project.edits.undo()
        await opened.project.edits.undo()
        assert file.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="making links wants a privilege on Windows")
async def test_a_link_stays_a_link_and_its_target_is_changed_and_restored(
    folder: Path, data_dir: Path, script: Path
) -> None:
    target, link = folder / "shapes.py", folder / "link.py"
    target.write_bytes(SAVED)
    async with session(folder, data_dir, _answers(script)) as opened:
        await opened.start()
        link.symlink_to(target.name)
        for proposal in await opened.ready(2):
            assert proposal.trigger.snapshot.path == "link.py"
            await opened.project.review.accept(proposal.id)
        assert target.read_bytes() == WRITTEN
        await opened.project.edits.undo()
        await opened.project.edits.undo()
        assert target.read_bytes() == SAVED
        assert link.is_symlink()
        assert link.readlink() == Path("shapes.py")
