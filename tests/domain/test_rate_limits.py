"""What an account has left, by what its answers told."""

from spark_desktop.domain.completion import Bucket
from spark_desktop.domain.rate_limits import Levels


def levels(*buckets, now=0.0):
    made = Levels()
    made.tell(buckets, now)
    return made


def test_nothing_told_means_nothing_is_in_the_way():
    assert levels().wait_for(10**9, 0.0) == 0
    assert levels().tokens_left(0.0) is None


def test_a_request_that_does_not_fit_waits_for_the_reset():
    told = levels(Bucket("tokens-minute", 1000, 100, 30.0))
    assert told.wait_for(100, 0.0) == 0
    assert told.wait_for(101, 0.0) == 30.0
    assert told.wait_for(101, 20.0) == 10.0
    assert told.wait_for(101, 30.0) == 0


def test_requests_are_counted_one_by_one():
    told = levels(Bucket("requests-day", 100, 0, 60.0), Bucket("tokens-minute", 1000, 900, 5.0))
    assert told.wait_for(1, 0.0) == 60.0


def test_what_never_fits_is_for_the_server_to_refuse():
    assert levels(Bucket("tokens-minute", 1000, 10, 30.0)).wait_for(2000, 0.0) == 0


def test_a_bucket_without_a_reset_holds_nothing_back():
    assert levels(Bucket("tokens-minute", None, 0)).wait_for(5, 0.0) == 0


def test_the_fewest_tokens_count_and_a_reset_fills_them_up():
    told = levels(Bucket("tokens-minute", 1000, 10, 30.0), Bucket("tokens-day", 9000, 500, 900.0))
    assert told.tokens_left(0.0) == 10
    assert told.tokens_left(30.0) == 500


def test_what_is_told_later_counts():
    told = levels(Bucket("tokens-minute", 1000, 10, 30.0))
    told.tell([Bucket("tokens-minute", 1000, 800, 29.0)], 1.0)
    assert told.tokens_left(1.0) == 800
    assert [level.bucket.remaining for level in told.all()] == [800]


def test_tokens_of_answers_hold_back_only_where_none_is_left():
    some = levels(Bucket("output-tokens-minute", 8000, 10, 30.0))
    assert some.wait_for(2000, 0.0) == 0
    assert some.tokens_left(0.0) is None
    none = levels(Bucket("output-tokens-minute", 8000, 0, 30.0))
    assert none.wait_for(2000, 0.0) == 30.0
