import os
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_desktop.domain.patch import Hunk, compute
from spark_desktop.domain.proposal import Decision, FailedBlock
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_rows import (
    AddedRow,
    CommentRow,
    ContextRow,
    FoldRow,
    HeadRow,
    LineComment,
    PairRow,
    Part,
    QuotedRow,
    RemovedRow,
    Row,
    decision_of,
    new_line,
    owner_of,
)
from spark_desktop.viewmodels.diff_sheets import (
    Layout,
    Sheets,
    Shown,
    in_order,
    lines_of,
    new_lines,
    sheet_of,
)

CASES = int(os.environ.get("SPARK_LAW_CASES", "100"))
LINES = [f"line {n}" for n in range(60)]
LETTERS = st.lists(st.sampled_from("abcd"), max_size=30)
SPLIT = Layout(is_split=True)


def hunks_of(old: list[str], new: list[str]) -> list[Hunk]:
    before, after = ("".join(f"{line}\n" for line in lines) for lines in (old, new))
    return in_order(compute("f", "", before, after).hunks)


def shown(**parts: object) -> Shown:
    changed = [*LINES[:10], "new 10", "new 11", *LINES[11:40], *LINES[42:]]
    return replace(Shown(LINES, hunks_of(LINES, changed)), **parts)  # type: ignore[arg-type]


def texts(rows: list[Row], kind: type) -> list[str]:
    return [row.text for row in rows if isinstance(row, kind)]


@settings(max_examples=CASES)
@given(LETTERS, LETTERS, st.integers(0, 4))
def test_side_by_side_the_left_is_the_old_text_and_the_right_the_new(
    old: list[str], new: list[str], context: int
) -> None:
    layout = Layout(is_split=True, context=context)
    left: list[str] = []
    right: list[str] = []
    for row in sheet_of(Shown(old, hunks_of(old, new)), layout):
        match row:
            case FoldRow(lines=lines):
                left += old[lines.start : lines.end]
                right += old[lines.start : lines.end]
            case ContextRow(text=text):
                left.append(text)
                right.append(text)
            case PairRow(old=gone, new=come):
                left += [gone.text] if gone else []
                right += [come.text] if come else []
    assert left == old
    assert right == new


@settings(max_examples=CASES)
@given(LETTERS, LETTERS, st.booleans())
def test_a_diff_that_grows_is_laid_out_as_one_that_is_there_at_once(
    old: list[str], new: list[str], is_split: bool
) -> None:
    layout, sheets = Layout(is_split=is_split, context=1), Sheets()
    hunks = hunks_of(old, new)
    for count in range(len(hunks) + 1):
        grown = [*hunks[:count]]
        if count and hunks[count - 1].new:
            grown[-1] = replace(grown[-1], new=grown[-1].new[:1])
            sheets.sheet(Shown(old, tuple(grown)), layout)
        now = Shown(old, hunks[:count])
        before = sheets.sheet(now, layout)
        assert list(before) == list(sheet_of(now, layout))
        assert dict(before.blocks) == dict(sheet_of(now, layout).blocks)


@settings(max_examples=CASES)
@given(LETTERS, LETTERS, st.booleans())
def test_each_row_is_found_again(old: list[str], new: list[str], is_split: bool) -> None:
    sheet = sheet_of(Shown(old, hunks_of(old, new)), Layout(is_split=is_split))
    for number, row in enumerate(sheet):
        assert sheet.near(row) == number
        assert sheet[number] == row
    assert sheet[-3:] == list(sheet)[-3:]


def test_what_is_kept_of_the_sheet_before_is_said() -> None:
    sheets, whole = Sheets(), shown()
    assert sheets.sheet(whole, Layout()).same == 0
    grown = replace(whole, hunks=(whole.hunks[0], replace(whole.hunks[1], new=("x\n",))))
    sheet = sheets.sheet(grown, Layout())
    assert 0 < sheet.same == sheet.blocks[whole.hunks[0].id].end
    rejected = replace(grown, decisions={whole.hunks[0].id: Decision.REJECTED})
    assert sheets.sheet(rejected, Layout()).same == 0


def test_a_fold_opens_piece_by_piece() -> None:
    layout = Layout()
    fold = next(row for row in sheet_of(shown(), layout) if isinstance(row, FoldRow))
    assert fold == FoldRow(Span(0, 7))
    layout = layout.opening(Span(5, 7))
    assert next(iter(sheet_of(shown(), layout))) == FoldRow(Span(0, 5))
    layout = layout.opening(Span(0, 5))
    assert layout.opened == (Span(0, 7),)
    assert sheet_of(shown(), layout)[0] == ContextRow(0, 0, "line 0")


@pytest.mark.parametrize("is_split", [False, True])
def test_a_conflict_shows_both_versions_and_what_it_was_made_for(is_split: bool) -> None:
    first = shown().hunks[0]
    conflict = shown(
        decisions={first.id: Decision.CONFLICTING}, conflicts={first.id: ("what was there\n",)}
    )
    sheet = sheet_of(conflict, Layout(is_split=is_split))
    block = sheet[sheet.blocks[first.id].start : sheet.blocks[first.id].end]
    heads = [row.part for row in block if isinstance(row, HeadRow)]
    both = [] if is_split else [Part.DISK, Part.MINE]
    assert heads == [Part.CONFLICT, *both, Part.BASE]
    assert texts(block, QuotedRow) == ["what was there"]
    assert {owner_of(row) for row in block} == {first.id}
    changed = [row for row in block if isinstance(row, RemovedRow | AddedRow | PairRow)]
    assert {decision_of(row) for row in changed} == {Decision.CONFLICTING}
    assert sheet[sheet.near(block[-1])] == block[0]


def test_a_conflict_about_an_insertion_says_that_there_were_no_lines() -> None:
    first = shown().hunks[0]
    sheet = sheet_of(shown(decisions={first.id: Decision.CONFLICTING}))
    assert "Made for a place without lines" in texts(list(sheet), HeadRow)


def test_a_block_without_a_place_stands_at_the_lines_that_are_most_like_it() -> None:
    block = FailedBlock("f", ("old\n",), ("new\n",), "It is not there.", Span(24, 26), 0.618)
    sheet = sheet_of(shown(failed=(block,)))
    rows = sheet[sheet.blocks["f"].start : sheet.blocks["f"].end]
    assert texts(rows, HeadRow)[:2] == [
        "It is not there.",
        "Most like it: lines 25\N{EN DASH}26 (62 %)",
    ]
    assert texts(rows, QuotedRow) == ["old", "new"]
    below = sheet[sheet.blocks["f"].end]
    assert below == ContextRow(24, 25, "line 24")


def test_a_block_that_is_like_nothing_stands_at_the_top_and_says_what_to_do() -> None:
    block = FailedBlock("f", (), ("new\n",), "No place is named.")
    sheet = sheet_of(shown(failed=(block,)))
    assert sheet.blocks["f"].start == 0
    assert "Select the lines" in sheet[1].text
    assert len(sheet_of(Shown([], failed=(block,)))) == 4


def test_one_nearest_line_is_said_as_one() -> None:
    block = FailedBlock("f", ("old\n",), (), "No.", Span(3, 4), 0.5)
    heads = texts(list(sheet_of(shown(failed=(block,)))), HeadRow)
    assert heads[1] == "Most like it: line 4 (50 %)"


@pytest.mark.parametrize("is_split", [False, True])
@pytest.mark.parametrize(
    ("line", "is_new_side", "above"),
    [(10, False, "line 10"), (11, True, "new 11"), (20, False, "line 20"), (21, True, "line 20")],
)
def test_a_comment_stands_below_its_line(
    line: int, is_new_side: bool, above: str, is_split: bool
) -> None:
    comment = LineComment(line, is_new_side, "why?\nsay so")
    sheet = sheet_of(shown(comments=(comment,)), Layout(is_split=is_split))
    rows = list(sheet)
    places = [n for n, row in enumerate(rows) if isinstance(row, CommentRow)]
    assert [rows[n].text for n in places] == ["why?", "say so"]
    over = rows[places[0] - 1]
    if isinstance(over, PairRow):
        over = over.new if is_new_side and over.new else over.old or over
    assert over.text == above
    assert rows[sheet.near(rows[places[0]])].text == rows[places[0] - 1].text


def test_two_comments_on_one_pair_follow_one_another() -> None:
    comments = (LineComment(10, False, "left"), LineComment(10, True, "right"))
    rows = list(sheet_of(shown(comments=comments), SPLIT))
    assert texts(rows, CommentRow) == ["left", "right"]


def test_the_new_text_is_that_of_the_hunks() -> None:
    hunks = shown().hunks
    assert new_lines(LINES, hunks)[10:12] == ["new 10", "new 11"]
    assert len(new_lines(LINES, hunks)) == len(LINES) - 1


def test_hunks_come_in_the_order_of_their_places() -> None:
    insertion, change = Hunk("b", 3, (), ("x",)), Hunk("a", 3, ("y",), ("z",))
    assert in_order([Hunk("c", 9, ("q",), ()), change, insertion])[:2] == [insertion, change]


def test_lines_have_no_endings_whatever_these_are() -> None:
    assert lines_of("a\r\nb\rc\n") == ["a", "b", "c"]
    assert lines_of("") == []
    assert lines_of("a\n\n") == ["a", ""]


def test_a_hunk_without_lines_has_no_rows() -> None:
    empty = Shown(["a"], [Hunk("e", 0, (), ())])
    assert "e" not in sheet_of(empty).blocks
    assert [new_line(row) for row in sheet_of(empty)] == [0]
