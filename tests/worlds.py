"""A project with every port faked and the real services."""

from dataclasses import dataclass

from composer_fakes import FakeDiffs, FakeTokenizer, MemoryComposer, MemoryPrompts
from fakes import (
    Answer,
    FakeClock,
    FakeCore,
    FakeEndpoint,
    LineSyntax,
    MemoryFiles,
    MemorySteps,
    MemoryThreads,
    Recorder,
    ScriptedWatch,
)

from spark_desktop.domain.effort import Effort
from spark_desktop.domain.events import StepReverted
from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.trigger import Trigger
from spark_desktop.services.answers import CoreAnswers
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.bus import Bus
from spark_desktop.services.chat import ChatService
from spark_desktop.services.composing import Composing, KeptChats, Surroundings, compose
from spark_desktop.services.edits import EditService
from spark_desktop.services.inbox import Inbox
from spark_desktop.services.review import ReviewService
from spark_desktop.services.suggest import Suggester
from spark_desktop.services.tasks import TaskScope
from spark_desktop.services.turns import Turns


@dataclass
class World:
    """The services of one project and the fakes under them."""

    files: MemoryFiles
    endpoint: FakeEndpoint
    core: FakeCore
    steps: MemorySteps
    threads: MemoryThreads
    watch: ScriptedWatch
    seen: Recorder
    seen_bus: Bus
    board: ProposalBoard
    edits: EditService
    review: ReviewService
    chat: ChatService
    turns: Turns
    inbox: Inbox
    clock: FakeClock
    composing: Composing
    composer: MemoryComposer
    memory: MemoryPrompts
    diffs: FakeDiffs
    tokenizer: FakeTokenizer
    scope: TaskScope
    suggester: Suggester

    async def ready(self, trigger: Trigger) -> Proposal:
        """Request a proposal and return it when its turn is over."""
        proposal_id = self.turns.request(trigger)
        await self.turns.idle()
        return self.board.get(proposal_id)

    def triggers(self, path: str) -> tuple[Trigger, ...]:
        """Return what stands in a file."""
        return LineSyntax().triggers(self.files.snapshot(path))


def build(files: MemoryFiles, *answers: Answer | str) -> World:
    """Return a world whose endpoint gives these answers in order."""
    bus, clock, syntax = Bus(), FakeClock(), LineSyntax()
    endpoint = FakeEndpoint(*answers)
    core = FakeCore(endpoint)
    steps, threads, watch = MemorySteps(files), MemoryThreads(clock), ScriptedWatch()
    board = ProposalBoard(bus)
    edits = EditService(files, steps, bus, clock)
    review = ReviewService(board, edits, files)
    composer, memory, scope = MemoryComposer(threads), MemoryPrompts(), TaskScope("world")
    kept = KeptChats(threads, steps, composer, memory)
    diffs, tokenizer = FakeDiffs(), FakeTokenizer()
    around = Surroundings(files, syntax, diffs, core, tokenizer, CoreAnswers(core))
    chat, composing = compose(kept, around, bus, clock, scope)
    bus.subscribe(StepReverted, lambda event: review.reverted(event.step))
    suggester = Suggester(CoreAnswers(core), composing.items.guard, syntax, board, clock, bus)
    suggester.unsent = files
    # Other answers to compare with are what tests of them ask for.
    suggester.effort = Effort(samples=1, doubts=False)
    turns = Turns(suggester, review, chat, board, bus)
    inbox = Inbox(files, watch, syntax, turns, review, bus)
    return World(
        files,
        endpoint,
        core,
        steps,
        threads,
        watch,
        Recorder(bus),
        bus,
        board,
        edits,
        review,
        chat,
        turns,
        inbox,
        clock,
        composing,
        composer,
        memory,
        diffs,
        tokenizer,
        scope,
        suggester,
    )
