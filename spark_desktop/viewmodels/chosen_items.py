"""The items that the user chose for a question: added one after the other, each once."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.context_item import ItemRef
from spark_desktop.domain.errors import SparkError, UnconfirmedSecretError
from spark_desktop.domain.words import say
from spark_desktop.services.context_items import ContextItems
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.intents import Intents

# More items than a question can use; a folder is one item.
MOST_ITEMS = 50


class ChosenItems(QObject):
    """``added`` tells of one more; what cannot be read goes to ``failed`` and is not added."""

    added = Signal()

    def __init__(
        self, items: ContextItems, scope: TaskScope, failed: Callable[[SparkError], None]
    ) -> None:
        super().__init__()
        self.refs: tuple[ItemRef, ...] = ()
        self._items = items
        self._intents = Intents(scope, failed)
        self._adding = asyncio.Lock()

    def add(self, ref: ItemRef) -> None:
        """Add an item that can be read."""
        self._intents.start("add item", self._add(ref))

    def add_paths(self, paths: Iterable[str]) -> None:
        """Add files and folders, given by their absolute paths."""
        self._intents.start("add paths", self._add_paths([Path(path) for path in paths]))

    def confirm(self, ref: ItemRef) -> None:
        """Let an item go that looks like a secret, until the program ends."""
        self._items.guard.confirm(ref)

    def remove(self, ref: ItemRef) -> None:
        """Take an item away."""
        self.refs = tuple(one for one in self.refs if one != ref)

    async def _add_paths(self, paths: list[Path]) -> None:
        if len(paths) > MOST_ITEMS:
            raise SparkError(
                say("{count} files are too many for a question.", count=len(paths)),
                say("Drop the folder that holds them, or the few that matter."),
            )
        failures = []
        for path in paths:
            try:
                await self._add(await self._items.ref_of(path))
            except SparkError as error:
                failures.append(error)
        if failures:
            # One line is shown: the first names its file, the rest is counted.
            raise _first_of(failures)

    async def _add(self, ref: ItemRef) -> None:
        # One after the other: chips stand in the order in which they were chosen.
        async with self._adding:
            if any(known.is_same(ref) for known in self.refs):
                return
            if len(self.refs) >= MOST_ITEMS:
                raise SparkError(
                    say("A question takes at most {count} items.", count=MOST_ITEMS),
                    say("Remove some, or choose their folder."),
                )
            # What looks like a secret is shown with a warning, and goes once it is confirmed.
            with suppress(UnconfirmedSecretError):
                await self._items.read(ref)
            self.refs = (*self.refs, ref)
            self.added.emit()


def _first_of(failures: list[SparkError]) -> SparkError:
    first = failures[0]
    if len(failures) == 1:
        return first
    return SparkError(
        say(
            "{first} {count} more could not be added.", first=first.message, count=len(failures) - 1
        ),
        first.next_step,
    )
