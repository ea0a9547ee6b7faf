"""The project's checks on a proposal: consent first, in order, compared, within their time."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from spark_desktop.domain.events import ConsentNeeded
from spark_desktop.domain.project_checks import NotRun, Outcome, Ran
from spark_desktop.domain.sandboxing import OPEN_NOTE, Job, Sandboxing
from spark_desktop.domain.words import say
from spark_desktop.services.shadow_checks import (
    Budget,
    Consent,
    ShadowChecks,
    run_command,
)

SHUT_IN = Sandboxing(True, "", "0.9.0")
OPEN = Sandboxing(False, say("bubblewrap (bwrap) is not installed"))
OLD, NEW = "def f(): return 1\n", "def f(): return 2\n"
PROJECT = {"pyproject.toml": "[tool.ruff]\n[tool.pytest.ini_options]\n", "tests/test_a.py": ""}
FAILS = Ran(1, "FAILED tests/test_a.py::one - no\n1 failed")


@dataclass
class FakeFiles:
    """A project of these texts, with every program there is."""

    texts: Mapping[str, str] = field(default_factory=lambda: PROJECT)

    def text(self, path: str) -> str | None:
        return self.texts.get(path)

    def is_file(self, path: str) -> bool:
        return path in self.texts

    def program(self, name: str, folder: str) -> str | None:
        return f"/usr/bin/{name}"


@dataclass
class FakeBench:
    """Runs nothing; ``outcomes`` maps the label-like word of a command and a text to a result."""

    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    state: Sandboxing = SHUT_IN
    jobs: list[Job] = field(default_factory=list)
    open_allowed: list[bool] = field(default_factory=list)
    prepared: list[str] = field(default_factory=list)

    async def sandboxing(self) -> Sandboxing:
        return self.state

    async def prepare(self, path: str) -> None:
        self.prepared.append(path)

    async def run(self, job: Job, *, open_allowed: bool = False) -> Outcome:
        self.jobs.append(job)
        self.open_allowed.append(open_allowed)
        await asyncio.sleep(0)
        return self.outcomes.get((kind_of(job), job.texts.get("a.py") or ""), Ran(0, "1 passed"))

    @property
    def ran(self) -> list[tuple[str, str]]:
        return [(kind_of(job), job.texts.get("a.py") or "") for job in self.jobs]


def kind_of(job: Job) -> str:
    words = " ".join(job.words)
    return next(one for one in ("pytest", "ruff", "compile(", "make") if one in words)


async def paired(path: str) -> tuple[str, ...]:
    return ("tests/test_a.py",) if path == "a.py" else ()


def service(bench: FakeBench, *, allowed=True, without_sandbox=False, files=None, **more):
    consent = Consent(lambda: allowed, lambda: without_sandbox)
    return ShadowChecks(bench, files or FakeFiles(), paired, consent, **more)


async def test_checks_run_from_the_quick_ones_to_the_tests():
    bench = FakeBench({("pytest", OLD): Ran(1, "FAILED t.py::one - assert None == 2\n1 failed")})
    found = await service(bench).evidence("a.py", OLD, NEW)
    assert [(one.name, one.passed, one.proves) for one in found] == [
        ("python", True, False),
        ("ruff check", True, False),
        ("pytest", True, True),
    ]
    assert bench.ran == [("compile(", NEW), ("ruff", NEW), ("pytest", NEW), ("pytest", OLD)]
    assert bench.jobs[-1].around == ("tests/test_a.py",)


async def test_tests_that_passed_before_prove_nothing():
    found = await service(FakeBench()).evidence("a.py", OLD, NEW)
    assert [(one.name, one.passed, one.proves) for one in found][-1] == ("pytest", True, False)


@pytest.mark.parametrize(
    ("outcome", "may_prove"),
    [
        (FAILS, True),
        (Ran(0, "1 passed"), False),
        (NotRun(say("not run: there is no program {name}", name="python")), False),
        # It hangs as it is: another text may end it.
        (NotRun(say("it took longer than {seconds} s", seconds=3), over_limit=True), True),
    ],
)
async def test_only_tests_that_fail_on_the_text_as_it_is_can_prove_a_change(outcome, may_prove):
    bench = FakeBench({("pytest", OLD): outcome})
    checks = service(bench)
    assert await checks.may_prove("a.py", OLD) is may_prove
    assert bench.ran == [("pytest", OLD)]
    # What tests say of the text is known when an answer comes.
    await checks.evidence("a.py", OLD, NEW)
    assert bench.ran.count(("pytest", OLD)) == 1
    assert not await checks.may_prove("untested.py", OLD)


async def test_without_consent_or_sandbox_nothing_can_be_proved_and_the_user_is_asked_once():
    bench, asked = FakeBench({("pytest", OLD): FAILS}), []
    checks = service(bench, allowed=False)
    checks.asks = asked.append
    for _ in range(2):
        assert not await checks.may_prove("a.py", OLD)
    assert [one.commands for one in asked] == [("python", "ruff check", "pytest")]
    bench.state = OPEN
    assert not await service(bench).may_prove("a.py", OLD)
    assert bench.jobs == []
    assert await service(bench, without_sandbox=True).may_prove("a.py", OLD)


async def test_before_consent_nothing_runs_and_the_user_is_asked_once():
    bench, asked = FakeBench(), []
    checks = service(bench, allowed=False)
    checks.asks = asked.append
    assert await checks.evidence("a.py", OLD, NEW) == ()
    assert await checks.evidence("b.py", OLD, NEW) == ()
    await checks.look_ahead("a.py", OLD)
    assert (bench.jobs, bench.prepared) == ([], [])
    assert asked == [
        ConsentNeeded(
            ("python", "ruff check", "pytest"),
            (
                "python",
                "ruff check --no-cache --no-fix --output-format=concise a.py",
                "python -m pytest -q --no-header --color=no -rfE tests/test_a.py",
            ),
            SHUT_IN,
        )
    ]
    assert checks.needed == asked[0]


async def test_consent_that_comes_later_counts_at_once():
    answers = [False]
    checks = ShadowChecks(FakeBench(), FakeFiles(), paired, Consent(lambda: answers[-1]))
    assert await checks.evidence("a.py", OLD, NEW) == ()
    answers.append(True)
    assert len(await checks.evidence("a.py", OLD, NEW)) == 3
    assert checks.needed is None


async def test_consent_that_is_taken_back_ends_what_has_not_begun():
    bench = FakeBench({("ruff", NEW): Ran(1, "a.py:1:1: F401 unused")})
    checks = ShadowChecks(bench, FakeFiles(), paired, Consent(lambda: len(bench.jobs) < 2))
    found = await checks.evidence("a.py", OLD, NEW)
    # The text before was not asked about, so nothing can be said of what the linter found.
    assert bench.ran == [("compile(", NEW), ("ruff", NEW)]
    assert [one.name for one in found] == ["python"]


async def test_without_a_sandbox_a_second_consent_is_needed_and_the_evidence_says_so():
    bench = FakeBench(state=OPEN)
    found = await service(bench).evidence("a.py", OLD, NEW)
    assert [(one.passed, one.detail) for one in found] == [
        (True, "not run, there is no sandbox: bubblewrap (bwrap) is not installed")
    ]
    assert bench.jobs == []
    found = await service(bench, without_sandbox=True).evidence("a.py", OLD, NEW)
    assert [one.detail for one in found] == [OPEN_NOTE, OPEN_NOTE, f"1 passed; {OPEN_NOTE}"]
    # The tests on the text before as well.
    assert bench.open_allowed == [True] * 4


async def test_what_newly_fails_withholds_and_ends_the_rest():
    bench = FakeBench({("ruff", NEW): Ran(1, "a.py:1:1: F821 Undefined name `x`")})
    found = await service(bench).evidence("a.py", OLD, NEW)
    assert [(one.name, one.passed, one.is_advice) for one in found] == [
        ("python", True, False),
        ("ruff check", False, False),
    ]
    assert found[-1].report == "a.py:1:1: F821 Undefined name `x`"
    assert bench.ran[-1] == ("ruff", OLD)


async def test_a_known_failure_is_none_and_is_looked_up_only_once():
    bench = FakeBench({("pytest", NEW): FAILS, ("pytest", OLD): FAILS})
    checks = service(bench)
    for _ in range(2):
        found = await checks.evidence("a.py", OLD, NEW)
        assert (found[-1].passed, found[-1].proves) == (True, False)
    assert bench.ran.count(("pytest", OLD)) == 1


async def test_tests_that_failed_while_the_model_wrote_and_pass_now_are_told():
    bench = FakeBench({("pytest", OLD): FAILS})
    checks = service(bench)
    await checks.look_ahead("a.py", OLD)
    assert (bench.prepared, bench.ran) == (["a.py"], [("pytest", OLD)])
    found = await checks.evidence("a.py", OLD, NEW)
    assert found[-1].detail == "1 passed, 1 that failed before pass now"
    assert bench.ran.count(("pytest", OLD)) == 1


async def test_without_a_sandbox_nothing_is_looked_at_ahead_before_the_second_consent():
    bench = FakeBench(state=OPEN)
    await service(bench).look_ahead("a.py", OLD)
    assert (bench.prepared, bench.jobs) == ([], [])
    await service(bench, without_sandbox=True).look_ahead("a.py", OLD)
    assert (bench.prepared, bench.ran) == (["a.py"], [("pytest", OLD)])


async def test_a_new_file_is_compared_with_nothing():
    bench = FakeBench({("pytest", NEW): FAILS})
    found = await service(bench).evidence("a.py", "", NEW)
    assert not found[-1].passed
    assert ("pytest", "") not in bench.ran
    assert bench.jobs[0].texts == {"a.py": NEW}


@pytest.mark.parametrize(("before", "after"), [(OLD, OLD), (OLD, ""), ("", "")])
async def test_a_file_that_stays_or_would_be_empty_is_not_checked(before, after):
    bench = FakeBench()
    assert await service(bench).evidence("a.py", before, after) == ()
    assert bench.jobs == []


async def test_a_file_of_a_kind_without_checks_shows_nothing_and_asks_nothing():
    checks = service(FakeBench(), allowed=False)
    assert await checks.evidence("notes.md", "a", "b") == ()
    assert checks.needed is None


async def test_files_of_one_change_are_laid_together_and_their_tests_run_once():
    bench = FakeBench()
    changes = {"a.py": (OLD, NEW), "b.py": (OLD, NEW), "c.py": (OLD, None), "d.py": (OLD, OLD)}
    found = await service(bench).evidence_of(changes)
    assert [one.name for one in found] == ["python", "python", "ruff check", "ruff check", "pytest"]
    assert bench.jobs[0].texts == {"a.py": NEW, "b.py": NEW, "c.py": None}


async def test_what_could_not_run_passes_with_a_note():
    absent = NotRun(say("not run: there is no program {name}", name="ruff"))
    bench = FakeBench({("ruff", NEW): absent})
    found = await service(bench).evidence("a.py", OLD, NEW)
    assert (found[1].passed, found[1].detail) == (True, absent.reason)
    assert found[-1].name == "pytest"


async def test_what_does_not_end_any_more_withholds():
    slow = NotRun(say("not run to its end: it took more than %n second(s)", "", 5), True)
    found = await service(FakeBench({("pytest", NEW): slow})).evidence("a.py", OLD, NEW)
    assert not found[-1].passed
    found = await service(FakeBench({("pytest", NEW): slow, ("pytest", OLD): slow})).evidence(
        "a.py", OLD, NEW
    )
    assert found[-1].passed


async def test_each_check_has_its_seconds_and_none_runs_when_all_are_spent():
    bench = FakeBench()
    checks = service(bench, budget=lambda: Budget(each=7.0, total=60.0))
    await checks.evidence("a.py", OLD, NEW)
    assert bench.jobs[0].limits.seconds == 7.0
    bench = FakeBench()
    found = await service(bench, budget=lambda: Budget(7.0, 0.0)).evidence("a.py", OLD, NEW)
    assert {one.detail for one in found} == {"not run: no time was left for it"}
    assert bench.jobs == []


@pytest.mark.parametrize(("took", "skipped"), [(0.0, 0), (0.19, 0), (0.21, 1)])
async def test_only_the_time_in_which_its_own_programs_run_counts(took, skipped):
    class Busy(FakeBench):
        async def run(self, job: Job, *, open_allowed: bool = False) -> Outcome:
            await asyncio.sleep(0.11)  # what another program has the bench for
            return await super().run(job, open_allowed=open_allowed)

    bench = Busy({("compile(", NEW): Ran(0, "", 0.1), ("ruff", NEW): Ran(0, "", took)})
    found = await service(bench, budget=lambda: Budget(0.2, 0.3)).evidence("a.py", OLD, NEW)
    assert sum("no time was left" in one.detail for one in found) == skipped
    assert [job.limits.seconds for job in bench.jobs[:2]] == pytest.approx([0.2, 0.2])


async def test_examples_that_the_model_wrote_itself_prove_nothing():
    given = 'def f():\n    """F.\n\n    >>> f()\n    1\n    """\n    return 1\n'
    written = given.replace("return 1", "return 2").replace("\n    1\n", "\n    2\n")
    bench = FakeBench({("pytest", written): Ran(0, "")})
    files = FakeFiles({})

    class Bench(FakeBench):
        async def run(self, job: Job, *, open_allowed: bool = False) -> Outcome:
            is_old = job.texts["a.py"] == broken
            return Ran(1, "1 failed") if is_old else Ran(0, "1 examples")

    broken = given.replace("return 1", "return 0")
    found = await service(Bench(), files=files).evidence("a.py", broken, given)
    assert [(one.name, one.proves) for one in found][1] == ("doctest", True)
    written = given.replace(">>> f()", ">>> f() + 0")
    found = await service(Bench(), files=files).evidence("a.py", broken, written)
    assert [(one.name, one.proves) for one in found][1] == ("doctest", False)
    assert bench.jobs == []


async def test_a_command_that_the_user_typed_runs_by_typing_it():
    bench = FakeBench(state=OPEN)
    outcome = await run_command(bench, ["make", "test"], {"a.py": NEW}, 30.0)
    assert outcome == Ran(0, "1 passed")
    assert (bench.jobs[0].words, bench.jobs[0].limits.seconds) == (("make", "test"), 30.0)
    assert bench.open_allowed == [True]


async def test_what_is_found_in_the_changed_lines_as_before_is_told():
    files = FakeFiles({"tsconfig.json": "{}", "a.ts": ""})
    found = Ran(2, "a.ts(1,3): error TS2554: Expected 1 arguments, but got 2.\n")

    class Always(FakeBench):
        async def run(self, job: Job, *, open_allowed: bool = False) -> Outcome:
            return found

    (told,) = await service(Always(), files=files).evidence("a.ts", "f(1, 2);\n", "f(3, 4);\n")
    assert told.passed
    assert told.lingers
    assert "Expected 1 arguments" in told.detail
    (other,) = await service(Always(), files=files).evidence(
        "a.ts", "f(1, 2);\ng();\n", "f(1, 2);\nh();\n"
    )
    assert other.passed
    assert not other.lingers
