"""What became of a task, and whether what was shown is right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from benchmarks.quality.confined import copy_of, run_confined
from benchmarks.quality.listening import Asked
from benchmarks.quality.suite import Task, is_right
from benchmarks.quality.toolchains import Ran, Toolchains
from spark_desktop.domain.proposal import (
    Cancelled,
    Closed,
    Conflict,
    Failed,
    Proposal,
    Ready,
    Withheld,
)


class Fate(Enum):
    """Where a task ended; the value is its name in files."""

    RIGHT = "right"
    WRONG = "wrong"
    WITHHELD = "withheld"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a task took: seconds from the save on, tokens, and requests to the model.

    ``first_s`` is None where nothing was streamed, ``reviewable_s`` where nothing was shown.
    ``kept`` counts the requests that were answered from disk.
    """

    first_s: float | None = None
    reviewable_s: float | None = None
    prompt_tokens: int = 0
    answer_tokens: int = 0
    cached_tokens: int = 0
    attempts: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """One task with one model and one choice of parts.

    ``reason`` says why it is not right: the check that withheld it, a sentence, or what the hidden
    tests wrote. ``told`` is for reading: prompts, answers, evidence and the changed files.
    ``reached``: whether it is right or an answer that was not shown would have been, None where
    that was not judged.
    """

    task: str
    kind: str
    language: str
    split: str
    model: str
    parts: str
    fate: Fate
    reason: str = ""
    cost: Cost = Cost()
    told: Mapping[str, object] = field(default_factory=dict)
    reached: bool | None = None

    @property
    def is_shown(self) -> bool:
        """Return whether the user was shown something to accept."""
        return self.fate in (Fate.RIGHT, Fate.WRONG)


def judged(task: Task, folder: Path, tools: Toolchains) -> tuple[Fate, str]:
    """Return whether the hidden tests pass in a copy of the folder, and what they wrote if not."""
    with copy_of(folder, task.hidden) as copy:
        done = run_confined(task.check, copy, tools)
    return (Fate.RIGHT, "") if done.passed else (Fate.WRONG, told_of(done))


def judged_answer(task: Task, answer: str) -> tuple[Fate, str]:
    """Return whether an answer to a question is right."""
    if is_right(task, answer):
        return Fate.RIGHT, ""
    return Fate.WRONG, f"the answer is not what was asked for: {answer.strip()[:200]}"


def told_of(done: Ran) -> str:
    """Return how a failed command ended: first its last line, which says most, then all."""
    output = done.output.strip()
    return f"exit code {done.code}: {output.rpartition(chr(10))[2]}\n{output}"


def why_not_shown(proposals: Sequence[Proposal], notes: Sequence[str]) -> tuple[Fate, str]:
    """Return what became of proposals of which none is ready, and why.

    What is withheld comes first: that is the product's choice, all else is a failure of it.
    """
    for proposal in proposals:
        if isinstance(proposal.state, Withheld):
            return Fate.WITHHELD, f"{withheld_by(proposal)}: {proposal.state.reason}"
    for proposal in proposals:
        if isinstance(proposal.state, Failed | Conflict | Cancelled):
            name = type(proposal.state).__name__.lower()
            return Fate.NOTHING, f"{name}: {proposal.state.reason}"
    return Fate.NOTHING, "; ".join(notes) or "nothing was started"


def withheld_by(proposal: Proposal) -> str:
    """Return the name of the check that a proposal failed."""
    failed = (one.name for one in proposal.evidence if not one.passed and not one.is_advice)
    return str(next(failed, "unknown"))


def is_shown(proposal: Proposal) -> bool:
    """Return whether a user may accept something of it, or did."""
    return isinstance(proposal.state, Ready | Closed) and proposal.patch is not None


def cost_of(asked: Sequence[Asked], first_s: float | None, reviewable_s: float | None) -> Cost:
    """Return what was asked of the model as a sum; seconds as they were measured."""
    usages = [one.usage for one in asked]
    return Cost(
        first_s=first_s,
        reviewable_s=reviewable_s,
        prompt_tokens=sum(one.prompt_tokens for one in usages),
        answer_tokens=sum(one.completion_tokens for one in usages),
        cached_tokens=sum(one.cached_tokens for one in usages),
        attempts=len(asked),
        kept=sum(one.is_kept for one in asked),
    )
