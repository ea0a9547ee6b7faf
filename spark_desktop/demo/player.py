"""Plays the story: an outside editor saves, the model proposes, the user accepts and undoes."""

import asyncio
import hashlib
import re
import sys
import time
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from spark_desktop.demo.outcome import Outcome, StepOutcome
from spark_desktop.demo.stage import DemoError, Stage
from spark_desktop.demo.story import Kind, Step
from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.events import (
    ChangeApplied,
    ChangeReverted,
    ProposalChanged,
    ProposalStreamed,
    TurnChanged,
)
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Closed, Failed, Proposal, Queued, Ready, Streaming
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span, kind_of

_RAN = re.compile(r"^Ran (\d+) tests?", re.MULTILINE)
_BAD = re.compile(r"(?:failures|errors)=(\d+)")


class Player:
    """Plays the steps one after the other on one project."""

    def __init__(self, stage: Stage, folder: Path, outcome: Outcome) -> None:
        self._stage = stage
        self._folder = folder
        self._outcome = outcome
        self._proposals = stage.listen(ProposalChanged)
        self._streamed = stage.listen(ProposalStreamed)
        self._applied = stage.listen(ChangeApplied)
        self._reverted = stage.listen(ChangeReverted)
        self._turns = stage.listen(TurnChanged)

    async def play(self, step: Step) -> None:
        """Play one step and note its outcome; raises DemoError where the product fails."""
        if step.kind is Kind.QUESTION:
            await self._ask(step)
        else:
            await self._propose(step)

    async def run_tests(self, when: str) -> None:
        """Run the project's own tests and note how many pass."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-B", "-m", "unittest", "discover", "-s", "tests", "-t", "."),
            cwd=self._folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        text = said.decode("utf-8", "replace")
        ran = _RAN.search(text)
        if ran is None:
            raise DemoError(f"The project's tests did not run: {text.strip()[-300:]}")
        bad = sum(int(count) for count in _BAD.findall(text))
        self._outcome.tests[when] = {"run": int(ran[1]), "passed": int(ran[1]) - bad}

    async def undo_everything(self, expected: dict[str, str]) -> None:
        """Undo every applied change and compare the files with the digests ``expected``."""
        for _ in range(len(self._applied)):
            mark = len(self._reverted)
            self._stage.press("undo")
            await self._stage.until("a change is undone", partial(self._has_reverted, mark))
        found = {path: _sha256(self._folder / path) for path in expected}
        self._outcome.undone = found == expected
        for path in expected:
            if found[path] != expected[path]:
                raise DemoError(f"{path} is not what it was before the changes were applied.")

    async def _propose(self, step: Step) -> None:
        known = {event.proposal.id for event in self._proposals}
        stage = self._stage
        if step.kind is Kind.INSTRUCTION:
            await self._type_instruction(step)
            before = _sha256(self._folder / step.path)
        else:
            before = self._save(step)
        begin = time.monotonic()
        await stage.until(f"a proposal for {step.path}", lambda: self._new(known) is not None)
        mark = len(self._streamed)
        await stage.until(
            "the model writes, or the turn ends",
            lambda: len(self._streamed) > mark or self._is_over(known),
        )
        first_token = time.monotonic() - begin
        pictures = [] if self._is_over(known) else await stage.picture(f"{_slug(step)}-streaming")
        await stage.until("the proposal is ready or withheld", lambda: self._is_over(known))
        done = time.monotonic() - begin
        proposal = self._new(known)
        if proposal is None or isinstance(proposal.state, Failed):
            raise DemoError(f"The turn for {step.path} failed: {proposal and proposal.state}")
        stage.models.changes.choose_proposal(proposal.id)
        pictures += await stage.picture(f"{_slug(step)}-{_state(proposal)}")
        seconds = {"first_token": first_token, "done": done} | _phases(proposal.timing)
        if isinstance(proposal.state, Ready):
            seconds["accept"] = await self._accept(proposal)
            pictures += await stage.picture(f"{_slug(step)}-accepted")
        self._note(step, proposal, before, seconds, pictures)

    async def _accept(self, proposal: Proposal) -> float:
        mark = len(self._applied)
        self._stage.press("accept_all")
        seconds = await self._stage.until(
            "the accepted change is on disk", lambda: len(self._applied) > mark
        )
        if proposal.patch is None:
            raise DemoError("A ready proposal has no patch.")
        text = proposal.trigger.snapshot.text
        wanted = text.with_content(apply(text.content, proposal.patch.hunks)).encode()
        if (self._folder / proposal.patch.path).read_bytes() != wanted:
            raise DemoError(f"{proposal.patch.path} does not hold what was accepted.")
        return seconds

    def _note(
        self,
        step: Step,
        proposal: Proposal,
        before: str,
        seconds: dict[str, float],
        pictures: list[str],
    ) -> None:
        hunks = proposal.patch.hunks if proposal.patch else ()
        said = "".join(f"-{line}" for hunk in hunks for line in hunk.old)
        said += "".join(f"+{line}" for hunk in hunks for line in hunk.new)
        evidence = [
            f"{check.name}: {'yes' if check.passed else 'NO'} {check.detail}".rstrip()
            for check in proposal.evidence
        ]
        self._outcome.steps.append(
            StepOutcome(
                name=step.name,
                trigger=kind_of(proposal.trigger),
                path=step.path,
                state=_state(proposal),
                tokens=_tokens(proposal.usage),
                seconds={name: round(value, 3) for name, value in seconds.items()},
                hunks=len(hunks),
                evidence=evidence,
                sha256={"before": before, "after": _sha256(self._folder / step.path)},
                said=said,
                pictures=pictures,
            )
        )

    async def _ask(self, step: Step) -> None:
        known = {event.turn.id for event in self._turns}
        before = self._save(step)
        begin = time.monotonic()
        await self._stage.until("a turn in the chat", lambda: self._turn(known) is not None)
        await self._stage.until(
            "the answer ends",
            lambda: (
                (turn := self._turn(known)) is not None and turn.state is not TurnState.STREAMING
            ),
        )
        done = time.monotonic() - begin
        turn = self._turn(known)
        if turn is None or turn.state is not TurnState.DONE:
            raise DemoError(f"The question was not answered: {turn and turn.error}")
        pictures = await self._stage.picture(f"{_slug(step)}-answered")
        seconds = {"done": done} | _phases(turn.timing)
        if turn.timing is not None:
            seconds["first_token"] = turn.timing.first_token
        self._outcome.steps.append(
            StepOutcome(
                name=step.name,
                trigger="AI?",
                path=step.path,
                state=turn.state.value,
                tokens=_tokens(turn.usage),
                seconds={name: round(value, 3) for name, value in seconds.items()},
                hunks=0,
                evidence=[f"asked: {turn.question}"],
                sha256={"before": before, "after": _sha256(self._folder / step.path)},
                said=turn.answer,
                pictures=pictures,
            )
        )

    async def _type_instruction(self, step: Step) -> None:
        stage = self._stage
        stage.models.changes.choose_file(step.path)
        await stage.until(f"{step.path} is shown", lambda: stage.models.review.path == step.path)
        lines = split_lines((self._folder / step.path).read_text(encoding="utf-8"))
        number = lines.index(step.old)
        stage.models.review.select(Span(number, number + 1))
        stage.press("edit")
        editor = stage.view.chat.composer.editor
        QTest.keyClicks(editor, step.instruction)
        QTest.keyClick(editor, Qt.Key.Key_Return)

    def _has_reverted(self, mark: int) -> bool:
        return len(self._reverted) > mark

    def _save(self, step: Step) -> str:
        """Save the file as an outside editor does; return the digest of its new bytes."""
        path = self._folder / step.path
        text = path.read_text(encoding="utf-8")
        if step.old not in text:
            raise DemoError(f"{step.path} does not hold the lines that the story changes.")
        path.write_text(text.replace(step.old, step.new, 1), encoding="utf-8", newline="\n")
        return _sha256(path)

    def _new(self, known: set[str]) -> Proposal | None:
        for event in reversed(self._proposals):
            if event.proposal.id not in known:
                return event.proposal
        return None

    def _is_over(self, known: set[str]) -> bool:
        proposal = self._new(known)
        return proposal is not None and not isinstance(proposal.state, Queued | Streaming)

    def _turn(self, known: set[str]) -> Turn | None:
        for event in reversed(self._turns):
            if event.turn.id not in known:
                return event.turn
        return None


def _state(proposal: Proposal) -> str:
    if isinstance(proposal.state, Closed):
        return "applied"
    return type(proposal.state).__name__.lower()


def _slug(step: Step) -> str:
    return step.name.replace(" ", "-")


def _tokens(usage: Usage | None) -> dict[str, int]:
    if usage is None:
        return {"in": 0, "out": 0, "cached": 0}
    return {
        "in": usage.prompt_tokens,
        "out": usage.completion_tokens,
        "cached": usage.cached_tokens,
    }


def _phases(timing: Timing | None) -> dict[str, float]:
    if timing is None:
        return {}
    phases = {"prefill": timing.prefill, "decode": timing.decode}
    return {name: seconds for name, seconds in phases.items() if seconds is not None}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
