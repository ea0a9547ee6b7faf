import pytest

from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import (
    EditComment,
    Instruction,
    QuestionComment,
    Span,
    Stub,
    Trigger,
    kind_of,
    title_of,
)
from spark_desktop.domain.workspace import snapshot_of

SNAPSHOT = snapshot_of("pkg/mod.py", SourceText("def f():\n    pass\n"))
CASES: list[tuple[Trigger, str, str]] = [
    (EditComment(SNAPSHOT, Span(0, 1), "sort\n  them"), "AI!", "sort them"),
    (QuestionComment(SNAPSHOT, Span(0, 1), "why?"), "AI?", "why?"),
    (Stub(SNAPSHOT, Span(0, 2), Span(1, 2), "f"), "stub", "stub f()"),
    (Instruction(SNAPSHOT, None, "add types"), "instruction", "add types"),
]


@pytest.mark.parametrize(("trigger", "kind", "title"), CASES)
def test_a_trigger_has_a_kind_and_a_title_of_one_line(
    trigger: Trigger, kind: str, title: str
) -> None:
    assert (kind_of(trigger), title_of(trigger)) == (kind, title)


@pytest.mark.parametrize(("length", "shown"), [(80, "x" * 80), (81, "x" * 79 + "…")])
def test_a_long_title_is_cut_to_80_characters(length: int, shown: str) -> None:
    assert title_of(Instruction(SNAPSHOT, None, "x" * length)) == shown


def test_a_span_counts_its_lines_without_its_end() -> None:
    assert (len(Span(2, 5)), len(Span(2, 2))) == (3, 0)


def test_a_snapshot_has_the_digest_of_its_bytes_and_the_last_name() -> None:
    assert SNAPSHOT.digest == SNAPSHOT.text.digest
    assert SNAPSHOT.name == "mod.py"
