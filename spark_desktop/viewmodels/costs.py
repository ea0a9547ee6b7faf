"""What was spent, by whom, at which prices, and the user's budget."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.endpoint_book import LOCAL
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import AnswerMeasured
from spark_desktop.domain.spending import Budget, Verdict
from spark_desktop.domain.standings import AnswerRecord
from spark_desktop.viewmodels.amounts import tokens_text
from spark_desktop.viewmodels.endpoint_ports import DeskServices
from spark_desktop.viewmodels.endpoint_words import dollars_text, price_text, price_tip, title_of
from spark_desktop.viewmodels.frames import Frames
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.notice import Notice, Tone
from spark_desktop.viewmodels.translation import in_language, tr

# Milliseconds between two looks while answers come in.
_INTERVAL = 250


@dataclass(frozen=True, slots=True)
class CostRow:
    """What one model of one endpoint took this month; ``is_known``: its price is."""

    endpoint: str
    model: str
    answers: str
    read: str
    written: str
    price: str
    price_tip: str
    cost: str
    is_known: bool


class CostsViewModel(QObject):
    """``changed`` says that an amount is another."""

    changed = Signal()

    def __init__(self, services: DeskServices) -> None:
        super().__init__()
        self._services = services
        self._intents = Intents(services.scope, self._failed)
        self._records: tuple[AnswerRecord, ...] = ()
        self._error: Notice | None = None
        self._frames = Frames(self, _INTERVAL)
        self._frames.frame.connect(self._read_if_open)
        self._ends = [
            services.endpoints.subscribe(lambda _book: self.changed.emit()),
            services.bus.subscribe(AnswerMeasured, lambda _event: self._frames.request()),
        ]

    @property
    def budget(self) -> Budget:
        """Return the budget in use."""
        return self._services.endpoints.book.budget

    @property
    def session(self) -> str:
        """Return what was spent since the program began."""
        return dollars_text(self._services.purse.session)

    @property
    def month(self) -> str:
        """Return what was spent in this calendar month, and of how much."""
        spent, budget = self._services.purse.month, self.budget.month
        if budget <= 0:
            return dollars_text(spent)
        return tr("{spent} of {budget}", spent=dollars_text(spent), budget=dollars_text(budget))

    @property
    def share(self) -> float | None:
        """Return which part of the budget is spent, from 0 to 1; None without a budget."""
        if self.budget.month <= 0:
            return None
        return min(1.0, self._services.purse.month / self.budget.month)

    @property
    def notice(self) -> Notice | None:
        """Return what the budget says, what is not counted, or what went wrong."""
        if self._error is not None:
            return self._error
        match self.budget.verdict(self._services.purse.month):
            case Verdict.SPENT if self.budget.stops:
                text = tr("This month's budget is spent: only what costs nothing is asked.")
                return Notice(text, Tone.PROBLEM, tr("Raise it, or wait for the next month."))
            case Verdict.SPENT:
                return Notice(tr("This month's budget is spent."), Tone.WARNING)
            case Verdict.NEAR:
                return Notice(tr("This month's budget is nearly spent."), Tone.WARNING)
        unknown = sum(1 for one in self._records if _is_unknown(one))
        if unknown:
            text = tr("%n answer(s) of this month have no known price.", "", unknown)
            return Notice(text, Tone.WARNING, tr("They are not in these sums."))
        return None

    @property
    def rows(self) -> tuple[CostRow, ...]:
        """Return a row for each model of each endpoint that was asked this month, by its name."""
        grouped: dict[tuple[str, str], list[AnswerRecord]] = defaultdict(list)
        for record in self._records:
            grouped[record.endpoint, record.model].append(record)
        rows = [self._row(*names, group) for names, group in grouped.items()]
        return tuple(sorted(rows, key=lambda row: (row.endpoint.casefold(), row.model.casefold())))

    def refresh(self) -> None:
        """Read what was asked this month."""
        self._intents.start("costs", self._read())

    def set_budget(self, **values: Any) -> None:
        """Use another amount a month (US dollars), share to warn at, or consequence."""
        # A field that is left because its window goes tells its value once more.
        if replace(self.budget, **values) != self.budget and self._services.scope.can_start:
            self._intents.start("budget", self._use_budget(values))

    def close(self) -> None:
        """Follow nothing any more."""
        for end in self._ends:
            end()

    def _row(self, endpoint: str, model: str, group: list[AnswerRecord]) -> CostRow:
        book = self._services.endpoints.book
        spec = book.spec(endpoint)
        known = () if spec is None else spec.models
        price = next((one.price for one in known if one.id == model), None)
        unknown = sum(1 for one in group if _is_unknown(one))
        costs = [one.cost for one in group if one.cost is not None]
        is_local = endpoint == LOCAL
        cost = tr("free") if is_local else dollars_text(sum(costs) if costs else None)
        if costs and unknown:
            cost = tr("{cost}, without %n answer(s)", "", unknown, cost=cost)
        return CostRow(
            endpoint=title_of(endpoint, book),
            model=model,
            answers=str(len(group)),
            read=tokens_text(sum(one.usage.prompt_tokens for one in group)),
            written=tokens_text(sum(one.usage.completion_tokens for one in group)),
            price=tr("free") if is_local else price_text(price),
            price_tip=tr("It runs on this machine.") if is_local else price_tip(price),
            cost=cost,
            is_known=is_local or not unknown,
        )

    def _read_if_open(self) -> None:
        if self._services.scope.can_start:
            self.refresh()

    async def _read(self) -> None:
        now = self._services.clock.now()
        first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        self._records = await self._services.log.records(first)
        self._error = None
        self.changed.emit()

    async def _use_budget(self, values: dict[str, Any]) -> None:
        # Made from the book of this moment: what was asked for just before is in it.
        budget, book = replace(self.budget, **values), self._services.endpoints.book
        told = await self._services.endpoints.change(replace(book, budget=budget))
        if told is not None:
            self._error = Notice(in_language(told), Tone.WARNING)
        self.changed.emit()

    def _failed(self, error: SparkError) -> None:
        text, step = in_language(error.message), in_language(error.next_step)
        self._error = Notice(text, Tone.PROBLEM, step)
        self.changed.emit()


def _is_unknown(record: AnswerRecord) -> bool:
    """Return whether an answer took tokens at a price that nobody knows."""
    took = record.usage.prompt_tokens + record.usage.completion_tokens
    return record.endpoint != LOCAL and record.cost is None and took > 0
