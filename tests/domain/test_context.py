from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.context import Budget, estimate_tokens, fit_history, window
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.trigger import Span

SIZES = st.lists(st.integers(1, 30), max_size=30)


def turns_of(sizes: list[int]) -> list[Turn]:
    created = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Turn(str(number), "q", "a" * (size - 1), TurnState.DONE, created)
        for number, size in enumerate(sizes)
    ]


def ids(turns: tuple[Turn, ...]) -> list[str]:
    return [turn.id for turn in turns]


@pytest.mark.parametrize(("context", "answer", "prompt"), [(8192, 1024, 7168), (512, 1024, 0)])
def test_the_answer_is_kept_out_of_the_prompts_budget(
    context: int, answer: int, prompt: int
) -> None:
    assert Budget(context, answer).prompt == prompt


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("a", 1), ("a" * 16, 5), ("a" * 17, 6), ("\u4e2d" * 16, 15), ("\ud800", 1)],
)
def test_tokens_are_estimated_from_the_size_and_rounded_up(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens


@given(SIZES, st.integers(0, 100))
def test_the_kept_turns_are_the_newest_ones_and_fit(sizes: list[int], budget: int) -> None:
    turns = turns_of(sizes)
    kept = fit_history(turns, budget, len)
    assert kept == tuple(turns[len(turns) - len(kept) :])
    assert sum(sizes[len(turns) - len(kept) :]) <= budget


@given(SIZES, st.integers(0, 1000))
def test_a_history_that_fits_is_kept_whole(sizes: list[int], spare: int) -> None:
    turns = turns_of(sizes)
    assert fit_history(turns, sum(sizes) + spare, len) == tuple(turns)


def test_what_does_not_fit_is_dropped_by_half() -> None:
    assert ids(fit_history(turns_of([10] * 9), 80, len)) == ["5", "6", "7", "8"]


def test_the_beginning_stays_the_same_until_half_is_dropped_again() -> None:
    begins = [ids(fit_history(turns_of([10] * n), 80, len))[0] for n in range(1, 20)]
    assert begins == ["0"] * 8 + ["5"] * 5 + ["10"] * 5 + ["15"]


def test_a_turn_that_alone_is_too_long_goes_with_all_before_it() -> None:
    assert ids(fit_history(turns_of([10, 10, 500, 10]), 100, len)) == ["3"]


def test_no_budget_keeps_nothing() -> None:
    assert fit_history(turns_of([1, 1]), 0, len) == ()


@pytest.mark.parametrize(
    ("span", "around", "expected"),
    [
        (Span(4, 6), 2, Span(2, 8)),
        (Span(0, 1), 3, Span(0, 4)),
        (Span(8, 10), 5, Span(3, 10)),
        (Span(4, 4), 0, Span(4, 4)),
        (Span(20, 30), 1, Span(10, 10)),
    ],
)
def test_a_window_stays_within_the_lines(span: Span, around: int, expected: Span) -> None:
    assert window(["x\n"] * 10, span, around) == expected
