"""The list of steps, and what can be done with the chosen one."""

from dataclasses import replace

import pytest

from spark_desktop.domain.errors import StoreError, UndoBlockedError
from spark_desktop.domain.events import EditsRecovered, HistoryFull
from spark_desktop.domain.history import StepKind
from spark_desktop.domain.operation import Recovered, RecoveryOutcome, StoreUsage
from spark_desktop.domain.patch import FileKind
from spark_desktop.viewmodels.changes import ChangesViewModel
from spark_desktop.viewmodels.history import HistoryViewModel
from spark_desktop.viewmodels.notice import Intent, Tone
from tests.interface_fakes import NOON, FakeProject, step, until


@pytest.fixture
async def model(project: FakeProject) -> HistoryViewModel:
    project.edits.kept = [step(1), step(2, origin="t"), step(3, origin="t", undone=True)]
    made = HistoryViewModel(project.edits, lambda: NOON, project.bus, project.scope)
    made.follow(True)
    await until(lambda: bool(made.rows))
    return made


async def test_steps_come_newest_first_with_files_counts_and_state(model: HistoryViewModel) -> None:
    assert [row.title for row in model.rows] == ["use numbers 3", "use numbers 2", "use numbers 1"]
    assert (model.rows[0].files, model.rows[0].counts) == ("parser.py", "+3 \u22122")
    assert [row.state for row in model.rows] == ["undone", "stands", "stands"]
    assert model.chosen == 0
    assert "12.3 MB of 100.0 MB" in model.room


async def test_nothing_is_read_while_nobody_looks(project: FakeProject) -> None:
    model = HistoryViewModel(project.edits, lambda: NOON, project.bus, project.scope)
    await project.edits.undo()
    assert model.rows == ()
    model.follow(True)
    await until(lambda: bool(model.rows))
    model.follow(False)


async def test_the_chosen_step_is_undone_and_redone(
    model: HistoryViewModel, project: FakeProject
) -> None:
    assert (model.can_undo, model.can_redo) == (False, True)
    model.choose(2)
    assert (model.can_undo, model.can_redo) == (True, False)
    model.undo()
    await until(lambda: model.rows[2].state == "undone")
    assert model.chosen == 2
    model.redo()
    await until(lambda: model.rows[2].state == "stands")
    assert project.edits.asked == [("undo", "s1", None), ("redo", "s1", None)]


async def test_one_hunk_is_switched_and_the_step_is_partly_undone(
    model: HistoryViewModel, project: FakeProject
) -> None:
    model.choose(2)
    assert [part.place for part in model.parts] == ["line 2", "line 5"]
    assert model.parts[1].text == "\u2212 five\n+ FIVE\n+ five more"
    model.switch(1)
    await until(lambda: model.rows[2].state == "partly undone")
    assert [part.is_undone for part in model.parts] == [False, True]
    assert (model.can_undo, model.can_redo) == (True, True)
    model.switch(1)
    await until(lambda: model.rows[2].state == "stands")
    assert project.edits.asked[0] == ("undo", "s1", {"c1": ["h2"]})
    assert project.edits.asked[1] == ("redo", "s1", {"c1": ["h2"]})
    model.switch(9)
    assert len(project.edits.asked) == 2


async def test_a_turn_of_several_steps_is_undone_as_one(
    model: HistoryViewModel, project: FakeProject
) -> None:
    model.choose(2)
    assert not model.can_undo_turn
    model.choose(1)
    assert model.can_undo_turn
    model.undo_turn()
    await until(lambda: bool(project.edits.asked))
    assert project.edits.asked == [("undo turn", "t", None)]


async def test_a_restore_is_a_step_whose_hunks_go_together(
    model: HistoryViewModel, project: FakeProject
) -> None:
    model.choose(2)
    model.restore()
    await until(lambda: len(model.rows) == 4)
    assert model.rows[0].title.startswith("Restored to before")
    model.choose(0)
    assert not model.can_switch(0)
    assert model.turn == ()


async def test_files_that_were_made_removed_or_moved_say_so(project: FakeProject) -> None:
    change = step().changes[0]
    kinds = (
        replace(change, kind=FileKind.CREATE),
        replace(change, id="c2", kind=FileKind.DELETE),
        replace(change, id="c3", kind=FileKind.RENAME, target="src/new.py"),
    )
    project.edits.kept = [replace(step(), changes=kinds)]
    model = HistoryViewModel(project.edits, lambda: NOON, project.bus, project.scope)
    model.follow(True)
    await until(lambda: bool(model.rows))
    assert model.rows[0].files == "parser.py, parser.py and 1 more"
    assert [part.file for part in model.parts] == [
        *["src/parser.py: made"] * 2,
        *["src/parser.py: removed"] * 2,
        "src/parser.py → src/new.py",
        *["src/new.py"] * 2,
    ]
    assert [model.can_switch(row) for row in range(7)] == [False] * 5 + [True] * 2


async def test_what_stands_in_the_way_is_told_and_can_be_dismissed(
    model: HistoryViewModel, project: FakeProject
) -> None:
    model.choose(2)
    project.edits.error = UndoBlockedError("a.py, line 2: no.", "Undo that first.", "a.py", 2)
    model.undo()
    await until(lambda: model.notice is not None)
    assert model.notice is not None
    assert (model.notice.text, model.notice.hint) == ("a.py, line 2: no.", "Undo that first.")
    model.act(Intent.DISMISS)
    assert model.notice is None


async def test_steps_that_cannot_be_read_are_told(project: FakeProject) -> None:
    project.edits.error = StoreError("The database is broken.")
    model = HistoryViewModel(project.edits, lambda: NOON, project.bus, project.scope)
    model.follow(True)
    await until(lambda: model.notice is not None)
    assert model.room == ""


async def test_what_a_crash_left_is_told_until_it_is_dismissed(project: FakeProject) -> None:
    model = ChangesViewModel(project.turns, project.edits, lambda: NOON, project.bus, project.scope)
    done = Recovered("o", "use numbers", RecoveryOutcome.COMPLETED, ("a.py", "b.py"))
    back = Recovered("p", "more", RecoveryOutcome.ROLLED_BACK, ("c.py",), ("d.py",))
    project.bus.publish(EditsRecovered((done, back)))
    await project.edits.undo()
    assert model.notice is not None
    assert model.notice.tone is Tone.GOOD
    assert "“use numbers” had been cut short and is completed now: a.py, b.py." in model.notice.text
    assert "was taken back: c.py. Changed since, so left alone: d.py." in model.notice.text
    model.act(Intent.DISMISS)
    assert model.notice is None or model.notice.action is not model.notice
    failed = Recovered("o", "more", RecoveryOutcome.FAILED, (), error="The disk is full.")
    project.bus.publish(EditsRecovered((failed,)))
    assert model.notice is not None
    assert model.notice.tone is Tone.PROBLEM
    assert "The disk is full." in model.notice.text


async def test_that_the_oldest_steps_will_go_is_told(project: FakeProject) -> None:
    model = ChangesViewModel(project.turns, project.edits, lambda: NOON, project.bus, project.scope)
    steps = tuple(step(number, kind=StepKind.EDIT) for number in range(5))
    project.bus.publish(HistoryFull(steps, StoreUsage(101_000_000, 100_000_000, NOON, 5)))
    assert model.notice is not None
    assert "101.0 MB of 100.0 MB" in model.notice.text
    assert "“use numbers 0”, “use numbers 1”, “use numbers 2” and 2 more" in model.notice.text
    assert "settings" in model.notice.hint
