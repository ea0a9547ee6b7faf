"""The project's own checks on a proposal, found by its files, run in a shadow of the workspace.

Nothing is run before the user has allowed commands for this project. A check is compared with what
it says of the text before; the first that newly fails ends the rest.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from spark_desktop.domain.changed_definitions import changed_names, speaking_of
from spark_desktop.domain.changed_examples import given_examples
from spark_desktop.domain.detected_checks import DetectedCheck, ProjectFiles, Stage
from spark_desktop.domain.events import ConsentNeeded
from spark_desktop.domain.planned_checks import planned
from spark_desktop.domain.project_checks import Outcome, Ran
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.sandboxing import OPEN_NOTE, Job, Limits, Sandboxing
from spark_desktop.domain.shadow_evidence import (
    changed_rows,
    failed_tests,
    judged,
    lingering,
    needs_before,
)
from spark_desktop.domain.words import joined, say

_log = logging.getLogger(__name__)
# The path of a file, and the files of tests that touch it.
TestsOf = Callable[[str], Awaitable[Sequence[str]]]
# The texts of files before and after; None: there is no such file.
Changes = Mapping[str, tuple[str | None, str | None]]
# Results of the text before are those of the whole project, which goes on.
_KEPT_S = 120.0
_MOST_KEPT = 64


class Workbench(Protocol):
    """Runs programs in a shadow of the workspace."""

    async def sandboxing(self) -> Sandboxing:
        """Return whether programs are shut in here."""
        ...

    async def prepare(self, path: str) -> None:
        """Bring the shadow up to date for checks of a file. Raises OSError."""
        ...

    async def run(self, job: Job, *, open_allowed: bool = False) -> Outcome:
        """Run a program to its end; cancelling ends it. ``open_allowed``: without a sandbox too.

        What comes of it says how long it took, without the wait until others had ended.
        """
        ...


@dataclass(frozen=True, slots=True)
class Consent:
    """What the user allowed for this project, asked anew before each proposal.

    ``allowed``: that the project's commands run, shut in. ``without_sandbox``: also where they
    cannot be shut in.
    """

    allowed: Callable[[], bool]
    without_sandbox: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Budget:
    """Seconds on the wall: for each check, and for all of a proposal's together.

    Those in which its programs run: what waits for others' programs loses no time.
    """

    each: float = 15.0
    total: float = 45.0


class ShadowChecks:
    """The evidence of the checks that a project's files tell of; a ProjectEvidence."""

    def __init__(
        self,
        bench: Workbench,
        files: ProjectFiles,
        tests_of: TestsOf,
        consent: Consent,
        budget: Callable[[], Budget] = Budget,
    ) -> None:
        """``files`` is asked in an OS thread. ``asks`` is told, once, that consent is needed."""
        self.asks: Callable[[ConsentNeeded], None] = lambda _needed: None
        self.needed: ConsentNeeded | None = None
        self._bench, self._files, self._tests_of = bench, files, tests_of
        self._consent, self._budget = consent, budget
        self._known: dict[str, tuple[float, Outcome]] = {}

    async def evidence(self, path: str, before: str, after: str) -> tuple[Check, ...]:
        """Return what the checks say of ``after`` that they do not say of ``before``.

        ``before`` is "" for a new file. Nothing is run for a file that would be empty, or stays
        the same, nor before the user has allowed it.
        """
        return await self.evidence_of({path: (before or None, after)})

    async def evidence_of(self, changes: Changes) -> tuple[Check, ...]:
        """Return the evidence of a change of several files, which count together."""
        changes = {path: pair for path, pair in changes.items() if pair[0] != pair[1]}
        if not any(after for _, after in changes.values()):
            return ()
        is_allowed = self._consent.allowed()
        if not is_allowed and self.needed is not None:
            return ()  # the user knows
        checks = await self._planned(changes)
        if not checks:
            return ()
        state = await self._bench.sandboxing()
        if not is_allowed:
            self._ask(checks, state)
            return ()
        self.needed = None
        if not state.works and not self._consent.without_sandbox():
            detail = say("not run, there is no sandbox: {reason}", reason=state.reason)
            return (Check(say("project checks"), True, detail),)
        found = await self._all(checks, changes)
        return found if state.works else tuple(_opened(one) for one in found)

    async def look_ahead(self, path: str, before: str) -> None:
        """Make the shadow ready, and run the tests on the text as it is, while a model writes.

        What they say is kept for ``evidence``: tests prove something only where they failed before.
        Raises OSError where there can be no shadow.
        """
        if not self._consent.allowed():
            return
        state = await self._bench.sandboxing()
        if not state.works and not self._consent.without_sandbox():
            return
        await self._bench.prepare(path)
        for check in await self._planned({path: (before, before)}):
            if check.stage >= Stage.EXAMPLES and self._consent.allowed():
                await self._before(check, {path: before}, self._budget().each)

    async def may_prove(self, path: str, before: str) -> bool:
        """Return whether a check could prove a change of a file: one that fails on it as it is.

        What cannot be told counts as could. The user is asked for their consent, as by
        ``evidence``.
        """
        if not self._consent.allowed() and self.needed is not None:
            return False
        checks = await self._planned({path: (before, before)})
        state = await self._bench.sandboxing()
        if not self._consent.allowed():
            if checks:
                self._ask(checks, state)
            return False
        if not state.works and not self._consent.without_sandbox():
            return False
        for check in checks:
            if check.stage is Stage.EXAMPLES:
                return True
            if check.stage is Stage.TESTS and check.proves:
                outcome = await self._before(check, {path: before}, self._budget().each)
                if outcome.code if isinstance(outcome, Ran) else outcome.over_limit:
                    return True
        return False

    def _ask(self, checks: Sequence[DetectedCheck], state: Sandboxing) -> None:
        commands = tuple(dict.fromkeys(one.label for one in checks))
        if self.needed is None:
            self.needed = ConsentNeeded(commands, tuple(one.line for one in checks), state)
            self.asks(self.needed)

    async def _planned(self, changes: Changes) -> tuple[DetectedCheck, ...]:
        found: dict[tuple[object, ...], DetectedCheck] = {}
        for path, (before, after) in changes.items():
            if not after:
                continue
            tests = tuple(await self._tests_of(path))
            checks = await asyncio.to_thread(planned, path, before or "", after, self._files, tests)
            for one in checks:
                if one.stage is Stage.EXAMPLES and not given_examples(before or "", after):
                    one = replace(one, proves=False)
                found.setdefault((one.words, one.folder), one)
        return tuple(sorted(found.values(), key=lambda one: one.stage))

    async def _all(self, checks: Sequence[DetectedCheck], changes: Changes) -> tuple[Check, ...]:
        budget = self._budget()
        left = budget.total
        found: list[Check] = []
        for check in checks:
            if not self._consent.allowed():
                break  # taken back meanwhile
            if left <= 0:
                found.append(Check(check.label, True, say("not run: no time was left for it")))
                continue
            before, after, took = await self._results(check, changes, min(budget.each, left))
            left -= took
            if not self._consent.allowed():
                break  # it may not have been asked about the text before
            about = await self._tests_about(check, changes, after)
            told = _as_proven(judged(check, before, after, about), check)
            if told.passed and check.stage in (Stage.COMPILES, Stage.TYPES):
                told = await asyncio.to_thread(_with_lingering, told, before, after, changes)
            found.append(told)
            _log.debug("%s: %s", check.label, "passed" if found[-1].passed else "failed")
            if not found[-1].passed and not found[-1].is_advice:
                break
        return tuple(found)

    async def _tests_about(
        self, check: DetectedCheck, changes: Changes, after: Outcome
    ) -> frozenset[str]:
        """Return those of the tests that fail now whose source calls what is changed."""
        failed = failed_tests(after.output) if isinstance(after, Ran) and after.code else {}
        if check.stage is not Stage.TESTS or not failed or not check.about:
            return frozenset()
        names = {
            name
            for path, (before, text) in changes.items()
            for name in changed_names(path, before or "", text or "")
        }

        def found() -> frozenset[str]:
            sources = [self._files.text(path) or "" for path in check.about]
            return speaking_of(names, failed, sources)

        return await asyncio.to_thread(found)

    async def _results(
        self, check: DetectedCheck, changes: Changes, seconds: float
    ) -> tuple[Outcome | None, Outcome, float]:
        """Return what comes of the texts before and after, and the seconds that it took now."""
        after = await self._run(check, {path: pair[1] for path, pair in changes.items()}, seconds)
        old = {path: pair[0] for path, pair in changes.items()}
        before: Outcome | None = self._kept(check, old)
        has_before = any(pair[0] for pair in changes.values())
        if not self._consent.allowed():
            return None, after, after.seconds
        if before is None and has_before and needs_before(check, after):
            before = await self._before(check, old, seconds)
            return before, after, after.seconds + before.seconds
        return before, after, after.seconds

    async def _before(
        self, check: DetectedCheck, texts: Mapping[str, str | None], seconds: float
    ) -> Outcome:
        if (known := self._kept(check, texts)) is not None:
            return known
        outcome = await self._run(check, texts, seconds)
        while len(self._known) >= _MOST_KEPT:
            del self._known[next(iter(self._known))]
        self._known[_key(check, texts)] = (time.monotonic(), outcome)
        return outcome

    def _kept(self, check: DetectedCheck, texts: Mapping[str, str | None]) -> Outcome | None:
        moment, outcome = self._known.get(_key(check, texts), (0.0, None))
        return outcome if time.monotonic() - moment < _KEPT_S else None

    async def _run(
        self, check: DetectedCheck, texts: Mapping[str, str | None], seconds: float
    ) -> Outcome:
        job = Job(
            check.words,
            texts,
            Limits(seconds=seconds),
            folder=check.folder,
            around=check.about,
            environment=check.environment,
        )
        return await self._bench.run(job, open_allowed=self._consent.without_sandbox())


async def run_command(
    bench: Workbench, words: Sequence[str], texts: Mapping[str, str | None], seconds: float
) -> Outcome:
    """Run what the user typed, with ``texts`` laid over the workspace's shadow.

    Typing it was the consent, also where there is no sandbox. Cancelling ends it.
    """
    job = Job(tuple(words), texts, Limits(seconds=seconds))
    return await bench.run(job, open_allowed=True)


def _as_proven(found: Check, check: DetectedCheck) -> Check:
    """Return evidence that proves no more than its check does."""
    return found if check.proves or not found.proves else replace(found, proves=False)


def _with_lingering(told: Check, before: Outcome | None, after: Outcome, changes: Changes) -> Check:
    """Return evidence that says whether something is still found where the change is."""
    for path, (old, new) in changes.items():
        if old and new and (line := lingering(before, after, path, changed_rows(old, new))):
            return replace(told, detail=joined((told.detail, line), "; "), lingers=True)
    return told


def _opened(check: Check) -> Check:
    return replace(check, detail=joined((check.detail, OPEN_NOTE), "; "))


def _key(check: DetectedCheck, texts: Mapping[str, str | None]) -> str:
    digest = hashlib.sha256(repr((check.words, check.folder)).encode("utf-8", "surrogatepass"))
    for path, text in sorted(texts.items()):
        digest.update(repr((path, text)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
