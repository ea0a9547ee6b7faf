"""Code from the chat becomes a proposal like any other, without a model."""

import pytest
from fakes import MemoryFiles

from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Ready, Withheld
from spark_desktop.domain.trigger import Insertion, Span

FILE = "def mean(values):\n    pass\n\n\ndef other():\n    return 1\n"


async def insertion(world, code, lines=None):
    return await world.ready(Insertion(await world.files.read("a.py"), lines, code))


async def test_code_is_proposed_for_the_end_of_the_file_and_no_model_is_asked(world_of):
    world = world_of(MemoryFiles(a__py=FILE))
    proposal = await insertion(world, "def more():\n    return 2\n")
    assert proposal.state == Ready()
    assert apply(FILE, proposal.patch.hunks) == FILE + "\ndef more():\n    return 2\n"
    assert world.endpoint.requests == []
    assert all(check.passed for check in proposal.evidence)


async def test_code_goes_into_a_file_with_a_secret_since_nothing_of_it_is_sent(world_of):
    secret = "pass" + "word = 'hK8s9d7fJw2LmQx0Zt'\n"
    world = world_of(MemoryFiles(a__py=FILE + secret))
    proposal = await insertion(world, "def more():\n    return 2\n")
    assert proposal.state == Ready()
    assert world.endpoint.requests == []


async def test_code_is_proposed_in_the_place_of_the_selected_lines(world_of):
    world = world_of(MemoryFiles(a__py=FILE))
    proposal = await insertion(world, "return sum(values) / len(values)", Span(1, 2))
    assert proposal.region == Span(1, 2)
    after = apply(FILE, proposal.patch.hunks)
    assert after.startswith("def mean(values):\n    return sum(values) / len(values)\n\n")


@pytest.mark.parametrize(
    ("code", "lines", "reason"),
    [
        ("def broken(:\n", None, "syntax"),
        ("pass", Span(1, 2), "changes nothing"),
        ("# ... rest of the code\n", Span(0, 2), "leaves code out"),
    ],
)
async def test_what_fails_a_check_is_withheld_with_the_reason(world_of, code, lines, reason):
    world = world_of(MemoryFiles(a__py=FILE))
    proposal = await insertion(world, code, lines)
    assert isinstance(proposal.state, Withheld)
    assert reason in proposal.state.reason


async def test_an_insertion_moves_with_its_lines_when_the_file_was_saved_meanwhile(world_of):
    world = world_of(MemoryFiles(a__py=FILE))
    trigger = Insertion(await world.files.read("a.py"), Span(1, 2), "return 0")
    world.files.write("a.py", "import math\n\n\n" + FILE)
    proposal = await world.ready(trigger)
    assert proposal.region == Span(4, 5)
