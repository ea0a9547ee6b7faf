"""What the core is warmed up with is the beginning of what it is asked next, word for word.

Else reading ahead is wasted: a server reuses of a prompt only what begins as an earlier one did.
Both are captured here as they are sent, the second one from the real Suggester.
"""

import asyncio
from dataclasses import replace

import pytest
from composer_fakes import FakeDiffs, FakeTokenizer
from fakes import MODEL, FakeClock, FakeCore, FakeEndpoint, MemoryFiles
from hypothesis import given
from hypothesis import strategies as st
from law_cases import law

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.completion import (
    SEARCH_REPLACE,
    ChatRequest,
    InfillRequest,
    ModelInfo,
    Request,
)
from spark_desktop.domain.effort import Effort
from spark_desktop.domain.errors import ContextExceededError
from spark_desktop.domain.events import FilesChanged
from spark_desktop.domain.prompt_layout import ALL_KINDS, ContextPlan
from spark_desktop.domain.proposal import Proposal, Queued
from spark_desktop.domain.trigger import Instruction, Span, Stub
from spark_desktop.services.answers import CoreAnswers
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.bus import Bus
from spark_desktop.services.composing import Surroundings
from spark_desktop.services.proposal_context import proposal_context
from spark_desktop.services.secret_guard import SecretGuard
from spark_desktop.services.suggest import Suggester
from spark_desktop.services.tasks import TaskScope

CHAT = replace(MODEL, fim=False, context=32_768)
BLOCKS = replace(CHAT, formats=(SEARCH_REPLACE, "region"))
# It would repeat what it is shown in front of a region.
SMALLEST = replace(CHAT, id="fake-0.5b")
TASK = "return nan for infinite sides"

SHORT = """\
import math


def area(width, height):
    return width * height


def diagonal(width, height):
    return math.hypot(width, height)
"""
USES = """\
from units import Length, to_metres


def area(width: Length, height: Length) -> float:
    return to_metres(width) * half_of(to_metres(height)) * 2


def half_of(value: float) -> float:
    return value / 2
"""
UNITS = """\
class Length:
    amount: float


def to_metres(length: Length) -> float:
    return length.amount
"""
TESTS = """\
from shapes import area


def test_area():
    assert area(2, 3) == 6
"""
# A function of so many lines that a model which finds places is shown the whole file.
TALL = (
    SHORT
    + "\n\ndef table(width, height):\n"
    + "".join(f"    row_{n} = area(width + {n}, height)\n" for n in range(90))
    + "    return row_0\n\n\ndef last():\n    return 0\n"
)
# More definitions than the parts of a prompt have room for.
LONG = SHORT + "".join(
    f"\n\ndef shape_{n}(width):\n    return area(width, {n})\n" for n in range(400)
)
KINDS = {
    "short": {"shapes.py": SHORT},
    "gathered": {"shapes.py": USES, "units.py": UNITS, "tests/test_shapes.py": TESTS},
    "tall": {"shapes.py": TALL},
    "long": {"shapes.py": LONG},
    "windows": {"shapes.py": USES.replace("\n", "\r\n"), "units.py": UNITS},
}


def rendered(request: Request) -> str:
    """Return the text that a server makes tokens of, up to where the answer begins."""
    if isinstance(request, ChatRequest):
        return "\0".join(f"{one.role}\n{one.text}" for one in request.messages)
    files = "".join(f"\0{name}\n{text}" for name, text in request.extra)
    return f"{files}\0{request.prefix}"


class Desk:
    """A project in memory: what reads ahead for its proposals, and what makes them."""

    def __init__(self, files: dict[str, str], model: ModelInfo = CHAT) -> None:
        self.files = MemoryFiles()
        for path, text in files.items():
            self.files.write(path, text)
        self.endpoint = FakeEndpoint(*["```\n0\n```"] * 12, model=model)
        core, self.bus, clock = FakeCore(self.endpoint), Bus(), FakeClock()
        self.syntax, self.scope = TreeSitterSyntax(), TaskScope("test")
        answers = CoreAnswers(core)
        around = Surroundings(self.files, self.syntax, FakeDiffs(), core, FakeTokenizer(), answers)
        context = proposal_context(around, self.bus, clock, self.scope)
        self.warmup = context.warmup
        context.gathering.plan = lambda _work: ContextPlan(ALL_KINDS, 1_000)
        guard, board = SecretGuard(self.files), ProposalBoard(self.bus)
        self.suggester = Suggester(answers, guard, self.syntax, board, clock, self.bus)
        self.suggester.effort = Effort(samples=1, repairs=0, doubts=False)
        self.suggester.context = context.gathering.gather

    @property
    def sent(self) -> list[Request]:
        return self.endpoint.requests

    async def settle(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*tasks, return_exceptions=True)

    async def look(self, lines: Span | None = None) -> None:
        self.warmup.looked_at("shapes.py", lines)
        await self.settle()

    async def save(self, text: str) -> None:
        self.files.write("shapes.py", text)
        self.bus.publish(FilesChanged(("shapes.py",)))
        await self.settle()

    async def ask(self, trigger) -> Request:
        """Let the Suggester ask; return its first request."""
        before = len(self.sent)
        await self.suggester.propose(Proposal("1", trigger, Queued()))
        return self.sent[before]

    async def select(self, lines: Span) -> tuple[Request, Request]:
        """Select lines, then say what is to be done with them."""
        await self.look(lines)
        warmed = self.sent[-1]
        snapshot = self.files.snapshot("shapes.py")
        return warmed, await self.ask(Instruction(snapshot, lines, TASK))

    async def write_stub(self, text: str) -> Request:
        """Write a function without a body at the end, and save."""
        ending = "\r\n" if "\r\n" in text else "\n"
        stub = "\n\ndef depth(area, volume):\n    pass\n".replace("\n", ending)
        self.files.write("shapes.py", text + stub)
        found = self.syntax.triggers(self.files.snapshot("shapes.py"))
        (trigger,) = [one for one in found if isinstance(one, Stub)]
        return await self.ask(trigger)

    async def write_comment(self, at: int, text: str) -> tuple[Request, Request]:
        """Change the function around a line, save, write a comment there, and save again."""
        await self.look()
        ending = "\r\n" if "\r\n" in text else "\n"
        lines = text.splitlines(keepends=True)
        lines[at] = lines[at].rstrip() + " + 0" + ending
        await self.save("".join(lines))
        warmed = self.sent[-1]
        comment = f"    # {TASK} AI!{ending}"
        with_comment = "".join([*lines[:at], comment, *lines[at:]])
        self.files.write("shapes.py", with_comment)
        (trigger,) = self.syntax.triggers(self.files.snapshot("shapes.py"))
        return warmed, await self.ask(trigger)


def place_in(text: str, words: str) -> int:
    """Return the number, from 0, of the line with these words."""
    return next(n for n, line in enumerate(text.splitlines()) if words in line)


KNOWN = [CHAT, BLOCKS, SMALLEST]
MODELS = pytest.mark.parametrize("model", KNOWN, ids=["region", "blocks", "smallest"])


@MODELS
@pytest.mark.parametrize("kind", KINDS)
async def test_a_selection_is_asked_about_with_what_was_read_of_it(kind, model):
    desk = Desk(KINDS[kind], model)
    words = "row_3 " if kind == "tall" else "return"
    start = place_in(KINDS[kind]["shapes.py"], words)
    warmed, asked = await desk.select(Span(start, start + 1))
    assert rendered(asked).startswith(rendered(warmed))
    assert "return" in rendered(warmed)


@MODELS
@pytest.mark.parametrize("kind", KINDS)
async def test_a_comment_is_asked_about_with_what_was_read_after_the_save_before(kind, model):
    desk = Desk(KINDS[kind], model)
    text = KINDS[kind]["shapes.py"]
    warmed, asked = await desk.write_comment(
        place_in(text, "row_3 " if kind == "tall" else "return"), text
    )
    assert rendered(asked).startswith(rendered(warmed))
    assert " + 0" in rendered(warmed)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_stub_is_asked_for_with_what_was_read_as_the_file_was_opened(kind):
    desk = Desk(KINDS[kind])
    await desk.look()
    (warmed,) = desk.sent
    asked = await desk.write_stub(KINDS[kind]["shapes.py"])
    # Its own signature joins those of the file, behind the last of them.
    assert rendered(asked).startswith(rendered(warmed).removesuffix("\n```"))
    assert "import" in rendered(warmed)


@pytest.mark.parametrize("kind", ["short", "tall", "windows"])
async def test_a_stub_is_filled_in_below_the_text_that_was_read(kind):
    """Tests and definitions that a stub names stand in front of the file, in a form of the models
    that they were trained on: nobody can read those ahead, since nobody knows the stub."""
    desk = Desk(KINDS[kind], replace(MODEL, context=32_768))
    await desk.look()
    (warmed,) = [one for one in desk.sent if isinstance(one, InfillRequest)]
    asked = await desk.write_stub(KINDS[kind]["shapes.py"])
    assert rendered(asked).startswith(rendered(warmed))
    assert "area" in warmed.prefix


async def test_a_definition_too_far_above_a_stub_is_shown_in_front_of_the_file():
    desk = Desk({"shapes.py": LONG}, replace(MODEL, context=32_768))
    asked = await desk.write_stub(LONG)
    assert "def area" not in asked.prefix
    assert asked.extra == (("shapes.py", "def area(width, height):\n    return width * height\n"),)


async def test_a_region_that_is_refused_for_its_size_is_not_read():
    desk = Desk(KINDS["tall"], replace(CHAT, context=2_000))
    start = place_in(TALL, "row_3 ")
    await desk.look(Span(start, start + 1))
    assert desk.sent == []
    trigger = Instruction(desk.files.snapshot("shapes.py"), Span(start, start + 1), TASK)
    with pytest.raises(ContextExceededError):
        await desk.ask(trigger)


async def test_what_an_instruction_names_comes_behind_what_the_region_names():
    desk = Desk(KINDS["gathered"])
    start = place_in(USES, "return to_metres")
    await desk.look(Span(start, start + 1))
    warmed = rendered(desk.sent[-1])
    snapshot = desk.files.snapshot("shapes.py")
    task = "use `half_of` and `Length`, and `spare_length`"
    asked = rendered(await desk.ask(Instruction(snapshot, Span(start, start + 1), task)))
    assert asked.startswith(warmed[: warmed.index("tests/test_shapes.py")])


@law
@given(
    lines=st.lists(st.sampled_from(["area", "half_of", "to_metres", "nothing"]), max_size=120),
    others=st.integers(0, 60),
    at=st.integers(0, 119),
    is_above=st.booleans(),
    model=st.sampled_from(KNOWN),
)
def test_wherever_a_comment_is_written_its_prompt_begins_with_what_was_read(
    lines, others, at, is_above, model
):
    body = "".join(f"    {name}(width)\n" for name in lines)
    mine = f"def mine(width):\n{body}    return width\n"
    more = "".join(f"\n\ndef other_{n}(width):\n    return {n}\n" for n in range(others))
    text = f"{mine}\n\n{USES}{more}" if is_above else f"{USES}\n\n{mine}{more}"
    start = place_in(text, "def mine") + 1
    files = {**KINDS["gathered"], "shapes.py": text}

    async def asked() -> tuple[Request, Request]:
        return await Desk(files, model).write_comment(start + at % (len(lines) + 1), text)

    warmed, request = asyncio.run(asked())
    assert rendered(request).startswith(rendered(warmed))
    assert "mine" in rendered(warmed)
