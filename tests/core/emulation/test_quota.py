"""The account's limits: two buckets that are charged up front."""

import pytest

from inference_core.server.emulation.quota import Limits, OverQuotaError, Quota, QuotaExceededError


class Clock:
    """A clock that a test sets."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def quota(clock, requests=10, tokens=600):
    return Quota(Limits(requests, tokens), clock)


def told(quota):
    return {name.decode(): value.decode() for name, value in quota.headers()}


def test_a_request_is_charged_with_all_that_it_may_need(clock):
    account = quota(clock)
    account.charge(250)
    assert told(account) == {
        "x-ratelimit-limit-requests-day": "10",
        "x-ratelimit-remaining-requests-day": "9",
        "x-ratelimit-reset-requests-day": "8640.000",
        "x-ratelimit-limit-tokens-minute": "600",
        "x-ratelimit-remaining-tokens-minute": "350",
        "x-ratelimit-reset-tokens-minute": "25.000",
    }


def test_tokens_come_back_steadily(clock):
    account = quota(clock)
    account.charge(600)
    clock.now += 30
    assert told(account)["x-ratelimit-remaining-tokens-minute"] == "300"
    clock.now += 300
    assert told(account)["x-ratelimit-remaining-tokens-minute"] == "600"


def test_too_many_tokens_are_refused_with_the_time_until_they_are_there(clock):
    account = quota(clock)
    account.charge(500)
    with pytest.raises(QuotaExceededError) as refused:
        account.charge(150)
    assert (refused.value.status, refused.value.code) == (429, "token_quota_exceeded")
    assert refused.value.retry_after_s == 5
    assert refused.value.param == "quota"


def test_what_is_refused_is_not_charged(clock):
    account = quota(clock)
    account.charge(500)
    before = account.headers()
    with pytest.raises(QuotaExceededError):
        account.charge(150)
    assert account.headers() == before


def test_after_the_wait_that_was_told_the_request_passes(clock):
    account = quota(clock)
    account.charge(500)
    with pytest.raises(QuotaExceededError) as refused:
        account.charge(150)
    clock.now += refused.value.retry_after_s
    account.charge(150)


def test_too_many_requests_are_refused(clock):
    account = quota(clock, requests=2)
    account.charge(1)
    account.charge(1)
    with pytest.raises(QuotaExceededError, match="Requests per day") as refused:
        account.charge(1)
    assert refused.value.code == "request_quota_exceeded"


def test_an_answer_that_became_longer_than_was_charged_is_owed(clock):
    account = quota(clock)
    account.charge(100)
    account.add(900)
    assert told(account)["x-ratelimit-remaining-tokens-minute"] == "0"
    with pytest.raises(QuotaExceededError) as refused:
        account.charge(100)
    assert refused.value.retry_after_s == 50


def test_more_than_a_whole_minute_has_is_another_error_and_takes_nothing(clock):
    account = quota(clock)
    with pytest.raises(OverQuotaError, match="601 tokens, the limit is 600"):
        account.charge(601)
    assert told(account)["x-ratelimit-remaining-requests-day"] == "10"
