"""Many answers where the user named the test that decides: which is tested, and when it ends."""

from dataclasses import replace

import pytest
from fakes import ENDED, MODEL, Answer, MemoryFiles

from spark_desktop.domain.completion import Usage
from spark_desktop.domain.effort import Effort
from spark_desktop.domain.errors import EndpointError
from spark_desktop.domain.patch import apply, compute
from spark_desktop.domain.proposal import Check, Proposal, Queued, Ready, Withheld
from spark_desktop.domain.trigger import Instruction
from spark_desktop.services.many_tries import likeliest_first
from spark_desktop.services.other_answers import Drawn

COMMENT = "def double(value):\n    # return twice the value AI!\n    return value\n"
# One answer at first, one that is told the failure, and four rounds of four.
MOST = 18


def answer(result: str) -> str:
    return f"```python\ndef double(value):\n    return {result}\n```\n"


@pytest.fixture
def asked(world_of):
    """Return what asks for the comment's proposal, with what the named test was run on."""

    async def ask(*results, right="value * 2", effort=None, model=None, seconds=0.0):
        answers = [answer(one) if isinstance(one, str) else one for one in results]
        world = world_of(MemoryFiles(a__py=COMMENT), *answers)
        world.endpoint.become(model or replace(MODEL, fim=False))
        world.suggester.effort = effort or Effort(samples=3, trusts=True)
        tested = []

        async def test(path, before, after):
            world.clock.seconds += seconds
            tested.append(after.splitlines()[-1].removeprefix("    return "))
            return (Check("tests", right in after, "wrong", proves=True),)

        world.suggester.project = test
        (trigger,) = world.triggers("a.py")
        return world, await world.ready(trigger), tested

    return ask


async def test_answers_are_drawn_until_one_passes(asked):
    wrong = [f"value + {number}" for number in range(9)]
    world, proposal, tested = await asked(*wrong, "value * 2", *["0"] * 8)
    assert proposal.state == Ready()
    assert apply(COMMENT, proposal.patch.hunks).endswith("return value * 2\n")
    assert tested == [*wrong, "value * 2"]
    # A round goes to its end: its answers are made together.
    assert len(world.endpoint.requests) == 10
    assert len({request.seed for request in world.endpoint.requests[1:]}) == 9
    drawn = world.endpoint.requests[2:]
    assert [request.temperature for request in drawn] == [0.7] * 4 + [0.9] * 4


async def test_of_a_round_what_most_answers_agree_on_is_tested_first(asked):
    _, proposal, tested = await asked("1", "2", "abs(value) * 2", "value * 2", "3", "value * 2")
    assert tested == ["1", "2", "value * 2"]
    assert proposal.state == Ready()


async def test_no_text_is_tested_twice_and_it_ends_with_all_that_it_cost(asked):
    world, proposal, tested = await asked("1", "2", *["1", "2", "3", "value"] * 4)
    assert tested == ["1", "2", "3"]
    assert proposal.state == Withheld("wrong")
    assert len(world.endpoint.requests) == MOST
    once = ENDED.usage
    sums = [once.prompt_tokens * MOST, once.completion_tokens * MOST, once.cached_tokens * MOST]
    assert proposal.usage == Usage(*sums)


async def test_no_round_begins_after_two_minutes(asked):
    world, proposal, tested = await asked(*map(str, range(MOST)), seconds=40.0)
    assert proposal.state == Withheld("wrong")
    # The third one ended after the time.
    assert len(tested) == 2 + 4
    assert len(world.endpoint.requests) == 2 + 4


async def test_no_test_begins_after_two_minutes(asked):
    _, proposal, tested = await asked(*map(str, range(MOST)), seconds=70.0)
    assert proposal.state == Withheld("wrong")
    assert len(tested) == 2 + 2


async def test_where_nobody_answers_any_more_what_was_found_is_told(asked):
    gone = Answer("", error=EndpointError("The core has ended.", "Start it again."))
    _, proposal, tested = await asked("1", "2", "3", gone, "4", "5")
    assert proposal.state == Withheld("wrong")
    assert tested == ["1", "2"]


@pytest.mark.parametrize(
    ("model", "effort"),
    [
        (replace(MODEL, fim=False, is_local=False), None),
        (None, Effort(samples=1, trusts=True)),
    ],
)
async def test_only_answers_that_cost_nothing_are_asked_for_so_often(asked, model, effort):
    world, proposal, _ = await asked(*map(str, range(MOST)), model=model, effort=effort)
    assert proposal.state == Withheld("wrong")
    assert len(world.endpoint.requests) <= 4


async def test_without_a_named_test_there_are_as_many_as_before(asked):
    world, proposal, _ = await asked(*map(str, range(MOST)), effort=Effort(samples=3))
    assert proposal.state == Withheld("wrong")
    assert len(world.endpoint.requests) == 1 + 1 + 5


def test_of_answers_as_frequent_the_surer_one_is_tested_first(proposal_of):
    one, two, three = (proposal_of(text) for text in ("1", "2", "3"))
    broken = replace(three, evidence=(Check("parses", False, "no"),))
    drawn = [Drawn(one, None), Drawn(two, -0.2), Drawn(three, -0.1), Drawn(broken, 0.0)]
    assert likeliest_first(drawn) == [three, two, one]


@pytest.fixture
def proposal_of():
    """Make proposals of one file, each with its own text."""
    asked_in = MemoryFiles(a__py=COMMENT).snapshot("a.py")

    def make(result):
        patch = compute("a.py", asked_in.digest, COMMENT, COMMENT.replace("value\n", f"{result}\n"))
        return Proposal("p", Instruction(asked_in, None, "x"), Queued(), patch=patch)

    return make
