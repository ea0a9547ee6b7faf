"""A proposal that begins lets the tests run on the text before it, and one that ends stops them."""

import asyncio

import pytest
from fakes import LineSyntax, MemoryFiles

from spark_desktop.domain.events import ProposalChanged
from spark_desktop.domain.proposal import Cancelled, Proposal, Queued, Ready, Streaming
from spark_desktop.domain.trigger import FollowUp, Instruction
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.services.shadow_ahead import ShadowAhead
from spark_desktop.services.tasks import TaskScope

TEXT = "A = 1\n"


class Checks:
    def __init__(self, error: OSError | None = None) -> None:
        self.looked: list[tuple[str, str]] = []
        self.goes_on = asyncio.Event()
        self.ended = 0
        self.error = error

    async def look_ahead(self, path: str, before: str) -> None:
        self.looked.append((path, before))
        await self.goes_on.wait()
        self.ended += 1
        if self.error is not None:
            raise self.error


class Desk:
    def __init__(self, error: OSError | None = None) -> None:
        self.bus, self.scope, self.checks = Bus(), TaskScope("test"), Checks(error)
        self.ahead = ShadowAhead(self.checks, self.bus, self.scope)
        self.files = MemoryFiles(a__py=TEXT)

    async def tell(self, proposal_id, state, trigger=None) -> None:
        trigger = trigger or Instruction(self.files.snapshot("a.py"), None, "shorter")
        self.bus.publish(ProposalChanged(Proposal(proposal_id, trigger, state)))
        await asyncio.sleep(0)


@pytest.fixture
async def desk():
    made = Desk()
    yield made
    await made.scope.close()


async def test_the_first_attempt_at_a_proposal_looks_ahead_once(desk):
    desk.checks.goes_on.set()
    for state in (Queued(), Streaming(1), Streaming(1), Streaming(2), Ready()):
        await desk.tell("1", state)
    assert desk.checks.looked == [("a.py", TEXT)]
    await desk.tell("2", Streaming(1))
    assert desk.checks.looked == [("a.py", TEXT)] * 2


async def test_the_text_before_has_no_comment_that_asks_as_the_evidence_has_none(desk):
    desk.files.write("a.py", f"# double it AI!\n{TEXT}")
    (trigger,) = LineSyntax().triggers(desk.files.snapshot("a.py"))
    await desk.tell("1", Streaming(1), trigger)
    assert desk.checks.looked == [("a.py", TEXT)]


async def test_a_proposal_that_is_stopped_ends_it_and_another_ones_end_does_not(desk):
    await desk.tell("1", Streaming(1))
    await desk.tell("0", Cancelled(say("stopped")))
    await desk.tell("1", Cancelled(say("stopped")))
    desk.checks.goes_on.set()
    await asyncio.sleep(0)
    assert (len(desk.checks.looked), desk.checks.ended) == (1, 0)
    await desk.tell("2", Streaming(1))
    await desk.tell("1", Cancelled(say("stopped")))
    assert desk.checks.ended == 1


async def test_for_what_is_computed_there_is_no_time_to_look_ahead(desk):
    trigger = FollowUp(desk.files.snapshot("a.py"), None, say("a is b"), "rename it")
    await desk.tell("1", Streaming(1), trigger)
    assert desk.checks.looked == []


async def test_where_there_can_be_no_shadow_the_check_that_needs_it_says_so():
    desk = Desk(OSError("no room"))
    desk.checks.goes_on.set()
    await desk.tell("1", Streaming(1))
    await desk.scope.close()
    assert desk.checks.ended == 1


async def test_a_closed_project_looks_at_nothing(desk):
    await desk.scope.close()
    await desk.tell("1", Streaming(1))
    assert desk.checks.looked == []
