"""What the end-to-end tests use: one open project with its events, its core, and waiting."""

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil

from spark_desktop.adapters.core_lookup import CoreAddress, CoreFiles, address_of
from spark_desktop.domain.core_state import CoreReady, CoreState
from spark_desktop.domain.events import CoreStateChanged, FilesChanged, ProposalChanged
from spark_desktop.domain.proposal import Proposal, Ready
from spark_desktop.wiring import Project, open_project
from tests.fakes import Recorder

# On a busy machine a core with a model takes a while; a state that never comes fails the test then.
WAIT_S = 60.0
# How long a core stays when nobody uses it any more.
LINGER_S = 0.3
TICK_S = 0.01


async def until(condition: Callable[[], object], seconds: float = WAIT_S) -> None:
    """Return when the condition holds; TimeoutError after ``seconds``."""
    async with asyncio.timeout(seconds):
        async for _ in _ticks():
            if condition():
                return


async def _ticks() -> AsyncIterator[None]:
    while True:
        yield
        await asyncio.sleep(TICK_S)


def polls(seconds: float = WAIT_S) -> Iterator[None]:
    """Yield again and again, for tests without a loop; AssertionError after ``seconds``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(TICK_S)
    raise AssertionError(f"the state did not come within {seconds:g} s")


def core_of(data_dir: Path, model: str) -> CoreAddress | None:
    """Where the core of the programs with this data folder answers; None without one."""
    return address_of(CoreFiles(data_dir / "run", model))


def slot_of(address: CoreAddress) -> dict[str, int | str | bool]:
    """What the core's slot does."""
    headers = {"Authorization": f"Bearer {address.token}"}
    answer = httpx.get(f"{address.url}/slots", headers=headers, timeout=30, trust_env=False)
    answer.raise_for_status()
    slot: dict[str, int | str | bool] = answer.json()[0]
    return slot


def engine_of(address: CoreAddress) -> int:
    """The process in which the core's engine works."""
    (engine,) = psutil.Process(address.pid).children()
    return engine.pid


def runs(pid: int) -> bool:
    """Whether the process still runs; one that only waits to be reaped does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def write_replay(path: Path, *entries: dict[str, object]) -> str:
    """Write a replay script; returns what ``--model`` takes."""
    path.write_text(json.dumps(entries), encoding="utf-8")
    return f"replay:{path}"


class Session:
    """One program's project: what it published, and the core behind it."""

    def __init__(self, project: Project, data_dir: Path, model: str) -> None:
        self.project = project
        self.events = Recorder(project.bus)
        self._data_dir, self._model = data_dir, model

    @property
    def states(self) -> list[CoreState]:
        """Every state of the core so far."""
        return [event.state for event in self.events.of(CoreStateChanged)]

    @property
    def core(self) -> CoreAddress:
        """The core that is found in the run folder."""
        address = core_of(self._data_dir, self._model)
        assert address is not None, "no core has told its address"
        return address

    async def start(self) -> None:
        """Watch the folder and start the core; returns when both work."""
        self.project.watch()
        self.project.core.start()
        await self._watching()
        await until(lambda: isinstance(self.project.core.state, CoreReady))

    async def ready(self, count: int = 1) -> tuple[Proposal, ...]:
        """The proposals, once so many of them are reviewable."""
        await until(lambda: len(self._ready()) >= count)
        return self._ready()

    async def ended(self, proposal_id: str, *states: type) -> Proposal:
        """The proposal, once it is in one of the states."""
        await until(lambda: isinstance(self.proposal(proposal_id).state, states))
        return self.proposal(proposal_id)

    def proposal(self, proposal_id: str) -> Proposal:
        """The newest value that was published of a proposal."""
        published = self.events.of(ProposalChanged)
        return next(e.proposal for e in reversed(published) if e.proposal.id == proposal_id)

    def kill_core(self) -> int:
        """Kill the core as the system would; returns the process's id."""
        pid = self.core.pid
        os.kill(pid, signal.SIGKILL)
        return pid

    def _ready(self) -> tuple[Proposal, ...]:
        return tuple(p for p in self.project.turns.proposals() if isinstance(p.state, Ready))

    async def _watching(self) -> None:
        # That the system watches is told by nothing but the first change that it reports.
        probe = self.project.root / "probe.txt"
        async with asyncio.timeout(WAIT_S):
            async for _ in _ticks():
                if self.events.of(FilesChanged):
                    break
                probe.write_text("is anybody there?\n", encoding="utf-8")
        probe.unlink()


@asynccontextmanager
async def session(root: Path, data_dir: Path, model: str) -> AsyncIterator[Session]:
    """Open the project as the program does; at the end close it, and see its core end."""
    project = await open_project(root, model=model, linger=LINGER_S, data_dir=data_dir)
    opened = Session(project, data_dir, model)
    try:
        yield opened
    finally:
        await project.close()
        address = core_of(data_dir, model)
        if address is not None:
            await until(lambda: not runs(address.pid))
