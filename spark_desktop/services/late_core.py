"""A core that is not even imported before it is wanted."""

import asyncio
from collections.abc import Awaitable, Callable

from spark_desktop.domain.core_state import CoreFailed, CoreStarting, CoreState, CoreStopped
from spark_desktop.domain.errors import CoreError
from spark_desktop.domain.events import CoreStateChanged
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Core, Endpoint
from spark_desktop.services.tasks import TaskScope

# Returns a core that publishes its states on the same bus.
Build = Callable[[], Awaitable[Core]]


class LateCore:
    """A Core that is built when it is first started, and given up when it is not used any more."""

    def __init__(self, build: Build, bus: Bus, scope: TaskScope) -> None:
        self._build = build
        self._bus = bus
        self._scope = scope
        self._core: Core | None = None
        self._building: asyncio.Task[None] | None = None
        self._failure: CoreFailed | None = None

    @property
    def state(self) -> CoreState:
        """Return what it is doing now; changes are published as CoreStateChanged."""
        if self._core is not None:
            return self._core.state
        if self._failure is not None:
            return self._failure
        return CoreStopped() if self._building is None else CoreStarting()

    def start(self) -> None:
        """Build and start the core; returns at once."""
        if self._core is not None:
            self._core.start()
        elif self._building is None:
            self._failure = None
            self._building = self._scope.start("build the core", self._begin())
            self._bus.publish(CoreStateChanged(self.state))

    def stop(self) -> None:
        """Begin no core, and end one that is about to begin; ``start`` begins anew."""
        building, self._building = self._building, None
        if building is not None:
            building.cancel()
        if self._core is not None:
            self._core.stop()
        else:
            self._bus.publish(CoreStateChanged(self.state))

    async def endpoint(self) -> Endpoint:
        """Return the endpoint once the core is ready; raises CoreError when it has failed."""
        building = self._building
        if building is not None:
            # Waited for, not awaited: whoever asks may be stopped without the core being.
            await asyncio.wait({building})
        if self._core is None:
            failure = self._failure
            if failure is not None:
                raise CoreError(failure.reason, failure.next_step)
            raise CoreError(say("The core is not running."), say("Start it, then try again."))
        return await self._core.endpoint()

    async def close(self) -> None:
        """Give the core up; ``start`` builds another one, of what is wanted then."""
        building, self._building = self._building, None
        if building is not None:
            building.cancel()
            await asyncio.wait({building})
        core, self._core = self._core, None
        self._failure = None
        if core is not None:
            await core.close()
        self._bus.publish(CoreStateChanged(self.state))

    async def _begin(self) -> None:
        try:
            self._core = await self._build()
        except CoreError as error:
            self._failure = CoreFailed(error.message, error.next_step)
        except Exception as fault:
            # The scope logs it; whoever waits for the core must hear of it too.
            self._failure = CoreFailed(
                say("The core could not be prepared: {fault}.", fault=repr(fault)),
                say("Try again."),
            )
            raise
        else:
            self._core.start()
        finally:
            # Another one may have been begun since this one was stopped.
            if self._building is asyncio.current_task():
                self._building = None
            if self._failure is not None:
                self._bus.publish(CoreStateChanged(self._failure))
