"""The command, run in this process on a real folder, with a scripted model behind it."""

import os
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from composer_fakes import FakeDiffs, FakeTokenizer, chat_of
from fakes import (
    Answer,
    FakeClock,
    FakeCore,
    FakeEndpoint,
    MemoryProfiles,
    MemoryProposalLog,
    MemorySteps,
    MemoryThreads,
    ScriptedWatch,
)
from run_fakes import ScriptedRuns
from thread_fakes import MemoryLibrary

from spark_desktop.adapters.code_index import WorkspaceIndex
from spark_desktop.adapters.file_store import LocalFileStore
from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.adapters.lab_exports import LocalExports
from spark_desktop.adapters.path_guard import DiskPathGuard
from spark_desktop.adapters.project_commands import LocalCommands
from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.adapters.syntax_problems import SyntaxProblems
from spark_desktop.cli.main import main
from spark_desktop.domain.completion import Chunk, Priority, Request
from spark_desktop.domain.effort import Effort
from spark_desktop.domain.errors import CoreError
from spark_desktop.services.answer_edits import AnswerEdits
from spark_desktop.services.answer_evidence import AnswerEvidence
from spark_desktop.services.answer_files import AnswerFiles
from spark_desktop.services.answers import CoreAnswers
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.breakage import Breakage
from spark_desktop.services.bus import Bus
from spark_desktop.services.composing import Surroundings
from spark_desktop.services.edits import EditService
from spark_desktop.services.inbox import Inbox
from spark_desktop.services.lab import LabService
from spark_desktop.services.lab_proposals import LabProposals
from spark_desktop.services.project_checks import Place, ProjectChecks
from spark_desktop.services.proposal_context import proposal_context
from spark_desktop.services.quick_actions import QuickActions
from spark_desktop.services.quiet import Quiet
from spark_desktop.services.review import ReviewService
from spark_desktop.services.run_evidence import FailingTestAgain
from spark_desktop.services.second_try import SecondTry
from spark_desktop.services.suggest import Suggester
from spark_desktop.services.tasks import TaskScope
from spark_desktop.services.test_runs import FailingCode
from spark_desktop.services.threads import ThreadService
from spark_desktop.services.trigger_evidence import ByTrigger
from spark_desktop.services.turns import Turns
from spark_desktop.services.watched_tests import HandedRuns, WatchedTests
from spark_desktop.shadow_wiring import Shadow
from spark_desktop.wiring import Project

BEFORE = "def mean(values):\n    return sum(values) / len(values)\n"
AFTER = BEFORE.replace("    return", "    if not values:\n        return 0\n    return")
REWRITTEN = f"```python\n{AFTER}```\n"


@dataclass
class Run:
    """How one command ended, and what it wrote."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")


class AskedEndpoint(FakeEndpoint):
    """Has its answers for what is asked: a warm-up, which a pause starts, takes none of them."""

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[AsyncIterator[Chunk]]:
        if request.priority is Priority.WARMUP:
            async with FakeEndpoint("").stream(request) as chunks:
                yield chunks
            return
        async with super().stream(request) as chunks:
            yield chunks


@dataclass
class Spark:
    """Runs commands; applied changes and chats last from one to the next, as on a disk."""

    capture: pytest.CaptureFixture[bytes]
    clock: FakeClock = field(default_factory=FakeClock)
    endpoint: FakeEndpoint = field(default_factory=FakeEndpoint)
    steps: MemorySteps = field(default_factory=MemorySteps)
    watch: ScriptedWatch = field(default_factory=ScriptedWatch)
    core_error: CoreError | None = None
    # Called with each project before the command gets it.
    prepare: Callable[[Project], object] = lambda project: None
    # Stands for a copy of the folder in which commands run.
    shadow_run: ScriptedRuns = field(default_factory=ScriptedRuns)
    opened: list[tuple[Path, str | None]] = field(default_factory=list)
    cores: list[FakeCore] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.threads = MemoryThreads(self.clock)
        self.profiles = MemoryProfiles()
        self.proposals = MemoryProposalLog()

    def __call__(self, *argv: str, answers: tuple[Answer | str, ...] = ()) -> Run:
        self.endpoint, self.watch = AskedEndpoint(*answers), ScriptedWatch()
        self.capture.readouterr()
        code = main(argv, self.project)
        written = self.capture.readouterr()
        return Run(code, written.out, written.err.decode("utf-8"))

    async def project(self, root: Path, model: str | None) -> Project:
        self.opened.append((root, model))
        bus, scope = Bus(), TaskScope("project")
        files, syntax = LocalFileStore(root, IgnoreRules(root)), TreeSitterSyntax()
        core = FakeCore(self.endpoint, self.core_error)
        self.cores.append(core)
        board = ProposalBoard(bus)
        self.steps.files = files
        edits = EditService(files, self.steps, bus, self.clock)
        await edits.recover()
        review = ReviewService(board, edits, files)
        chat, composing = chat_of(self.threads, files, core, bus, self.clock)
        suggester = Suggester(CoreAnswers(core), files, syntax, board, self.clock, bus)
        suggester.effort = Effort(samples=1, doubts=False)
        turns = Turns(suggester, review, chat, board, bus)
        inbox = Inbox(files, self.watch, syntax, turns, review, bus)
        closing = AsyncExitStack()
        closing.push_async_callback(scope.close)
        closing.push_async_callback(chat.close)
        closing.push_async_callback(turns.close)
        library = MemoryLibrary(self.threads, str(root))
        threads = ThreadService(library, chat, LocalExports(), bus, self.clock)
        proposals = LabProposals(self.proposals, bus, scope)
        closing.push_async_callback(proposals.settle)
        lab = LabService(self.threads, self.profiles, LocalExports(), proposals)
        answers = CoreAnswers(core)
        checks = ProjectChecks(LocalCommands(root), Place(root.as_posix(), ""))
        answer_edits = AnswerEdits(
            lambda: AnswerFiles(DiskPathGuard(root), files),
            AnswerEvidence(syntax, checks.evidence),
            board,
            SecondTry(answers, composing.prompts),
            bus,
            self.clock,
        )
        closing.push_async_callback(answer_edits.close)
        failing = FailingCode(files, composing.items.guard, syntax)
        asking = TaskScope("asking")
        handed = HandedRuns(failing, turns.request, inbox, bus, asking)
        watched = WatchedTests(self.shadow_run, failing, inbox, files, self.clock, bus)
        suggester.judge.by_trigger = ByTrigger(
            Breakage(SyntaxProblems()),
            FailingTestAgain(self.shadow_run),
            lambda command: command in handed.typed,
        )
        closing.push_async_callback(watched.close)
        closing.push_async_callback(asking.close)
        index = WorkspaceIndex(root, root.parent / "index", bus, scope)
        made = Project(
            *(root, bus, files, syntax, core, inbox, turns, review, edits, chat, composing, lab),
            *(threads, scope, asking, closing, answers, answer_edits, checks),
            # Nobody looks at files here, and the prompt has the region alone.
            context=proposal_context(
                Surroundings(files, syntax, FakeDiffs(), core, FakeTokenizer(), answers),
                bus,
                self.clock,
                scope,
            ),
            suggester=suggester,
            quiet=Quiet(self.clock, bus, scope),
            failing=failing,
            handed_runs=handed,
            watched_tests=watched,
            shadow_run=self.shadow_run,
            shadow=Shadow(root, root.parent / "cache", bus),
            index=index,
            quick_actions=QuickActions(files, syntax, index, turns.request),
        )
        self.prepare(made)
        return made


@pytest.fixture
def spark(capsysbinary) -> Spark:
    """The command, with everything but the files behind it scripted."""
    return Spark(capsysbinary)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    """The current folder: a git work tree with one Python file and a subfolder."""
    # Whoever runs the tests may have settings of git that change bytes.
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    root = tmp_path / "project"
    (root / "sub").mkdir(parents=True)
    git(root, "init", "-q")
    (root / "a.py").write_bytes(BEFORE.encode())
    monkeypatch.chdir(root)
    return root


def git(root: Path, *argv: str, data: bytes = b"") -> None:
    """Run git in the folder; what it refuses fails the test, with its words."""
    told = subprocess.run(["git", *argv], cwd=root, input=data, capture_output=True, check=False)
    assert told.returncode == 0, told.stderr.decode()
