import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fakes import EMULATION
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.context_item import Attached, ItemKind, ItemRef
from spark_desktop.domain.conversation import Thread, Turn, TurnState
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.thread_export import from_json, to_json, to_markdown
from spark_desktop.domain.trigger import Span

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TURN = Turn("t1", "Why?", "Because.\n\n```python\nx\n```", TurnState.DONE, NOON, "small", "a.py")
ITEMS = (
    Attached(ItemRef(ItemKind.OPEN, "a.py", lines=Span(2, 5)), "d1", 20, "lines 9-90"),
    Attached(ItemRef(ItemKind.SYMBOL, "src/b.py", "parse"), "d2", 7),
    Attached(ItemRef(ItemKind.CLIPBOARD, text="copied"), "d3", 1),
)
FULL = replace(
    TURN,
    id="t2",
    usage=Usage(1, 2, 3),
    timing=Timing(0.5, 1, None, 2.0),
    emulation=EMULATION,
    attached=ITEMS,
)
THREAD = Thread("th", "A title", NOON, (TURN, FULL), is_pinned=True)


def test_json_comes_back_equal() -> None:
    assert from_json(to_json(THREAD)) == THREAD


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.sampled_from(TurnState))
def test_any_text_and_state_comes_back_equal(text: str, state: TurnState) -> None:
    turn = replace(TURN, question=text, answer=text, error=text, state=state)
    assert from_json(to_json(replace(THREAD, turns=(turn,)))).turns == (turn,)


def test_fields_of_a_later_version_of_the_format_are_passed_over() -> None:
    document = json.loads(to_json(THREAD))
    document["colour"] = "blue"
    document["turns"][1]["usage"]["seen"] = 1
    document["turns"][1]["mood"] = "good"
    assert from_json(json.dumps(document)) == THREAD


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": "else"}, "no thread of Spark"),
        ({"version": 2}, "version 2, this Spark knows 1"),
        ({"turns": None}, "damaged"),
        ({"turns": ["text"]}, "damaged"),
        ({"turns": [{"id": "t"}]}, "damaged"),
        ({"title": 3}, "damaged"),
        ({"created": "yesterday"}, "damaged"),
        ({"created": "2026-03-01T12:00:00"}, "has no zone"),
    ],
)
def test_a_file_that_is_no_thread_is_refused_with_the_reason(
    change: dict[str, object], told: str
) -> None:
    with pytest.raises(FileError, match=told) as caught:
        from_json(json.dumps(json.loads(to_json(THREAD)) | change))
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("usage", {"prompt_tokens": "many"}),
        ("usage", {"prompt_tokens": True}),
        ("timing", {"first_token": None}),
        ("emulation", {"profile": 3}),
    ],
)
def test_measurements_of_another_kind_are_refused(part: str, change: dict[str, object]) -> None:
    document = json.loads(to_json(THREAD))
    document["turns"][1][part] |= change
    with pytest.raises(FileError, match="damaged"):
        from_json(json.dumps(document))


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "3", "null"])
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(FileError):
        from_json(text)


def test_markdown_tells_who_said_what_and_how_it_ended() -> None:
    stopped = replace(TURN, answer="Half", state=TurnState.STOPPED)
    failed = replace(TURN, answer="", state=TurnState.FAILED, error="No core.", path=None)
    text = to_markdown(replace(THREAD, turns=(TURN, stopped, failed)))
    assert text.startswith("# A title\n\n*Begun 2026-03-01 12:00 UTC*\n\n## You · 2026-03-01 12:00")
    assert "*About `a.py`*\n\nWhy?\n\n## Spark · small\n\nBecause.\n\n```python" in text
    assert "Half\n\n*The answer was stopped.*" in text
    assert text.endswith("*The answer broke off: No core.*\n")
    assert to_markdown(Thread("th", "", NOON)).startswith("# New thread\n")


def test_markdown_names_what_went_with_a_question() -> None:
    told = to_markdown(replace(THREAD, turns=(FULL,)))
    assert "*About `a.py`*\n\n*With `src/b.py`, `clipboard`*\n\nWhy?" in told


def test_an_item_of_a_later_kind_is_passed_over_and_a_damaged_one_is_named() -> None:
    document = json.loads(to_json(THREAD))
    document["turns"][1]["attached"][0]["kind"] = "picture"
    assert from_json(json.dumps(document)).turns[1].attached == ITEMS[1:]
    document["turns"][1]["attached"][1]["tokens"] = "many"
    with pytest.raises(FileError, match="'many' is not a number"):
        from_json(json.dumps(document))
