"""The review panel with what stands around the diff: files, editor, comments, search, choices."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from spark_desktop.domain.completion import Usage
from spark_desktop.domain.errors import ConflictError
from spark_desktop.domain.merge import Side
from spark_desktop.domain.patch import FileKind
from spark_desktop.domain.proposal import Check, Closed, Proposal, Streaming
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.chat import Mode
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.views.announcer import DecisionAnnouncer
from spark_desktop.views.elided_label import ElidedLabel
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.review_panel import ReviewPanel
from spark_desktop.views.shortcuts import key_text
from spark_desktop.views.stylesheet import stylesheet
from spark_desktop.views.theme import load_theme
from tests.answer_fakes import PART, changed, conflicting, hunks_of, put_answer
from tests.interface_fakes import BEFORE, FakeProject, proposal, until

_NONE = Qt.KeyboardModifier.NoModifier
_CONTROL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
async def panel(
    qtbot: QtBot, models: ProjectViewModels, project: FakeProject, files: tuple[Proposal, ...]
) -> ReviewPanel:
    """Return the panel alone, without the keys that are the window's."""
    made = ReviewPanel(models.review, load_theme("dark"))
    qtbot.addWidget(made)
    made.resize(720, 700)
    models.review.show_proposal("p1")
    made.show()
    made.activateWindow()
    await until(made.isActiveWindow)
    made.diff.setFocus()
    return made


@pytest.fixture
async def window(qtbot: QtBot, models: ProjectViewModels, tmp_path: Path) -> MainWindow:
    made = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"))
    qtbot.addWidget(made, before_close_func=lambda window: window.finish())
    made.show_project(models, tmp_path / "library", "main")
    made.resize(1280, 800)
    made.show()
    made.activateWindow()
    await until(made.isActiveWindow)
    return made


@pytest.fixture
def files(project: FakeProject) -> tuple[Proposal, ...]:
    return put_answer(project)


@pytest.fixture
def keyed(window: MainWindow, files: tuple[Proposal, ...]) -> ReviewPanel:
    """Return the panel in its window, where the keys reach it."""
    assert window.project is not None
    window.project.models.changes.choose_proposal("p1")
    window.project.review.diff.setFocus()
    return window.project.review


def press(key: Qt.Key, held: Qt.KeyboardModifier = _NONE) -> None:
    """Press a key where the focus is."""
    QTest.keyClick(focused(), key, held)


def focused() -> QWidget:
    """Return what the keyboard goes to."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def shown(window: MainWindow) -> tuple[str, str | None]:
    """Return the proposal and the hunk that are reviewed."""
    assert window.project is not None
    review = window.project.models.review
    assert review.proposal is not None
    return review.proposal.id, review.current_hunk


async def test_the_files_of_an_answer_are_listed_and_one_is_marked(panel: ReviewPanel) -> None:
    assert panel.files.isVisible()
    assert panel.files.list.model().rowCount() == 3
    assert panel.files.list.currentIndex().row() == 0
    panel.files.list.chosen.emit("p2")
    assert panel.files.list.currentIndex().row() == 1
    assert (panel.name.text(), panel.head.kind.text()) == ("src/new.py", "new file")
    panel.files.list.chosen.emit("p3")
    assert panel.head.kind.text() == "becomes new.py"


async def test_a_single_file_has_no_list(panel: ReviewPanel, project: FakeProject) -> None:
    project.turns.put(replace(changed("q1", "one.py"), group=""))
    panel.files.list.chosen.emit("q1")
    assert not panel.files.isVisible()
    assert not panel.foot.accept_file.isVisible()
    assert panel.foot.accept_all.isVisible()


async def test_a_low_review_shows_fewer_files(panel: ReviewPanel) -> None:
    high = panel.files.height()
    panel.files.fit(300)
    assert panel.files.height() < high


async def test_the_keys_go_through_hunks_and_files(
    window: MainWindow, keyed: ReviewPanel, files: tuple[Proposal, ...]
) -> None:
    parser, new = hunks_of(files[0]), hunks_of(files[1])
    for key, held, place in (
        (Qt.Key.Key_J, _NONE, ("p1", parser[1])),
        (Qt.Key.Key_N, _NONE, ("p1", parser[1])),
        (Qt.Key.Key_Down, _CONTROL, ("p1", parser[1])),
        (Qt.Key.Key_K, _NONE, ("p2", new[0])),
        (Qt.Key.Key_P, _NONE, ("p2", new[0])),
        (Qt.Key.Key_Up, _CONTROL, ("p2", new[0])),
        (Qt.Key.Key_BracketRight, _NONE, ("p2", new[0])),
        (Qt.Key.Key_J, _SHIFT, ("p2", new[0])),
        (Qt.Key.Key_BracketLeft, _NONE, ("p3", None)),
        (Qt.Key.Key_K, _SHIFT, ("p3", None)),
    ):
        keyed.files.chosen.emit("p1")
        keyed.diff.hunk_clicked.emit(parser[0])
        press(key, held)
        assert shown(window) == place, key


async def test_the_keys_decide_hunk_file_and_all_and_take_back(
    window: MainWindow, project: FakeProject, keyed: ReviewPanel, files: tuple[Proposal, ...]
) -> None:
    first = hunks_of(files[0])
    assert not keyed.foot.undo.isVisible()
    press(Qt.Key.Key_A)
    await until(lambda: project.review.accepted == [(first[0],)])
    press(Qt.Key.Key_R)
    assert project.review.rejected == [(first[1],)]
    assert keyed.foot.undo.isVisible()
    press(Qt.Key.Key_U)
    await until(lambda: shown(window) == ("p1", first[1]))
    press(Qt.Key.Key_A, _SHIFT)
    await until(lambda: len(project.review.accepted) == 2)
    assert project.review.accepted[1] == first[1:]
    press(Qt.Key.Key_R, _SHIFT)
    assert project.review.rejected[1] == hunks_of(files[1])
    press(Qt.Key.Key_Return, _CONTROL)
    await until(lambda: project.review.groups == ["g1"])
    press(Qt.Key.Key_U)
    await until(lambda: len(project.review.undone) > 1 and keyed.accept.isVisible())
    press(Qt.Key.Key_R, _CONTROL | _SHIFT)
    assert project.review.groups == ["g1", "g1"]


async def test_the_keys_edit_split_find_and_choose_how_it_is_shown(
    window: MainWindow, project: FakeProject, keyed: ReviewPanel, tmp_path: Path
) -> None:
    press(Qt.Key.Key_E)
    assert keyed.editor.drawer.text.hasFocus()
    QTest.keyClicks(focused(), " and a half, or so?")
    assert keyed.editor.drawer.text.toPlainText() == "three and a half, or so?"
    press(Qt.Key.Key_Escape)
    assert project.turns.stops == 0
    assert keyed.diff.hasFocus()
    press(Qt.Key.Key_J)
    press(Qt.Key.Key_S)
    assert len(project.review.splits) == 1
    keyed.diff.select(0, 0)
    press(Qt.Key.Key_C)
    assert keyed.comments.drawer.text.hasFocus()
    press(Qt.Key.Key_Return, _CONTROL)
    assert project.review.groups == []
    press(Qt.Key.Key_F, _CONTROL)
    assert keyed.finding.bar.words.hasFocus()
    press(Qt.Key.Key_Escape)
    assert keyed.diff.hasFocus()
    press(Qt.Key.Key_V)
    press(Qt.Key.Key_W)
    assert keyed.head.split.isChecked()
    assert keyed.head.wrap.isChecked()
    assert window.project is not None
    window.project.changes.inbox.setFocus()
    press(Qt.Key.Key_F, _CONTROL)
    assert not keyed.finding.bar.isVisible()
    window.remember()
    memory = LayoutMemory(tmp_path / "window.ini")
    memory.open_project(tmp_path / "library")
    assert (memory.choice("diff_layout"), memory.choice("diff_wrap")) == ("split", "on")


async def test_a_hunk_is_split_before_the_selected_line(
    project: FakeProject, panel: ReviewPanel
) -> None:
    project.turns.put(changed("p1", "src/parser.py", "a\nb\nc\n", "x\ny\nz\n"))
    panel.do("split")
    assert [at for _hunk, *at in project.review.splits] == [[None, None]]
    project.turns.put(changed("p1", "src/parser.py", "a\nb\nc\n", "x\ny\nz\n"))
    panel.diff.select(1, 1)
    assert panel.diff.selected_lines() == Span(1, 2)
    panel.do("split")
    assert [at for _hunk, *at in project.review.splits] == [[None, None], [1, None]]
    project.turns.put(changed("p1", "src/parser.py", "a\nb\nc\n", "x\ny\nz\n"))
    panel.diff.select(5, 5)
    panel.do("split")
    assert [at for _hunk, *at in project.review.splits][2:] == [[None, 2]]
    panel.resize(1000, 700)
    panel.do("layout")
    project.turns.put(changed("p1", "src/parser.py", "a\nb\nc\n", "x\ny\nz\n"))
    panel.diff.select(1, 1)
    panel.do("split")
    assert [at for _hunk, *at in project.review.splits][3:] == [[1, 1]]


async def test_a_comment_without_a_selection_is_on_the_hunk(panel: ReviewPanel) -> None:
    panel.do("comment")
    assert panel.comments.drawer.heading.text() == "Comment on line 3: three"
    press(Qt.Key.Key_Escape)
    panel.diff.select(0, 0)
    panel.do("comment")
    assert panel.comments.drawer.heading.text() == "Comment on line 1: line 1"


async def test_an_editor_keeps_with_control_enter(
    project: FakeProject, panel: ReviewPanel, files: tuple[Proposal, ...]
) -> None:
    panel.do("edit_hunk")
    editor = panel.editor.drawer
    assert editor.text.hasFocus()
    assert editor.heading.text() == "Proposed lines of the hunk at line 3"
    assert not panel.foot.buttons.isVisible()
    assert not panel.editor.reset.isEnabled()
    QTest.keyClicks(editor.text, " and a half")
    assert panel.editor.reset.isEnabled()
    press(Qt.Key.Key_Return, _CONTROL)
    assert project.review.edited == [(hunks_of(files[0])[0], "three and a half\n")]
    assert project.review.groups == []
    assert not editor.isVisible()
    assert panel.diff.hasFocus()
    assert panel.foot.buttons.isVisible()


async def test_esc_leaves_the_editor_and_what_was_written_is_there_again(
    panel: ReviewPanel,
) -> None:
    panel.do("edit_hunk")
    QTest.keyClicks(focused(), "!")
    press(Qt.Key.Key_Escape)
    assert not panel.editor.isVisible()
    assert panel.diff.hasFocus()
    panel.do("edit_hunk")
    assert panel.editor.drawer.text.toPlainText() == "three!"
    panel.editor.reset.click()
    assert panel.editor.drawer.text.toPlainText() == "three"


async def test_a_text_that_is_refused_stays_in_the_editor_with_the_reason(
    project: FakeProject, panel: ReviewPanel
) -> None:
    panel.do("edit_hunk")
    project.review.error = ConflictError("The hunk is gone.", "Copy your text.")
    panel.editor.drawer.keep.click()
    assert "The hunk is gone." in panel.notice.text
    assert panel.editor.drawer.text.toPlainText() == "three"


async def test_c_writes_a_comment_that_waits_in_a_list_until_it_is_sent(
    project: FakeProject, panel: ReviewPanel
) -> None:
    panel.diff.comment_requested.emit(2, True)
    box = panel.comments
    assert box.drawer.text.hasFocus()
    assert box.drawer.heading.text() == "Comment on line 3: three"
    QTest.keyClicks(box.drawer.text, "In words?")
    press(Qt.Key.Key_Return, _CONTROL)
    assert panel.diff.hasFocus()
    assert [line.isVisible() for line in box.lines] == [True]
    assert box.heading.text() == "1 comment for the model"
    box.lines[0].edit.click()
    assert box.drawer.text.toPlainText() == "In words?"
    press(Qt.Key.Key_Escape)
    said = box.lines[0].findChildren(ElidedLabel)[0]
    assert said.text() == "line 3: In words?"
    panel.files.chosen.emit("p2")
    said = box.lines[0].findChildren(ElidedLabel)[0]
    assert said.text() == "src/parser.py, line 3: In words?"
    panel.files.chosen.emit("p1")
    box.send.click()
    ((name, sent),) = project.turns.revised
    assert (name, [one.text for one in sent]) == ("p1", ["In words?"])
    assert box.lines == []


async def test_a_comment_is_taken_away_and_the_focus_finds_a_place(panel: ReviewPanel) -> None:
    for line in (2, 9):
        panel.diff.comment_requested.emit(line, True)
        QTest.keyClicks(focused(), "Why?")
        press(Qt.Key.Key_Return, _CONTROL)
    panel.comments.lines[0].remove.setFocus()
    panel.comments.lines[0].remove.click()
    assert panel.comments.lines[0].edit.hasFocus()
    panel.comments.lines[0].remove.setFocus()
    panel.comments.lines[0].remove.click()
    assert panel.diff.hasFocus()
    assert panel.comments.lines == []


async def test_at_a_conflict_there_is_a_choice_of_sides(
    project: FakeProject, panel: ReviewPanel, files: tuple[Proposal, ...]
) -> None:
    project.turns.put(conflicting(files[0]))
    foot = panel.foot
    assert not foot.accept.isVisible()
    assert "line three" in foot.mine.accessibleDescription()
    for button in (foot.disk, foot.mine, foot.both):
        assert button.isVisible()
    foot.both.click()
    assert project.review.resolved == [(hunks_of(files[0])[0], Side.BOTH)]
    assert foot.accept.isVisible()
    assert not foot.both.isVisible()
    project.turns.put(conflicting(files[0], 1))
    panel.diff.resolve_clicked.emit(hunks_of(files[0])[1], "mine")
    assert project.review.resolved[1] == (hunks_of(files[0])[1], Side.MINE)


async def test_a_part_without_a_place_says_why_and_is_placed(
    project: FakeProject, panel: ReviewPanel, files: tuple[Proposal, ...]
) -> None:
    other = replace(PART, id="f2", nearest=None)
    project.turns.put(replace(files[0], failed=(PART, other)))
    parts = panel.failed_parts
    assert parts.said.text() == "2 parts of the answer found no place"
    assert parts.place.accessibleDescription().endswith("Lines 7 to 7 are most like it (83 %).")
    parts.nearest.click()
    assert project.review.placed == [("f1", Span(6, 7))]
    assert not parts.nearest.isVisible()
    parts.place.click()
    assert "No lines are selected." in panel.notice.text
    panel.diff.place_requested.emit("f2", Span(0, 1))
    assert project.review.placed[1] == ("f2", Span(0, 1))
    assert not parts.isVisible()


async def test_a_part_without_a_place_is_dropped(
    project: FakeProject, panel: ReviewPanel, files: tuple[Proposal, ...]
) -> None:
    project.turns.put(replace(files[0], failed=(PART, replace(PART, id="f2"))))
    panel.failed_parts.drop.click()
    panel.diff.drop_requested.emit("f2")
    assert project.review.dropped == ["f1", "f2"]


async def test_the_focus_is_in_the_diff_when_the_last_part_is_decided(
    project: FakeProject, panel: ReviewPanel, files: tuple[Proposal, ...]
) -> None:
    project.turns.put(replace(files[0], failed=(PART,)))
    panel.failed_parts.drop.setFocus()
    press(Qt.Key.Key_Space)
    project.turns.put(files[0])
    assert not panel.failed_parts.isVisible()
    assert focused() is panel.diff


async def test_a_file_without_any_place_says_so_once(
    project: FakeProject, panel: ReviewPanel, files: tuple[Proposal, ...]
) -> None:
    project.turns.put(changed("p1", "src/parser.py", after=BEFORE))
    project.turns.put(replace(changed("p1", "src/parser.py", after=BEFORE), failed=(PART,)))
    row = panel.files.list.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert row.count("1 part without a place") == 1


async def test_the_search_counts_goes_on_and_closes(panel: ReviewPanel) -> None:
    panel.head.search.click()
    bar = panel.finding.bar
    assert bar.words.accessibleName() == "Find in the diff"
    QTest.keyClicks(bar.words, "line 1")
    assert bar.next.isEnabled()
    assert bar.count.text().startswith("1 of ")
    press(Qt.Key.Key_Return)
    assert bar.count.text().startswith("2 of ")
    press(Qt.Key.Key_Return, _SHIFT)
    assert bar.count.text().startswith("1 of ")
    press(Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert panel.diff.hasFocus()


async def test_without_anything_to_review_there_is_nothing_to_find(
    qtbot: QtBot, models: ProjectViewModels
) -> None:
    made = ReviewPanel(models.review, load_theme("dark"))
    qtbot.addWidget(made)
    assert not made.begin_find()
    assert not made.finding.bar.isVisible()


async def test_a_remembered_layout_is_used(
    qtbot: QtBot, models: ProjectViewModels, files: tuple[Proposal, ...], tmp_path: Path
) -> None:
    memory = LayoutMemory(tmp_path / "window.ini")
    memory.set_choice("diff_layout", "split")
    memory.set_choice("diff_wrap", "on")
    made = ReviewPanel(models.review, load_theme("light"), memory)
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    assert made.head.split.isChecked()
    assert made.head.wrap.isChecked()
    made.head.unified.click()
    made.head.wrap.click()
    assert made.head.unified.isChecked()
    assert (memory.choice("diff_layout"), memory.choice("diff_wrap")) == ("unified", "")


async def test_a_narrow_review_shows_one_column_whatever_was_chosen(
    qtbot: QtBot, models: ProjectViewModels, files: tuple[Proposal, ...]
) -> None:
    models.review.show_proposal("p1")
    made = ReviewPanel(models.review, load_theme("dark"))
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    made.head.split.click()
    assert made.head.split.isChecked()
    made.resize(400, 600)
    assert made.head.unified.isChecked()
    assert not made.head.split.isVisible()
    made.resize(900, 600)
    assert made.head.split.isChecked()


async def test_evidence_says_what_failed_what_to_look_at_and_what_passed(
    project: FakeProject, panel: ReviewPanel, files: tuple[Proposal, ...]
) -> None:
    evidence = (
        Check("anchored", True, "2 hunks by likeness, at least 70 %"),
        Check("parses", False, "1 error"),
        Check("lint", False, "1 warning", is_advice=True),
        Check("format", True),
    )
    places = {hunks_of(files[0])[0]: 0.87, hunks_of(files[0])[1]: 0.7}
    project.turns.put(replace(files[0], evidence=evidence, places=places))
    assert panel.failed.text() == "✗ parses"
    assert panel.foot.unsure.text() == "~ anchored (2 hunks by likeness, at least 70 %) · ✗ lint"
    assert panel.evidence.text() == "✓ format"
    assert "1 warning" in panel.failed.toolTip()
    project.turns.put(replace(files[0], evidence=(Check("anchored", True), evidence[3])))
    assert panel.evidence.text() == "✓ anchored · format"
    assert not panel.foot.unsure.isVisible()


async def test_a_growing_diff_is_drawn_while_it_is_written(
    qtbot: QtBot, models: ProjectViewModels, project: FakeProject
) -> None:
    panel = ReviewPanel(models.review, load_theme("dark"))
    qtbot.addWidget(panel)
    panel.show()
    whole = changed("p1", "src/parser.py", state=Streaming())
    assert whole.patch is not None
    one = replace(whole.patch, hunks=whole.patch.hunks[:1])
    project.turns.put(replace(whole, patch=one))
    assert panel.position.text() == "hunk 1 of 1"
    assert not panel.accept.isVisible()
    project.turns.put(whole)
    await until(lambda: panel.position.text() == "hunk 1 of 3")
    models.review.decide.next_hunk()
    assert panel.position.text() == "hunk 2 of 3"
    models.review.decide.accept()
    assert "The model still writes here." in panel.notice.text


async def test_what_is_done_less_often_is_in_a_menu_with_its_keys(
    project: FakeProject, panel: ReviewPanel, files: tuple[Proposal, ...]
) -> None:
    menu = panel.foot.menu()
    texts = [entry.text() for entry in menu.actions()]
    assert texts == [
        "Split the hunk\ts",
        "Edit the proposed lines\te",
        "Comment on the line\tc",
        "Copy as a patch",
    ]
    menu.actions()[1].trigger()
    assert panel.editor.drawer.isVisible()
    menu.close()
    menu.deleteLater()


async def test_decisions_and_hunks_are_read_to_who_cannot_see_them(
    project: FakeProject, models: ProjectViewModels, panel: ReviewPanel
) -> None:
    said: list[str] = []

    def speak(view: QWidget, text: str, *, at_once: bool = False) -> None:
        said.append(text)

    is_heard = True
    announcer = DecisionAnnouncer(panel.diff, models.review, speak, lambda: is_heard)
    models.review.decide.reject()
    assert said[0].startswith("hunk 2 of 3, at line 9.\nRemoves:\nline 9")
    assert said[1] == "1 hunk rejected. parser.py: 1 of 3 decided."
    is_heard = False
    models.review.decide.reject()
    assert len(said) == 2
    announcer.deleteLater()


async def test_control_enter_in_a_field_accepts_nothing(
    project: FakeProject, window: MainWindow, keyed: ReviewPanel
) -> None:
    assert window.project is not None
    view = window.project
    keyed.head.search.click()
    fields: list[QWidget] = [keyed.finding.bar.words, view.chat.composer.editor]
    fields.append(view.changes.threads.search)
    for field in fields:
        field.setFocus()
        press(Qt.Key.Key_Return, _CONTROL)
        press(Qt.Key.Key_Enter, _CONTROL)
    await until(lambda: project.review.at_once == 0)
    assert project.review.groups == []
    assert project.review.accepted == []


async def test_a_key_decides_nothing_under_the_tab_of_the_chat_but_shows_the_review(
    window: MainWindow, project: FakeProject, keyed: ReviewPanel
) -> None:
    assert window.project is not None
    window.project.fit(1000)
    window.project.show_chat()
    window.project.chat.transcript.setFocus()
    press(Qt.Key.Key_A)
    assert project.review.accepted == []
    assert window.project.tabs.currentWidget() is keyed
    assert focused() is keyed.diff
    press(Qt.Key.Key_A)
    await until(lambda: len(project.review.accepted) == 1)


async def test_a_chosen_row_is_shown_though_the_chat_covers_the_review(
    window: MainWindow, keyed: ReviewPanel
) -> None:
    assert window.project is not None
    window.project.fit(1000)
    window.project.show_chat()
    window.project.changes.inbox.chosen.emit("p1")
    assert window.project.tabs.currentWidget() is keyed


async def test_a_new_thread_is_written_to_at_once(window: MainWindow, keyed: ReviewPanel) -> None:
    assert window.project is not None
    press(Qt.Key.Key_N, _CONTROL)
    assert focused() is window.project.chat.composer.editor


async def test_going_to_a_hunk_from_the_composer_takes_the_focus_along(
    window: MainWindow, keyed: ReviewPanel
) -> None:
    assert window.project is not None
    window.project.begin(Mode.ASK)
    before = shown(window)
    press(Qt.Key.Key_Down, _CONTROL)
    assert shown(window) != before
    assert focused() is keyed.diff


async def test_every_field_and_button_of_the_review_has_a_name(
    project: FakeProject, panel: ReviewPanel, files: tuple[Proposal, ...]
) -> None:
    project.turns.put(replace(conflicting(files[0]), failed=(PART,)))
    panel.diff.comment_requested.emit(2, True)
    for widget in panel.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            assert widget.accessibleName() or widget.property("text"), widget


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [500, 760])
async def test_the_panel_is_drawn_in_every_state(
    qtbot: QtBot,
    models: ProjectViewModels,
    project: FakeProject,
    theme: str,
    width: int,
) -> None:
    made = ReviewPanel(models.review, load_theme(theme))
    made.setStyleSheet(stylesheet(load_theme(theme)))
    qtbot.addWidget(made)
    made.resize(width, 560)
    made.show()
    put_answer(project)
    one = changed("p4", "gone.py", "x\n", "", kind=FileKind.DELETE)
    for state in (one, replace(one, state=Closed(1)), conflicting(one)):
        project.turns.put(replace(state, failed=(PART,)))
        models.review.show_proposal("p4")
        models.review.work.begin_edit()
        assert not made.grab().isNull()
    assert made.width() == width


def test_the_first_keys_of_the_review_are_the_letters_that_the_guide_names() -> None:
    names = ("accept", "reject", "next", "previous", "split", "edit_hunk", "undo_decision")
    assert [key_text(name) for name in names] == ["a", "r", "j", "k", "s", "e", "u"]


async def test_a_change_that_is_being_written_is_followed_while_its_hunk_is_in_view(
    panel: ReviewPanel, project: FakeProject, models: ProjectViewModels
) -> None:
    kept = "".join(f"kept {number}\n" for number in range(60))

    def written(count: int) -> Proposal:
        new = "".join(f"new {number}\n" for number in range(count))
        grown = proposal(Streaming(), name="grown", before=kept, after=f"{kept}{new}", path="g.py")
        return replace(grown, region=None, group="grown")

    project.turns.put(written(2))
    models.review.show_proposal("grown")
    panel.diff.scroll_to_hunk(hunks_of(written(2))[0])
    for count in (20, 60, 120):
        project.turns.put(written(count))
        last = f"new {count - 1}"
        await until(lambda last=last: last in panel.diff.text_of_view())
        await until(lambda: not panel.diff.is_busy())
    first, end = panel.diff.rows.visible()
    assert any("new 119" in row.text for row in panel.diff.content.rows[first:end] if row.text)


async def test_the_foot_tells_what_of_the_prompt_was_cached_where_something_was(
    panel: ReviewPanel, project: FakeProject, models: ProjectViewModels
) -> None:
    foot = panel.foot
    assert foot.cached.isHidden()
    project.turns.put(replace(models.review.group[0], usage=Usage(1400, 80, 1240)))
    assert foot.cached.text() == "1,240 of 1,400 prompt tokens from the cache"
    assert foot.cached.isVisible()
    assert "read this much of the prompt before" in foot.cached.toolTip()
