"""A failing test that one line written anew mends: the run decides."""

import asyncio
from dataclasses import replace

import pytest
from fakes import ENDED, MODEL, Answer, FakeEndpoint, MemoryFiles

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.completion import InfillRequest, Usage
from spark_desktop.domain.errors import EndpointUnreachableError
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Check, Proposal, Queued
from spark_desktop.domain.trigger import FailingTest, Instruction, Span
from spark_desktop.services.judging import Judge
from spark_desktop.services.line_mends import LineMends
from spark_desktop.services.prompts import Surroundings
from spark_desktop.services.target import target_of
from spark_desktop.services.work import Work

SYNTAX = TreeSitterSyntax()
TEXT = "def tagged(tags):\n    # a copy\n    found = tags\n    return found\n\n\nLEFT = 1\n"
RIGHT = TEXT.replace("found = tags", "found = list(tags)")
OTHER = TEXT.replace("return found", "return found[:]")
HERE = Span(2, 3)
SMALL = replace(MODEL, id="qwen2.5-coder-0.5b")


class Run:
    """Says which texts pass; counts what it is asked."""

    def __init__(self, *right: str, proves: bool = True) -> None:
        self.right, self.proves = right, proves
        self.asked: list[str] = []

    async def __call__(self, trigger, path, before, after):
        self.asked.append(after)
        return (Check("pytest", after in self.right, proves=self.proves),)


async def work_of(*answers, model=MODEL, report="tagged(x)", lines=HERE):
    snapshot = await MemoryFiles(a__py=TEXT).read("a.py")
    trigger = FailingTest(snapshot, lines, "test_tagged", report, ("pytest",))
    proposal = Proposal("p", trigger, Queued(), model=model.id)
    target = target_of(trigger, SYNTAX)
    return Work(proposal, target, FakeEndpoint(*answers, model=model), Surroundings(), None)


async def mended(work, run, project=None):
    judge = Judge(SYNTAX)
    judge.by_trigger, judge.project = run, project
    # Of a function of two lines each gets three.
    return await LineMends(SYNTAX, judge, 6).mended(work)


FIRST = ("tags", "found = list(tags)", "found = tags")


async def test_the_line_that_the_run_proves_is_proposed_with_its_evidence():
    work, run = await work_of(*FIRST), Run(RIGHT)
    found = await mended(work, run)
    assert apply(TEXT, found.patch.hunks) == RIGHT
    assert found.model == MODEL.id
    assert [one.name for one in found.evidence] == ["pytest", "one line"]
    assert found.evidence[1].detail == "found by leaving out 1 line, one after the other"
    assert found.usage == Usage(*(3 * one for one in (40, 8, 30)))
    request = work.endpoint.requests[0]
    assert isinstance(request, InfillRequest)
    assert request.prefix.endswith("    # a copy\n    ")
    assert request.suffix.startswith("\n    return found")
    assert (request.stop, request.temperature) == (("\n",), 0.0)
    assert len({one.seed for one in work.endpoint.requests}) == 3


async def test_lines_that_the_failure_names_come_first_and_comments_are_none():
    work = await work_of("a", "b", "c", "d", "e", "f", report='a.py", line 4, in tagged')
    run = Run()
    assert await mended(work, run) is None
    prefixes = [one.prefix.count("\n") for one in work.endpoint.requests]
    assert prefixes == [3, 3, 3, 2, 2, 2]
    assert all(one.startswith("def tagged") for one in run.asked)


async def test_lines_of_other_files_and_long_numbers_say_nothing():
    report = 'tests/test_a.py", line 4, in x\na.py:3: no\nsrc.py:' + "1" * 5000
    work = await work_of("a", "b", "c", "d", "e", "f", report=report)
    assert await mended(work, Run()) is None
    assert [one.prefix.count("\n") for one in work.endpoint.requests] == [2, 2, 2, 3, 3, 3]


async def test_a_run_without_a_result_is_no_end():
    class Hangs(Run):
        async def __call__(self, trigger, path, before, after):
            if after.count("while"):
                return (Check("pytest", True, "not run to its end", is_advice=True),)
            return await super().__call__(trigger, path, before, after)

    work = await work_of("while found: pass", "found = list(tags)", "found = tags")
    assert apply(TEXT, (await mended(work, Hangs(RIGHT))).patch.hunks) == RIGHT


async def test_of_the_smallest_models_two_that_pass_are_none():
    answers = (*FIRST, "return found[:]", "return found", "return found")
    assert await mended(await work_of(*answers, model=SMALL), Run(RIGHT, OTHER)) is None
    found = await mended(await work_of(*answers, model=SMALL), Run(RIGHT))
    assert apply(TEXT, found.patch.hunks) == RIGHT
    work = await work_of(*answers)
    assert apply(TEXT, (await mended(work, Run(RIGHT, OTHER))).patch.hunks) == RIGHT
    assert len(work.endpoint.requests) == 3


async def test_what_does_not_parse_and_what_stands_there_is_not_run():
    run = Run()
    answers = (
        "found = (tags",
        "found =  tags  # x",
        "",
        "return found",
        "return (",
        "return found",
    )
    assert await mended(await work_of(*answers), run) is None
    assert run.asked == [TEXT]


async def test_what_the_projects_checks_refuse_is_none():
    async def checks(path, before, after):
        return (Check("ruff", after != RIGHT),)

    answers = (*FIRST, "return found", "return found", "return found")
    assert await mended(await work_of(*answers), Run(RIGHT), checks) is None


async def test_where_no_run_decides_nothing_more_is_asked():
    work = await work_of(*FIRST)
    assert await mended(work, Run(RIGHT, proves=False)) is None
    assert await mended(work, Run(TEXT, RIGHT)) is None
    assert work.endpoint.requests == []
    work = await work_of(*FIRST)
    assert await mended(work, None) is None
    assert work.endpoint.requests == []


async def test_only_a_failing_test_is_mended_so_and_only_within_a_function():
    work = await work_of(*FIRST)
    asked = replace(
        work.proposal, trigger=Instruction(work.proposal.trigger.snapshot, None, "mend it")
    )
    assert await mended(replace(work, proposal=asked), Run(RIGHT)) is None
    outside = await work_of(*FIRST, lines=Span(6, 7))
    assert await mended(outside, Run(RIGHT)) is None
    assert outside.endpoint.requests == work.endpoint.requests == []


async def test_what_fails_ends_the_others():
    lost = EndpointUnreachableError("The core ended.", "Ask again.")
    work = await work_of(Answer("f", error=lost), Answer("f", hangs=True), "found = tags")
    with pytest.raises(EndpointUnreachableError):
        await asyncio.wait_for(mended(work, Run(RIGHT)), 5)
    assert work.endpoint.closed_early >= 1
    assert ENDED.usage.prompt_tokens == 40


@pytest.mark.parametrize(("answers", "each"), [(24, 8), (10, 5), (1, 3)])
async def test_the_fewer_lines_there_are_the_more_answers_each_gets(answers, each):
    work = await work_of(*(["found = tags"] * each), *(["return found"] * each))
    judge = Judge(SYNTAX)
    judge.by_trigger = Run()
    assert await LineMends(SYNTAX, judge, answers).mended(work) is None
    assert len(work.endpoint.requests) == 2 * each


async def test_a_line_that_copies_what_the_test_expects_is_not_run():
    answers = ('found = ["3 tags"]', "found = list(tags)", "found = tags")
    work, run = await work_of(*answers, report="['3 tags'] != []"), Run(RIGHT)
    assert apply(TEXT, (await mended(work, run)).patch.hunks) == RIGHT
    assert run.asked == [TEXT, RIGHT]
