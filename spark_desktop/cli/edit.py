"""``spark edit``: one instruction for one file, as a diff, and written where that is asked for."""

import argparse
import re

from spark_desktop.adapters.workspace_folder import WorkspaceFolder
from spark_desktop.cli import folders
from spark_desktop.cli.exit_codes import ExitCode, UsageError
from spark_desktop.cli.output import Output
from spark_desktop.cli.proposing import applied, end, proposed
from spark_desktop.cli.session import ProjectFactory, project_at
from spark_desktop.cli.trials import Trials, folder_in, test_words, try_out
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Instruction, Span
from spark_desktop.domain.workspace import Snapshot

_LINES = re.compile(r"(\d+)(?:-(\d+))?")
_ADVICE = "Word the instruction differently, or name the place with --lines."


async def run(args: argparse.Namespace, output: Output, factory: ProjectFactory) -> ExitCode:
    """Print the proposal as a diff, and apply it with ``--apply``."""
    if not args.instruction.strip():
        raise UsageError("The instruction is empty.", 'Say what to change: spark edit FILE "…"')
    words = test_words(args)
    file = folders.existing_file(args.path)
    root = folders.folder_of(file)
    path = folders.path_in(root, file)
    if args.apply:
        # Before a model is asked for minutes.
        place = WorkspaceFolder(root)
        place.require_writable(path, place.target(path))
    async with project_at(root, args.model, output, factory) as project:
        snapshot = await project.files.read(path)
        lines = _span(args.lines, snapshot)
        project.index.start()
        project.warm(WorkKind.EDIT)
        trials = None
        if words:
            trials = Trials(project, words, folder_in(root), output)
            await trials.begin(path, snapshot.text.content)
            try_out(project, trials, args.tries)
        proposal = await proposed(project, Instruction(snapshot, lines, args.instruction), output)
        if trials is not None:
            trials.tell(proposal)
        change = await applied(project, proposal) if args.apply else None
    told = trials.json() if trials else None
    return end(proposal, change, output, _ADVICE, told, is_link=file.is_symlink())


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
