"""What the list of threads shows: pages of it, or what a search found, kept in step."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from spark_desktop.domain.conversation import ThreadHit, ThreadInfo
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ThreadsChanged, TurnChanged
from spark_desktop.services.bus import Bus
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.viewmodels.thread_ports import Threads
from spark_desktop.viewmodels.thread_rows import (
    Entry,
    ThreadRows,
    hit_entries,
    list_entries,
    title_of,
)

# Threads that are fetched at a time.
PAGE = 200
# Seconds: what happens, or is typed, within them is shown at once.
_PAUSE = 0.06
_AGES_INTERVAL = 60_000


class ThreadListing(QObject):
    """``found_first`` carries the thread that Enter in the search opens; ``failed`` an error."""

    shown = Signal()
    found_first = Signal(str)
    failed = Signal(object)

    def __init__(
        self, threads: Threads, now: Callable[[], datetime], bus: Bus, scope: TaskScope
    ) -> None:
        super().__init__()
        self._threads, self._now, self._scope = threads, now, scope
        self._loading = LatestTask(scope)
        self.rows = ThreadRows(self)
        self.query = ""
        self.current: str | None = None
        self.count = 0
        self._listed: tuple[ThreadInfo, ...] = ()
        self._hits: tuple[ThreadHit, ...] | None = None
        # What the hits were found by, and whether the best of the next ones is to be opened.
        self._found_by, self._is_first_wanted = "", False
        self.is_editing, self.is_stale = False, False
        self._ages = QTimer(self)
        self._ages.setInterval(_AGES_INTERVAL)
        self._ages.timeout.connect(self.reload)
        self._ages.start()
        self.rows.more_wanted.connect(self._fetch_more)
        bus.subscribe(ThreadsChanged, lambda _event: self.reload())
        bus.subscribe(TurnChanged, lambda _event: self.reload())

    @property
    def is_searching(self) -> bool:
        """Return whether the rows are what a search found."""
        return self._hits is not None

    def set_current(self, thread_id: str | None) -> None:
        """Mark the thread that is open."""
        self.current = thread_id
        self.rows.mark_current(thread_id)

    def set_editing(self, is_editing: bool) -> None:
        """Say whether a title is being typed: the list stands still meanwhile."""
        self.is_editing = is_editing
        if not is_editing and self.is_stale:
            self.is_stale = False
            self.reload()

    def search(self, query: str) -> None:
        """Show what holds these words; the whole list where there are none."""
        self.query = query.strip()
        self._is_first_wanted = False
        self.reload()

    def choose_first(self) -> None:
        """Tell of the best hit, as soon as it is found."""
        self._is_first_wanted = bool(self.query)
        self._open_first()

    def reload(self) -> None:
        """Fetch again, soon, as many as are listed."""
        self._start(_PAUSE, max(PAGE, len(self._listed)))

    async def load(self) -> None:
        """Fetch the first page. Raises SparkError."""
        await self._load(PAGE)

    def title(self, thread_id: str) -> str:
        """Return a thread's title."""
        known = (one for one in self._listed if one.id == thread_id)
        hits = (hit.thread for hit in self._hits or () if hit.thread.id == thread_id)
        return next((title_of(one.title) for one in (*known, *hits)), title_of(""))

    def follower(self, leaving: Sequence[str]) -> str | None:
        """Return the thread below what is deleted, else the one above it."""
        ids = [row.id for row in self.rows.threads]
        places = [place for place, one in enumerate(ids) if one in leaving]
        last = max(places, default=-1)
        staying = [one for one in (*ids[last + 1 :], *reversed(ids[:last])) if one not in leaving]
        others = (one.id for one in self._listed if one.id not in leaving)
        return staying[0] if staying else next(others, None)

    def _fetch_more(self) -> None:
        self._start(0.0, len(self._listed) + PAGE)

    def _start(self, pause: float, many: int) -> None:
        # Threads may still be told of while the project is being closed.
        if self._scope.can_start:
            self._loading.start("threads", self._load_soon(pause, many))

    async def _load_soon(self, pause: float, many: int) -> None:
        await asyncio.sleep(pause)
        if self.is_editing:
            self.is_stale = True
            return
        try:
            await self._load(many)
        except SparkError as error:
            self.failed.emit(error)

    async def _load(self, many: int) -> None:
        query = self.query
        if query:
            hits = await self._threads.search(query)
            self._hits, self._found_by = hits, query
        else:
            self._listed = await self._threads.page(0, many)
            self._hits = None
        self.count = await self._threads.count()
        await self._show()

    async def _show(self) -> None:
        now, listed = self._now(), self._listed
        if self._hits is None:
            entries: list[Entry] = []
            # By pages, so that thousands of rows do not hold up a frame.
            for at in range(0, len(listed), PAGE):
                above = listed[at - 1] if at else None
                entries += list_entries(listed[at : at + PAGE], now, self.current, above)
                await asyncio.sleep(0)
            self.rows.set_entries(entries, len(listed) < self.count)
        else:
            self.rows.set_entries(hit_entries(self._hits, self._found_by, now, self.current))
        # Another thread may have been opened meanwhile.
        self.rows.mark_current(self.current)
        self.shown.emit()
        self._open_first()

    def _open_first(self) -> None:
        if self._is_first_wanted and self._hits is not None and self._found_by == self.query:
            self._is_first_wanted = False
            if self._hits:
                self.found_first.emit(self._hits[0].thread.id)
