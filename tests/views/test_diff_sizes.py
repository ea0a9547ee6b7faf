"""A diff view side by side, with broken lines, while it grows, and its map."""

import os
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from spark_desktop.domain.patch import Hunk, compute
from spark_desktop.domain.proposal import Decision, FailedBlock
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_rows import ContextRow, PairRow
from spark_desktop.views.diff_heights import RowHeights
from spark_desktop.views.diff_layouts import columns_of, columns_of_lines
from spark_desktop.views.diff_view import DiffView
from spark_desktop.views.highlighting import Highlighter, lexer_for_path
from spark_desktop.views.minimap import Kind
from spark_desktop.views.side_colors import SideColors
from spark_desktop.views.theme import load_theme
from tests.views.diff_fixtures import BEFORE, FIRST, PATCH, SECOND, settle, show, view

__all__ = ["settle", "view"]

CASES = int(os.environ.get("SPARK_LAW_CASES", "40"))


def test_the_layout_changes_without_a_jump(
    view: DiffView, settle: Callable[[DiffView], None]
) -> None:
    view.resize(700, 200)
    show(view)
    view.scroll_to_hunk(SECOND)
    shown = view.content.rows[view.rows.visible()[0]].text
    view.set_layout("split")
    settle(view)
    assert view.content.rows[view.rows.visible()[0]].text == shown
    assert any(isinstance(row, PairRow) for row in view.content.rows)
    view.set_wrap(True)
    view.set_wrap(False)
    view.set_layout("unified")
    assert view.content.rows[view.rows.visible()[0]].text == shown
    assert not view.grab().isNull()


def test_a_file_is_one_column_in_either_layout(view: DiffView) -> None:
    view.set_layout("split")
    view.show_file("values.py", BEFORE)
    assert len(view.stage.scene.lanes) == 1


def test_broken_lines_are_as_high_as_they_are_laid_out(
    view: DiffView, settle: Callable[[DiffView], None]
) -> None:
    text = "short\n" + "x" * 400 + "\n" + "\t中文" * 60 + "\nend\n"
    view.show_file("long.txt", text)
    assert view.rows.height_of(1) == view.rows.row_height
    view.set_wrap(True)
    settle(view)
    view.grab()
    settle(view)
    height = view.rows.row_height
    for row in (0, 1, 2):
        layout = view.layouts.get(view.content.rows[row].text, (), True)
        assert view.rows.height_of(row) >= layout.lineCount() * height
    assert view.rows.height_of(0) == height
    assert view.rows.height_of(1) > 4 * height
    assert view.horizontalScrollBar().maximum() == 0
    assert view.rows.row_at(QPoint(100, view.rows.top_of(2) - 1)) == 1


def test_the_first_line_of_a_hunk_is_not_hidden_under_its_buttons(view: DiffView) -> None:
    after = BEFORE.replace("value_10 = 10\n", f"value_10 = {'1' * 70}\n")
    patch = compute("values.py", "", BEFORE, after)
    view.show_patch(BEFORE, patch, {}, None, "values.py")
    view.set_wrap(True)
    view.set_layout("split")
    row = view.content.hunks[patch.hunks[0].id].start
    layout = view.layouts.get(f"value_10 = {'1' * 70}", (), True)
    assert view.rows.height_of(row) == (layout.lineCount() + 1) * view.rows.row_height


def test_what_is_found_out_about_rows_above_does_not_move_those_in_view(
    view: DiffView, settle: Callable[[DiffView], None]
) -> None:
    view.show_file("long.txt", "".join(f"{n} {'x' * 200}\n" for n in range(2000)))
    view.set_wrap(True)
    view.rows.scroll_to(1500, 3)
    assert view.rows.visible()[0] == 1500
    settle(view)
    assert (view.rows.visible()[0], view.rows.offset()) == (1500, 3)
    assert view.rows.height() > 2000 * 2 * view.rows.row_height


@settings(max_examples=CASES)
@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=900),
    st.lists(st.tuples(st.integers(0, 899), st.integers(1, 9)), max_size=5),
    st.integers(0, 5000),
)
def test_heights_add_up_in_whatever_order_they_are_looked_at(
    lines: list[int], corrections: list[tuple[int, int]], line: int
) -> None:
    heights = RowHeights(len(lines), lambda first, last: lines[first:last])
    for row, corrected in corrections:
        if row < len(lines):
            heights.correct(row, corrected)
            lines[row] = corrected
    while not heights.is_known:
        heights.advance()
    tops = [sum(lines[:row]) for row in range(0, len(lines) + 1, 97)]
    assert [heights.top(row) for row in range(0, len(lines) + 1, 97)] == tops
    assert heights.total == sum(lines)
    row = heights.row_at(line)
    assert heights.top(row) <= line or row == 0
    assert line < heights.top(row) + heights.lines(row) or row == len(lines) - 1


def test_no_rows_have_no_height() -> None:
    heights = RowHeights(0, lambda first, last: [])
    assert (heights.total, heights.top(0), heights.about(0), heights.row_at(3)) == (0, 0, 0, 0)


def grown(count: int, lines: int) -> Hunk:
    return Hunk("g", 60, (), tuple(f"grown {n}\n" for n in range(count * lines)))


def test_a_patch_that_grows_is_followed_while_its_end_is_in_view(
    view: DiffView, settle: Callable[[DiffView], None]
) -> None:
    view.resize(700, 200)
    show(view, replace(PATCH, hunks=()), grows=True)
    for count in range(1, 8):
        show(view, replace(PATCH, hunks=(PATCH.hunks[0], grown(count, 9))), grows=True)
    settle(view)
    end = view.content.hunks["g"].end - 1
    first, last = view.rows.visible()
    assert first <= end < last
    view.verticalScrollBar().setValue(25)
    top = view.content.rows[view.rows.visible()[0]]
    show(view, replace(PATCH, hunks=(PATCH.hunks[0], grown(9, 9))), grows=True)
    settle(view)
    assert view.content.rows[view.rows.visible()[0]] == top
    assert view.rows.offset() == 25 - view.rows.row_height


def test_a_hunk_that_comes_above_leaves_the_line_at_the_top_where_it_is(view: DiffView) -> None:
    view.resize(700, 200)
    show(view, replace(PATCH, hunks=(PATCH.hunks[1],)))
    view.open_everything()
    view.scroll_to_hunk(SECOND)
    top = view.content.rows[view.rows.visible()[0]]
    assert isinstance(top, ContextRow)
    show(view)
    now = view.content.rows[view.rows.visible()[0]]
    assert isinstance(now, ContextRow)
    assert now.old == top.old
    assert view.button_rect(SECOND, "accept") is not None


def test_the_map_shows_hunks_conflicts_matches_and_the_part_in_view(
    view: DiffView, settle: Callable[[DiffView], None]
) -> None:
    failed = FailedBlock("f", (), ("new\n",), "No.", Span(40, 42), 0.5)
    view.resize(700, 200)
    show(view, decisions={SECOND: Decision.CONFLICTING}, failed=(failed,))
    view.find("value_9 ")
    settle(view)
    kinds = {kind for _start, _end, kind in view.minimap.marks}
    assert kinds == {
        Kind.CURRENT,
        Kind.REMOVED,
        Kind.ADDED,
        Kind.CONFLICT,
        Kind.FAILED,
        Kind.MATCH,
    }
    assert all(0 <= start <= end <= 1 for start, end, _kind in view.minimap.marks)
    start, end = view.minimap.view
    assert 0 <= start < end < 1
    assert view.minimap.accessibleName() == "Map of the changes"
    assert view.minimap.accessibleDescription() == "2 hunks"
    assert not view.minimap.grab().isNull()
    show(view, decisions={FIRST: Decision.ACCEPTED})
    settle(view)
    assert Kind.DECIDED in {kind for _start, _end, kind in view.minimap.marks}


def test_a_click_on_the_map_goes_there_and_a_drag_follows(view: DiffView, qtbot: QtBot) -> None:
    view.show_file("values.py", BEFORE)
    bar, strip = view.verticalScrollBar(), view.minimap
    qtbot.mouseClick(
        strip, Qt.MouseButton.LeftButton, pos=QPoint(strip.width() // 2, strip.height() - 1)
    )
    assert bar.value() == bar.maximum()
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(5, 0))
    assert bar.value() == 0
    qtbot.mouseMove(strip, QPoint(5, strip.height() // 2))
    qtbot.waitUntil(lambda: 0 < bar.value() < bar.maximum())
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=QPoint(5, strip.height() // 2))


def test_the_map_is_drawn_in_both_themes(
    view: DiffView, settle: Callable[[DiffView], None]
) -> None:
    show(view)
    settle(view)
    dark = view.minimap.grab().toImage()
    view.set_theme(load_theme("light"))
    assert view.minimap.grab().toImage() != dark


SOURCE = [f"def f{n}():\n    return '{n}'".replace("\n", "") for n in range(40)]


def spans(text: list[str]) -> list[object]:
    whole = Highlighter(lexer_for_path("x.py"), text)
    whole.advance(len(text), 60)
    return [whole.spans(line) for line in range(len(text))]


@settings(max_examples=CASES)
@given(st.lists(st.integers(0, 39), max_size=4), st.sampled_from(["x = 1", "'''", "# note"]))
def test_a_text_that_changes_anywhere_is_coloured_as_one_that_is_lexed_whole(
    places: list[int], line: str
) -> None:
    colors, text = SideColors("x.py", SOURCE), SOURCE
    colors.advance(0, len(text) - 1, 60)
    for place in places:
        text = [*text[:place], line, *text[place:]]
        colors.change(text, place)
        assert colors.advance(0, len(text) - 1, 60)
        assert [colors.spans(number) for number in range(len(text))] == spans(text)


def test_lines_far_down_are_coloured_at_once_and_rightly_in_the_end() -> None:
    text = SOURCE * 100
    colors = SideColors("x.py", text)
    colors.advance(3000, 3010, 1)
    assert colors.spans(3005) == spans(SOURCE)[3005 % 40]
    while not colors.advance(3000, 3010, 1):
        pass
    assert colors.spans(100) == spans(SOURCE)[100 % 40]


def test_a_change_far_down_is_coloured_before_the_pass_from_the_top_comes_there() -> None:
    text = SOURCE * 100
    colors = SideColors("x.py", text)
    colors.advance(3000, 3010, 1)
    changed = [*text[:3004], "# changed", *text[3004:]]
    colors.change(changed, 3004)
    colors.advance(3000, 3010, 1)
    assert colors.spans(3004) == spans(["# changed"])[0]
    colors.change(text[:200], 200)
    assert colors.advance(150, 160, 60)
    assert colors.spans(155) == spans(SOURCE)[155 % 40]


def test_a_text_without_a_lexer_has_no_colours() -> None:
    colors = SideColors("notes.unknown", ["x"])
    assert colors.advance(0, 0, 1)
    assert colors.spans(0) == ()


@pytest.mark.parametrize("lines", [[], [""], ["\ta", "b" * 9], ["中文中", "abc"], ["x" * 9000]])
def test_the_columns_of_lines_are_those_of_the_longest(lines: list[str]) -> None:
    assert columns_of_lines(lines) == max(map(columns_of, lines), default=0)


def test_added_rows_of_a_stream_far_down_are_shown_and_followed(
    view: DiffView, settle: Callable[[DiffView], None]
) -> None:
    view.set_layout("split")
    before = BEFORE * 20
    for count in (5, 50):
        text = "".join(f"new {n}\n" for n in range(count))
        view.show_streaming("values.py", before, Span(1200, 1300), text)
        settle(view)
    new = [row.new for row in view.content.rows if isinstance(row, PairRow) and row.new]
    assert (new[-1].new, new[-1].text) == (1249, "new 49")
    first, last = view.rows.visible()
    assert view.content.cursor is not None
    assert first <= view.content.cursor < last
