"""The tasks of ``suggestion_quality``: that they are read, balanced, sound, and start something."""

import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.quality import suite, toolchains
from benchmarks.quality.quick_python import modules_of, run_all
from benchmarks.quality.suite import KINDS, LANGUAGES, SPLITS, Task, TaskError
from benchmarks.quality.toolchains import Ran, Toolchains
from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import EditComment, QuestionComment, Stub
from spark_desktop.domain.workspace import Snapshot

TASKS = suite.load()
# SPARK_VERIFY_TASKS=1 verifies all of them with their tool-chains, which takes some minutes.
ALL = bool(os.environ.get("SPARK_VERIFY_TASKS"))

SOUND = """\
kind: stub
split: tuned
trigger: save
path: a.py
check: {python} -m unittest -q hidden
plain: Fill in
  the body.

=== before a.py
def one():
    return 1


def two():
    return 2
=== save a.py
<<<<
def two():
====
def three():
    ...


def two():
>>>>
=== solution a.py
<<<<
    ...
====
    return 3
>>>>
=== hidden hidden.py
import a
"""

QUESTION = """\
kind: question
split: held
trigger: save
path: a.py
accept: \\btwo\\b
reject: three
plain: How many?

=== save a.py
# how many? AI?
=== right
Two of them.
=== wrong
Three, not two.
"""


def written(folder: Path, text: str, language: str = "python") -> Path:
    place = folder / language / "one.task"
    place.parent.mkdir(exist_ok=True)
    place.write_text(text, encoding="utf-8")
    return place


def test_a_task_is_read(tmp_path):
    task = suite.load_one(written(tmp_path, SOUND))
    assert (task.id, task.language, task.kind, task.split) == ("one", "python", "stub", "tuned")
    assert (task.trigger, task.path, task.plain_path) == ("save", "a.py", "a.py")
    assert task.plain == "Fill in the body."
    assert "three" not in task.before["a.py"]
    assert task.start["a.py"].count("def three():\n    ...\n") == 1
    assert task.solved["a.py"].endswith("return 3\n\n\ndef two():\n    return 2\n")


def test_a_selection_is_the_lines_of_a_text(tmp_path):
    text = SOUND.replace("kind: stub", "kind: extend\nat: def three(")
    assert suite.load_one(written(tmp_path, text)).lines == (4, 5)


def test_a_question_is_judged_by_patterns(tmp_path):
    task = suite.load_one(written(tmp_path, QUESTION))
    assert suite.is_right(task, "There are TWO.")
    assert not suite.is_right(task, "two or three")
    assert not suite.is_right(task, "none")


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("kind: stub", "kind: riddle", 1, "no kind 'riddle'"),
        ("kind: stub", "sort: stub", 1, "no key 'sort'"),
        ("kind: stub", "no colon", 1, "no key 'no colon'"),
        ("kind: stub", " on: on", 1, "none has begun"),
        ("split: tuned", "split: tuned\nsplit: held", 3, "said twice"),
        ("split: tuned", "split:", 2, "no value"),
        ("split: tuned", "split: third", 2, "no split 'third'"),
        ("split: tuned\n", "", 1, "'split' is missing"),
        ("trigger: save", "trigger: run", 3, "stub is started by save"),
        ("path: a.py", "path: b.py", 4, "b.py is no file of the project"),
        ("path: a.py", "path: a.py\nplain-path: c.py", 5, "c.py is no file of the project"),
        ("path: a.py", "path: a.py\nat: return", 5, "2 times in a.py"),
        ("path: a.py", "path: a.py\ninstruction: do it", 3, "nothing else has"),
        ("path: a.py", "path: a.py\naccept: x", 1, "judged by tests"),
        ("check: {python} -m unittest -q hidden\n", "", 1, "needs 'check'"),
        ("=== hidden hidden.py", "=== hidden a.py", 5, "the hidden a.py is a file of the project"),
        ("=== hidden hidden.py", "=== concealed hidden.py", 32, "no section 'concealed hidden.py'"),
        ("=== hidden hidden.py", "=== hidden", 32, "no section 'hidden'"),
        ("=== hidden hidden.py", "=== hidden ../hidden.py", 32, "no path inside the project"),
        ("=== hidden hidden.py", "=== before a.py", 32, "a second text for before a.py"),
        ("=== solution a.py\n<<<<", "=== solution b.py\n<<<<", 27, "b.py, which has no text"),
        ("=== solution a.py\n<<<<\n", "=== solution b.py\n", 4, "the solution invents b.py"),
        ("=== hidden hidden.py\n", "=== hidden hidden.py\n<<<<\n", 32, "needs its whole text"),
        ("<<<<\ndef two", "<<<<\ndef four", 17, "the old text is 0 times in a.py"),
        ("<<<<\n    ...\n", "<<<<\n", 27, "an edit replaces nothing"),
        ("    return 3\n>>>>", "    return 3", 27, "does not end with >>>>"),
        ("    return 3\n>>>>", "    return 3\n>>>>\nmore", 32, "'more' stands between"),
        ("def two():\n====\n", "def two():\n>>>>\n", 19, ">>>> comes too early"),
        ("def three():\n    ...\n\n\n", "", 3, "the save changes nothing"),
    ],
)
def test_a_malformed_task_is_named_with_its_line(tmp_path, old, new, line, problem):
    text = SOUND.replace(old, new, 1)
    if "changes nothing" in problem:
        text = text[: text.index("=== solution")] + "=== solution a.py\nx\n=== hidden hidden.py\n"
    place = written(tmp_path, text)
    with pytest.raises(TaskError) as caught:
        suite.load_one(place)
    said = str(caught.value)
    assert said.startswith(f"{place}:{line}: "), said
    assert problem in said


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("accept: \\btwo\\b\n", "", "a question needs 'accept'"),
        ("=== wrong\n", "=== right\n", "a right and a wrong answer"),
        ("reject: three", "reject: (", "'(' is no pattern"),
        ("reject: three", "check: {python} x", "no hidden tests"),
    ],
)
def test_a_malformed_question_is_named(tmp_path, old, new, problem):
    with pytest.raises(TaskError) as caught:
        suite.load_one(written(tmp_path, QUESTION.replace(old, new, 1)))
    assert problem in str(caught.value)


def test_a_folder_that_is_no_language_is_named(tmp_path):
    with pytest.raises(TaskError, match="the folder is no language"):
        suite.load_one(written(tmp_path, SOUND, "basic"))


def test_an_id_is_one_tasks(tmp_path):
    written(tmp_path, SOUND)
    written(tmp_path, SOUND, "go")
    with pytest.raises(TaskError, match="2 tasks have the id one"):
        suite.load(tmp_path)


def test_there_are_enough_tasks_of_each_kind_in_several_languages():
    kinds = Counter(task.kind for task in TASKS)
    assert len(TASKS) >= 260
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= 8
    for kind in KINDS:
        assert len({task.language for task in TASKS if task.kind == kind}) >= 3
    languages = Counter(task.language for task in TASKS)
    assert set(languages) == set(LANGUAGES)
    assert min(languages.values()) >= 8


def test_each_kind_is_held_too_in_each_language_that_has_it():
    number = Counter((task.kind, task.language, task.split) for task in TASKS)
    for kind in KINDS:
        for language in LANGUAGES:
            tuned, held = (number[kind, language, split] for split in SPLITS)
            # Some kinds are only held in a language; what is tuned has to be held, too.
            assert held > 0 or tuned == 0, (kind, language)
    # The held ones take turns; each time they are as many as the first were.
    assert sum(number[key] for key in number if key[2] == "held") >= 50


def test_not_all_projects_have_tests_of_their_own():
    # A bug is shown by a test that fails.
    others = [task for task in TASKS if task.kind != "bug"]
    tested = [task for task in others if task.visible]
    assert 0.4 <= len(tested) / len(others) <= 0.75


def test_a_plain_answer_and_a_selection_are_about_a_file_that_is_there():
    for task in TASKS:
        assert task.plain_path in task.start
        assert task.trigger != "instruction" or task.instruction
        assert task.kind != "follow-up" or task.plain_path in task.solution, task.id


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_a_save_starts_what_the_kind_says_and_nothing_else(task: Task):
    syntax = TreeSitterSyntax()
    found = [
        (path, trigger)
        for path, text in task.start.items()
        for trigger in syntax.triggers(Snapshot(path, SourceText(text), ""))
    ]
    if task.trigger != "save" or task.kind == "follow-up":
        assert found == []
        return
    wanted = {"stub": Stub, "question": QuestionComment}.get(task.kind, EditComment)
    assert [(path, type(trigger)) for path, trigger in found] == [(task.path, wanted)]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_a_text_of_a_task_has_no_syntax_error(task: Task):
    syntax = TreeSitterSyntax()
    for path, text in {**task.start, **task.hidden}.items():
        assert not syntax.errors(path, text), path
    for path, text in task.solution.items():
        assert not syntax.errors(path, text), path


def test_the_patterns_of_a_question_tell_right_from_wrong():
    here = Toolchains({}, {})
    for task in TASKS:
        if task.kind == "question":
            assert suite.verify(task, here) == [], task.id


def test_the_tasks_in_python_are_sound(tmp_path):
    jobs: list[tuple[Path, list[str]]] = []
    judged: list[tuple[Task, str, list[int]]] = []
    for task in TASKS:
        if task.language != "python" or task.kind == "question":
            continue
        for name, files in (("start", task.start), ("solved", task.solved)):
            folder = tmp_path / task.id / name
            suite.write(files, folder)
            suite.write(task.hidden, folder)
            modules = [modules_of(one) for one in (task.check, task.visible) if one]
            assert None not in modules, f"{task.id} is run in another way"
            judged.append((task, name, [len(jobs) + at for at in range(len(modules))]))
            jobs += [(folder, one) for one in modules if one]
    runs = [Ran(0 if passed else 1, output) for passed, output in run_all(jobs)]
    for task, name, at in judged:
        visible = runs[at[1]] if len(at) > 1 else None
        assert suite.unsound(task, name, visible, runs[at[0]]) == [], task.id


@pytest.mark.skipif(not ALL, reason="set SPARK_VERIFY_TASKS=1: it takes some minutes")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("task", TASKS if ALL else TASKS[:1], ids=lambda task: task.id)
def test_every_task_is_sound(task: Task):
    tools = toolchains.toolchains()
    if task.language in tools.missing:
        pytest.skip(tools.missing[task.language])
    assert suite.verify(task, tools) == []


def test_an_unsound_task_is_said_to_be_so(tmp_path):
    task = suite.load_one(written(tmp_path, SOUND))
    (problem,) = suite.verify(task, Toolchains({"{python}": (sys.executable,)}, {}))
    assert problem == "the hidden tests pass before anything is done"


def test_a_bug_must_be_shown_and_a_solution_must_pass(tmp_path):
    task = suite.load_one(written(tmp_path, SOUND))
    bug = next(task for task in TASKS if task.kind == "bug")
    extension = next(task for task in TASKS if task.kind == "extend")
    passed, failed = Ran(0, ""), Ran(1, "no")
    assert suite.unsound(bug, "start", passed, failed) == ["the visible tests do not show the bug"]
    assert suite.unsound(extension, "start", failed, failed) == ["the visible tests fail:\nno"]
    assert suite.unsound(task, "start", failed, failed) == []
    assert suite.unsound(task, "solved", failed, failed) == [
        "the visible tests fail with the solution:\nno",
        "the hidden tests fail with the solution:\nno",
    ]


def test_a_language_without_its_programs_is_left_out_with_a_reason(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("SPARK_TSC", raising=False)
    tools = toolchains.toolchains()
    assert set(tools.missing) == set(LANGUAGES) - {"python"}
    assert tools.missing["go"] == "go is not installed"
    assert suite.main(["question", "go-"]) == 0
    assert "left out  go/go-stub-wrap: go is not installed" in capsys.readouterr().out


def test_typescript_needs_its_compiler(monkeypatch, tmp_path):
    node = tmp_path / "node"
    node.write_text("")
    node.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("SPARK_TSC", str(tmp_path / "none"))
    assert "set SPARK_TSC" in toolchains.toolchains().missing["typescript"]
    script = tmp_path / "tsc"
    script.write_text("")
    monkeypatch.setenv("SPARK_TSC", str(script))
    tools = toolchains.toolchains()
    assert "typescript" not in tools.missing
    assert tools.words("{tsc} -p . && {node} x.js") == [
        [str(node), str(script), "-p", "."],
        [str(node), "x.js"],
    ]


def test_a_command_of_several_parts_can_be_one(tmp_path):
    tools = Toolchains({"{python}": ("/a b/python",)}, {})
    assert tools.one("{python} -m x") == ["/a b/python", "-m", "x"]
    assert tools.one("a && {python} x") == ["sh", "-c", "a && '/a b/python' x"]


def test_a_command_ends_with_the_first_part_that_fails(tmp_path):
    tools = Toolchains({"{python}": (sys.executable,)}, {})
    first = "{python} -c 'print(1); raise SystemExit(3)'"
    assert toolchains.run(f"{first} && {{python}} -c 'print(2)'", tmp_path, tools) == Ran(3, "1\n")


def test_a_command_that_takes_too_long_or_is_not_there_has_failed(tmp_path):
    tools = Toolchains({"{python}": (sys.executable,)}, {})
    late = toolchains.run("{python} -c 'while True: pass'", tmp_path, tools, seconds=0.2)
    assert late.code == 124
    assert not late.passed
    absent = toolchains.run(str(tmp_path / "none"), tmp_path, tools)
    assert absent.code == 127
