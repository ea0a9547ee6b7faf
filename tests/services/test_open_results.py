"""A result whose type only names a container, where types were asked for."""

from dataclasses import replace

import pytest
from fakes import MODEL, MemoryFiles

from spark_desktop.domain.effort import Effort
from spark_desktop.domain.proposal import Ready, Withheld
from spark_desktop.domain.trigger import Instruction, Span

CODE = "def by_station(lines):\n    found = make(lines)\n    return found\n"
HEAD = "def by_station(lines: list[str]) -> {result}:\n"
SAID = (
    HEAD + '    """Return the depths of each station in ``lines``."""\n' + CODE.partition("\n")[2]
)


@pytest.mark.parametrize(
    ("model", "result", "asked", "is_ready"),
    [
        ("qwen2.5-coder-1.5b", "dict", "write a docstring and add the types", False),
        ("qwen2.5-coder-1.5b", "dict[str, list[float]]", "write a docstring and add types", True),
        ("qwen2.5-coder-1.5b", "dict", "write a docstring", True),
        ("qwen2.5-coder-7b", "dict", "write a docstring and add the types", True),
    ],
)
async def test_a_small_models_result_says_what_is_in_it(world_of, model, result, asked, is_ready):
    said = f"```python\n{SAID.format(result=result)}```\n"
    world = world_of(MemoryFiles(a__py=CODE), said)
    world.endpoint.become(replace(MODEL, id=model, fim=False))
    world.suggester.effort = Effort(repairs=0, samples=1, doubts=False)
    snapshot = await world.files.read("a.py")
    proposal = await world.ready(Instruction(snapshot, Span(0, 3), asked))
    if is_ready:
        assert proposal.state == Ready()
    else:
        assert isinstance(proposal.state, Withheld)
        assert proposal.state.reason == "The result's type does not say what is in it."
