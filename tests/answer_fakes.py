"""The proposals of one answer: three changed files, as the chat puts them on the board."""

from dataclasses import replace

from spark_desktop.domain.patch import FileKind, compute
from spark_desktop.domain.proposal import Decision, FailedBlock, Proposal, Ready, State
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import Instruction, Span
from spark_desktop.domain.workspace import snapshot_of
from tests.interface_fakes import AFTER, BEFORE, FakeProject

PART = FailedBlock(
    "f1", ("lime 7\n",), ("seven\n",), "No lines like these are in the file.", Span(6, 7), 0.83
)


def changed(
    name: str,
    path: str,
    before: str = BEFORE,
    after: str = AFTER,
    state: State | None = None,
    kind: FileKind = FileKind.CHANGE,
    target: str = "",
) -> Proposal:
    """Return one file of the answer "g1"; ready unless another state is named."""
    base = snapshot_of(path, SourceText(before))
    patch = replace(compute(path, base.digest, before, after), kind=kind, target=target)
    trigger = Instruction(base, None, "use numbers")
    return Proposal(name, trigger, state or Ready(), patch=patch, group="g1")


def answer() -> tuple[Proposal, ...]:
    """Return a changed file of three hunks, a new one, and one that is renamed as it is."""
    return (
        changed("p1", "src/parser.py"),
        changed("p2", "src/new.py", "", "made = True\n", kind=FileKind.CREATE),
        changed("p3", "old.py", "x\n", "x\n", kind=FileKind.RENAME, target="new.py"),
    )


def put_answer(project: FakeProject) -> tuple[Proposal, ...]:
    """Put the answer on the board and return its proposals."""
    made = answer()
    for one in made:
        project.turns.put(one)
    return made


def hunks_of(one: Proposal) -> tuple[str, ...]:
    """Return the ids of a proposal's hunks."""
    assert one.patch is not None
    return tuple(hunk.id for hunk in one.patch.hunks)


def conflicting(one: Proposal, number: int = 0) -> Proposal:
    """Return a proposal one hunk of which conflicts with what was saved since."""
    hunk = hunks_of(one)[number]
    decisions = {**one.decisions, hunk: Decision.CONFLICTING}
    return replace(one, decisions=decisions, conflicts={hunk: ("line three\n",)})
