"""Large models change long files by blocks instead of writing them anew."""

from dataclasses import replace

import pytest
from fakes import MODEL, Answer, MemoryFiles

from spark_desktop.domain.completion import SEARCH_REPLACE
from spark_desktop.domain.events import ProposalStreamed
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Failed, Ready, Withheld
from spark_desktop.domain.trigger import Instruction, Span

LARGE = replace(MODEL, formats=(SEARCH_REPLACE, "region"), is_local=False, context=32_768)
LONG = "".join(f"def f{number}():\n    return {number}\n\n\n" for number in range(60))


def block(old: str, new: str, path: str = "a.py") -> str:
    return f"{path}\n```\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n```\n"


CHANGE = block("    return 7\n", "    return 70\n") + block("    return 9\n", "    return 90\n")


@pytest.fixture
def asked(world_of):
    async def ask(*answers, lines=None, model=LARGE):
        world = world_of(MemoryFiles(a__py=LONG), *answers)
        world.endpoint.become(model)
        snapshot = await world.files.read("a.py")
        trigger = Instruction(snapshot, lines, "multiply two of the results")
        return world, await world.ready(trigger)

    return ask


async def test_a_file_in_which_no_place_is_named_is_changed_in_several(asked):
    world, proposal = await asked(CHANGE)
    assert proposal.state == Ready()
    after = apply(LONG, proposal.patch.hunks)
    assert after == LONG.replace("return 7\n", "return 70\n").replace("return 9\n", "return 90\n")
    assert len(proposal.patch.hunks) == 2
    question = world.endpoint.requests[0].messages[-1].text
    assert "<<<<<<< SEARCH" in question
    assert LONG.rstrip() in question


async def test_what_is_complete_is_shown_while_it_is_written(asked):
    world, _ = await asked(Answer(*CHANGE.splitlines(keepends=True)))
    texts = [event.text for event in world.seen.of(ProposalStreamed)]
    assert [("return 70\n" in text, "return 90\n" in text) for text in texts] == [
        (True, False),
        (True, True),
    ]


async def test_a_block_without_a_place_is_asked_for_again_with_the_reason(asked):
    nowhere = block("    return 'never'\n", "    return 70\n")
    world, proposal = await asked(nowhere, CHANGE)
    assert proposal.state == Ready()
    assert "found no place" in world.endpoint.requests[1].messages[-1].text


async def test_an_answer_about_another_file_is_withheld(asked):
    other = block("    return 7\n", "    return 70\n", path="b.py")
    _, proposal = await asked(other, other)
    assert isinstance(proposal.state, Withheld)
    assert "another file than a.py" in proposal.state.reason


async def test_a_block_that_was_cut_off_is_withheld(asked):
    cut = CHANGE[: CHANGE.rindex(">>>>>>> REPLACE")]
    _, proposal = await asked(cut, cut)
    assert isinstance(proposal.state, Withheld)
    assert "no complete block" in proposal.state.reason


async def test_a_short_region_is_still_written_anew(asked):
    world, proposal = await asked("```python\ndef f1():\n    return 10\n```", lines=Span(4, 6))
    assert proposal.state == Ready()
    assert "SEARCH" not in world.endpoint.requests[0].messages[-1].text


async def test_a_small_model_still_needs_the_place(asked):
    _, proposal = await asked(CHANGE, model=MODEL)
    assert isinstance(proposal.state, Failed)
    assert "names none of its functions" in proposal.state.reason
