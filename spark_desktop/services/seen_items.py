"""Items of a question that is still being written: read once, until something changes."""

from typing import Protocol

from spark_desktop.domain.context_item import ContextItem, ItemRef
from spark_desktop.domain.errors import SparkError, UnconfirmedSecretError
from spark_desktop.domain.events import FilesChanged
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Clock

# Seconds after which an item is read again: not every change is told, as in an ignored folder.
FRESH = 5.0


class Items(Protocol):
    """What reads an item."""

    async def read(self, ref: ItemRef) -> ContextItem:
        """Return the item as it is now. Raises SparkError."""
        ...


class SeenItems:
    """Gives an item, or why it cannot be read, from memory for a while.

    A question is weighed with each pause of the typing; a folder would be walked and the diff made
    each time. What is sent is read anew.
    """

    def __init__(self, items: Items, bus: Bus, clock: Clock) -> None:
        self._items = items
        self._clock = clock
        self._seen: dict[ItemRef, tuple[float, ContextItem | SparkError]] = {}
        self._changes = 0
        bus.subscribe(FilesChanged, self._forget)

    async def read(self, ref: ItemRef) -> ContextItem:
        """Return the item as it was within the last seconds. Raises SparkError."""
        now = self._clock.monotonic()
        self._seen = {one: seen for one, seen in self._seen.items() if now - seen[0] < FRESH}
        if ref in self._seen:
            return _given(self._seen[ref][1])
        changes = self._changes
        found = await self._read(ref)
        # What waits for the user's word must be read at once when it is given.
        if changes == self._changes and not isinstance(found, UnconfirmedSecretError):
            self._seen[ref] = (now, found)
        return _given(found)

    def _forget(self, _event: FilesChanged) -> None:
        self._changes += 1
        self._seen.clear()

    async def _read(self, ref: ItemRef) -> ContextItem | SparkError:
        try:
            return await self._items.read(ref)
        except SparkError as error:
            return error


def _given(found: ContextItem | SparkError) -> ContextItem:
    if isinstance(found, SparkError):
        raise found
    return found
