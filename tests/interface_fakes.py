"""Fakes of the services behind the view models; each notes what it was asked to do."""

import asyncio
import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from spark_desktop.domain.completion import ModelInfo, Timing, Usage
from spark_desktop.domain.context_item import Question
from spark_desktop.domain.conversation import Thread, Turn, TurnState
from spark_desktop.domain.core_state import CoreReady, CoreState, CoreStopped
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import FileError, NothingToUndoError, SparkError
from spark_desktop.domain.events import (
    ChangeReverted,
    CoreStateChanged,
    ProposalChanged,
    RestChanged,
    StepApplied,
    StepReverted,
    TurnChanged,
    WatchingChanged,
)
from spark_desktop.domain.history import AppliedChange, Step, StepKind
from spark_desktop.domain.lab_profile import Profile, Schedule
from spark_desktop.domain.lab_proposal import ProposalFigures
from spark_desktop.domain.line_comment import LineComment
from spark_desktop.domain.operation import StoreUsage
from spark_desktop.domain.patch import Hunk, compute
from spark_desktop.domain.proposal import (
    Check,
    Proposal,
    Queued,
    Ready,
    State,
)
from spark_desktop.domain.quick_actions import Actions
from spark_desktop.domain.rest import Rest
from spark_desktop.domain.secret_files import secret_name
from spark_desktop.domain.settings import Settings
from spark_desktop.domain.text import SourceText, split_lines
from spark_desktop.domain.trigger import EditComment, QuickAction, Span, Trigger
from spark_desktop.domain.workspace import Ignored, IgnoreReason, Snapshot, snapshot_of
from spark_desktop.services.answers import CoreAnswers
from spark_desktop.services.bus import Bus
from spark_desktop.services.chat_prompt import ChatPrompt
from spark_desktop.services.composing import Composing
from spark_desktop.services.context_items import ContextItems
from spark_desktop.services.mention_search import MentionSearch
from spark_desktop.services.outbox import Outbox
from spark_desktop.services.preview import PromptPreview
from spark_desktop.services.quick_actions import Asked
from spark_desktop.services.tasks import TaskScope
from spark_desktop.services.token_counter import TokenCounter
from tests.composer_fakes import FakeDiffs, FakeTokenizer, MemoryComposer, MemoryPrompts
from tests.fake_reviews import FakeReviews as FakeReviews
from tests.fakes import CODEX, SPARK, FakeClock, LineSyntax, MemoryThreads
from tests.thread_fakes import FakeThreads

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MODEL = ModelInfo("qwen2.5-coder-0.5b", context=8192, fim=True)
BEFORE = "".join(f"line {number}\n" for number in range(1, 21))
AFTER = BEFORE.replace("line 3\n", "three\n").replace("line 9\n", "nine\nmore\n")
AFTER = AFTER.replace("line 15\n", "")
USAGE = Usage(prompt_tokens=200, completion_tokens=50, cached_tokens=150)
TIMING = Timing(first_token=0.31, total=1.31, prefill=0.25, decode=1.0)


def snapshot(path: str = "src/parser.py", content: str = BEFORE) -> Snapshot:
    """Return a snapshot of ``content``."""
    return snapshot_of(path, SourceText(content))


def proposal(
    state: State | None = None,
    *,
    name: str = "p1",
    before: str = BEFORE,
    after: str = AFTER,
    path: str = "src/parser.py",
    title: str = "use numbers",
) -> Proposal:
    """Return a proposal of three hunks; ready unless another state is named."""
    base = snapshot(path, before)
    region = Span(0, len(split_lines(before)))
    patch = compute(path, base.digest, before, after)
    trigger = EditComment(base, Span(0, 1), title)
    evidence = (Check("differs", True), Check("parses", True))
    return Proposal(name, trigger, state or Ready(), region, patch, evidence=evidence)


def turn(name: str = "t1", answer: str = "", state: TurnState = TurnState.DONE) -> Turn:
    """Return a turn."""
    return Turn(name, "Why?", answer, state, NOON, MODEL.id)


class FakeCore:
    """A core whose state a test sets."""

    def __init__(self, bus: Bus, state: CoreState | None = None) -> None:
        self._bus = bus
        self.state: CoreState = state or CoreReady(MODEL)
        self.starts = 0

    def become(self, state: CoreState) -> None:
        self.state = state
        self._bus.publish(CoreStateChanged(state))

    def start(self) -> None:
        self.starts += 1

    def stop(self) -> None:
        self.become(CoreStopped())

    async def endpoint(self) -> object:
        raise NotImplementedError

    async def close(self) -> None:
        """Nothing runs."""


class FakeFiles:
    """Texts by their path."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        self.root = Path("project")

    async def read(self, path: str) -> Snapshot:
        await asyncio.sleep(0)
        if path not in self.texts:
            raise FileError(f"{path} does not exist.", "Choose another file.")
        return snapshot(path, self.texts[path])

    async def read_secret(self, path: str) -> Snapshot:
        return await self.read(path)

    async def secrets(self, below: str = "") -> tuple[str, ...]:
        return tuple(path for path in self.texts if secret_name(path))

    async def ignored(self, path: str) -> Ignored | None:
        return Ignored(path, IgnoreReason.SECRET, "by its name") if secret_name(path) else None

    async def files(self, below: str = "") -> tuple[str, ...]:
        return tuple(sorted(path for path in self.texts if path.startswith(below)))

    def is_own_write(self, path: str, digest: str) -> bool:
        return False


class FakeTurns:
    """Proposals that a test puts in."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.known: dict[str, Proposal] = {}
        self.requests: list[Trigger] = []
        self.repeats: list[str] = []
        self.revised: list[tuple[str, tuple[LineComment, ...]]] = []
        self.stops = 0
        self.error: SparkError | None = None

    def put(self, one: Proposal) -> None:
        self.known[one.id] = one
        self._bus.publish(ProposalChanged(one))

    def request(self, trigger: Trigger) -> str:
        if self.error is not None:
            raise self.error
        self.requests.append(trigger)
        return f"r{len(self.requests)}"

    def repeat(self, proposal_id: str) -> str:
        if self.error is not None:
            raise self.error
        self.repeats.append(proposal_id)
        again = replace(self.known.pop(proposal_id), id=f"{proposal_id}+", state=Queued())
        self.put(again)
        return again.id

    def revise(self, proposal_id: str, comments: Sequence[LineComment]) -> str:
        if self.error is not None:
            raise self.error
        self.revised.append((proposal_id, tuple(comments)))
        again = replace(self.known[proposal_id], id=f"{proposal_id}*", state=Queued(), group="")
        self.put(again)
        return again.id

    def stop(self) -> bool:
        self.stops += 1
        return True

    def dismiss(self, proposal_id: str) -> None:
        if self.error is not None:
            raise self.error
        self.known.pop(proposal_id)

    def proposals(self) -> tuple[Proposal, ...]:
        return tuple(self.known.values())


def change(path: str = "src/parser.py", *, undone: bool = False) -> AppliedChange:
    """Return an applied change."""
    return AppliedChange("c1", path, "use numbers", (), "a", "b", NOON, undone)


def step(
    number: int = 1, *, undone: bool = False, kind: StepKind = StepKind.EDIT, origin: str = ""
) -> Step:
    """Return an applied step of one file with two hunks."""
    hunks = (
        Hunk("h1", 1, ("two\n",), ("TWO\n",)),
        Hunk("h2", 4, ("five\n",), ("FIVE\n", "five more\n")),
    )
    done = replace(change(undone=undone), id=f"c{number}", hunks=hunks)
    return Step(f"s{number}", f"use numbers {number}", kind, NOON, (done,), origin)


class FakeEdits:
    """Steps to undo and redo; ``error`` ends whatever is asked for."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.is_empty = False
        self.kept = [step()]
        self.asked: list[tuple[object, ...]] = []
        self.error: SparkError | None = None

    async def undo(
        self, step_id: str | None = None, hunks: Mapping[str, Collection[str]] | None = None
    ) -> Step:
        return self._revert("undo", step_id, hunks, undone=True)

    async def redo(
        self, step_id: str | None = None, hunks: Mapping[str, Collection[str]] | None = None
    ) -> Step:
        return self._revert("redo", step_id, hunks, undone=False)

    async def undo_origin(self, origin: str) -> tuple[Step, ...]:
        return (self._revert("undo turn", origin, None, undone=True),)

    async def redo_origin(self, origin: str) -> tuple[Step, ...]:
        return (self._revert("redo turn", origin, None, undone=False),)

    async def restore(self, step_id: str) -> Step:
        self._revert("restore", step_id, None, undone=True)
        self.kept.append(step(len(self.kept) + 1, kind=StepKind.RESTORE))
        self._bus.publish(StepApplied(self.kept[-1]))
        return self.kept[-1]

    async def steps(self) -> tuple[Step, ...]:
        if self.error is not None:
            raise self.error
        return tuple(self.kept)

    async def usage(self) -> StoreUsage:
        return StoreUsage(12_300_000, 100_000_000, NOON)

    def _revert(
        self,
        what: str,
        name: str | None,
        hunks: Mapping[str, Collection[str]] | None,
        *,
        undone: bool,
    ) -> Step:
        self.asked.append((what, name, hunks))
        if self.error is not None:
            raise self.error
        if self.is_empty:
            raise NothingToUndoError("There is nothing to undo.", "Accept a hunk first.")
        place = next((i for i, one in enumerate(self.kept) if name in (one.id, one.origin)), -1)
        old = self.kept[place]
        if hunks:
            off = frozenset(next(iter(hunks.values())) if undone else ())
            done = replace(old.changes[0], undone=False, undone_hunks=off)
        else:
            done = replace(old.changes[0], undone=undone)
        self.kept[place] = replace(old, changes=(done,))
        self._bus.publish(ChangeReverted(done, on=not undone))
        self._bus.publish(StepReverted(self.kept[place]))
        return self.kept[place]


class FakeChat:
    """Threads in memory; a question is answered when a test says so."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.known = {"th1": Thread("th1", "", NOON)}
        self.asked: list[tuple[str, str | None, str | None]] = []
        self.repeated: list[tuple[str, str]] = []
        self.gone_on: list[tuple[str, str]] = []
        self.answered: list[Question] = []
        # While it is not set, answers go on.
        self.waits: asyncio.Event | None = None
        self.skips = 0
        self.stops = 0
        self.error: SparkError | None = None
        self._numbers = itertools.count(2)

    async def ask(
        self, question: str, path: str | None = None, thread_id: str | None = None
    ) -> Turn:
        self.asked.append((question, path, thread_id))
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        answered = replace(turn("t1", "Because."), question=question)
        self._bus.publish(TurnChanged(thread_id or "th1", answered))
        return answered

    async def answer(self, question: Question) -> Turn:
        self.answered.append(question)
        if self.waits is not None:
            streaming = replace(turn(question.id, "", TurnState.STREAMING), question=question.text)
            self._bus.publish(TurnChanged(question.thread_id, streaming))
            await self.waits.wait()
        return await self.ask(question.text, question.path, question.thread_id)

    def skip_compaction(self) -> bool:
        self.skips += 1
        return True

    async def repeat(self, thread_id: str, turn_id: str) -> Turn:
        self.repeated.append((thread_id, turn_id))
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        answered = turn(turn_id, "Because.")
        self._bus.publish(TurnChanged(thread_id, answered))
        return answered

    async def go_on(self, thread_id: str, turn_id: str) -> Turn:
        self.gone_on.append((thread_id, turn_id))
        return await self.repeat(thread_id, turn_id)

    async def new_thread(self) -> Thread:
        thread = Thread(f"th{next(self._numbers)}", "", NOON)
        self.known = {thread.id: thread, **self.known}
        return thread

    async def adopt(self, turn: Turn) -> Thread:
        made = replace(await self.new_thread(), turns=(turn,))
        self.known[made.id] = made
        return made

    async def current(self) -> Thread:
        if self.error is not None:
            raise self.error
        return next(iter(self.known.values()))

    async def open(self, thread_id: str) -> Thread:
        return self.known[thread_id]

    async def threads(self) -> tuple[Thread, ...]:
        return tuple(self.known.values())

    @property
    def is_stopping(self) -> bool:
        return False

    def stop(self) -> bool:
        self.stops += 1
        return True


class FakeLab:
    """The lab on the fake threads; each token comes at its profile's pace."""

    def __init__(self, chat: FakeChat) -> None:
        self._chat = chat
        self.known = (CODEX, SPARK)
        self.asked: list[tuple[tuple[str, ...], Usage]] = []
        self.written: dict[Path, bytes] = {}
        self.error: SparkError | None = None
        self.written_code: list[ProposalFigures] = []

    async def proposals(self) -> tuple[ProposalFigures, ...]:
        return tuple(self.written_code)

    async def threads(self) -> tuple[Thread, ...]:
        await asyncio.sleep(0)
        return tuple(self._chat.known.values())

    async def profiles(self) -> tuple[Profile, ...]:
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        return self.known

    async def schedules(self, profile_ids: Sequence[str], usage: Usage) -> tuple[Schedule, ...]:
        self.asked.append((tuple(profile_ids), usage))
        known = {profile.id: profile for profile in self.known}
        return tuple(
            Schedule.of(
                (known[name].first_token_s + number / known[name].decode_tps, 1)
                for number in range(usage.completion_tokens)
            )
            for name in profile_ids
        )

    async def export(self, path: Path, data: bytes) -> None:
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        self.written[path] = data


class FakeInbox:
    """Saved files, in memory; a test puts what was saved during a pause."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.is_paused = False
        self.missed: tuple[str, ...] = ()
        self.looked_at: list[tuple[str, ...]] = []
        self.started: list[str] = []
        self.error: SparkError | None = None

    def pause(self) -> None:
        self.is_paused = True
        self._bus.publish(WatchingChanged(True))

    def resume(self) -> tuple[str, ...]:
        missed, self.missed = self.missed, ()
        self.is_paused = False
        self._bus.publish(WatchingChanged(False, missed))
        return missed

    async def saved(self, paths: Iterable[str]) -> None:
        self.looked_at.append(tuple(paths))

    def start(self, entry_id: str) -> tuple[str, ...]:
        if self.error is not None:
            raise self.error
        self.started.append(entry_id)
        return (f"of {entry_id}",)


class FakeQuiet:
    """Quiet mode and the snooze; nothing ends by itself. It is always noon."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.rest = Rest()
        self.error: SparkError | None = None

    def use(self, is_quiet: bool) -> None:
        self._become(Rest(is_quiet, self.rest.until))

    def snooze(self, minutes: int) -> datetime:
        if self.error is not None:
            raise self.error
        until = NOON + timedelta(minutes=minutes)
        self._become(Rest(self.rest.is_quiet, until))
        return until

    def wake(self) -> None:
        self._become(Rest(self.rest.is_quiet))

    def _become(self, rest: Rest) -> None:
        if rest != self.rest:
            self.rest = rest
            self._bus.publish(RestChanged(rest))


class FakeQuickActions:
    """Notes what is asked for, and answers with what a test has put."""

    def __init__(self) -> None:
        self.chosen = Actions()
        self.begun: list[tuple[QuickAction, str, Span]] = []
        self.answer: str | Asked = "p1"
        self.error: SparkError | None = None

    async def begin(self, action: QuickAction, snapshot: Snapshot, lines: Span) -> str | Asked:
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        self.begun.append((action, snapshot.path, lines))
        return self.answer


class MemoryRecent:
    """Recent projects in memory."""

    def __init__(self, *known: Path) -> None:
        self.known = known
        self.error: SparkError | None = None

    async def folders(self) -> tuple[Path, ...]:
        return self.known

    async def opened(self, folder: Path) -> tuple[Path, ...]:
        if self.error is not None:
            raise self.error
        self.known = (folder, *(one for one in self.known if one != folder))
        return self.known


class FakeProject:
    """All of them on one bus, as a project offers them."""

    def __init__(self, state: CoreState | None = None, root: Path = Path("project")) -> None:
        self.root = root
        self.is_watched = False
        self.is_closed = False
        self.looks: list[tuple[str | None, Span | None]] = []
        self.settings = Settings()
        self.bus = Bus()
        self.scope = TaskScope("test")
        self.core = FakeCore(self.bus, state)
        self.answers = CoreAnswers(self.core)
        self.files = FakeFiles({"src/parser.py": BEFORE, "stats.py": "import math\n"})
        self.turns = FakeTurns(self.bus)
        self.review = FakeReviews(self.turns, self.bus)
        self.edits = FakeEdits(self.bus)
        self.chat = FakeChat(self.bus)
        self.drafts = MemoryComposer()
        self.composing = self._composing()
        self.lab = FakeLab(self.chat)
        self.threads = FakeThreads(self.chat, self.bus)
        self.inbox = FakeInbox(self.bus)
        self.quiet = FakeQuiet(self.bus)
        self.quick_actions = FakeQuickActions()

    def _composing(self) -> Composing:
        threads, syntax, diffs = MemoryThreads(FakeClock()), LineSyntax(), FakeDiffs()
        self.kept_threads, self.prompts = threads, MemoryPrompts()
        items = ContextItems(self.files, syntax, diffs.read)
        counter = TokenCounter(FakeTokenizer())
        prompt = ChatPrompt(threads, items, counter, self.prompts)
        return Composing(
            self.drafts,
            Outbox(self.drafts, self.chat, self.bus, self.scope),
            items,
            MentionSearch(self.files, syntax, self.bus),
            PromptPreview(prompt, items, counter, self.core, self.answers),
            self.prompts,
        )

    def warm(self, *kinds: WorkKind) -> None:
        self.core.start()

    def watch(self) -> None:
        self.is_watched = True

    def look(self, path: str | None, lines: Span | None) -> None:
        self.looks.append((path, lines))

    def use(self, settings: Settings) -> None:
        self.settings = settings
        self.quiet.use(settings.for_project(self.root).watching.quiet)

    async def close(self) -> None:
        await self.scope.close()
        self.is_closed = True


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop and Qt work until ``condition`` holds; the test's time limit ends the wait."""
    while not condition():
        QCoreApplication.processEvents()
        await asyncio.sleep(0.001)
