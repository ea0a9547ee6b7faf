"""Mends a failing test by one line that the model writes anew, where its run says that it holds.

Asked for a whole function small models repeat it. Of one line that they are not shown they write
what should stand there: so each line of the function is left out in turn, and the run decides.
"""

import re
import time
from dataclasses import dataclass, field, replace

from spark_desktop.domain.assertions import asserts
from spark_desktop.domain.checks import failure
from spark_desktop.domain.completion import Usage
from spark_desktop.domain.copied_values import copies_no_value
from spark_desktop.domain.patch import compute
from spark_desktop.domain.prompt_layout import is_smallest
from spark_desktop.domain.proposal import Check, Proposal
from spark_desktop.domain.regex import regex
from spark_desktop.domain.sameness import shape_of
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import FailingTest, Span
from spark_desktop.domain.words import say
from spark_desktop.services.judging import Judge, sum_of
from spark_desktop.services.ports import Syntax
from spark_desktop.services.prompts import infill_request
from spark_desktop.services.short_answers import short_answers
from spark_desktop.services.work import Work

# Lines that are tried at most, and seconds on the wall in which the last begins.
_MOST_LINES = 16
# Answers for all lines together, and the least and the most for each.
_ANSWERS, _LEAST, _MOST = 24, 3, 8
_SECONDS = 60.0
_TOKENS = 60
_COMMENT = regex(r"\s*(?:#|//|/\*|\*|--|\"\"\"|''')")


@dataclass(slots=True)
class _Found:
    """What the run proved; ``usage`` is that of all answers.

    ``seen`` is the code that was tried, and ``end`` when the last run may begin.
    """

    end: float
    seen: set[str]
    proposals: list[Proposal] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)


class LineMends:
    """Leaves out one line after the other; the answer that the run proves is the proposal."""

    def __init__(self, syntax: Syntax, judge: Judge, answers: int = _ANSWERS) -> None:
        self._syntax = syntax
        self._judge = judge
        self._most = answers

    async def mended(self, work: Work) -> Proposal | None:
        """Return the proposal with the line and its evidence; None where none is proved.

        Of the smallest models all lines are tried, and nothing is taken where two answers pass:
        they hit on what only the test wants more often. Raises EndpointError. Cancelling ends it.
        """
        trigger, again = work.proposal.trigger, self._judge.by_trigger
        if not isinstance(trigger, FailingTest) or again is None:
            return None
        path, before = trigger.snapshot.path, work.target.content
        now = await again(trigger, path, before, before)
        if failure(now) is None or not any(check.proves for check in now):
            return None  # there is no run that could decide
        found = _Found(time.monotonic() + _SECONDS, {shape_of(path, before)})
        is_small = is_smallest(work.endpoint.model)
        rows = self._rows(work, trigger)
        answers = max(_LEAST, min(_MOST, self._most // max(1, len(rows))))
        for number, row in enumerate(rows[:_MOST_LINES], 1):
            if time.monotonic() > found.end or (found.proposals and not is_small):
                break
            await self._try(work, trigger, (row, number, answers), found)
        if not found.proposals or (is_small and len(found.proposals) > 1):
            return None
        return replace(found.proposals[0], usage=sum_of(work.proposal.usage, found.usage))

    def _rows(self, work: Work, trigger: FailingTest) -> list[int]:
        """Return the rows of the function's code, those that the failure points at first."""
        text = replace(trigger.snapshot.text, content=work.target.content)
        snapshot = replace(trigger.snapshot, text=text)
        last = trigger.lines.start if trigger.lines is not None else work.target.lines.end - 1
        stub = self._syntax.as_stub(snapshot, Span(last, last + 1))
        if stub is None:
            return []
        lines = split_lines(work.target.content)
        rows = [
            row
            for row in range(stub.body.start, stub.body.end)
            if re.search(r"\w", lines[row])
            and not _COMMENT.match(lines[row])
            and not asserts(lines[row])
        ]
        name = re.escape(trigger.snapshot.path.rpartition("/")[2])
        places = re.findall(rf"(?<![\w.-]){name}\"?(?:, line |:)(\d{{1,6}})", trigger.report)
        told = {int(one) - 1 for one in places}
        return sorted(rows, key=lambda row: (row not in told, row))

    async def _try(
        self, work: Work, trigger: FailingTest, place: tuple[int, int, int], found: _Found
    ) -> None:
        """Try what the model writes for a row.

        ``place`` is the row, its number among those that are tried, and how many answers it gets.
        """
        row, number, count = place
        content = work.target.content
        lines = split_lines(content)
        line = lines[row]
        body = line.rstrip("\r\n")
        indent = body[: len(body) - len(body.lstrip())]
        start = sum(map(len, lines[:row])) + len(indent)
        request = infill_request(content, start, start + len(body) - len(indent))
        request = replace(request, stop=("\n",), max_tokens=_TOKENS, priority=work.priority)
        answers, usage = await short_answers(work.endpoint, request, count)
        found.usage = sum_of(found.usage, usage)
        for said in dict.fromkeys(answers):
            if not said or said == body.strip():
                continue
            after = "".join([*lines[:row], indent, said, line[len(body) :], *lines[row + 1 :]])
            if time.monotonic() > found.end:
                return
            await self._prove(work, trigger, after, number, found)

    async def _prove(
        self, work: Work, trigger: FailingTest, after: str, number: int, found: _Found
    ) -> None:
        path, before = trigger.snapshot.path, work.target.content
        shape = shape_of(path, after)
        if shape in found.seen or self._is_broken(path, before, after):
            return
        found.seen.add(shape)
        if not copies_no_value(trigger.report, before, after).passed:
            return
        again = self._judge.by_trigger
        told = () if again is None else await again(trigger, path, before, after)
        # A line that keeps a loop from ending leaves a run without a result.
        if failure(told) is not None or not any(check.proves for check in told):
            return
        one = await self._judge.examined(
            work.target, _proposed(work, after, told, number), names=True, project=True, again=False
        )
        if failure(one.evidence) is None:
            found.proposals.append(one)

    def _is_broken(self, path: str, before: str, after: str) -> bool:
        was, now = self._syntax.errors(path, before), self._syntax.errors(path, after)
        return was is not None and now is not None and now > was


def _proposed(work: Work, after: str, told: tuple[Check, ...], number: int) -> Proposal:
    snapshot = work.proposal.trigger.snapshot
    patch = compute(snapshot.path, snapshot.digest, snapshot.text.content, after)
    detail = say("found by leaving out %n line(s), one after the other", "", number)
    evidence = (*told, Check(say("one line"), True, detail))
    return replace(work.proposal, patch=patch, evidence=evidence)
