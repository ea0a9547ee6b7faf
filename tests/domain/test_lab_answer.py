from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.lab_answer import answer_of_proposal, answer_of_turn, revealed
from spark_desktop.domain.lab_profile import Schedule, recorded_schedule
from spark_desktop.domain.patch import compute
from spark_desktop.domain.proposal import Proposal, Ready, Streaming
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import EditComment, Span
from spark_desktop.domain.workspace import snapshot_of

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BEFORE = "import x\n\n\ndef f():\n    return 1\n\n\ndef g():\n    return 2\n"
AFTER = BEFORE.replace("    return 1\n", "    if x:\n        return 3\n    return 1\n")
CODE = "def f():\n    if x:\n        return 3\n    return 1"


def turn(**more: object) -> Turn:
    return replace(Turn("t1", "Why is\nit so?", "Because.", TurnState.DONE, NOON), **more)


def proposal(after: str = AFTER, **more: object) -> Proposal:
    base = snapshot_of("src/a.py", SourceText(BEFORE))
    trigger = EditComment(base, Span(3, 4), "check x")
    patch = compute("src/a.py", base.digest, BEFORE, after)
    return replace(Proposal("p1", trigger, Ready(), Span(3, 5), patch), **more)


def test_a_schedule_says_how_many_tokens_there_are_at_a_moment() -> None:
    schedule = Schedule.of([(0.5, 1), (0.75, 4), (1.0, 2)])
    moments = (0.0, 0.49, 0.5, 0.8, 1.0, 9.0)
    assert [schedule.tokens_at(moment) for moment in moments] == [0, 0, 1, 5, 7, 7]
    assert (schedule.first_token, schedule.duration, schedule.tokens) == (0.5, 1.0, 7)


@pytest.mark.parametrize("releases", [[(1.0, 1), (0.5, 1)], [(1.0, 0)], [(1.0, -2)]])
def test_a_schedule_that_cannot_be_is_refused(releases: list[tuple[float, int]]) -> None:
    with pytest.raises(ValueError, match=r"go back|no token"):
        Schedule.of(releases)


def test_a_schedule_of_nothing_is_over_at_once() -> None:
    empty = Schedule.of([])
    assert (empty.tokens_at(1.0), empty.first_token, empty.duration, empty.tokens) == (0, 0, 0, 0)


def test_what_was_recorded_is_spread_evenly_from_the_first_token_to_the_last() -> None:
    schedule = recorded_schedule(Usage(0, 5, 0), Timing(0.5, 2.5))
    assert schedule.times == (0.5, 1.0, 1.5, 2.0, 2.5)
    assert schedule.tokens == 5


@pytest.mark.parametrize("count", [0, 1])
def test_an_answer_of_at_most_one_token_is_recorded_too(count: int) -> None:
    assert recorded_schedule(Usage(0, count, 0), Timing(0.5, 0.4)).times == (0.5,) * count


@given(st.integers(0, 10_000), st.integers(-3, 5_000), st.integers(1, 4_000))
def test_what_is_revealed_only_grows_and_ends_with_everything(
    length: int, tokens: int, total: int
) -> None:
    shown = revealed(length, tokens, total)
    assert 0 <= shown <= revealed(length, tokens + 1, total) <= length
    assert revealed(length, total, total) == length


def test_an_answer_has_the_tokens_that_were_counted() -> None:
    answer = answer_of_turn(turn(usage=Usage(9, 4, 2), timing=Timing(1.0, 4.0)))
    assert (answer.title, answer.tokens, answer.is_counted) == ("Why is it so?", 4, True)
    assert answer.recorded is not None
    assert answer.recorded.times == (1.0, 2.0, 3.0, 4.0)


def test_tokens_that_nobody_counted_are_estimated_and_said_to_be() -> None:
    answer = answer_of_turn(turn(state=TurnState.STOPPED, timing=Timing(1.0, 4.0)))
    assert (answer.tokens, answer.is_counted, answer.recorded) == (3, False, None)


def test_a_long_question_is_cut_in_its_title() -> None:
    assert answer_of_turn(turn(question="why " * 40)).title.endswith("…")


def test_an_answer_that_is_written_says_so() -> None:
    assert answer_of_turn(turn(state=TurnState.STREAMING)).is_streaming


def test_a_proposal_is_shown_as_the_code_that_was_written() -> None:
    answer = answer_of_proposal(proposal(usage=Usage(50, 20, 0), timing=Timing(0.5, 1.0)))
    assert answer is not None
    assert answer.text == f"```py\n{CODE}\n```\n"
    assert answer.title == "src/a.py: check x"
    assert answer.tokens == 20


def test_a_region_at_the_end_of_its_file_is_shown_whole() -> None:
    shorter = BEFORE.replace("    return 2\n", "    ...\n    ...\n")
    answer = answer_of_proposal(proposal(shorter, region=Span(7, 9)))
    assert answer is not None
    assert answer.text == "```py\ndef g():\n    ...\n    ...\n```\n"


def test_a_proposal_that_is_being_written_cannot_be_shown_yet() -> None:
    answer = answer_of_proposal(proposal(state=Streaming(), patch=None))
    assert answer is not None
    assert answer.is_streaming


def test_a_proposal_without_code_is_no_answer() -> None:
    assert answer_of_proposal(proposal(patch=None)) is None
