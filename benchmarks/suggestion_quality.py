"""How much of what is shown is right, and how many tasks are solved: tasks with hidden tests.

Each task is a small project in a folder of its own. The folder is watched as a user's is; what the
task saves, asks for or lets fail goes the product's own way, from the trigger to the accepted
change, and then tests judge that the product has never seen (benchmarks/quality). ``plain`` is one
whole-file answer of the same model, written as it is, to somebody's whole sentences on what is to
be done; ``plain as met`` is one to what the product is told. ``tuned`` tasks may be looked at while
prompts and checks are worked on; the figure is that of the ``held`` ones.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.cores import catalogue_path
from benchmarks.quality.efforts import ALL, PARTS, PLAIN
from benchmarks.quality.runs import LIMIT_S, Kept, Measured, measure, part_of_each
from benchmarks.quality.suite import KINDS, SPLITS, Task, load
from benchmarks.quality.tables import rows_of
from benchmarks.quality.toolchains import LANGUAGES, Toolchains, toolchains
from benchmarks.report import Row

SUMMARY = "what is shown, right and wrong, over tasks with hidden tests, and each part's share"

MODELS = ("qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b")
# With --quick, of each kind and split the first task and every so many.
_QUICK = 4
_EVERY = "every"


def options(words: Sequence[str]) -> argparse.Namespace:
    """Read what follows the name on the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks suggestion_quality", description=SUMMARY
    )
    # Said once with several, or several times.
    more: dict[str, Any] = {"action": "extend", "nargs": "+", "default": []}
    parser.add_argument("--model", metavar="ID", help=f"{' and '.join(MODELS)}", **more)
    parser.add_argument("--split", choices=SPLITS, **more)
    parser.add_argument("--kind", choices=tuple(KINDS), **more)
    parser.add_argument("--languages", choices=LANGUAGES, **more)
    parser.add_argument("--task", metavar="ID", help="only this one", **more)
    parser.add_argument(
        "--parts",
        choices=(*PARTS, _EVERY),
        help=f"what is left out; without it {ALL} and {PLAIN}",
        **more,
    )
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="write what became of each task, a line each"
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on with what the folder of --keep holds"
    )
    parser.add_argument(
        "--cached",
        type=Path,
        metavar="FOLDER",
        help="take answers that are known from here; such times are not those of a model",
    )
    parser.add_argument(
        "--limit", type=float, default=LIMIT_S, metavar="SECONDS", help="for each task; %(default)g"
    )
    parser.add_argument(
        "--reach",
        action="store_true",
        help="also judge the answers that were not shown: what no choice among them can exceed",
    )
    given = parser.parse_args(words)
    if given.resume and given.keep is None:
        parser.error("--resume needs --keep FOLDER, the one to go on with")
    if given.limit <= 0:
        parser.error("--limit needs seconds, more than 0")
    return given


def run(quick: bool, given: argparse.Namespace | None = None) -> list[Row]:
    """Return a row for each model, choice of parts, split and kind; see ``tables``."""
    given = given or options([])
    tools = toolchains()
    tasks = wanted_tasks(load(), given, tools)
    if quick:
        tasks = part_of_each(tasks, _QUICK)
    if not tasks:
        raise SystemExit("No task is left by these options; leave one of them out.")
    models = tuple(given.model or MODELS)
    for model in models:
        # Fetched before anything is timed.
        catalogue_path(model)
    parts = tuple(given.parts or (ALL, PLAIN))
    chosen = PARTS if _EVERY in parts else parts
    wanted = Measured(tasks, models, chosen, given.cached, given.limit, given.reach)
    kept = Kept(given.keep, resume=given.resume)
    asyncio.run(measure(wanted, kept, tools))
    return rows_of(kept.outcomes)


def wanted_tasks(
    tasks: Sequence[Task], given: argparse.Namespace, tools: Toolchains
) -> tuple[Task, ...]:
    """Return the tasks that the options leave; languages without tools are told.

    Raises SystemExit for the name of a task that there is not.
    """
    if unknown := set(given.task) - {task.id for task in tasks}:
        raise SystemExit(f"There is no task {', '.join(sorted(unknown))}; see {__name__}.")
    languages = given.languages or LANGUAGES
    for language in languages:
        if reason := tools.missing.get(language):
            print(f"left out: {language}, since {reason}", file=sys.stderr)
    return tuple(
        task
        for task in tasks
        if task.language in languages
        and task.language not in tools.missing
        and (not given.task or task.id in given.task)
        and (not given.split or task.split in given.split)
        and (not given.kind or task.kind in given.kind)
    )
