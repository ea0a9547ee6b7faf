"""What of an answer cannot be used, as it goes back to the model."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from spark_desktop.domain.assembly import Assembled
from spark_desktop.domain.edit_blocks import Block, Region, Rewrite, WholeFile
from spark_desktop.domain.file_assembly import FileEdit
from spark_desktop.domain.patch import ABSENT, FilePatch
from spark_desktop.domain.proposal import FailedBlock
from spark_desktop.domain.refusal_prompts import told_to_model
from spark_desktop.domain.refusals import RefusalReason
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.answer_reading import AnswerReading, Numbered
from spark_desktop.services.second_try import Problem

# Refusals that another answer may avoid; the others are about the file, not about the answer.
_CURABLE = frozenset(
    {
        RefusalReason.PLACEHOLDER,
        RefusalReason.REASONING,
        RefusalReason.SHRUNK,
        RefusalReason.MISSING,
        RefusalReason.CONTRADICTION,
    }
)
_BLOCK = "block-"
_CUT = say("The answer ends in the middle of it.")


@dataclass(frozen=True, slots=True)
class Faults:
    """The problems that the model is told, and what is looked at anew when it has answered.

    ``numbers`` are the blocks without a place; all blocks of ``files`` are wrong together.
    """

    problems: tuple[Problem, ...]
    numbers: frozenset[int]
    files: frozenset[str]

    @property
    def paths(self) -> frozenset[str]:
        """Return the files that a second answer may change."""
        return frozenset(problem.path for problem in self.problems)

    def without(self, paths: Collection[str]) -> "Faults":
        """Return what is to be told to the model where nobody wants these files' changes."""
        left = tuple(problem for problem in self.problems if problem.path not in paths)
        return replace(self, problems=left)


def faults_of(
    assembled: Assembled,
    blocks: Numbered,
    failing: Mapping[str, str],
    reading: AnswerReading,
) -> Faults:
    """Return what is wrong with an answer; ``failing`` has the files whose checks say a reason."""
    problems, numbers = [], set()
    for edit in assembled.edits:
        path = edit.patch.path
        for failed in edit.failed:
            problems.append(_placeless(path, edit.snapshot, failed))
            if failed.id.startswith(_BLOCK):
                numbers.add(int(failed.id.removeprefix(_BLOCK)))
        if path in failing:
            problems.append(Problem(path, failing[path]))
    curable = [one for one in assembled.refused if one.reason in _CURABLE]
    for refused in curable:
        problems.append(Problem(refused.path, told_to_model(refused)))
    for block in reading.cut.values():
        if isinstance(block, Rewrite | WholeFile):
            wrote = block.old if isinstance(block, Rewrite) else ()
            problems.append(Problem(block.path, _CUT, wrote))
    for event in reading.unread:
        problems.append(Problem("", event.reason, tuple(split_lines(event.text))))
    files = frozenset(failing) | {refused.path for refused in curable}
    written = {block.path for _n, block in blocks if not isinstance(block, Region)}
    return Faults(tuple(problems), frozenset(numbers), files & written)


def with_cut(
    edits: Sequence[FileEdit],
    cut: Mapping[int, Block],
    snapshots: Mapping[str, Snapshot | None],
) -> Iterator[FileEdit]:
    """Yield the edits with those blocks, as parts without a place, that the answer's end cut."""
    known = {edit.patch.path for edit in edits}
    lost: dict[str, list[FailedBlock]] = {}
    for number, block in cut.items():
        snapshot = None if isinstance(block, Region) else snapshots.get(block.path)
        if snapshot is None or not isinstance(block, Rewrite):
            continue
        failed = FailedBlock(f"{_BLOCK}{number}", block.old, block.new, _CUT)
        lost.setdefault(snapshot.path, []).append(failed)
        if snapshot.path not in known:
            known.add(snapshot.path)
            edits = (*edits, FileEdit(snapshot, FilePatch(snapshot.path, snapshot.digest, ())))
    for edit in edits:
        more = tuple(lost.get(edit.patch.path, ()))
        yield replace(edit, failed=(*edit.failed, *more)) if more else edit


def _placeless(path: str, snapshot: Snapshot, failed: FailedBlock) -> Problem:
    if failed.nearest is None or snapshot.digest == ABSENT:
        return Problem(path, failed.reason, failed.old)
    lines = split_lines(snapshot.text.content)[failed.nearest.start : failed.nearest.end]
    return Problem(path, failed.reason, failed.old, tuple(lines), failed.nearest.start)
