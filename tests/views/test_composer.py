"""The composer as it is used: keys, mouse, drops, and what stands around the text."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from spark_desktop.domain.compaction import Compaction, CompactionState, Summary
from spark_desktop.domain.context_item import ItemKind, ItemRef, Question
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.events import ThreadCompacted, TurnChanged
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.views.chat_panel import ChatPanel
from spark_desktop.views.composer import Composer
from spark_desktop.views.composer_text import LONG_PASTE
from spark_desktop.views.drops import DropFilter
from spark_desktop.views.flow_box import FlowBox
from spark_desktop.views.stylesheet import stylesheet
from spark_desktop.views.theme import load_theme
from tests.interface_fakes import FakeProject, turn, until

PARSER = ItemRef(ItemKind.FILE, "src/parser.py")
STATS = ItemRef(ItemKind.FILE, "stats.py")
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
async def panel(qtbot: QtBot, project: FakeProject, models: ProjectViewModels) -> ChatPanel:
    thread = await project.kept_threads.create("")
    project.kept_threads.rename(thread.id, "th1")
    made = ChatPanel(models.chat, models.composer, load_theme("dark"))
    made.setStyleSheet(stylesheet(load_theme("dark")))
    qtbot.addWidget(made)
    made.resize(380, 700)
    made.show()
    models.chat.load()
    await until(lambda: models.chat.thread_id is not None)
    made.composer.editor.setFocus()
    return made


@pytest.fixture
def composer(panel: ChatPanel) -> Composer:
    return panel.composer


async def completing(composer: Composer, text: str) -> None:
    QTest.keyClicks(composer.editor, text)
    await until(composer.popup.isVisible)


async def test_a_file_is_chosen_by_keyboard_alone(composer: Composer) -> None:
    await completing(composer, "see @s")
    rows = [composer.popup.list.item(n).text() for n in range(composer.popup.list.count())]
    assert rows[:2] == ["stats.py", "parser.py   src"]
    QTest.keyClick(composer.editor, Qt.Key.Key_Down)
    assert composer.popup.list.currentRow() == 1
    QTest.keyClick(composer.editor, Qt.Key.Key_Up)
    QTest.keyClick(composer.editor, Qt.Key.Key_Return)
    await until(lambda: bool(composer.chips.widgets))
    assert composer.chips.widgets[0].ref == STATS
    assert composer.editor.toPlainText() == "see "
    assert not composer.popup.isVisible()
    assert composer.editor.hasFocus()


async def test_tab_completes_too_and_escape_only_closes_the_completions(
    project: FakeProject, composer: Composer
) -> None:
    await completing(composer, "@par")
    QTest.keyClick(composer.editor, Qt.Key.Key_Escape)
    assert not composer.popup.isVisible()
    assert composer.editor.toPlainText() == "@par"
    assert project.chat.stops == 0
    await completing(composer, " @par")
    QTest.keyClick(composer.editor, Qt.Key.Key_Tab)
    await until(lambda: bool(composer.chips.widgets))
    assert composer.editor.hasFocus()


async def test_a_row_is_chosen_by_the_mouse(composer: Composer) -> None:
    await completing(composer, "@pars")
    rows = composer.popup.list
    place = rows.visualItemRect(rows.item(0)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
    await until(lambda: bool(composer.chips.widgets))
    assert composer.chips.widgets[0].ref == PARSER


async def test_the_at_button_begins_a_mention(composer: Composer) -> None:
    QTest.keyClicks(composer.editor, "see")
    composer.add.click()
    assert composer.editor.toPlainText() == "see @"
    await until(composer.popup.isVisible)


async def test_the_completions_lie_within_the_window_over_the_composer(composer: Composer) -> None:
    await completing(composer, "@")
    popup, window = composer.popup, composer.window()
    assert window.rect().contains(popup.geometry())
    assert popup.geometry().bottom() <= composer.mapTo(window, QPoint(0, 0)).y()
    composer.window().resize(300, 420)
    await until(lambda: window.rect().contains(popup.geometry()))


async def test_the_clipboard_becomes_a_chip(composer: Composer) -> None:
    QGuiApplication.clipboard().setText("copied text")
    await completing(composer, "@clip")
    QTest.keyClick(composer.editor, Qt.Key.Key_Return)
    await until(lambda: bool(composer.chips.widgets))
    assert composer.chips.widgets[0].ref == ItemRef(ItemKind.CLIPBOARD, text="copied text")


async def test_a_chip_is_removed_by_mouse_or_key_and_the_focus_stays_near(
    models: ProjectViewModels, composer: Composer
) -> None:
    for ref in (PARSER, STATS, ItemRef(ItemKind.TEXT, text="words")):
        models.composer.add(ref)
    await until(lambda: len(composer.chips.widgets) == 3)
    first = composer.chips.widgets[0].button
    assert first.accessibleName() == "Remove parser.py"
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Delete)
    assert [chip.ref.kind.value for chip in composer.chips.widgets] == ["file", "text"]
    assert composer.chips.widgets[0].button.hasFocus()
    composer.chips.widgets[1].button.click()
    composer.chips.widgets[0].button.click()
    assert not composer.chips.isVisible()


async def test_many_chips_take_three_rows_and_then_scroll(
    models: ProjectViewModels, composer: Composer
) -> None:
    for number in range(20):
        models.composer.add_text(f"a text with the number {number}")
    await until(lambda: len(composer.chips.widgets) == 20)
    row = composer.chips.widgets[0].sizeHint().height()
    await until(lambda: composer.chips.height() < 4 * row)
    assert composer.chips.height() > 2 * row


async def test_the_button_stops_queues_or_sends(
    project: FakeProject, models: ProjectViewModels, composer: Composer
) -> None:
    project.bus.publish(TurnChanged("th1", turn(state=TurnState.STREAMING)))
    assert (composer.button.text(), composer.more.isVisible()) == ("Stop", False)
    QTest.keyClicks(composer.editor, "Next?")
    assert (composer.button.text(), composer.more.isVisible()) == ("Queue", True)
    composer.stop.trigger()
    assert project.chat.stops == 1
    project.chat.waits = asyncio.Event()
    composer.button.click()
    assert composer.editor.toPlainText() == ""
    await until(lambda: bool(project.chat.answered))
    project.bus.publish(TurnChanged("th1", turn(answer="Because.")))


async def test_control_enter_and_the_menu_send_now(
    project: FakeProject, composer: Composer
) -> None:
    project.chat.waits = asyncio.Event()
    QTest.keyClicks(composer.editor, "First?")
    QTest.keyClick(composer.editor, Qt.Key.Key_Return)
    await until(lambda: bool(project.chat.answered))
    QTest.keyClicks(composer.editor, "Rather?")
    QTest.keyClick(composer.editor, Qt.Key.Key_Return, CONTROL)
    await until(lambda: project.chat.stops == 1)
    QTest.keyClicks(composer.editor, "Or?")
    composer.now.trigger()
    await until(lambda: project.chat.stops == 2)


async def test_queued_questions_are_listed_and_each_can_be_edited_or_removed(
    project: FakeProject, panel: ChatPanel
) -> None:
    project.chat.waits = asyncio.Event()
    editor = panel.composer.editor
    for text in ("First?", "Second?", "Third?"):
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)
    await until(lambda: len(panel.queue.lines) == 2)
    assert panel.queue.heading.text() == "2 questions waiting"
    assert not panel.queue.send.isVisible()
    panel.queue.lines[1].remove.click()
    await until(lambda: len(panel.queue.lines) == 1)
    panel.queue.lines[0].edit.click()
    await until(lambda: editor.toPlainText() == "Second?")
    assert not panel.queue.isVisible()


async def test_a_waiting_question_is_sent_now_by_its_button(
    project: FakeProject, panel: ChatPanel
) -> None:
    project.chat.waits = asyncio.Event()
    for text in ("First?", "Second?"):
        QTest.keyClicks(panel.composer.editor, text)
        QTest.keyClick(panel.composer.editor, Qt.Key.Key_Return)
    await until(lambda: len(panel.queue.lines) == 1 and bool(project.chat.answered))
    panel.queue.lines[0].now.click()
    assert project.chat.stops == 1


@pytest.mark.parametrize("choice", ["send", "discard"])
async def test_questions_that_came_back_are_sent_or_discarded(
    qtbot: QtBot, project: FakeProject, models: ProjectViewModels, choice: str
) -> None:
    project.drafts.unsent["a"] = Question("a", "th1", "a?")
    panel = ChatPanel(models.chat, models.composer, load_theme("light"))
    qtbot.addWidget(panel)
    panel.show()
    models.chat.load()
    await until(lambda: panel.queue.send.isVisible())
    assert panel.queue.heading.text() == "1 unsent question"
    getattr(panel.queue, choice).click()
    await until(lambda: not panel.queue.isVisible())
    assert bool(project.chat.answered) == (choice == "send")


async def test_the_gauge_stands_under_the_text_with_its_numbers(composer: Composer) -> None:
    QTest.keyClicks(composer.editor, "Why?")
    await until(composer.gauge.isVisible)
    assert composer.gauge.number.text().endswith("/ 8.2k")
    assert "the question:" in composer.gauge.toolTip()
    assert not composer.gauge.left_out.isVisible()
    assert composer.gauge.grab().toImage().isNull() is False


async def test_what_would_be_left_out_is_listed_before_sending(
    project: FakeProject, models: ProjectViewModels, composer: Composer
) -> None:
    project.files.texts["big.py"] = "value = compute(one, two)\n" * 3000
    models.composer.add(ItemRef(ItemKind.FILE, "big.py"))
    await until(lambda: composer.gauge.left_out.isVisible())
    assert composer.gauge.left_out.text().startswith("Left out: big.py lines")


async def test_summing_up_can_be_cancelled_and_its_summary_is_shown(
    project: FakeProject, panel: ChatPanel
) -> None:
    row = panel.compaction
    assert not row.isVisible()
    project.bus.publish(ThreadCompacted(Compaction("th1", CompactionState.RUNNING, 12)))
    assert row.isVisible()
    assert (row.cancel.isVisible(), row.button.isVisible()) == (True, False)
    row.cancel.click()
    assert project.chat.skips == 1
    summary = Summary("th1", "t9", "They talked.", 12, 2100, 300)
    project.bus.publish(ThreadCompacted(Compaction("th1", CompactionState.DONE, 12, summary)))
    assert (row.button.accessibleName(), row.summary.isVisible()) == ("Show the summary", False)
    row.button.click()
    assert (row.button.accessibleName(), row.summary.text()) == (
        "Hide the summary",
        "They talked.",
    )
    assert row.summary.isVisible()
    row.close_button.click()
    assert not row.isVisible()


def drop(widget: QWidget, data: QMimeData) -> QDropEvent:
    how = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entered = QDragEnterEvent(QPoint(4, 4), Qt.DropAction.CopyAction, data, *how)
    QApplication.sendEvent(widget, entered)
    event = QDropEvent(QPointF(4, 4), Qt.DropAction.CopyAction, data, *how)
    event.ignore()
    QApplication.sendEvent(widget, event)
    return event


@pytest.mark.parametrize("place", ["text", "transcript", "panel"])
async def test_files_and_text_can_be_dropped_anywhere_on_the_chat(
    panel: ChatPanel, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    widgets: dict[str, QWidget] = {
        "text": panel.composer.editor.viewport(),
        "transcript": panel.transcript.viewport(),
        "panel": panel,
    }
    data = QMimeData()
    data.setText("dropped words")
    assert drop(widgets[place], data).isAccepted()
    await until(lambda: len(panel.composer.chips.widgets) == 1)
    assert panel.composer.editor.toPlainText() == ""
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(tmp_path / "outside.py"))])
    drop(widgets[place], files)
    await until(panel.notice.isVisible)
    assert "is not in" in panel.notice.text


async def test_a_drop_of_nothing_useful_is_ignored(panel: ChatPanel) -> None:
    data = QMimeData()
    data.setData("application/x-other", b"x")
    assert not drop(panel, data).isAccepted()
    assert panel.findChildren(DropFilter)


async def test_pasted_files_become_chips_and_pasted_text_stays_text(
    panel: ChatPanel, tmp_path: Path
) -> None:
    editor = panel.composer.editor
    QGuiApplication.clipboard().setText("pasted")
    editor.paste()
    assert editor.toPlainText() == "pasted"
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(tmp_path / "outside.py"))])
    # Not through the clipboard, which would keep the data beyond the interpreter's end.
    assert editor.canInsertFromMimeData(files)
    editor.insertFromMimeData(files)
    await until(panel.notice.isVisible)
    assert editor.toPlainText() == "pasted"


async def test_every_button_of_the_composer_has_a_name(
    project: FakeProject, models: ProjectViewModels, panel: ChatPanel
) -> None:
    models.composer.add(PARSER)
    project.chat.waits = asyncio.Event()
    for text in ("First?", "Second?"):
        QTest.keyClicks(panel.composer.editor, text)
        QTest.keyClick(panel.composer.editor, Qt.Key.Key_Return)
    await until(lambda: bool(panel.queue.lines))
    for button in panel.findChildren(QAbstractButton):
        assert not button.isVisible() or button.accessibleName() or button.text(), button


async def test_another_theme_draws_the_chips_anew(
    models: ProjectViewModels, panel: ChatPanel
) -> None:
    models.composer.add(PARSER)
    await until(lambda: bool(panel.composer.chips.widgets))
    dark = panel.composer.grab().toImage()
    panel.setStyleSheet(stylesheet(load_theme("light")))
    panel.set_theme(load_theme("light"))
    assert panel.composer.grab().toImage() != dark


async def test_undo_brings_a_completed_mention_back(composer: Composer) -> None:
    await completing(composer, "see @pars")
    QTest.keyClick(composer.editor, Qt.Key.Key_Return)
    await until(lambda: composer.editor.toPlainText() == "see ")
    composer.editor.undo()
    assert composer.editor.toPlainText() == "see @pars"


def test_a_flow_breaks_like_text(qtbot: QtBot) -> None:
    flow = FlowBox(4)
    qtbot.addWidget(flow)
    parts = [QLabel() for _ in range(3)]
    for part in parts:
        part.setFixedSize(100, 20)
        part.setText("part")
    flow.set_widgets(parts)
    wide = max(part.sizeHint().width() for part in parts)
    tall = flow.row_height()
    assert flow.heightForWidth(3 * wide + 8) == tall
    assert flow.heightForWidth(2 * wide + 4) == 2 * tall + 4
    assert flow.heightForWidth(wide - 1) == flow.height_of(3)
    flow.set_widgets([])
    assert flow.heightForWidth(100) == 0


async def test_leaving_the_text_closes_the_completions_until_the_typing_goes_on(
    composer: Composer,
) -> None:
    await completing(composer, "@pa")
    composer.ask.setFocus()
    await until(lambda: not composer.popup.isVisible())
    composer.editor.setFocus()
    await completing(composer, "r")


async def test_at_twice_the_text_size_the_sending_goes_below_the_modes(
    project: FakeProject, panel: ChatPanel
) -> None:
    composer = panel.composer
    assert composer.button.geometry().top() == pytest.approx(composer.ask.geometry().top(), abs=4)
    panel.setStyleSheet(stylesheet(load_theme("dark")).replace("13px", "26px"))
    project.bus.publish(TurnChanged("th1", turn(state=TurnState.STREAMING)))
    QTest.keyClicks(composer.editor, "Next?")
    await until(lambda: composer.button.geometry().top() > composer.ask.geometry().bottom())
    assert composer.button.height() >= composer.button.fontMetrics().height()


async def test_a_mention_in_the_middle_of_a_text_with_emoji_is_completed_in_its_place(
    composer: Composer,
) -> None:
    QTest.keyClicks(composer.editor, " and more")
    composer.editor.moveCursor(QTextCursor.MoveOperation.Start)
    composer.editor.insertPlainText("🙂🙂🙂🙂 see ")
    await completing(composer, "@pars")
    QTest.keyClick(composer.editor, Qt.Key.Key_Return)
    await until(lambda: bool(composer.chips.widgets))
    assert composer.editor.toPlainText() == "🙂🙂🙂🙂 see and more"
    assert composer.editor.place == len("🙂🙂🙂🙂 see ")
    # Qt counts each of them twice.
    assert composer.editor.textCursor().position() == len("🙂🙂🙂🙂 see ") + 4


async def test_a_long_paste_becomes_an_item_and_a_short_one_stays_text(composer: Composer) -> None:
    data = QMimeData()
    data.setText("short")
    composer.editor.insertFromMimeData(data)
    data.setText("word " * (LONG_PASTE // 5 + 1))
    composer.editor.insertFromMimeData(data)
    await until(lambda: bool(composer.chips.widgets))
    assert composer.editor.toPlainText() == "short"
    assert composer.chips.widgets[0].ref.kind is ItemKind.TEXT


async def test_text_of_blanks_alone_cannot_be_sent(composer: Composer) -> None:
    QTest.keyClicks(composer.editor, "  ")
    assert not composer.button.isEnabled()
    QTest.keyClicks(composer.editor, "a")
    assert composer.button.isEnabled()


async def test_the_focus_stays_in_the_queue_while_it_lasts_and_then_goes_to_the_text(
    project: FakeProject, models: ProjectViewModels, panel: ChatPanel
) -> None:
    project.chat.waits = asyncio.Event()
    for text in ("First?", "Second?", "Third?"):
        QTest.keyClicks(panel.composer.editor, text)
        QTest.keyClick(panel.composer.editor, Qt.Key.Key_Return)
        await until(lambda: models.composer.text == "")
    await until(lambda: len(panel.queue.lines) == 2)
    panel.queue.lines[0].remove.setFocus()
    QTest.keyClick(panel.queue.lines[0].remove, Qt.Key.Key_Space)
    await until(lambda: [line.row.text for line in panel.queue.lines] == ["Third?"])
    assert panel.queue.lines[0].remove.hasFocus()
    QTest.keyClick(panel.queue.lines[0].remove, Qt.Key.Key_Space)
    await until(lambda: not panel.queue.lines)
    assert panel.composer.editor.hasFocus()


async def test_a_secret_file_has_a_button_that_allows_it(
    composer: Composer, project: FakeProject
) -> None:
    project.files.texts[".env"] = "DB=1\n"
    composer._model.add(ItemRef(ItemKind.FILE, ".env"))
    await until(lambda: any(one.confirm for one in composer.chips.widgets))
    (chip,) = composer.chips.widgets
    assert chip.confirm is not None
    assert chip.confirm.accessibleName() == "Allow .env, which may hold secrets, to be sent"
    assert "may hold secrets" in chip.confirm.accessibleDescription()
    assert chip.confirm.focusPolicy() & Qt.FocusPolicy.TabFocus
    chip.confirm.setFocus()
    chip.confirm.click()
    await until(lambda: all(one.confirm is None for one in composer.chips.widgets))
    # The focus stays on the chip, whose own button removes it.
    assert composer.chips.widgets[0].button.hasFocus()
