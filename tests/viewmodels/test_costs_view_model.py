"""What was spent: sums, unknown prices, the budget."""

from collections.abc import AsyncIterator

import pytest

from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.events import AnswerMeasured
from spark_desktop.domain.spending import Budget
from spark_desktop.viewmodels.costs import CostsViewModel
from spark_desktop.viewmodels.endpoint_words import dollars_text
from spark_desktop.viewmodels.notice import Tone
from tests.endpoint_desk_fakes import Desk, book, record
from tests.interface_fakes import until


@pytest.fixture
async def desk(qapp: object) -> AsyncIterator[Desk]:
    made = Desk(
        book(),
        record(cost=4.0),
        record(cost=None),
        record("local", "qwen", cost=None),
        record("lab", "qwen", first=None, cost=None, error="EndpointError"),
        record("lab", "mystery", cost=None),
        record(cost=90.0, days=40),
    )
    await made.purse.ready()
    yield made
    await made.scope.close()


@pytest.fixture
async def model(desk: Desk) -> CostsViewModel:
    made = CostsViewModel(desk.services)
    made.refresh()
    await until(lambda: bool(made.rows))
    return made


async def test_a_month_is_told_by_endpoint_with_its_prices(model: CostsViewModel) -> None:
    assert (model.month, model.session, model.share) == ("$4.00", "$0.00", None)
    fast, mystery, failed, local = model.rows
    assert (fast.endpoint, fast.model, fast.answers) == ("Fast vendor", "oss-120b", "2")
    assert (fast.read, fast.written) == ("2.4k", "202")
    assert (fast.price, fast.cost) == ("$2.25 / $2.75", "$4.00, without 1 answer")
    assert "2026-11-01" in fast.price_tip
    assert not fast.is_known
    assert (mystery.model, mystery.cost, mystery.price) == ("mystery", "not known", "not known")
    assert (failed.model, failed.is_known) == ("qwen", True)
    assert (local.endpoint, local.cost, local.is_known) == ("Local core", "free", True)


async def test_what_has_no_price_is_said_and_not_counted(model: CostsViewModel) -> None:
    notice = model.notice
    assert notice is not None
    assert notice.text == "2 answers of this month have no known price."
    assert notice.tone is Tone.WARNING


@pytest.mark.parametrize(
    ("budget", "text"),
    [
        (Budget(5.0), "This month's budget is nearly spent."),
        (Budget(4.0), "This month's budget is spent."),
        (Budget(4.0, stops=True), "only what costs nothing is asked"),
    ],
)
async def test_a_budget_says_how_it_stands(
    model: CostsViewModel, desk: Desk, budget: Budget, text: str
) -> None:
    model.set_budget(month=budget.month, stops=budget.stops)
    await until(lambda: desk.store.kept.budget == budget)
    notice = model.notice
    assert notice is not None
    assert text in notice.text
    assert model.month == f"$4.00 of ${budget.month:.2f}"
    assert model.share == min(1.0, 4.0 / budget.month)


async def test_the_share_to_warn_at_is_the_users(model: CostsViewModel, desk: Desk) -> None:
    model.set_budget(month=20.0, warn_at=0.1)
    await until(lambda: desk.store.kept.budget.warn_at == 0.1)
    notice = model.notice
    assert notice is not None
    assert "nearly" in notice.text


async def test_a_new_answer_is_added(model: CostsViewModel, desk: Desk) -> None:
    fresh = record("lab", "fresh", cost=0.5)
    desk.log.note(fresh)
    desk.bus.publish(AnswerMeasured(fresh))
    await until(lambda: any(row.model == "fresh" for row in model.rows))


async def test_what_goes_wrong_is_told(model: CostsViewModel, desk: Desk) -> None:
    desk.store.broken = StoreError("The disk is full.", "Make room.")
    model.set_budget(month=7.0)
    await until(lambda: model.notice is not None and model.notice.text == "The disk is full.")
    assert model.budget.month == 7.0
    desk.log.broken = StoreError("The database is gone.")
    model.refresh()
    await until(lambda: model.notice is not None and "database" in model.notice.text)
    model.close()


@pytest.mark.parametrize(
    ("dollars", "text"),
    [(None, "not known"), (0.0, "$0.00"), (0.0042, "$0.0042"), (1234.5, "$1,234.50")],
)
def test_small_amounts_keep_their_digits(qapp: object, dollars: float | None, text: str) -> None:
    assert dollars_text(dollars) == text
