import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.moving import moved_proposal, moved_span
from spark_desktop.domain.proposal import Proposal, Ready
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import EditComment, Instruction, Span, Stub
from spark_desktop.domain.workspace import snapshot_of

BEFORE = "1\n2\n3\n4\n5\n"
TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\n"]), max_size=10).map("".join)


@pytest.mark.parametrize(
    ("span", "after", "expected"),
    [
        (Span(1, 3), BEFORE, Span(1, 3)),
        (Span(1, 3), f"0\n{BEFORE}", Span(2, 4)),
        (Span(1, 3), f"{BEFORE}6\n", Span(1, 3)),
        (Span(1, 3), "1\n2\nx\n3\n4\n5\n", Span(1, 4)),
        (Span(1, 3), "1\nA\nB\nC\n4\n5\n", Span(1, 4)),
        (Span(1, 3), "1\n4\n5\n", Span(1, 1)),
        (Span(1, 3), "3\n4\n5\n", Span(0, 1)),
        (Span(1, 3), "", Span(0, 0)),
        (Span(0, 0), f"{BEFORE}6\n", Span(0, 0)),
        (Span(5, 5), f"0\n{BEFORE}", Span(6, 6)),
        (Span(0, 5), f"0\n{BEFORE}", Span(1, 6)),
    ],
)
def test_a_span_follows_its_lines(span: Span, after: str, expected: Span) -> None:
    assert moved_span(span, BEFORE, after) == expected


@given(TEXTS, TEXTS, st.integers(0, 10), st.integers(0, 10))
def test_a_moved_span_is_within_the_text(before: str, after: str, start: int, size: int) -> None:
    count = before.count("\n")
    span = Span(min(start, count), min(start + size, count))
    moved = moved_span(span, before, after)
    assert 0 <= moved.start <= moved.end <= after.count("\n")


@given(TEXTS, st.integers(0, 10), st.integers(0, 10))
def test_a_span_stays_where_nothing_changed(text: str, start: int, size: int) -> None:
    count = text.count("\n")
    span = Span(min(start, count), min(start + size, count))
    assert moved_span(span, text, text) == span


def test_a_proposal_moves_with_its_trigger_and_region() -> None:
    snapshot = snapshot_of("a.py", SourceText(BEFORE))
    later = snapshot_of("a.py", SourceText(f"0\n{BEFORE}"))
    trigger = Instruction(snapshot, Span(1, 2), "do it")
    moved = moved_proposal(Proposal("p", trigger, Ready(), region=Span(1, 3)), later)
    assert moved.trigger == Instruction(later, Span(2, 3), "do it")
    assert moved.region == Span(2, 4)


def test_a_proposal_for_the_whole_file_still_is() -> None:
    snapshot = snapshot_of("a.py", SourceText(BEFORE))
    moved = moved_proposal(Proposal("p", Instruction(snapshot, None, "do it"), Ready()), snapshot)
    assert moved.trigger.lines is None
    assert moved.region is None


def test_a_stub_moves_with_its_body() -> None:
    snapshot = snapshot_of("a.py", SourceText(BEFORE))
    later = snapshot_of("a.py", SourceText(f"0\n{BEFORE}"))
    stub = Stub(snapshot, Span(1, 3), Span(2, 3), "f")
    moved = moved_proposal(Proposal("p", stub, Ready()), later)
    assert moved.trigger == Stub(later, Span(2, 4), Span(3, 4), "f")


def test_a_comment_that_was_deleted_leaves_its_place() -> None:
    snapshot = snapshot_of("a.py", SourceText(BEFORE))
    later = snapshot_of("a.py", SourceText("1\n3\n4\n5\n"))
    comment = EditComment(snapshot, Span(1, 2), "sort")
    moved = moved_proposal(Proposal("p", comment, Ready()), later)
    assert moved.trigger == EditComment(later, Span(1, 1), "sort")
