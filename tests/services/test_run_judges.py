"""What a failing run's own scripts say is no place of a mistake, and programs are."""

import pytest
from fakes import MemoryFiles
from services.test_test_runs import code_of, places

from spark_desktop.domain.trigger import FailingTest, Span
from spark_desktop.services.run_judges import FailedRun

MAIN = "def go():\n    return 5\n"
CHECK = (
    "import sys\nimport main\n\nfailed = 0\nif main.go() != 1:\n    print('go: wrong')\n"
    "    failed += 1\nsys.exit(1 if failed else 0)\n"
)
NODE = (
    "/project/check.js:4\n  throw new Error('go is wrong');\n  ^\n\nError: go is wrong\n"
    "    at Object.<anonymous> (/project/check.js:4:9)\n\nNode.js v20\n"
)


def traceback(*frames: str, error: str = "Exception: go is wrong") -> str:
    told = "".join(
        f'  File "{path}", line {line}, in {name}\n    x\n'
        for path, line, name in (frame.split(":") for frame in frames)
    )
    return f"Traceback (most recent call last):\n{told}{error}\n"


def files_of(**texts: str) -> MemoryFiles:
    files = MemoryFiles(main__py=MAIN)
    for path, text in texts.items():
        files.write(path.replace("__", "."), text)
    return files


async def asked(
    files: MemoryFiles, command: str, output: str, *, is_test: bool = True
) -> tuple[FailingTest, ...]:
    """Return what is asked for, with what it may be elsewhere, of a run and its first failure."""
    run = FailedRun(tuple(command.split()), "", output, is_test=is_test)
    failing = code_of(files)
    found = [await failing.candidates(one, run) for one in await failing.failures(run)]
    return tuple(one for some in found for one in some)


@pytest.mark.parametrize("is_test", [True, False])
@pytest.mark.parametrize(
    ("text", "output"),
    [
        (CHECK, "go: wrong\n"),
        # Further away than what stands right above, and by a function of its own.
        (CHECK.replace("failed = 0", "got = main.go()\n" + "x = 1\n" * 9), "go: wrong\n"),
        (
            "import main\nfrom sys import exit\n\nif main.go() != 1:\n    exit('go: wrong')\n",
            "go: wrong\n",
        ),
        (
            "import main\n\n\ndef wrong():\n    print('go: wrong')\n    raise SystemExit(1)\n\n\n"
            "if main.go() != 1:\n    wrong()\n",
            "go: wrong\n",
        ),
        (
            "import main\n\n\ndef same(a, b):\n    return a == b\n\n\nassert same(main.go(), 1)\n",
            traceback("check.py:8:<module>", error="AssertionError"),
        ),
        (
            "import main\n\nif main.go() != 1:\n    raise Exception('go is wrong')\n",
            traceback("check.py:4:<module>"),
        ),
        (
            "import main\n\n\ndef check():\n    if main.go() != 1:\n        raise Exception('no')\n"
            "\n\ndef run():\n    check()\n\n\nrun()\n",
            traceback("check.py:13:<module>", "check.py:10:run", "check.py:6:check"),
        ),
    ],
    ids=["prints", "far away", "exits", "by a function", "asserts", "raises", "raises inside"],
)
async def test_a_script_that_checks_is_never_mended_and_what_it_calls_is(text, output, is_test):
    found = await asked(files_of(check__py=text), "python3 check.py", output, is_test=is_test)
    assert places(list(found)) == [("main.py", 0, 2)]
    assert found[0].is_checked


async def test_a_script_of_node_that_throws_is_never_mended():
    files = files_of(
        check__js="const { go } = require('./main');\n\nif (go() !== 1) {\n"
        "  throw new Error('go is wrong');\n}\n",
        main__js="function go() {\n  return 5;\n}\nmodule.exports = { go };\n",
    )
    for is_test in (True, False):
        found = await asked(files, "node check.js", NODE, is_test=is_test)
        assert [one.snapshot.path for one in found] == ["main.js"]
    # Also where nothing is found that it calls.
    files.write("main.js", "exports.go = () => 5;\n")
    for is_test in (True, False):
        assert await asked(files, "node check.js", NODE, is_test=is_test) == ()


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("sh run.sh", 'echo "boom happened"; exit 1\n'),
        ("./run.sh", 'fail() {\n  echo "boom happened"\n  exit 1\n}\n./prog || fail\n'),
    ],
)
async def test_a_script_of_a_shell_is_never_mended(command, text):
    files = files_of(run__sh=text)
    assert await asked(files, command, "boom happened\n") == ()
    assert await asked(files, command, "boom happened\n", is_test=False) == ()


async def test_a_script_that_starts_the_program_is_never_mended():
    text = (
        "import subprocess\n\n\ndef same(a, b):\n    return a == b\n\n\n"
        "if not same(subprocess.check_output(['./prog']), b'1'):\n    print('prog is wrong')\n"
        "    raise SystemExit(1)\n"
    )
    assert await asked(files_of(check__py=text), "python3 check.py", "prog is wrong\n") == ()


async def test_a_script_that_another_one_runs_is_not_mended_where_it_prints():
    files = files_of(check__py=CHECK)
    found = await asked(files, "make test", "check.py: go: wrong\n")
    assert places(list(found)) == [("main.py", 0, 2)]
    stated = "import main\n\n\ndef same(a, b):\n    return a == b\n\n\nassert same(main.go(), 1)\n"
    told = traceback("check.py:8:<module>", error="AssertionError")
    found = await asked(files_of(check__py=stated), "make test", told)
    assert places(list(found)) == [("main.py", 0, 2)]


async def test_where_an_error_in_the_code_has_its_words_it_may_be_mended_there():
    rates = "def rate(a):\n    if a:\n        raise KeyError('there is no such rate')\n"
    found = await asked(files_of(rates__py=rates), "make test", "rates.py there is no such rate\n")
    assert places(list(found)) == [("rates.py", 2, 3)]


APP = "import main\n\n\ndef show(rows):\n    return rows[main.go()]\n\n\nprint(show([]))\n"
CRASH = traceback("app.py:8:<module>", "app.py:5:show", error="IndexError: list index")


async def test_a_program_that_breaks_off_is_mended_where_it_does():
    found = await asked(files_of(app__py=APP), "python3 app.py", CRASH, is_test=False)
    assert places(list(found))[:2] == [("app.py", 4, 5), ("app.py", 7, 8)]
    # Whatever keeps it from getting there would end with 0.
    assert not any(one.is_checked for one in found)


async def test_the_users_command_for_tests_runs_no_program():
    found = await asked(files_of(app__py=APP), "python3 app.py", CRASH)
    assert places(list(found)) == [("main.py", 0, 2)]


async def test_what_a_program_raises_itself_may_be_its_own_mistake():
    text = (
        "import main\n\n\ndef area(w):\n    if w > 0:\n        raise ValueError(w)\n\n\narea(1)\n"
    )
    told = traceback("app.py:9:<module>", "app.py:6:area", error="ValueError: 1")
    found = await asked(files_of(app__py=text), "python3 app.py", told, is_test=False)
    assert places(list(found))[0] == ("app.py", 5, 6)


KATA = "def add(a, b):\n    return a - b\n\n\n"


@pytest.mark.parametrize(
    ("check", "output"),
    [
        ("assert add(1, 2) == 3\n", traceback("kata.py:5:<module>", error="AssertionError")),
        ("if add(1, 2) != 3:\n    print('add is wrong')\n    exit(1)\n", "add is wrong\n"),
    ],
)
@pytest.mark.parametrize("is_test", [True, False])
async def test_a_script_that_checks_itself_is_mended_in_what_it_calls(check, output, is_test):
    files = files_of(kata__py=KATA + check)
    found = await asked(files, "python3 kata.py", output, is_test=is_test)
    assert places(list(found)) == [("kata.py", 0, 2)]


async def test_what_a_compiler_or_an_example_says_of_a_file_is_mended_there():
    error = "main.py:2: error: Incompatible return value\n"
    found = await asked(files_of(), "mypy main.py", error, is_test=True)
    assert [(one.snapshot.path, one.lines) for one in found] == [("main.py", Span(1, 2))]


async def test_a_script_that_cannot_be_read_says_nothing():
    files = files_of(check__py="API_KEY = '" + "q7Zk2vXw9LpR" + "4tYbN8sD1fGh'\n" + CHECK)
    assert await asked(files, "python3 check.py", "go: wrong\n") == ()
