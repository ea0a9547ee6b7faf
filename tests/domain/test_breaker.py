"""An endpoint that fails is left out, for longer each time, and tried again."""

from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.breaker import Breaker


def failed(times, breaker=None, now=0.0):
    breaker = breaker or Breaker()
    for _ in range(times):
        breaker = breaker.failed(now, "down")
    return breaker


def test_two_failures_leave_it_in_and_three_in_a_row_do_not():
    assert failed(2).allows(0.0)
    assert not failed(3).allows(0.0)
    assert failed(2).succeeded() == Breaker()
    assert failed(2, failed(2).succeeded()).allows(0.0)


def test_after_a_pause_it_is_tried_and_another_failure_doubles_the_pause():
    breaker = failed(3)
    assert breaker.allows(15.0)
    again = breaker.failed(15.0, "still down")
    assert not again.allows(44.9)
    assert again.allows(45.0)
    assert again.reason == "still down"


@given(st.integers(3, 60))
def test_the_pause_never_passes_five_minutes(times):
    assert failed(times).pause <= 300.0


def test_a_refused_key_keeps_it_out_at_once():
    breaker = Breaker().refused(0.0, "wrong key")
    assert not breaker.allows(299.0)
    assert breaker.allows(300.0)


def test_come_back_later_is_no_failure():
    breaker = Breaker().limited(0.0, 7.0, "busy")
    assert (breaker.failures, breaker.allows(6.9), breaker.allows(7.0)) == (0, False, True)
