"""A command as evidence: run on the proposed text, in a copy of the workspace."""

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from typing import Protocol

from spark_desktop.domain.fault import fault_in
from spark_desktop.domain.project_checks import NotRun, Outcome, Ran, first_line
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.secret_lines import words_without_secrets
from spark_desktop.domain.test_output import (
    REPORT,
    Failure,
    Places,
    end_of_output,
    failures_in,
)
from spark_desktop.domain.trigger import FailingTest
from spark_desktop.domain.words import Said, joined, say
from spark_desktop.services.test_runs import keys_of

# Seconds that a run may take where nobody says otherwise.
RUN_SECONDS = 60.0
_KEPT_S = 120.0
# A run on another text may take so many times what it took before, at least so many seconds.
_TIMES, _LEAST_S = 4.0, 15.0
# Failures whose text a model is told.
_TOLD = 2


class ShadowRun(Protocol):
    """Runs programs in a shadow of the workspace."""

    async def __call__(
        self,
        words: Sequence[str],
        texts: Mapping[str, str | None],
        seconds: float,
        folder: str = "",
    ) -> Outcome:
        """Run a program in a folder of the workspace's copy, with ``texts`` laid over its files.

        Cancelling ends it. NotRun says why there is no result.
        """
        ...


class CommandEvidence:
    """A ProjectEvidence: what a command that the user typed says of a proposal.

    It passes where the command ends with 0, and only then. ``tries`` are the checks so far.
    """

    def __init__(
        self, run: ShadowRun, words: Sequence[str], seconds: float = RUN_SECONDS, folder: str = ""
    ) -> None:
        self._run = run
        self._words = tuple(words)
        self._seconds = seconds
        self._folder = folder
        self.tries: list[Check] = []

    async def __call__(self, path: str, before: str, after: str) -> tuple[Check, ...]:
        """Return what the command says of ``after``; ``before`` is not run."""
        outcome = await self._run(self._words, {path: after}, self._seconds, self._folder)
        check = await self._judged(outcome)
        self.tries.append(check)
        return (check,)

    async def _judged(self, outcome: Outcome) -> Check:
        name = label_of(self._words)
        if isinstance(outcome, NotRun):
            return Check(name, False, outcome.reason)
        if outcome.code == 0:
            return Check(name, True, say("ends with 0"), proves=True)
        report = await told_by(outcome)
        detail = await how_it_failed(name, outcome, report)
        return Check(name, False, detail, report=report, proves=True)


class FailingTestAgain:
    """The evidence for a FailingTest: the run that failed, once more on the proposed text.

    It passes where everything does, or where that test passes and none fails that did not before.
    Where the command cannot be run here nothing is withheld: the user is told.
    """

    def __init__(self, run: ShadowRun, seconds: float = RUN_SECONDS) -> None:
        self._run = run
        self._seconds = seconds
        # The last text before, when it was run, and what came of it.
        self._known: tuple[tuple[object, ...], float, Outcome] | None = None
        # Seconds that the run on it took, by the command.
        self._took: tuple[tuple[str, ...], float] | None = None

    async def __call__(
        self, trigger: FailingTest, path: str, before: str, after: str
    ) -> tuple[Check, ...]:
        """Return what the run says of ``after``; nothing where the trigger names no command."""
        if not trigger.command:
            return ()
        name = label_of(trigger.command)
        is_same = after == before
        outcome = await (self._before if is_same else self._of)(trigger, path, after)
        if isinstance(outcome, NotRun):
            return (Check(name, True, outcome.reason, is_advice=True),)
        if outcome.code == 0:
            return (Check(name, True, say("ends with 0"), proves=True),)
        failed = keys_of(await read_failures(outcome.output))
        report = await told_by(outcome)
        earlier = await self._before(trigger, path, before)
        known = await read_failures(earlier.output) if isinstance(earlier, Ran) else ()
        gone, new = keys_of(known) - failed, sorted(failed - keys_of(known))
        # One that fails without a word that is known may be worse than before.
        if not failed or not gone or (trigger.key or trigger.name) in failed:
            detail = await how_it_failed(name, outcome, report)
            return (Check(name, False, detail, report=report, proves=True),)
        if new:
            detail = say("With the answer {test} fails.", test=new[0])
            return (Check(name, False, detail, report=report, proves=True),)
        detail = say(
            "{test} passes; %n other(s) fail as before",
            "",
            len(failed),
            test=trigger.key or trigger.name,
        )
        return (Check(name, True, detail, proves=True),)

    async def _before(self, trigger: FailingTest, path: str, text: str) -> Outcome:
        """Return what the run says of the text before; kept, since several answers are tried.

        Not for long: it is a run of the whole project, whose other files go on.
        """
        key, now = (trigger.command, trigger.folder, path, text), time.monotonic()
        if self._known is None or self._known[0] != key or now - self._known[1] > _KEPT_S:
            self._known = (key, now, await self._of(trigger, path, text))
            self._took = (trigger.command, time.monotonic() - now)
        return self._known[2]

    async def _of(self, trigger: FailingTest, path: str, text: str) -> Outcome:
        seconds = self._seconds
        if self._took is not None and self._took[0] == trigger.command:
            # An answer that goes in circles does not have to be waited for so long.
            seconds = min(seconds, max(_LEAST_S, _TIMES * self._took[1]))
        return await self._run(trigger.command, {path: text}, seconds, trigger.folder)


def label_of(words: Sequence[str]) -> str:
    """Return how a command is named in a list: its words, cut; those that are secrets masked."""
    # Where the program lies says nothing to the user.
    program = re.split(r"[\\/]", words[0])[-1] if words else ""
    # A part of a key would look like none.
    text = " ".join((program, *words_without_secrets(words)[1:]))
    return text if len(text) <= _LABEL else f"{text[: _LABEL - 1]}…"


_LABEL = 40


async def read_failures(output: str) -> tuple[Failure, ...]:
    """Return the failures of an output whose paths are those of the workspace."""
    return await asyncio.to_thread(failures_in, output, Places(files=None))


async def told_by(outcome: Outcome) -> str:
    """Return what a model is told of a run: its first failures, else the end of its output.

    Lines that may hold a secret are masked.
    """
    if isinstance(outcome, NotRun) or outcome.code == 0:
        return ""
    found = await read_failures(outcome.output)
    texts = [one.text for one in found if one.text][:_TOLD]
    if not texts:
        return await asyncio.to_thread(end_of_output, outcome.output)
    told = "\n\n".join(texts)
    return told if len(told) <= REPORT else texts[0][:REPORT]


async def how_it_failed(name: str, outcome: Ran, report: str) -> Said:
    """Return one line for the user: the command, its exit code, and what went wrong.

    ``report`` is what ``told_by`` returned for it.
    """
    line = await _what_failed(outcome.output, report)
    said = say("{command} ends with {code}", command=name, code=outcome.code)
    told = joined((said, line), ": ") if line else said
    if not outcome.lacks:
        return told
    return joined((told, say("not in the copy: {files}", files=", ".join(outcome.lacks))), "; ")


async def _what_failed(output: str, report: str) -> str:
    # A traceback's first line says nothing, and that of a script is often a greeting.
    fault = fault_in(report)
    if fault.code:
        return f"{fault.words}: {fault.code}"
    found = await read_failures(output)
    told = next((one.message.splitlines() for one in found if one.message), [])
    # What is masked in the report may hold a secret.
    is_shown = all(line in report for line in told)
    return first_line(" ".join(told) if told and is_shown else fault.words) or first_line(output)
