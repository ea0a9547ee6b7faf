"""Which checks a project's files tell of, for a file in it, and how they are run."""

import json
import os
from dataclasses import dataclass, field

import pytest

from spark_desktop.domain.detected_checks import DetectedCheck
from spark_desktop.domain.planned_checks import planned
from spark_desktop.domain.python_checks import module_of

ALL = (
    *("python", "ruff", "mypy", "pyright", "flake8", "node", "tsc", "eslint", "vitest", "jest"),
    *("mocha", "npm", "go", "cargo", "g++", "cc", "make"),
)


@dataclass
class Files:
    texts: dict[str, str]
    programs: tuple[str, ...] = ALL
    asked: list[tuple[str, str]] = field(default_factory=list)

    def text(self, path: str) -> str | None:
        return self.texts.get(path)

    def is_file(self, path: str) -> bool:
        return path in self.texts

    def program(self, name: str, folder: str) -> str | None:
        self.asked.append((name, folder))
        return name if name in self.programs else None


def checks(path: str, texts: dict[str, str], tests=(), before="", after="x", **more):
    return planned(path, before, after, Files(texts, **more), tests)


def lines(found: tuple[DetectedCheck, ...]) -> list[str]:
    return [f"{one.folder}: {one.line}" if one.folder else one.line for one in found]


def test_nothing_is_asked_that_the_project_has_not_set_up():
    assert lines(checks("a.py", {})) == ["python"]
    assert lines(checks("a.ts", {})) == []
    assert lines(checks("a.js", {})) == ["node --check a.js"]
    assert lines(checks("a.go", {})) == []
    assert lines(checks("a.rs", {})) == []
    assert lines(checks("a.md", {"pyproject.toml": "[tool.ruff]"})) == []
    assert lines(checks("a.py", {"pyproject.toml": "[tool.ruff]"}, programs=())) == []


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        ({"pyproject.toml": "[tool.ruff]"}, "ruff check --no-cache --no-fix"),
        ({"ruff.toml": ""}, "ruff check --no-cache --no-fix"),
        ({"setup.cfg": "[flake8]\nmax=1"}, "flake8 src/a.py"),
        ({"pyproject.toml": "[tool.mypy]"}, "mypy --no-error-summary"),
        ({"mypy.ini": ""}, "mypy --no-error-summary"),
        ({"setup.cfg": "[mypy]"}, "mypy --no-error-summary"),
        ({"pyrightconfig.json": "{}"}, "pyright src/a.py"),
        ({"pyproject.toml": "[tool.pyright]"}, "pyright src/a.py"),
    ],
)
def test_linters_and_type_checkers_of_python_are_those_of_its_configuration(texts, line):
    found = lines(checks("src/a.py", texts))
    assert any(one.startswith(line) for one in found)
    assert len(found) == 2


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        ({"pyproject.toml": "[tool.pytest.ini_options]"}, "pytest"),
        ({"pytest.ini": ""}, "pytest"),
        ({"conftest.py": ""}, "pytest"),
        ({"setup.cfg": "[tool:pytest]"}, "pytest"),
        ({"tests/test_a.py": "import pytest\n"}, "pytest"),
        ({"tests/test_a.py": "def test_x(): pass\n"}, "pytest"),
        ({"tests/test_a.py": "class TestX:\n    def test_x(self): pass\n"}, "pytest"),
        (
            {"tests/test_a.py": "from unittest.mock import Mock\n\ndef test_x(): pass\n"},
            "pytest",
        ),
        ({"tox.ini": "[pytest]\naddopts = -q"}, "pytest"),
        ({"tests/conftest.py": ""}, "pytest"),
        ({"tests/test_a.py": "import unittest\n"}, "unittest"),
        ({"tests/test_a.py": "class T(unittest.TestCase):\n    pass\n"}, "unittest"),
        ({}, "unittest"),
    ],
)
def test_tests_of_python_run_by_the_runner_that_they_are_written_for(texts, line):
    found = checks("a.py", texts, tests=("tests/test_a.py",))
    assert found[-1].label == line
    assert found[-1].proves
    if line == "unittest":
        assert found[-1].words == ("python", "-m", "unittest", "tests.test_a")
    else:
        assert found[-1].words[-1] == "tests/test_a.py"


@pytest.mark.parametrize(
    ("options", "is_told"),
    [
        ('[tool.pytest.ini_options]\naddopts = "-x -q"', True),
        ('[tool.pytest.ini_options]\naddopts = ["-q", "--maxfail=1"]', True),
        ('[tool.pytest.ini_options]\naddopts = "-q"', False),
    ],
)
def test_a_project_that_stops_at_the_first_failure_shows_all_of_them(options, is_told):
    found = checks("a.py", {"pyproject.toml": options}, tests=("tests/test_a.py",))
    assert ("--maxfail=0" in found[-1].words) == is_told


def test_a_package_of_a_larger_workspace_is_checked_from_its_own_folder():
    texts = {"pyproject.toml": "", "libs/one/pyproject.toml": "[tool.ruff]\n[tool.pytest.x]"}
    found = checks("libs/one/src/a.py", texts, tests=("libs/one/tests/test_a.py",))
    assert [one.folder for one in found] == ["libs/one"] * 3
    assert [one.words[-1] for one in found] == ["src/a.py", "src/a.py", "tests/test_a.py"]
    # Tests elsewhere are run from where both can be seen.
    found = checks("libs/one/src/a.py", texts, tests=("checks/test_a.py",))
    assert (found[-1].folder, found[-1].words[-1]) == ("", "checks.test_a")


def test_a_file_of_tests_is_run_itself():
    found = checks("test_a.py", {}, tests=("test_a.py",))
    assert found[-1].words[-1] == "test_a"


def test_examples_are_run_by_the_name_under_which_the_module_is_imported():
    text = 'def f():\n    """F.\n\n    >>> f()\n    1\n    """\n    return 1\n'
    texts = {"src/shop/__init__.py": ""}
    found = checks("src/shop/a.py", texts, after=text)
    assert found[-1].label == "doctest"
    assert found[-1].words[-3:] == ("src", "shop.a", "f")
    assert found[-1].line == "doctest"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.py", (".", "a")),
        ("src/shop/a.py", ("src", "shop.a")),
        ("src/shop/__init__.py", ("src", "shop")),
        ("tools/b.py", ("tools", "b")),
    ],
)
def test_a_module_has_the_name_that_its_packages_give_it(path, expected):
    assert module_of(path, "", Files({"src/shop/__init__.py": ""})) == expected


def test_typescript_is_compiled_by_its_configuration_and_tested_by_its_runner():
    texts = {
        "web/package.json": '{"devDependencies": {"vitest": "1"}}',
        "web/tsconfig.json": "{}",
        "web/eslint.config.js": "",
    }
    found = lines(checks("web/src/a.ts", texts))
    assert found == [
        "web: eslint --no-color src/a.ts",
        "web: tsc --noEmit --pretty false --incremental false -p tsconfig.json",
        "web: vitest related --run --reporter=verbose src/a.ts",
    ]


@pytest.mark.parametrize(
    ("package", "line"),
    [
        ('{"devDependencies": {"jest": "29"}}', "jest --ci --colors=false"),
        ('{"scripts": {"test": "mocha"}}', "mocha --no-color --reporter=tap a.test.js"),
        ('{"scripts": {"test": "node --test"}}', "node --test --test-reporter=tap a.test.js"),
        (
            '{"scripts": {"test": "node --import tsx --test"}}',
            "node --import tsx --test --test-reporter=tap a.test.js",
        ),
    ],
)
def test_tests_of_javascript_run_by_the_runner_of_the_package(package, line):
    texts = {"package.json": package, "a.test.js": "import test from 'node:test'"}
    found = lines(checks("a.js", texts, tests=("a.test.js",)))
    assert found[0] == "node --check a.js"
    assert found[-1].startswith(line)


@pytest.mark.parametrize("package", ["{", "[]", '{"scripts": []}', '{"scripts": {"test": 1}}'])
def test_a_broken_package_names_no_runner(package):
    texts = {"package.json": package, "a.test.js": "describe()"}
    assert lines(checks("a.js", texts, tests=("a.test.js",))) == ["node --check a.js"]


def test_a_runner_that_is_the_projects_own_is_run_by_its_script():
    package = '{"scripts": {"test": "tsc -p . && node build/a.js"}}'
    texts = {"package.json": package, "a.test.ts": "same(a(), 1)"}
    assert lines(checks("a.ts", texts, tests=("a.test.ts",))) == ["npm test --silent"]
    assert lines(checks("a.ts", texts)) == []


@pytest.mark.parametrize(
    "script",
    [
        'echo "Error: no test specified" && exit 1',
        "vite-test --watch",
        "vite-test -watch",
        "react-scripts test",
        "ava -w",
        "ng test",
    ],
)
def test_a_script_that_tests_nothing_or_never_ends_is_not_run(script):
    texts = {"package.json": json.dumps({"scripts": {"test": script}}), "a.test.js": "describe()"}
    assert lines(checks("a.js", texts, tests=("a.test.js",))) == ["node --check a.js"]


@pytest.mark.parametrize(
    ("script", "proves", "is_mixed"),
    [
        ("node build/a.js", True, False),
        ("tsc -p . && node build/a.js", True, True),
        ("eslint . && tsc", False, True),
        ("exit 0", False, False),
    ],
)
def test_a_script_proves_by_what_it_runs(script, proves, is_mixed):
    package = json.dumps({"scripts": {"test": script}})
    texts = {"package.json": package, "a.test.ts": "same(a(), 1)"}
    (found,) = checks("a.ts", texts, tests=("a.test.ts",))
    assert (found.label, found.proves, found.is_mixed) == ("npm test", proves, is_mixed)


def test_go_vets_and_tests_the_package_of_the_file():
    texts = {"go.mod": "module x"}
    found = lines(checks("calc/a.go", texts, tests=("calc/a_test.go",)))
    assert found == ["go vet ./calc", "go test -vet=off -v ./calc"]
    assert lines(checks("a.go", texts)) == ["go vet ."]
    assert lines(checks("calc/a_test.go", texts))[-1] == "go test -vet=off -v ./calc"


def test_cargo_checks_the_package_and_tests_it_where_it_has_tests():
    texts = {"x/Cargo.toml": "", "x/src/lib.rs": "", "x/src/b.rs": "#[test]\nfn f() {}"}
    check = "x: cargo check --offline --quiet --all-targets --message-format=short"
    test = "x: cargo test --offline --quiet --no-fail-fast"
    assert lines(checks("x/src/lib.rs", texts)) == [check]
    assert lines(checks("x/src/b.rs", texts)) == [check, test]
    assert lines(checks("x/src/lib.rs", texts, tests=("x/tests/lib.rs",))) == [check, test]


def test_cpp_is_compiled_by_itself_and_tests_with_a_main_are_built_and_run():
    texts = {"a_test.cpp": '#include "a.hpp"\nint main() {}', "CMakeLists.txt": ""}
    texts["CMakeLists.txt"] = "set(CMAKE_CXX_STANDARD 20)"
    found = checks("a.cpp", texts, tests=("a_test.cpp",))
    assert found[0].words[:4] == ("g++", "-fsyntax-only", "-fdiagnostics-color=never", "-std=c++20")
    assert found[1].words[-2:] == ("a_test.cpp", "a.cpp")
    texts["a_test.cpp"] = '#include "a.cpp"\nint main() {}'
    assert checks("a.cpp", texts, tests=("a_test.cpp",))[1].words[-1] == "a_test.cpp"
    texts["a_test.cpp"] = "TEST(A, b) {}"
    assert len(checks("a.cpp", texts, tests=("a_test.cpp",))) == 1


def test_a_header_is_compiled_as_one_that_is_included():
    (found,) = checks("src/a.hpp", {"Makefile": "all:\n"})
    assert found.words[-5:] == ("-x", "c++", "-include", "src/a.hpp", os.devnull)


def test_a_makefile_with_a_target_for_tests_runs_them():
    found = lines(checks("a.c", {"Makefile": "all: a\n\ntest: a\n\t./a\n"}))
    assert found[0].startswith("cc -fsyntax-only")
    assert found[1] == "make -s test"
