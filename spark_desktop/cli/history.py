"""``spark history``: the applied steps, and one of them with its hunks."""

import argparse
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from spark_desktop.cli import folders
from spark_desktop.cli.exit_codes import ExitCode, UsageError
from spark_desktop.cli.json_shapes import state_of, step_json
from spark_desktop.cli.output import Output
from spark_desktop.cli.session import ProjectFactory, project_at
from spark_desktop.domain.history import AppliedChange, Step, StepKind
from spark_desktop.domain.patch import Hunk

if TYPE_CHECKING:
    from spark_desktop.services.edits import EditService

# So many characters of an id are shown; more are asked for where that is the beginning of two.
_SHOWN = 8


async def run_history(
    args: argparse.Namespace, output: Output, factory: ProjectFactory
) -> ExitCode:
    """List the steps of the folder, or show the one that is named; no core is needed."""
    async with project_at(folders.named_folder(args.folder), None, output, factory) as project:
        if args.step is not None:
            _show(await step_named(project.edits, args.step), output)
            return ExitCode.OK
        steps = await project.edits.steps()
        usage = await project.edits.usage()
    if output.structured:
        listed = [step_json(step) for step in reversed(steps)]
        room = {"bytes": usage.bytes, "limit": usage.limit}
        output.record({"event": "history", "steps": listed, "usage": room})
        return ExitCode.OK
    for number, step in enumerate(reversed(steps), 1):
        output.line(f"{number:3}  {_line(step)}")
    if steps:
        output.note(f"{usage.bytes / 1e6:.1f} MB of {usage.limit / 1e6:.0f} MB are kept for undo.")
    else:
        output.note("Nothing was applied here.")
    return ExitCode.OK


async def step_named(edits: "EditService", name: str) -> Step:
    """Return the step with this number, from 1 for the newest, or whose id begins so.

    Raises UsageError for none, and for several.
    """
    steps = await edits.steps()
    if name.isdecimal() and 1 <= int(name) <= len(steps):
        return steps[-int(name)]
    found = [step for step in steps if name and step.id.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"Several steps begin with {name}.", "Name more of the id.")
    raise UsageError(f"There is no step {name}.", "spark history lists them.")


def hunks_in(step: Step, numbers: Collection[int]) -> dict[str, list[str]]:
    """Return the ids of hunks by their changes, from their numbers in the step, counted from 1.

    Raises UsageError for a number that no hunk has.
    """
    every = list(_numbered(step))
    chosen: dict[str, list[str]] = {}
    for number in numbers:
        if not 1 <= number <= len(every):
            raise UsageError(
                f"“{step.title}” has no hunk {number}.",
                f"spark history {step.id[:_SHOWN]} lists them.",
            )
        change, hunk = every[number - 1]
        chosen.setdefault(change.id, []).append(hunk.id)
    return chosen


def _numbered(step: Step) -> Iterator[tuple[AppliedChange, Hunk]]:
    for change in step.changes:
        for hunk in change.hunks:
            yield change, hunk


def _line(step: Step) -> str:
    files = ", ".join(_file(change) for change in step.changes[:3])
    more = len(step.changes) - 3
    files += f" and {more} more" if more > 0 else ""
    title = step.title if step.kind is StepKind.EDIT else f"Restored to before “{step.title}”"
    when = step.created.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"{step.id[:_SHOWN]}  {when}  {state_of(step):13}  {title}  ({files})"


def _file(change: AppliedChange) -> str:
    added = sum(len(hunk.new) for hunk in change.hunks)
    removed = sum(len(hunk.old) for hunk in change.hunks)
    path = f"{change.path} → {change.target}" if change.target else change.path
    return f"{path} +{added} -{removed}"


def _show(step: Step, output: Output) -> None:
    if output.structured:
        output.record({"event": "history", "steps": [step_json(step)], "usage": None})
        return
    output.line(_line(step))
    shown: Sequence[str] = ()
    for number, (change, hunk) in enumerate(_numbered(step), 1):
        if change.id not in shown:
            output.line(f"{change.place}:")
            shown = (*shown, change.id)
        off = change.undone or hunk.id in change.off
        output.line(f"  hunk {number}, line {hunk.start + 1}{', undone' if off else ''}")
        for sign, lines in (("-", hunk.old), ("+", hunk.new)):
            for line in lines:
                output.line(f"    {sign}{line.rstrip()}")
