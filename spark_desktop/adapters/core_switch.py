"""A core that can go over to another model while the program runs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from spark_desktop.adapters.core_process import CoreOptions, CoreProcess
from spark_desktop.domain.completion import Chunk, ModelInfo, Request
from spark_desktop.domain.core_state import CoreFailed, CoreState
from spark_desktop.domain.errors import CoreError
from spark_desktop.domain.events import CoreStateChanged, ModelSwitching
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.services.ledger import Ledger
from spark_desktop.services.ports import Clock, Endpoint
from spark_desktop.services.tasks import TaskScope

# Seconds that a core is kept after its last answer: whoever got its endpoint a moment ago may be
# about to ask.
_GRACE_S = 2.0


@dataclass(eq=False, slots=True)
class _Seat:
    """One core, with what goes on with it; ``idle`` is set while no answer runs."""

    model: str
    core: CoreProcess
    bus: Bus
    running: int = 0
    asked: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)


class SwitchingCoreProcess:
    """Implements the Core port, and ``switch``.

    The other model's core is started beside the first one. So an answer that runs goes on to its
    end, and a model that cannot be started costs nothing. Both are in memory for that while: a
    model that is offered takes half of the machine's at most.
    """

    def __init__(
        self, options: CoreOptions, bus: Bus, scope: TaskScope, clock: Clock, ledger: Ledger
    ) -> None:
        self._options = options
        self._bus = bus
        self._scope = scope
        self._clock = clock
        self._ledger = ledger
        self._lock = asyncio.Lock()
        # Cores beside the one that answers: let go of, or not yet ready.
        self._others: set[_Seat] = set()
        self._seat = self._new_seat(options.model)
        self._follow(self._seat)

    @property
    def state(self) -> CoreState:
        """Return what the core that answers is doing; changes are published."""
        return self._seat.core.state

    @property
    def choice(self) -> str:
        """Return which model is asked for."""
        return self._seat.model

    def start(self) -> None:
        """Begin looking for a running core, else start one; returns at once."""
        self._seat.core.start()

    def stop(self) -> None:
        """Begin no core, and end one that is about to begin; ``start`` begins anew."""
        self._seat.core.stop()

    async def endpoint(self) -> Endpoint:
        """Return the endpoint once the core is ready; raises CoreError when it has failed."""
        while True:
            seat = self._seat
            try:
                return _SeatEndpoint(seat, await seat.core.endpoint())
            except CoreError:
                # One that was let go of meanwhile says nothing about its successor.
                if seat is self._seat:
                    raise

    async def switch(self, choice: str, told: Callable[[CoreState], None]) -> None:
        """Let another model answer from now on; answers that run go on to their end.

        ``told`` hears what the other core does on its way. Raises CoreError where it cannot be
        started; the earlier one goes on answering. Cancelling leaves the earlier one, too.
        """
        async with self._lock:
            if choice == self._seat.model:
                self.start()
                return
            seat = self._new_seat(choice)

            def tell(event: CoreStateChanged) -> None:
                told(event.state)
                self._bus.publish(ModelSwitching(choice, event.state))

            unsubscribe = seat.bus.subscribe(CoreStateChanged, tell)
            self._others.add(seat)
            taken = False
            try:
                seat.core.start()
                await _ready(seat)
                taken = True
            finally:
                unsubscribe()
                self._others.discard(seat)
                if not taken:
                    await seat.core.close()
                self._bus.publish(ModelSwitching(choice, None))
            self._take(seat)

    async def close(self) -> None:
        """Give up our share of every core."""
        for seat in (self._seat, *self._others):
            await seat.core.close()

    def _take(self, seat: _Seat) -> None:
        earlier, self._seat = self._seat, seat
        self._others.add(earlier)
        self._follow(seat)
        self._bus.publish(CoreStateChanged(seat.core.state))
        self._scope.start("let go of a core", self._let_go(earlier))

    async def _let_go(self, seat: _Seat) -> None:
        while True:
            await seat.idle.wait()
            before = seat.asked
            await self._clock.sleep(_GRACE_S)
            if seat.idle.is_set() and seat.asked == before:
                break
        await seat.core.close()
        self._others.discard(seat)

    def _follow(self, seat: _Seat) -> None:
        def tell(event: CoreStateChanged) -> None:
            if seat is self._seat:
                self._bus.publish(event)

        seat.bus.subscribe(CoreStateChanged, tell)

    def _new_seat(self, model: str) -> _Seat:
        bus = Bus()
        options = replace(self._options, model=model)
        core = CoreProcess(options, bus, self._scope, self._clock, self._ledger)
        seat = _Seat(model, core, bus)
        seat.idle.set()
        return seat


async def _ready(seat: _Seat) -> None:
    """Wait for the first sign of readiness or of failure. Raises CoreError."""
    try:
        await seat.core.endpoint()
    except CoreError as error:
        raise CoreError(
            say("{model} could not be started: {reason}", model=seat.model, reason=error.message),
            error.next_step if isinstance(seat.core.state, CoreFailed) else say("Try again."),
        ) from error


class _SeatEndpoint:
    """The endpoint of one core, counting the answers that run."""

    def __init__(self, seat: _Seat, served: Endpoint) -> None:
        self._seat = seat
        self._served = served

    @property
    def model(self) -> ModelInfo:
        """Return what answers, and what it can do."""
        return self._served.model

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[AsyncIterator[Chunk]]:
        """Open the answer; see the port. Raises EndpointError."""
        seat = self._seat
        seat.asked += 1
        seat.running += 1
        seat.idle.clear()
        try:
            async with self._served.stream(request) as chunks:
                yield chunks
        finally:
            seat.running -= 1
            if seat.running == 0:
                seat.idle.set()

    async def count_tokens(self, text: str) -> int:
        """Return the number of tokens of ``text``. Raises EndpointError."""
        self._seat.asked += 1
        return await self._served.count_tokens(text)
