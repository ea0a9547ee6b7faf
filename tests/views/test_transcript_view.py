from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.context_item import Attached, ItemKind, ItemRef
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.emulation import Emulation
from spark_desktop.views.theme import load_theme
from spark_desktop.views.transcript_buttons import BlockAction
from spark_desktop.views.transcript_column import Column, Placed
from spark_desktop.views.transcript_units import (
    CodePart,
    Header,
    Notice,
    Plain,
    Text,
    TurnUnits,
    detail_of,
)
from spark_desktop.views.transcript_view import TranscriptView

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ANSWER = """See [docs](https://example.org/a) or [mail](mailto:a@example.org).

```python
def f():
    return 1
```

Done.
"""


def turn(answer: str = ANSWER, state: TurnState = TurnState.DONE, turn_id: str = "1") -> Turn:
    return Turn(turn_id, "Why?", answer, state, NOW)


class Opened(QObject):
    """Stands where the system's browser would."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.links.append(url.toString())


class Paints(QObject):
    """Counts the paint events of a viewport."""

    def __init__(self, view: TranscriptView) -> None:
        super().__init__(view)
        self.count = 0
        view.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


@pytest.fixture
def view(qtbot: QtBot) -> TranscriptView:
    made = TranscriptView()
    qtbot.addWidget(made)
    made.set_theme(load_theme("dark"))
    made.resize(420, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def opened() -> Iterator[Opened]:
    browser = Opened()
    for scheme in ("https", "mailto", "file"):
        QDesktopServices.setUrlHandler(scheme, browser, "open")
    yield browser
    for scheme in ("https", "mailto", "file"):
        QDesktopServices.unsetUrlHandler(scheme)


@pytest.fixture
def settle(qtbot: QtBot) -> Callable[[TranscriptView], None]:
    """Wait until the view has nothing left to do."""

    def wait(view: TranscriptView) -> None:
        qtbot.waitUntil(lambda: not view.is_busy())
        QApplication.processEvents()

    return wait


def number_of(view: TranscriptView, kind: type) -> int:
    return next(n for n, p in enumerate(view.stage.column.placed) if isinstance(p.unit, kind))


def place_of(view: TranscriptView, kind: type, text: str) -> QPoint:
    """The middle of ``text`` in the first unit of that kind."""
    number = number_of(view, kind)
    document = view.stage.document(number)
    cursor = document.find(text)
    block = cursor.block()
    inside = (cursor.selectionStart() + cursor.selectionEnd()) // 2 - block.position()
    line = block.layout().lineForTextPosition(inside)
    found: object = line.cursorToX(inside)
    x = float(found[0]) if isinstance(found, tuple) else 0.0
    top = document.documentLayout().blockBoundingRect(block).top()
    return view.stage.text_rect(number).topLeft() + QPoint(
        round(x), round(top + line.y() + line.height() / 2)
    )


def hover(view: TranscriptView, place: QPoint) -> None:
    moved = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        QPointF(place),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.viewport(), moved)


def drag(view: TranscriptView, qtbot: QtBot, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    moved = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(end),
        QPointF(end),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.viewport(), moved)
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=end)


def test_a_turn_is_its_question_its_header_and_its_blocks(view: TranscriptView) -> None:
    view.set_turns((turn(),))
    kinds = [type(placed.unit) for placed in view.stage.column.placed]
    assert kinds == [Header, Plain, Header, Text, CodePart, Text]


@pytest.mark.parametrize(
    ("given_turn", "expected"),
    [
        (
            replace(turn(), usage=Usage(9, 54), timing=Timing(0.31, 2.0, 0.2, 1.0)),
            "54 t/s \N{MIDDLE DOT} 0.3 s",
        ),
        (
            replace(turn(), usage=Usage(9, 30), timing=Timing(0.5, 2.0)),
            "20 t/s \N{MIDDLE DOT} 0.5 s",
        ),
        (replace(turn(), timing=Timing(0.5, 0.5)), "0.5 s"),
        (turn(), ""),
        (turn("", TurnState.STREAMING), "writing\N{HORIZONTAL ELLIPSIS}"),
        (
            replace(turn("x", TurnState.STOPPED), timing=Timing(0.2, 1)),
            "0.2 s \N{MIDDLE DOT} stopped",
        ),
        (turn("x", TurnState.FAILED), "failed"),
    ],
)
def test_the_header_says_how_fast_it_was_or_how_it_stands(given_turn: Turn, expected: str) -> None:
    assert detail_of(given_turn) == expected


def test_a_failed_answer_says_why_and_a_stopped_one_that_it_was() -> None:
    failed = replace(turn("half", TurnState.FAILED), error="The core ended.")
    assert list(TurnUnits(failed).units())[-1] == Notice("The core ended.", True)
    stopped = turn("half", TurnState.STOPPED)
    assert list(TurnUnits(stopped).units())[-1] == Notice("Stopped.", False)
    doubted = replace(stopped, state=TurnState.DONE, doubt="Do not rely on it.")
    assert list(TurnUnits(doubted).units())[-1] == Notice("Do not rely on it.", True)


def test_an_update_that_only_ends_the_stream_keeps_the_parsed_blocks() -> None:
    units = TurnUnits(turn("", TurnState.STREAMING))
    units.append(ANSWER)
    before = [unit for unit in units.units() if isinstance(unit, Text)]
    units.update(turn())
    after = [unit for unit in units.units() if isinstance(unit, Text)]
    assert all(one.prose is other.prose for one, other in zip(before, after, strict=True))


def test_an_update_with_another_answer_replaces_it() -> None:
    units = TurnUnits(turn("old"))
    units.update(turn("new"))
    texts = [unit.prose.source for unit in units.units() if isinstance(unit, Text)]
    assert texts == ["new"]


def test_a_streaming_update_that_lags_behind_the_pieces_takes_nothing_away() -> None:
    units = TurnUnits(turn("", TurnState.STREAMING))
    units.append("all of it")
    units.update(turn("all", TurnState.STREAMING))
    texts = [unit.prose.source for unit in units.units() if isinstance(unit, Text)]
    assert texts == ["all of it"]


def test_a_long_code_block_is_cut_into_parts_that_hold_every_line() -> None:
    code = [f"line_{n}" for n in range(150)]
    units = TurnUnits(turn("```python\n" + "\n".join(code) + "\n```\n"))
    parts = [unit for unit in units.units() if isinstance(unit, CodePart)]
    assert [part.first for part in parts] == [0, 60, 120]
    assert [line for part in parts for line in part.lines] == code
    assert units.code(0) == "\n".join(code)
    assert units.code(1) == ""


def test_pieces_between_two_frames_are_one_frame(
    view: TranscriptView, settle: Callable[[TranscriptView], None]
) -> None:
    view.set_turns((turn("", TurnState.STREAMING),))
    settle(view)
    for character in ANSWER:
        view.append_piece("1", character)
    settle(view)
    assert view.frames == 1
    view.set_turns((turn(ANSWER, TurnState.STREAMING),))
    kinds = [type(placed.unit) for placed in view.stage.column.placed]
    assert kinds[3:] == [Text, CodePart, Text]


def test_a_piece_of_a_turn_that_is_not_shown_is_passed_over(view: TranscriptView) -> None:
    view.append_piece("no such", "text")
    assert not view.stage.column.placed


def test_an_update_right_after_pieces_does_not_lose_them(view: TranscriptView) -> None:
    view.set_turns((turn("", TurnState.STREAMING),))
    view.append_piece("1", "all ")
    view.append_piece("1", "of it")
    view.update_turn(turn("all of it"))
    unit = view.stage.column.placed[-1].unit
    assert isinstance(unit, Text)
    assert unit.prose.source == "all of it"


def test_streaming_lays_out_only_what_changes(
    view: TranscriptView, settle: Callable[[TranscriptView], None]
) -> None:
    view.set_turns((turn(), turn("", TurnState.STREAMING, "2")))
    settle(view)
    before = view.stage.documents.created
    for _ in range(10):
        view.append_piece("2", "more words ")
        settle(view)
    assert view.stage.documents.created - before == 10


def test_a_long_conversation_lays_out_only_what_is_seen(
    view: TranscriptView, settle: Callable[[TranscriptView], None]
) -> None:
    view.set_turns(tuple(turn(ANSWER * 5, turn_id=str(n)) for n in range(200)))
    settle(view)
    assert len(view.stage.column.placed) > 2500
    assert view.stage.documents.created < 100


def test_the_view_follows_the_end_only_while_it_is_there(
    view: TranscriptView, settle: Callable[[TranscriptView], None]
) -> None:
    bar = view.verticalScrollBar()
    view.set_turns((turn("word\n\n" * 100, TurnState.STREAMING),))
    settle(view)
    assert bar.value() == bar.maximum()
    view.append_piece("1", "more\n\n" * 20)
    settle(view)
    assert bar.value() == bar.maximum()
    bar.setValue(50)
    view.append_piece("1", "more\n\n" * 20)
    settle(view)
    assert bar.value() == 50
    bar.setValue(bar.maximum())
    view.append_piece("1", "more\n\n" * 20)
    settle(view)
    assert bar.value() == bar.maximum()


def test_a_new_question_brings_the_end_into_view(
    view: TranscriptView, settle: Callable[[TranscriptView], None]
) -> None:
    view.set_turns((turn("word\n\n" * 100),))
    view.verticalScrollBar().setValue(0)
    view.update_turn(turn("", TurnState.STREAMING, "2"))
    settle(view)
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()


def test_another_width_keeps_the_first_visible_unit(
    view: TranscriptView, settle: Callable[[TranscriptView], None]
) -> None:
    view.set_turns(tuple(turn(turn_id=str(n)) for n in range(40)))
    view.verticalScrollBar().setValue(1000)
    first = view.stage.column.placed[view.stage.visible().start].slot
    view.resize(700, 600)
    settle(view)
    assert view.stage.column.placed[view.stage.visible().start].slot == first


def test_nothing_is_painted_while_nothing_happens(
    view: TranscriptView, qtbot: QtBot, settle: Callable[[TranscriptView], None]
) -> None:
    view.set_turns((turn("", TurnState.STREAMING),))
    view.append_piece("1", ANSWER)
    settle(view)
    paints = Paints(view)
    qtbot.wait(60)
    assert paints.count == 0


def test_the_button_of_a_hovered_block_copies_its_code(view: TranscriptView, qtbot: QtBot) -> None:
    view.set_turns((turn(),))
    rect = view.button_rects(("1", 0))[BlockAction.COPY]
    hover(view, rect.center())
    with qtbot.waitSignal(view.copy_requested) as heard:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert heard.args == ["def f():\n    return 1"]
    assert QGuiApplication.clipboard().text() == "def f():\n    return 1"


def test_a_block_cut_off_at_the_top_keeps_its_button_in_view(view: TranscriptView) -> None:
    view.set_turns((turn("```\n" + "line\n" * 200 + "```\n"),))
    view.verticalScrollBar().setValue(900)
    rect = view.button_rects(("1", 0))[BlockAction.COPY]
    assert 0 <= rect.top() < 10
    assert view.button_rects(("1", 7)) == {}


def test_the_keyboard_reaches_the_copy_buttons_and_then_goes_on(
    view: TranscriptView, qtbot: QtBot
) -> None:
    view.set_turns((turn(ANSWER + ANSWER.replace("return 1", "return 2")),))
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Tab)
    qtbot.keyClick(view, Qt.Key.Key_Tab)
    with qtbot.waitSignal(view.copy_requested) as heard:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert heard.args == ["def f():\n    return 2"]
    qtbot.keyClick(view, Qt.Key.Key_Backtab)
    with qtbot.waitSignal(view.copy_requested) as heard:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert heard.args == ["def f():\n    return 1"]
    assert not view.focusNextPrevChild(False)


def test_text_is_selected_across_units_and_copied(view: TranscriptView, qtbot: QtBot) -> None:
    view.set_turns((turn("first words\n\n```\nsome code\n```\n\nlast words"),))
    start = place_of(view, Text, "words")
    end = place_of(view, CodePart, "code")
    drag(view, qtbot, start, end)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text()
    assert copied.removeprefix("o") in ("rds\n\nsome co", "rds\n\nsome c")


def test_a_selection_upwards_is_the_same_as_downwards(view: TranscriptView, qtbot: QtBot) -> None:
    view.set_turns((turn("first words\n\n```\nsome code\n```\n"),))
    start, end = place_of(view, Text, "first"), place_of(view, CodePart, "code")
    drag(view, qtbot, start, end)
    downwards = view.selected_text()
    drag(view, qtbot, end, start)
    assert view.selected_text() == downwards != ""


def test_everything_can_be_selected(view: TranscriptView, qtbot: QtBot) -> None:
    view.set_turns((turn("```\n" + "\n".join(map(str, range(100))) + "\n```"),))
    qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    text = view.selected_text()
    assert text == "You\n\nWhy?\n\nSpark\n\n" + "\n".join(map(str, range(100)))


def test_a_double_click_selects_the_word(view: TranscriptView, qtbot: QtBot) -> None:
    view.set_turns((turn("some longwords here"),))
    place = place_of(view, Text, "longwords")
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert view.selected_text() == "longwords"


def test_a_selection_whose_unit_is_gone_selects_nothing(view: TranscriptView, qtbot: QtBot) -> None:
    view.set_turns((turn("one\n\n```\ntwo\n```\n"),))
    drag(view, qtbot, place_of(view, Text, "one"), place_of(view, CodePart, "two"))
    view.update_turn(turn("another"))
    assert view.selected_text() == ""


def test_a_click_on_a_web_link_opens_it(view: TranscriptView, qtbot: QtBot, opened: Opened) -> None:
    view.set_turns((turn(),))
    place = place_of(view, Text, "docs")
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.links == ["https://example.org/a"]


def test_a_link_that_is_not_of_the_web_opens_nothing(
    view: TranscriptView, qtbot: QtBot, opened: Opened
) -> None:
    view.set_turns((turn(),))
    place = place_of(view, Text, "mail")
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.links == []


def test_selecting_over_a_link_does_not_open_it(
    view: TranscriptView, qtbot: QtBot, opened: Opened
) -> None:
    view.set_turns((turn(),))
    place = place_of(view, Text, "docs")
    drag(view, qtbot, place, place + QPoint(10, 0))
    assert opened.links == []
    assert view.selected_text() != ""


def test_the_pointer_shows_what_can_be_clicked(view: TranscriptView) -> None:
    view.set_turns((turn(),))
    hover(view, place_of(view, Text, "docs"))
    assert view.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
    hover(view, place_of(view, Plain, "Why"))
    assert view.viewport().cursor().shape() == Qt.CursorShape.IBeamCursor


def test_keys_reach_both_ends(view: TranscriptView, qtbot: QtBot) -> None:
    view.set_turns((turn("word\n\n" * 200),))
    bar = view.verticalScrollBar()
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert bar.value() == 0
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert bar.value() == bar.maximum()


def test_code_is_coloured_and_another_theme_colours_it_anew(
    view: TranscriptView, settle: Callable[[TranscriptView], None]
) -> None:
    view.set_turns((turn(),))
    settle(view)

    def keyword_color() -> str:
        document = view.stage.document(number_of(view, CodePart))
        (keyword, *_) = document.begin().layout().formats()
        return keyword.format.foreground().color().name()

    dark = keyword_color()
    view.set_theme(load_theme("light"))
    settle(view)
    assert keyword_color() != dark


@pytest.mark.parametrize(
    "answer", ["", "😀 中文\n\n```\n\t😀 x\n```", "x" * 5000, "```python\n" + "x" * 3000 + "\n```"]
)
def test_unusual_answers_are_drawn(
    view: TranscriptView, answer: str, settle: Callable[[TranscriptView], None]
) -> None:
    view.set_turns((turn(answer), replace(turn(answer, TurnState.FAILED, "2"), error="Broken.")))
    settle(view)
    assert not view.grab().isNull()


def test_an_empty_view_answers_every_question(view: TranscriptView, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert view.selected_text() == ""
    assert view.stage.link_at(QPoint(5, 5)) == ""


@given(st.lists(st.integers(1, 400), min_size=1, max_size=30), st.integers(0, 9000))
def test_the_unit_at_a_height_is_the_one_that_covers_it(heights: list[int], place: int) -> None:
    column = Column()
    column.place((Placed(("1", n), Plain("")) for n in range(len(heights))), 400)
    for number, height in enumerate(heights):
        column.measured(number, height)
    found = column.at(place)
    assert column.top(found) <= place
    assert place < column.end(found) or found == len(heights) - 1


def test_a_measured_height_is_forgotten_at_another_width() -> None:
    column = Column()
    placed = (Placed(("1", 0), Plain("text")),)
    column.place(placed, 400)
    assert column.measured(0, 999)
    assert not column.measured(0, 999)
    column.place(placed, 500)
    assert column.height < 999


def test_an_answer_that_is_asked_for_again_begins_anew() -> None:
    units = TurnUnits(turn("Half of", TurnState.FAILED))
    units.update(turn("", TurnState.STREAMING))
    units.append("All.")
    units.update(turn("All.", TurnState.DONE))
    texts = [unit.prose.source for unit in units.units() if isinstance(unit, Text)]
    assert texts == ["All."]


def test_an_answer_cut_short_by_a_crash_is_told_in_words() -> None:
    units = TurnUnits(replace(turn("", TurnState.FAILED), error="interrupted"))
    assert Notice("Spark ended while this was being answered.", True) in units.units()


def test_a_row_holds_the_place_of_an_answer_that_is_awaited() -> None:
    units = TurnUnits(turn("", TurnState.STREAMING))
    assert list(units.units())[-1] == Notice("waiting for the first token…", False)
    units.pace = "waiting for the first token… 2 s"
    assert list(units.units())[-1] == Notice("waiting for the first token… 2 s", False)
    units.append("Be")
    units.pace = "writing… 20 t/s"
    assert Header("Spark", "writing… 20 t/s") in units.units()
    assert not any(isinstance(unit, Notice) for unit in units.units())
    units.update(turn("Because."))
    assert Header("Spark", "writing… 20 t/s") not in units.units()


EMULATION = Emulation("codex-spark", "Codex-Spark", "engine", "vendor", 1000.0, 998.0, 0.0, 4.0)


def badge_of(view: TranscriptView) -> QPoint | None:
    """A place inside the badge, found as a mouse would find it."""
    number = [n for n, p in enumerate(view.stage.column.placed) if isinstance(p.unit, Header)][-1]
    line = view.stage.text_rect(number)
    row = [QPoint(x, line.center().y()) for x in range(0, 300, 4)]
    return next((place for place in row if view.tip_at(place)), None)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_an_emulated_answer_has_a_badge_in_its_own_colour(view: TranscriptView, name: str) -> None:
    theme = load_theme(name)
    view.set_theme(theme)
    view.set_turns((replace(turn(), emulation=EMULATION),))
    place = badge_of(view)
    assert place is not None
    tip = view.tip_at(place)
    assert all(word in tip for word in ("codex-spark", "1,000", "998", "4.0 s", "real engine"))
    shown = view.viewport().grab().toImage()
    row = {shown.pixelColor(x, place.y()).name() for x in range(shown.width())}
    assert theme.emulated in row
    assert theme.added_text not in row


def test_a_measured_answer_has_no_badge(view: TranscriptView) -> None:
    view.set_turns((turn(),))
    assert badge_of(view) is None


def test_the_badge_is_there_before_the_first_word(view: TranscriptView) -> None:
    view.set_turns((replace(turn("", TurnState.STREAMING), emulation=EMULATION),))
    assert badge_of(view) is not None


def test_the_speed_of_an_emulated_answer_is_the_one_it_achieved() -> None:
    told = replace(turn(), usage=Usage(1, 11, 0), timing=Timing(0.5, 1.5), emulation=EMULATION)
    assert detail_of(told) == "998 t/s · 0.5 s"


def test_what_went_with_a_question_stands_below_it(qtbot: QtBot) -> None:
    view = TranscriptView()
    qtbot.addWidget(view)
    item = Attached(ItemRef(ItemKind.FILE, "src/parser.py"), "digest", 9)
    view.set_turns((Turn("1", "Why?", "So.", TurnState.DONE, NOW, attached=(item,)),))
    view.resize(400, 300)
    view.show()
    qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert "Why?\nWith src/parser.py\n" in view.selected_text()


@pytest.mark.parametrize(
    ("state", "detail"),
    [
        (TurnState.STREAMING, "Fast · writing…"),
        (TurnState.FAILED, "Fast · failed"),
        (TurnState.STOPPED, "stopped · Fast · $0.0042"),
        (TurnState.DONE, "Fast · $0.0042"),
    ],
)
def test_who_answered_and_the_cost_stand_in_the_header(state: TurnState, detail: str) -> None:
    assert detail_of(replace(turn("So.", state), endpoint="Fast", cost=0.0042)) == detail


def test_who_answers_is_said_before_the_first_word() -> None:
    waiting = TurnUnits(replace(turn("", TurnState.STREAMING), endpoint="Fast"))
    assert waiting.units()[2] == Header("Spark", "Fast")
    waiting.append("So")
    waiting.pace = "54 t/s"
    assert waiting.units()[2] == Header("Spark", "Fast · 54 t/s")
