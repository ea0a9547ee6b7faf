"""Lets the local core read, while nobody waits, what the next proposal's prompt will begin with."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from spark_desktop.domain.completion import Priority, Request
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.core_state import CoreReady
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import FilesChanged, ProposalChanged, TurnChanged
from spark_desktop.domain.proposal import Queued, Streaming
from spark_desktop.domain.trigger import Span
from spark_desktop.services.answers import Answers
from spark_desktop.services.bus import Bus
from spark_desktop.services.likely_requests import LikelyRequests
from spark_desktop.services.ports import Clock, Core, Endpoint
from spark_desktop.services.tasks import LatestTask, TaskScope

# Somebody who clicks through files, or drags a selection, does not stay at what is passed over.
DEBOUNCE_S = 0.4
# A burst of more files is another branch, or a formatter: nobody's next place.
_MOST_FILES = 3

_log = logging.getLogger(__name__)


class WarmUp:
    """Follows what the user looks at and saves: the newest wins, and a real request ends it.

    Only the local core is ever asked, and only where it would be asked first: to a remote server
    code would go that nobody asked about, at a price. It writes nothing, and yields to every other
    request. A core that is not ready is not started for it. On battery only a save counts: who
    looks around may never ask.
    """

    def __init__(
        self,
        core: Core,
        answers: Answers,
        likely: LikelyRequests,
        bus: Bus,
        clock: Clock,
        scope: TaskScope,
    ) -> None:
        self._core = core
        self._answers = answers
        self._likely = likely
        self._clock = clock
        self._scope = scope
        self._latest = LatestTask(scope)
        self._task: asyncio.Task[None] | None = None
        # Whether the machine runs on its battery; asked in an OS thread.
        self.is_on_battery: Callable[[], bool] = lambda: False
        # Whether to warm up at all; the user may change it at any time.
        self.is_wanted = True
        bus.subscribe(FilesChanged, self._saved)
        bus.subscribe(ProposalChanged, self._on_proposal)
        bus.subscribe(TurnChanged, self._on_turn)

    def looked_at(self, path: str | None, lines: Span | None = None) -> None:
        """Take it that a file was opened, or lines of it selected; None for nothing shown."""
        if path is None:
            self._latest.cancel()
        else:
            self._begin(path, lines, is_save=False)

    async def idle(self) -> None:
        """Return when nothing is read or waits for its pause to pass."""
        while self._task is not None and not self._task.done():
            await asyncio.wait({self._task})

    def _saved(self, event: FilesChanged) -> None:
        if len(event.paths) <= _MOST_FILES:
            self._begin(event.paths[-1], None, is_save=True)

    def _on_proposal(self, event: ProposalChanged) -> None:
        if isinstance(event.proposal.state, Queued | Streaming):
            self._latest.cancel()

    def _on_turn(self, event: TurnChanged) -> None:
        if event.turn.state is TurnState.STREAMING:
            self._latest.cancel()

    def _begin(self, path: str, lines: Span | None, *, is_save: bool) -> None:
        if self.is_wanted and self._scope.can_start and self._kinds():
            self._task = self._latest.start("warm-up", self._warm(path, lines, is_save))

    def _kinds(self) -> frozenset[WorkKind]:
        """Return the work that the local core would be asked for first."""
        state = self._core.state
        if not isinstance(state, CoreReady):
            return frozenset()
        kinds = (WorkKind.EDIT, WorkKind.SUGGESTION)
        return frozenset(one for one in kinds if self._answers.model_for(one) == state.model)

    async def _warm(self, path: str, lines: Span | None, is_save: bool) -> None:
        await self._clock.sleep(DEBOUNCE_S)
        if not is_save and await asyncio.to_thread(self.is_on_battery):
            return
        kinds = self._kinds()
        if not kinds:
            return
        try:
            # The core itself, never whoever stands in for it.
            endpoint = await self._core.endpoint()
            for request in await self._likely.about(path, lines, endpoint, kinds):
                await _read_by(endpoint, request)
        except SparkError as error:
            # It was nobody's question: a failure is told by the question itself.
            _log.debug("not warmed up for %s: %s", path, error)


async def _read_by(endpoint: Endpoint, request: Request) -> None:
    """Let the core read a prompt. Raises EndpointError."""
    warming = replace(request, max_tokens=0, priority=Priority.WARMUP)
    async with endpoint.stream(warming) as chunks:
        async for _chunk in chunks:
            pass
