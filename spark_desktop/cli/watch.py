"""``spark watch``: what a folder asks for, and what the model proposes, until Ctrl+C."""

import argparse
from typing import TYPE_CHECKING

from spark_desktop.cli import folders
from spark_desktop.cli.exit_codes import ExitCode
from spark_desktop.cli.output import Output
from spark_desktop.cli.session import ProjectFactory, project_at
from spark_desktop.cli.watch_report import WatchReport

if TYPE_CHECKING:
    from spark_desktop.wiring import Project


async def run(args: argparse.Namespace, output: Output, factory: ProjectFactory) -> ExitCode:
    """Report every trigger, proposal, answer and ignored change; nothing is written to files."""
    root = folders.named_folder(args.folder)
    async with project_at(root, args.model, output, factory) as project:
        report = WatchReport(output, project.bus)
        project.warm()
        if args.once:
            await _answer_what_stands(project)
            return ExitCode.FAILED if report.failed else ExitCode.OK
        # Said when it is true, so that a script may save its first file then.
        await project.inbox.run(opened=lambda: report.watching(root))
    return ExitCode.OK


async def _answer_what_stands(project: "Project") -> None:
    for trigger in await project.inbox.scan(await project.files.files()):
        project.turns.request(trigger)
    await project.turns.idle()
