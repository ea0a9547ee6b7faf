"""Runs tasks one by one, and keeps what became of each."""

import asyncio
import dataclasses
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.quality.answer_cache import AnswerCache
from benchmarks.quality.efforts import EFFORTS, PLAINS, arrange
from benchmarks.quality.judging import (
    Cost,
    Fate,
    Outcome,
    cost_of,
    judged,
    judged_answer,
    why_not_shown,
)
from benchmarks.quality.listening import Wire
from benchmarks.quality.machine import Machine, place_to_work
from benchmarks.quality.plain import plain_outcome
from benchmarks.quality.product import Happened, accept_all, contents, done_by_product
from benchmarks.quality.reach import Reach
from benchmarks.quality.suite import Task
from benchmarks.quality.toolchains import Toolchains
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.proposal import Proposal

OUTCOMES = "outcomes.jsonl"
# Seconds for one task until the product is stopped; a run of many has to come to its end.
LIMIT_S = 300.0
# Seconds more for what is around it: the project is opened, its result is judged.
AROUND_S = 240.0
# So many tasks in a row that cannot be measured end the run: something is amiss with all of them.
_MOST_FAILURES = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """What is measured: ``cached`` is the folder of answers known, None to ask for each.

    ``limit_s`` are the seconds that each task may take. ``reach``: answers that were not shown are
    judged, too.
    """

    tasks: tuple[Task, ...]
    models: tuple[str, ...]
    parts: tuple[str, ...]
    cached: Path | None = None
    limit_s: float = LIMIT_S
    reach: bool = False


class Kept:
    """The outcomes so far, also in a file of a folder where one is named, a line each."""

    def __init__(self, folder: Path | None = None, *, resume: bool = False) -> None:
        """With ``resume`` what the folder holds already counts; else it is begun anew."""
        self.outcomes: list[Outcome] = []
        self._file = None if folder is None else folder / OUTCOMES
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        if resume and self._file.exists():
            text = self._file.read_text(encoding="utf-8")
            # A run that was killed may have left half a line, whose task is done again.
            whole = text[: text.rfind("\n") + 1]
            self.outcomes = [outcome_of(json.loads(line)) for line in whole.split("\n")[:-1]]
            if whole != text:
                self._file.write_text(whole, encoding="utf-8")
        else:
            self._file.write_text("", encoding="utf-8")

    def holds(self, task: Task, model: str, parts: str) -> bool:
        """Return whether this was done."""
        return any(
            (one.task, one.model, one.parts) == (task.id, model, parts) for one in self.outcomes
        )

    def add(self, outcome: Outcome, progress: str = "") -> None:
        """Keep an outcome, and tell of it behind its ``progress``: all of them take hours."""
        self.outcomes.append(outcome)
        first_line = outcome.reason.partition("\n")[0]
        told = f"{outcome.model} {outcome.parts}: {outcome.language}/{outcome.task}"
        _tell(f"{progress} {told} {outcome.fate.value} {first_line}".strip())
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as stream:
                line = json.dumps(dataclasses.asdict(outcome), default=_plain, ensure_ascii=False)
                stream.write(f"{line}\n")


async def measure(
    wanted: Measured,
    kept: Kept,
    tools: Toolchains,
    machine_of: Callable[[Wire, Path], Machine] = Machine,
) -> None:
    """Do every task with every model and choice of parts that is not kept already.

    One choice of parts after the other: two questions in a row about one task would find its
    prompt in the core's memory.
    """
    still = [
        (model, parts, task)
        for model in wanted.models
        for parts in wanted.parts
        for task in wanted.tasks
        if not kept.holds(task, model, parts)
    ]
    steps = _Steps(len(still), wanted.limit_s, kept, reach=wanted.reach)
    for model in dict.fromkeys(model for model, _, _ in still):
        cache = None if wanted.cached is None else AnswerCache(wanted.cached)
        wire = Wire(model, cache)
        with place_to_work() as place:
            async with machine_of(wire, place) as machine:
                for _, parts, task in (one for one in still if one[0] == model):
                    await steps.step(machine, task, parts, tools)


class _Steps:
    """Does one task after the other; what cannot be measured is told, and left for a resumed run.

    ``step`` raises what went wrong where it does so for several tasks in a row.
    """

    def __init__(self, count: int, limit_s: float, kept: Kept, *, reach: bool) -> None:
        self._count = count
        self._reach = reach
        self._limit_s = limit_s
        self._kept = kept
        self._done = 0
        self._failures = 0

    async def step(self, machine: Machine, task: Task, parts: str, tools: Toolchains) -> None:
        self._done += 1
        begun = time.monotonic()
        try:
            async with asyncio.timeout(self._limit_s + AROUND_S):
                found = await outcome(machine, task, parts, tools, self._limit_s, reach=self._reach)
        except Exception as error:
            self._failures += 1
            what = f"{type(error).__name__}: {error}".partition("\n")[0]
            _tell(f"{self._progress(begun)} {parts}: {task.id} could not be measured: {what}")
            if self._failures >= _MOST_FAILURES:
                raise
        else:
            self._failures = 0
            self._kept.add(found, self._progress(begun))

    def _progress(self, begun: float) -> str:
        return f"[{self._done}/{self._count} {time.monotonic() - begun:.0f} s]"


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


async def outcome(
    machine: Machine,
    task: Task,
    parts: str,
    tools: Toolchains,
    limit_s: float = LIMIT_S,
    *,
    reach: bool = False,
) -> Outcome:
    """Return what becomes of one task; the product is stopped after ``limit_s`` seconds.

    With ``reach`` it is also judged whether an answer that was not shown is right.
    """
    wire = machine.wire
    if parts in PLAINS:
        endpoint = await machine.endpoint()
        return await plain_outcome(task, parts, endpoint, wire, tools, limit_s)
    provide = partial(tools.provide, task.language)
    async with machine.project(task.before, provide) as project:
        await arrange(project, EFFORTS[parts])
        answers = Reach(project) if reach and task.kind != "question" else None
        happened = await done_by_product(project, task, tools, limit_s)
        await accept_all(project, happened)
        # What is judged takes its time, which is nothing of the product's.
        asked = wire.took()
        fate, reason = await _fate(task, happened, project.root, tools)
        after = contents(project.root, tuple(task.solution))
    reached = None
    if answers is not None:
        reached = fate is Fate.RIGHT or await answers.holds_right(task, tools)
    return Outcome(
        task=task.id,
        kind=task.kind,
        language=task.language,
        split=task.split,
        model=wire.name,
        parts=parts,
        fate=fate,
        reason=reason,
        cost=cost_of(asked, happened.first_s, happened.reviewable_s),
        told={
            "notes": happened.notes,
            "proposals": [_told(one) for one in happened.proposals.values()],
            "prompts": [one.prompt for one in asked],
            "answers": [one.text for one in asked],
            "after": after,
        },
        reached=reached,
    )


async def _fate(task: Task, happened: Happened, root: Path, tools: Toolchains) -> tuple[Fate, str]:
    turn = happened.turn
    if task.kind == "question" and turn is not None:
        if turn.doubt:
            # The user sees it with a warning: nothing to rely on is shown.
            return Fate.WITHHELD, f"doubted: {turn.doubt}"
        if turn.state is TurnState.DONE:
            return judged_answer(task, turn.answer)
        return Fate.NOTHING, f"{turn.state.value}: {turn.error}"
    if not happened.shown:
        return why_not_shown(tuple(happened.proposals.values()), happened.notes)
    if task.kind == "question":
        return Fate.WRONG, "a question was answered by a change"
    # Not in the loop, which has to tell the core that somebody is there.
    return await asyncio.to_thread(judged, task, root, tools)


def _told(proposal: Proposal) -> dict[str, object]:
    return {
        "trigger": type(proposal.trigger).__name__,
        "path": proposal.trigger.snapshot.path,
        "state": type(proposal.state).__name__,
        "reason": str(getattr(proposal.state, "reason", "")),
        "evidence": [
            f"{'+' if one.passed else '-'} {one.name} {one.detail}".rstrip()
            for one in proposal.evidence
        ],
    }


def outcome_of(kept: dict[str, Any]) -> Outcome:
    """Return an outcome from a line of the file."""
    return Outcome(**{**kept, "fate": Fate(kept["fate"]), "cost": Cost(**kept["cost"])})


def part_of_each(tasks: Iterable[Task], every: int) -> tuple[Task, ...]:
    """Return the first task of each kind and split, and every so many of them."""
    groups: dict[tuple[str, str], list[Task]] = {}
    for task in tasks:
        groups.setdefault((task.kind, task.split), []).append(task)
    chosen: Sequence[Task] = [one for group in groups.values() for one in group[::every]]
    return tuple(chosen)


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else str(value)
