"""Items of a question that is still being written: read once, until something changes."""

import asyncio

import pytest
from fakes import FakeClock

from spark_desktop.domain.context_item import ContextItem, ItemKind, ItemRef
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.events import FilesChanged
from spark_desktop.services.bus import Bus
from spark_desktop.services.seen_items import FRESH, SeenItems

REF = ItemRef(ItemKind.FILE, "a.py")


class Reading:
    """Counts its readings; ``gate`` holds them up, ``error`` ends them."""

    def __init__(self) -> None:
        self.count = 0
        self.gate: asyncio.Event | None = None
        self.error: FileError | None = None

    async def read(self, ref: ItemRef) -> ContextItem:
        self.count += 1
        number = self.count
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        return ContextItem(ref, "File: a.py", f"reading {number}")


async def test_an_item_is_read_once_until_a_file_changes() -> None:
    bus, reading = Bus(), Reading()
    seen = SeenItems(reading, bus, FakeClock())
    assert (await seen.read(REF)).text == (await seen.read(REF)).text == "reading 1"
    bus.publish(FilesChanged(("b.py",)))
    assert (await seen.read(REF)).text == "reading 2"


async def test_after_some_seconds_it_is_read_again() -> None:
    clock, reading = FakeClock(), Reading()
    seen = SeenItems(reading, Bus(), clock)
    await seen.read(REF)
    clock.seconds += FRESH
    assert (await seen.read(REF)).text == "reading 2"


async def test_why_it_cannot_be_read_is_remembered_too() -> None:
    reading = Reading()
    reading.error = FileError("a.py does not exist.")
    seen = SeenItems(reading, Bus(), FakeClock())
    for _ in range(2):
        with pytest.raises(FileError, match="does not exist"):
            await seen.read(REF)
    assert reading.count == 1


async def test_what_changed_while_it_was_read_is_read_again() -> None:
    bus, reading = Bus(), Reading()
    reading.gate = asyncio.Event()
    seen = SeenItems(reading, bus, FakeClock())
    first = asyncio.ensure_future(seen.read(REF))
    await asyncio.sleep(0)
    bus.publish(FilesChanged(("a.py",)))
    reading.gate.set()
    assert (await first).text == "reading 1"
    assert (await seen.read(REF)).text == "reading 2"
