"""The review's view model on the service that decides: each key does to files what it says."""

from dataclasses import dataclass, replace

import pytest

from spark_desktop.domain.merge import Side
from spark_desktop.domain.patch import ABSENT, FileKind, FilePatch, compute
from spark_desktop.domain.proposal import (
    Check,
    Closed,
    Decision,
    Failed,
    Proposal,
    Ready,
    State,
    Streaming,
    Withheld,
)
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import Instruction
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.review import ReviewService
from spark_desktop.viewmodels.notice import Intent, Tone
from spark_desktop.viewmodels.review import ReviewViewModel
from tests.answer_fakes import PART
from tests.edit_fakes import FakeEdits
from tests.fakes import MemoryFiles
from tests.interface_fakes import AFTER, BEFORE, FakeProject, until


@dataclass
class World:
    """The view model, the service under it, and the files."""

    files: MemoryFiles
    board: ProposalBoard
    service: ReviewService
    review: ReviewViewModel

    def put(self, name: str, path: str, after: str, kind: FileKind = FileKind.CHANGE) -> None:
        """Put one file of the answer "g" on the board."""
        is_new = kind is FileKind.CREATE
        text = SourceText("") if is_new else self.files.snapshot(path).text
        base = ABSENT if is_new else text.digest
        hunks = compute(path, base, text.content, after).hunks
        patch = FilePatch(path, base, hunks, kind)
        trigger = Instruction(Snapshot(path, text, base), None, "numbers")
        self.board.put(Proposal(name, trigger, Ready(), patch=patch, group="g"))

    def place(self) -> tuple[str | None, int | None]:
        """Return which proposal, and which of its hunks that wait, is the current one."""
        shown, current = self.review.proposal, self.review.current_hunk
        ids = [hunk.id for hunk in shown.patch.hunks] if shown and shown.patch else []
        return (shown.id if shown else None), (ids.index(current) if current in ids else None)


@pytest.fixture
async def world(project: FakeProject) -> World:
    files = MemoryFiles(a__txt=BEFORE, b__txt="x\ny\n")
    board = ProposalBoard(project.bus)
    service = ReviewService(board, FakeEdits(files), files)
    review = ReviewViewModel(project.turns, service, files, project.bus, project.scope)
    made = World(files, board, service, review)
    made.put("p1", "a.txt", AFTER)
    made.put("p2", "b.txt", "x\nz\n")
    made.put("p3", "new.txt", "made\n", FileKind.CREATE)
    review.show_proposal("p1")
    return made


async def test_all_files_are_written_as_one_and_all_of_it_is_taken_back(world: World) -> None:
    world.review.decide.accept_all()
    await until(lambda: world.files.data.get("new.txt") == b"made\n")
    await until(lambda: all(isinstance(one.state, Closed) for one in world.review.group))
    assert world.files.text("a.txt") == AFTER
    assert world.files.text("b.txt") == "x\nz\n"
    world.review.decide.undo()
    await until(lambda: all(isinstance(one.state, Ready) for one in world.review.group))
    assert "new.txt" not in world.files.data
    assert (world.files.text("a.txt"), world.files.text("b.txt")) == (BEFORE, "x\ny\n")
    assert world.review.decide.is_possible


async def test_keys_pressed_fast_write_file_after_file_and_are_taken_back_one_by_one(
    world: World,
) -> None:
    for _press in range(5):
        world.review.decide.accept()
    await until(lambda: all(isinstance(one.state, Closed) for one in world.review.group))
    assert world.files.text("a.txt") == AFTER
    world.review.decide.undo()
    await until(lambda: world.place() == ("p3", 0))
    world.review.decide.undo()
    await until(lambda: world.place() == ("p2", 0))
    assert world.files.text("b.txt") == "x\ny\n"
    assert world.files.text("a.txt") == AFTER
    world.review.decide.undo()
    await until(lambda: world.place()[0] == "p1")
    assert "line 15\n" in world.files.text("a.txt")


async def test_a_rejected_hunk_that_is_chosen_again_waits_and_is_written(world: World) -> None:
    review = world.review
    first = review.current_hunk
    assert first is not None
    review.decide.reject()
    review.decide.go_to_hunk(first)
    review.decide.undo()
    await until(lambda: review.proposal is not None and not review.proposal.decisions)
    assert review.current_hunk == first
    review.decide.accept()
    await until(lambda: "three\n" in world.files.text("a.txt"))


async def test_what_the_user_wrote_is_what_is_written(world: World) -> None:
    review = world.review
    review.work.begin_edit()
    review.work.set_text("tres\nand more")
    review.work.keep()
    review.decide.accept()
    await until(lambda: "line 2\ntres\nand more\nline 4\n" in world.files.text("a.txt"))


async def test_the_parts_of_a_split_are_decided_one_by_one(world: World) -> None:
    review = world.review
    world.put("p1", "a.txt", BEFORE.replace("line 9\n", "line 9!\nmore\n"))
    review.work.split()
    assert review.patch is not None
    assert len(review.patch.hunks) == 2
    assert world.place() == ("p1", 0)
    review.decide.reject()
    review.decide.accept()
    await until(lambda: "line 9\nmore\n" in world.files.text("a.txt"))
    for _press in range(3):
        review.decide.undo()
    await until(lambda: world.files.text("a.txt") == BEFORE)
    await until(lambda: review.proposal is not None and not review.proposal.decisions)
    await until(lambda: len(review.patch.hunks) == 1)


async def test_a_conflict_is_chosen_and_then_written(world: World) -> None:
    review = world.review
    world.files.write("a.txt", BEFORE.replace("line 3\n", "line three\n"))
    await world.service.file_changed("a.txt")
    assert review.work.conflict is not None
    review.decide.accept()
    assert review.notice is not None
    assert review.notice.text == "This hunk conflicts with what was saved since."
    review.work.resolve(Side.BOTH)
    assert review.work.conflict is None
    review.decide.accept()
    await until(lambda: "line three\nthree\n" in world.files.text("a.txt"))


async def test_a_part_is_placed_where_the_lines_are_selected(world: World) -> None:
    review = world.review
    one = world.board.get("p1")
    world.board.put(replace(one, failed=(PART,)))
    assert PART.nearest is not None
    review.work.place("f1", PART.nearest)
    assert review.work.failed_parts == ()
    review.decide.accept()
    await until(lambda: "line 6\nseven\nline 8\n" in world.files.text("a.txt"))


async def test_what_is_refused_is_told_and_nothing_is_written(world: World) -> None:
    review = world.review
    review.work.begin_edit()
    review.work.set_text("line 3")
    review.work.keep()
    assert review.notice is not None
    assert review.notice.text == "With this text nothing would change."
    review.show_proposal("p2")
    review.work.split()
    assert review.notice is not None
    assert review.notice.text == "This change has no parts."
    review.decide.undo()
    await until(
        lambda: (
            review.notice is not None
            and review.notice.text == "Nothing was decided about this proposal."
        )
    )
    assert (world.files.text("a.txt"), world.files.text("b.txt")) == (BEFORE, "x\ny\n")


async def test_a_file_that_is_written_waits_while_another_is_decided(world: World) -> None:
    one = world.board.get("p2")
    world.board.put(replace(one, state=Streaming()))
    for _press in range(3):
        world.review.decide.accept()
    await until(lambda: world.files.text("a.txt") == AFTER)
    assert world.review.proposal is not None
    world.review.show_proposal("p2")
    world.review.decide.reject()
    assert world.board.get("p2").decisions == {}
    world.board.put(one)
    world.review.decide.reject()
    assert set(world.board.get("p2").decisions.values()) == {Decision.REJECTED}


async def test_accepting_all_leaves_a_file_that_failed_and_goes_to_it(world: World) -> None:
    failed = (Check("parses", False, "It has 1 error."),)
    held = replace(world.board.get("p2"), state=Withheld("It has 1 error."), evidence=failed)
    world.board.put(held)
    world.review.show_proposal("p2")
    world.review.act(Intent.SHOW_ANYWAY)
    await until(lambda: world.review.decide.is_possible)
    world.review.show_proposal("p1")
    world.review.decide.accept_all()
    await until(lambda: world.files.data.get("new.txt") == b"made\n")
    await until(lambda: world.place() == ("p2", 0))
    await until(lambda: world.files.text("a.txt") == AFTER)
    assert world.files.text("b.txt") == "x\ny\n"
    world.review.decide.accept_all()
    await until(lambda: "What is left here failed" in getattr(world.review.notice, "text", ""))
    assert world.files.text("b.txt") == "x\ny\n"
    world.review.decide.accept_file()
    await until(lambda: world.files.text("b.txt") == "x\nz\n")
    world.review.decide.undo()
    await until(lambda: world.files.text("b.txt") == "x\ny\n")
    world.review.decide.undo()
    await until(lambda: "new.txt" not in world.files.data)
    await until(lambda: world.files.text("a.txt") == BEFORE)


@pytest.mark.parametrize("state", [Failed("no answer"), Withheld("It has 1 error.")])
async def test_accepting_all_says_which_files_have_nothing_of_it(
    world: World, state: State
) -> None:
    world.board.put(replace(world.board.get("p2"), state=state, patch=None))
    world.review.decide.accept_all()
    await until(lambda: "Accepted all but" in getattr(world.review.notice, "text", ""))
    assert world.review.notice is not None
    assert world.review.notice.text == "Accepted all but b.txt."
    assert world.review.notice.tone is Tone.WARNING
    assert world.files.text("a.txt") == AFTER
    world.review.act(Intent.DISMISS)
    assert "but" not in getattr(world.review.notice, "text", "")


async def test_of_many_files_with_nothing_of_it_their_number_is_said(world: World) -> None:
    one = world.board.get("p2")
    for number in range(4):
        snapshot = replace(one.trigger.snapshot, path=f"{number}.txt")
        trigger = replace(one.trigger, snapshot=snapshot)
        failed = replace(one, id=f"q{number}", trigger=trigger, state=Failed("no"), patch=None)
        world.board.put(failed)
    world.review.decide.accept_all()
    await until(lambda: "Accepted all but" in getattr(world.review.notice, "text", ""))
    assert world.review.notice is not None
    assert world.review.notice.text == "Accepted all but 4 files."


async def test_where_accepting_all_fails_nothing_is_said_to_be_accepted(world: World) -> None:
    world.board.put(replace(world.board.get("p2"), state=Failed("no answer"), patch=None))
    world.files.data["new.txt"] = b"there\n"
    world.review.decide.accept_all()
    await until(lambda: world.review.notice is not None)
    assert world.review.notice is not None
    assert "Accepted" not in world.review.notice.text
    assert world.files.text("a.txt") == BEFORE
