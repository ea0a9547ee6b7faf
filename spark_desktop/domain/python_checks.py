"""The checks of a Python file: compiling, its linter and type checker, examples, tests."""

import re
import tomllib
from collections.abc import Iterator, Sequence

from spark_desktop.domain.detected_checks import (
    DetectedCheck,
    ProjectFiles,
    Stage,
    at,
    below,
    nearest,
)

_MANIFESTS = ("pyproject.toml", "setup.py", "setup.cfg", "pytest.ini", "tox.ini")
# What the compiler warns of is hardly ever meant: `is` before a literal, `assert` of a tuple, a
# list that is called. But escapes that nobody defines come out as they are written.
_COMPILE = """\
import sys, warnings
path = sys.argv[1]
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    try:
        compile(open(path, "rb").read(), path, "exec")
    except SyntaxError as error:
        print(f"{path}:{error.lineno}: does not compile")
        raise
found = [
    f"{path}:{one.lineno}: {one.category.__name__}: {one.message}"
    for one in told
    if one.category is SyntaxWarning and "escape sequence" not in str(one.message)
]
print("\\n".join(found))
sys.exit(1 if found else 0)
"""
# Examples in docstrings, of the functions that are named; the module is imported as tests do it.
_EXAMPLES = """\
import doctest, importlib, sys
place, module, names = sys.argv[1], sys.argv[2], set(sys.argv[3:])
sys.path[:0] = [place]
found = importlib.import_module(module)
runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
tried = 0
for test in doctest.DocTestFinder(recurse=True).find(found, module):
    if test.name[len(module) + 1:] in names and test.examples:
        told = []
        failed = runner.run(test, out=told.append).failed
        tried += len(test.examples)
        print(("FAILED " if failed else "passed ") + test.name + "\\n" + "".join(told))
print(tried, "examples")
sys.exit(1 if runner.failures else 0 if tried else 5)
"""


def python_checks(
    path: str, files: ProjectFiles, tests: Sequence[str], examples: Sequence[str] = ()
) -> tuple[DetectedCheck, ...]:
    """Return the checks of a file, in the order in which they are asked.

    ``tests`` are the files of tests that touch it, ``examples`` the names of its functions whose
    docstrings hold examples.
    """
    folder = nearest(path, _MANIFESTS, files) or ""
    python = files.program("python", folder) or files.program("python3", folder)
    found = list(_linters(path, folder, files))
    if python is None:
        return tuple(found)
    found.insert(0, _compiling(path, folder, python))
    found += _types(path, folder, files)
    if examples and not path.endswith(("__main__.py", "setup.py", "conftest.py")):
        found.append(_examples(path, folder, python, examples, files))
    if tests and path not in tests:
        found.append(_tests(path, folder, python, tests, files))
    elif path in tests:
        found.append(_tests(path, folder, python, (path,), files))
    return tuple(found)


def _compiling(path: str, folder: str, python: str) -> DetectedCheck:
    words = (python, "-I", "-c", _COMPILE, below(path, folder))
    return DetectedCheck("python", Stage.COMPILES, words, folder)


def _linters(path: str, folder: str, files: ProjectFiles) -> Iterator[DetectedCheck]:
    project = files.text(at(folder, "pyproject.toml")) or ""
    name = below(path, folder)
    has_ruff = _has_table(project, "ruff") or any(
        files.is_file(at(folder, one)) for one in ("ruff.toml", ".ruff.toml")
    )
    if has_ruff and (ruff := files.program("ruff", folder)):
        words = (ruff, "check", "--no-cache", "--no-fix", "--output-format=concise", name)
        yield DetectedCheck("ruff check", Stage.LINTS, words, folder)
    if _names(files, folder, "flake8") and (flake8 := files.program("flake8", folder)):
        yield DetectedCheck("flake8", Stage.LINTS, (flake8, name), folder)


def _types(path: str, folder: str, files: ProjectFiles) -> Iterator[DetectedCheck]:
    project = files.text(at(folder, "pyproject.toml")) or ""
    name = below(path, folder)
    has_mypy = (
        _has_table(project, "mypy")
        or _names(files, folder, "mypy")
        or any(files.is_file(at(folder, one)) for one in ("mypy.ini", ".mypy.ini"))
    )
    if has_mypy and (mypy := files.program("mypy", folder)):
        words = (mypy, "--no-error-summary", "--no-color-output", "--no-pretty", name)
        yield DetectedCheck("mypy", Stage.TYPES, words, folder)
    has_pyright = _has_table(project, "pyright") or files.is_file(at(folder, "pyrightconfig.json"))
    if has_pyright and (pyright := files.program("pyright", folder)):
        yield DetectedCheck("pyright", Stage.TYPES, (pyright, name), folder)


def _examples(
    path: str, folder: str, python: str, examples: Sequence[str], files: ProjectFiles
) -> DetectedCheck:
    place, module = module_of(path, folder, files)
    words = (python, "-c", _EXAMPLES, place, module, *examples)
    return DetectedCheck("doctest", Stage.EXAMPLES, words, folder, proves=True)


def _tests(
    path: str, folder: str, python: str, tests: Sequence[str], files: ProjectFiles
) -> DetectedCheck:
    inside = tuple(one for one in tests if not folder or one.startswith(f"{folder}/"))
    if len(inside) < len(tests):
        folder, inside = "", tuple(tests)
    names = tuple(below(one, folder) for one in inside)
    # Before an installed copy of the package, which the change is not in.
    place = module_of(path, folder, files)[0]
    variables = {} if place == "." else {"PYTHONPATH": place}
    if _uses_pytest(folder, inside, files):
        label = "pytest"
        words: tuple[str, ...] = (python, "-m", "pytest", "-q", "--no-header", "--color=no", "-rfE")
        words += ("--no-cov",) if _measures_coverage(folder, files) else ()
        words += ("--maxfail=0",) if _stops_early(folder, files) else ()
        words += names
    elif all(one.removesuffix(".py").replace("/", "").isidentifier() for one in names):
        label = "unittest"
        words = (python, "-m", "unittest", *(one[:-3].replace("/", ".") for one in names))
    else:
        # Folders whose names are no words of Python: by their paths, each on its own.
        label = "unittest"
        words = (python, "-m", "unittest", *names)
    return DetectedCheck(
        label, Stage.TESTS, words, folder, proves=True, about=inside, environment=variables
    )


def _measures_coverage(folder: str, files: ProjectFiles) -> bool:
    """Return whether every run is asked for coverage, which a few tests cannot reach."""
    return any("--cov" in one for one in _options(folder, files))


def _stops_early(folder: str, files: ProjectFiles) -> bool:
    """Return whether every run ends at its first failures: then others would look like new ones."""
    stops = re.compile(r"addopts\b.*[\s\"'](?:-x\b|--exitfirst\b|--maxfail\b)")
    return any(stops.search(one) is not None for one in _options(folder, files))


def _options(folder: str, files: ProjectFiles) -> list[str]:
    """Return the files that may hold options of pytest."""
    names = ("pyproject.toml", "pytest.ini", "setup.cfg", "tox.ini")
    return [files.text(at(folder, one)) or "" for one in names]


def _uses_pytest(folder: str, tests: Sequence[str], files: ProjectFiles) -> bool:
    project = files.text(at(folder, "pyproject.toml")) or ""
    if _has_table(project, "pytest") or files.is_file(at(folder, "pytest.ini")):
        return True
    if any(_names(files, folder, one) for one in ("tool:pytest", "pytest")):
        return True
    places = dict.fromkeys((folder, *(one.rpartition("/")[0] for one in tests)))
    if any(files.is_file(at(one, "conftest.py")) for one in places):
        return True
    texts = [files.text(one) or "" for one in tests]
    if any(re.search(r"^\s*(?:import|from) pytest\b", text, re.MULTILINE) for text in texts):
        return True
    # Plain functions and classes are nothing to unittest; its mocks are used in all tests.
    return any(
        re.search(r"^(?:(?:async )?def test_|class Test\w*(?:\(\))?:)", text, re.MULTILINE)
        and not re.search(r"TestCase\b", text)
        for text in texts
    )


def module_of(path: str, folder: str, files: ProjectFiles) -> tuple[str, str]:
    """Return the folder from which a file is imported, as seen from ``folder``, and its name."""
    parts = below(path, folder).removesuffix(".py").split("/")
    start = len(parts) - 1
    while start > 0 and files.is_file(at(folder, "/".join((*parts[:start], "__init__.py")))):
        start -= 1
    named = parts[start:]
    if named[-1] == "__init__":
        named = named[:-1]
    return "/".join(parts[:start]) or ".", ".".join(named)


def _has_table(project: str, name: str) -> bool:
    try:
        tools = tomllib.loads(project).get("tool", {})
    except tomllib.TOMLDecodeError:
        return False
    return isinstance(tools, dict) and name in tools


def _names(files: ProjectFiles, folder: str, section: str) -> bool:
    """Return whether one of the old files of configuration has a section of that name."""
    texts = (files.text(at(folder, one)) or "" for one in ("setup.cfg", "tox.ini", f".{section}"))
    return any(re.search(rf"^\[{re.escape(section)}\b", text, re.MULTILINE) for text in texts)
