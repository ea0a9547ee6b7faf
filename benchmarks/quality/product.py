"""What the product does about a task, over its own paths, up to the accepted change."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.quality.judging import is_shown
from benchmarks.quality.suite import Task, write
from benchmarks.quality.toolchains import Toolchains
from benchmarks.quality.toolchains import run as run_command
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import (
    ProposalChanged,
    ProposalStreamed,
    SaveSettled,
    TurnChanged,
    TurnStreamed,
    WorkFailed,
)
from spark_desktop.domain.proposal import Proposal, Queued, Streaming
from spark_desktop.domain.trigger import Instruction, Span
from spark_desktop.services.run_judges import FailedRun
from spark_desktop.wiring import Project

# Seconds until a deed that has started nothing is given up, shorter where the inbox has said what
# became of the save; until no more is expected beside what there is; until what goes on is
# given up.
NOTHING_S = 10.0
SETTLED_S = 1.0
QUIET_S = 0.7
LONGEST_S = 300.0


@dataclass(slots=True)
class Happened:
    """What came of a task: proposals as they ended, a turn of the chat, and times in seconds.

    ``notes`` say why nothing was started, in the product's own words.
    """

    proposals: dict[str, Proposal] = field(default_factory=dict)
    turn: Turn | None = None
    first_s: float | None = None
    reviewable_s: float | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def is_decided(self) -> bool:
        """Return whether there is something, and nothing of it goes on."""
        goes_on = any(isinstance(one.state, Queued | Streaming) for one in self.proposals.values())
        answers = self.turn is not None and self.turn.state is TurnState.STREAMING
        return bool(self.proposals or self.turn) and not goes_on and not answers

    @property
    def shown(self) -> tuple[Proposal, ...]:
        """Return what a user could accept."""
        return tuple(one for one in self.proposals.values() if is_shown(one))


class Watcher:
    """Notes on the project's bus what becomes of one deed of the user."""

    def __init__(self, project: Project) -> None:
        self.happened = Happened()
        self._project = project
        self._known = {one.id for one in project.turns.proposals()}
        self._moved = asyncio.Event()
        self._is_settled = False
        self._begun = time.perf_counter()
        bus = project.bus
        self._stops = (
            bus.subscribe(ProposalChanged, self._on_changed),
            bus.subscribe(ProposalStreamed, self._on_streamed),
            bus.subscribe(TurnChanged, self._on_turn),
            bus.subscribe(TurnStreamed, lambda event: self._first()),
            bus.subscribe(SaveSettled, self._on_settled),
            bus.subscribe(WorkFailed, lambda event: self._note(event.message)),
        )

    async def settled(self, nothing_s: float = NOTHING_S, longest_s: float = LONGEST_S) -> Happened:
        """Return what came, once nothing more is expected; what never ends is noted.

        Where nothing at all comes within ``nothing_s`` it is not waited for any longer.
        """
        try:
            async with asyncio.timeout(longest_s):
                await self._quiet(nothing_s)
        except TimeoutError:
            self._note(f"no end within {longest_s:g} s")
        for stop in self._stops:
            stop()
        return self.happened

    async def _quiet(self, nothing_s: float) -> None:
        while True:
            await self._project.turns.idle()
            self._moved.clear()
            try:
                async with asyncio.timeout(self._patience(nothing_s)):
                    await self._moved.wait()
            except TimeoutError:
                return

    def _patience(self, nothing_s: float) -> float:
        if self.happened.is_decided:
            return QUIET_S
        goes_on = self.happened.proposals or self.happened.turn
        # What goes on ends by itself, or with the longest time.
        return LONGEST_S if goes_on else SETTLED_S if self._is_settled else nothing_s

    def _on_changed(self, event: ProposalChanged) -> None:
        proposal = event.proposal
        if proposal.id in self._known:
            return
        self._moved.set()
        self.happened.proposals[proposal.id] = proposal
        if self.happened.reviewable_s is None and is_shown(proposal):
            self.happened.reviewable_s = self._since()

    def _on_streamed(self, event: ProposalStreamed) -> None:
        if event.proposal_id not in self._known:
            self._first()

    def _on_turn(self, event: TurnChanged) -> None:
        self._moved.set()
        self.happened.turn = event.turn
        if event.turn.state is TurnState.DONE and self.happened.reviewable_s is None:
            self.happened.reviewable_s = self._since()

    def _on_settled(self, event: SaveSettled) -> None:
        entry = event.entry
        self._is_settled = True
        told = f"{entry.outcome.value}: {', '.join(entry.paths)} {entry.reason}"
        self._note(told.strip())

    def _first(self) -> None:
        self._moved.set()
        if self.happened.first_s is None:
            self.happened.first_s = self._since()

    def _note(self, text: str) -> None:
        self._moved.set()
        self.happened.notes.append(text)

    def _since(self) -> float:
        return round(time.perf_counter() - self._begun, 3)


async def done_by_product(
    project: Project, task: Task, tools: Toolchains, longest_s: float = LONGEST_S
) -> Happened:
    """Do what the user does in a task, and return what became of it; nothing is accepted yet.

    What is not over ``longest_s`` seconds later is left as it is by then.
    """
    deeds: dict[str, Callable[[], Awaitable[None]]] = {
        "save": lambda: asyncio.to_thread(write, task.saved, project.root),
        "instruction": lambda: _instruct(project, task),
        "run": lambda: _report(project, task, tools),
    }
    watcher = Watcher(project)
    await deeds[task.trigger]()
    return await watcher.settled(longest_s=longest_s)


async def accept_all(project: Project, happened: Happened) -> None:
    """Accept all that is shown, groups as groups; what cannot be written is noted."""
    groups: set[str] = set()
    for proposal in happened.shown:
        try:
            if not proposal.group:
                await project.review.accept(proposal.id)
            elif proposal.group not in groups:
                groups.add(proposal.group)
                await project.review.accept_group(proposal.group)
        except SparkError as error:
            happened.notes.append(error.message)


async def _instruct(project: Project, task: Task) -> None:
    snapshot = await project.files.read(task.path)
    lines = None if task.lines is None else Span(*task.lines)
    project.turns.request(Instruction(snapshot, lines, task.instruction))


async def _report(project: Project, task: Task, tools: Toolchains) -> None:
    """Let the project's own tests fail, and hand that over as ``spark run`` does."""
    tools = tools.inside(project.root)
    done = await asyncio.to_thread(run_command, task.visible, project.root, tools)
    run = FailedRun(tuple(tools.one(task.visible)), "", done.output)
    if done.passed or not project.handed_runs.take(run):
        raise RuntimeError(f"{task.id}: what shows the bug passes, or is not taken: {done.output}")


def contents(root: Path, paths: tuple[str, ...]) -> dict[str, str]:
    """Return the texts of files as they are now, those that are there."""
    places = {path: root / path for path in paths}
    return {path: place.read_text("utf-8") for path, place in places.items() if place.is_file()}
