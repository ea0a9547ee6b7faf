from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.patch import FilePatch, compute
from spark_desktop.domain.proposal import Decision
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_rows import (
    AddedRow,
    ContextRow,
    FoldRow,
    RemovedRow,
    Row,
    UnwrittenRow,
    bare,
    old_line,
)
from spark_desktop.viewmodels.diff_sheet import Sheet
from spark_desktop.viewmodels.diff_sheets import Layout, Shown, in_order, lines_of, sheet_of
from spark_desktop.viewmodels.diff_streaming import StreamedRegion

TEXT = "".join(f"line {n}\n" for n in range(30))


def rows_of(
    text: str,
    patch: FilePatch,
    decisions: dict[str, Decision],
    context: int = 3,
    opened: tuple[Span, ...] = (),
) -> Sheet:
    shown = Shown(lines_of(text), in_order(patch.hunks), decisions)
    return sheet_of(shown, Layout(opened=opened, context=context))


def file_rows(text: str) -> Sheet:
    return sheet_of(Shown(lines_of(text)))


def streaming_rows(before: list[str], region: Span, text: str) -> tuple[Sheet, int]:
    streamed = StreamedRegion([bare(line) for line in before], region)
    streamed.write(text)
    return streamed.sheet(Layout())


def drawn(rows: Iterable[Row]) -> list[str]:
    """One string per row, as a reader of a diff knows them."""
    marks = {ContextRow: " ", RemovedRow: "-", AddedRow: "+", UnwrittenRow: "?", FoldRow: "~"}
    return [marks[type(row)] + row.text for row in rows]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a\nb\nc\n", "a\nB\nc\n", [" a", "-b", "+B", " c"]),
        ("", "a\n", ["+a"]),
        ("a\n", "", ["-a"]),
        ("a\nb\n", "a\nb\nc\n", [" a", " b", "+c"]),
        ("a\r\nb\r\n", "a\r\nc\r\n", [" a", "-b", "+c"]),
    ],
)
def test_a_change_becomes_removed_then_added_rows(
    before: str, after: str, expected: list[str]
) -> None:
    assert drawn(rows_of(before, compute("f", "", before, after), {})) == expected


def test_unchanged_lines_away_from_hunks_are_folded_and_numbered_from_one() -> None:
    patch = compute("f", "", TEXT, TEXT.replace("line 10\n", "new\nnewer\n"))
    rows = rows_of(TEXT, patch, {})
    assert drawn(rows) == [
        "~unchanged 1\N{EN DASH}7",
        " line 7",
        " line 8",
        " line 9",
        "-line 10",
        "+new",
        "+newer",
        " line 11",
        " line 12",
        " line 13",
        "~unchanged 15\N{EN DASH}30",
    ]
    assert rows[7] == ContextRow(11, 12, "line 11")


def test_an_unfolded_stretch_shows_its_lines() -> None:
    patch = compute("f", "", TEXT, TEXT.replace("line 10\n", "new\n"))
    rows = rows_of(TEXT, patch, {}, opened=(Span(14, 30),))
    assert [row for row in rows if isinstance(row, FoldRow)] == [FoldRow(Span(0, 7))]
    assert rows[-1] == ContextRow(29, 29, "line 29")


def test_one_hidden_line_is_shown_rather_than_folded() -> None:
    text = "".join(f"{n}\n" for n in range(9))
    patch = compute("f", "", text, text.replace("0\n", "x\n", 1).replace("8\n", "y\n"))
    assert not [row for row in rows_of(text, patch, {}) if isinstance(row, FoldRow)]


def test_rows_carry_their_hunk_and_its_decision() -> None:
    patch = compute("f", "", "a\nb\n", "x\nb\n")
    hunk = patch.hunks[0].id
    removed, added, _ = rows_of("a\nb\n", patch, {hunk: Decision.REJECTED})
    assert removed == RemovedRow(0, "a", hunk, 0, Decision.REJECTED)
    assert added == AddedRow(0, "x", hunk, 0, Decision.REJECTED)


@pytest.mark.parametrize(
    ("before", "after", "notes"),
    [
        ("a\r\n", "a\n", ["CRLF", "LF"]),
        ("a\n", "a", ["LF", "no newline at end"]),
        ("a\n", "b\n", ["", ""]),
        ("a\r", "a\n", ["CR", "LF"]),
    ],
)
def test_an_ending_is_named_where_it_changes(before: str, after: str, notes: list[str]) -> None:
    rows = rows_of(before, compute("f", "", before, after), {})
    assert [row.note for row in rows if isinstance(row, RemovedRow | AddedRow)] == notes


def test_without_a_patch_every_line_is_context() -> None:
    assert drawn(file_rows("a\nb")) == [" a", " b"]


@given(
    st.lists(st.sampled_from("abcd"), max_size=30),
    st.lists(st.sampled_from("abcd"), max_size=30),
    st.integers(0, 4),
)
def test_rows_without_the_added_ones_are_the_old_text_and_without_the_removed_the_new(
    old: list[str], new: list[str], context: int
) -> None:
    before = "".join(f"{line}\n" for line in old)
    after = "".join(f"{line}\n" for line in new)
    shown: list[str] = []
    told: list[str] = []
    for row in rows_of(before, compute("f", "", before, after), {}, context):
        if isinstance(row, FoldRow):
            hidden = old[row.lines.start : row.lines.end]
            shown += hidden
            told += hidden
            continue
        if not isinstance(row, AddedRow):
            shown.append(row.text)
        if not isinstance(row, RemovedRow):
            told.append(row.text)
    assert shown == old
    assert told == new


BEFORE = ["import os\n", "def f(x):\n", "    y = 1\n", "    return y\n", "\n", "end\n"]


def streamed(text: str) -> list[str]:
    return drawn(streaming_rows(BEFORE, Span(1, 4), text)[0])


def test_nothing_written_shows_the_old_region_dim() -> None:
    assert streamed("") == [
        " import os",
        "?def f(x):",
        "?    y = 1",
        "?    return y",
        " ",
        " end",
    ]


def test_a_written_line_that_stood_there_is_context_and_a_new_one_is_added() -> None:
    assert streamed("def f(x):\n    z = 2\n")[1:5] == [
        " def f(x):",
        "+    z = 2",
        "?    y = 1",
        "?    return y",
    ]


def test_old_lines_passed_over_are_removed_before_what_was_added() -> None:
    assert streamed("def f(x):\n    z = 2\n    return y\n")[1:5] == [
        " def f(x):",
        "-    y = 1",
        "+    z = 2",
        "     return y",
    ]


def test_an_open_line_is_shown_once_it_differs_from_the_expected_one() -> None:
    assert streamed("def f(x")[1] == "?def f(x):"
    assert streamed("def g")[1:3] == ["+def g", "?def f(x):"]


def test_the_cursor_is_where_the_stream_writes() -> None:
    rows, cursor = streaming_rows(BEFORE, Span(1, 4), "def f(x):\n    z = 2\n    q")
    assert rows[cursor].text == "    q"


def test_a_brace_far_ahead_is_not_taken_for_the_written_one() -> None:
    before = ["a {\n", "  b\n", "  c\n", "}\n"]
    assert drawn(streaming_rows(before, Span(0, 4), "a {\n}\n")[0]) == [
        " a {",
        "+}",
        "?  b",
        "?  c",
        "?}",
    ]


def test_a_region_inside_a_long_file_is_folded_around() -> None:
    rows = streaming_rows(split_lines(TEXT), Span(10, 12), "")[0]
    assert rows[0] == FoldRow(Span(0, 7))
    assert rows[-1] == FoldRow(Span(15, 30))


@given(
    st.lists(st.sampled_from(["aaa\n", "bbb\n", "\n"]), max_size=12), st.text("ab\n", max_size=40)
)
def test_streaming_shows_every_old_and_every_written_line_in_order(
    old: list[str], text: str
) -> None:
    closed = text if text.endswith("\n") or not text else text + "\n"
    rows = streaming_rows(old, Span(0, len(old)), closed)[0]
    assert [r.text for r in rows if not isinstance(r, AddedRow)] == [bare(line) for line in old]
    written = [r.text for r in rows if isinstance(r, AddedRow | ContextRow)]
    assert written == [bare(line) for line in split_lines(closed)]


def test_every_row_but_an_added_one_knows_its_old_line() -> None:
    assert old_line(FoldRow(Span(4, 9))) == 4
    assert old_line(UnwrittenRow(3, "")) == 3
    assert old_line(AddedRow(3, "")) is None
