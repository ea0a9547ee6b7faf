"""Files that were saved a moment ago, one by one: very many of them are the work of a slow tool."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

# Seconds in which so many different files, saved one by one, are one change.
WINDOW = 10.0
# Such a change ends where nothing was saved for so long: the next save is somebody's.
_REST = 1.0
# So many at once nobody saves by hand while a tool is at work.
FEW = 10


@dataclass(frozen=True, slots=True)
class Single:
    """A save of one file: the entry it ended in, and the ids of what it asked for anew.

    ``held`` says that something was held back of the file before.
    """

    path: str
    entry_id: str
    requests: tuple[str, ...] = ()
    held: bool = False


@dataclass(slots=True)
class Going:
    """A burst that may go on, and what its entry says of it so far.

    ``paths`` are its files that are not our own writes, ``read`` of them were read for comments.
    """

    entry_id: str
    paths: dict[str, None] = field(default_factory=dict)
    has_switched: bool = False
    read: int = 0
    unread: int = 0
    last: float = 0.0


class RecentSaves:
    """What was saved by itself lately, and the burst that came of it."""

    def __init__(self) -> None:
        # The moment, in seconds from whenever.
        self.now: Callable[[], float] = time.monotonic
        self._singles: deque[tuple[float, Single]] = deque()
        self._going: Going | None = None

    @property
    def paths(self) -> frozenset[str]:
        """Return the files that were saved one by one lately."""
        begin = self.now() - WINDOW
        while self._singles and self._singles[0][0] < begin:
            self._singles.popleft()
        return frozenset(single.path for _, single in self._singles)

    def note(self, single: Single) -> None:
        """Note a save by itself."""
        self._singles.append((self.now(), single))

    def take(self) -> tuple[Single, ...]:
        """Return the saves of the last seconds, which are part of a burst now."""
        taken = tuple(single for _, single in self._singles)
        self._singles.clear()
        return taken

    def going(self, count: int) -> Going | None:
        """Return the burst that ``count`` more files belong to, if one goes on."""
        going = self._going
        longest = WINDOW if count >= FEW else _REST
        return None if going is None or self.now() - going.last > longest else going

    def go_on(self, going: Going) -> None:
        """Note that a burst goes on now."""
        going.last = self.now()
        self._going = going
