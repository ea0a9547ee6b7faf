"""Small models are not asked on where no answer of theirs could be shown."""

from dataclasses import replace

import pytest
from fakes import MODEL, MemoryFiles

from spark_desktop.domain.effort import Effort
from spark_desktop.domain.line_comment import LineComment
from spark_desktop.domain.proposal import Check, Ready, Withheld
from spark_desktop.domain.trigger import FollowUp, Span

SMALL = replace(MODEL, id="qwen2.5-coder-0.5b", fim=False)
LARGE = replace(SMALL, id="qwen2.5-coder-7b")
STUB = "def double(value):\n    pass\n"
COMMENT = "def double(value):\n    # return twice the value AI!\n    return value\n"
BROKEN = "```python\ndef double(value):\n    return (value * 2\n```\n"
TIMES = "```python\ndef double(value):\n    return value * 2\n```\n"


async def world_with(world_of, code, *, model=SMALL, may_prove=False, effort=None):
    world = world_of(MemoryFiles(a__py=code), BROKEN, *[TIMES] * 5)
    world.endpoint.become(model)
    world.suggester.effort = effort or Effort(samples=3)
    asked = []

    async def proves(path, before):
        asked.append((path, before))
        return may_prove

    async def passes(path, before, after):
        return (Check("tests", True, proves=True),)

    if may_prove:
        world.suggester.project = passes
    world.suggester.judge.may_prove = proves
    (trigger,) = world.triggers("a.py")
    return world, await world.ready(trigger), asked


@pytest.mark.parametrize("effort", [Effort(samples=3), Effort(samples=3, project=False)])
async def test_where_nothing_can_prove_it_one_answer_is_all(world_of, effort):
    world, proposal, asked = await world_with(world_of, STUB, effort=effort)
    assert isinstance(proposal.state, Withheld)
    assert proposal.patch is not None
    assert len(world.endpoint.requests) == 1
    assert asked == ([("a.py", STUB)] if effort.project else [])


@pytest.mark.parametrize(
    ("code", "more"),
    [
        (STUB, {"may_prove": True}),
        (STUB, {"model": LARGE}),
        (STUB, {"effort": Effort(samples=3, doubts=False)}),
        # Somebody typed it: answers that agree are shown.
        (COMMENT, {}),
    ],
)
async def test_else_the_model_is_asked_on(world_of, code, more):
    world, proposal, _ = await world_with(world_of, code, **more)
    assert proposal.state == Ready()
    assert len(world.endpoint.requests) > 1


async def test_what_the_user_has_said_something_to_is_asked_on(world_of):
    world = world_of(MemoryFiles(a__py=STUB), TIMES, BROKEN, TIMES)
    world.endpoint.become(SMALL)
    world.suggester.effort = Effort(samples=3)

    async def passes(path, before, after):
        return (Check("tests", True, proves=True),)

    async def proves(path, before):
        return False

    world.suggester.project, world.suggester.judge.may_prove = passes, proves
    (trigger,) = world.triggers("a.py")
    first = await world.ready(trigger)
    comment = LineComment(1, True, "    return value * 2", "say why")
    again = world.turns.revise(first.id, (comment,))
    await world.turns.idle()
    assert world.board.get(again).state == Ready()
    assert len(world.endpoint.requests) == 3


TOO_LONG = "A model of this size does not follow a change through 203 lines."
UNPROVED = (
    "Not asked for: no test can prove it here, and models of this size are mostly wrong "
    "without one."
)


@pytest.mark.parametrize(
    ("lines", "model", "may_prove", "why"),
    [
        (20, SMALL, True, None),
        (20, SMALL, False, UNPROVED),
        (200, SMALL, True, TOO_LONG),
        (20, LARGE, False, None),
        (200, LARGE, False, None),
    ],
)
async def test_a_follow_up_of_which_nothing_can_come_is_not_asked_for_of_a_small_model(
    world_of, lines, model, may_prove, why
):
    body = "".join(f"    total += numbers[{number}]\n" for number in range(lines))
    code = f"def add(numbers):\n    total = 0\n{body}    return total\n"
    world = world_of(MemoryFiles(a__py=code), *[f"```python\n{code}```\n"] * 9)
    world.endpoint.become(model)
    world.suggester.effort = Effort(repairs=0, samples=1 if model is LARGE else 3)

    async def proves(path, before):
        return may_prove

    world.suggester.judge.may_prove = proves
    trigger = FollowUp(world.files.snapshot("a.py"), Span(2, 3), "numbers", "use numbers")
    proposal = await world.ready(trigger)
    assert isinstance(proposal.state, Withheld)
    assert bool(world.endpoint.requests) is (why is None)
    if why is None:
        return
    assert str(proposal.state.reason) == why
    assert proposal.patch is None
    # Who asks once more gets an answer to look at.
    again = world.turns.repeat(proposal.id)
    await world.turns.idle()
    assert world.endpoint.requests
    assert str(world.board.get(again).state.reason) != why
