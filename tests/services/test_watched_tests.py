"""The test command that runs by itself, and failures that are handed over."""

import asyncio
from collections.abc import Sequence

import pytest
from fakes import FakeClock, MemoryFiles, Recorder
from interface_fakes import until
from run_fakes import ScriptedRuns
from services.test_test_runs import ADD, CALC, FIRST, code_of, of_jest, project

from spark_desktop.domain.errors import FileError
from spark_desktop.domain.events import (
    ChangeApplied,
    FilesChanged,
    ProposalChanged,
    RestChanged,
    SaveSettled,
    WatchingChanged,
    WorkFailed,
)
from spark_desktop.domain.history import AppliedChange
from spark_desktop.domain.patch import FileKind
from spark_desktop.domain.project_checks import NotRun, Outcome, Ran
from spark_desktop.domain.project_settings import ProjectSettings, WatchingHere
from spark_desktop.domain.proposal import Cancelled, Closed, Proposal, Ready, State
from spark_desktop.domain.rest import Rest
from spark_desktop.domain.settings import Settings, Watching
from spark_desktop.domain.trigger import FailingTest, Trigger, title_of
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.services.quiet import Quiet
from spark_desktop.services.run_judges import FailedRun
from spark_desktop.services.save_bursts import MANY
from spark_desktop.services.tasks import TaskScope
from spark_desktop.services.watched_tests import HandedRuns, WatchedTests
from spark_desktop.wiring import open_project


class PutOff:
    """An inbox that keeps what was put off: the file, and what is said."""

    def __init__(self) -> None:
        self.put: list[tuple[str, str]] = []

    def put_off(self, path: str, told: str) -> None:
        self.put.append((path, told))

    def found(self, path: str, triggers: Sequence[Trigger]) -> None:
        raise AssertionError("what was handed over is asked for")


class Watched(PutOff):
    """The command ``pytest -q`` of a project, allowed, with what it asks for."""

    def __init__(self, *outcomes: Outcome, files: MemoryFiles | None = None) -> None:
        super().__init__()
        self.bus, self.clock = Bus(), FakeClock()
        self.seen = Recorder(self.bus)
        self.runs = ScriptedRuns(*outcomes)
        self.asked: list[FailingTest] = []
        self.files = files or project()
        failing = code_of(self.files)
        self.tests = WatchedTests(self.runs, failing, self, self.files, self.clock, self.bus)
        self.tests.command, self.tests.is_allowed = "pytest -q", True

    def found(self, path: str, triggers: Sequence[Trigger]) -> None:
        assert all(one.snapshot.path == path for one in triggers)
        self.asked.extend(one for one in triggers if isinstance(one, FailingTest))

    async def save(self, *paths: str) -> None:
        self.bus.publish(FilesChanged(paths))
        await self.idle()

    async def idle(self) -> None:
        for _ in range(200):
            await asyncio.sleep(0.001)
            if not self.tests._scope._tasks:
                break

    async def write(self, path: str, text: str) -> None:
        """Write as we do; nobody is told yet."""
        before = self.files.snapshot(path)
        await self.files.replace(path, before.text.with_content(text), before.digest)

    def decide(self, trigger: FailingTest, state: State, proposal_id: str = "1") -> None:
        """Let a proposal for it become so."""
        self.bus.publish(ProposalChanged(Proposal(proposal_id, trigger, state)))

    @property
    def names(self) -> list[str]:
        return [one.name.rpartition("::")[2] for one in self.asked]


async def test_a_save_runs_the_command_in_the_shadow_and_asks_for_a_fix():
    watched = Watched(Ran(1, ADD))
    await watched.save("calc.py")
    assert watched.runs.ran == [(("pytest", "-q"), {}, "")]
    assert watched.names == ["test_add"]
    assert watched.asked[0].command == ("pytest", "-q")
    await watched.tests.close()


async def test_what_failed_before_is_not_asked_for_again_until_it_has_passed():
    watched = Watched(Ran(1, ADD), Ran(1, ADD + FIRST), Ran(0, ""), Ran(1, ADD))
    for _ in range(4):
        await watched.save("calc.py")
    assert watched.names == ["test_add", "test_first", "test_add"]
    await watched.tests.close()


async def test_a_suite_that_does_not_run_is_new_although_another_one_did_not_either():
    files = project()
    for name in ("a", "b"):
        files.write(f"src/{name}.js", "const x = require('./x');\n")
    one, both = of_jest("a"), of_jest("a") + of_jest("b")
    watched = Watched(Ran(1, one), Ran(1, both), Ran(1, both), files=files)
    asked = []
    for _ in range(3):
        await watched.save("calc.py")
        asked.append([one.snapshot.path for one in watched.asked])
    assert asked == [["src/a.js"], ["src/a.js", "src/b.js"], ["src/a.js", "src/b.js"]]
    await watched.tests.close()


async def test_nothing_runs_without_consent_or_without_a_command():
    watched = Watched(Ran(1, ADD))
    watched.tests.is_allowed = False
    await watched.save("calc.py")
    assert await watched.tests.run_once() == ()
    watched.tests.is_allowed, watched.tests.command = True, ""
    await watched.save("calc.py")
    assert watched.runs.ran == []
    await watched.tests.close()


async def test_files_that_tests_do_not_touch_and_our_own_writes_run_nothing():
    watched = Watched(Ran(1, ADD))
    await watched.save("README.md")
    await watched.write("calc.py", CALC + "# ours\n")
    await watched.save("calc.py")
    assert watched.runs.ran == []
    # Whether or not our write was told: the user's next save counts.
    watched.files.write("calc.py", CALC)
    await watched.save("calc.py")
    assert len(watched.runs.ran) == 1
    await watched.tests.close()


@pytest.mark.parametrize(("kind", "runs"), [(FileKind.DELETE, 0), (FileKind.CHANGE, 1)])
async def test_a_file_that_we_took_away_runs_nothing(kind, runs):
    watched = Watched(Ran(1, ADD))
    change = AppliedChange("1", "calc.py", "title", (), "a", "b", FakeClock().now(), kind=kind)
    watched.bus.publish(ChangeApplied(change))
    del watched.files.data["calc.py"]
    await watched.save("calc.py")
    assert len(watched.runs.ran) == runs
    await watched.tests.close()


async def test_many_files_at_once_are_not_looked_at_one_by_one():
    watched = Watched(Ran(0, ""))
    await watched.save(*(f"tests/test_{n}.py" for n in range(MANY)))
    assert len(watched.runs.ran) == 1
    assert watched.files.glanced == []
    await watched.tests.close()


async def test_a_note_saved_in_the_wait_or_in_a_run_loses_no_run():
    watched, began, may_end = Watched(), asyncio.Event(), asyncio.Event()
    ran = 0

    async def slow(*_words: object) -> Outcome:
        nonlocal ran
        ran += 1
        began.set()
        await may_end.wait()
        return Ran(1, ADD)

    watched.tests._run = slow
    watched.bus.publish(FilesChanged(("calc.py",)))
    watched.bus.publish(FilesChanged(("README.md",)))
    await began.wait()
    watched.bus.publish(FilesChanged(("README.md",)))
    for _ in range(20):
        await asyncio.sleep(0.001)
    may_end.set()
    await watched.idle()
    assert (ran, watched.names) == (1, ["test_add"])
    await watched.tests.close()


async def test_code_saved_in_a_run_starts_it_anew_and_each_failure_is_asked_for_once():
    watched, began = Watched(), asyncio.Event()
    outcomes: list[Outcome | None] = [None, Ran(1, ADD)]

    async def run(*_words: object) -> Outcome:
        began.set()
        outcome = outcomes.pop(0)
        return outcome or await asyncio.Future()

    watched.tests._run = run
    watched.bus.publish(FilesChanged(("calc.py",)))
    await began.wait()
    await watched.save("calc.py")
    assert watched.names == ["test_add"]
    assert outcomes == []
    await watched.tests.close()


OFF = [Watching(enabled=False), Watching(failing_tests=False)]


@pytest.mark.parametrize("watching", OFF)
async def test_nothing_runs_while_failing_tests_are_not_watched(watching):
    watched = Watched(Ran(1, ADD))
    watched.tests.watching = watching
    await watched.save("calc.py")
    watched.tests.watching = Watching()
    await watched.save("README.md")
    assert watched.runs.ran == []
    await watched.save("calc.py")
    assert watched.names == ["test_add"]
    await watched.tests.close()


@pytest.mark.parametrize("watching", OFF)
async def test_what_is_switched_off_in_the_wait_runs_nothing(watching):
    watched = Watched(Ran(1, ADD))
    watched.bus.publish(FilesChanged(("calc.py",)))
    watched.tests.watching = watching
    await watched.idle()
    assert watched.runs.ran == []
    await watched.tests.close()


async def test_a_project_can_watch_saves_but_no_tests(tmp_path):
    root = tmp_path / "shop"
    root.mkdir()
    project = await open_project(root, data_dir=tmp_path / "data")
    own = ProjectSettings(True, "pytest -q", watching=WatchingHere(failing_tests=False))
    project.use(Settings().with_project(project.root, own))
    watched = project.watched_tests
    assert (watched.command, watched.is_allowed) == ("pytest -q", True)
    assert watched.watching == Watching(failing_tests=False)
    await project.close()


UNTIL = FakeClock().now()


@pytest.mark.parametrize(
    ("begun", "ended"),
    [
        (WatchingChanged(True), WatchingChanged(False)),
        (RestChanged(Rest(until=UNTIL)), RestChanged(Rest())),
    ],
)
@pytest.mark.parametrize("is_sooner", [True, False])
async def test_what_is_saved_in_a_pause_or_a_snooze_runs_once_when_that_is_over(
    begun, ended, is_sooner
):
    watched = Watched(Ran(1, ADD), Ran(1, ADD))
    if is_sooner:
        watched.bus.publish(begun)
    watched.bus.publish(FilesChanged(("calc.py",)))
    watched.bus.publish(begun)
    await watched.idle()
    await watched.save("tests/test_calc.py")
    assert watched.runs.ran == []
    watched.bus.publish(ended)
    await watched.idle()
    assert len(watched.runs.ran) == 1
    assert watched.names == ["test_add"]
    await watched.tests.close()


async def test_a_snooze_that_ends_in_a_pause_runs_nothing():
    watched = Watched(Ran(1, ADD))
    watched.bus.publish(WatchingChanged(True))
    watched.bus.publish(RestChanged(Rest(until=UNTIL)))
    await watched.save("calc.py")
    watched.bus.publish(RestChanged(Rest()))
    await watched.idle()
    assert watched.runs.ran == []
    await watched.tests.close()


SCRIPT = 'Traceback (most recent call last):\n  File "calc.py", line 2, in add\nValueError: no\n'


@pytest.mark.parametrize(
    ("output", "command"),
    [(ADD, "pytest -q"), (SCRIPT, "pytest -q"), (SCRIPT, "python calc.py --token abc")],
)
@pytest.mark.parametrize(
    ("states", "is_asked_again"),
    [
        ([Closed(1)], True),
        # The board tells of each step more than once, and of one that leaves the list.
        ([Closed(1), Closed(1), Cancelled("dismissed")], True),
        ([Closed(0)], False),
        ([Ready()], False),
        ([Closed(1), Closed(1, undone=True)], False),
        ([Closed(1), Ready()], False),
    ],
)
async def test_what_an_accepted_fix_mended_is_asked_for_when_it_breaks_again(
    output, command, states, is_asked_again
):
    watched = Watched(Ran(1, output), Ran(1, output))
    watched.tests.command = command
    await watched.save("calc.py")
    (asked,) = watched.asked
    for state in states:
        watched.decide(asked, state)
    await watched.save("calc.py")
    assert len(watched.asked) == 1 + is_asked_again
    await watched.tests.close()


async def test_a_fix_accepted_in_the_review_and_broken_by_hand_is_offered_again(world_of):
    world = world_of(project(), *["def add(a, b):\n    return a + b\n"] * 2)
    runs = ScriptedRuns(Ran(1, ADD), Ran(1, ADD))
    code = code_of(world.files)
    tests = WatchedTests(runs, code, world.inbox, world.files, world.clock, world.seen_bus)
    tests.command, tests.is_allowed = "pytest -q", True
    await world.inbox.saved(["calc.py"])
    await until(lambda: any(one.state == Ready() for one in world.turns.proposals()))
    await world.review.accept(world.turns.proposals()[0].id)
    await world.inbox.saved(["calc.py"])
    world.files.write("calc.py", CALC)
    await world.inbox.saved(["calc.py"])
    await until(lambda: len(world.turns.proposals()) == 2)
    assert len(runs.ran) == 2
    await tests.close()


@pytest.fixture
async def quiet(world_of):
    """A project in quiet mode whose tests run in the inbox of a world."""
    world = world_of(project(), *["def add(a, b):\n    return a + b\n"] * 2)
    world.quiet = Quiet(world.clock, world.seen_bus, world.scope)
    world.quiet.use(True)
    world.runs = ScriptedRuns()
    code, files = code_of(world.files), world.files
    tests = WatchedTests(world.runs, code, world.inbox, files, world.clock, world.seen_bus)
    tests.command, tests.is_allowed = "pytest -q", True
    world.tests = tests
    yield world
    await tests.close()


def held(world):
    newest = {one.entry.id: one.entry for one in world.seen.of(SaveSettled)}
    return [title_of(trigger) for entry in newest.values() for trigger in entry.offered]


async def test_a_failure_that_quiet_holds_back_is_offered_until_it_passes(quiet):
    quiet.runs.outcomes = [Ran(1, ADD), Ran(1, ADD), Ran(0, "")]
    for count in (1, 1, 0):
        await quiet.tests.run_once()
        assert held(quiet) == ["failing test tests/test_calc.py::test_add"] * count


async def test_after_quiet_the_next_run_asks_for_what_was_held_back(quiet):
    quiet.runs.outcomes = [Ran(1, ADD), Ran(1, ADD), Ran(1, ADD)]
    await quiet.tests.run_once()
    quiet.quiet.use(False)
    await quiet.tests.run_once()
    assert (len(quiet.turns.proposals()), held(quiet)) == (1, [])
    await quiet.tests.run_once()
    assert len(quiet.turns.proposals()) == 1


async def test_a_failure_that_was_started_is_not_offered_again(quiet):
    quiet.runs.outcomes = [Ran(1, ADD), Ran(1, ADD)]
    await quiet.tests.run_once()
    quiet.inbox.start(quiet.inbox.log.entries()[-1].id)
    await quiet.tests.run_once()
    assert (len(quiet.turns.proposals()), held(quiet)) == (1, [])


async def test_a_failure_without_a_test_is_held_back_and_started_once_as_well(quiet):
    quiet.runs.outcomes = [Ran(1, SCRIPT), Ran(1, SCRIPT), Ran(1, SCRIPT)]
    for _ in range(2):
        await quiet.tests.run_once()
        assert held(quiet) == ["failing test pytest -q"]
    quiet.inbox.start(quiet.inbox.log.entries()[-1].id)
    await quiet.tests.run_once()
    assert (len(quiet.turns.proposals()), held(quiet)) == (1, [])


async def test_a_fix_told_once_more_after_it_broke_again_asks_no_second_time():
    watched = Watched(*[Ran(1, ADD)] * 3)
    await watched.save("calc.py")
    watched.decide(watched.asked[0], Closed(1))
    await watched.save("calc.py")
    watched.decide(watched.asked[0], Closed(1))
    await watched.save("calc.py")
    assert watched.names == ["test_add", "test_add"]
    await watched.tests.close()


async def test_what_is_mended_while_the_tests_run_on_the_text_before_is_not_asked_for():
    watched = Watched(Ran(1, ADD))
    await watched.save("calc.py")
    (asked,) = watched.asked

    async def run(*_words: object) -> Outcome:
        if not watched.runs.ran[1:]:
            watched.decide(asked, Closed(1))
        watched.runs.ran.append((("pytest",), {}, ""))
        return Ran(1, ADD)

    watched.tests._run = run
    await watched.save("calc.py")
    assert watched.names == ["test_add"]
    await watched.save("calc.py")
    assert watched.names == ["test_add", "test_add"]
    await watched.tests.close()


async def test_a_newer_save_starts_the_wait_anew():
    watched = Watched(Ran(1, ADD))
    watched.bus.publish(FilesChanged(("calc.py",)))
    watched.bus.publish(FilesChanged(("tests/test_calc.py",)))
    await watched.save("calc.py")
    assert len(watched.runs.ran) == 1
    await watched.tests.close()


async def test_a_command_without_a_result_is_told_once():
    reason = say("not run: there is no program {name}", name="pytest")
    watched = Watched(NotRun(reason), NotRun(reason))
    await watched.save("calc.py")
    await watched.save("calc.py")
    (told,) = watched.seen.of(WorkFailed)
    assert "there is no program pytest" in told.message
    assert told.next_step
    await watched.tests.close()


async def test_a_command_that_cannot_be_read_is_told():
    watched = Watched()
    watched.tests.command = "pytest 'x"
    await watched.save("calc.py")
    (told,) = watched.seen.of(WorkFailed)
    assert "quote" in told.message
    await watched.tests.close()


async def test_after_the_end_saves_run_nothing():
    watched = Watched(Ran(1, ADD))
    await watched.tests.close()
    watched.bus.publish(FilesChanged(("calc.py",)))
    assert watched.runs.ran == []


async def test_a_handed_run_asks_for_its_fixes_and_its_command_counts_as_typed():
    bus, scope, both = Bus(), TaskScope("project"), asyncio.Event()
    asked: list[Trigger] = []

    def request(trigger: Trigger) -> str:
        asked.append(trigger)
        if len(asked) == 2:
            both.set()
        return "id"

    handed = HandedRuns(code_of(project()), request, PutOff(), bus, scope)
    assert handed.take(FailedRun(("pytest",), "", ADD + FIRST))
    await both.wait()
    assert [one.lines.start for one in asked] == [0, 5]
    assert ("pytest",) in handed.typed
    await scope.close()
    assert not handed.take(FailedRun(("pytest",), "", ADD))


async def test_a_handed_run_that_names_no_code_is_told():
    bus, scope = Bus(), TaskScope("project")
    seen = Recorder(bus)
    handed = HandedRuns(code_of(project()), lambda _trigger: "id", PutOff(), bus, scope)
    await handed.propose(FailedRun(("make", "all"), "", "no\n"))
    (told,) = seen.of(WorkFailed)
    assert told.message.startswith("make all failed")
    await scope.close()


async def test_a_folder_that_cannot_be_read_is_told():
    class Broken(MemoryFiles):
        async def files(self, below: str = "") -> tuple[str, ...]:
            raise FileError("The folder is gone.", "Open it again.")

    bus, scope = Bus(), TaskScope("project")
    seen = Recorder(bus)
    handed = HandedRuns(code_of(Broken()), lambda _trigger: "id", PutOff(), bus, scope)
    await handed.propose(FailedRun(("make",), "", "no\n"))
    assert seen.of(WorkFailed)[0].message == "The folder is gone."
    await scope.close()
