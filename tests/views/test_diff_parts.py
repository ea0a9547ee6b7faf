"""What a diff view offers beside its rows: buttons, comments, search, copying, menus."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QHelpEvent
from PySide6.QtWidgets import QApplication, QMenu, QToolTip
from pytestqt.qtbot import QtBot

from spark_desktop.domain.errors import ConflictError
from spark_desktop.domain.patch import Hunk, Owner
from spark_desktop.domain.proposal import Decision, FailedBlock
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_rows import CommentRow, FoldRow, HeadRow, LineComment
from spark_desktop.views.diff_buttons import Button
from spark_desktop.views.diff_lanes import Side
from spark_desktop.views.diff_overlay import label_of_block
from spark_desktop.views.diff_view import DiffView
from tests.views.diff_fixtures import (
    BEFORE,
    FIRST,
    PATCH,
    SECOND,
    click,
    hover,
    place_of,
    settle,
    show,
    view,
)

__all__ = ["settle", "view"]

FAILED = FailedBlock("f", ("old\n",), ("new\n",), "It is not there.", Span(40, 42), 0.6)


@pytest.mark.parametrize(
    ("action", "signal"),
    [("split", "split_clicked"), ("edit", "edit_clicked"), ("accept", "accept_clicked")],
)
def test_the_current_hunk_has_all_buttons(
    view: DiffView, qtbot: QtBot, action: str, signal: str
) -> None:
    show(view)
    rect = view.button_rect(FIRST, action)
    assert rect is not None
    with qtbot.waitSignal(getattr(view, signal)) as heard:
        click(view, qtbot, rect.center())
    assert heard.args == [FIRST]


def test_a_hunk_of_one_line_cannot_be_split(view: DiffView) -> None:
    show(view)
    view.scroll_to_hunk(SECOND)
    assert view.button_rect(SECOND, "split") is None
    assert view.button_rect(SECOND, "edit") is not None


def test_seldom_used_buttons_come_with_the_mouse(view: DiffView, qtbot: QtBot) -> None:
    show(view)
    view.scroll_to_hunk(SECOND)
    rect = view.button_rect(SECOND, "edit")
    assert rect is not None
    # Before the mouse was there, there is only the line.
    with qtbot.assertNotEmitted(view.edit_clicked):
        click(view, qtbot, rect.center())
    hover(view, rect.center())
    with qtbot.waitSignal(view.edit_clicked):
        click(view, qtbot, rect.center())


@pytest.mark.parametrize("side", ["mine", "disk", "both"])
def test_a_conflict_asks_which_version_it_shall_be(view: DiffView, qtbot: QtBot, side: str) -> None:
    show(view, decisions={FIRST: Decision.CONFLICTING}, conflicts={FIRST: ("was\n",)})
    assert view.button_rect(FIRST, "accept") is None
    rect = view.button_rect(FIRST, side)
    assert rect is not None
    with qtbot.waitSignal(view.resolve_clicked) as heard:
        click(view, qtbot, rect.center())
    assert heard.args == [FIRST, side]


@pytest.mark.parametrize("width", [620, 525])
def test_what_a_conflict_is_about_is_read_whole_beside_its_buttons(
    view: DiffView, width: int
) -> None:
    # As wide as the review is in windows of 1280 and of 800 pixels.
    view.resize(width, 400)
    show(view, decisions={FIRST: Decision.CONFLICTING}, conflicts={FIRST: ("was\n",)})
    head = next(row for row in view.content.rows if isinstance(row, HeadRow))
    rect = view.button_rect(FIRST, "both")
    assert rect is not None
    end = view.stage.scene.lanes[0].text + len(head.text) * view.stage.metrics.char_width
    assert end < rect.left()


def test_a_failed_block_is_placed_at_the_nearest_lines_or_at_the_selected_ones(
    view: DiffView, qtbot: QtBot
) -> None:
    show(view, failed=(FAILED,))
    view.scroll_to_hunk("f")
    rect = view.button_rect("f", "place")
    assert rect is not None
    with qtbot.waitSignal(view.place_requested) as heard:
        click(view, qtbot, rect.center())
    assert heard.args == ["f", Span(40, 42)]
    row = view.content.rows.near_old(43)
    view.select(row, row + 1)
    with qtbot.waitSignal(view.place_requested) as heard:
        view.press(Button("f", "place"))
    assert heard.args == ["f", Span(43, 45)]


def test_a_failed_block_that_is_like_nothing_waits_for_a_selection(
    view: DiffView, qtbot: QtBot
) -> None:
    show(view, failed=(replace(FAILED, nearest=None),))
    with qtbot.assertNotEmitted(view.place_requested):
        view.press(Button("f", "place"))
    with qtbot.waitSignal(view.drop_requested) as heard:
        view.press(Button("f", "drop"))
    assert heard.args == ["f"]


def test_a_hunk_says_what_was_decided_and_whose_words_it_has(view: DiffView) -> None:
    first, second = PATCH.hunks
    patch = replace(PATCH, hunks=(replace(first, owner=Owner.USER), second))
    show(view, patch, decisions={FIRST: Decision.ACCEPTED, SECOND: Decision.STALE})
    assert label_of_block(view.content, FIRST) == "edited by you · ✓ accepted"
    assert label_of_block(view.content, SECOND) == "no longer needed"
    assert not view.grab().isNull()


def test_a_long_fold_opens_in_pieces_by_its_buttons(view: DiffView, qtbot: QtBot) -> None:
    show(view)
    row = next(n for n, r in enumerate(view.content.rows) if n and isinstance(r, FoldRow))
    fold = view.content.rows[row]
    assert isinstance(fold, FoldRow)
    rects = view.stage.buttons.fold_rects(fold, view.rows.top_of(row), view.stage.scene.width)
    click(view, qtbot, rects["fold_down"].center())
    now = view.content.rows[row + 20]
    assert now == FoldRow(Span(fold.lines.start + 20, fold.lines.end))
    view.open_fold(row + 20, "fold_up")
    assert view.content.rows[row + 20] == FoldRow(Span(fold.lines.start + 20, fold.lines.end - 20))


def test_folds_open_by_key_from_the_line_beside_them(view: DiffView, qtbot: QtBot) -> None:
    show(view)
    row = next(n for n, r in enumerate(view.content.rows) if n and isinstance(r, FoldRow))
    count = len(view.content.rows)
    view.select(row - 1, row - 1)
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert len(view.content.rows) == count + 20
    view.select(0, 0)
    qtbot.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert len(view.content.rows) == count + 20 + 6
    view.open_everything()
    assert not [r for r in view.content.rows if isinstance(r, FoldRow)]
    view.fold_again()
    assert len(view.content.rows) == count


def test_the_gutter_offers_a_comment_on_its_line(view: DiffView, qtbot: QtBot) -> None:
    show(view)
    row = view.content.rows.near_old(12)
    hover(view, place_of(view, row, 6))
    assert view.marks.comment == (row, Side.BOTH)
    with qtbot.waitSignal(view.comment_requested) as heard:
        click(view, qtbot, view.stage.comment_rect(row, Side.BOTH).center())
    assert heard.args == [13, True]
    hover(view, place_of(view, row, 300))
    assert view.marks.comment is None


def test_side_by_side_each_gutter_is_for_its_own_line(view: DiffView, qtbot: QtBot) -> None:
    view.set_layout("split")
    show(view)
    row = view.content.rows.near_old(12)
    hover(view, place_of(view, row, 6))
    with qtbot.waitSignal(view.comment_requested) as heard:
        click(view, qtbot, view.stage.comment_rect(row, Side.OLD).center())
    assert heard.args == [12, False]
    right = view.stage.scene.lanes[1].left + 6
    hover(view, place_of(view, row, right))
    with qtbot.waitSignal(view.comment_requested) as heard:
        click(view, qtbot, view.stage.comment_rect(row, Side.NEW).center())
    assert heard.args == [13, True]


def test_a_comment_is_asked_for_by_key_but_not_on_a_fold(view: DiffView, qtbot: QtBot) -> None:
    show(view)
    row = view.content.hunks[FIRST].start
    view.select(row, row)
    with qtbot.waitSignal(view.comment_requested) as heard:
        qtbot.keyClick(view, Qt.Key.Key_C)
    assert heard.args == [10, False]
    view.select(0, 0)
    with qtbot.assertNotEmitted(view.comment_requested):
        view.request_comment()
        view.unselect()
        view.request_comment()


def test_comments_stand_below_their_lines(view: DiffView) -> None:
    show(view, comments=(LineComment(10, True, "why eleven?"),))
    assert "> why eleven?" in view.text_of_view()
    row = next(r for r in view.content.rows if isinstance(r, CommentRow))
    assert view.content.hunk_at(view.content.rows.near(row)) == FIRST


def test_what_is_found_is_counted_reached_and_unfolded(view: DiffView, qtbot: QtBot) -> None:
    show(view)
    with qtbot.waitSignal(view.matches_changed) as heard:
        assert view.find("VALUE_50 =") == 1
    assert heard.args == [1, 1]
    row = view.content.rows.near_old(50)
    assert view.content.rows[row].text == "value_50 = 50"
    first, last = view.rows.visible()
    assert first <= row < last
    assert view.find("value_50 =") == 1


def test_matches_are_gone_through_in_both_directions(view: DiffView) -> None:
    show(view)
    count = view.find("value_9")
    assert count == 11
    ordinal = view.marks.search.ordinal
    view.find_next()
    assert view.marks.search.ordinal == ordinal % count + 1
    view.find_previous()
    view.find_previous()
    assert view.marks.search.ordinal == (ordinal - 2) % count + 1
    assert view.find("") == 0
    view.find_next()
    assert view.marks.search.match is None


def test_a_search_goes_on_in_what_is_shown_next(
    view: DiffView, settle: Callable[[DiffView], None]
) -> None:
    show(view)
    assert view.find("eleven") == 1
    view.show_file("values.py", BEFORE)
    settle(view)
    assert view.marks.search.matches == []


def test_code_is_copied_plain_and_hunks_as_a_patch(view: DiffView, qtbot: QtBot) -> None:
    show(view)
    rows = view.content.hunks[FIRST]
    view.select(rows.start, rows.end - 1)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    clipboard = QGuiApplication.clipboard()
    assert clipboard.text() == "value_10 = 10\nvalue_10 = eleven\nvalue = 1"
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(view, Qt.Key.Key_C, keys)
    assert clipboard.text().startswith("--- a/values.py\n+++ b/values.py\n@@ -8,7 +8,8 @@\n")
    assert "value_90" not in clipboard.text()
    view.unselect()
    view.copy(as_patch=True)
    assert "-value_90 = 90\n" in clipboard.text()
    view.copy()
    assert "-value_90 = 90\n" in clipboard.text()


def test_side_by_side_only_the_code_of_one_side_is_copied(view: DiffView, qtbot: QtBot) -> None:
    view.set_layout("split")
    show(view)
    rows = view.content.hunks[FIRST]
    left, right = (lane.left + 60 for lane in view.stage.scene.lanes)
    click(view, qtbot, place_of(view, rows.start, left))
    assert view.selected_text() == "value_10 = 10"
    click(view, qtbot, place_of(view, rows.start, right))
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert view.selected_text() == "value_10 = eleven\nvalue = 1"


def test_a_file_has_nothing_to_copy_as_a_patch(view: DiffView) -> None:
    view.show_file("values.py", BEFORE)
    view.select(0, 3)
    assert view.selection.patch(view.content, view.source) == ""


def test_changes_are_gone_through_from_where_the_keyboard_is(view: DiffView, qtbot: QtBot) -> None:
    show(view, failed=(FAILED,))
    seen = []
    view.hunk_clicked.connect(seen.append)
    for _ in range(4):
        view.next_change()
    assert seen == [FIRST, SECOND]
    view.previous_change()
    assert view.selection.cursor == view.content.hunks["f"].start
    view.previous_change()
    view.previous_change()
    assert seen == [FIRST, SECOND, FIRST]


def test_pages_are_turned_and_selected_by_key(view: DiffView, qtbot: QtBot) -> None:
    view.show_file("values.py", BEFORE)
    qtbot.keyClick(view, Qt.Key.Key_PageDown)
    first = view.selection.cursor
    assert first is not None
    assert first > 10
    qtbot.keyClick(view, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ShiftModifier)
    lines = view.selected_lines()
    assert lines is not None
    assert lines.start == first
    qtbot.keyClick(view, Qt.Key.Key_PageUp)
    assert view.selection.cursor == first
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert view.selection.cursor == 119


def test_keys_do_nothing_where_nothing_is_shown(view: DiffView, qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Return, Qt.Key.Key_C):
        qtbot.keyClick(view, key)
    assert view.selection.rows is None


def test_a_line_has_a_menu(view: DiffView, qtbot: QtBot) -> None:
    show(view)
    place = place_of(view, 3)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, view.viewport().mapToGlobal(place)
    )
    QApplication.sendEvent(view.viewport(), event)
    menu = view.findChild(QMenu)
    assert menu is not None
    texts = [action.text().split("\t")[0] for action in menu.actions() if action.text()]
    assert texts == [
        "Copy",
        "Copy as a patch",
        "Comment on this line",
        "Copy everything as text",
        "Go to the next change",
        "Go to the change before",
        "Show all unchanged lines",
        "Fold unchanged lines again",
    ]
    assert view.selection.cursor == 3
    menu.actions()[texts.index("Copy everything as text")].trigger()
    assert QGuiApplication.clipboard().text() == view.text_of_view()
    menu.close()


@pytest.mark.qt_log_ignore("does not support raise")
def test_a_heading_that_may_be_cut_off_has_a_tooltip(view: DiffView) -> None:
    show(view, failed=(FAILED,))
    view.scroll_to_hunk("f")
    place = place_of(view, view.content.hunks["f"].start)
    event = QHelpEvent(QEvent.Type.ToolTip, place, view.viewport().mapToGlobal(place))
    QApplication.sendEvent(view.viewport(), event)
    assert QToolTip.text() == "It is not there."
    QToolTip.hideText()


def test_a_patch_for_another_text_is_refused_with_its_line(view: DiffView) -> None:
    hunk = Hunk("h", 3, ("something else\n",), ())
    with pytest.raises(ConflictError, match="Line 4"):
        show(view, replace(PATCH, hunks=(hunk,)))
    twice = (Hunk("a", 0, ("value_0 = 0\n",), ()), Hunk("b", 0, ("value_0 = 0\n",), ("x\n",)))
    with pytest.raises(ConflictError, match="Line 1"):
        show(view, replace(PATCH, hunks=twice))
