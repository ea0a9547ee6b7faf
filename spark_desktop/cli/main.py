"""The ``spark`` command: grammar, dispatch, exit codes."""

import argparse
import os
import sys
from collections.abc import Awaitable, Callable, Sequence

from spark_desktop.adapters.redaction import keep_keys_out
from spark_desktop.cli.exit_codes import ExitCode, code_of
from spark_desktop.cli.grammar import build_parser
from spark_desktop.cli.output import Output, fill_standard_streams
from spark_desktop.domain.errors import SparkError

# Only what ``--help`` needs is imported above: asyncio, HTTP, parsers and SQLite take a while.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio

    from spark_desktop.cli.session import ProjectFactory

    # Some pass on the exit code of what they ran.
    Command = Callable[[argparse.Namespace, Output, ProjectFactory], Awaitable[int]]


def main(argv: Sequence[str] | None = None, project_factory: "ProjectFactory | None" = None) -> int:
    """Run one command and return its exit code; ``project_factory`` replaces the real project.

    Raises SystemExit, with code 2, where the arguments do not fit the grammar.
    """
    fill_standard_streams()
    args = build_parser().parse_args(argv)
    keep_keys_out()
    output = Output(sys.stdout.buffer, sys.stderr, args.json)
    code: int
    try:
        code = _run(args, output, project_factory)
    except SparkError as error:
        output.fail(error)
        code = code_of(error)
    except KeyboardInterrupt:
        output.redraw("")
        code = ExitCode.INTERRUPTED
    if output.closed:
        _forget_stdout()
    return int(code)


def _run(args: argparse.Namespace, output: Output, project_factory: "ProjectFactory | None") -> int:
    import asyncio

    from spark_desktop.cli.session import open_with_shared_core

    command = _command(args.command)

    async def work() -> int:
        task = asyncio.current_task()
        if task is not None:
            output.on_closed = lambda: _cancel(task)
        return await command(args, output, project_factory or open_with_shared_core)

    try:
        return asyncio.run(work())
    except asyncio.CancelledError:
        # Nobody else cancels this task: Ctrl+C arrives as KeyboardInterrupt.
        return ExitCode.OK


def _command(name: str) -> "Command":
    run: Command
    match name:
        case "ask":
            from spark_desktop.cli.ask import run
        case "quick":
            from spark_desktop.cli.quick import run
        case "snooze":
            from spark_desktop.cli.snooze import run
        case "edit":
            from spark_desktop.cli.edit import run
        case "run":
            from spark_desktop.cli.run import run
        case "watch":
            from spark_desktop.cli.watch import run
        case "lab":
            from spark_desktop.cli.lab import run
        case "threads":
            from spark_desktop.cli.threads import run
        case "endpoints":
            from spark_desktop.cli.endpoints import run
        case "doctor":
            from spark_desktop.cli.doctor import run
        case _:
            return _command_on_steps(name)
    return run


def _command_on_steps(name: str) -> "Command":
    match name:
        case "undo":
            from spark_desktop.cli.undo import run_undo as run
        case "redo":
            from spark_desktop.cli.undo import run_redo as run
        case "restore":
            from spark_desktop.cli.undo import run_restore as run
        case _:
            from spark_desktop.cli.history import run_history as run
    return run


def _cancel(task: "asyncio.Task[None]") -> None:
    task.cancel()


def _forget_stdout() -> None:
    # The interpreter flushes stdout when it ends, and would complain about the closed pipe.
    try:
        descriptor = sys.stdout.fileno()
    except OSError:
        return
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, descriptor)
    os.close(devnull)


if __name__ == "__main__":
    sys.exit(main())
