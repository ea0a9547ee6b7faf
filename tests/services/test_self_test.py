"""One check that fails, crashes or hangs stops no other; all is tidied up in the end."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from spark_desktop.domain.errors import DesktopError
from spark_desktop.domain.self_test import Check, End, Row, Seen, failed_names
from spark_desktop.services.self_test import SelfTest
from tests.interface_fakes import until
from tests.self_test_fakes import BAD, OK

PLAN = tuple(Check(name, name, 0.0) for name in ("one", "two", "three"))
ON_SCREEN = Check("screen", "screen", 0.0, on_screen=True)
# Reached at once by what hangs, and by nothing else here.
SOON_S = 0.05
IN_ORDER = End("exit code 0")


@dataclass
class FakeWorkers:
    """``crashes`` and ``hangs`` name checks that do; ``seen`` what the others see."""

    seen: dict[str, Seen] = field(default_factory=dict)
    crashes: tuple[str, ...] = ()
    hangs: tuple[str, ...] = ()
    error: DesktopError | None = None
    tidied: Seen = OK
    end: End = IN_ORDER
    started: list[list[str]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    tidies: int = 0

    def start(self, checks: Sequence[Check]) -> "FakeWorker":
        self.started.append([check.key for check in checks])
        if self.error is not None:
            raise self.error
        return FakeWorker(self, [check.key for check in checks])

    async def tidy(self) -> Seen:
        self.tidies += 1
        return self.tidied


class FakeWorker:
    def __init__(self, workers: FakeWorkers, keys: list[str]) -> None:
        self._workers, self._keys = workers, keys

    async def row(self) -> Row | None:
        key = self._keys.pop(0)
        if key in self._workers.hangs:
            await asyncio.Event().wait()
        if key in self._workers.crashes:
            return None
        return Row(key, key, self._workers.seen.get(key, OK), 0.5)

    async def end(self) -> End:
        self._workers.ended.append("ended")
        return self._workers.end


async def made(
    workers: FakeWorkers, plan: Sequence[Check] = PLAN
) -> tuple[tuple[Row, ...], list[str]]:
    told: list[str] = []
    test = SelfTest(
        workers,
        lambda check: told.append(f"{check.key}?"),
        lambda row: told.append(f"{row.key} {row.seen.outcome.value}"),
        grace=SOON_S,
        start=SOON_S,
    )
    return await test.run(plan), told


async def test_every_check_is_told_as_it_begins_and_ends() -> None:
    workers = FakeWorkers()
    rows, told = await made(workers)
    assert failed_names(rows) == ()
    assert told == ["one?", "one ok", "two?", "two ok", "three?", "three ok", "tidy ok"]
    assert workers.started == [["one", "two", "three"]]
    assert [row.seconds for row in rows[:3]] == [0.5, 0.5, 0.5]


@pytest.mark.parametrize("failing", ["one", "two", "three"])
async def test_what_fails_is_named_and_the_others_are_made(failing: str) -> None:
    rows, _told = await made(FakeWorkers({failing: BAD}))
    assert failed_names(rows) == (failing,)
    assert len(rows) == 4


@pytest.mark.parametrize(("failing", "left"), [("one", ["two", "three"]), ("three", None)])
async def test_after_a_crash_another_process_makes_the_rest(
    failing: str, left: list[str] | None
) -> None:
    workers = FakeWorkers(crashes=(failing,), end=End("killed by signal 11", in_order=False))
    rows, _told = await made(workers)
    assert failed_names(rows)[0] == failing
    assert workers.started[1:] == ([left] if left else [])
    row = next(row for row in rows if row.has_failed)
    assert row.seen.text.endswith("in the middle of it: killed by signal 11")


async def test_what_hangs_is_ended_and_the_rest_is_made() -> None:
    workers = FakeWorkers(hangs=("two",))
    rows, _told = await made(workers)
    assert failed_names(rows) == ("two",)
    assert rows[1].seen.text.startswith("it hung")
    assert workers.started == [["one", "two", "three"], ["three"]]
    assert workers.ended


async def test_what_the_screen_tells_is_asked_by_a_process_of_its_own() -> None:
    workers = FakeWorkers()
    await made(workers, (PLAN[0], ON_SCREEN))
    assert workers.started == [["one"], ["screen"]]


async def test_a_process_that_cannot_be_started_fails_all_its_checks() -> None:
    workers = FakeWorkers(error=DesktopError("No program.", "Install it."))
    rows, _told = await made(workers)
    assert failed_names(rows) == ("one", "two", "three")
    assert {row.seen.next_step for row in rows[:3]} == {"Install it."}
    assert workers.tidies == 1


async def test_what_is_left_behind_is_a_failure() -> None:
    rows, _told = await made(FakeWorkers(tidied=BAD))
    assert failed_names(rows) == ("nothing left behind",)


async def test_a_process_that_falls_in_closing_its_window_is_a_failure() -> None:
    rows, _told = await made(FakeWorkers(end=End("killed by signal 11", in_order=False)))
    assert failed_names(rows) == ("nothing left behind",)
    assert rows[-1].seen.text == "a process did not end in order: killed by signal 11"


async def test_stopping_ends_the_process_and_tidies_up() -> None:
    workers = FakeWorkers(hangs=("one",))
    test = SelfTest(workers, lambda _check: None, lambda _row: None)
    task = asyncio.create_task(test.run(PLAN))
    await until(lambda: workers.started)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert workers.ended
    assert workers.tidies == 1
