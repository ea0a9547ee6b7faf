"""The first proposal on the sample project, without a save by anybody."""

from typing import Protocol

from spark_desktop.domain.trigger import Trigger
from spark_desktop.services.ports import FileStore, Syntax


class Requests(Protocol):
    """The queue of what is asked for."""

    def request(self, trigger: Trigger) -> str:
        """Queue a trigger and return the id of what comes of it."""
        ...


async def ask_for(path: str, files: FileStore, syntax: Syntax, turns: Requests) -> int:
    """Ask for everything that a file's comments and stubs ask for, as if it had been saved.

    Returns how many there were. Raises FileError.
    """
    triggers = syntax.triggers(await files.read(path))
    for trigger in triggers:
        turns.request(trigger)
    return len(triggers)
