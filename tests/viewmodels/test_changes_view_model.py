from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QModelIndex, Qt

from spark_desktop.domain.errors import ConflictError
from spark_desktop.domain.events import (
    ChangeApplied,
    ChangeIgnored,
    ChangeReverted,
    FilesChanged,
    ProposalStreamed,
    SaveSettled,
    WorkFailed,
)
from spark_desktop.domain.inbox_entry import InboxEntry, Outcome, burst_reason
from spark_desktop.domain.patch import FileKind
from spark_desktop.domain.proposal import (
    Cancelled,
    Check,
    Closed,
    Conflict,
    Failed,
    FailedBlock,
    Proposal,
    Queued,
    Ready,
    State,
    Streaming,
    Withheld,
)
from spark_desktop.domain.workspace import Ignored, IgnoreReason
from spark_desktop.viewmodels.changes import ChangesViewModel
from spark_desktop.viewmodels.notice import Intent, Tone
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.viewmodels.rows import Row, RowRole, Rows
from tests.interface_fakes import NOON, FakeProject, change, proposal, until


async def test_an_empty_inbox_says_how_to_begin(models: ProjectViewModels) -> None:
    notice = models.changes.notice
    assert notice is not None
    assert "AI!" in notice.hint
    assert notice.action is not None
    assert notice.action.intent is Intent.HELP


@pytest.mark.parametrize(
    ("state", "detail", "icon"),
    [
        (Queued(), "waits for the running turn", "queued"),
        (Queued(answered=True), "waits for other places", "queued"),
        (Streaming(), "writing", "streaming"),
        (Streaming(2), "second try · writing", "streaming"),
        (Ready(), "parses · 3 hunks", "ready"),
        (Withheld("does not parse"), "does not parse", "warning"),
        (Conflict("line 3 changed"), "line 3 changed", "warning"),
        (Failed("The server ended."), "The server ended.", "problem"),
        (Cancelled("stopped"), "stopped", "stopped"),
        (Closed(1), "applied 1 hunk", "applied"),
        (Closed(0), "rejected", "rejected"),
    ],
)
async def test_each_state_has_its_row(
    project: FakeProject, models: ProjectViewModels, state: State, detail: str, icon: str
) -> None:
    project.turns.put(proposal(state))
    (row,) = models.changes.inbox.rows
    assert row.title == "use numbers"
    assert row.detail == f"parser.py · {detail}"
    assert row.icon == icon
    assert models.changes.notice is None


async def test_the_newest_proposal_is_on_top(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(proposal())
    project.turns.put(proposal(Queued(), name="p2"))
    assert [row.id for row in models.changes.inbox.rows] == ["p2", "p1"]


async def test_a_streaming_row_tells_the_rate(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(proposal(Streaming()))
    project.bus.publish(ProposalStreamed("p1", "x", 28, 0.5))
    await until(lambda: "streaming 54 t/s" in models.changes.inbox.rows[0].detail)
    project.turns.put(proposal())
    assert models.changes.inbox.rows[0].detail == "parser.py · parses · 3 hunks"


async def test_changed_files_age(project: FakeProject) -> None:
    now = NOON
    model = ChangesViewModel(project.turns, project.edits, lambda: now, project.bus, project.scope)
    project.bus.publish(FilesChanged(("a.py",)))
    now = NOON + timedelta(minutes=2)
    project.bus.publish(FilesChanged(("src/b.py",)))
    rows = [(row.id, row.title, row.aside) for row in model.files.rows]
    assert rows == [("src/b.py", "b.py", "now"), ("a.py", "a.py", "2 min")]


async def test_whatever_is_ignored_says_why(
    project: FakeProject, models: ProjectViewModels
) -> None:
    ignored = Ignored("build/x.js", IgnoreReason.GITIGNORE, "build/")
    project.bus.publish(ChangeIgnored(ignored))
    project.bus.publish(ChangeIgnored(Ignored(".env", IgnoreReason.SECRET)))
    rows = [(row.title, row.detail) for row in models.changes.ignored.rows]
    assert rows == [(".env", "may hold secrets"), ("x.js", "ignored by .gitignore (build/)")]


async def test_a_burst_is_one_row_and_its_reason(
    project: FakeProject, models: ProjectViewModels
) -> None:
    paths = tuple(f"{number}.py" for number in range(5000))
    reason = burst_reason(len(paths), has_switched=True, offered=0)
    entry = InboxEntry("b", paths, Outcome.IGNORED, reason, is_burst=True)
    project.bus.publish(SaveSettled(entry))
    (row,) = models.changes.ignored.rows
    assert (row.title, row.detail) == (
        "5000 files",
        "Branch switched: 5000 files changed; nothing proposed.",
    )
    assert row.tip.count("\n") == 21
    chosen: list[str] = []
    models.changes.file_chosen.connect(chosen.append)
    models.changes.choose_file(row.id)
    assert chosen == []


async def test_undo_and_redo_are_noted(project: FakeProject, models: ProjectViewModels) -> None:
    models.changes.undo()
    await until(lambda: bool(models.changes.files.rows))
    assert models.changes.files.rows[0].detail == "undone"
    models.changes.redo()
    await until(lambda: models.changes.files.rows[0].detail == "redone")


async def test_nothing_to_undo_is_told_until_it_is_dismissed(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.edits.is_empty = True
    told: list[bool] = []
    models.changes.changed.connect(lambda: told.append(True))
    models.changes.undo()
    await until(lambda: bool(told))
    notice = models.changes.notice
    assert notice is not None
    assert (notice.text, notice.tone) == ("There is nothing to undo.", Tone.PROBLEM)
    models.changes.act(Intent.DISMISS)
    assert models.changes.notice != notice


async def test_a_failure_outside_of_a_proposal_is_told(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.bus.publish(WorkFailed("The folder is gone.", "Open another one."))
    assert models.changes.notice is not None
    assert models.changes.notice.text == "The folder is gone."
    assert models.changes.notice.hint == "Open another one."


async def test_a_dismissed_proposal_leaves_the_list(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(proposal(Closed(1)))
    models.changes.dismiss("p1")
    assert models.changes.inbox.rows == ()


async def test_a_proposal_that_cannot_be_dismissed_stays(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(proposal(Streaming()))
    project.turns.error = ConflictError("It is being written.")
    models.changes.dismiss("p1")
    assert len(models.changes.inbox.rows) == 1
    assert models.changes.notice is not None


async def test_choosing_a_row_reviews_it(project: FakeProject, models: ProjectViewModels) -> None:
    project.turns.put(proposal())
    models.changes.choose_proposal("unknown")
    assert models.review.proposal is None
    models.changes.choose_proposal("p1")
    assert models.review.proposal is not None


def test_rows_that_stay_are_not_told_again(qapp: object) -> None:
    rows = Rows()
    told: list[int] = []
    rows.dataChanged.connect(lambda first, _last: told.append(first.row()))
    resets: list[bool] = []
    rows.modelReset.connect(lambda: resets.append(True))
    rows.set_rows([Row("a", "A"), Row("b", "B")])
    assert resets == [True]
    rows.set_rows([Row("a", "A"), Row("b", "B2")])
    assert told == [1]
    rows.set_rows([Row("c", "C"), Row("a", "A"), Row("b", "B2")])
    assert (told, resets) == ([1], [True])
    assert rows.position("b") == 2
    assert rows.position("x") is None


def test_a_row_reads_aloud_as_one_line(qapp: object) -> None:
    rows = Rows()
    rows.set_rows([Row("a", "Title", "detail", aside="now", tip="more")])
    index = rows.index(0)
    assert rows.data(index) == "Title"
    assert rows.data(index, Qt.ItemDataRole.AccessibleTextRole) == "Title · detail · now"
    assert rows.data(index, Qt.ItemDataRole.ToolTipRole) == "more"
    assert rows.data(index, RowRole.ROW) == rows.rows[0]
    assert rows.data(index, Qt.ItemDataRole.FontRole) is None
    assert rows.data(QModelIndex()) is None
    assert rows.rowCount(index) == 0


async def test_a_repeated_proposal_replaces_the_earlier_one(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(proposal(Failed("The server ended.")))
    models.review.show_proposal("p1")
    models.review.act(Intent.REPEAT)
    assert [row.id for row in models.changes.inbox.rows] == ["p1+"]
    models.review.act(Intent.DISMISS)
    assert models.changes.inbox.rows == ()


async def test_our_own_write_is_not_taken_for_a_save(
    project: FakeProject, models: ProjectViewModels
) -> None:
    models.changes.undo()
    await until(lambda: bool(models.changes.files.rows))
    project.bus.publish(FilesChanged(("src/parser.py",)))
    project.bus.publish(ChangeIgnored(Ignored("src/parser.py", IgnoreReason.OWN_WRITE)))
    assert models.changes.files.rows[0].detail == "undone"


@pytest.mark.parametrize(
    ("kind", "target", "undone", "gone", "said"),
    [
        (FileKind.CREATE, "", True, "src/parser.py", "undone"),
        (FileKind.DELETE, "", False, "src/parser.py", "applied"),
        (FileKind.RENAME, "src/new.py", False, "src/parser.py", "applied"),
        (FileKind.RENAME, "src/new.py", True, "src/new.py", "undone"),
        (FileKind.CHANGE, "", False, "src/parser.py", "deleted"),
    ],
)
async def test_a_file_that_is_gone_says_who_took_it_away(
    project: FakeProject,
    models: ProjectViewModels,
    kind: FileKind,
    target: str,
    undone: bool,
    gone: str,
    said: str,
) -> None:
    done = replace(change(undone=undone), kind=kind, target=target)
    project.bus.publish(ChangeReverted(done) if undone else ChangeApplied(done))
    project.bus.publish(FilesChanged((gone,)))
    project.bus.publish(ChangeIgnored(Ignored(gone, IgnoreReason.DELETED)))
    rows = {row.id: row.detail for row in models.changes.files.rows}
    assert rows[gone] == said


async def test_the_new_path_of_a_file_is_our_own_write_too(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.bus.publish(ChangeApplied(replace(change(), kind=FileKind.RENAME, target="src/new.py")))
    project.bus.publish(FilesChanged(("src/new.py",)))
    project.bus.publish(ChangeIgnored(Ignored("src/new.py", IgnoreReason.OWN_WRITE)))
    rows = {row.id: row.detail for row in models.changes.files.rows}
    assert rows["src/new.py"] == "applied"


def of_answer(name: str, path: str, state: State | None = None, **more: object) -> Proposal:
    return replace(proposal(state, name=name, path=path), group="answer", **more)


async def test_the_files_of_an_answer_are_one_row(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(of_answer("a", "a.py", Ready()))
    project.turns.put(proposal(Ready(), name="other"))
    project.turns.put(of_answer("b", "b.py", Ready()))
    other, answer = models.changes.inbox.rows
    assert (other.id, answer.id) == ("other", "a")
    assert answer.detail == "2 files · 0 of 6 decided"
    assert "b.py: parses" in answer.tip or "b.py: 3 hunks" in answer.tip
    assert models.changes.row_of("b") == "a"


@pytest.mark.parametrize(
    ("first", "second", "detail", "icon"),
    [
        (Ready(), Streaming(), "writing", "streaming"),
        (Closed(2), Closed(1), "applied 3 hunks", "applied"),
        (Closed(2, undone=True), Closed(1, undone=True), "undone", "undo"),
        (Closed(0), Closed(0), "rejected", "rejected"),
        (Closed(1), Withheld("does not parse"), "1 file withheld", "warning"),
        (Ready(), Withheld("does not parse"), "1 file withheld · 0 of 6 decided", "warning"),
        (Ready(), Conflict("gone"), "1 conflict", "warning"),
        (Ready(), Failed("no answer"), "1 failed · 0 of 6 decided", "problem"),
        (Closed(1), Failed("no answer"), "1 failed", "problem"),
        (Cancelled("asked again"), Cancelled("asked again"), "asked again", "stopped"),
    ],
)
async def test_the_row_of_an_answer_says_how_far_its_files_are(
    project: FakeProject,
    models: ProjectViewModels,
    first: State,
    second: State,
    detail: str,
    icon: str,
) -> None:
    project.turns.put(of_answer("a", "a.py", first))
    project.turns.put(of_answer("b", "b.py", second))
    (row,) = models.changes.inbox.rows
    assert (row.detail, row.icon) == (f"2 files · {detail}", icon)


async def test_a_conflict_in_one_file_is_told_in_the_row_of_the_answer(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(of_answer("a", "a.py", Ready()))
    project.turns.put(of_answer("b", "b.py", Ready(), conflicts={"h1": ("x\n",)}))
    (row,) = models.changes.inbox.rows
    assert row.detail == "2 files · 1 conflict"


FAILED = (Check("differs", True), Check("parses", False, "It has 1 error."))


async def test_what_was_shown_although_it_failed_is_not_called_good(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(replace(proposal(), evidence=FAILED))
    (row,) = models.changes.inbox.rows
    assert (row.detail, row.icon) == ("parser.py · ✗ parses · 3 hunks", "warning")
    assert row.tone is Tone.WARNING
    advised = (Check("parses", True), Check("lint", False, is_advice=True))
    project.turns.put(replace(proposal(), evidence=advised))
    (row,) = models.changes.inbox.rows
    assert (row.detail, row.icon, row.tone) == ("parser.py · parses · 3 hunks", "ready", Tone.GOOD)


async def test_one_file_that_failed_marks_the_row_of_its_group(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(of_answer("a", "a.py", Ready()))
    project.turns.put(of_answer("b", "b.py", Ready(), evidence=FAILED))
    (row,) = models.changes.inbox.rows
    assert (row.detail, row.icon) == ("2 files · 0 of 6 decided", "warning")
    assert row.tone is Tone.WARNING


async def test_what_the_user_had_shown_is_no_turn_of_events(
    project: FakeProject, models: ProjectViewModels
) -> None:
    told: list[State] = []
    models.changes.turned.connect(lambda one: told.append(one.state))
    held = replace(proposal(Withheld("no")), evidence=FAILED)
    project.turns.put(held)
    project.turns.put(replace(held, state=Ready()))
    assert told == [Withheld("no")]
    # A part of an answer that can be used after all comes by itself.
    project.turns.put(replace(held, id="p2", patch=None))
    project.turns.put(replace(held, id="p2", state=Ready(), evidence=()))
    assert told[-1] == Ready()


async def test_an_answer_of_which_nothing_is_read_yet_starts(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(of_answer("a", "a.py", Streaming(), patch=None))
    (row,) = models.changes.inbox.rows
    assert row.detail == "a.py · starting"


async def test_a_part_without_a_place_is_told_in_the_row(
    project: FakeProject, models: ProjectViewModels
) -> None:
    lost = (FailedBlock("block-1", ("x\n",), ("y\n",), "It is not there."),)
    project.turns.put(of_answer("a", "a.py", Ready()))
    project.turns.put(of_answer("b", "b.py", Ready(), failed=lost))
    (row,) = models.changes.inbox.rows
    assert (row.detail, row.icon) == ("2 files · 1 part without a place", "warning")


async def test_the_row_of_an_answer_opens_the_first_file_to_decide_on(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(of_answer("a", "a.py", Closed(1)))
    project.turns.put(of_answer("b", "b.py", Ready()))
    chosen: list[str] = []
    models.changes.proposal_chosen.connect(chosen.append)
    models.changes.choose_proposal("a")
    assert chosen == ["b"]


async def test_the_row_of_an_answer_is_dismissed_with_all_its_files(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(of_answer("a", "a.py", Closed(1)))
    project.turns.put(of_answer("b", "b.py", Closed(0)))
    models.changes.dismiss("a")
    assert models.changes.inbox.rows == ()
