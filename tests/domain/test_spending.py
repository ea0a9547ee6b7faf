"""What answers cost, and when a budget says no."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.completion import Usage
from spark_desktop.domain.endpoints import Price, RemoteModel
from spark_desktop.domain.spending import Budget, Verdict, cost_of

PRICE = Price(2.0, 10.0, date(2026, 11, 1), "the vendor's page", cached=0.5, fast=6.0)
MODEL = RemoteModel("m", price=PRICE)


def test_prompt_reused_part_and_answer_have_their_own_prices():
    assert cost_of(Usage(1_000_000, 100_000, 400_000), MODEL) == pytest.approx(1.2 + 0.2 + 1.0)


def test_what_is_kept_for_later_may_cost_more_than_the_rest():
    usage = Usage(1_000_000, 0, 400_000, 500_000)
    kept = replace(MODEL, price=replace(PRICE, written=2.5))
    assert cost_of(usage, kept) == pytest.approx(0.2 + 0.2 + 1.25)
    assert cost_of(usage, MODEL) == pytest.approx(0.2 + 0.2 + 1.0)
    assert cost_of(replace(usage, written_tokens=10**9), kept) == pytest.approx(0.2 + 1.5)


def test_without_a_price_nobody_knows():
    assert cost_of(Usage(10, 10), RemoteModel("m")) is None


def test_without_a_price_for_the_reused_part_it_costs_as_the_rest():
    model = replace(MODEL, price=replace(PRICE, cached=None))
    assert cost_of(Usage(1_000_000, 0, 1_000_000), model) == pytest.approx(2.0)


def test_the_fast_mode_multiplies():
    usage = Usage(1000, 1000)
    plain = cost_of(usage, MODEL)
    assert cost_of(usage, replace(MODEL, fast=True)) == pytest.approx(6 * plain)
    assert cost_of(
        usage, replace(MODEL, fast=True, price=replace(PRICE, fast=None))
    ) == pytest.approx(plain)


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**8))
def test_a_cost_is_never_negative_whatever_a_server_counts(prompt, completion, cached):
    assert cost_of(Usage(prompt, completion, cached), MODEL) >= 0


@pytest.mark.parametrize(
    ("spent", "verdict"),
    [(0, Verdict.FINE), (7.99, Verdict.FINE), (8, Verdict.NEAR), (10, Verdict.SPENT)],
)
def test_a_budget_warns_at_four_fifths(spent, verdict):
    assert Budget(10.0).verdict(spent) is verdict


def test_a_budget_warns_where_the_user_wants_it():
    half = Budget(10.0, warn_at=0.5)
    assert half.verdict(4.99) is Verdict.FINE
    assert half.verdict(5.0) is Verdict.NEAR


def test_no_budget_never_says_no():
    assert Budget().verdict(10**6) is Verdict.FINE
