"""Which files a command runs, and what a line of such a file does."""

import pytest

from spark_desktop.domain.run_scripts import (
    drives_others,
    is_assertion,
    prints,
    raises,
    scripts_of,
)

FILES = ("check.py", "main.py", "run.sh", "check.js", "setup.js", "a.cpp", "tools/check.py")
FILES = (*FILES, "pkg/check.py", "app/__main__.py", "tests/test_a.py")


def path_of(word: str) -> str | None:
    word = word.removeprefix("./")
    return word if word in FILES else None


@pytest.mark.parametrize(
    ("command", "scripts"),
    [
        (("python3", "check.py"), ("check.py",)),
        (("/usr/bin/python3", "-B", "-W", "error", "check.py", "main.py"), ("check.py",)),
        (("timeout", "5", "env", "A=1", "python3", "check.py"), ("check.py",)),
        (("./run.sh", "main.py"), ("run.sh",)),
        (("sh", "run.sh"), ("run.sh",)),
        (("uv", "run", "check.py"), ("check.py",)),
        (("node", "-r", "./setup.js", "check.js"), ("check.js",)),
        (("node", "--test", "check.js", "setup.js"), ("check.js", "setup.js")),
        (("python3", "-m", "pytest", "-q", "check.py::test_a", "main.py"), ("check.py", "main.py")),
        (("pytest", "-c", "setup.js", "tests/test_a.py"), ("tests/test_a.py",)),
        (("python3", "-m", "pkg.check"), ("pkg/check.py",)),
        (("python3", "-m", "app"), ("app/__main__.py",)),
        (("python3", "-m", "unittest", "-q"), ()),
        (("sh", "-c", "cd . && python3 check.py | tee log; ./run.sh"), ("check.py", "run.sh")),
        (("bash", "-c", "python3 check.py 'never closed"), ()),
        # What only reads a file tells a mistake that stands there.
        (("python3", "-m", "doctest", "main.py"), ()),
        (("mypy", "main.py"), ()),
        (("sh", "-c", "g++ a.cpp -o a && python3 check.py"), ("check.py",)),
        (("python3", "-c", "import main", "check.py"), ()),
        (("node", "-e", "require('./check.js')", "check.js"), ()),
        (("make", "test"), ()),
        ((), ()),
    ],
)
def test_what_runs_is_told_from_what_is_read_and_given(command, scripts):
    assert scripts_of(command, path_of) == scripts


@pytest.mark.parametrize(
    ("path", "content", "imported", "drives"),
    [
        ("check.py", "import main\n", ("main.py",), True),
        ("check.py", "import subprocess\n", (), True),
        ("check.js", "const { spawn } = require('child_process');\n", (), True),
        ("check.sh", "true\n", (), True),
        ("check", "true\n", (), True),
        ("kata.py", "def add(a, b):\n    return a - b\n", (), False),
    ],
)
def test_a_script_runs_others_or_only_itself(path, content, imported, drives):
    assert drives_others(path, content, imported) is drives


@pytest.mark.parametrize(
    ("message", "asserts"),
    [
        ("AssertionError: -1", True),
        ("assert -1 == 3", True),
        ("Assertion failed: x", True),
        ("AssertionError [ERR_ASSERTION]: no", True),
        ("a line of code\n\nUncaught AssertionError: no", True),
        ("KeyError: 'assert'", False),
        ("Error: no", False),
        ("", False),
    ],
)
def test_an_assertion_is_told_by_what_is_said_of_it(message, asserts):
    assert is_assertion(message) is asserts


@pytest.mark.parametrize(
    ("line", "is_raised", "is_printed"),
    [
        ('    raise ValueError("no")', True, False),
        ('  throw new Error("no");', True, False),
        ('    sys.exit("no")', True, False),
        ("    process.exit(1);", True, False),
        ('    print("no")', False, True),
        ('  console.error("no");', False, True),
        ('echo "no"; exit 1', False, True),
        ('    std::cerr << "no";', False, True),
        ('    return values["no"]', False, False),
    ],
)
def test_a_line_that_says_that_something_is_wrong_is_known(line, is_raised, is_printed):
    assert (raises(line), prints(line)) == (is_raised, is_printed)
