"""From an answer to a proposal with its evidence."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from textwrap import dedent

from spark_desktop.domain.added_tests import adds_test
from spark_desktop.domain.asked_conditions import leaves_out, minds_negative, said_of
from spark_desktop.domain.asked_decimals import shows_decimals
from spark_desktop.domain.asked_errors import raises_asked
from spark_desktop.domain.asked_names import uses_names
from spark_desktop.domain.checks import Candidate, check, failure
from spark_desktop.domain.completion import FinishReason, Timing, Usage
from spark_desktop.domain.copied_values import copies_no_value
from spark_desktop.domain.fitting_calls import calls_fit
from spark_desktop.domain.kept_arguments import keeps_arguments
from spark_desktop.domain.kept_errors import keeps_errors, keeps_errors_of
from spark_desktop.domain.needed_ones import needs_one
from spark_desktop.domain.patch import compute
from spark_desktop.domain.proposal import Check, Proposal
from spark_desktop.domain.symbols import Oversights
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.ties import takes_asked_tie
from spark_desktop.domain.trigger import (
    EditComment,
    FailingTest,
    FollowUp,
    Instruction,
    ProposalTrigger,
    QuickAction,
    Span,
    Stub,
)
from spark_desktop.domain.words import joined, say
from spark_desktop.services.answer_evidence import ProjectEvidence
from spark_desktop.services.answer_shape import Shaped, shaped_by
from spark_desktop.services.attempts import Answer
from spark_desktop.services.documentation import Documentation
from spark_desktop.services.ports import Syntax
from spark_desktop.services.target import Target
from spark_desktop.services.trigger_evidence import TriggerEvidence

# The path, the text before and after it; gives what is to be said of the names that it uses.
NameEvidence = Callable[[str, str, str], Awaitable[tuple[Check, ...]]]
# A follow-up, its path, the text before and after; gives what the project's checks say of it, with
# what else is ready of the same change.
FollowEvidence = Callable[[Proposal, str, str, str], Awaitable[tuple[Check, ...]]]
# The path and the text before a change; tells whether a check could prove one.
MayProve = Callable[[str, str], Awaitable[bool]]
# The path, the text before and after, and what was asked for; gives words that only an answer uses.
Invented = Callable[[str, str, str, str], Awaitable[tuple[str, ...]]]


class Judge:
    """Checks answers, the cheapest checks first; the first that fails ends it.

    ``names`` and ``project`` may be missing: who can say whether names exist, and the project's
    own commands.
    """

    def __init__(self, syntax: Syntax) -> None:
        self._syntax = syntax
        self.names: NameEvidence | None = None
        self.project: ProjectEvidence | None = None
        self.follow_up: FollowEvidence | None = None
        # Whether a check could prove a change: the path, and the text before it.
        self.may_prove: MayProve | None = None
        # Adds imports that were forgotten: the path, the text before and after; gives the text.
        self.imports: Callable[[str, str, str], str] | None = None
        # What a small model may have made up; there may be nothing that knows the workspace.
        self.invented: Invented | None = None
        # What proves a proposal by what started it.
        self.by_trigger: TriggerEvidence | None = None

    def checked(self, target: Target, answer: Answer) -> Proposal:
        """Return the proposal with its patch and what can be said of the text alone."""
        proposal = answer.proposal
        text = proposal.trigger.snapshot.text
        path = proposal.trigger.snapshot.path
        shaped = shaped_by(target, path, answer)
        if self.imports is not None:
            after = self.imports(path, target.content, shaped.after)
            shaped = Shaped(shaped.region, after, shaped.stray)
        documentation = Documentation(self._syntax, target, path, answer, self.imports)
        shaped, documents = documentation.of(shaped)
        candidate = Candidate(
            before=target.content,
            after=shaped.after,
            region_before=target.content if answer.is_whole else target.text,
            region_after=shaped.region,
            errors_before=self._syntax.errors(path, target.content),
            errors_after=self._syntax.errors(path, shaped.after),
            instruction=target.instruction,
            reasoning=answer.reasoning,
            finished=answer.finished.reason is not FinishReason.LENGTH,
            stray=shaped.stray,
            signature=target.signature,
            mends=target.mends,
            oversights=self._oversights(target, path, shaped.after),
        )
        tests = _of_tests(proposal.trigger, path, target.content, shaped.after)
        evidence = (*check(candidate), *documents, *tests)
        if path.endswith((".py", ".pyi")):
            fits = calls_fit(target.content, shaped.after)
            evidence = evidence if fits is None else (*evidence, fits)
        if not documents:
            tie = takes_asked_tie(path, _told_of(target), shaped.region)
            evidence = evidence if tie is None else (*evidence, tie)
            evidence = (*evidence, *self._spoken_of(proposal.trigger, target, path, shaped.region))
        if answer.fault:
            evidence = (Check(say("anchored"), False, answer.fault), *evidence)
        if answer.loops:
            told = say("The answer says the same again and again.")
            evidence = (Check(say("comes to an end"), False, told), *evidence)
        return replace(
            proposal,
            patch=compute(path, proposal.trigger.snapshot.digest, text.content, shaped.after),
            evidence=evidence,
            usage=sum_of(proposal.usage, answer.finished.usage),
            timing=time_of_both(proposal.timing, answer.finished.timing),
            emulation=answer.finished.emulation,
            cost=_cost(proposal.cost, answer.finished.cost),
        )

    async def examined(
        self, target: Target, proposal: Proposal, *, names: bool, project: bool, again: bool = True
    ) -> Proposal:
        """Return the proposal with what is known of its names, and what the project's checks say.

        Only as long as nothing fails: each is slower than the one before. Not ``again``: what
        started it has been asked already.
        """
        if proposal.patch is None or failure(proposal.evidence):
            return proposal
        path, before = proposal.patch.path, target.content
        after = proposal.after
        if names and self.names is not None:
            told = await self.names(path, before, after)
            proposal = replace(proposal, evidence=(*proposal.evidence, *told))
            if failure(told):
                return proposal
        if project and again and self.by_trigger is not None:
            told = await self.by_trigger(proposal.trigger, path, before, after)
            proposal = replace(proposal, evidence=(*proposal.evidence, *told))
            if failure(told):
                return proposal
        if project and self.project is not None:
            if isinstance(proposal.trigger, FollowUp):
                told = tuple(map(_unmended, await self._followed(proposal, path, before, after)))
            else:
                told = await self.project(path, before, after)
            proposal = replace(proposal, evidence=(*proposal.evidence, *told))
        await asyncio.sleep(0)
        return proposal

    async def _followed(
        self, proposal: Proposal, path: str, before: str, after: str
    ) -> tuple[Check, ...]:
        if self.follow_up is not None:
            return await self.follow_up(proposal, path, before, after)
        return () if self.project is None else await self.project(path, before, after)

    async def doubted(self, target: Target, proposal: Proposal) -> Check | None:
        """Return a doubt about words of an answer; None where all are known, or nobody knows."""
        if self.invented is None or proposal.patch is None:
            return None
        after = proposal.after
        path = proposal.patch.path
        words = await self.invented(path, target.content, after, target.instruction)
        if not words:
            return None
        detail = say("Nothing in the project has {words}.", words=joined(words, ", "))
        return Check(say("words are known"), False, detail)

    def _oversights(self, target: Target, path: str, after: str) -> Oversights | None:
        grown = len(split_lines(after)) - len(split_lines(target.content))
        lines = Span(target.lines.start, target.lines.end + grown)
        found = self._syntax.oversights(path, after, lines)
        if target.signature or found is None:
            return found
        # Of a function that was written before only what the answer brings is its fault.
        known = self._syntax.oversights(path, target.content, target.lines) or Oversights()
        unused = tuple(one for one in found.unused if one not in known.unused)
        alone = found.only_calls_itself and not known.only_calls_itself
        same = "" if known.same_branches else found.same_branches
        return Oversights(unused, alone, same)

    def _spoken_of(
        self, trigger: ProposalTrigger, target: Target, path: str, region: str
    ) -> tuple[Check, ...]:
        """Return whether names and errors that were asked for are there, and others are kept."""
        if isinstance(trigger, Stub):
            body = self._syntax.bare(path, dedent(region))
            above = "".join(split_lines(target.content)[: target.lines.start])
            said = said_of(above, target.text)
            negative = minds_negative(said, body) if body is not None else None
            return () if negative is None else (negative,)
        if not isinstance(trigger, EditComment | Instruction | FailingTest):
            return ()
        code = self._syntax.bare(path, target.content)
        before, after = (self._syntax.bare(path, dedent(one)) for one in (target.text, region))
        if code is None or before is None or after is None:
            return ()
        if isinstance(trigger, FailingTest):
            # Not the bare code: what is filled into a text is a part of it.
            copied = copies_no_value(trigger.report, target.text, region)
            lacks = needs_one(_told_of(target), before, after)
            told = (keeps_errors_of(trigger.report, before, after), copied)
            return told if lacks is None else (*told, lacks)
        asked = target.instruction
        kept = (uses_names(asked, code, after), keeps_errors(asked, before, after))
        wrong = [raises_asked(path, asked, code, before, after), leaves_out(asked, before, after)]
        wrong.append(shows_decimals(path, asked, after))
        if path.endswith((".py", ".pyi")):
            wrong.append(keeps_arguments(asked, dedent(target.text), dedent(region)))
        return *kept, *(one for one in wrong if one is not None)


def _of_tests(trigger: ProposalTrigger, path: str, before: str, after: str) -> tuple[Check, ...]:
    """Return whether a test that was asked for by a quick action is there, and the others are."""
    if not isinstance(trigger, Instruction) or trigger.action is not QuickAction.TEST:
        return ()
    told = adds_test(path, before, after, trigger.about)
    return () if told is None else (told,)


def _told_of(target: Target) -> str:
    """Return what says in words what is wanted: the request, and comments above and inside."""
    lines = split_lines(target.content)
    start = target.lines.start
    while start > 0 and lines[start - 1].lstrip().startswith(("#", "//", "/*", "*")):
        start -= 1
    above = "".join(lines[start : target.lines.start])
    return f"{target.instruction}\n{above}{target.text}"


def _unmended(told: Check) -> Check:
    """Return evidence of a follow-up: what the changed name or signature broke shall be gone."""
    if not told.lingers:
        return told
    return replace(told, passed=False, report=told.report or told.detail)


def sum_of(first: Usage | None, second: Usage) -> Usage:
    """Return the tokens of both."""
    if first is None:
        return second
    return Usage(
        first.prompt_tokens + second.prompt_tokens,
        first.completion_tokens + second.completion_tokens,
        first.cached_tokens + second.cached_tokens,
        first.written_tokens + second.written_tokens,
    )


def time_of_both(first: Timing | None, second: Timing | None) -> Timing | None:
    """Return the time of two answers, one after the other; the first token is the first one's.

    A part that one of them does not tell is not known of both.
    """
    if first is None or second is None:
        return first or second
    return Timing(
        first.first_token,
        first.total + second.total,
        _both(first.prefill, second.prefill),
        _both(first.decode, second.decode),
        first.connect,
        _both(first.queue, second.queue),
    )


def _both(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first + second


def _cost(first: float | None, second: float | None) -> float | None:
    return second if first is None else first + (second or 0.0)
