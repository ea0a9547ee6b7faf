"""Bounds of an answer that no test decides."""

import pytest
from fakes import MemoryFiles

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.patch import compute
from spark_desktop.domain.proposal import Check, Proposal, Queued
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import FailingTest, Instruction, QuickAction, Span
from spark_desktop.domain.workspace import snapshot_of
from spark_desktop.services.bound_probes import BoundProbes
from spark_desktop.services.judging import Judge
from spark_desktop.services.target import target_of

SYNTAX = TreeSitterSyntax()
TEXT = "def late(day, last):\n    ...\n\n\ndef other(a):\n    return a < 1\n"
RIGHT = TEXT.replace("...", "return day > last")
OTHER = TEXT.replace("...", "return day >= last")


class Checks:
    """Says which texts pass; counts what it is asked."""

    def __init__(self, *right: str, proves: bool = True) -> None:
        self.right, self.proves = right, proves
        self.asked: list[str] = []

    async def __call__(self, path, before, after):
        self.asked.append(after)
        return (Check("pytest", after in self.right, proves=self.proves),)


async def probed(checks, after=RIGHT, asked="write it", trigger=None, again=None):
    snapshot = await MemoryFiles(a__py=TEXT).read("a.py")
    trigger = trigger or Instruction(snapshot, Span(0, 2), asked)
    judge = Judge(SYNTAX)
    judge.project, judge.by_trigger = checks, again
    patch = compute("a.py", snapshot.digest, TEXT, after) if after else None
    proposal = Proposal("p", trigger, Queued(), patch=patch)
    return await BoundProbes(SYNTAX, judge).open_bound(target_of(trigger, SYNTAX), proposal)


async def test_a_bound_that_could_be_its_neighbour_is_told():
    found = await probed(Checks(RIGHT, OTHER))
    assert (found.passed, found.is_advice) == (False, True)
    assert found.detail == "The tests pass with >= for >, too."


async def test_a_bound_that_a_test_decides_is_fine_and_others_are_not_tried():
    checks = Checks(RIGHT)
    assert await probed(checks) is None
    assert checks.asked == [OTHER]


@pytest.mark.parametrize(
    ("after", "asked"),
    [(None, "write it"), (RIGHT, "add a docstring"), (TEXT.replace("...", "pass"), "write it")],
    ids=["no patch", "documentation", "no bound"],
)
async def test_where_there_is_no_bound_nothing_runs(after, asked):
    checks = Checks(RIGHT, OTHER)
    assert await probed(checks, after, asked) is None
    assert checks.asked == []


async def test_of_documentation_by_a_quick_action_no_bound_is_tried():
    snapshot = await MemoryFiles(a__py=TEXT).read("a.py")
    trigger = Instruction(snapshot, Span(0, 2), "as usual", QuickAction.DOCUMENT)
    checks = Checks(RIGHT, OTHER)
    assert await probed(checks, trigger=trigger) is None
    assert checks.asked == []


async def test_what_no_test_runs_decides_nothing():
    assert await probed(Checks(OTHER, proves=False)) is None
    assert await probed(None) is None


async def test_so_many_bounds_are_tried_and_no_more():
    long = TEXT.replace("...", "return " + " and ".join(f"day > {one}" for one in range(9)))
    checks = Checks()
    assert await probed(checks, long) is None
    assert len(checks.asked) == 4


@pytest.mark.parametrize(
    ("path", "text", "bound"),
    [
        (
            "a.cpp",
            "bool f(int a) {\n  std::vector<int> v;\n  std::vector<std::map<int, int>> w;\n"
            "  return a < 3;\n}\n",
            "a <= 3",
        ),
        ("a.tsx", "function f(a) {\n  return a < 3 ? <div>no</div> : <b>yes</b>;\n}\n", "a <= 3"),
    ],
)
async def test_brackets_of_types_and_tags_are_no_bounds(path, text, bound):
    snapshot = snapshot_of(path, SourceText("\n"))
    trigger = Instruction(snapshot, Span(0, 1), "write it")
    judge, checks = Judge(SYNTAX), Checks()
    judge.project = checks
    patch = compute(path, snapshot.digest, "\n", text)
    proposal = Proposal("p", trigger, Queued(), patch=patch)
    target = target_of(trigger, SYNTAX)
    assert await BoundProbes(SYNTAX, judge).open_bound(target, proposal) is None
    assert [bound in one for one in checks.asked] == [True]


async def test_the_failing_run_decides_first():
    snapshot = await MemoryFiles(a__py=TEXT).read("a.py")
    trigger = FailingTest(snapshot, Span(0, 2), "test_late", "late(1, 1)", ("pytest",))
    runs = []

    async def again(trigger, path, before, after):
        runs.append(after)
        return (Check("pytest", False, proves=True),)

    checks = Checks(RIGHT, OTHER)
    assert await probed(checks, trigger=trigger, again=again) is None
    assert (runs, checks.asked) == ([OTHER], [])
