"""``spark undo`` and ``spark redo``: take the last applied change back, or bring it back."""

import argparse

from spark_desktop.cli import folders
from spark_desktop.cli.exit_codes import ExitCode
from spark_desktop.cli.json_shapes import change_json
from spark_desktop.cli.output import Output
from spark_desktop.cli.session import ProjectFactory, project_at
from spark_desktop.domain.history import AppliedChange


async def run_undo(args: argparse.Namespace, output: Output, factory: ProjectFactory) -> ExitCode:
    """Take back the last applied change of the folder; no core is needed."""
    root = folders.named_folder(args.folder)
    async with project_at(root, None, output, factory) as project:
        _end("Undid", await project.edits.undo(), output)
    return ExitCode.OK


async def run_redo(args: argparse.Namespace, output: Output, factory: ProjectFactory) -> ExitCode:
    """Bring back the last undone change of the folder; no core is needed."""
    root = folders.named_folder(args.folder)
    async with project_at(root, None, output, factory) as project:
        _end("Redid", await project.edits.redo(), output)
    return ExitCode.OK


def _end(verb: str, change: AppliedChange, output: Output) -> None:
    if output.structured:
        output.record({"event": "change", **change_json(change)})
    else:
        output.line(f"{verb} in {change.path}: {change.title}")
