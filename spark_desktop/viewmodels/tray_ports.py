"""What the tray needs from an open project and its services, as narrow Protocols."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Core
from spark_desktop.viewmodels.ports import Turns
from spark_desktop.viewmodels.rest import Resting


class Watching(Protocol):
    """The inbox of a project."""

    @property
    def is_paused(self) -> bool:
        """Return whether saves start nothing now."""
        ...

    def pause(self) -> None:
        """Let saves start nothing."""
        ...

    def resume(self) -> tuple[str, ...]:
        """Let them start proposals again; return what was saved meanwhile."""
        ...

    def start(self, entry_id: str) -> tuple[str, ...]:
        """Ask for what an entry offers. Raises SparkError for an entry that is gone."""
        ...

    async def saved(self, paths: Iterable[str]) -> None:
        """Look at files as if they had been saved now."""
        ...


class Watched(Protocol):
    """What the tray knows of an open project."""

    @property
    def root(self) -> Path:
        """Return the folder."""
        ...

    @property
    def bus(self) -> Bus:
        """Return what publishes the project's events."""
        ...

    @property
    def core(self) -> Core:
        """Return the local core."""
        ...

    @property
    def turns(self) -> Turns:
        """Return the proposals in the making."""
        ...

    @property
    def quiet(self) -> Resting:
        """Return quiet mode and the snooze."""
        ...

    @property
    def inbox(self) -> Watching:
        """Return what looks at saved files."""
        ...


class Recent(Protocol):
    """The projects that were opened last."""

    async def folders(self) -> tuple[Path, ...]:
        """Return those that exist, newest first."""
        ...

    async def opened(self, folder: Path) -> tuple[Path, ...]:
        """Put one in front, and return them all. Raises StoreError."""
        ...
