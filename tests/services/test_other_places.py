"""A failing test whose mistake is not where its run points at first."""

import asyncio
import time
from dataclasses import replace

import pytest
from fakes import MemoryFiles

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Check, Proposal, Queued
from spark_desktop.domain.trigger import FailingTest, Instruction, Span
from spark_desktop.services.judging import Judge
from spark_desktop.services.locate import is_same_place
from spark_desktop.services.other_places import OtherPlaces
from spark_desktop.services.small_mends import SmallMends, Tried

SYNTAX = TreeSitterSyntax()
KIT = "def connect(pads):\n    for pad in pads:\n        pad.hit = lambda: play(pad)\n"
RIGHT = KIT.replace("lambda: play", "lambda pad=pad: play")
PADS = "def hit(pads, number):\n    return pads[number]\n"


class Run:
    """Passes where the kit is right; keeps which files were tried."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, trigger, path, before, after):
        self.asked.append(path)
        passed = path == "kit.py" and after.endswith(RIGHT)
        return (Check("pytest", passed, "", proves=True),)


def files_of() -> MemoryFiles:
    files = MemoryFiles(kit__py=KIT, pads__py=PADS)
    files.write("gone.py", PADS)
    return files


def proposal_of(files: MemoryFiles, *others: str) -> Proposal:
    def failing(path, more=()):
        lines = Span(0, files.snapshot(path).text.content.count("\n"))
        return FailingTest(files.snapshot(path), lines, "test_hit", "1 != 2", ("pytest",), "", more)

    trigger = failing("pads.py", tuple(failing(path) for path in others))
    return Proposal("p", trigger, Queued(), model="small")


NOTHING = Tried(may_be_elsewhere=True)


async def mended(files, proposal, run, first=NOTHING, seconds=45.0):
    judge = Judge(SYNTAX)
    judge.by_trigger = run
    mends = SmallMends(SYNTAX, judge, files)
    return await OtherPlaces(files, SYNTAX, mends, seconds).mended(proposal, first)


async def test_the_other_places_are_tried_in_their_order():
    files, run = files_of(), Run()
    found, target = await mended(files, proposal_of(files, "gone.py", "kit.py"), run)
    assert apply(KIT, found.patch.hunks) == RIGHT
    assert (found.trigger.snapshot.path, target.content) == ("kit.py", KIT)
    assert found.region == target.region
    assert run.asked.index("gone.py") < run.asked.index("kit.py")
    assert "pads.py" not in run.asked  # that was tried before


async def test_a_place_is_looked_up_in_the_file_as_it_is_now():
    files, run = files_of(), Run()
    proposal = proposal_of(files, "gone.py", "kit.py")
    del files.data["gone.py"]
    files.write("kit.py", "import pads\n\n\n" + KIT)
    found, _ = await mended(files, proposal, run)
    assert found.trigger.lines == Span(3, 6)
    assert "gone.py" not in run.asked


async def test_without_a_proof_or_another_place_there_is_nothing():
    files, run = files_of(), Run()
    assert await mended(files, proposal_of(files, "gone.py"), run) is None
    assert await mended(files, proposal_of(files), run) is None
    asked = Instruction(files.snapshot("kit.py"), Span(0, 1), "mend it")
    assert await mended(files, Proposal("p", asked, Queued(), model="small"), run) is None


async def test_where_the_first_place_leaves_it_open_no_other_one_is_tried():
    files, run = files_of(), Run()
    proposal = proposal_of(files, "kit.py")
    assert await mended(files, proposal, run, Tried()) is None
    assert await mended(files, proposal, run, replace(NOTHING, took=30.0)) is None
    assert run.asked == []


async def test_what_leaves_two_changes_open_ends_it():
    class Both(Run):
        async def __call__(self, trigger, path, before, after):
            told = await super().__call__(trigger, path, before, after)
            is_either = path == "either.py" and (">=" in after) != ("or" in after)
            return (replace(told[0], passed=True),) if is_either else told

    files, run = files_of(), Both()
    files.write("either.py", "def f(a, b):\n    return a > 5 if b > 6 else 0\n")
    assert await mended(files, proposal_of(files, "either.py", "kit.py"), run) is None
    assert "kit.py" not in run.asked


async def test_one_place_that_is_pointed_at_twice_is_tried_once():
    files, run = files_of(), Run()
    proposal = proposal_of(files, "gone.py", "gone.py")
    trigger = proposal.trigger
    line = replace(trigger.others[0], lines=Span(1, 2))
    again = replace(trigger.others[0], snapshot=trigger.snapshot)
    proposal = replace(proposal, trigger=replace(trigger, others=(line, *trigger.others, again)))
    first = replace(NOTHING, took=0.1)
    await mended(files, replace(proposal, region=Span(0, 2)), run, first)
    once = len(run.asked)
    run.asked.clear()
    await mended(files, proposal_of(files, "gone.py"), run)
    assert len(run.asked) == once


async def test_lines_that_are_gone_are_no_place():
    files, run = files_of(), Run()
    files.write("kit.py", f"PADS = 4\n{KIT}")
    trigger = proposal_of(files, "kit.py").trigger
    (there,) = trigger.others
    trigger = replace(trigger, others=(replace(there, lines=Span(1, 4)),))
    files.write("kit.py", "PADS = 4\n")
    proposal = Proposal("p", trigger, Queued(), model="small")
    assert await mended(files, proposal, run) is None
    assert run.asked == []


@pytest.mark.parametrize("first", [NOTHING, replace(NOTHING, is_whole=False)])
async def test_where_there_was_no_time_for_a_likelier_place_that_is_said(first):
    files = files_of()
    found, _ = await mended(files, proposal_of(files, "kit.py"), Run(), first)
    assert any(one.is_advice for one in found.evidence) == (not first.is_whole)


async def test_nobody_waits_for_a_run_that_does_not_come_back():
    ended = []

    class Stuck(Run):
        async def __call__(self, trigger, path, before, after):
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                ended.append(path)
                raise

    files = files_of()
    begun = time.monotonic()
    assert (
        await mended(files, proposal_of(files, "gone.py", "kit.py"), Stuck(), seconds=0.05) is None
    )
    assert time.monotonic() - begun < 5
    assert ended == ["gone.py"]
    # Stopped by the user it is no timeout.
    task = asyncio.create_task(mended(files, proposal_of(files, "kit.py"), Stuck()))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_failure_that_comes_again_replaces_what_was_proposed_elsewhere():
    files = files_of()
    proposal = proposal_of(files, "kit.py")
    found, _ = await mended(files, proposal, Run())
    assert is_same_place(found.trigger, proposal.trigger)
    assert is_same_place(found.trigger, replace(found.trigger, first_path=""))
    assert not is_same_place(found.trigger, replace(proposal.trigger, name="another"))
    assert not is_same_place(proposal.trigger, proposal.trigger.others[0])
