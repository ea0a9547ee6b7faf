"""Small exercises, solved by the model alone, by ``spark edit``, and with a test and more tries.

Each exercise (exercises.toml, and exercises_held.toml, which nothing was tuned on) is one file, an
instruction, a test that ``--test`` runs, and a hidden one that judges. ``alone`` is the model's one
answer with the whole file, written as it is; the others are the command line itself, ``spark edit
FILE "…" --apply``, in a process of its own.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.cores import Listener, catalogue_path, running_core, stream_chat
from benchmarks.quality.confined import copy_of, run_confined
from benchmarks.quality.plain import file_in
from benchmarks.quality.toolchains import Ran, Toolchains, toolchains
from benchmarks.report import Row
from spark_desktop.services.prompts import answer_tokens

SUMMARY = "exercises solved by the model alone, by spark edit, and by spark edit with a test"

SPLITS = {"tuned": "exercises.toml", "held": "exercises_held.toml"}
MODELS = ("qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b")
FILE, CHECK, HIDDEN = "exercise.py", "check.py", "hidden.py"
TRIES = 2
WAYS = ("alone", "edit", "tries")
# Every so many with --quick.
_QUICK = 8
_COMMAND = f"{shlex.quote(sys.executable)} -B {CHECK}"
_SECONDS = 300.0
_TEST_SECONDS = 20.0
_SPARK = "import sys; from spark_desktop.cli.main import main; sys.exit(main())"
_HEAD = f"""import sys

sys.path.insert(0, ".")
from {FILE.removesuffix(".py")} import *


def raises(kind, function, *given):
    try:
        function(*given)
    except kind:
        return True
    return False

"""


@dataclass(frozen=True)
class Exercise:
    """One file to change; ``visible`` and ``hidden`` are assertions over its names."""

    name: str
    ask: str
    start: str
    solution: str
    visible: str
    hidden: str


# Returns the file as a way to solve an exercise leaves it, with how many tries that took.
Solver = Callable[[Exercise], tuple[str, int]]


def options(words: Sequence[str]) -> argparse.Namespace:
    """Read what follows the name on the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks edit_exercises")
    parser.add_argument("--model", choices=MODELS, action="append")
    parser.add_argument("--split", choices=tuple(SPLITS), default="held")
    parser.add_argument("--exercise", metavar="NAME", action="append", help="only this one")
    parser.add_argument("--way", choices=WAYS, action="append", help="all of them")
    parser.add_argument("--tries", type=int, default=TRIES, help=f"of the last way ({TRIES})")
    return parser.parse_args(words)


def load(split: str = "tuned") -> tuple[Exercise, ...]:
    """Return the exercises of a split in the order of their file."""
    written = tomllib.loads(Path(__file__).with_name(SPLITS[split]).read_text(encoding="utf-8"))
    return tuple(Exercise(**one) for one in written["exercise"])


def run(quick: bool, given: argparse.Namespace) -> list[Row]:
    """Return a row for each model and way: alone, with spark edit, and with the test too."""
    every = load(given.split)
    chosen = given.exercise or [one.name for one in every[:: _QUICK if quick else 1]]
    exercises = [one for one in every if one.name in chosen]
    if missing := sorted(set(chosen) - {one.name for one in exercises}):
        raise SystemExit(f"no exercise is called {', '.join(missing)}")
    tools, ways = toolchains(), given.way or WAYS
    rows: list[Row] = []
    for model in given.model or MODELS[: 1 if quick else None]:
        path = catalogue_path(model)
        if "alone" in ways:
            with running_core(path) as core:
                alone = partial(_alone, core)
                rows.append(row_of(model, "alone", exercises, alone, tools))
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as data:
            if "edit" in ways:
                rows.append(row_of(model, "edit", exercises, Spark(path, Path(data)), tools))
            if "tries" in ways:
                tested = Spark(path, Path(data), given.tries)
                rows.append(row_of(model, f"edit, {given.tries} tries", exercises, tested, tools))
    return [{"model": row["model"], "split": given.split} | row for row in rows]


def row_of(
    model: str, way: str, exercises: Sequence[Exercise], solve: Solver, tools: Toolchains
) -> Row:
    """Let one way solve all; ``wrong`` are changes that fail, ``nothing`` is no change at all."""
    solved, wrong, nothing, tries = [], [], [], 0
    begun = time.perf_counter()
    for exercise in exercises:
        text, tried = solve(exercise)
        tries += tried
        if text == exercise.start:
            nothing.append(exercise.name)
        elif passes(exercise, text, tools):
            solved.append(exercise.name)
        else:
            wrong.append(exercise.name)
        # The whole takes long: what is known is told.
        print(f"{model} {way}: {len(solved)} solved, {exercise.name} done", file=sys.stderr)
    seconds = time.perf_counter() - begun
    return {
        "model": model,
        "way": way,
        "exercises": len(exercises),
        "solved": len(solved),
        "wrong": len(wrong),
        "nothing": len(nothing),
        "tries": tries,
        "seconds_each": round(seconds / max(1, len(exercises)), 1),
        "not_solved": [*wrong, *nothing],
    }


def script_of(exercise: Exercise, *, hidden: bool = False) -> str:
    """Return what ``--test`` runs; with ``hidden`` what judges."""
    return _HEAD + exercise.visible + (exercise.hidden if hidden else "")


def passes(exercise: Exercise, text: str, tools: Toolchains, *, hidden: bool = True) -> bool:
    """Return whether a file passes its tests, in a folder of its own that nothing leaves."""
    return checked(exercise, text, tools, hidden=hidden).code == 0


def checked(exercise: Exercise, text: str, tools: Toolchains, *, hidden: bool = True) -> Ran:
    """Run the tests on a file."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as named:
        more = {FILE: text, HIDDEN: script_of(exercise, hidden=hidden)}
        with copy_of(Path(named), more) as copy:
            return run_confined(f"{{python}} -B {HIDDEN}", copy, tools, _TEST_SECONDS)


def _alone(core: Listener, exercise: Exercise) -> tuple[str, int]:
    """Ask as somebody would in any chat; the answer's first block is the file."""
    shown = f"{FILE}:\n```python\n{exercise.start}```\n\n{exercise.ask}"
    shown += "\nAnswer with the whole file, changed as asked, in one code block."
    messages = [
        {"role": "system", "content": "You are a careful programmer."},
        {"role": "user", "content": shown},
    ]
    return file_in(stream_chat(core, messages, answer_tokens(exercise.start)).text), 1


class Spark:
    """The command line as a user calls it; with ``tries``, also with ``--test``."""

    def __init__(self, model: Path, data: Path, tries: int = 0) -> None:
        self._words = [sys.executable, "-c", _SPARK, "edit", FILE]
        self._more = ["--apply", "--json", "--model", str(model)]
        if tries:
            self._more += ["--test", _COMMAND, "--tries", str(tries)]
        # Nothing of the user's own: no endpoint, no settings, no chats.
        names = ("SPARK_DATA_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
        self._environment = os.environ | {name: str(data / name) for name in names}

    def __call__(self, exercise: Exercise) -> tuple[str, int]:
        """Return the file as the command leaves it. Raises RuntimeError where it fails."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as named:
            folder = Path(named)
            (folder / FILE).write_text(exercise.start, encoding="utf-8", newline="\n")
            (folder / CHECK).write_text(script_of(exercise), encoding="utf-8", newline="\n")
            ended = subprocess.run(
                [*self._words, exercise.ask, *self._more],
                cwd=folder,
                env=self._environment,
                capture_output=True,
                encoding="utf-8",
                timeout=_SECONDS,
                check=False,
            )
            # 3 is a proposal that was withheld: what it is for.
            if ended.returncode not in (0, 3):
                raise RuntimeError(f"{exercise.name}: spark edit failed: {ended.stderr[-800:]}")
            told = json.loads(ended.stdout.splitlines()[-1])
            return (folder / FILE).read_text(encoding="utf-8"), len(told.get("tries", [0]))
