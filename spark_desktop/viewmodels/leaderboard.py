"""How the endpoints did, from the user's own answers: a table to sort, to filter and to copy."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.endpoint_book import LOCAL, EndpointBook
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.standings import AnswerRecord, Standing, standings
from spark_desktop.viewmodels.amounts import duration_text, percent_text
from spark_desktop.viewmodels.endpoint_ports import DeskServices
from spark_desktop.viewmodels.endpoint_words import dollars_text, title_of
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.notice import Notice, Tone
from spark_desktop.viewmodels.translation import in_language, number_text, tr


class Period(Enum):
    """Which answers count; by the days back from now, 0 for all."""

    WEEK = 7
    MONTH = 30
    ALL = 0


class Column(Enum):
    """What the table can be sorted by, in its order."""

    ENDPOINT = "endpoint"
    MODEL = "model"
    ANSWERS = "answers"
    FIRST_TOKEN = "first-token"
    FIRST_TOKEN_P95 = "first-token-p95"
    RATE = "rate"
    ERRORS = "errors"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class LeaderRow:
    """One model of one endpoint; ``texts`` are in the order of the columns."""

    texts: tuple[str, ...]
    tip: str


# Most answers and most tokens a second come first; of the rest the least.
_DOWNWARDS = frozenset({Column.ANSWERS, Column.RATE})
_FOREVER = datetime(1970, 1, 2, tzinfo=UTC)


class LeaderboardViewModel(QObject):
    """``changed`` says that the rows or the notice are others."""

    changed = Signal()

    def __init__(self, services: DeskServices) -> None:
        super().__init__()
        self._services = services
        self._intents = Intents(services.scope, self._failed)
        self._records: tuple[AnswerRecord, ...] | None = None
        self._error: Notice | None = None
        self.kind: WorkKind | None = None
        self.period = Period.MONTH
        self.column = Column.FIRST_TOKEN
        self.is_reversed = False

    @property
    def notice(self) -> Notice | None:
        """Return why there is nothing to see, and how that changes."""
        if self._error is not None:
            return self._error
        if self._records is None:
            return Notice(tr("Reading what was measured…"), Tone.BUSY)
        if not self.rows:
            text = tr("Nothing was measured in this time.")
            return Notice(text, Tone.MUTED, tr("Every answer that you ask for adds to this table."))
        return None

    @property
    def rows(self) -> tuple[LeaderRow, ...]:
        """Return a row for each model of each endpoint, in the chosen order."""
        book = self._services.endpoints.book
        return tuple(_row(line, book) for line in self._sorted())

    @property
    def markdown(self) -> str:
        """Return the table as Markdown."""
        lines = [[column_text(column) for column in Column]]
        lines.append(["---", "---", *["---:"] * (len(Column) - 2)])
        lines += [[text.replace("|", "\\|") for text in row.texts] for row in self.rows]
        return "".join(f"| {' | '.join(line)} |\n" for line in lines)

    def refresh(self) -> None:
        """Read what was measured."""
        self._intents.start("leaderboard", self._read())

    def choose_kind(self, kind: WorkKind | None) -> None:
        """Count one kind of work only; None for all."""
        self.kind = kind
        self.changed.emit()

    def choose_period(self, period: Period) -> None:
        """Count another time."""
        self.period = period
        self.refresh()

    def sort(self, column: Column) -> None:
        """Sort by a column, the better first; by the same once more, the other way round."""
        self.is_reversed = column is self.column and not self.is_reversed
        self.column = column
        self.changed.emit()

    def _sorted(self) -> list[Standing]:
        records = self._records or ()
        counted = (one for one in records if self.kind is None or one.kind is self.kind)
        lines = list(standings(counted))
        book = self._services.endpoints.book
        known = [line for line in lines if _value(line, self.column, book) is not None]
        unknown = [line for line in lines if _value(line, self.column, book) is None]
        down = (self.column in _DOWNWARDS) is not self.is_reversed
        known.sort(key=lambda line: _value(line, self.column, book), reverse=down)
        # What is not known is neither the best nor the worst.
        return known + unknown

    async def _read(self) -> None:
        since = _FOREVER
        if self.period is not Period.ALL:
            since = self._services.clock.now() - timedelta(days=self.period.value)
        self._records = await self._services.log.records(since)
        self._error = None
        self.changed.emit()

    def _failed(self, error: SparkError) -> None:
        text, step = in_language(error.message), in_language(error.next_step)
        self._error = Notice(text, Tone.PROBLEM, step)
        self.changed.emit()


def column_text(column: Column) -> str:
    """Return the heading of a column."""
    return _COLUMNS[column]()


def period_text(period: Period) -> str:
    """Return what a time is called."""
    if period is Period.ALL:
        return tr("All the time")
    return tr("The last %n day(s)", "", period.value)


def _value(line: Standing, column: Column, book: EndpointBook) -> Any:
    match column:
        case Column.ENDPOINT:
            return title_of(line.endpoint, book).casefold()
        case Column.MODEL:
            return line.model.casefold()
        case Column.ANSWERS:
            return line.answers
        case Column.FIRST_TOKEN:
            return line.first_token
        case Column.FIRST_TOKEN_P95:
            return line.first_token_p95
        case Column.RATE:
            return line.rate
        case Column.ERRORS:
            return line.errors
        case Column.COST:
            return line.cost


def _row(line: Standing, book: EndpointBook) -> LeaderRow:
    return LeaderRow(
        (
            title_of(line.endpoint, book),
            line.model,
            number_text(line.answers, ",d"),
            _seconds(line.first_token),
            _seconds(line.first_token_p95),
            "-" if line.rate is None else number_text(line.rate, ",.0f"),
            percent_text(line.errors),
            tr("free") if line.endpoint == LOCAL else dollars_text(line.cost),
        ),
        tr(
            "By this machine's clock, from asking to the first token; half of %n answer(s) were "
            "sooner than the median, 95 % sooner than p95.",
            "",
            line.answers,
        ),
    )


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else duration_text(seconds)


_COLUMNS: dict[Column, Callable[[], str]] = {
    Column.ENDPOINT: lambda: tr("Endpoint"),
    Column.MODEL: lambda: tr("Model"),
    Column.ANSWERS: lambda: tr("Answers"),
    Column.FIRST_TOKEN: lambda: tr("First token"),
    Column.FIRST_TOKEN_P95: lambda: tr("p95"),
    Column.RATE: lambda: tr("Tokens/s"),
    Column.ERRORS: lambda: tr("Errors"),
    Column.COST: lambda: tr("Cost"),
}
