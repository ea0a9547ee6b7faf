"""How much work the transcript does: counted, not timed."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from benchmarks.paints import Paints
from spark_desktop.domain.conversation import TurnState
from spark_desktop.views.markdown_blocks import Prose
from spark_desktop.views.theme import load_theme
from spark_desktop.views.transcript_documents import Documents
from spark_desktop.views.transcript_units import Text, TurnUnits
from spark_desktop.views.transcript_view import TranscriptView
from tests.views.transcript_fixtures import ANSWER, turn

LONG_CODE = "```python\n" + "".join(f"value_{n} = {n}\n" for n in range(3000))


class Heights(QObject):
    """Notes from where to the viewport's end a widget draws, less the empty part below."""

    def __init__(self, view: TranscriptView, noted: list[int]) -> None:
        super().__init__(view)
        self._view, self._noted = view, noted

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            stage = self._view.stage
            last = stage.text_rect(len(stage.column.placed) - 1)
            self._noted.append(last.bottom() - event.rect().top())
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
def settle(qtbot: QtBot) -> Callable[[TranscriptView], None]:
    def wait(view: TranscriptView) -> None:
        qtbot.waitUntil(lambda: not view.is_busy())
        QApplication.processEvents()

    return wait


def on_screen(view: TranscriptView) -> QImage:
    """What was painted, piece by piece; ``grab`` would paint everything once more."""
    return view.screen().grabWindow(view.winId()).toImage()


def placed_by_ten_frames(
    view: TranscriptView, settle: Callable[[TranscriptView], None], turns: int
) -> int:
    old = tuple(turn(ANSWER * 5, turn_id=str(n)) for n in range(turns))
    view.set_turns((*old, turn("", TurnState.STREAMING, "open")))
    settle(view)
    before = view.stage.column.placed_count
    for _ in range(10):
        view.append_piece("open", "more words\n\nand a paragraph ")
        settle(view)
    return view.stage.column.placed_count - before


def test_a_frame_places_as_many_units_in_a_long_thread_as_in_a_short_one(
    view: TranscriptView, settle: Callable[[TranscriptView], None]
) -> None:
    short = placed_by_ten_frames(view, settle, 1)
    long = placed_by_ten_frames(view, settle, 400)
    assert short == long <= 40


def test_a_frame_makes_as_many_units_of_a_long_answer_as_of_a_short_one() -> None:
    units = TurnUnits(turn("", TurnState.STREAMING))
    for _ in range(400):
        units.append(ANSWER)
        units.changes()
    units.append("more words")
    (change,) = units.changes()
    assert len(change.units) == 1
    assert change.first > 800


def test_code_that_grows_goes_on_in_its_document(
    view: TranscriptView, settle: Callable[[TranscriptView], None]
) -> None:
    view.set_turns((turn("```python\nx = 0\n", TurnState.STREAMING),))
    settle(view)
    created = view.stage.documents.created
    for number in range(20):
        view.append_piece("1", f"x = {number}\n")
        settle(view)
    assert view.stage.documents.created == created
    assert view.stage.documents.grown == 20
    number = len(view.stage.column.placed) - 1
    document = view.stage.document(number)
    assert document.toPlainText() == "\n".join(["x = 0", *(f"x = {n}" for n in range(20))])
    assert all(document.findBlockByNumber(n).layout().formats() for n in range(21))


def test_the_colours_of_code_that_grew_are_those_of_code_that_was_there(
    view: TranscriptView, settle: Callable[[TranscriptView], None]
) -> None:
    code = '```python\ndef f(a):\n    """Say\n    it."""\n    return a  # 😀 x\n\n\nclass B: pass\n'

    def formats() -> list[list[tuple[int, int, str]]]:
        document = view.stage.document(len(view.stage.column.placed) - 1)
        blocks = [document.findBlockByNumber(n) for n in range(document.blockCount())]
        return [
            [
                (f.start, f.length, f.format.foreground().color().name())
                for f in b.layout().formats()
            ]
            for b in blocks
        ]

    view.set_turns((turn("", TurnState.STREAMING),))
    for start in range(0, len(code), 7):
        view.append_piece("1", code[start : start + 7])
        settle(view)
    grown = formats()
    view.set_turns((turn(code, TurnState.STREAMING),))
    settle(view)
    assert grown == formats()
    assert any(grown)


def test_scrolled_up_a_stream_lays_out_nothing(
    view: TranscriptView, settle: Callable[[TranscriptView], None]
) -> None:
    old = tuple(turn(ANSWER * 5, turn_id=str(n)) for n in range(50))
    view.set_turns((*old, turn("", TurnState.STREAMING, "open")))
    view.verticalScrollBar().setValue(300)
    settle(view)
    before, paints = view.stage.documents.created, Paints(view.viewport())
    for _ in range(10):
        view.append_piece("open", "more words ")
        settle(view)
    assert view.stage.documents.created == before
    assert paints.count == 0


def test_the_picture_after_a_stream_is_the_one_that_a_full_paint_gives(
    view: TranscriptView, qtbot: QtBot, settle: Callable[[TranscriptView], None]
) -> None:
    view.clearFocus()
    view.set_turns((turn(ANSWER * 3), turn("", TurnState.STREAMING, "open")))
    settle(view)
    text = ANSWER * 4 + LONG_CODE[:2000]
    for start in range(0, len(text), 97):
        view.append_piece("open", text[start : start + 97])
        settle(view)
    shown = on_screen(view)
    assert len({shown.pixel(x, y) for x in range(0, 400, 3) for y in range(0, 600, 3)}) > 5
    view.viewport().repaint()
    QApplication.processEvents()
    assert shown == on_screen(view)


def test_an_idle_view_paints_nothing(
    view: TranscriptView, qtbot: QtBot, settle: Callable[[TranscriptView], None]
) -> None:
    view.set_turns(tuple(turn(turn_id=str(n)) for n in range(20)))
    view.look_for("the")
    settle(view)
    paints = Paints(view.viewport())
    qtbot.wait(60)
    assert paints.count == 0


def test_another_turn_that_streams_in_the_middle_moves_what_is_below(
    view: TranscriptView, settle: Callable[[TranscriptView], None]
) -> None:
    turns = [turn(turn_id=str(n)) for n in range(3)]
    view.set_turns(tuple(turns))
    view.update_turn(turn("", TurnState.STREAMING, "1"))
    view.append_piece("1", ANSWER * 3)
    settle(view)
    view.update_turn(turn(ANSWER * 3, turn_id="1"))
    column = view.stage.column
    assert [p.slot for p in column.placed] == [
        (turn_id, n) for turn_id in ("0", "1", "2") for n in range(len(column.turn(turn_id)))
    ]
    assert list(column.turn("2")) == list(range(len(column.placed) - 6, len(column.placed)))
    assert [p.unit for p in column.placed] == [
        unit
        for given in (turns[0], turn(ANSWER * 3, turn_id="1"), turns[2])
        for unit in TurnUnits(given).units()
    ]


PROSE = """Setext heading
===

Some *words* and a [link](https://example.org) and a [name][] and `code` & <tags>.

- one
- two

- loose now
  1. inside
  2. inside too

> a quotation
that goes on

| a | b |
|---|--:|
| 1 | 2 |
| a much longer cell than those above | 3 |

[name]: https://example.org

Last words\\
after a break, and \U0001f600 more. Thematic:

***

Another
---
"""


@pytest.mark.parametrize("step", [3, 17, 61])
def test_prose_that_grows_is_drawn_as_a_full_paint_draws_it(
    view: TranscriptView, settle: Callable[[TranscriptView], None], step: int
) -> None:
    view.clearFocus()
    view.set_turns((turn(ANSWER), turn("", TurnState.STREAMING, "open")))
    settle(view)
    for start in range(0, len(PROSE), step):
        view.append_piece("open", PROSE[start : start + step])
        settle(view)
        shown = on_screen(view)
        view.viewport().repaint()
        QApplication.processEvents()
        assert shown == on_screen(view), PROSE[:start][-40:]


def test_of_prose_that_grows_only_the_end_is_drawn(
    view: TranscriptView, settle: Callable[[TranscriptView], None]
) -> None:
    view.clearFocus()
    view.set_turns((turn("one\n\ntwo\n\nthree", TurnState.STREAMING),))
    settle(view)
    number = len(view.stage.column.placed) - 1
    height = view.stage.text_rect(number).height()
    painted: list[int] = []
    view.viewport().installEventFilter(Heights(view, painted))
    view.append_piece("1", " words")
    settle(view)
    assert painted
    assert max(painted) < height


def test_a_document_that_is_used_again_looks_like_a_new_one(
    view: TranscriptView, settle: Callable[[TranscriptView], None]
) -> None:
    documents = view.stage.documents
    prose = [Text(Prose(f"# Number {n}\n\n- **{n}**\n- `code`")) for n in range(200)]
    again = [documents.get(("1", n), unit, 300) for n, unit in enumerate(prose)]
    fresh = Documents(view.font(), view.theme, view.scale).get(("1", 0), prose[-1], 300)
    assert len({id(document) for document in again}) < len(prose)
    assert again[-1].toHtml() == fresh.toHtml()
    assert again[-1].size() == fresh.size()
