import pytest

from spark_desktop.domain.proposal import Decision
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_rows import (
    AddedRow,
    CommentRow,
    ContextRow,
    FoldRow,
    HeadRow,
    PairRow,
    Part,
    QuotedRow,
    RemovedRow,
    Row,
    UnwrittenRow,
)
from spark_desktop.viewmodels.diff_words import plain_text, words_of

REMOVED, ADDED = RemovedRow(3, "a = 1"), AddedRow(3, "a = 2")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ContextRow(1, 2, "x"), "line 3: x"),
        (REMOVED, "removed, line 4: a = 1"),
        (AddedRow(3, "a", "h", 0, Decision.ACCEPTED), "added, line 4: a, accepted"),
        (RemovedRow(3, "a", "h", 0, Decision.CONFLICTING), "removed, line 4: a, in conflict"),
        (PairRow(REMOVED, ADDED), "removed, line 4: a = 1. added, line 4: a = 2"),
        (UnwrittenRow(0, "x"), "not written yet, line 1: x"),
        (CommentRow("why?", 1, True), "your comment: why?"),
        (FoldRow(Span(4, 9)), "folded: unchanged 5\N{EN DASH}9. Enter opens it."),
        (HeadRow("No place.", "f", Part.FAILED), "No place."),
    ],
)
def test_a_row_is_read_out_with_what_becomes_of_it(row: Row, words: str) -> None:
    assert words_of(row) == words


def test_a_diff_is_plain_text_with_numbers_and_marks() -> None:
    rows = [
        FoldRow(Span(0, 2)),
        ContextRow(2, 2, "x"),
        PairRow(REMOVED, ADDED),
        CommentRow("why?", 3, True),
        QuotedRow("was", "h", Part.BASE),
        UnwrittenRow(5, "later"),
        AddedRow(6, ""),
    ]
    assert plain_text(rows).splitlines() == [
        "-- unchanged 1\N{EN DASH}2 --",
        "     3      3   x",
        "     4        - a = 1",
        "            4 + a = 2",
        "              > why?",
        "              ~ was",
        "     6        ? later",
        "            7 +",
    ]
