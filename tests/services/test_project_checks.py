"""The user's commands on a proposal: which are run, on what, one at a time, and what it shows."""

import asyncio
import shlex
import sys
from dataclasses import dataclass, field, replace

from spark_desktop.adapters.project_commands import LocalCommands
from spark_desktop.domain.checks import failure
from spark_desktop.domain.project_checks import NotRun, Outcome, ProjectCommand, Ran
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.settings import Checks
from spark_desktop.domain.words import say
from spark_desktop.services.project_checks import Place, ProjectChecks

PLACE = Place("/work/shop", "/home/me")
LINT = Checks(commands={"*.py": ("lint {file}",)})


@dataclass
class FakeCommands:
    """Runs nothing: ``outcomes`` maps a text to what is found in it."""

    outcomes: dict[str, Outcome]
    runs: list[tuple[str, str, str]] = field(default_factory=list)
    running: int = 0
    most: int = 0

    async def run(self, command: ProjectCommand, path: str, text: str, seconds: float) -> Outcome:
        self.runs.append((" ".join(command.words), path, text))
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0)
        self.running -= 1
        return self.outcomes.get(text, Ran(0, ""))


async def test_without_commands_nothing_is_run_and_nothing_shown():
    commands = FakeCommands({})
    checks = ProjectChecks(commands, PLACE)
    assert await checks.evidence("a.py", "a", "b") == ()
    assert commands.runs == []


async def test_a_text_without_findings_is_not_compared():
    commands = FakeCommands({})
    checks = ProjectChecks(commands, PLACE, LINT)
    assert await checks.evidence("src/a.py", "a", "b") == (Check("lint", True, is_advice=True),)
    assert commands.runs == [("lint {file}", "src/a.py", "b")]


async def test_what_was_found_before_does_not_count():
    bad = Ran(1, "a.py:1:1: E1 odd")
    commands = FakeCommands({"a": bad, "b": bad})
    checks = ProjectChecks(commands, PLACE, LINT)
    assert await checks.evidence("a.py", "a", "b") == (
        Check("lint", True, "1 as before", is_advice=True),
    )


async def test_a_new_finding_fails_the_check():
    commands = FakeCommands({"b": Ran(1, "a.py:1:1: E1 odd")})
    checks = ProjectChecks(commands, PLACE, LINT)
    assert await checks.evidence("a.py", "a", "b") == (
        Check("lint", False, "1 new: a.py:1:1: E1 odd", is_advice=True),
    )


async def test_a_new_file_has_nothing_before():
    commands = FakeCommands({"b": Ran(1, "a.py:1:1: E1 odd"), "": Ran(1, "a.py:1:1: E1 odd")})
    checks = ProjectChecks(commands, PLACE, LINT)
    (check,) = await checks.evidence("a.py", "", "b")
    assert not check.passed
    assert len(commands.runs) == 1


async def test_nothing_is_run_for_a_removed_file_or_one_that_stays_the_same():
    commands = FakeCommands({})
    checks = ProjectChecks(commands, PLACE, LINT)
    assert await checks.evidence("a.py", "a", "") == ()
    assert await checks.evidence("a.py", "a", "a") == ()
    assert commands.runs == []


async def test_what_could_not_be_run_is_a_note_and_the_other_commands_run_all_the_same():
    missing = NotRun(say("not run: there is no program {name}", name="lint"))
    commands = FakeCommands({"b": missing})
    chosen = Checks(commands={"*.py": ("lint {file}", "broken 'quote", "other")})
    checks = ProjectChecks(commands, PLACE, chosen)
    assert await checks.evidence("a.py", "a", "b") == (
        Check("lint", True, "not run: there is no program lint", is_advice=True),
        Check("broken", True, "A quote is not closed in broken 'quote.", is_advice=True),
        Check("other", True, "not run: there is no program lint", is_advice=True),
    )


async def test_one_program_runs_at_a_time_over_all_proposals():
    commands = FakeCommands({})
    checks = ProjectChecks(commands, PLACE, LINT)
    await asyncio.gather(*(checks.evidence("a.py", "a", f"b{n}") for n in range(5)))
    assert (len(commands.runs), commands.most) == (5, 1)


async def test_it_is_the_users_choice_whether_findings_withhold():
    commands = FakeCommands({"b": Ran(1, "a.py:1:1: E1 odd")})
    checks = ProjectChecks(commands, PLACE, LINT)
    assert failure(await checks.evidence("a.py", "a", "b")) is None
    checks.choices = replace(LINT, withhold=True)
    assert failure(await checks.evidence("a.py", "a", "b")) == "1 new: a.py:1:1: E1 odd"


LINTER = """
import sys
found = [n for n, line in enumerate(open(sys.argv[1]), 1) if "print" in line]
for n in found: print(f"{sys.argv[1]}:{n}:1: T201 `print` found")
sys.exit(bool(found))
"""


async def test_a_real_linter_names_what_is_new_by_the_files_own_name(tmp_path):
    (tmp_path / "a.py").write_text("print(1)\n")
    words = [shlex.quote(sys.executable), "-c", shlex.quote(LINTER), "{file}"]
    chosen = Checks(commands={"*.py": (" ".join(words),)})
    checks = ProjectChecks(LocalCommands(tmp_path), PLACE, chosen)
    (moved,) = await checks.evidence("a.py", "print(1)\n", "x = 2\nprint(1)\n")
    assert (moved.passed, moved.detail) == (True, "1 as before")
    (new,) = await checks.evidence("a.py", "print(1)\n", "print(1)\nprint(2)\n")
    assert (new.passed, new.detail) == (False, "1 new: a.py:2:1: T201 `print` found")
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]
