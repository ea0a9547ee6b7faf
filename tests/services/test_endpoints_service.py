"""Endpoints and keys, as the settings change them and the router asks for them."""

import asyncio
from dataclasses import replace

import pytest
from endpoint_fakes import FakeConnector, MemoryBook, MemorySecrets
from fakes import FakeClock, FakeCore, FakeEndpoint

from spark_desktop.domain.endpoint_book import EndpointBook
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec, WorkKind
from spark_desktop.domain.errors import (
    AccessRefusedError,
    EndpointUnreachableError,
    SecretStoreError,
    StoreError,
)
from spark_desktop.domain.secret import Secret
from spark_desktop.services.bus import Bus
from spark_desktop.services.endpoint_health import Health
from spark_desktop.services.endpoints import EndpointsService, ProjectPreferences
from spark_desktop.services.keys import Keys, KeySource

SPEC = EndpointSpec("fast", "Fast", "https://fast.example/v1", key_env="FAST_KEY", model="m")
OPEN = replace(SPEC, id="open", title="Open", auth=AuthKind.NONE)
NO_KEYRING = SecretStoreError("No keyring was found.", "Install one.")


class World:
    def __init__(self):
        self.secrets, self.environment = MemorySecrets(), {}
        self.keys = Keys(self.secrets, self.environment)
        self.store = MemoryBook(EndpointBook((SPEC, OPEN)))
        self.connector = FakeConnector(fast=FakeEndpoint("hi"), open=FakeEndpoint("hi"))
        self.health = Health(Bus(), FakeClock())
        self.service = EndpointsService(self.store, self.keys, self.connector, self.health)


@pytest.fixture
def world():
    return World()


async def test_the_keyring_goes_before_the_environment_and_this_session_before_both(world):
    assert await world.keys.find(SPEC) is None
    world.environment["FAST_KEY"] = "from the environment"
    assert await world.keys.find(SPEC) == (Secret("from the environment"), KeySource.ENVIRONMENT)
    await world.keys.keep("fast", Secret("kept"))
    assert await world.keys.find(SPEC) == (Secret("kept"), KeySource.KEYRING)
    world.keys.keep_for_session("fast", Secret("only now"))
    assert await world.keys.find(SPEC) == (Secret("only now"), KeySource.SESSION)
    assert world.secrets.kept == {"fast": Secret("kept")}
    await world.keys.forget("fast")
    assert (await world.keys.find(SPEC))[1] is KeySource.ENVIRONMENT


async def test_without_a_keyring_the_environment_and_this_session_still_serve(world):
    world.secrets.broken = NO_KEYRING
    with pytest.raises(SecretStoreError, match="No keyring"):
        await world.keys.find(SPEC)
    world.environment["FAST_KEY"] = "from the environment"
    assert (await world.keys.find(SPEC))[1] is KeySource.ENVIRONMENT
    world.keys.keep_for_session("fast", Secret("only now"))
    assert (await world.keys.find(SPEC))[1] is KeySource.SESSION


async def test_a_key_that_is_missing_is_named_with_the_next_step(world):
    with pytest.raises(AccessRefusedError, match=r"no key for Fast, neither .* FAST_KEY") as raised:
        await world.service.open(SPEC)
    assert "settings" in raised.value.next_step
    with pytest.raises(AccessRefusedError, match="no key for Fast in the keyring"):
        await world.service.open(replace(SPEC, key_env=""))
    assert world.connector.opened == []


async def test_who_wants_no_key_is_asked_without_one_and_without_the_keyring(world):
    world.secrets.broken = NO_KEYRING
    await world.service.open(OPEN)
    assert world.connector.opened == [("open", None)]


async def test_the_order_leads_to_endpoints_and_to_the_projects_core(world):
    book = world.service.book.with_order(WorkKind.CHAT, ("open", "local"))
    await world.service.change(book.with_hedge(WorkKind.CHAT, 2.0))
    local = FakeEndpoint("local")
    preferences = ProjectPreferences(world.service, FakeCore(local))
    first, second = preferences.order(WorkKind.CHAT)
    assert (first.title, second.title, second.id) == ("Open", "", "local")
    assert await first.connect() is world.connector.endpoints["open"]
    assert await second.connect() is local
    assert preferences.hedge(WorkKind.CHAT) == 2.0
    assert [one.id for one in preferences.order(WorkKind.EDIT)] == ["local"]


async def test_a_change_is_told_kept_and_closes_what_was_open_to_the_old_one(world):
    told = []
    unsubscribe = world.service.subscribe(told.append)
    for _ in range(3):
        world.health.failed("fast", EndpointUnreachableError("Down."))
    book = world.service.book.with_spec(replace(SPEC, url="https://new.example/v1"))
    await world.service.change(book)
    assert (told, world.store.kept) == ([book], book)
    assert world.connector.dropped == ["fast"]
    assert world.health.allows("fast")
    unsubscribe()
    await world.service.change(book.without("open"))
    assert told == [book]
    assert world.connector.dropped == ["fast", "open"]


async def test_a_change_that_cannot_be_kept_is_in_use_all_the_same(world):
    world.store.broken = StoreError("The disk is full.")
    book = world.service.book.without("fast")
    with pytest.raises(StoreError):
        await world.service.change(book)
    assert world.service.book == book


async def test_a_change_while_the_one_before_still_closes_is_the_one_that_is_kept(world):
    closed = asyncio.Event()

    async def slowly(endpoint_id):
        await closed.wait()

    world.connector.drop = slowly
    told = []
    world.service.subscribe(told.append)
    first = asyncio.create_task(world.service.change(world.service.book.without("fast")))
    await asyncio.sleep(0)
    later = world.service.book.with_hedge(WorkKind.CHAT, 2.0)
    await world.service.change(later)
    closed.set()
    await first
    assert (world.service.book, world.store.kept, told[-1]) == (later, later, later)


async def test_a_key_that_is_found_after_a_change_goes_to_no_server(world):
    locked = asyncio.Event()
    read = world.secrets.read

    async def once_unlocked(endpoint_id):
        await locked.wait()
        return await read(endpoint_id)

    world.secrets.read = once_unlocked
    opening = asyncio.create_task(world.service.open(SPEC))
    await asyncio.sleep(0)
    world.secrets.kept["fast"] = Secret("of the other server")
    elsewhere = replace(SPEC, url="https://new.example/v1")
    await world.service.change(world.service.book.with_spec(elsewhere))
    locked.set()
    with pytest.raises(EndpointUnreachableError, match="Fast was closed"):
        await opening
    assert world.connector.opened == []
    await world.service.open(elsewhere)
    assert world.connector.opened == [("fast", Secret("of the other server"))]


async def test_a_new_key_lets_a_refused_endpoint_be_tried_again(world):
    world.health.failed("fast", AccessRefusedError("Wrong key."))
    assert not world.health.allows("fast")
    await world.service.key_changed("fast")
    assert world.health.allows("fast")
    assert world.connector.dropped == ["fast"]


def test_what_could_not_be_read_is_there_to_be_said(world):
    service = EndpointsService(MemoryBook(None, "odd"), world.keys, world.connector, world.health)
    assert service.problems == ("odd",)
