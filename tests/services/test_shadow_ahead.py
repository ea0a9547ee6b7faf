"""A proposal that begins makes the project's shadow ready, once, and never in anybody's way."""

import asyncio

from fakes import MemoryFiles

from spark_desktop.domain.events import ProposalChanged
from spark_desktop.domain.proposal import Proposal, Queued, Ready, Streaming
from spark_desktop.domain.trigger import Instruction
from spark_desktop.services.bus import Bus
from spark_desktop.services.shadow_ahead import ShadowAhead
from spark_desktop.services.tasks import TaskScope


class Shadow:
    def __init__(self, error: OSError | None = None) -> None:
        self.prepared: list[str] = []
        self.goes_on = asyncio.Event()
        self.error = error

    async def prepare(self, path: str) -> None:
        self.prepared.append(path)
        await self.goes_on.wait()
        if self.error is not None:
            raise self.error


class Desk:
    def __init__(self, error: OSError | None = None) -> None:
        self.bus, self.scope, self.shadow = Bus(), TaskScope("test"), Shadow(error)
        self.ahead = ShadowAhead(self.shadow, self.bus, self.scope)
        self.snapshot = MemoryFiles(a__py="A = 1\n").snapshot("a.py")

    async def tell(self, proposal_id, state) -> None:
        proposal = Proposal(proposal_id, Instruction(self.snapshot, None, "shorter"), state)
        self.bus.publish(ProposalChanged(proposal))
        await asyncio.sleep(0)


async def test_the_first_attempt_at_a_proposal_makes_the_shadow_ready_once():
    desk = Desk()
    desk.shadow.goes_on.set()
    for state in (Queued(), Streaming(1), Streaming(1), Streaming(2), Ready()):
        await desk.tell("1", state)
    assert desk.shadow.prepared == ["a.py"]
    await asyncio.sleep(0)
    await desk.tell("2", Streaming(1))
    assert desk.shadow.prepared == ["a.py", "a.py"]
    await desk.scope.close()


async def test_while_it_is_made_ready_another_proposal_asks_for_nothing():
    desk = Desk()
    await desk.tell("1", Streaming(1))
    await desk.tell("2", Streaming(1))
    assert desk.shadow.prepared == ["a.py"]
    await desk.scope.close()


async def test_a_shadow_that_cannot_be_made_ready_is_told_by_the_check_that_needs_it():
    desk = Desk(OSError("no room"))
    desk.shadow.goes_on.set()
    await desk.tell("1", Streaming(1))
    await desk.scope.close()
    assert desk.shadow.prepared == ["a.py"]


async def test_a_closed_project_makes_nothing_ready():
    desk = Desk()
    await desk.scope.close()
    await desk.tell("1", Streaming(1))
    assert desk.shadow.prepared == []
