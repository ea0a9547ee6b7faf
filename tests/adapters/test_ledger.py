"""The ledger: everything that connects says so."""

import asyncio
import json
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from pathlib import Path

import httpx
import pytest

from spark_desktop.adapters.core_events import contact_of
from spark_desktop.adapters.core_lookup import CoreAddress, client_for
from spark_desktop.adapters.database import Database
from spark_desktop.adapters.ledger import NoLedger, SqliteLedger, ThreadsafeLedger, noting
from spark_desktop.adapters.speed_store import SqliteSpeeds
from spark_desktop.adapters.thread_store import SqliteThreadStore
from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.contact import Contact
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.model_shelf import SpeedSample
from spark_desktop.domain.words import kept, say
from spark_desktop.services.tasks import TaskScope
from tests.fakes import EMULATION, FakeClock

HUB = Contact("hub.example", 443, "fetch a model from the hub")


class World:
    def __init__(self, path: Path) -> None:
        self.database = Database(path)
        self.clock, self.scope = FakeClock(), TaskScope("test")
        self.is_kept = True
        self.ledger = SqliteLedger(self.database, self.clock, self.scope, lambda: self.is_kept)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path / "spark.db")
    yield made
    await made.ledger.close()
    await made.scope.close()
    await made.database.close()


async def test_what_is_noted_while_another_call_has_the_database_is_not_lost(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, asked, run = threading.Event(), asyncio.Event(), world.database.run
    busy = asyncio.ensure_future(run(lambda connection: go.wait(5)))

    async def told(work: Callable[[sqlite3.Connection], object]) -> object:
        asked.set()
        return await run(work)

    monkeypatch.setattr(world.database, "run", told)
    world.ledger.note(HUB)
    # The writer has taken it, and waits for the database.
    await asked.wait()
    await world.scope.close()
    go.set()
    await world.ledger.close()
    await world.database.close()
    await busy
    again = World(tmp_path / "spark.db")
    (record,) = await again.ledger.records()
    assert record.contact == HUB
    await again.database.close()


async def test_a_host_is_counted_with_its_first_and_last_time(world: World) -> None:
    world.ledger.note(HUB)
    world.clock.seconds += 60
    world.ledger.note(HUB)
    (record,) = await world.ledger.records()
    world.clock.seconds += 60
    world.ledger.note(HUB)
    (later,) = await world.ledger.records()
    assert (record.contact, record.count, later.count) == (HUB, 2, 3)
    assert later.first == record.first
    assert (later.last - later.first).total_seconds() == 120


async def test_the_newest_stands_first(world: World) -> None:
    world.ledger.note(HUB)
    world.clock.seconds += 1
    world.ledger.note(Contact("127.0.0.1", 8080, "ask the local core"))
    records = await world.ledger.records()
    assert [record.contact.host for record in records] == ["127.0.0.1", "hub.example"]
    assert [record.contact.is_local for record in records] == [True, False]


async def test_what_was_noted_is_there_at_the_next_start(world: World) -> None:
    world.ledger.note(HUB)
    await world.ledger.close()
    world.ledger.note(HUB)
    again = SqliteLedger(world.database, world.clock, world.scope)
    (record,) = await again.records()
    assert record.count == 1


async def test_only_the_newest_are_kept(world: World) -> None:
    for port in range(1, 520):
        world.clock.seconds += 1
        world.ledger.note(Contact("127.0.0.1", port, "ask the local core"))
    records = await world.ledger.records()
    assert len(records) == 500
    assert records[-1].contact.port == 20


async def test_nothing_is_noted_where_the_user_does_not_want_it(world: World) -> None:
    world.is_kept = False
    world.ledger.note(HUB)
    assert await world.ledger.records() == ()


async def test_it_can_be_cleared(world: World) -> None:
    world.ledger.note(HUB)
    await world.ledger.records()
    world.ledger.note(HUB)
    await world.ledger.clear()
    assert await world.ledger.records() == ()


async def test_a_database_that_fails_costs_only_the_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    world = World(tmp_path / "file" / "spark.db")
    world.ledger.note(HUB)
    await world.ledger.close()
    assert "was not written" in caplog.text
    world.ledger._is_closed = False
    with pytest.raises(StoreError):
        await world.ledger.clear()
    await world.scope.close()
    await world.database.close()


async def test_an_os_thread_hands_over_what_it_connects_to(world: World) -> None:
    ledger = ThreadsafeLedger(world.ledger)
    thread = threading.Thread(target=ledger.note, args=(HUB,))
    thread.start()
    await asyncio.to_thread(thread.join)
    await asyncio.sleep(0)
    assert [record.contact for record in await world.ledger.records()] == [HUB]
    NoLedger().note(HUB)


async def test_every_request_of_a_client_is_noted(world: World) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200))
    hooks = noting(world.ledger, "look for a new version")
    async with httpx.AsyncClient(transport=transport, event_hooks=hooks) as client:
        await client.get("https://news.example/feed")
        await client.get("http://news.example:81/feed")
    contacts = {record.contact for record in await world.ledger.records()}
    assert contacts == {
        Contact("news.example", 443, "look for a new version"),
        Contact("news.example", 81, "look for a new version"),
    }


async def test_the_client_of_the_core_notes_what_it_asks(world: World) -> None:
    address = CoreAddress("http://127.0.0.1:9", "token", 1, "small")
    async with client_for(address, world.ledger) as client:
        with pytest.raises(httpx.HTTPError):
            await client.get("/v1/models")
    (record,) = await world.ledger.records()
    assert record.contact == Contact("127.0.0.1", 9, "ask the local core: small")


def test_what_a_core_asks_for_its_model_is_read_from_its_lines() -> None:
    line = '{"event": "contacting", "source": "hub", "host": "hub.example", "port": 443}'
    assert contact_of(line) == Contact("hub.example", 443, "fetch a model from hub")
    for other in ("no json", "[]", '{"event": "loading"}'):
        assert contact_of(other) is None


USAGE, TIMING = Usage(100, 50, 0), Timing(0.1, 1.0, 0.5, 1.0)


async def test_speeds_come_from_measured_turns_and_never_from_emulated_ones(world: World) -> None:
    threads = SqliteThreadStore(world.database, Path("p"), world.clock)
    thread = await threads.create("")
    base = Turn("t", "Why?", "Because.", TurnState.DONE, world.clock.now(), "small")
    turns = [
        Turn("t1", *_words(base), usage=USAGE, timing=TIMING),
        Turn("t2", *_words(base), usage=USAGE, timing=TIMING, emulation=EMULATION),
        Turn("t3", *_words(base)),
    ]
    for turn in turns:
        await threads.save_turn(thread.id, turn)
    speeds = SqliteSpeeds(world.database)
    await speeds.keep(SpeedSample("large", USAGE, TIMING))
    assert await speeds.samples() == (
        SpeedSample("small", USAGE, TIMING),
        SpeedSample("large", USAGE, TIMING),
    )


def _words(turn: Turn) -> tuple[object, ...]:
    return (turn.question, turn.answer, turn.state, turn.created, turn.model)


async def test_speeds_come_from_proposals_too(world: World) -> None:
    row = ("p1", "w", "small", json.dumps(asdict(USAGE)), json.dumps(asdict(TIMING)))
    await world.database.run(
        lambda connection: connection.execute(
            "INSERT INTO proposals (id, workspace, model, usage, timing) VALUES (?, ?, ?, ?, ?)",
            row,
        )
    )
    assert await SqliteSpeeds(world.database).samples() == (SpeedSample("small", USAGE, TIMING),)


async def test_a_purpose_comes_back_as_a_sentence_after_a_restart(world: World) -> None:
    purpose = say("fetch a model from {source}", source="the hub")
    world.ledger.note(Contact("hub.example", 443, purpose))
    await world.ledger.records()
    later = SqliteLedger(world.database, world.clock, world.scope, lambda: True)
    (record,) = await later.records()
    assert kept(record.contact.purpose) == kept(purpose) is not None
    await later.close()
