"""The local core: found or started, shared with other programs, supervised."""

import asyncio
import os
import sys
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import filelock
import httpx

from spark_desktop.adapters.core_child import CoreChild
from spark_desktop.adapters.core_endpoint import CoreEndpoint
from spark_desktop.adapters.core_events import contact_of, said_in
from spark_desktop.adapters.core_lookup import (
    CoreAddress,
    CoreFiles,
    address_of,
    client_for,
    listens,
    model_of,
)
from spark_desktop.adapters.ledger import NoLedger
from spark_desktop.adapters.openai_endpoint import OpenAIEndpoint
from spark_desktop.domain.core_state import (
    CoreFailed,
    CoreReady,
    CoreRestarting,
    CoreStarting,
    CoreState,
    CoreStopped,
)
from spark_desktop.domain.errors import CoreError, EngineDownError
from spark_desktop.domain.events import CoreStateChanged
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.services.ledger import Ledger
from spark_desktop.services.ports import Clock, Endpoint
from spark_desktop.services.tasks import TaskScope

_DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0)
_DEATHS = 5
_WINDOW_S = 60.0
_LOCK_POLL_S = 0.1
_ANSWER_S = 5.0
# A model's name that begins like this is a pacing profile, for the default model's answers.
EMULATED = "emulated:"
# The core's exit code for a command line that it refuses: starting it again changes nothing.
_USAGE = 2


@dataclass(frozen=True, slots=True)
class CoreOptions:
    """Which core is wanted.

    ``command`` is what starts one, without its arguments; ``linger`` is how many seconds it stays
    when nobody uses it; with ``owner`` it dies with this process, even while others use it. A core
    sends a line on a lease every three seconds; after ``silence`` seconds without it is stuck.
    """

    model: str
    command: tuple[str, ...]
    run_dir: Path
    linger: float = 2.0
    owner: bool = False
    silence: float = 30.0


@dataclass(frozen=True, slots=True)
class _Running:
    client: httpx.AsyncClient
    endpoint: CoreEndpoint
    lease: httpx.Response
    child: CoreChild | None


class CoreProcess:
    """Implements the Core port; programs with the same model and run folder share one core."""

    def __init__(
        self,
        options: CoreOptions,
        bus: Bus,
        scope: TaskScope,
        clock: Clock,
        ledger: Ledger | None = None,
    ) -> None:
        self._options = options
        self._ledger = ledger or NoLedger()
        self._bus = bus
        self._scope = scope
        self._clock = clock
        self._files = CoreFiles(options.run_dir, options.model)
        self._state: CoreState = CoreStopped()
        self._changed = asyncio.Event()
        self._running: _Running | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def state(self) -> CoreState:
        """Return what it is doing now; changes are published as CoreStateChanged."""
        return self._state

    def start(self) -> None:
        """Begin looking for a running core, else start one; returns at once.

        After a failure it is tried again; while it runs this does nothing.
        """
        if self._task is None or self._task.done():
            self._set(CoreStarting())
            self._task = self._scope.start("core", self._supervise())
            self._task.add_done_callback(self._on_end)

    async def endpoint(self) -> Endpoint:
        """Return the endpoint once the core is ready; raises CoreError when it has failed."""
        while True:
            if isinstance(self._state, CoreFailed):
                raise CoreError(self._state.reason, self._state.next_step)
            if isinstance(self._state, CoreStopped):
                raise CoreError(say("The core is not running."), say("Start it, then try again."))
            changed, running = self._changed, self._running
            # A core that just died is known here only when its lease breaks, a moment later.
            if running is not None and await listens(running.client):
                if running is self._running:
                    return running.endpoint
            else:
                await changed.wait()

    def stop(self) -> None:
        """Begin no core, and end one that is about to begin; ``start`` begins anew."""
        task, self._task = self._task, None
        if task is not None:
            # It ends its child in order, in its own time.
            task.cancel()
        self._set(CoreStopped())

    async def close(self) -> None:
        """Give up our share of the core, which ends when nobody else uses it."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        self._set(CoreStopped())

    async def _supervise(self) -> None:
        deaths: deque[float] = deque()
        while True:
            try:
                reason = await self._live()
            except CoreError as error:
                self._set(CoreFailed(error.message, error.next_step))
                return
            now = self._clock.monotonic()
            deaths.append(now)
            while now - deaths[0] > _WINDOW_S:
                deaths.popleft()
            if len(deaths) >= _DEATHS:
                self._set(self._given_up(len(deaths), reason))
                return
            delay = _DELAYS[len(deaths) - 1]
            self._set(CoreRestarting(reason, len(deaths), delay))
            await self._clock.sleep(delay)
            self._set(CoreStarting())

    async def _live(self) -> str:
        """Find or start a core, use it, and return why it ended. Raises CoreError for good."""
        async with AsyncExitStack() as held:
            try:
                running = await self._acquire(held)
            except _DiedError as error:
                return error.reason
            self._running = running
            self._set(CoreReady(running.endpoint.model))
            try:
                return await self._until_broken(running)
            finally:
                self._running = None

    async def _acquire(self, held: AsyncExitStack) -> _Running:
        # Until the lease is held: a second program must neither start its own nor find this one
        # about to end.
        async with self._locked():
            address = address_of(self._files)
            if address is not None:
                running = await self._join(address, None, held)
                if running is not None:
                    return running
            return await self._launch(held)

    async def _launch(self, held: AsyncExitStack) -> _Running:
        child = CoreChild(self._command(), self._files)
        async with AsyncExitStack() as failing:
            # Also when we are cancelled: nobody else can know of it before it is ready.
            failing.push_async_callback(child.end)
            running = await self._join(await self._come_up(child), child, held)
            if running is None:
                raise _DiedError(self._reason(say("it did not answer")))
            failing.pop_all()
        return running

    async def _join(
        self, address: CoreAddress, child: CoreChild | None, held: AsyncExitStack
    ) -> _Running | None:
        """Return the core with a lease on it; None where it does not answer."""
        async with AsyncExitStack() as joining:
            client = await joining.enter_async_context(client_for(address, self._ledger))
            model = await model_of(client)
            lease = (
                await _lease(client, joining, self._options.silence) if model is not None else None
            )
            if model is None or lease is None:
                return None
            held.push_async_exit(joining.pop_all())
        # The core is a llama-server of ours: it tells how far a long prompt is.
        served = OpenAIEndpoint(client, model, progress=True)
        endpoint = CoreEndpoint(served, self._clock, self._engine_starting, self._engine_lost)
        return _Running(client, endpoint, lease, child)

    async def _come_up(self, child: CoreChild) -> CoreAddress:
        while (line := await child.line()) is not None:
            contact = contact_of(line)
            if contact is not None:
                self._ledger.note(contact)
            said = said_in(line)
            if isinstance(said, CoreAddress):
                return said
            if isinstance(said, CoreFailed):
                raise CoreError(said.reason, said.next_step)
            if said is not None:
                self._set(said)
        code = await child.exit_code()
        if code == _USAGE:
            raise CoreError(
                say(
                    "The core refused its command line: {last_log_line}",
                    last_log_line=self._files.last_log_line(),
                ),
                say("See {log}.", log=self._files.log),
            )
        raise _DiedError(self._reason(_ended(code)))

    async def _until_broken(self, running: _Running) -> str:
        try:
            async for _ in running.lease.aiter_raw():
                continue
        except httpx.TimeoutException:
            if running.child is not None:
                running.child.kill()
            return self._reason(
                say("it said nothing for {seconds:g} s", seconds=self._options.silence)
            )
        except httpx.HTTPError:
            pass
        if running.child is None:
            return self._reason(say("its connection ended"))
        try:
            async with asyncio.timeout(self._options.silence):
                return self._reason(_ended(await running.child.exit_code()))
        except TimeoutError:
            running.child.kill()
            return self._reason(say("its connection ended"))

    @contextmanager
    def _engine_starting(self, error: EngineDownError, seconds: float) -> Iterator[None]:
        """Show that the core starts its engine again; whatever came meanwhile stays."""
        shown = CoreRestarting(error.message, 1, seconds)
        self._set(shown)
        try:
            yield
        finally:
            if self._running is not None and self._state is shown:
                self._set(CoreReady(self._running.endpoint.model))

    def _engine_lost(self, error: EngineDownError) -> EngineDownError:
        """End a core that will not get another engine, so that another core is started.

        One that another program started is left to that program.
        """
        running = self._running
        if running is None or running.child is None:
            return error
        running.child.kill()
        return EngineDownError(error.message, say("Another core is being started: ask again then."))

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        self._files.prepare()
        lock = filelock.FileLock(self._files.lock, thread_local=False)
        while True:
            try:
                lock.acquire(blocking=False)
                break
            except filelock.Timeout:
                await self._clock.sleep(_LOCK_POLL_S)
            except OSError as error:
                raise CoreError(
                    say(
                        "The file {lock} cannot be locked: {reason}.",
                        lock=self._files.lock,
                        reason=error.strerror or error,
                    ),
                    say("Make its folder writable for you."),
                ) from error
        try:
            yield
        finally:
            lock.release()

    def _command(self) -> tuple[str, ...]:
        options = self._options
        owner = ("--owner", str(os.getpid())) if options.owner else ()
        return (
            *options.command,
            *("serve", *_served(options.model), "--events"),
            *("--ready-file", str(self._files.ready), "--linger", f"{options.linger:g}"),
            *owner,
        )

    def _reason(self, what: str) -> str:
        last = self._files.last_log_line()
        return say("{what}; its last words: {last}", what=what, last=last) if last else what

    def _given_up(self, deaths: int, reason: str) -> CoreFailed:
        return CoreFailed(
            say(
                "The core ended {deaths} times within {window_s:g} s, the last time so: {reason}.",
                deaths=deaths,
                window_s=_WINDOW_S,
                reason=reason,
            ),
            say("See {log}, then try again.", log=self._files.log),
        )

    def _on_end(self, task: "asyncio.Task[None]") -> None:
        # A fault of ours is logged by the scope; whoever waits for the core must hear of it too.
        if not task.cancelled() and (fault := task.exception()) is not None:
            self._set(
                CoreFailed(
                    say("The supervision of the core failed: {fault!r}.", fault=fault),
                    say("Try again."),
                )
            )

    def _set(self, state: CoreState) -> None:
        if state == self._state:
            return
        self._state = state
        # Waiters hold the old event; the next change wakes those of the new one.
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
        self._bus.publish(CoreStateChanged(state))


def _served(model: str) -> tuple[str, ...]:
    """Return the flags for a model's name, or for a profile whose pace is to be emulated."""
    if not model.startswith(EMULATED):
        return ("--model", model)
    # Buffered: with the engine's own pace most machines could not keep up, and nothing be felt.
    profile = model.removeprefix(EMULATED)
    return ("--emulate", "cerebras", "--profile", profile, "--source", "buffered")


def core_command() -> tuple[str, ...]:
    """Return what starts the core that belongs to this program."""
    if getattr(sys, "frozen", False):
        name = "spark-core.exe" if sys.platform == "win32" else "spark-core"
        return (str(Path(sys.executable).with_name(name)),)
    # -P: it is started in the user's folder, whose modules must not be run.
    return (sys.executable, "-P", "-m", "inference_core")


class _DiedError(Exception):
    """The core ended before it was ready; it may be started again. ``reason`` is for the user."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def _lease(
    client: httpx.AsyncClient, held: AsyncExitStack, silence: float
) -> httpx.Response | None:
    limits = httpx.Timeout(_ANSWER_S, read=silence)
    try:
        lease = await held.enter_async_context(client.stream("GET", "/lease", timeout=limits))
    except httpx.HTTPError:
        return None
    return lease if lease.status_code == 200 else None


def _ended(code: int) -> str:
    if code < 0:
        return say("killed by signal {number}", number=-code)
    return say("exit code {code}", code=code)
