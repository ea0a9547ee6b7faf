"""What models really answered, kept in ``tests/data/answers``, and what is made of it.

A file's ``expected`` was judged by a person who read the answer; see the README beside the files.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fakes import Answer, FakeClock, FakeCore, FakeEndpoint, MemoryFiles

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.anchoring import anchor
from spark_desktop.domain.answer_reader import AnswerReader
from spark_desktop.domain.assembly import Assembled, assemble, paths_of
from spark_desktop.domain.checks import failure
from spark_desktop.domain.completion import (
    SEARCH_REPLACE,
    Finished,
    FinishReason,
    ModelInfo,
    Request,
)
from spark_desktop.domain.edit_blocks import (
    Block,
    BlockEnded,
    BlockRefused,
    Delete,
    Prose,
    Region,
    Rename,
    Rewrite,
    WholeFile,
)
from spark_desktop.domain.effort import Effort
from spark_desktop.domain.patch import FileKind, apply
from spark_desktop.domain.proposal import Proposal, Queued
from spark_desktop.domain.text import decode
from spark_desktop.domain.trigger import (
    FailingTest,
    Instruction,
    ModelTrigger,
    Repair,
    Span,
    Stub,
)
from spark_desktop.domain.workspace import Snapshot, snapshot_of
from spark_desktop.services.answer_evidence import AnswerEvidence
from spark_desktop.services.answers import CoreAnswers
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.bus import Bus
from spark_desktop.services.suggest import Suggester

FOLDER = Path(__file__).parent / "data" / "answers"
SYNTAX = TreeSitterSyntax()


@dataclass(frozen=True)
class Recording:
    """One answer; ``said`` is what comes before it where it goes on with a cut one."""

    file: str
    data: dict[str, Any]
    said: str = ""

    @property
    def expected(self) -> dict[str, Any]:
        return dict(self.data["expected"])

    @property
    def is_cut(self) -> bool:
        return bool(self.data["finish"] == "length")

    @property
    def is_chat(self) -> bool:
        return bool(self.data["asked"]["how"] == "chat")

    @property
    def answer(self) -> str:
        return self.said + str(self.data["answer"])

    def snapshot(self, path: str) -> Snapshot | None:
        text = self.data["files"].get(path)
        return None if text is None else snapshot_of(path, decode(text.encode()))


def recordings() -> list[Recording]:
    """Return all of them, by the names of their files."""
    found = {
        file.name: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(FOLDER.glob("*.json"))
    }
    return [Recording(name, data, _said_before(name, found)) for name, data in found.items()]


def _said_before(name: str, found: dict[str, dict[str, Any]]) -> str:
    asked = found[name]["asked"]
    if not asked.get("goes_on"):
        return ""
    return str(found[f"{name.split('-', 1)[0]}-{asked['after']}.json"]["answer"])


def splits(answer: str) -> Iterator[list[str]]:
    """Cut an answer as servers do: whole, by lines, by characters, and anywhere."""
    yield [answer]
    yield answer.splitlines(keepends=True)
    yield list(answer)
    for seed in range(3):
        dice = random.Random(seed)
        pieces, left = [], answer
        while left:
            size = dice.randint(1, 12)
            pieces.append(left[:size])
            left = left[size:]
        yield pieces


@dataclass(frozen=True)
class Outcome:
    """What an answer of the chat came to."""

    prose: str
    blocks: tuple[Block, ...]
    cut: tuple[int, ...]
    unread: tuple[str, ...]
    assembled: Assembled
    anchors: tuple[str, ...]
    withheld: dict[str, str]

    @property
    def after(self) -> dict[str, str | None]:
        """Return the text of each file that changes; None where it is removed."""
        found: dict[str, str | None] = {}
        for edit in self.assembled.edits:
            if edit.patch.kind is FileKind.DELETE:
                found[edit.patch.path] = None
            elif edit.patch.hunks:
                found[edit.patch.path] = apply(edit.snapshot.text.content, edit.patch.hunks)
        return found


async def outcome_of(recording: Recording, pieces: list[str]) -> Outcome:
    """Read an answer of the chat as the app does, and make one patch of its blocks."""
    files = list(recording.data["files"])
    # The first one is open in the window.
    reader = AnswerReader(files[0])
    events = [event for piece in pieces for event in reader.feed(piece)] + list(reader.finish())
    ended = [event for event in events if isinstance(event, BlockEnded)]
    blocks = [(event.number, event.block) for event in ended]
    snapshots = {path: recording.snapshot(path) for path in paths_of(blocks)}
    question = _question_of(recording)
    assembled = assemble(blocks, snapshots, question)
    evidence = AnswerEvidence(SYNTAX)
    failures = {
        edit.patch.path: failure(await evidence.of(edit, question)) for edit in assembled.edits
    }
    return Outcome(
        "".join(event.text for event in events if isinstance(event, Prose)),
        tuple(block for _, block in blocks),
        tuple(event.number for event in ended if event.is_cut),
        tuple(event.reason for event in events if isinstance(event, BlockRefused)),
        assembled,
        tuple(_anchored(block, snapshots) for _, block in blocks),
        {path: reason for path, reason in failures.items() if reason is not None},
    )


def _question_of(recording: Recording) -> str:
    """Return the user's own words, without the files in front of them."""
    return str(recording.data["messages"][-1]["content"]).rsplit("```\n\n", 1)[-1]


def _anchored(block: Block, snapshots: dict[str, Snapshot | None]) -> str:
    if not isinstance(block, Rewrite | WholeFile):
        return ""
    snapshot = snapshots[block.path]
    return "new" if snapshot is None else anchor(block, snapshot).certainty.value


def shape(block: Block) -> dict[str, object]:
    """Return a block as a recording's ``expected`` describes it."""
    form = {"form": str(block.format.value)}
    match block:
        case Region(language, lines):
            return {**form, "language": language, "lines": len(lines)}
        case WholeFile(path, _, lines):
            return {**form, "path": path, "lines": len(lines)}
        case Rewrite(path, _, old, new):
            return {**form, "path": path, "old": len(old), "new": len(new)}
        case Delete(path):
            return {**form, "path": path, "removes": True}
        case Rename(path, target):
            return {**form, "path": path, "to": target}


def trigger_of(recording: Recording, snapshot: Snapshot) -> ModelTrigger:
    """Return what asked for the region."""
    asked = recording.data["asked"]
    if asked["how"] == "stub":
        found = SYNTAX.triggers(snapshot)
        return next(trigger for trigger in found if isinstance(trigger, Stub))
    lines = None if asked["lines"] is None else Span(*asked["lines"])
    if asked["how"] == "failing":
        return FailingTest(snapshot, lines, asked["test"], asked["report"])
    if asked["how"] == "repair" and lines is not None:
        return Repair(snapshot, lines, asked["problem"])
    return Instruction(snapshot, lines, asked["instruction"])


async def proposed(recording: Recording, pieces: list[str]) -> Proposal:
    """Let the suggester have the answer, and the same once more where it wants another."""
    proposal, _ = await asked_and_proposed(recording, pieces)
    return proposal


async def asked_and_proposed(
    recording: Recording, pieces: list[str]
) -> tuple[Proposal, list[Request]]:
    """Return the proposal, and the requests that the suggester made for it."""
    path = recording.data["asked"]["path"]
    files = MemoryFiles()
    files.write(path, recording.data["files"][path])
    snapshot = files.snapshot(path)
    reason = FinishReason.LENGTH if recording.is_cut else FinishReason.STOP
    answer = Answer(*pieces, end=Finished(reason))
    model = ModelInfo(recording.data["model"], 8192, fim=False)
    if recording.data["asked"]["how"] == "blocks":
        model = replace(model, formats=(SEARCH_REPLACE, "region"))
    endpoint, bus = FakeEndpoint(answer, answer, model=model), Bus()
    suggester = Suggester(
        CoreAnswers(FakeCore(endpoint)), files, SYNTAX, ProposalBoard(bus), FakeClock(), bus
    )
    suggester.effort = Effort(samples=1, doubts=False)
    proposal = Proposal("p", trigger_of(recording, snapshot), Queued())
    return await suggester.propose(proposal), endpoint.requests
