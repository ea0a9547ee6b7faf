"""A day of real use: the newest commits of a repository, replayed as saves in an open project.

The folder goes from commit to commit, as by git. Each Python file of a commit is saved twice: with
the body of one changed function left out, which asks for it, and as the commit has it, which asks
for nothing but for what follows a new name elsewhere. What is proposed for the body is judged by
the commit's own tests, run in a second work tree, or by its code; follow-ups by what the commit did
in those files. All else that is shown nobody asked for, so it is wrong.

The project has its virtual environment, as its developer's has: without it no test of it runs.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.cores import catalogue_path
from benchmarks.quality.answer_cache import AnswerCache
from benchmarks.quality.commits import (
    Commit,
    NoRepositoryError,
    WorkTree,
    recent_commits,
)
from benchmarks.quality.day import Day, followed
from benchmarks.quality.day_judging import TestsOfDay
from benchmarks.quality.day_tally import Tally, keep, rows_of
from benchmarks.quality.efforts import ALL, EFFORTS, arrange
from benchmarks.quality.listening import Wire
from benchmarks.quality.machine import Machine, place_to_work
from benchmarks.report import ROOT, Row

SUMMARY = "a repository's newest commits replayed as saves: what is shown, withheld, right, wrong"

COMMITS, QUICK_COMMITS = 40, 4
RENAMES = 8
MINUTES = 60.0
# A name that is used in a whole project is followed in more files than a day's usual commit has.
_MOST_FILES = 16
MODEL = "qwen2.5-coder-0.5b"


def options(words: Sequence[str]) -> argparse.Namespace:
    """Read what follows the name on the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks replayed_day", description=SUMMARY)
    parser.add_argument("repository", nargs="?", type=Path, default=ROOT, metavar="REPO")
    parser.add_argument("--commits", type=int, metavar="N", help=f"the newest; {COMMITS}")
    parser.add_argument(
        "--renames",
        type=int,
        metavar="N",
        help=f"and so many that give a name another, from further back; {RENAMES}",
    )
    parser.add_argument(
        "--minutes", type=float, default=MINUTES, help="after which the day is over"
    )
    parser.add_argument("--model", default=MODEL, metavar="ID")
    parser.add_argument(
        "--environment", type=Path, metavar="FOLDER", help="the project's packages; REPO/.venv"
    )
    parser.add_argument("--parts", choices=tuple(EFFORTS), default=ALL, help="what is left out")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="write all that was seen, and examples of it"
    )
    parser.add_argument(
        "--cached", type=Path, metavar="FOLDER", help="take answers that are known from here"
    )
    return parser.parse_args(words)


def run(quick: bool, given: argparse.Namespace | None = None) -> list[Row]:
    """Return a row for each step; raises NoRepositoryError."""
    given = given or options([])
    most = given.commits or (QUICK_COMMITS if quick else COMMITS)
    renames = (1 if quick else RENAMES) if given.renames is None else given.renames
    # Cloned from another folder, where a relative path would be another place.
    given.repository = given.repository.resolve()
    commits = chosen(given.repository, most, renames)
    catalogue_path(given.model)
    wire = Wire(given.model, None if given.cached is None else AnswerCache(given.cached))
    tally = Tally()
    try:
        asyncio.run(replayed(commits, given, wire, tally))
    finally:
        # What was seen until something failed is not lost: a day takes an hour.
        if given.keep is not None:
            keep(tally, given.keep)
    return rows_of(tally, given.model)


def chosen(repository: Path, most: int, renames: int) -> list[Commit]:
    """Return the newest commits, and before them those that give a name another."""
    newest = recent_commits(repository, most)
    if not newest:
        raise NoRepositoryError(f"{repository} has no commit that changes a few Python files")
    known = {commit.id for commit in newest}

    def gives_names(commit: Commit) -> bool:
        return commit.id not in known and bool(followed(commit))

    return recent_commits(repository, renames, gives_names, _MOST_FILES) + newest


def provide(environment: Path, folder: Path) -> None:
    """Let a virtual environment be that of a folder; without one, say what that means."""
    if (environment / "pyvenv.cfg").is_file():
        (folder / ".venv").symlink_to(environment.resolve(), target_is_directory=True)
    else:
        told = f"{environment} is no virtual environment; tests run with what PATH offers"
        print(told, file=sys.stderr)


async def replayed(
    commits: Sequence[Commit], given: argparse.Namespace, wire: Wire, tally: Tally
) -> None:
    """Replay the commits, as many as there is time for, and count what is seen."""
    with place_to_work() as place:
        user = WorkTree(given.repository, place / "project")
        judge = place / "judge"
        judge.mkdir()
        tests = TestsOfDay(WorkTree(given.repository, judge / "tree"))
        user.check_out(commits[0].parent)
        async with Machine(wire, place) as machine, machine.opened(user.folder) as project:
            await arrange(project, EFFORTS[given.parts])
            day = Day(project, user, tests, tally)
            until = time.monotonic() + given.minutes * 60
            for number, commit in enumerate(commits, 1):
                if time.monotonic() > until:
                    print(f"the time is over after {number - 1} commits", file=sys.stderr)
                    return
                before = len(tally.seen)
                await day.replay(commit, until)
                for seen in tally.seen[before:]:
                    told = f"{number}/{len(commits)} {seen.step} {seen.path}: {seen.verdict.value}"
                    print(
                        f"{told} {seen.reason.partition(chr(10))[0]}", file=sys.stderr, flush=True
                    )
