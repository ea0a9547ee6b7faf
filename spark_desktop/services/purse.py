"""What answers took: tokens, seconds, US dollars; and whether the budget has room for more."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from spark_desktop.domain.completion import Finished, Usage
from spark_desktop.domain.endpoints import RemoteModel, WorkKind
from spark_desktop.domain.errors import LimitError, SparkError, StoreError
from spark_desktop.domain.events import AnswerMeasured, BudgetTold
from spark_desktop.domain.spending import Budget, Verdict, cost_of
from spark_desktop.domain.standings import AnswerRecord
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Clock

_log = logging.getLogger(__name__)


class AnswerLog(Protocol):
    """Measured answers, across restarts."""

    def note(self, record: AnswerRecord) -> None:
        """Keep a record; returns at once and never raises."""
        ...

    async def records(self, since: datetime) -> tuple[AnswerRecord, ...]:
        """Return what was asked since then, oldest first. Raises StoreError."""
        ...


class Purse:
    """One for the program: ``load`` reads what this month has cost before."""

    def __init__(
        self, log: AnswerLog, budget: Callable[[], Budget], bus: Bus, clock: Clock
    ) -> None:
        self._log = log
        self._budget = budget
        self._bus = bus
        self._clock = clock
        self._month = (0, 0)
        self._spent = 0.0
        self._session = 0.0
        self._told = Verdict.FINE
        self._loading = asyncio.Lock()
        self._is_loaded = False

    @property
    def session(self) -> float:
        """Return the US dollars that were spent since the program began."""
        return self._session

    @property
    def month(self) -> float:
        """Return the US dollars that were spent in this calendar month."""
        self._turn_page()
        return self._spent

    async def ready(self) -> None:
        """Return once it is known what this month has cost before.

        A command that asks one question ends before anybody else would have read that, and no
        budget would ever stop it. Where it cannot be read, the budget counts from now on, which the
        user sees in the numbers.
        """
        try:
            await self._load()
        except StoreError as error:
            _log.warning("what this month has cost was not read: %s", error)

    async def _load(self) -> None:
        async with self._loading:
            if self._is_loaded:
                return
            now = self._clock.now()
            self._turn_page()
            first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
            try:
                before = await self._log.records(first)
            except StoreError:
                self._is_loaded = True
                raise
            self._spent = sum(record.cost or 0.0 for record in before)
            self._is_loaded = True

    def cost(self, usage: Usage, model: RemoteModel) -> float | None:
        """Return what an answer costs, in US dollars.

        None where the price is not known, or its server has counted no tokens.
        """
        return None if usage == Usage() else cost_of(usage, model)

    def refusal(self) -> SparkError | None:
        """Return why nothing may be spent now; None where it may."""
        budget = self._budget()
        if not budget.stops or budget.verdict(self.month) is not Verdict.SPENT:
            return None
        return LimitError(
            say("This month's budget of ${budget:.2f} is spent.", budget=budget.month),
            say("Raise it in the settings, or use an endpoint that costs nothing."),
        )

    def failed(self, kind: WorkKind, endpoint_id: str, model_id: str, error: SparkError) -> None:
        """Take note of an answer that never began."""
        self._keep(
            AnswerRecord(self._clock.now(), endpoint_id, model_id, kind, error=type(error).__name__)
        )

    def ended(
        self,
        kind: WorkKind,
        endpoint_id: str,
        model: RemoteModel,
        seconds: tuple[float, float | None],
        end: Finished | None,
        error: SparkError | None,
        uncounted: Usage,
    ) -> None:
        """Take note of an answer that began; ``seconds`` to its first token, and in all.

        ``uncounted`` is what it costs where its server has not counted it.
        """
        usage = Usage() if end is None else end.usage
        cost = cost_of(uncounted if usage == Usage() else usage, model)
        self._spend(cost or 0.0)
        self._keep(
            AnswerRecord(
                when=self._clock.now(),
                endpoint=endpoint_id,
                model=model.id,
                kind=kind,
                usage=usage,
                first_token=seconds[0],
                total=seconds[1],
                error="" if error is None else type(error).__name__,
                cost=cost,
            )
        )

    def abandoned(
        self, kind: WorkKind, endpoint_id: str, model: RemoteModel, uncounted: Usage
    ) -> None:
        """Take note of an answer that nobody waited for: its prompt may be charged all the same."""
        cost = cost_of(uncounted, model)
        if cost is None:
            return
        self._spend(cost)
        self._keep(AnswerRecord(self._clock.now(), endpoint_id, model.id, kind, cost=cost))

    def _keep(self, record: AnswerRecord) -> None:
        self._log.note(record)
        self._bus.publish(AnswerMeasured(record))

    def _spend(self, dollars: float) -> None:
        self._turn_page()
        self._spent += dollars
        self._session += dollars
        budget = self._budget()
        verdict = budget.verdict(self._spent)
        if verdict is not self._told and verdict is not Verdict.FINE:
            spent = verdict is Verdict.SPENT
            self._bus.publish(BudgetTold(self._spent, budget.month, spent))
        self._told = verdict

    def _turn_page(self) -> None:
        """A new month begins with nothing spent."""
        now = self._clock.now()
        if (now.year, now.month) != self._month:
            self._month = (now.year, now.month)
            self._spent = 0.0
