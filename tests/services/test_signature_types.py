"""Types that a documentation lacks: the model fills each in by itself."""

from dataclasses import replace

import pytest
from fakes import MODEL, MemoryFiles

from spark_desktop.domain.call_types import Called, CallTypes
from spark_desktop.domain.code import Reference, UseKind
from spark_desktop.domain.completion import InfillRequest
from spark_desktop.domain.effort import Effort
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Ready, Withheld
from spark_desktop.domain.trigger import EditComment, Instruction, Span
from spark_desktop.services.call_types import CallsEverywhere

CODE = (
    "LEFT = 1\n\n\n"
    'def repeated(word, count=None, *, mark="-"):\n    return mark.join([word] * (count or 2))\n'
)
SAID = CODE.partition("\n\n\n")[2].replace(
    ":\n", ':\n    """Return a word several times, with marks between."""\n', 1
)
ASKED = "add a docstring, and types for the parameters and the result"
WORD, COUNT, MARK = ("str, count",) * 3, ("int, limit", "int", "int)"), ("str) -> str:",) * 3


class StandingIndex:
    """Knows the files that use any name."""

    def __init__(self, references=(), is_ready=True) -> None:
        self.paths, self.is_ready = references, is_ready

    async def ready(self, seconds):
        return self.is_ready

    async def references(self, name, most=500):
        return tuple(Reference(name, path, 0, 0, UseKind.CALL) for path in self.paths)


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


SMALL = replace(MODEL, id="qwen2.5-coder-0.5b")


@pytest.fixture
def shown(world_of):
    """Return what documents the function, and the calls of a test that the workspace has."""

    async def ask(test, *answers, model=SMALL):
        files = MemoryFiles(a__py=CODE, t__py=f"from a import repeated\n{test}")
        world = world_of(files, fenced(SAID), *answers)
        world.endpoint.become(model)
        world.suggester.effort = Effort(repairs=0, samples=1)
        index = StandingIndex(references=["a.py", "t.py", "notes.md", "gone.py"])
        world.suggester.calls = CallsEverywhere(index, world.files)
        snapshot = await world.files.read("a.py")
        return world, await world.ready(Instruction(snapshot, Span(3, 5), ASKED))

    return ask


async def test_what_calls_pass_needs_no_model(shown):
    world, proposal = await shown('repeated("a", 2)\nrepeated("b")\n', *MARK)
    assert proposal.state == Ready()
    assert "word: str, count: int | None = None" in head_of(world, proposal)
    assert len(world.endpoint.requests) == 1


@pytest.mark.parametrize(
    ("test", "answers", "is_ready"),
    [
        ("repeated(word)\nrepeated('a', 2)\n", WORD, True),  # all that is known agrees
        ("repeated(word, 2)\n", WORD, False),
        ("repeated('a', other)\n", ("int",) * 3, False),
    ],
)
async def test_small_models_are_believed_what_calls_confirm(shown, test, answers, is_ready):
    _, proposal = await shown(test, *answers)
    assert (proposal.state == Ready()) is is_ready


async def test_small_models_are_believed_a_result_that_tests_compare_with(world_of):
    code = "def picked(word: str):\n    return pick(word)\n"
    said = code.replace(":\n    r", ':\n    """Return what is picked."""\n    r')
    for test, is_ready in (("assert picked('a') == 3\n", True), ("picked('a')\n", False)):
        test = f"from a import picked\n{test}"
        world = world_of(MemoryFiles(a__py=code, t__py=test), fenced(said), *("int",) * 3)
        world.endpoint.become(SMALL)
        world.suggester.effort = Effort(repairs=0, samples=1)
        world.suggester.calls = CallsEverywhere(StandingIndex(references=["t.py"]), world.files)
        snapshot = await world.files.read("a.py")
        proposal = await world.ready(Instruction(snapshot, Span(0, 2), ASKED))
        assert (proposal.state == Ready()) is is_ready


async def test_an_index_that_is_not_ready_shows_nothing():
    calls = CallsEverywhere(StandingIndex(is_ready=False), MemoryFiles())
    assert await calls(Called("f", ("a",))) == CallTypes()


MONEY = "class Money:\n    amount = 0\n\n\n"


@pytest.mark.parametrize(
    ("before", "behind", "is_type"),
    [
        (MONEY, "", True),
        ("", f"\n\n{MONEY}", False),  # it does not exist yet
        ("from __future__ import annotations\n\n\n", f"\n\n{MONEY}", True),
    ],
)
async def test_a_class_is_a_type_where_it_is_there_already(world_of, before, behind, is_type):
    code = "def total(order):\n    return order.pay()\n"
    said = code.replace(":\n    r", ':\n    """Return what is paid."""\n    r')
    test = "from a import Money, total\ntotal(Money())\n"
    files = MemoryFiles(a__py=before + code + behind, t__py=test)
    world = world_of(files, fenced(before + said + behind), *("object",) * 6)
    world.suggester.effort = Effort(repairs=0, samples=1)
    world.suggester.calls = CallsEverywhere(StandingIndex(references=["t.py"]), world.files)
    snapshot = await world.files.read("a.py")
    lines = Span(0, len((before + code + behind).splitlines()))
    told = "add a docstring to the function `total`, and types for its parameters and the result"
    proposal = await world.ready(Instruction(snapshot, lines, told))
    assert proposal.state == Ready()
    text = apply(world.files.text("a.py"), proposal.patch.hunks)
    assert ("def total(order: Money)" in text) is is_type


@pytest.mark.parametrize(("name", "is_type"), [("Money", True), ("MONEY", False)])
async def test_what_is_imported_is_a_type_unless_it_is_a_constant(asked, name, is_type):
    code = CODE.replace("LEFT = 1", f"from money import {name}")
    _, proposal = await asked(*(name,) * 3, *COUNT, *MARK, code=code)
    assert (proposal.state == Ready()) is is_type


async def test_a_method_gets_no_type_of_its_own_class(world_of):
    code = "class Money:\n    def merge(self, other):\n        self.parts = other.parts\n"
    said = code.replace("):\n", '):\n        """Merge it."""\n')
    files = MemoryFiles(a__py=code, t__py="from a import Money\nMoney().merge(Money())\n")
    world = world_of(files, fenced(said), *("Money",) * 3)
    world.suggester.effort = Effort(repairs=0, samples=1)
    world.suggester.calls = CallsEverywhere(StandingIndex(references=["t.py"]), world.files)
    snapshot = await world.files.read("a.py")
    told = "add a docstring to the method `merge`, and types for its parameters and the result"
    proposal = await world.ready(Instruction(snapshot, Span(0, 3), told))
    assert isinstance(proposal.state, Withheld)
    assert "There is no type for other" in proposal.state.reason


async def test_the_calls_of_too_many_files_are_not_all():
    files = MemoryFiles(**{f"t{one}__py": "from a import f\nf(1)\n" for one in range(21)})
    called = Called("f", ("a",), path="a.py")
    for count, types in ((20, {"int"}), (21, {"int", ""})):
        index = StandingIndex(references=[f"t{one}.py" for one in range(count)])
        assert await CallsEverywhere(index, files)(called) == CallTypes({"a": types})


async def test_a_whole_number_as_a_default_alone_is_no_proof(asked):
    code = CODE.replace("count=None", "count=2")
    world, proposal = await asked(
        *WORD, *("float",) * 3, *MARK, code=code, said=SAID.replace("count=None", "count=2")
    )
    assert "count: float = 2" in head_of(world, proposal)
