"""The test command that runs by itself, and failures that are handed over."""

import asyncio

from fakes import FakeClock, MemoryFiles, Recorder
from run_fakes import ScriptedRuns
from services.test_test_runs import ADD, FIRST, code_of, project

from spark_desktop.domain.errors import FileError
from spark_desktop.domain.events import ChangeApplied, FilesChanged, WorkFailed
from spark_desktop.domain.history import AppliedChange
from spark_desktop.domain.project_checks import NotRun, Outcome, Ran
from spark_desktop.domain.trigger import FailingTest, Trigger
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.services.tasks import TaskScope
from spark_desktop.services.test_runs import FailedRun
from spark_desktop.services.watched_tests import HandedRuns, WatchedTests


class Watched:
    """The command ``pytest -q`` of a project, allowed, with what it asks for."""

    def __init__(self, *outcomes: Outcome, files: MemoryFiles | None = None) -> None:
        self.bus, self.clock = Bus(), FakeClock()
        self.seen = Recorder(self.bus)
        self.runs = ScriptedRuns(*outcomes)
        self.asked: list[FailingTest] = []
        self.files = files or project()
        failing = code_of(self.files)
        self.tests = WatchedTests(self.runs, failing, self._found, self.clock, self.bus)
        self.tests.command, self.tests.is_allowed = "pytest -q", True

    def _found(self, path: str, triggers: tuple[Trigger, ...]) -> None:
        assert all(one.snapshot.path == path for one in triggers)
        self.asked.extend(one for one in triggers if isinstance(one, FailingTest))

    async def save(self, *paths: str) -> None:
        self.bus.publish(FilesChanged(paths))
        for _ in range(200):
            await asyncio.sleep(0.001)
            if self.tests._latest._task is None or self.tests._latest._task.done():
                break

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
    change = AppliedChange("1", "calc.py", "title", (), "a", "b", FakeClock().now())
    watched.bus.publish(ChangeApplied(change))
    await watched.save("calc.py")
    assert watched.runs.ran == []
    await watched.save("calc.py")
    assert len(watched.runs.ran) == 1
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

    handed = HandedRuns(code_of(project()), request, bus, scope)
    assert handed.take(FailedRun(("pytest",), "", ADD + FIRST))
    await both.wait()
    assert [one.lines.start for one in asked] == [0, 5]
    assert ("pytest",) in handed.typed
    await scope.close()
    assert not handed.take(FailedRun(("pytest",), "", ADD))


async def test_a_handed_run_that_names_no_code_is_told():
    bus, scope = Bus(), TaskScope("project")
    seen = Recorder(bus)
    handed = HandedRuns(code_of(project()), lambda _trigger: "id", bus, scope)
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
    handed = HandedRuns(code_of(Broken()), lambda _trigger: "id", bus, scope)
    await handed.propose(FailedRun(("make",), "", "no\n"))
    assert seen.of(WorkFailed)[0].message == "The folder is gone."
    await scope.close()
