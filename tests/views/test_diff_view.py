from collections.abc import Callable
from typing import Literal

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from spark_desktop.domain.patch import FilePatch, compute
from spark_desktop.domain.proposal import Decision
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_rows import AddedRow, FoldRow
from spark_desktop.viewmodels.diff_sheets import Layout, Shown
from spark_desktop.views.diff_content import FileSource, PatchSource
from spark_desktop.views.diff_lanes import text_columns
from spark_desktop.views.diff_layouts import LineLayouts, code_font, columns_of, format_ranges
from spark_desktop.views.diff_view import DiffView
from spark_desktop.views.highlighting import lexer_for_language
from spark_desktop.views.theme import load_theme

BEFORE = "".join(f"value_{n} = {n}\n" for n in range(60))
AFTER = BEFORE.replace("value_10 = 10", "value_10 = eleven").replace("value_40 = 40\n", "")
PATCH = compute("values.py", "", BEFORE, AFTER)
FIRST, SECOND = (hunk.id for hunk in PATCH.hunks)


class Paints(QObject):
    """Counts the paint events of a viewport."""

    def __init__(self, view: DiffView) -> None:
        super().__init__(view)
        self.count = 0
        view.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


@pytest.fixture
def view(qtbot: QtBot) -> DiffView:
    made = DiffView()
    qtbot.addWidget(made)
    made.set_theme(load_theme("dark"))
    made.resize(700, 500)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def settle(qtbot: QtBot) -> Callable[[DiffView], None]:
    """Wait until the view has nothing left to do."""

    def wait(view: DiffView) -> None:
        qtbot.waitUntil(lambda: not view.is_busy())
        QApplication.processEvents()

    return wait


def show_patch(view: DiffView, decisions: dict[str, Decision] | None = None) -> None:
    view.show_patch(BEFORE, PATCH, decisions or {}, FIRST, "values.py")


def click(view: DiffView, qtbot: QtBot, place: QPoint) -> None:
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def hover(view: DiffView, place: QPoint) -> None:
    moved = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        QPointF(place),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.viewport(), moved)


def row_place(view: DiffView, row: int) -> QPoint:
    return QPoint(200, view.rows.top_of(row) + 5)


@pytest.mark.parametrize("action", ["accept", "reject"])
def test_a_click_on_a_hunks_button_says_which_hunk(
    view: DiffView, qtbot: QtBot, action: str
) -> None:
    show_patch(view)
    rect = view.button_rect(FIRST, action)
    assert rect is not None
    signal = view.accept_clicked if action == "accept" else view.reject_clicked
    with qtbot.waitSignal(signal) as heard:
        click(view, qtbot, rect.center())
    assert heard.args == [FIRST]


def test_a_decided_hunk_has_no_buttons(view: DiffView) -> None:
    show_patch(view, {FIRST: Decision.ACCEPTED})
    assert view.button_rect(FIRST, "accept") is None
    assert view.button_rect(SECOND, "accept") is not None


def test_a_hunk_cut_off_at_the_top_keeps_its_buttons_in_view(view: DiffView) -> None:
    after = "".join(f"new {n}\n" for n in range(100))
    patch = compute("new.py", "", "", after)
    view.show_patch("", patch, {}, None, "new.py")
    view.verticalScrollBar().setValue(400)
    rect = view.button_rect(patch.hunks[0].id, "reject")
    assert rect is not None
    assert 0 <= rect.top() < 10


def test_a_hunk_out_of_view_has_no_buttons(view: DiffView) -> None:
    view.resize(700, 120)
    show_patch(view)
    assert view.button_rect(SECOND, "accept") is None
    assert view.button_rect("no such", "accept") is None


def test_a_click_on_a_hunk_names_it(view: DiffView, qtbot: QtBot) -> None:
    show_patch(view)
    row = view.content.hunks[FIRST].start
    with qtbot.waitSignal(view.hunk_clicked) as heard:
        click(view, qtbot, row_place(view, row))
    assert heard.args == [FIRST]


def test_a_click_on_a_fold_opens_it_and_keeps_the_rows_above(view: DiffView, qtbot: QtBot) -> None:
    show_patch(view)
    rows = view.content.rows
    fold = next(n for n, row in enumerate(rows) if n and isinstance(row, FoldRow))
    click(view, qtbot, row_place(view, fold))
    assert view.content.rows[:fold] == rows[:fold]
    assert not isinstance(view.content.rows[fold], FoldRow)


def test_an_opened_fold_stays_open_when_a_hunk_is_decided(view: DiffView, qtbot: QtBot) -> None:
    show_patch(view)
    click(view, qtbot, row_place(view, 0))
    count = len(view.content.rows)
    show_patch(view, {FIRST: Decision.REJECTED})
    assert len(view.content.rows) == count
    assert view.content.decision(FIRST) is Decision.REJECTED


def test_scrolling_to_a_hunk_brings_it_into_view(view: DiffView) -> None:
    view.resize(700, 120)
    show_patch(view)
    view.scroll_to_hunk(SECOND)
    assert view.button_rect(SECOND, "accept") is not None
    before = view.verticalScrollBar().value()
    view.scroll_to_hunk("no such")
    assert view.verticalScrollBar().value() == before


def test_a_decision_leaves_the_view_where_it_was(view: DiffView) -> None:
    view.resize(700, 120)
    show_patch(view)
    view.verticalScrollBar().setValue(77)
    show_patch(view, {FIRST: Decision.ACCEPTED})
    assert view.verticalScrollBar().value() == 77


def test_another_file_is_shown_from_its_top(view: DiffView) -> None:
    view.show_file("values.py", BEFORE)
    view.verticalScrollBar().setValue(200)
    view.show_file("other.py", BEFORE)
    assert view.verticalScrollBar().value() == 0


def test_dragging_selects_lines_and_copies_them(view: DiffView, qtbot: QtBot) -> None:
    view.show_file("values.py", BEFORE)
    with qtbot.waitSignal(view.selection_changed, check_params_cb=lambda s: s == Span(2, 5)):
        qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=row_place(view, 2))
        moved = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(row_place(view, 4)),
            QPointF(row_place(view, 4)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(view.viewport(), moved)
    assert view.selected_lines() == Span(2, 5)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "value_2 = 2\nvalue_3 = 3\nvalue_4 = 4"


def test_a_selection_of_added_rows_has_no_lines_in_the_snapshot(
    view: DiffView, qtbot: QtBot
) -> None:
    show_patch(view)
    rows = view.content.rows
    added = next(n for n, row in enumerate(rows) if isinstance(row, AddedRow))
    click(view, qtbot, row_place(view, added))
    assert view.selected_lines() is None
    assert view.selected_text() == "value_10 = eleven"


def test_the_keyboard_selects_opens_folds_and_lets_go(view: DiffView, qtbot: QtBot) -> None:
    show_patch(view)
    count = len(view.content.rows)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert len(view.content.rows) > count
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert view.selected_lines() == Span(1, 3)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.selected_lines() is None


def test_everything_can_be_selected_and_the_ends_reached_by_key(
    view: DiffView, qtbot: QtBot
) -> None:
    view.show_file("values.py", BEFORE)
    qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert view.selected_lines() == Span(0, 60)
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert view.verticalScrollBar().value() == 0


def test_enter_on_a_hunks_line_names_the_hunk(view: DiffView, qtbot: QtBot) -> None:
    show_patch(view)
    click(view, qtbot, row_place(view, view.content.hunks[FIRST].start))
    with qtbot.waitSignal(view.hunk_clicked) as heard:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert heard.args == [FIRST]


def test_shift_click_extends_the_selection(view: DiffView, qtbot: QtBot) -> None:
    view.show_file("values.py", BEFORE)
    click(view, qtbot, row_place(view, 3))
    qtbot.mouseClick(
        view.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.ShiftModifier,
        row_place(view, 1),
    )
    assert view.selected_lines() == Span(1, 4)


def test_what_was_selected_in_a_diff_is_not_selected_in_the_whole_file(view: DiffView) -> None:
    view.show_patch(BEFORE, PATCH, {}, FIRST, "values.py")
    view.select(0, len(view.content.rows) - 1)
    assert view.selection.rows is not None
    view.show_file("values.py", BEFORE)
    assert view.selection.rows is None
    assert view.selected_lines() is None


def test_a_selection_outlives_another_current_hunk_but_not_another_text(
    view: DiffView, qtbot: QtBot
) -> None:
    show_patch(view)
    click(view, qtbot, row_place(view, 1))
    selected = view.selected_lines()
    view.show_patch(BEFORE, PATCH, {}, SECOND, "values.py")
    assert selected is not None
    assert view.selected_lines() == selected
    with qtbot.waitSignal(view.selection_changed, check_params_cb=lambda lines: lines is None):
        view.show_file("values.py", BEFORE)


@pytest.mark.qt_log_ignore("does not support raise")
def test_a_button_has_a_tooltip(view: DiffView) -> None:
    show_patch(view)
    rect = view.button_rect(FIRST, "accept")
    assert rect is not None
    place = rect.center()
    event = QHelpEvent(QEvent.Type.ToolTip, place, view.viewport().mapToGlobal(place))
    QApplication.sendEvent(view.viewport(), event)
    assert QToolTip.text() == "Accept this hunk"
    QToolTip.hideText()


def test_the_pointer_shows_what_can_be_clicked(view: DiffView) -> None:
    show_patch(view)
    rect = view.button_rect(FIRST, "accept")
    assert rect is not None
    hover(view, rect.center())
    assert view.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
    hover(view, row_place(view, 3))
    assert view.viewport().cursor().shape() == Qt.CursorShape.IBeamCursor


def test_a_hundred_pieces_between_two_frames_are_one_frame(
    view: DiffView, qtbot: QtBot, settle: Callable[[DiffView], None]
) -> None:
    settle(view)
    text = "".join(f"written {n}\n" for n in range(100))
    frames = view.frames
    for end in range(0, len(text), 10):
        view.show_streaming("values.py", BEFORE, Span(10, 20), text[:end])
    settle(view)
    assert view.frames == frames + 1
    assert AddedRow(10, "written 0") in view.content.rows


def test_nothing_is_painted_while_nothing_happens(
    view: DiffView, qtbot: QtBot, settle: Callable[[DiffView], None]
) -> None:
    show_patch(view)
    view.show_streaming("values.py", BEFORE, Span(10, 20), "written\n")
    settle(view)
    paints = Paints(view)
    qtbot.wait(60)
    assert paints.count == 0


def test_the_view_follows_the_stream_only_while_its_end_is_in_view(
    view: DiffView, settle: Callable[[DiffView], None]
) -> None:
    lines = [f"written {n}\n" for n in range(200)]
    view.show_streaming("values.py", BEFORE, Span(10, 20), "".join(lines[:100]))
    settle(view)
    followed = view.verticalScrollBar().value()
    assert followed > 0
    view.show_streaming("values.py", BEFORE, Span(10, 20), "".join(lines[:150]))
    settle(view)
    assert view.verticalScrollBar().value() > followed
    view.verticalScrollBar().setValue(40)
    view.show_streaming("values.py", BEFORE, Span(10, 20), "".join(lines))
    settle(view)
    assert view.verticalScrollBar().value() == 40


def test_the_patch_replaces_the_stream_without_a_jump(
    view: DiffView, settle: Callable[[DiffView], None]
) -> None:
    view.resize(700, 120)
    view.show_streaming("values.py", BEFORE, Span(5, 15), "")
    settle(view)
    view.verticalScrollBar().setValue(view.rows.top_of(7) + view.verticalScrollBar().value())
    shown = view.content.rows[view.rows.visible()[0]]
    show_patch(view)
    assert view.content.rows[view.rows.visible()[0]].text == shown.text
    view.show_streaming("values.py", BEFORE, Span(5, 15), "x")
    view.show_file("values.py", BEFORE)
    settle(view)
    assert not view.content.is_diff


def test_a_file_of_20000_lines_lays_out_only_what_is_seen(
    view: DiffView, settle: Callable[[DiffView], None]
) -> None:
    view.show_file("large.py", "".join(f"value_{n} = {n}\n" for n in range(20_000)))
    settle(view)
    # Each visible line twice: plain at first, then in colours.
    assert 0 < view.layouts.created <= 2 * (500 // 18 + 2)


def test_lines_are_plain_first_and_get_their_colours_later(
    view: DiffView, settle: Callable[[DiffView], None]
) -> None:
    show_patch(view)
    content = view.content
    row = content.rows[content.hunks[FIRST].start]
    assert content.colors.parts(row) == ()
    settle(view)
    assert content.colors.parts(row) != ()
    assert content.colors.emphasis(row) == ((11, 13),)


def test_the_focused_view_is_marked_and_both_themes_differ(
    view: DiffView, qtbot: QtBot, settle: Callable[[DiffView], None]
) -> None:
    show_patch(view)
    settle(view)
    view.clearFocus()
    plain = view.grab().toImage()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    focused = view.grab().toImage()
    view.set_theme(load_theme("light"))
    light = view.grab().toImage()
    assert plain != focused
    assert light.pixelColor(200, 498).name() == load_theme("light").window


def test_the_accessible_name_says_what_is_shown(view: DiffView) -> None:
    show_patch(view)
    assert view.accessibleName() == "Diff of values.py, 2 hunks"
    view.show_streaming("values.py", BEFORE, Span(0, 1), "")
    assert view.accessibleName() == "values.py, being written"
    view.show_file("values.py", BEFORE)
    assert view.accessibleName() == "File values.py"


@pytest.mark.parametrize(
    "text", ["", "\n", "\t\ttabs\r\n", "😀 = '中文'\n", "x" * 20_000, "a\u2028b\x0c\x1b[0m\n"]
)
def test_unusual_texts_are_drawn(
    view: DiffView, text: str, settle: Callable[[DiffView], None]
) -> None:
    view.show_file("odd.py", text)
    settle(view)
    view.show_patch(text, compute("odd.py", "", text, "new = '😀'\n" + text), {}, None, "odd.py")
    settle(view)
    assert not view.grab().isNull()


def test_a_patch_without_hunks_shows_the_file(view: DiffView) -> None:
    view.show_patch(BEFORE, FilePatch("values.py", "", ()), {}, None, "values.py")
    assert len(view.content.rows) == 60


def test_a_wide_text_scrolls_sideways_under_a_fixed_gutter(view: DiffView) -> None:
    view.show_file("wide.py", "x" * 500 + "\n")
    bar = view.horizontalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum())
    view.show_file("narrow.py", "x\n")
    assert bar.value() == 0


def test_only_lines_of_blocks_leave_room_for_the_buttons(view: DiffView) -> None:
    view.show_patch("", compute("wide.py", "", "", "one = 1\n"), {}, None, "wide.py")
    fits = "#" + "x" * (text_columns(view.stage.scene.lanes[0], view.stage.metrics) - 4)
    text = f"{fits}\none = 1\n"
    patch = compute("wide.py", "", text, f"{fits}\none = 2\n")
    view.show_patch(text, patch, {}, None, "wide.py")
    assert view.horizontalScrollBar().maximum() == 0
    changed = compute("wide.py", "", text, "one = 1\n")
    view.show_patch(text, changed, {}, None, "wide.py")
    assert view.horizontalScrollBar().maximum() > 0


def test_columns_count_tabs_and_wide_characters() -> None:
    assert columns_of("\ta") == 5
    assert columns_of("中文") == 4


def test_token_formats_lie_on_the_same_characters_behind_a_surrogate_pair() -> None:
    lexer = lexer_for_language("python")
    assert lexer is not None
    text = "'😀' if x"
    parts = tuple(
        (start, len(value), token) for start, token, value in lexer.get_tokens_unprocessed(text)
    )
    keyword = next(r for r in format_ranges(text, parts, True) if r.length == 2 and r.start > 2)
    assert text.encode("utf-16-le")[keyword.start * 2 :][:4].decode("utf-16-le") == "if"


def test_a_column_behind_tabs_and_emoji_is_where_the_character_is(qtbot: QtBot) -> None:
    layouts = LineLayouts(code_font())
    plain = layouts.get("    x", (), True).lineAt(0).naturalTextWidth()
    tabbed = layouts.get("\tx", (), True).lineAt(0).naturalTextWidth()
    assert tabbed == pytest.approx(plain, abs=1)


def test_layouts_are_kept_up_to_a_number(qtbot: QtBot) -> None:
    layouts = LineLayouts(code_font(), capacity=2)
    for text in ("a", "b", "a", "c", "a"):
        layouts.get(text, (), True)
    assert layouts.created == 3
    layouts.get("b", (), True)
    assert layouts.created == 4


def test_a_row_is_found_again_in_other_contents() -> None:
    source = PatchSource("values.py", BEFORE)
    source.take(PATCH, Shown(()))
    folded = source.content(Layout())
    whole = FileSource("values.py", BEFORE).content(Layout())
    assert whole.rows[whole.row_near(folded.rows[3])].text == folded.rows[3].text
    assert isinstance(folded.rows[folded.row_near(whole.rows[30])], FoldRow)
    added = next(row for row in folded.rows if isinstance(row, AddedRow))
    assert folded.rows[folded.row_near(added)] == added
    assert whole.row_near(added) == 10


@pytest.mark.parametrize("layout", ["unified", "split"])
def test_a_diff_that_grows_is_drawn_as_a_fresh_view_draws_it(
    qtbot: QtBot, settle: Callable[[DiffView], None], layout: Literal["unified", "split"]
) -> None:
    def made() -> DiffView:
        one = DiffView()
        qtbot.addWidget(one)
        one.set_theme(load_theme("light"))
        one.set_layout(layout)
        one.resize(700, 500)
        one.show()
        qtbot.waitExposed(one)
        return one

    grown, fresh = made(), made()
    for count in (1, 5, 30, 31, 80):
        new = "".join(f"def f{number}():\n    return 'text'\n" for number in range(count))
        patch = compute("values.py", "", BEFORE, BEFORE.replace("value_30 = 30\n", new))
        grown.show_patch(BEFORE, patch, {}, None, "values.py", grows=True)
        settle(grown)
    fresh.show_patch(BEFORE, patch, {}, None, "values.py")
    settle(fresh)
    fresh.verticalScrollBar().setValue(grown.verticalScrollBar().value())
    settle(fresh)
    assert grown.verticalScrollBar().value() > 0, "the hunk that grows is followed"
    assert grown.viewport().grab().toImage() == fresh.viewport().grab().toImage()
