"""The windows of the endpoints over fakes: a book, a keyring, a test of connections."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from spark_desktop.domain.completion import Bucket, Usage
from spark_desktop.domain.connection_check import (
    CheckKind,
    CheckOutcome,
    CheckReport,
    CheckStep,
)
from spark_desktop.domain.endpoint_book import EndpointBook
from spark_desktop.domain.endpoints import (
    AuthKind,
    EndpointSpec,
    Price,
    RemoteModel,
    WorkKind,
)
from spark_desktop.domain.errors import SparkError, StoreError
from spark_desktop.domain.presets import Preset, PresetField
from spark_desktop.domain.secret import Secret
from spark_desktop.domain.standings import AnswerRecord
from spark_desktop.services.bus import Bus
from spark_desktop.services.endpoint_health import Health
from spark_desktop.services.endpoints import EndpointsService
from spark_desktop.services.keys import Keys
from spark_desktop.services.purse import Purse
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.endpoint_ports import DeskServices
from tests.endpoint_fakes import FakeConnector, MemoryBook, MemorySecrets
from tests.fakes import FakeClock

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
PRICE = Price(2.25, 2.75, date(2026, 11, 1), "https://vendor.example/prices")
FAST = EndpointSpec(
    "fast",
    "Fast vendor",
    "https://fast.example/v1",
    model="oss-120b",
    models=(RemoteModel("oss-120b", price=PRICE), RemoteModel("glm-5")),
    key_env="FAST_KEY",
)
LAB = EndpointSpec("lab", "Lab", "http://localhost:8000/v1", auth=AuthKind.NONE, model="qwen")
VENDOR = Preset(
    EndpointSpec(
        "vendor",
        "Vendor",
        "https://api.vendor.example/v1",
        model="large",
        models=(RemoteModel("large", price=PRICE), RemoteModel("small")),
        key_env="VENDOR_KEY",
    )
)
CLOUD = Preset(
    EndpointSpec("cloud", "Cloud", "https://ai.{region}.cloud.example/v1", model="m"),
    (PresetField("region", "us-east1"),),
)
STEPS = (
    CheckStep(CheckKind.NAME, CheckOutcome.PASSED, "host is 10.0.0.7.", "", 0.004),
    CheckStep(CheckKind.TCP, CheckOutcome.PASSED, "Connected in 12 ms.", "", 0.012),
)


class TickingClock(FakeClock):
    """Stands at noon."""

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds - 1000.0)


class MemoryLog:
    """Measured answers; ``broken`` is what reading raises."""

    def __init__(self, *records: AnswerRecord) -> None:
        self.kept = list(records)
        self.broken: StoreError | None = None

    def note(self, record: AnswerRecord) -> None:
        self.kept.append(record)

    async def records(self, since: datetime) -> tuple[AnswerRecord, ...]:
        if self.broken is not None:
            raise self.broken
        return tuple(record for record in self.kept if record.when >= since)


class FakeTest:
    """Gives its steps one by one; ``held`` keeps it from ending, ``error`` ends it."""

    def __init__(self, *steps: CheckStep) -> None:
        self.steps = steps or STEPS
        self.listed = (RemoteModel("found-1", context=32_768), RemoteModel("found-2"))
        self.asked: list[tuple[EndpointSpec, Secret | None]] = []
        self.held: asyncio.Event | None = None
        self.error: SparkError | None = None
        self.is_closed = False

    async def run(
        self, spec: EndpointSpec, key: Secret | None
    ) -> AsyncGenerator[CheckReport, None]:
        self.asked.append((spec, key))
        report = CheckReport(spec)
        try:
            for step in self.steps:
                report = report.with_step(step)
                yield report
                await asyncio.sleep(0)
            if self.held is not None:
                await self.held.wait()
            if self.error is not None:
                raise self.error
            spec = replace(spec, model=spec.model or self.listed[0].id)
            yield replace(report, spec=spec, is_over=True, listed=self.listed)
        finally:
            self.is_closed = True


class Desk:
    """Everything that a window of the endpoints talks to."""

    def __init__(self, book: EndpointBook | None = None, *records: AnswerRecord) -> None:
        self.scope, self.bus, self.clock = TaskScope("test"), Bus(), TickingClock()
        self.secrets, self.store = MemorySecrets(), MemoryBook(book)
        self.environment: dict[str, str] = {}
        self.health = Health(self.bus, self.clock, lambda: 0.5)
        self.connector = FakeConnector()
        keys = Keys(self.secrets, self.environment)
        self.endpoints = EndpointsService(self.store, keys, self.connector, self.health)
        self.log, self.test = MemoryLog(*records), FakeTest()
        budget = lambda: self.endpoints.book.budget  # noqa: E731
        self.purse = Purse(self.log, budget, self.bus, self.clock)
        self.services = DeskServices(
            endpoints=self.endpoints,
            health=self.health,
            purse=self.purse,
            log=self.log,
            test=self.test,
            presets={"vendor": VENDOR, "cloud": CLOUD},
            bus=self.bus,
            clock=self.clock,
            scope=self.scope,
        )


def book(*kinds: WorkKind) -> EndpointBook:
    """Return a book of two, asked in this order before the core: FAST, LAB."""
    made = EndpointBook((FAST, LAB))
    for kind in kinds or WorkKind:
        made = made.with_order(kind, ("fast", "lab", "local"))
    return made


def record(
    endpoint: str = "fast",
    model: str = "oss-120b",
    *,
    first: float | None = 0.2,
    kind: WorkKind = WorkKind.CHAT,
    cost: float | None = 0.01,
    days: float = 0.0,
    error: str = "",
) -> AnswerRecord:
    """Return an answer of 101 tokens, 100 of them in a second, asked so many days ago."""
    total = None if first is None else first + 1.0
    usage = Usage() if first is None else Usage(1200, 101, 1000)
    when = NOON - timedelta(days=days)
    return AnswerRecord(when, endpoint, model, kind, usage, first, total, error, cost)


def buckets() -> tuple[Bucket, ...]:
    """Return what a vendor tells of an account's limits."""
    return (
        Bucket("requests-minute", 30, 3, 12.0),
        Bucket("tokens-day", 1_000_000, 250_000, 3600.0),
        Bucket("unknown"),
    )
