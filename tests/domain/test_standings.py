"""The leaderboard says what the user's own answers took."""

from datetime import UTC, datetime

from spark_desktop.domain.completion import Usage
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.standings import AnswerRecord, standings

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def record(endpoint, first=None, total=None, tokens=0, error="", cost=None):
    usage = Usage(10, tokens)
    return AnswerRecord(NOW, endpoint, "m", WorkKind.CHAT, usage, first, total, error, cost)


def test_the_soonest_first_token_leads_and_who_never_began_is_last():
    lines = standings(
        [record("slow", 2.0, 3.0), record("dead", error="EndpointError"), record("fast", 0.1, 0.2)]
    )
    assert [line.endpoint for line in lines] == ["fast", "slow", "dead"]
    assert lines[-1].first_token is None
    assert lines[-1].errors == 1.0


def test_a_line_has_medians_shares_and_sums():
    (line,) = standings(
        [
            record("e", 0.2, 1.2, 101, cost=0.5),
            record("e", 0.4, 1.4, 51, cost=0.25),
            record("e", 0.9, 9.9, 11),
            record("e", error="EndpointBusyError"),
        ]
    )
    assert (line.answers, line.errors, line.cost) == (4, 0.25, 0.75)
    assert (line.first_token, line.first_token_p95) == (0.4, 0.9)
    assert round(line.rate) == 50
    assert line.total_p95 == 9.9


def test_one_token_has_no_rate():
    assert record("e", 0.2, 0.2, 1).rate is None
    assert record("e", 0.2, 0.2, 5).rate is None


def test_without_answers_there_is_no_board():
    assert standings([]) == ()
