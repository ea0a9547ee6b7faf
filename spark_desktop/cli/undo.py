"""``spark undo``, ``spark redo`` and ``spark restore``: steps taken back and brought back."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from spark_desktop.cli import folders
from spark_desktop.cli.exit_codes import ExitCode, UsageError
from spark_desktop.cli.history import hunks_in, step_named
from spark_desktop.cli.json_shapes import change_json, step_heading
from spark_desktop.cli.output import Output
from spark_desktop.cli.session import ProjectFactory, project_at
from spark_desktop.domain.history import Step, StepKind

if TYPE_CHECKING:
    from spark_desktop.services.edits import EditService


async def run_undo(args: argparse.Namespace, output: Output, factory: ProjectFactory) -> ExitCode:
    """Take back a step, hunks of it or its turn; no core is needed."""
    return await _run(args, output, factory, on=False)


async def run_redo(args: argparse.Namespace, output: Output, factory: ProjectFactory) -> ExitCode:
    """Bring back a step, hunks of it or its turn; no core is needed."""
    return await _run(args, output, factory, on=True)


async def run_restore(
    args: argparse.Namespace, output: Output, factory: ProjectFactory
) -> ExitCode:
    """Bring the files back to what they were before a step; no core is needed."""
    async with project_at(folders.named_folder(args.folder), None, output, factory) as project:
        step = await step_named(project.edits, args.step)
        done = await project.edits.restore(step.id)
        _tell("Restored", "restore", [done], output)
    return ExitCode.OK


async def _run(
    args: argparse.Namespace, output: Output, factory: ProjectFactory, *, on: bool
) -> ExitCode:
    name, folder = args.step, args.folder
    if name is not None and folder is None and folders.is_folder(name):
        # As it was before steps had names.
        name, folder = None, name
    async with project_at(folders.named_folder(folder), None, output, factory) as project:
        done = await _switched(project.edits, name, args, on=on)
    _tell("Redid" if on else "Undid", "redo" if on else "undo", done, output)
    return ExitCode.OK


async def _switched(
    edits: "EditService", name: str | None, args: argparse.Namespace, *, on: bool
) -> Sequence[Step]:
    act = edits.redo if on else edits.undo
    if args.turn and args.hunks:
        raise UsageError("--turn and --hunk exclude each other.", "Name one of them.")
    if not (args.turn or args.hunks):
        step = await step_named(edits, name) if name is not None else None
        return [await act(step.id if step else None)]
    step = await step_named(edits, name or "1")
    if args.hunks:
        return [await act(step.id, hunks_in(step, args.hunks))]
    if step.kind is not StepKind.EDIT or not step.origin:
        raise UsageError(f"“{step.title}” is of no turn.", "Leave --turn out.")
    return await (edits.redo_origin if on else edits.undo_origin)(step.origin)


def _tell(verb: str, action: str, steps: Sequence[Step], output: Output) -> None:
    for step in steps:
        for change in step.changes:
            if output.structured:
                told = {"action": action, **step_heading(step)}
                output.record({"event": "change", **change_json(change), "step": told})
            else:
                output.line(f"{verb} in {change.place}: {step.title}")
