"""``spark edit``: one instruction for one file, as a diff, and written where that is asked for."""

import argparse
import re
from typing import TYPE_CHECKING

from spark_desktop.cli import folders
from spark_desktop.cli.answer_notes import who_answered
from spark_desktop.cli.exit_codes import ExitCode, UsageError
from spark_desktop.cli.git_diff import git_diff, refused_by_git
from spark_desktop.cli.json_shapes import change_json, proposal_json, reason_of
from spark_desktop.cli.output import Output
from spark_desktop.cli.session import ProjectFactory, project_at
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ProposalStreamed
from spark_desktop.domain.history import AppliedChange
from spark_desktop.domain.patch import FilePatch
from spark_desktop.domain.proposal import Conflict, Failed, Proposal, Ready
from spark_desktop.domain.review import told_whole
from spark_desktop.domain.text import SourceText, split_lines
from spark_desktop.domain.trigger import Instruction, Span
from spark_desktop.domain.workspace import Snapshot

if TYPE_CHECKING:
    from spark_desktop.wiring import Project

_LINES = re.compile(r"(\d+)(?:-(\d+))?")


async def run(args: argparse.Namespace, output: Output, factory: ProjectFactory) -> ExitCode:
    """Print the proposal as a diff, and apply it with ``--apply``."""
    if not args.instruction.strip():
        raise UsageError("The instruction is empty.", 'Say what to change: spark edit FILE "…"')
    file = folders.existing_file(args.path)
    root = folders.folder_of(file)
    path = folders.path_in(root, file)
    async with project_at(root, args.model, output, factory) as project:
        snapshot = await project.files.read(path)
        lines = _span(args.lines, snapshot)
        project.warm(WorkKind.EDIT)
        _show_progress(project, output)
        proposal = await _propose(project, Instruction(snapshot, lines, args.instruction))
        output.redraw("")
        change = None
        if args.apply and isinstance(proposal.state, Ready):
            (change,) = (await project.review.accept(proposal.id)).changes
    return _end(proposal, change, output)


async def _propose(project: "Project", instruction: Instruction) -> Proposal:
    proposal_id = project.turns.request(instruction)
    await project.turns.idle()
    proposal = next(p for p in project.turns.proposals() if p.id == proposal_id)
    if isinstance(proposal.state, Failed):
        raise SparkError(proposal.state.reason, proposal.state.next_step)
    return told_whole(proposal)


def _show_progress(project: "Project", output: Output) -> None:
    def on_text(event: ProposalStreamed) -> None:
        output.redraw(f"Writing: {event.tokens} tokens, {event.seconds:.1f} s")

    project.bus.subscribe(ProposalStreamed, on_text)


def _span(lines: str | None, snapshot: Snapshot) -> Span | None:
    if lines is None:
        return None
    count = len(split_lines(snapshot.text.content))
    match = _LINES.fullmatch(lines)
    first = int(match[1]) if match else 0
    last = int(match[2] or first) if match else 0
    if not 1 <= first <= last <= count:
        raise UsageError(
            f"--lines {lines} does not fit {snapshot.path}, which has {count} lines.",
            "Write it as FIRST-LAST, counted from 1.",
        )
    return Span(first - 1, last)


def _end(proposal: Proposal, change: AppliedChange | None, output: Output) -> ExitCode:
    if output.structured:
        applied = change_json(change) if change else None
        output.record({"event": "proposal", **proposal_json(proposal), "applied": applied})
    told = who_answered(proposal.endpoint, proposal.model, proposal.cost)
    if told and not output.structured:
        output.note(told)
    if isinstance(proposal.state, Ready) and proposal.patch:
        if not output.structured:
            _print(proposal.patch, proposal.trigger.snapshot.text, change, output)
        if change:
            output.note(f"Applied to {change.path}. To take it back: spark undo")
        return ExitCode.OK
    reason = reason_of(proposal)
    if isinstance(proposal.state, Conflict):
        # Its diff was made for another text: git would refuse it, or worse, take it.
        output.note(f"spark: {reason} Ask once more.")
        return ExitCode.CONFLICT
    # A reason is a clause or a sentence, as the window shows it by itself.
    output.note(f"spark: No proposal: {reason.rstrip('.')}.")
    output.note("Word the instruction differently, or name the place with --lines.")
    return ExitCode.WITHHELD


def _print(
    patch: FilePatch, text: SourceText, change: AppliedChange | None, output: Output
) -> None:
    output.data(git_diff(patch, text))
    reason = refused_by_git(text)
    if reason and change is None:
        output.note(f"spark: {reason}: write this change with --apply.")
