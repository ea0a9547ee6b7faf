from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from spark_desktop.domain.completion import ModelInfo
from spark_desktop.domain.conversation import Thread, TurnState
from spark_desktop.domain.core_state import (
    CoreDownloading,
    CoreFailed,
    CoreReady,
    CoreRestarting,
    CoreStarting,
    CoreState,
    CoreStopped,
)
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.events import ChangeIgnored, FilesChanged, ProposalStreamed, TurnChanged
from spark_desktop.domain.proposal import (
    Check,
    Closed,
    Conflict,
    Failed,
    State,
    Streaming,
    Withheld,
)
from spark_desktop.domain.trigger import Insertion, Span
from spark_desktop.domain.workspace import Ignored, IgnoreReason
from spark_desktop.viewmodels.chat import Mode
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.views.changes_panel import ChangesPanel
from spark_desktop.views.chat_panel import ChatPanel
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.notice_line import NoticeLine
from spark_desktop.views.project_view import ProjectView
from spark_desktop.views.review_panel import ReviewPanel
from spark_desktop.views.stylesheet import stylesheet
from spark_desktop.views.theme import Theme, load_theme
from spark_desktop.views.turn_actions import TurnAction
from tests.interface_fakes import (
    MODEL,
    NOON,
    TIMING,
    USAGE,
    FakeProject,
    proposal,
    turn,
    until,
)


@pytest.fixture
def theme(either_theme: Theme) -> Theme:
    return either_theme


@pytest.fixture
def view(qtbot: QtBot, models: ProjectViewModels, theme: Theme, tmp_path: Path) -> ProjectView:
    made = ProjectView(models, theme, LayoutMemory(tmp_path / "window.ini"))
    made.setStyleSheet(stylesheet(theme))
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.fit(1280)
    made.show()
    return made


async def test_an_empty_inbox_and_review_show_how_to_begin(view: ProjectView) -> None:
    raised: list[object] = []
    view.intent_raised.connect(raised.append)
    assert "AI!" in view.changes.notice.text
    assert view.review.empty.text.startswith("Nothing to review.")
    view.changes.notice.button.click()
    view.review.empty.button.click()
    assert raised == [Intent.HELP, Intent.HELP]


@pytest.mark.parametrize(
    ("state", "text", "button"),
    [
        (CoreStarting(), "Starting the model.", None),
        (CoreStarting("the Hub: no answer within 5 s."), "Trying the next source.", None),
        (
            CoreDownloading("the Hub", 1_000_000, 4_000_000, 1e6, 3.0),
            "1.0 MB of 4.0 MB",
            "Stop the download",
        ),
        (CoreRestarting("it was killed.", 1, 2.0), "Starting it again in 2 s", None),
        (CoreFailed("The disk is full.", "Free 2 GB."), "Free 2 GB.", "Try again"),
    ],
)
async def test_while_the_core_cannot_answer_a_strip_says_why(
    project: FakeProject, view: ProjectView, state: CoreState, text: str, button: str | None
) -> None:
    assert not view.core_notice.isVisible()
    project.core.become(state)
    assert view.core_notice.isVisible()
    assert text in view.core_notice.text
    assert view.core_notice.button.isVisible() == (button is not None)
    if button is not None:
        assert view.core_notice.button.text() == button
        view.core_notice.button.click()
        began = button == "Try again"
        assert project.core.starts == int(began)
        assert isinstance(project.core.state, CoreStopped) == (not began)
    project.core.become(CoreReady(MODEL))
    assert not view.core_notice.isVisible()


async def test_a_long_reason_of_the_core_is_folded_and_not_cut_off(
    qtbot: QtBot, theme: Theme
) -> None:
    line = NoticeLine(strip=True)
    line.setStyleSheet(stylesheet(theme))
    qtbot.addWidget(line)
    line.resize(1024, 30)
    line.show()
    line.show_notice(Notice("Loading.", Tone.BUSY, "A few seconds."))
    flat = line.sizeHint().height()
    action = Action("Try again", Intent.RETRY_CORE)
    line.show_notice(Notice("reason " * 20, Tone.PROBLEM, "next step " * 15, action))
    assert line.heightForWidth(1024) > flat
    labels = [label for label in line.findChildren(QLabel) if label.text()]
    line.resize(1024, line.heightForWidth(1024))
    assert all(label.heightForWidth(label.width()) <= label.height() for label in labels)
    line.show_notice(Notice("Loading.", Tone.BUSY, "A few seconds."))
    assert line.sizeHint().height() == flat


async def test_a_ready_proposal_shows_file_counts_hunk_and_evidence(
    project: FakeProject, view: ProjectView
) -> None:
    project.turns.put(proposal())
    QTest.mouseClick(
        view.changes.inbox.viewport(),
        Qt.MouseButton.LeftButton,
        pos=view.changes.inbox.visualRect(view.changes.inbox.model().index(0, 0)).center(),
    )
    review = view.review
    assert review.name.text() == "src/parser.py"
    assert (review.added.text(), review.removed.text()) == ("+3", "\u22123")
    assert review.position.text() == "hunk 1 of 3"
    assert review.evidence.text() == "✓ differs · parses"
    assert not review.failed.isVisible()
    assert review.accept.isVisible()
    assert not review.notice.isVisible()
    assert view.changes.inbox.currentIndex().row() == 0


async def test_the_evidence_of_a_proposal_fits_one_line(
    project: FakeProject, view: ProjectView
) -> None:
    names = ("complete", "differs", "parses", "inside", "no placeholder", "no reasoning")
    checks = tuple(Check(name, True) for name in names)
    checks += (Check("not shrunk", True, "13 → 10 lines"),)
    project.turns.put(replace(proposal(), evidence=checks))
    view.models.changes.choose_proposal(project.turns.proposals()[0].id)
    label = view.review.evidence
    QCoreApplication.processEvents()
    assert label.text().endswith("not shrunk (13 → 10 lines)")
    assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width()


async def test_the_buttons_decide_and_go_on(project: FakeProject, view: ProjectView) -> None:
    project.turns.put(proposal())
    view.changes.inbox.chosen.emit("p1")
    view.review.next.click()
    assert view.review.position.text() == "hunk 2 of 3"
    view.review.previous.click()
    view.review.reject.click()
    assert len(project.review.rejected) == 1
    view.review.accept.click()
    await until(lambda: len(project.review.accepted) == 1)
    view.review.accept_all.click()
    await until(lambda: len(project.review.accepted) == 2)
    assert view.review.notice.text == "Applied 2 hunks."
    assert view.review.notice.button.text() == "Undo"
    assert not view.review.accept.isVisible()


async def test_the_diffs_own_buttons_decide_too(project: FakeProject, view: ProjectView) -> None:
    one = proposal()
    project.turns.put(one)
    view.changes.inbox.chosen.emit("p1")
    assert one.patch is not None
    first, second, third = (hunk.id for hunk in one.patch.hunks)
    view.review.diff.hunk_clicked.emit(third)
    assert view.review.position.text() == "hunk 3 of 3"
    view.review.diff.reject_clicked.emit(second)
    assert project.review.rejected == [(second,)]
    view.review.diff.accept_clicked.emit(first)
    await until(lambda: project.review.accepted == [(first,)])


@pytest.mark.parametrize(
    ("state", "text", "button"),
    [
        (Withheld("it does not parse"), "Withheld: it does not parse", "Try again"),
        (Conflict("line 3 changed"), "Conflict: line 3 changed", "Try again"),
        (Failed("The server ended.", "Wait a moment."), "The server ended. Wait", "Try again"),
        (Streaming(), "Writing…", "Stop"),
        (Closed(0), "Rejected.", "Try again"),
    ],
)
async def test_a_proposal_that_cannot_be_decided_says_why(
    project: FakeProject, view: ProjectView, state: State, text: str, button: str
) -> None:
    project.turns.put(proposal(state))
    view.changes.inbox.chosen.emit("p1")
    assert view.review.notice.isVisible()
    assert text in view.review.notice.text
    assert view.review.notice.button.text() == button
    assert not view.review.accept.isVisible()


async def test_a_withheld_proposal_is_not_shown_as_a_change(
    project: FakeProject, view: ProjectView
) -> None:
    project.turns.put(proposal(Withheld("it does not parse")))
    view.changes.inbox.chosen.emit("p1")
    assert view.review.added.text() == ""
    assert view.review.position.text() == ""


async def test_a_withheld_proposal_is_shown_by_its_second_button(
    project: FakeProject, view: ProjectView
) -> None:
    failed = (Check("differs", True), Check("parses", False, "It has 1 error."))
    project.turns.put(replace(proposal(Withheld("It has 1 error.")), evidence=failed))
    view.changes.inbox.chosen.emit("p1")
    review = view.review
    assert review.notice.other.text() == "Show anyway"
    # By key: from the main action it is one step.
    view.activateWindow()
    await until(view.isActiveWindow)
    review.notice.button.setFocus()
    QTest.keyClick(review.notice.button, Qt.Key.Key_Tab)
    assert review.notice.other.hasFocus()
    QTest.keyClick(review.notice.other, Qt.Key.Key_Space)
    await until(lambda: review.accept.isVisible())
    assert review.diff.hasFocus()
    assert (review.added.text(), review.position.text()) == ("+3", "hunk 1 of 3")
    assert "three" in review.diff.text_of_view()
    assert review.failed.text() == "✗ parses"
    assert review.evidence.text() == "✓ differs"
    assert "Failed its checks: It has 1 error." in review.notice.text
    assert review.notice.button.text() == "Try again"
    assert review.notice.other.isHidden()


async def test_nothing_is_offered_to_be_shown_where_nothing_came(
    project: FakeProject, view: ProjectView
) -> None:
    project.turns.put(replace(proposal(Withheld("it was refused")), patch=None))
    view.changes.inbox.chosen.emit("p1")
    assert view.review.notice.button.isVisible()
    assert view.review.notice.other.isHidden()


async def test_streaming_shows_the_rate_and_can_be_stopped(
    project: FakeProject, view: ProjectView
) -> None:
    project.turns.put(replace(proposal(Streaming()), patch=None))
    project.bus.publish(ProposalStreamed("p1", "line 1\nli", 28, 0.5))
    await until(lambda: "54 tokens/s" in view.review.notice.text)
    view.review.notice.button.click()
    view.stop()
    assert project.turns.stops == 2


async def test_whatever_was_ignored_is_listed_folded(
    project: FakeProject, view: ProjectView
) -> None:
    project.bus.publish(ChangeIgnored(Ignored(".env", IgnoreReason.SECRET)))
    _inbox, ignored, files, _threads = view.changes.sections
    assert ignored.heading == "IGNORED  1"
    assert not ignored.is_open
    ignored.set_open(True)
    assert view.changes.ignored.isVisible()
    project.bus.publish(FilesChanged(("a.py", "b.py")))
    assert files.heading == "CHANGES  2"


async def test_folded_lists_leave_their_height_to_the_others(
    project: FakeProject, view: ProjectView
) -> None:
    project.turns.put(proposal())
    for name in "abcdef":
        project.bus.publish(ChangeIgnored(Ignored(f"{name}.py", IgnoreReason.NO_TRIGGER)))
    inbox, ignored, _files, _threads = view.changes.sections
    view.changes.grab()
    assert len(view.models.changes.ignored.rows) == 6
    assert ignored.height() == ignored.minimumSizeHint().height()
    assert view.changes.inbox.height() == view.changes.inbox.row_height
    ignored.set_open(True)
    inbox.set_open(False)
    view.changes.grab()
    assert view.changes.ignored.height() >= 2 * view.changes.ignored.row_height


async def test_the_status_bar_shows_measured_numbers_only(
    project: FakeProject, view: ProjectView
) -> None:
    status = view.status
    assert not status.speed.isVisible()
    project.turns.put(replace(proposal(), usage=USAGE, timing=TIMING))
    assert status.text == (
        "ready  50 tokens/s  first token 310 ms  context 250 / 8.2k  cached 75 %  "
        "$0.00  prefill / decode  local · qwen2.5-coder-0.5b"
    )
    assert "decode time" in status.speed.toolTip()
    assert "badge" not in status.text


async def test_emulated_answers_carry_a_badge(project: FakeProject, view: ProjectView) -> None:
    badge = next(w for w in view.status.children() if w.objectName() == "emulated")
    assert badge.property("visible") is False
    emulated = ModelInfo(MODEL.id, MODEL.context, MODEL.fim, label="emulated wse-3")
    project.core.become(CoreReady(emulated))
    assert badge.property("visible") is True


@pytest.fixture
async def chat(view: ProjectView, models: ProjectViewModels) -> ChatPanel:
    models.chat.load()
    await until(lambda: models.chat.thread_id is not None)
    return view.chat


async def test_enter_sends_and_shift_enter_begins_a_line(
    project: FakeProject, chat: ChatPanel
) -> None:
    editor = chat.composer.editor
    assert not chat.composer.button.isEnabled()
    QTest.keyClicks(editor, "Why")
    QTest.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(editor, "so?")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert editor.toPlainText() == ""
    await until(lambda: bool(project.chat.asked))
    assert project.chat.asked == [("Why\nso?", None, "th1")]


async def test_an_empty_composer_sends_nothing(project: FakeProject, chat: ChatPanel) -> None:
    QTest.keyClick(chat.composer.editor, Qt.Key.Key_Return)
    assert project.chat.asked == []


async def test_the_composer_grows_with_its_text(chat: ChatPanel) -> None:
    editor = chat.composer.editor
    low = editor.height()
    editor.setPlainText("\n" * 5)
    high = editor.height()
    editor.setPlainText("\n" * 50)
    assert low < high < editor.height() < 400


async def test_while_an_answer_streams_the_button_stops_it(
    project: FakeProject, view: ProjectView, chat: ChatPanel
) -> None:
    project.bus.publish(TurnChanged("th1", turn(state=TurnState.STREAMING)))
    assert chat.composer.button.text() == "Stop"
    chat.composer.button.click()
    view.stop()
    assert project.chat.stops == 2
    project.bus.publish(TurnChanged("th1", turn(answer="Because.")))
    assert chat.composer.button.text() == "Send"
    chat.copy.click()
    assert QGuiApplication.clipboard().text() == "Because."


async def test_a_core_that_died_in_an_answer_is_told_and_the_question_asked_again(
    project: FakeProject, chat: ChatPanel
) -> None:
    broken = replace(turn(answer="Be", state=TurnState.FAILED), error="The core ended.")
    project.bus.publish(TurnChanged("th1", broken))
    assert chat.notice.isVisible()
    assert "broke off" in chat.notice.text
    chat.transcript.setFocus()
    QTest.keyClick(chat.transcript, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert "The core ended." in chat.transcript.selected_text()
    QTest.mouseClick(chat.notice.button, Qt.MouseButton.LeftButton)
    await until(lambda: project.chat.repeated == [("th1", "t1")])
    await until(lambda: not chat.notice.isVisible())


async def test_the_edit_mode_says_what_it_needs(chat: ChatPanel) -> None:
    chat.composer.edit.click()
    assert "No file is open." in chat.notice.text
    chat.composer.ask.click()
    assert not chat.notice.isVisible()


async def test_texts_that_could_not_be_sent_come_back_above_what_was_begun_since(
    view: ProjectView, chat: ChatPanel
) -> None:
    view.models.composer.give_back("Why?")
    view.models.composer.give_back("Another")
    assert chat.composer.editor.toPlainText() == "Another\nWhy?"


async def test_another_thread_is_chosen_from_the_menu(
    project: FakeProject, chat: ChatPanel
) -> None:
    old = Thread("th0", "Q & A", NOON, (turn(answer="Old."),), is_pinned=True)
    project.chat.known |= {"th0": old, "th9": Thread("th9", "Later", NOON)}
    chat.new.click()
    await until(lambda: len(chat.threads.menu().actions()) == 7)
    assert chat.threads.text() == "New thread"
    first = chat.threads.menu().actions()[0]
    assert first.text().startswith("Q && A")
    assert not first.icon().isNull()
    first.trigger()
    await until(lambda: chat.threads.text() == "Q & A")
    assert chat.copy.isEnabled()


async def test_a_renamed_thread_has_its_title_in_the_chat_at_once(
    project: FakeProject, chat: ChatPanel
) -> None:
    await project.threads.rename("th1", "About parsing")
    await until(lambda: chat.threads.text() == "About parsing")
    await project.threads.rename("th1", "")
    await until(lambda: chat.threads.text() == "New thread")


async def test_a_narrow_window_has_the_chat_as_a_tab(view: ProjectView) -> None:
    view.fit(1024)
    assert view.is_narrow
    assert view.tabs.count() == 2
    view.toggle_chat()
    assert view.tabs.currentWidget() is view.chat
    view.toggle_chat()
    assert view.tabs.currentWidget() is view.review
    view.begin(Mode.EDIT)
    assert view.tabs.currentWidget() is view.chat
    view.fit(1280)
    assert view.tabs.count() == 1
    assert view.splitter.count() == 3
    assert view.chat.isVisible()


async def test_a_large_screen_is_for_the_review_and_the_chat(view: ProjectView) -> None:
    changes, review, chat = view.splitter.sizes()
    view.resize(3840, 2000)
    view.fit(3840)
    await until(lambda: view.splitter.sizes()[2] > chat + 800)
    larger_changes, larger_review, _chat = view.splitter.sizes()
    assert larger_changes == changes
    assert larger_review > review + 1000


async def test_regions_can_be_hidden(view: ProjectView) -> None:
    view.toggle_changes()
    view.toggle_chat()
    assert not view.changes.isVisible()
    assert not view.chat.isVisible()
    view.toggle_changes()
    view.begin(Mode.ASK)
    assert view.changes.isVisible()
    assert view.chat.isVisible()


async def test_the_layout_of_a_project_is_remembered(
    view: ProjectView, models: ProjectViewModels, theme: Theme, tmp_path: Path, qtbot: QtBot
) -> None:
    view.changes.sections[1].set_open(True)
    view.splitter.setSizes([220, 700, 360])
    sizes = view.splitter.sizes()
    view.remember()
    again = ProjectView(models, theme, LayoutMemory(tmp_path / "window.ini"))
    qtbot.addWidget(again)
    again.resize(1280, 800)
    again.fit(1280)
    again.show()
    assert again.splitter.sizes() == sizes
    assert again.changes.sections[1].is_open


def test_panels_draw_in_either_theme_after_a_change(
    qtbot: QtBot, models: ProjectViewModels
) -> None:
    panels = (
        ChangesPanel(models.changes, models.threads, load_theme("dark")),
        ReviewPanel(models.review, load_theme("dark")),
    )
    for panel in panels:
        qtbot.addWidget(panel)
        panel.resize(400, 300)
        dark = panel.grab().toImage()
        panel.setStyleSheet(stylesheet(load_theme("light")))
        panel.set_theme(load_theme("light"))
        assert panel.grab().toImage() != dark


async def test_emulated_figures_stand_apart_in_the_status_bar(
    view: ProjectView, project: FakeProject, theme: Theme
) -> None:
    told = Emulation("codex-spark", "Codex-Spark", "engine", "vendor", 1000.0, 998.0, 0.0, 4.0)
    project.turns.put(replace(proposal(), usage=USAGE, timing=TIMING, emulation=told))
    status = view.status
    assert status.emulated.isVisible()
    assert "codex-spark" in status.emulated.toolTip()
    assert status.speed.palette().color(status.speed.foregroundRole()).name() == theme.emulated
    assert status.context.palette().color(QPalette.ColorRole.WindowText).name() != theme.emulated
    newer = replace(proposal(name="p2"), usage=USAGE, timing=replace(TIMING, total=2.0))
    project.turns.put(newer)
    assert not status.emulated.isVisible()
    assert status.speed.palette().color(status.speed.foregroundRole()).name() != theme.emulated


async def test_an_emulated_proposal_is_marked_in_the_review(
    view: ProjectView, project: FakeProject, models: ProjectViewModels
) -> None:
    told = Emulation("codex-spark", "Codex-Spark", "engine", "vendor", 1000.0)
    project.turns.put(replace(proposal(), emulation=told))
    models.changes.choose_proposal("p1")
    assert view.review.emulated.isVisible()
    assert "1,000 tokens/s (vendor)" in view.review.emulated.toolTip()
    project.turns.put(proposal(name="p2"))
    models.changes.choose_proposal("p2")
    assert not view.review.emulated.isVisible()


async def test_code_of_an_answer_is_proposed_for_the_open_file(
    project: FakeProject, view: ProjectView, chat: ChatPanel, models: ProjectViewModels
) -> None:
    models.chat.set_target("src/parser.py", Span(1, 2))
    chat.transcript.insert_requested.emit("x = 1", "python")
    await until(lambda: bool(project.turns.requests))
    (trigger,) = project.turns.requests
    assert isinstance(trigger, Insertion)
    assert trigger.lines == Span(1, 2)


async def test_a_turn_is_asked_again_from_its_header(project: FakeProject, chat: ChatPanel) -> None:
    chat.transcript.turn_action.emit("t1", TurnAction.ASK_AGAIN)
    await until(lambda: project.chat.repeated == [("th1", "t1")])


async def test_the_thread_is_saved_as_an_image(
    project: FakeProject, view: ProjectView, chat: ChatPanel, models: ProjectViewModels
) -> None:
    project.bus.publish(TurnChanged("th1", turn(answer="Because.")))
    chat.pane.image_wanted.emit()
    (dialog,) = view.findChildren(QFileDialog)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    dialog.fileSelected.emit("/home/me/thread.png")
    dialog.reject()
    await until(lambda: bool(project.lab.written))
    assert project.lab.written[Path("/home/me/thread.png")].startswith(b"\x89PNG")
    await until(lambda: "thread.png" in chat.notice.text)


async def test_find_opens_over_the_thread(
    project: FakeProject, view: ProjectView, chat: ChatPanel
) -> None:
    view.begin_find()
    assert not chat.pane.bar.isVisible()
    project.bus.publish(TurnChanged("th1", turn(answer="Because.")))
    view.begin_find()
    assert chat.pane.bar.isVisible()
    assert chat.pane.bar.words.hasFocus()
