"""Builds the object graph of one project; the window and the command line share it."""

import asyncio
import tomllib
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from spark_desktop.adapters.code_index import WorkspaceIndex
from spark_desktop.adapters.composer_store import SqliteComposerStore
from spark_desktop.adapters.core_process import CoreOptions, core_command
from spark_desktop.adapters.core_switch import SwitchingCoreProcess
from spark_desktop.adapters.database import Database
from spark_desktop.adapters.file_store import LocalFileStore
from spark_desktop.adapters.git_changes import GitChanges
from spark_desktop.adapters.git_commits import GitCommits
from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.adapters.known_modules import KnownModules
from spark_desktop.adapters.lab_exports import LocalExports
from spark_desktop.adapters.lab_profiles import CoreProfiles
from spark_desktop.adapters.lab_proposals import SqliteProposalLog
from spark_desktop.adapters.languages import grammar_for
from spark_desktop.adapters.ledger import SqliteLedger
from spark_desktop.adapters.names_reader import LanguageNames
from spark_desktop.adapters.path_guard import DiskPathGuard
from spark_desktop.adapters.power import is_on_battery
from spark_desktop.adapters.prompt_memory import SqlitePromptMemory
from spark_desktop.adapters.prompt_tokenizer import PromptTokenizer
from spark_desktop.adapters.renaming import TreeSitterNames
from spark_desktop.adapters.renaming_search import NameSearch
from spark_desktop.adapters.step_store import SqliteStepStore
from spark_desktop.adapters.step_usage import DEFAULT_LIMIT
from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.adapters.syntax_problems import SyntaxProblems
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.adapters.thread_library import SqliteThreadLibrary
from spark_desktop.adapters.thread_store import SqliteThreadStore
from spark_desktop.adapters.track_record import TrackRecordFile
from spark_desktop.adapters.watch_process import ProcessFileWatch
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import FileError, StoreError
from spark_desktop.domain.events import FilesChanged, StepReverted, WorkFailed
from spark_desktop.domain.line_changes import load as load_comparison
from spark_desktop.domain.settings import Settings
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import shown_path
from spark_desktop.endpoint_wiring import EndpointServices
from spark_desktop.places import cache_folder, data_folder
from spark_desktop.services.answer_edits import AnswerEdits
from spark_desktop.services.answer_evidence import AnswerEvidence
from spark_desktop.services.answer_files import AnswerFiles
from spark_desktop.services.answers import Answers, CoreAnswers
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.breakage import Breakage
from spark_desktop.services.bus import Bus
from spark_desktop.services.call_types import CallsEverywhere
from spark_desktop.services.chat import ChatService
from spark_desktop.services.composing import Composing, KeptChats, Surroundings, compose
from spark_desktop.services.edits import EditService
from spark_desktop.services.first_look import first_look
from spark_desktop.services.follow_up import FollowUps
from spark_desktop.services.inbox import Inbox
from spark_desktop.services.invented_names import InventedNames
from spark_desktop.services.lab import LabService
from spark_desktop.services.lab_proposals import LabProposals
from spark_desktop.services.missing_imports import MissingImports
from spark_desktop.services.models import SwitchingCore
from spark_desktop.services.name_evidence import NameEvidence
from spark_desktop.services.ports import FileStore, Syntax
from spark_desktop.services.project_checks import ProjectChecks
from spark_desktop.services.proposal_context import ProposalContext, proposal_context
from spark_desktop.services.question_context import QuestionContext
from spark_desktop.services.quick_actions import QuickActions
from spark_desktop.services.quiet import Quiet
from spark_desktop.services.review import ReviewService
from spark_desktop.services.run_evidence import FailingTestAgain, ShadowRun
from spark_desktop.services.second_try import SecondTry
from spark_desktop.services.shadow_ahead import ShadowAhead
from spark_desktop.services.suggest import Suggester
from spark_desktop.services.tasks import TaskScope
from spark_desktop.services.test_runs import FailingCode
from spark_desktop.services.tested_cases import TestedCases
from spark_desktop.services.threads import ThreadService
from spark_desktop.services.together import Together
from spark_desktop.services.told_context import telling
from spark_desktop.services.trigger_evidence import ByTrigger, runs_in
from spark_desktop.services.turns import Turns
from spark_desktop.services.watched_tests import HandedRuns, WatchedTests
from spark_desktop.shadow_wiring import Shadow
from spark_resources import resource


@dataclass(frozen=True, slots=True)
class Project:
    """Everything that works on one folder; ``close`` ends it in order.

    ``asking`` owns what asks for turns by itself, and ends before these do. ``notes`` is what the
    user should know from the start.
    """

    root: Path
    bus: Bus
    files: FileStore
    syntax: Syntax
    core: SwitchingCore
    inbox: Inbox
    turns: Turns
    review: ReviewService
    edits: EditService
    chat: ChatService
    composing: Composing
    lab: LabService
    threads: ThreadService
    scope: TaskScope
    asking: TaskScope
    closing: AsyncExitStack
    answers: Answers
    answer_edits: AnswerEdits
    checks: ProjectChecks
    context: ProposalContext
    suggester: Suggester
    quiet: Quiet
    quick_actions: QuickActions
    failing: FailingCode
    handed_runs: HandedRuns
    watched_tests: WatchedTests
    # Runs what the user typed on texts that are in no file yet.
    shadow_run: ShadowRun
    shadow: Shadow
    index: WorkspaceIndex
    notes: tuple[str, ...] = ()

    def warm(self, *kinds: WorkKind) -> None:
        """Begin what takes a while before such work (without ``kinds``: any) can be answered.

        That is the core, where it is the first to be asked; else it begins once it has to step in.
        """
        for kind in kinds or WorkKind:
            self.answers.warm(kind)

    def watch(self) -> None:
        """Follow the folder, and what answers want changed in it; WorkFailed tells a failure."""
        self.answer_edits.follow()
        self.index.start()
        # What compares lines takes tenths of a second to load, once.
        self.scope.start("line comparison", asyncio.to_thread(load_comparison))
        self.asking.start("inbox", self._follow())
        self.scope.start("history", self._tell_history())
        self.scope.start("first look", self._look_first())

    def look(self, path: str | None, lines: Span | None) -> None:
        """Take it that the user looks at a file, or at selected lines of it: a prompt is near."""
        self.context.warmup.looked_at(path, lines)

    def use(self, settings: Settings) -> None:
        """Follow the user's settings; also while the project is open."""
        choices = settings.for_project(self.root)
        self.inbox.watching = choices.watching
        self.quiet.use(choices.watching.quiet)
        self.quick_actions.chosen = choices.actions
        self.checks.choices = settings.checks
        self.watched_tests.command = choices.test_command
        self.watched_tests.is_allowed = choices.allow_commands
        self.watched_tests.watching = choices.watching
        self.shadow.allowed = choices.allow_commands
        self.shadow.without_sandbox = choices.without_sandbox

    async def close(self) -> None:
        """Stop what runs, give up the core, close the database."""
        await self.closing.aclose()

    async def _follow(self) -> None:
        try:
            await self.inbox.run()
        except FileError as error:
            self.bus.publish(WorkFailed(error.message, error.next_step))

    async def _look_first(self) -> None:
        # That the folder cannot be listed is what the watching says.
        with suppress(FileError):
            await first_look(self.files, self.inbox.seen, lambda path: bool(grammar_for(path)))

    async def _tell_history(self) -> None:
        try:
            await self.edits.tell()
        except StoreError as error:
            self.bus.publish(WorkFailed(error.message, error.next_step))


@dataclass(frozen=True, slots=True)
class _Program:
    """What the project shares with the program around it; ``endpoints`` may be missing."""

    keep_ledger: Callable[[], bool]
    endpoints: EndpointServices | None
    only_core: bool
    history_bytes: Callable[[], int]

    def answers(
        self, core: SwitchingCore, bus: Bus, scope: TaskScope, closing: AsyncExitStack
    ) -> Answers:
        """Return who answers in the project."""
        if self.endpoints is None:
            return CoreAnswers(core)
        closing.callback(self.endpoints.tell(bus))
        return self.endpoints.router(core, bus, scope, only_core=self.only_core)


async def open_project(
    root: Path,
    *,
    model: str | None = None,
    linger: float = 2.0,
    data_dir: Path | None = None,
    keep_ledger: Callable[[], bool] = lambda: True,
    endpoints: EndpointServices | None = None,
    only_core: bool = False,
    history_bytes: Callable[[], int] = lambda: DEFAULT_LIMIT,
) -> Project:
    """Return the project in ``root``; nothing is watched and no core is started yet.

    ``model`` is a catalogue id or the path of a model file; a core that this program starts stays
    ``linger`` seconds when nobody uses it any more; connections are noted while ``keep_ledger``
    says so; steps that can be undone may take ``history_bytes``. ``endpoints`` belong to the
    caller; without them, or with ``only_core``, the core answers everything. Raises FileError,
    StoreError.
    """
    root = _folder(root)
    data = data_dir or data_folder()
    async with AsyncExitStack() as opening:
        database = Database(data / "spark.db")
        opening.push_async_callback(database.close)
        await database.open()
        options = CoreOptions(model or default_model(), core_command(), data / "run", linger)
        program = _Program(keep_ledger, endpoints, only_core, history_bytes)
        project = _assemble(root, database, options, program, opening)
    try:
        # Before anything is written, or read that a crash left half written.
        await project.edits.recover()
    except BaseException:
        await project.close()
        raise
    return project


def _folder(root: Path) -> Path:
    if not root.is_dir():
        raise FileError(
            say("{root} is not a folder.", root=root), say("Open the folder of your project.")
        )
    root = root.resolve()
    shown = shown_path(str(root))
    if shown != str(root):
        # The database could not keep whose chats and steps they are.
        raise FileError(
            say("The path {root} is not UTF-8.", root=shown),
            say("Rename the folder in it that has the question mark."),
        )
    return root


def default_model() -> str:
    """Return the id of the model that is used where none is named, from the catalogue."""
    catalogue = tomllib.loads(resource("models.toml").read_text(encoding="utf-8"))
    return str(catalogue["default"])


def _assemble(
    root: Path,
    database: Database,
    options: CoreOptions,
    program: _Program,
    opening: AsyncExitStack,
) -> Project:
    bus, clock, scope = Bus(), SystemClock(), TaskScope("project")
    exports = LocalExports()
    rules = IgnoreRules(root)
    files = LocalFileStore(root, rules)
    syntax = TreeSitterSyntax()
    ledger = SqliteLedger(database, clock, scope, program.keep_ledger)
    core = SwitchingCoreProcess(options, bus, scope, clock, ledger)
    answers = program.answers(core, bus, scope, opening)
    board = ProposalBoard(bus)
    steps = SqliteStepStore(database, files.folder, program.history_bytes)
    edits = EditService(files, steps, bus, clock)
    review = ReviewService(board, edits, files)
    threads = SqliteThreadStore(database, root, clock)
    proposals = LabProposals(SqliteProposalLog(database, root), bus, scope)
    around = Surroundings(files, syntax, GitChanges(files), core, PromptTokenizer(answers), answers)
    chat, composing = compose(
        KeptChats(
            threads,
            steps,
            SqliteComposerStore(database, root),
            SqlitePromptMemory(database),
        ),
        around,
        bus,
        clock,
        scope,
    )
    bus.subscribe(StepReverted, lambda event: review.reverted(event.step))
    shadow = Shadow(root, cache_folder(), bus)
    checks = shadow.commands
    suggester = Suggester(answers, composing.items.guard, syntax, board, clock, bus)
    suggester.unsent = files
    suggester.project = shadow.evidence
    suggester.judge.may_prove = shadow.checks.may_prove
    ShadowAhead(shadow.checks, bus, scope)
    context = proposal_context(around, bus, clock, scope)
    context.gathering.diagnostics.project = checks.evidence
    context.warmup.is_on_battery = is_on_battery
    suggester.context = telling(context.gathering.gather, bus)
    suggester.ways.record = TrackRecordFile(options.run_dir.parent / "track_record.json")
    index = WorkspaceIndex(root, options.run_dir.parent / "index", bus, scope)
    suggester.judge.names = NameEvidence(LanguageNames(), KnownModules(root), index)
    suggester.judge.imports = MissingImports(LanguageNames())
    suggester.calls = CallsEverywhere(index, composing.items.guard)
    suggester.weighing.cases = TestedCases(index, composing.items.guard)
    suggester.judge.invented = InventedNames(LanguageNames(), index, composing.items.guard)
    shadow.index = lambda: index if index.state.is_ready else None
    context.gathering.lookup.index = index
    turns = Turns(suggester, review, chat, board, bus)
    turns.beside = QuestionContext(context.gathering.lookup, files).refs
    failing = FailingCode(files, composing.items.guard, syntax, index)
    inbox = Inbox(files, ProcessFileWatch(root), syntax, turns, review, bus)
    inbox.seen.commits = GitCommits(root)
    breakage = Breakage(SyntaxProblems())
    inbox.finders.append(breakage)
    in_shadow = runs_in(shadow.bench, lambda: shadow.without_sandbox)
    asking = TaskScope("asking")
    handed = HandedRuns(failing, turns.request, inbox, bus, asking)
    watched = WatchedTests(in_shadow, failing, inbox, files, clock, bus)
    suggester.judge.by_trigger = ByTrigger(
        breakage,
        FailingTestAgain(in_shadow),
        lambda command: watched.is_allowed or command in handed.typed,
    )
    search = NameSearch(files)
    search.index = index
    bus.subscribe(FilesChanged, lambda event: search.saved(event.paths))
    follow_ups = FollowUps(TreeSitterNames(), search.holding, files, syntax, board, bus)
    inbox.finders.append(follow_ups.find)
    suggester.follow_ups = follow_ups.computed
    follow_ups.evidence = shadow.checks.evidence_of
    suggester.together = Together(board, shadow.evidence_of, files.read)
    suggester.judge.follow_up = suggester.together.evidence
    guard = DiskPathGuard(root)
    answer_edits = AnswerEdits(
        lambda: AnswerFiles(guard, files),
        AnswerEvidence(syntax, checks.evidence),
        board,
        SecondTry(answers, composing.prompts),
        bus,
        clock,
    )
    answer_edits.file_changed = review.file_changed
    turns.stop_besides = answer_edits.stop
    # Closed from the last to the first: what works goes before what it works with.
    opening.push_async_callback(ledger.close)
    opening.push_async_callback(shadow.bench.close)
    opening.push_async_callback(scope.close)
    opening.push_async_callback(index.close)
    opening.push_async_callback(proposals.settle)
    opening.push_async_callback(core.close)
    opening.push_async_callback(answer_edits.close)
    opening.push_async_callback(chat.close)
    opening.push_async_callback(turns.close)
    opening.push_async_callback(watched.close)
    opening.push_async_callback(asking.close)
    return Project(
        root=root,
        bus=bus,
        files=files,
        syntax=syntax,
        core=core,
        inbox=inbox,
        turns=turns,
        review=review,
        edits=edits,
        chat=chat,
        composing=composing,
        lab=LabService(threads, CoreProfiles(options.command), exports, proposals),
        threads=ThreadService(
            SqliteThreadLibrary(database, root, clock), chat, exports, bus, clock
        ),
        scope=scope,
        asking=asking,
        closing=opening.pop_all(),
        answers=answers,
        answer_edits=answer_edits,
        checks=checks,
        context=context,
        suggester=suggester,
        quiet=Quiet(clock, bus, scope),
        quick_actions=QuickActions(files, syntax, index, turns.request),
        failing=failing,
        handed_runs=handed,
        watched_tests=watched,
        shadow_run=runs_in(shadow.bench, lambda: True),
        shadow=shadow,
        index=index,
    )
