"""What is tried first with a model."""

from spark_desktop.domain.track_record import Tally, Way, by_success

WAYS = (Way.FILL_IN, Way.REGION)


def test_a_model_that_nothing_is_known_of_fills_in_first():
    assert by_success(WAYS, {}) == WAYS
    assert by_success(reversed(WAYS), {}) == WAYS


def test_one_failure_decides_nothing():
    assert by_success(WAYS, {Way.FILL_IN: Tally(1, 0)}) == WAYS


def test_what_fails_again_and_again_is_tried_last():
    tallies = {Way.FILL_IN: Tally(10, 2), Way.REGION: Tally(8, 6)}
    assert by_success(WAYS, tallies) == (Way.REGION, Way.FILL_IN)
