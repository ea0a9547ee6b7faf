"""While nobody waits, the local core reads what the next proposal's prompt will begin with."""

import asyncio
from dataclasses import replace

import pytest
from composer_fakes import FakeDiffs, FakeTokenizer
from fakes import MODEL, Answer, FakeClock, FakeCore, FakeEndpoint, MemoryFiles

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.completion import ChatRequest, InfillRequest, ModelInfo, Priority
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.core_state import CoreStopped
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import CoreError, EndpointError
from spark_desktop.domain.events import FilesChanged, ProposalChanged, TurnChanged
from spark_desktop.domain.prompt_layout import ALL_KINDS, ContextPlan, told
from spark_desktop.domain.proposal import Closed, Proposal, Queued, Streaming
from spark_desktop.domain.trigger import EditComment, Instruction, Span
from spark_desktop.services.answers import CoreAnswers
from spark_desktop.services.bus import Bus
from spark_desktop.services.composing import Surroundings
from spark_desktop.services.fill_in import fill_in_of
from spark_desktop.services.prompts import region_request
from spark_desktop.services.proposal_context import proposal_context
from spark_desktop.services.tasks import TaskScope

# Put together here, so that this file is none that holds a secret.
LETTERS = "kJ8mQ2vX9" + "pL4zT7wB3nR"

SHAPES = """\
import math


def area(width, height):
    return width * height


def diagonal(width, height):
    return math.hypot(width, height)
"""
CHAT_ONLY = replace(MODEL, fim=False)


class SlowClock(FakeClock):
    """Sleeping waits until the test lets it go."""

    def __init__(self) -> None:
        super().__init__()
        self.is_over = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        await self.is_over.wait()
        await super().sleep(seconds)


class ChosenAnswers(CoreAnswers):
    """Somebody else may be asked first for a kind of work."""

    def __init__(self, core: FakeCore) -> None:
        super().__init__(core)
        self.others: dict[WorkKind, ModelInfo | None] = {}

    def model_for(self, kind: WorkKind) -> ModelInfo | None:
        return self.others.get(kind, super().model_for(kind))


class Desk:
    """A project in memory with what warms its core up."""

    def __init__(self, model: ModelInfo = CHAT_ONLY, *answers: Answer) -> None:
        self.files = MemoryFiles()
        self.files.write("shapes.py", SHAPES)
        self.endpoint = FakeEndpoint(*(answers or [Answer() for _ in range(9)]), model=model)
        self.core = FakeCore(self.endpoint)
        self.answers = ChosenAnswers(self.core)
        self.bus, self.clock, self.scope = Bus(), SlowClock(), TaskScope("test")
        around = Surroundings(
            *(self.files, TreeSitterSyntax(), FakeDiffs(), self.core, FakeTokenizer()),
            self.answers,
        )
        context = proposal_context(around, self.bus, self.clock, self.scope)
        self.gathering, self.warmup = context.gathering, context.warmup
        self.gathering.plan = lambda _work: ContextPlan(ALL_KINDS, 1_000)

    async def settle(self) -> list:
        """Let the pause pass; return what the core was asked."""
        self.clock.is_over.set()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*tasks, return_exceptions=True)
        return self.endpoint.requests

    def save(self, path: str, text: str) -> None:
        self.files.write(path, text)
        self.bus.publish(FilesChanged((path,)))


async def test_a_file_that_is_opened_is_read_up_to_what_is_the_same_for_every_question():
    desk = Desk()
    desk.warmup.looked_at("shapes.py")
    (request,) = await desk.settle()
    assert isinstance(request, ChatRequest)
    assert "import math" in request.messages[-1].text
    assert "def area(width, height):" in request.messages[-1].text
    assert "return width" not in request.messages[-1].text


async def test_a_warm_up_writes_nothing_and_yields_to_everything():
    desk = Desk()
    desk.warmup.looked_at("shapes.py")
    (request,) = await desk.settle()
    assert (request.max_tokens, request.priority) == (0, Priority.WARMUP)


@pytest.mark.parametrize("trigger", [Instruction, EditComment])
async def test_selected_lines_are_read_word_for_word_as_a_proposal_will_ask_for_them(trigger):
    desk = Desk()
    lines = Span(8, 9)
    desk.warmup.looked_at("shapes.py", lines)
    (warmed,) = await desk.settle()
    snapshot = desk.files.snapshot("shapes.py")
    asked = trigger(snapshot, lines, "return nan for infinite sides")
    gathered = await desk.gathering.gather(asked, Span(7, 9), 1_000, desk.endpoint.count_tokens)
    region = "".join(SHAPES.splitlines(keepends=True)[7:9])
    request = region_request("shapes.py", region, asked.instruction, around=told(gathered.parts))
    before = warmed.messages[-1].text.partition("…")[0]
    assert "return math.hypot(width, height)" in before
    assert request.messages[-1].text.startswith(before)
    assert request.messages[:-1] == warmed.messages[:-1]


async def test_after_a_save_the_function_that_was_changed_is_read():
    desk = Desk()
    desk.clock.is_over.set()
    desk.save("shapes.py", SHAPES)
    await desk.settle()
    desk.save("shapes.py", SHAPES.replace("width * height", "abs(width * height)"))
    await desk.settle()
    text = desk.endpoint.requests[-1].messages[-1].text
    assert "def area(width, height):\n    return abs(width * height)" in text


async def test_a_model_that_fills_in_reads_the_text_above_a_stub_that_is_still_to_be_written():
    desk = Desk(MODEL)
    desk.warmup.looked_at("shapes.py")
    requests = await desk.settle()
    (warmed,) = [one for one in requests if isinstance(one, InfillRequest)]
    desk.files.write("shapes.py", SHAPES + "\n\ndef half(x):\n    pass\n")
    (stub,) = TreeSitterSyntax().triggers(desk.files.snapshot("shapes.py"))
    fill_in = fill_in_of(stub)
    assert warmed.prefix == SHAPES
    assert fill_in.request.prefix.startswith(SHAPES)


async def test_without_stable_parts_a_file_that_is_opened_says_nothing_about_its_prompts():
    desk = Desk()
    desk.gathering.plan = lambda _work: ContextPlan(frozenset(), 0)
    desk.warmup.looked_at("shapes.py")
    assert await desk.settle() == []


async def test_nothing_is_asked_before_the_user_stays_and_then_only_for_the_newest_place():
    desk = Desk()
    desk.files.write("other.py", "import os\n")
    desk.warmup.looked_at("other.py")
    await asyncio.sleep(0)
    desk.warmup.looked_at("shapes.py")
    await asyncio.sleep(0)
    assert desk.endpoint.requests == []
    (request,) = await desk.settle()
    assert "shapes.py" in request.messages[-1].text


async def test_a_place_that_was_left_is_not_read():
    desk = Desk()
    desk.warmup.looked_at("shapes.py")
    desk.warmup.looked_at(None)
    assert await desk.settle() == []


@pytest.mark.parametrize("state", [Queued(), Streaming()])
async def test_a_proposal_that_is_asked_for_ends_the_reading(state):
    desk = Desk(CHAT_ONLY, Answer(hangs=True))
    desk.clock.is_over.set()
    desk.warmup.looked_at("shapes.py")
    await desk.endpoint.reached_silence.wait()
    trigger = Instruction(desk.files.snapshot("shapes.py"), None, "shorter")
    desk.bus.publish(ProposalChanged(Proposal("1", trigger, state)))
    await desk.settle()
    assert desk.endpoint.closed_early == 1


async def test_a_question_in_the_chat_ends_the_reading():
    desk = Desk(CHAT_ONLY, Answer(hangs=True))
    desk.clock.is_over.set()
    desk.warmup.looked_at("shapes.py")
    await desk.endpoint.reached_silence.wait()
    turn = Turn("1", "Why?", "", TurnState.STREAMING, desk.clock.now())
    desk.bus.publish(TurnChanged("thread", turn))
    await desk.settle()
    assert desk.endpoint.closed_early == 1


async def test_what_is_decided_about_a_proposal_ends_nothing():
    desk = Desk()
    desk.warmup.looked_at("shapes.py")
    trigger = Instruction(desk.files.snapshot("shapes.py"), None, "shorter")
    desk.bus.publish(ProposalChanged(Proposal("1", trigger, Closed(1))))
    assert len(await desk.settle()) == 1


async def test_nothing_goes_to_a_remote_server_nor_to_the_core_that_would_not_be_asked():
    desk = Desk()
    desk.answers.others = {kind: ModelInfo("big", 128_000, False, label="Far") for kind in WorkKind}
    desk.warmup.looked_at("shapes.py")
    assert await desk.settle() == []


async def test_a_kind_of_work_that_a_remote_server_does_is_not_read_ahead():
    desk = Desk(MODEL)
    desk.answers.others[WorkKind.EDIT] = ModelInfo("big", 128_000, False, label="Far")
    desk.warmup.looked_at("shapes.py")
    requests = await desk.settle()
    assert [type(one) for one in requests] == [InfillRequest]


async def test_a_core_that_is_not_ready_is_not_started_for_it(monkeypatch):
    desk = Desk()
    monkeypatch.setattr(FakeCore, "state", CoreStopped())
    desk.warmup.looked_at("shapes.py")
    assert await desk.settle() == []
    assert not desk.core.started


async def test_on_battery_only_a_save_is_read():
    desk = Desk()
    desk.warmup.is_on_battery = lambda: True
    desk.warmup.looked_at("shapes.py")
    assert await desk.settle() == []
    desk.save("shapes.py", SHAPES)
    assert len(await desk.settle()) == 1


async def test_a_burst_of_files_is_nobodys_next_place():
    desk = Desk()
    desk.bus.publish(FilesChanged(tuple(f"{n}.py" for n in range(4))))
    assert await desk.settle() == []


async def test_it_can_be_switched_off():
    desk = Desk()
    desk.warmup.is_wanted = False
    desk.warmup.looked_at("shapes.py")
    assert await desk.settle() == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("gone.py", None),
        (".env", "TOKEN=1\n"),
        ("keys.py", f'token = "{LETTERS}"\n'),
        ("api_pb2.py", "x = 1\n"),
        ("empty.py", ""),
    ],
)
async def test_what_may_not_be_shown_is_not_read(path, text):
    desk = Desk(MODEL)
    if text is not None:
        desk.files.write(path, text)
    desk.warmup.looked_at(path)
    assert await desk.settle() == []


async def test_a_core_that_fails_meanwhile_is_no_matter():
    desk = Desk(CHAT_ONLY, Answer(error=EndpointError("It is gone.", "Wait.")))
    desk.warmup.looked_at("shapes.py")
    assert len(await desk.settle()) == 1
    desk.core.error = CoreError("It is gone.", "Start it.")
    desk.warmup.looked_at("shapes.py")
    assert len(await desk.settle()) == 1


async def test_it_is_idle_once_the_newest_place_is_read():
    desk = Desk()
    desk.clock.is_over.set()
    await desk.warmup.idle()
    desk.warmup.looked_at("shapes.py")
    await desk.warmup.idle()
    assert len(desk.endpoint.requests) == 1


async def test_a_closed_project_reads_nothing():
    desk = Desk()
    await desk.scope.close()
    desk.warmup.looked_at("shapes.py")
    desk.save("shapes.py", SHAPES)
    assert await desk.settle() == []
