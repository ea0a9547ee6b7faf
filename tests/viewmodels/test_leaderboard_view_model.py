"""The leaderboard: what counts, in which order, and a copy of it."""

from collections.abc import AsyncIterator

import pytest

from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import StoreError
from spark_desktop.viewmodels.leaderboard import Column, LeaderboardViewModel, Period
from tests.endpoint_desk_fakes import Desk, book, record
from tests.interface_fakes import until


@pytest.fixture
async def desk(qapp: object) -> AsyncIterator[Desk]:
    made = Desk(
        book(),
        record(first=0.2),
        record(first=0.4, kind=WorkKind.EDIT),
        record("local", "qwen", first=0.1, cost=None),
        record("lab", "a|b", first=None, cost=None, error="EndpointError"),
        record("gone", "old", first=0.3, days=20),
    )
    yield made
    await made.scope.close()


@pytest.fixture
async def model(desk: Desk) -> LeaderboardViewModel:
    made = LeaderboardViewModel(desk.services)
    made.refresh()
    await until(lambda: made.notice is None)
    return made


def names(model: LeaderboardViewModel) -> list[str]:
    return [row.texts[0] for row in model.rows]


async def test_the_soonest_first_token_comes_first(model: LeaderboardViewModel) -> None:
    assert names(model) == ["Local core", "Fast vendor", "gone", "Lab"]
    fast, lab = model.rows[1], model.rows[3]
    assert fast.texts[1:] == ("oss-120b", "2", "200 ms", "400 ms", "100", "0 %", "$0.02")
    assert lab.texts[3:] == ("-", "-", "-", "100 %", "not known")
    assert model.rows[0].texts[-1] == "free"
    assert "2 answers" in fast.tip


@pytest.mark.parametrize(
    ("column", "first"),
    [
        (Column.ENDPOINT, "Fast vendor"),
        (Column.MODEL, "Lab"),
        (Column.ANSWERS, "Fast vendor"),
        (Column.FIRST_TOKEN_P95, "Local core"),
        (Column.COST, "gone"),
        (Column.ERRORS, "Local core"),
    ],
)
async def test_it_is_sorted_by_any_column(
    model: LeaderboardViewModel, column: Column, first: str
) -> None:
    model.sort(column)
    assert names(model)[0] == first


async def test_the_same_column_again_turns_it_round(model: LeaderboardViewModel) -> None:
    model.sort(Column.FIRST_TOKEN)
    # What never gave a token stays behind: it is neither the best nor the worst.
    assert names(model) == ["gone", "Fast vendor", "Local core", "Lab"]
    model.sort(Column.FIRST_TOKEN)
    assert names(model)[0] == "Local core"
    model.sort(Column.RATE)
    assert not model.is_reversed


async def test_only_one_kind_of_work_counts_where_that_is_chosen(
    model: LeaderboardViewModel,
) -> None:
    model.choose_kind(WorkKind.EDIT)
    assert [row.texts[:3] for row in model.rows] == [("Fast vendor", "oss-120b", "1")]
    model.choose_kind(WorkKind.SUGGESTION)
    notice = model.notice
    assert notice is not None
    assert notice.text == "Nothing was measured in this time."
    assert "Every answer" in notice.hint


async def test_a_shorter_time_leaves_older_answers_out(model: LeaderboardViewModel) -> None:
    model.choose_period(Period.WEEK)
    await until(lambda: "gone" not in names(model))
    model.choose_period(Period.ALL)
    await until(lambda: "gone" in names(model))


async def test_it_is_copied_as_markdown(model: LeaderboardViewModel) -> None:
    lines = model.markdown.splitlines()
    assert lines[0] == (
        "| Endpoint | Model | Answers | First token | p95 | Tokens/s | Errors | Cost |"
    )
    assert lines[1].startswith("| --- | --- | ---: |")
    assert lines[-1].startswith("| Lab | a\\|b | 1 |")


async def test_a_database_that_cannot_be_read_is_told(
    model: LeaderboardViewModel, desk: Desk
) -> None:
    desk.log.broken = StoreError("The database is gone.", "Start again.")
    model.refresh()
    await until(lambda: model.notice is not None)
    notice = model.notice
    assert notice is not None
    assert (notice.text, notice.hint) == ("The database is gone.", "Start again.")
    desk.log.broken = None
    model.refresh()
    await until(lambda: model.notice is None)
