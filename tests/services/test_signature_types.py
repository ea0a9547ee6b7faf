"""Types that a documentation lacks: the model fills each in by itself."""

from dataclasses import replace

import pytest
from fakes import MODEL, MemoryFiles

from spark_desktop.domain.completion import InfillRequest
from spark_desktop.domain.effort import Effort
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Ready, Withheld
from spark_desktop.domain.trigger import EditComment, Instruction, Span

CODE = (
    "LEFT = 1\n\n\n"
    'def repeated(word, count=None, *, mark="-"):\n    return mark.join([word] * (count or 2))\n'
)
SAID = CODE.partition("\n\n\n")[2].replace(
    ":\n", ':\n    """Return a word several times, with marks between."""\n', 1
)
ASKED = "add a docstring, and types for the parameters and the result"
WORD, COUNT, MARK = ("str, count",) * 3, ("int, limit", "int", "int)"), ("str) -> str:",) * 3


def fenced(code: str) -> str:
    return f"```python\n{code}```\n"


@pytest.fixture
def asked(world_of):
    async def ask(*answers, said=SAID, instruction=ASKED, code=CODE, fim=True):
        world = world_of(MemoryFiles(a__py=code), fenced(said), *answers)
        world.endpoint.become(replace(MODEL, fim=fim))
        world.suggester.effort = Effort(repairs=0, samples=1)
        snapshot = await world.files.read("a.py")
        lines = Span(3, 5)
        return world, await world.ready(Instruction(snapshot, lines, instruction))

    return ask


def head_of(world, proposal):
    text = apply(world.files.text("a.py"), proposal.patch.hunks)
    return next(line for line in text.splitlines() if line.startswith("def "))


async def test_each_type_is_filled_in_and_a_result_is_seen_in_the_code(asked):
    world, proposal = await asked(*WORD, *COUNT, *MARK)
    assert proposal.state == Ready()
    assert head_of(world, proposal) == (
        'def repeated(word: str, count: int | None = None, *, mark: str = "-") -> str:'
    )
    _, *filled = world.endpoint.requests
    assert all(isinstance(one, InfillRequest) for one in filled)
    assert filled[0].prefix.endswith("def repeated(word: ")
    assert filled[0].suffix.startswith(', count=None, *, mark="-"):\n    """Return a word')
    assert filled[3].prefix.endswith("def repeated(word: str, count: ")
    assert proposal.usage.completion_tokens > 9


@pytest.mark.parametrize(
    "answers",
    [
        ("str", "str", "int"),  # they do not agree
        ("Word", "Word", "Word"),  # nobody knows it
        ("", "", ""),
        (*WORD, *COUNT, *(("int",) * 3)),  # an int has no join
    ],
)
async def test_a_type_that_is_not_sure_is_not_written(asked, answers):
    _, proposal = await asked(*answers)
    assert isinstance(proposal.state, Withheld)
    assert "There is no type for word, count, mark" in proposal.state.reason


async def test_a_result_that_is_none_in_one_case_may_be_none(asked):
    code = CODE.replace("return mark", "if word:\n        return mark.pick")
    said = SAID.replace("return mark", "if word:\n        return mark.pick")
    mark = ("Mark",) * 3
    code = code.replace("LEFT = 1", "from marks import Mark")
    world, proposal = await asked(
        *WORD,
        *COUNT,
        *mark,
        *("str",) * 3,
        said=said.replace('"-"', "Mark()"),
        code=code.replace('"-"', "Mark()"),
    )
    assert head_of(world, proposal).endswith("mark: Mark = Mark()) -> str | None:")


async def test_a_class_of_the_file_is_a_type(asked):
    code = CODE.replace("LEFT = 1", "from words import Word")
    world, proposal = await asked(*("Word",) * 3, *COUNT, *MARK, code=code)
    assert "word: Word, count" in head_of(world, proposal)


@pytest.mark.parametrize(
    ("said", "fim", "instruction"),
    [
        (SAID, False, ASKED),  # the model fills nothing in
        (SAID, True, "add a docstring that names `count`, and types for the parameters"),
        (SAID.replace("(word, count", "(\n    word, count"), True, ASKED),
    ],
)
async def test_nothing_is_filled_in_where_that_is_not_all(asked, said, fim, instruction):
    _, proposal = await asked(*WORD, *COUNT, *MARK, said=said, instruction=instruction, fim=fim)
    assert isinstance(proposal.state, Withheld)


async def test_the_request_may_stand_in_a_comment(world_of):
    code = CODE.replace("    return", f"    # {ASKED}, AI!\n    return")
    world = world_of(MemoryFiles(a__py=code), fenced(SAID), *WORD, *COUNT, *MARK)
    world.suggester.effort = Effort(repairs=0, samples=1)
    (trigger,) = world.triggers("a.py")
    assert isinstance(trigger, EditComment)
    proposal = await world.ready(trigger)
    assert proposal.state == Ready()
    assert "word: str, count: int | None = None" in head_of(world, proposal)


async def test_each_method_of_a_class_gets_its_types(world_of):
    code = (
        "class Line:\n    def add(self, car):\n        self.cars.append(car)\n\n"
        "    def all(self):\n        return len(self.cars)\n"
    )
    said = code.replace("car):\n", 'car):\n        """Add a car."""\n').replace(
        "all(self):\n", 'all(self):\n        """Return how many there are."""\n'
    )
    world = world_of(MemoryFiles(a__py=code), fenced(said), *("str",) * 3)
    world.suggester.effort = Effort(repairs=0, samples=1)
    snapshot = await world.files.read("a.py")
    told = "add docstrings to the methods `add` and `all`, and types for parameters and results"
    proposal = await world.ready(Instruction(snapshot, Span(0, 6), told))
    assert proposal.state == Ready()
    text = apply(code, proposal.patch.hunks)
    assert "def add(self, car: str) -> None:" in text
    assert "def all(self) -> int:" in text
