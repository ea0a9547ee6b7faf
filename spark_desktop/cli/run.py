"""``spark run``: the user's own command, as if it had been typed alone; a failure gets a proposal.

The command runs in the folder itself, not in a sandbox: the user typed it. Its exit code is ours.
"""

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from spark_desktop.cli import folders
from spark_desktop.cli.exit_codes import UsageError
from spark_desktop.cli.output import Output
from spark_desktop.cli.proposing import applied, end, proposed
from spark_desktop.cli.session import ProjectFactory, project_at
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import DesktopError, SparkError
from spark_desktop.domain.handover import FailedCommand, fitting
from spark_desktop.places import data_folder

if TYPE_CHECKING:
    # Their imports would slow down every ``spark --help``.
    from spark_desktop.domain.run_report import RunReport
    from spark_desktop.domain.test_output import Failure
    from spark_desktop.services.run_judges import FailedRun
    from spark_desktop.wiring import Project

_ADVICE = "Look at the failure yourself, or say with spark edit what to change."
Runner = Callable[[Sequence[str], Path, BinaryIO, BinaryIO], "RunReport"]


class HandOver(Protocol):
    """The way to the running app."""

    async def __call__(self, data_dir: Path, message: FailedCommand) -> bool:
        """Let it propose a fix; return whether an app that has the folder open took it."""
        ...


async def running_app(data_dir: Path, message: FailedCommand) -> bool:
    """Tell the app that runs on ``data_dir``; return whether the folder is open in it."""
    from spark_desktop.adapters.single_instance import hand_over

    return await hand_over(data_dir, message)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the command runs: ``folder`` in the workspace ``root``, "" for itself."""

    root: Path
    folder: str

    @property
    def here(self) -> Path:
        return self.root / self.folder


async def run(
    args: argparse.Namespace,
    output: Output,
    factory: ProjectFactory,
    hand_over: HandOver = running_app,
    runner: Runner | None = None,
) -> int:
    """Run the command, and have a fix proposed where it fails; return the command's exit code."""
    words = tuple(args.words[1:] if args.words[:1] == ["--"] else args.words)
    if not words or not words[0]:
        raise UsageError("There is no command.", "Name one: spark run pytest -q")
    place = _place(args.folder)
    report = _ran(words, place, output, runner)
    if isinstance(report, int):
        return report
    if report.code == 0 or report.interrupted or output.closed:
        _tell(report.code, None, output)
        return report.code
    message = _message(words, place, report.output)
    here = args.propose or args.apply or output.structured or args.model is not None
    if not here and await _is_taken(message, output, hand_over):
        return report.code
    await _mend(message, args, output, factory, report.code)
    return report.code


def _place(named: str | None) -> _Place:
    root = folders.named_folder(named).resolve()
    here = root if named is not None else folders.current_folder()
    inside = here.relative_to(root) if here.is_relative_to(root) else Path()
    return _Place(root, "" if inside == Path() else inside.as_posix())


def _ran(
    words: tuple[str, ...], place: _Place, output: Output, runner: Runner | None
) -> "RunReport | int":
    """Return what the run left, or a shell's exit code where it could not begin."""
    from spark_desktop.adapters.terminal_run import CommandNotRunError, run_in_terminal

    out, err = sys.stdout.buffer, sys.stderr.buffer
    # With --json standard output holds JSON and nothing else.
    target = err if output.structured else out
    try:
        return (runner or run_in_terminal)(words, place.here, target, err)
    except CommandNotRunError as error:
        output.fail(error)
        return error.code


def _message(words: tuple[str, ...], place: _Place, written: str) -> FailedCommand:
    message = FailedCommand(str(place.root), place.folder, shlex.join(words), written, _token())
    return fitting(message)


def _token() -> str:
    tokens = (os.environ.get(name) for name in ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"))
    return next((token for token in tokens if token), "")


async def _is_taken(message: FailedCommand, output: Output, hand_over: HandOver) -> bool:
    try:
        taken = await hand_over(data_folder(), message)
    except DesktopError as error:
        # It may yet take it; proposed here too, it would be done twice.
        output.note(f"spark: {error}")
        return True
    if taken:
        output.note("spark: The failure was handed to the running Spark, which proposes a fix.")
    return taken


async def _mend(
    message: FailedCommand,
    args: argparse.Namespace,
    output: Output,
    factory: ProjectFactory,
    code: int,
) -> None:
    """Tell how the command ended, and propose a fix; what stands in the way of that is only told.

    What counts for a script is how its command ended.
    """
    from spark_desktop.services.run_judges import FailedRun

    failures = None
    try:
        async with project_at(Path(message.root), args.model, output, factory) as project:
            project.index.start()
            run = FailedRun(tuple(shlex.split(message.command)), message.folder, message.output)
            failures = await project.failing.failures(run)
            _tell(code, failures, output)
            await _propose(project, run, failures, args.apply, output)
    except SparkError as error:
        if failures is None:
            _tell(code, None, output)
        output.fail(error)


async def _propose(
    project: "Project",
    run: "FailedRun",
    failures: "Sequence[Failure]",
    is_applied: bool,
    output: Output,
) -> None:
    triggers = await project.failing.likeliest(failures, run, 1)
    if not triggers:
        output.note("spark: Its output names no code of this folder, so no fix is proposed.")
        return
    project.handed_runs.typed.add(run.command)
    project.warm(WorkKind.SUGGESTION)
    (trigger,) = triggers
    lines = f":{trigger.lines.start + 1}" if trigger.lines else ""
    output.note(f"spark: {trigger.name} points at {trigger.snapshot.path}{lines}.")
    proposal = await proposed(project, trigger, output)
    change = await applied(project, proposal) if is_applied else None
    is_link = (project.root / trigger.snapshot.path).is_symlink()
    end(proposal, change, output, _ADVICE, is_link=is_link)


def _tell(code: int, failures: "Sequence[Failure] | None", output: Output) -> None:
    if output.structured:
        found = [_failure_json(one) for one in failures or ()]
        output.record({"event": "run", "code": int(code), "failures": found})


def _failure_json(failure: "Failure") -> dict[str, object]:
    frames = [{"path": one.path, "line": one.line + 1 or None} for one in failure.frames]
    return {"name": failure.name, "message": failure.message, "frames": frames}
