"""Faults as they are written, and as they are drawn."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.server.emulation.faults import (
    BadFaultError,
    Fault,
    FaultPlan,
    FaultRule,
    read_faults,
)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("", ()),
        ("refuse", (FaultRule(Fault.REFUSE, 0),)),
        ("429", (FaultRule(Fault.TOO_MANY, 1),)),
        ("delay=250", (FaultRule(Fault.DELAY, 250),)),
        (
            " cut=3@0.5 ,503@.25,",
            (FaultRule(Fault.CUT, 3, 0.5), FaultRule(Fault.UNAVAILABLE, 1, 0.25)),
        ),
        ("trickle@1", (FaultRule(Fault.TRICKLE, 20, 1.0),)),
    ],
)
def test_faults_are_read(text, rules):
    assert read_faults(text) == rules


@pytest.mark.parametrize(
    "text",
    ["explode", "cut=", "cut=x", "cut=-1", "cut@2", "cut=600001", "cut 3", "x" * 600, "cut@"],
)
def test_what_is_no_fault_is_refused_with_those_that_are(text):
    with pytest.raises(BadFaultError) as refused:
        read_faults(text)
    assert "refuse, queue, delay, 429, 503" in refused.value.next_step


def test_the_same_seed_draws_the_same_faults():
    rules = read_faults("429@0.3,cut=2@0.5")
    first, second = FaultPlan(rules, seed=7), FaultPlan(rules, seed=7)
    drawn = [first.draw() for _ in range(50)]
    assert drawn == [second.draw() for _ in range(50)]
    assert 5 < sum(Fault.TOO_MANY in each for each in drawn) < 25


def test_a_header_goes_before_the_plan():
    plan = FaultPlan(read_faults("503"))
    assert plan.draw("cut=9") == {Fault.CUT: 9}
    assert plan.draw() == {Fault.UNAVAILABLE: 1}


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    with suppress(BadFaultError):
        assert all(isinstance(rule.fault, Fault) for rule in read_faults(text))
