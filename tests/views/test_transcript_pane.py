"""What can be done with a transcript: find, copy, insert, act on turns, go to the end."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from spark_desktop.domain.conversation import TurnState
from spark_desktop.views.theme import load_theme
from spark_desktop.views.transcript_buttons import BlockAction
from spark_desktop.views.transcript_pane import TranscriptPane
from spark_desktop.views.transcript_units import Text
from spark_desktop.views.transcript_view import TranscriptView
from spark_desktop.views.turn_actions import TurnAction, text_of
from tests.views.transcript_fixtures import ANSWER, turn

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def pane(qtbot: QtBot) -> TranscriptPane:
    made = TranscriptPane(TranscriptView())
    qtbot.addWidget(made)
    made.set_theme(load_theme("dark"))
    made.resize(420, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def settle(qtbot: QtBot) -> Callable[[TranscriptPane], None]:
    def wait(pane: TranscriptPane) -> None:
        qtbot.waitUntil(lambda: not pane.view.is_busy())
        QApplication.processEvents()

    return wait


Settle = Callable[[TranscriptPane], None]


def hover(view: TranscriptView, place: QPoint) -> None:
    nothing, none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    moved = QMouseEvent(
        QMouseEvent.Type.MouseMove, QPointF(place), QPointF(place), nothing, nothing, none
    )
    QApplication.sendEvent(view.viewport(), moved)


def entry(menu: QMenu, text: str) -> object:
    return next(action for action in menu.actions() if action.text() == text)


def test_every_match_of_the_whole_thread_is_counted(pane: TranscriptPane, settle: Settle) -> None:
    pane.view.set_turns(tuple(turn(ANSWER, turn_id=str(n)) for n in range(300)))
    pane.begin_find()
    pane.bar.words.setText("THE GUIDE")
    settle(pane)
    assert pane.view.finding.total == 300
    assert pane.bar.count.text().endswith(" of 300")
    assert pane.view.stage.documents.created < 150


def test_the_search_goes_round_both_ends(pane: TranscriptPane, settle: Settle) -> None:
    pane.view.set_turns(tuple(turn(f"word {n}\n\n" * 30, turn_id=str(n)) for n in range(3)))
    pane.view.verticalScrollBar().setValue(0)
    pane.begin_find()
    pane.bar.words.setText("word")
    settle(pane)
    assert pane.bar.count.text() == "1 of 90"
    QTest.keyClick(pane.bar.words, Qt.Key.Key_Return)
    assert pane.bar.count.text() == "2 of 90"
    QTest.keyClick(pane.bar.words, Qt.Key.Key_Return, SHIFT)
    QTest.keyClick(pane.bar.words, Qt.Key.Key_Return, SHIFT)
    assert pane.bar.count.text() == "90 of 90"
    pane.bar.next.click()
    assert pane.bar.count.text() == "1 of 90"
    current = pane.view.finding.current
    assert current is not None
    assert current[0] in pane.view.stage.visible()


def test_the_current_match_is_brought_into_view_and_looks_different(
    pane: TranscriptPane, settle: Settle
) -> None:
    pane.view.set_turns((turn("filler\n\n" * 300 + "needle needle\n\n" + "filler\n\n" * 300),))
    pane.begin_find()
    pane.bar.words.setText("needle")
    settle(pane)
    theme = load_theme("dark")
    image = pane.view.viewport().grab().toImage()
    colors = {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    }
    assert theme.accent in colors
    assert pane.bar.count.text() == "1 of 2"


def test_text_with_marks_inside_is_found_as_it_reads(pane: TranscriptPane, settle: Settle) -> None:
    pane.view.set_turns((turn("some **bold** and `code` words, a [link](https://example.org)"),))
    for query in ("some bold and code words", "a link"):
        pane.view.look_for(query)
        settle(pane)
        assert pane.view.finding.total == 1, query


def test_what_streams_in_is_found_too(pane: TranscriptPane, settle: Settle) -> None:
    pane.view.set_turns((turn("needle", turn_id="0"), turn("", TurnState.STREAMING)))
    pane.begin_find()
    pane.bar.words.setText("needle")
    settle(pane)
    for _ in range(5):
        pane.view.append_piece("1", "a needle\n\n")
        settle(pane)
    assert pane.view.finding.total == 6
    assert pane.bar.count.text() == "1 of 6"


def test_nothing_found_says_so_and_escape_closes(pane: TranscriptPane, settle: Settle) -> None:
    pane.view.set_turns((turn(),))
    pane.begin_find()
    pane.bar.words.setText("no such words")
    settle(pane)
    assert pane.bar.count.text() == "nothing found"
    assert not pane.bar.next.isEnabled()
    QTest.keyClick(pane.bar.words, Qt.Key.Key_Return)
    QTest.keyClick(pane.bar.words, Qt.Key.Key_Escape)
    assert pane.bar.isHidden()
    assert pane.view.finding.query == ""
    assert pane.view.hasFocus()


def test_a_letter_of_two_units_does_not_shift_a_match(pane: TranscriptPane, settle: Settle) -> None:
    pane.view.set_turns((turn("😀😀 needle"),))
    pane.view.look_for("needle")
    settle(pane)
    number = len(pane.view.stage.column.placed) - 1
    document = pane.view.stage.document(number)
    assert pane.view.finding.ranges(number, document) == [(5, 6)]


def test_a_selection_is_copied_as_markdown(pane: TranscriptPane, settle: Settle) -> None:
    pane.view.set_turns((turn(ANSWER),))
    QTest.keyClick(pane.view, Qt.Key.Key_A, CTRL)
    QTest.keyClick(pane.view, Qt.Key.Key_C, CTRL | SHIFT)
    settle(pane)
    copied = QGuiApplication.clipboard().text()
    assert copied == f"**You**\n\nWhy?\n\n**Spark**\n\n{ANSWER.rstrip()}"


def test_markdown_of_code_that_holds_a_fence_has_a_longer_one(
    pane: TranscriptPane, settle: Settle
) -> None:
    lines = "\n".join(["```", *map(str, range(130)), "```"])
    pane.view.set_turns((turn(f"````md\n{lines}\n````\n"),))
    QTest.keyClick(pane.view, Qt.Key.Key_A, CTRL)
    assert pane.view.selected_markdown().endswith(f"**Spark**\n\n````md\n{lines}\n````")


def test_a_long_thread_is_copied_in_slices(pane: TranscriptPane, settle: Settle) -> None:
    pane.view.set_turns(tuple(turn(ANSWER, turn_id=str(n)) for n in range(150)))
    QTest.keyClick(pane.view, Qt.Key.Key_A, CTRL)
    heard: list[str] = []
    pane.view.copy_requested.connect(heard.append)
    created = pane.view.stage.documents.created
    QTest.keyClick(pane.view, Qt.Key.Key_C, CTRL)
    settle(pane)
    assert len(heard) == 1
    assert heard[0].count("See the guide, and code.") == 150
    assert heard[0].count("def f():\n    return 1") == 150
    assert pane.view.stage.documents.created - created <= 2


def test_the_insert_button_asks_to_insert_the_code(pane: TranscriptPane, qtbot: QtBot) -> None:
    pane.view.set_turns((turn(ANSWER),))
    rect = pane.view.button_rects(("1", 0))[BlockAction.INSERT]
    hover(pane.view, rect.center())
    assert "selected lines" in pane.view.tip_at(rect.center())
    with qtbot.waitSignal(pane.view.insert_requested) as heard:
        qtbot.mouseClick(pane.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert heard.args == ["def f():\n    return 1", "python"]


def test_the_keyboard_inserts_code_too(pane: TranscriptPane, qtbot: QtBot) -> None:
    pane.view.set_turns((turn(ANSWER),))
    pane.view.setFocus()
    QTest.keyClick(pane.view, Qt.Key.Key_Tab)
    with qtbot.waitSignal(pane.view.insert_requested) as heard:
        QTest.keyClick(pane.view, Qt.Key.Key_Return, CTRL)
    assert heard.args == ["def f():\n    return 1", "python"]


def test_the_header_of_the_turn_under_the_mouse_offers_what_can_be_done(
    pane: TranscriptPane, qtbot: QtBot
) -> None:
    pane.view.set_turns((turn("One.", turn_id="a"), turn("Two.", turn_id="b")))
    hover(pane.view, pane.view.stage.text_rect(7).center())
    buttons = pane.view.turn_buttons
    assert buttons.isVisible()
    assert all(button.accessibleName() for button in buttons.buttons.values())
    buttons.buttons[TurnAction.COPY].click()
    assert QGuiApplication.clipboard().text() == "Two."
    with qtbot.waitSignal(pane.view.turn_action) as heard:
        buttons.buttons[TurnAction.FORK].click()
    assert heard.args == ["b", TurnAction.FORK]


def test_a_turn_that_is_being_answered_offers_nothing(pane: TranscriptPane) -> None:
    pane.view.set_turns((turn("One", TurnState.STREAMING),))
    hover(pane.view, pane.view.stage.text_rect(3).center())
    assert not pane.view.turn_buttons.isVisible()
    menu = pane.menu()
    assert not any(
        action.isEnabled()
        for action in menu.actions()
        if action.text() in [text_of(known) for known in TurnAction]
    )


def test_the_menu_has_every_action_of_the_turn(pane: TranscriptPane, qtbot: QtBot) -> None:
    pane.view.set_turns((turn(ANSWER, turn_id="a"),))
    asked: list[QPoint] = []
    pane.view.menu_requested.connect(asked.append)
    place = pane.view.stage.text_rect(3).center()
    there = pane.view.viewport().mapToGlobal(place)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, there)
    QApplication.sendEvent(pane.view.viewport(), event)
    assert asked
    menu = pane.menu()
    names = [action.text() for action in menu.actions()]
    assert [name for name in names if name in map(text_of, TurnAction)] == [
        text_of(action) for action in TurnAction if action is not TurnAction.GO_ON
    ]
    entry(menu, text_of(TurnAction.COPY_MARKDOWN)).trigger()  # type: ignore[attr-defined]
    assert QGuiApplication.clipboard().text() == ANSWER
    with qtbot.waitSignal(pane.image_wanted):
        entry(menu, "Save the thread as an image…").trigger()  # type: ignore[attr-defined]
    assert not entry(menu, "Copy").isEnabled()  # type: ignore[attr-defined]


def test_the_keyboard_goes_from_turn_to_turn_and_has_it_read(
    pane: TranscriptPane, qtbot: QtBot
) -> None:
    turns = tuple(turn(f"answer {n}\n\n" * 30, turn_id=str(n)) for n in range(4))
    pane.view.set_turns(turns)
    assert "4 turns" in pane.view.accessibleDescription()
    pane.view.setFocus()
    reached: list[str] = []
    pane.view.turn_reached.connect(reached.append)
    pane.view.current_turn = "3"
    for _ in range(2):
        QTest.keyClick(pane.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(pane.view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert reached == ["2", "1", "2"]
    assert pane.view.accessibleDescription().startswith("Turn 3 of 4. You: Why? Spark: answer 2")
    first = pane.view.stage.column.turn("2").start
    assert pane.view.stage.top(first) == 0


def test_a_long_answer_is_read_as_far_as_one_may_listen(pane: TranscriptPane) -> None:
    pane.view.set_turns((turn("word " * 5000),))
    pane.view.go_to_turn(1)
    assert pane.view.accessibleDescription().endswith("… The answer goes on.")
    pane.view.clear()
    pane.view.go_to_turn(1)


def test_the_way_to_the_end_says_how_much_came_meanwhile(
    pane: TranscriptPane, settle: Settle
) -> None:
    pane.view.set_turns((turn("word\n\n" * 100, TurnState.STREAMING),))
    settle(pane)
    assert pane.to_end.isHidden()
    pane.view.verticalScrollBar().setValue(10)
    assert pane.to_end.isVisible()
    assert pane.to_end.text() == ""
    pane.view.append_piece("1", "more text " * 40)
    settle(pane)
    assert pane.to_end.text() == "about 100 new tokens"
    assert pane.view.verticalScrollBar().value() == 10
    pane.to_end.click()
    bar = pane.view.verticalScrollBar()
    assert bar.value() == bar.maximum()
    assert pane.to_end.isHidden()
    assert pane.view.hasFocus()
    pane.view.append_piece("1", "and more\n\n" * 40)
    settle(pane)
    assert bar.value() == bar.maximum()


@pytest.mark.parametrize("base", [13, 26])
def test_larger_type_needs_more_room_and_cuts_nothing(
    pane: TranscriptPane, settle: Settle, base: int
) -> None:
    pane.view.set_turns((turn(ANSWER),))
    settle(pane)
    before = pane.view.stage.column.height
    pane.view.set_fonts(base)
    settle(pane)
    assert pane.view.stage.column.height >= before * base / 13 * 0.75
    for number, placed in enumerate(pane.view.stage.column.placed):
        document = pane.view.stage.document(number)
        rect = pane.view.stage.text_rect(number)
        assert rect.height() >= int(document.size().height())
        if isinstance(placed.unit, Text):
            assert document.defaultFont().pixelSize() == base
    for rect in pane.view.button_rects(("1", 0)).values():
        assert rect.height() > base


def test_another_family_for_code_is_used(pane: TranscriptPane) -> None:
    pane.view.set_turns((turn("```\nx\n```\n"),))
    pane.view.set_fonts(13, "DejaVu Serif")
    number = len(pane.view.stage.column.placed) - 1
    assert pane.view.stage.document(number).defaultFont().family() == "DejaVu Serif"


def test_an_answer_that_was_cut_can_be_continued(pane: TranscriptPane, qtbot: QtBot) -> None:
    pane.view.set_turns((turn("Half an", TurnState.FAILED, turn_id="a"),))
    hover(pane.view, pane.view.stage.text_rect(3).center())
    button = pane.view.turn_buttons.buttons[TurnAction.GO_ON]
    assert button.isVisible()
    with qtbot.waitSignal(pane.view.turn_action) as heard:
        button.click()
    assert heard.args == ["a", TurnAction.GO_ON]
    assert entry(pane.menu(), "Continue the answer").isEnabled()  # type: ignore[attr-defined]
    pane.view.set_turns((turn("Whole.", turn_id="b"),))
    hover(pane.view, pane.view.stage.text_rect(3).center())
    assert not button.isVisible()
