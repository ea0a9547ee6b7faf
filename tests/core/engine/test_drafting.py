"""Drafts: where they come from, and how long they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_core.engine.drafting import LONGEST, Drafter, StepCosts
from inference_core.engine.prefix_store import common_beginning

# As on a machine where a batch costs hardly more than one row.
CHEAP = StepCosts([(1, 10.0), (33, 11.0)])
# Each row costs as much as the first: drafting can only lose.
DEAR = StepCosts([(rows, 10.0 * rows) for rows in range(1, 34)])


def written(drafter, tokens):
    for token in tokens:
        drafter.observe(token)
    return drafter


def test_the_prediction_is_tried_from_its_beginning():
    assert Drafter([9, 9], [1, 2, 3], CHEAP).draft(8) == [1, 2, 3]


def test_the_prediction_is_followed_while_it_is_right():
    drafter = written(Drafter([], list(range(50, 60)), CHEAP), [50, 51])
    assert drafter.draft(3) == [52, 53, 54]


def test_after_a_difference_the_place_is_found_again_by_three_tokens():
    prediction = [*range(10, 30)]
    drafter = written(Drafter([], prediction, CHEAP), [10, 11, 99, 98, 20, 21])
    assert drafter.draft(4) == []
    drafter.observe(22)
    assert drafter.draft(2) == [23, 24]


def test_an_insertion_leaves_the_rest_of_the_prediction_to_come():
    prediction = [1, 2, 3, 4, 5, 1, 2, 3, 6, 7]
    drafter = written(Drafter([], prediction, CHEAP), [1, 2, 3, 4, 5, 99, 1, 2, 3])
    assert drafter.draft(1) == [6]


def test_what_the_prompt_says_after_the_same_tokens_is_tried_where_the_prediction_is_lost():
    drafter = written(Drafter([7, 8, 9, 10, 11], [1], CHEAP), [50, 7, 8, 9])
    assert drafter.draft(2)[:1] == [10]


def test_where_every_row_costs_as_much_nothing_is_drafted():
    assert Drafter([], [1, 2, 3], DEAR).draft(8) == []


def test_drafts_grow_while_they_are_right_and_shrink_when_they_are_not():
    costs = StepCosts([(1, 10.0), (2, 13.0), (4, 18.0), (8, 30.0), (16, 45.0), (33, 90.0)])
    prediction = list(range(100, 300))
    drafter = Drafter([], prediction, costs)
    at_first = len(drafter.draft(99))
    written(drafter, prediction[:40])
    after_forty = len(drafter.draft(99))
    assert after_forty > at_first
    written(drafter, [7, *prediction[60:63]])
    assert 0 < len(drafter.draft(99)) < after_forty


@given(st.lists(st.integers(1, 5), max_size=40), st.lists(st.integers(1, 5), max_size=40))
def test_a_draft_is_never_longer_than_asked_nor_than_the_longest(prompt, answer):
    drafter = written(Drafter(prompt, prompt, CHEAP), answer)
    assert len(drafter.draft(3)) <= 3
    assert len(drafter.draft(999)) <= LONGEST


def test_a_steps_cost_is_learned_and_read_between_what_is_known():
    costs = StepCosts([(1, 10.0), (9, 50.0)])
    assert costs.ms(5) == 30.0
    costs.note(5, 20.0)
    assert costs.ms(5) == 20.0
    costs.note(5, 30.0)
    assert costs.ms(5) == pytest.approx(22.0)


def test_a_pause_of_the_machine_hardly_counts():
    costs = StepCosts([(1, 10.0)])
    costs.note(1, 1000.0)
    assert costs.ms(1) < 31.0


def test_a_pause_at_the_first_try_of_a_length_does_not_rule_it_out():
    costs = StepCosts([(1, 10.0)])
    costs.note(16, 5000.0)
    assert costs.best_length(0.99, 15) > 0


def test_after_a_busy_minute_drafts_are_tried_again():
    costs = StepCosts([(1, 10.0)])
    for rows in range(2, 34):
        for _ in range(50):
            costs.note(rows, 1000.0)
    assert costs.best_length(0.99, 32) == 0
    for _ in range(500):
        costs.note(1, 10.0)
    assert costs.best_length(0.99, 32) > 0


def test_what_turned_out_cheap_is_not_forgotten():
    costs = StepCosts([(1, 10.0), (9, 50.0)])
    for _ in range(50):
        costs.note(9, 12.0)
    known = costs.ms(9)
    for _ in range(500):
        costs.note(1, 10.0)
    assert costs.ms(9) == known


tokens = st.lists(st.integers(1, 4), min_size=1, max_size=30)


@st.composite
def answers_that_leave_their_prediction(draw):
    """A prediction, and an answer that goes on like it for a while, again and again."""
    parts = draw(st.lists(st.tuples(tokens, tokens), min_size=1, max_size=12))
    prediction = [token for common, _ in parts for token in common]
    return prediction, [token for common, other in parts for token in (*common, *other)]


@settings(max_examples=200)
@given(answers_that_leave_their_prediction())
def test_no_prediction_costs_an_answer_as_long_more_than_three_percent_or_three_tokens(texts):
    prediction, answer = texts
    costs = StepCosts()
    drafter = written(Drafter([], prediction, costs), answer[:1])
    done, cost = 1, 1.0
    while done < len(answer):
        draft = drafter.draft(len(answer) - done - 1)
        right = common_beginning(draft, answer[done:])
        written(drafter, answer[done : done + right + 1])
        drafter.settle(len(draft), right)
        cost += costs.ms(len(draft) + 1) / costs.ms(1)
        done += right + 1
    allowed = max(3.0, 0.03 * max(len(answer), len(prediction)))
    assert cost <= len(answer) + allowed + 0.001


@given(st.integers(1, 200))
def test_before_anything_is_known_more_rows_cost_more(rows):
    costs = StepCosts()
    assert 0 < costs.ms(rows) < costs.ms(rows + 1)


@given(st.floats(0.0, 1.0), st.floats(1.0, 1000.0))
def test_the_chosen_length_is_never_expected_to_be_slower_than_none(chance, ms):
    costs = StepCosts([(1, ms)])
    length = costs.best_length(chance, LONGEST)
    expected = sum(chance**power for power in range(length + 1))
    assert expected / costs.ms(length + 1) >= 1 / costs.ms(1) * 0.999999
