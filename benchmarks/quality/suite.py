"""The tasks of ``suggestion_quality``, and the proof that they are sound.

``python -m benchmarks.quality.suite`` verifies all tasks, or those whose ids hold one of the WORDs
it is given: the hidden tests fail where the user left the project and pass with the solution.
benchmarks/quality/task_format.py describes the files.
"""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.quality.task_format import Parsed, TaskError, parse
from benchmarks.quality.toolchains import LANGUAGES, Ran, Toolchains, run, toolchains

__all__ = [
    "FOLDER",
    "KINDS",
    "LANGUAGES",
    "SPLITS",
    "Ran",
    "Task",
    "TaskError",
    "Toolchains",
    "is_right",
    "load",
    "load_one",
    "run",
    "toolchains",
    "verify",
    "write",
]

FOLDER = Path(__file__).resolve().parent / "tasks"
# The kinds of tasks, and what may start each.
KINDS = {
    "stub": ("save",),
    "comment": ("save",),
    "bug": ("run",),
    "follow-up": ("save",),
    "extend": ("instruction", "save"),
    "document": ("instruction", "save"),
    "question": ("save",),
}
SPLITS = ("tuned", "held")


@dataclass(frozen=True, slots=True)
class Task:
    """One job in a small project, with what judges it.

    ``before`` is the project, by path; ``saved`` the files that the user saves, which start the
    proposal where ``trigger`` is "save". ``lines`` is the selection in ``path``, from 0, its end
    exclusive. Commands (``visible``, ``check``) are run with ``run``; ``visible`` is "" where the
    project has no tests. ``solution`` holds the files that one right result changes. A question has
    ``accept`` and ``reject`` instead of hidden tests.
    """

    id: str
    language: str
    kind: str
    split: str
    trigger: str
    path: str
    instruction: str
    lines: tuple[int, int] | None
    visible: str
    check: str
    plain: str
    plain_path: str
    before: Mapping[str, str]
    saved: Mapping[str, str]
    hidden: Mapping[str, str]
    solution: Mapping[str, str]
    accept: tuple[str, ...]
    reject: tuple[str, ...]
    right: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def start(self) -> dict[str, str]:
        """Return the project as the user leaves it: with what is saved."""
        return {**self.before, **self.saved}

    @property
    def solved(self) -> dict[str, str]:
        """Return the project with the solution."""
        return {**self.start, **self.solution}


def load(folder: Path = FOLDER) -> tuple[Task, ...]:
    """Return all tasks, sorted by language and id. Raises TaskError."""
    order = {language: at for at, language in enumerate(LANGUAGES)}
    places = sorted(folder.glob("*/*.task"))
    tasks = [load_one(place) for place in places]
    for name, count in Counter(task.id for task in tasks).items():
        if count > 1:
            place = next(place for place in reversed(places) if place.stem == name)
            raise TaskError(place, 1, f"{count} tasks have the id {name}")
    return tuple(sorted(tasks, key=lambda task: (order[task.language], task.id)))


def load_one(place: Path) -> Task:
    """Return the task in a file; its folder names the language. Raises TaskError."""
    parsed = parse(place, place.read_text(encoding="utf-8"))
    _refuse_unsound(parsed)
    files = parsed.files
    path = parsed.one("path")
    return Task(
        id=place.stem,
        language=place.parent.name,
        kind=parsed.one("kind"),
        split=parsed.one("split"),
        trigger=parsed.one("trigger"),
        path=path,
        instruction=parsed.one("instruction"),
        lines=_selected(parsed),
        visible=parsed.one("visible"),
        check=parsed.one("check"),
        plain=parsed.one("plain"),
        plain_path=parsed.one("plain-path") or path,
        before=files["before"],
        saved=files["save"],
        hidden=files["hidden"],
        solution=files["solution"],
        accept=tuple(parsed.head.get("accept", ())),
        reject=tuple(parsed.head.get("reject", ())),
        right=tuple(parsed.answers["right"]),
        wrong=tuple(parsed.answers["wrong"]),
    )


def _refuse_unsound(parsed: Parsed) -> None:
    if parsed.place.parent.name not in LANGUAGES:
        parsed.fail("kind", f"the folder is no language; there are: {', '.join(LANGUAGES)}")
    for key in ("kind", "split", "trigger", "path", "plain"):
        if not parsed.one(key):
            parsed.fail(key, f"{key!r} is missing")
    kind, trigger = parsed.one("kind"), parsed.one("trigger")
    if kind not in KINDS:
        parsed.fail("kind", f"no kind {kind!r}; there are: {', '.join(KINDS)}")
    if parsed.one("split") not in SPLITS:
        parsed.fail("split", f"no split {parsed.one('split')!r}; there are: {', '.join(SPLITS)}")
    if trigger not in KINDS[kind]:
        parsed.fail("trigger", f"{kind} is started by {' or '.join(KINDS[kind])}, not {trigger!r}")
    _refuse_unstarted(parsed, trigger)
    _refuse_unjudged(parsed, kind)
    _refuse_strange_files(parsed)


def _refuse_strange_files(parsed: Parsed) -> None:
    start = {**parsed.files["before"], **parsed.files["save"]}
    for key in ("path", "plain-path"):
        if parsed.one(key) and parsed.one(key) not in start:
            parsed.fail(key, f"{parsed.one(key)} is no file of the project")
    for path in parsed.files["hidden"]:
        if path in start:
            parsed.fail("check", f"the hidden {path} is a file of the project, too")
    for path in parsed.files["solution"]:
        if path not in start:
            parsed.fail("path", f"the solution invents {path}")


def _refuse_unstarted(parsed: Parsed, trigger: str) -> None:
    if (trigger == "save") != bool(parsed.files["save"]):
        parsed.fail("trigger", "what is started by a save has save sections, nothing else has")
    if (trigger == "instruction") != bool(parsed.one("instruction")):
        parsed.fail("trigger", "what is started by an instruction has one, nothing else has")
    if trigger == "run" and not parsed.one("visible"):
        parsed.fail("trigger", "what is started by a run needs 'visible', the command that fails")
    for path, text in parsed.files["save"].items():
        if parsed.files["before"].get(path) == text:
            parsed.fail("trigger", f"the save changes nothing in {path}")


def _refuse_unjudged(parsed: Parsed, kind: str) -> None:
    if kind == "question":
        if not (parsed.head.get("accept") and all(parsed.answers.values())):
            parsed.fail("kind", "a question needs 'accept', a right and a wrong answer")
        for key in ("accept", "reject"):
            for pattern in parsed.head.get(key, ()):
                try:
                    re.compile(pattern)
                except re.error as error:
                    parsed.fail(key, f"{pattern!r} is no pattern: {error}")
        if parsed.one("check") or parsed.files["hidden"] or parsed.files["solution"]:
            parsed.fail("kind", "a question has no hidden tests and no solution")
    else:
        if not (parsed.one("check") and parsed.files["hidden"] and parsed.files["solution"]):
            parsed.fail("kind", f"{kind} needs 'check', hidden tests and a solution")
        if parsed.head.get("accept") or parsed.head.get("reject") or any(parsed.answers.values()):
            parsed.fail("kind", f"{kind} is judged by tests, not by patterns")


def _selected(parsed: Parsed) -> tuple[int, int] | None:
    text = parsed.one("at")
    if not text:
        return None
    path = parsed.one("path")
    content = {**parsed.files["before"], **parsed.files["save"]}[path]
    if (found := content.count(text)) != 1:
        parsed.fail("at", f"{text!r} is {found} times in {path}, not once")
    row = content[: content.index(text)].count("\n")
    return row, row + 1


def is_right(task: Task, answer: str) -> bool:
    """Return whether an answer to a question holds all of ``accept`` and none of ``reject``.

    Case does not count.
    """

    def holds(pattern: str) -> bool:
        return re.search(pattern, answer, re.IGNORECASE) is not None

    return all(map(holds, task.accept)) and not any(map(holds, task.reject))


def write(files: Mapping[str, str], folder: Path) -> None:
    """Write texts into a folder, by their paths."""
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="\n")


def verify(task: Task, tools: Toolchains) -> list[str]:
    """Return what is unsound about a task, each as a sentence; nothing where all is well.

    The hidden tests fail where the user left the project, and pass with the solution. The visible
    ones pass with the solution; before it they fail for a bug, and pass where behaviour that is
    there already stays as it is.
    """
    if task.kind == "question":
        return _unjudged(task)
    problems = []
    with tempfile.TemporaryDirectory() as named:
        for name, files in (("start", task.start), ("solved", task.solved)):
            folder = Path(named) / name
            write(files, folder)
            visible = run(task.visible, folder, tools) if task.visible else None
            write(task.hidden, folder)
            problems += unsound(task, name, visible, run(task.check, folder, tools))
    return problems


def unsound(task: Task, name: str, visible: Ran | None, hidden: Ran) -> list[str]:
    """Return what should not be about two runs at "start", or in the project "solved"."""
    if name == "start":
        problems = ["the hidden tests pass before anything is done"] if hidden.passed else []
        if visible is not None and visible.passed and task.kind == "bug":
            problems.append("the visible tests do not show the bug")
        if visible is not None and not visible.passed and task.kind in ("extend", "document"):
            problems.append(f"the visible tests fail:\n{visible.output}")
        return problems
    failing = [("visible", visible), ("hidden", hidden)]
    return [
        f"the {which} tests fail with the solution:\n{done.output}"
        for which, done in failing
        if done is not None and not done.passed
    ]


def _unjudged(task: Task) -> list[str]:
    refused = [f"a right answer is refused: {one}" for one in task.right if not is_right(task, one)]
    return refused + [
        f"a wrong answer is accepted: {one}" for one in task.wrong if is_right(task, one)
    ]


def main(words: Sequence[str]) -> int:
    """Verify and report; return 1 where a task is unsound."""
    tools = toolchains()
    tasks = [one for one in load() if not words or any(word in one.id for word in words)]
    bad = 0
    for task in tasks:
        if reason := tools.missing.get(task.language):
            print(f"left out  {task.language}/{task.id}: {reason}")
            continue
        problems = verify(task, tools)
        bad += bool(problems)
        print(f"{'UNSOUND' if problems else 'sound':9} {task.language}/{task.id}", flush=True)
        for problem in problems:
            print(f"          {problem}")
    print(_counts(tasks))
    print(f"{len(tasks)} tasks, {bad} unsound")
    return 1 if bad else 0


def _counts(tasks: Iterable[Task]) -> str:
    """Return how many tasks there are of each kind and language, as tuned + held."""
    number = Counter((task.kind, task.language, task.split) for task in tasks)
    rows = [f"{'':10}" + "".join(f"{language:>12}" for language in LANGUAGES)]
    for kind in KINDS:
        cells = (tuple(number[kind, lang, split] for split in SPLITS) for lang in LANGUAGES)
        rows.append(f"{kind:10}" + "".join(f"{f'{tuned} + {held}':>12}" for tuned, held in cells))
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
