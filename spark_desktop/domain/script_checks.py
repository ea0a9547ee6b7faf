"""The checks of a JavaScript or TypeScript file: compiler, linter, and the runner of its tests."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from spark_desktop.domain.detected_checks import (
    DetectedCheck,
    ProjectFiles,
    Stage,
    at,
    below,
    nearest,
)
from spark_desktop.domain.package_scripts import commands, may_test, only_tests, waits

# What `npm init` writes where there are no tests yet.
_NO_TESTS = "no test specified"
_PLAIN = (".js", ".mjs", ".cjs")
_ESLINT = (
    *("eslint.config.js", "eslint.config.mjs", "eslint.config.cjs", "eslint.config.ts"),
    *(".eslintrc", ".eslintrc.js", ".eslintrc.cjs", ".eslintrc.json", ".eslintrc.yml"),
)


def script_checks(
    path: str, files: ProjectFiles, tests: Sequence[str]
) -> tuple[DetectedCheck, ...]:
    """Return the checks of a file, in the order in which they are asked."""
    folder = nearest(path, ("package.json",), files) or ""
    package = _package(files, folder)
    found = list(_compilers(path, files))
    found += _linters(path, files, package)
    wanted = (path,) if path in tests else tuple(tests)
    runner = _runner(path, folder, files, package, wanted)
    return (*found, runner) if runner else tuple(found)


def _compilers(path: str, files: ProjectFiles) -> Iterator[DetectedCheck]:
    if path.endswith(_PLAIN):
        folder = nearest(path, ("package.json",), files) or ""
        if node := files.program("node", folder):
            words: tuple[str, ...] = (node, "--check", below(path, folder))
            yield DetectedCheck("node --check", Stage.COMPILES, words, folder)
        return
    folder_of_types = nearest(path, ("tsconfig.json",), files)
    if folder_of_types is None:
        return
    if tsc := files.program("tsc", folder_of_types):
        words = (tsc, "--noEmit", "--pretty", "false", "--incremental", "false")
        words += ("-p", "tsconfig.json")
        yield DetectedCheck("tsc", Stage.TYPES, words, folder_of_types)


def _linters(
    path: str, files: ProjectFiles, package: Mapping[str, object]
) -> Iterator[DetectedCheck]:
    folder = nearest(path, _ESLINT, files)
    if folder is None and "eslintConfig" in package:
        folder = nearest(path, ("package.json",), files)
    if folder is not None and (eslint := files.program("eslint", folder)):
        words = (eslint, "--no-color", below(path, folder))
        yield DetectedCheck("eslint", Stage.LINTS, words, folder)


def _runner(
    path: str,
    folder: str,
    files: ProjectFiles,
    package: Mapping[str, object],
    tests: Sequence[str],
) -> DetectedCheck | None:
    script = _script(package)
    named = {*_table(package, "devDependencies"), *_table(package, "dependencies")}
    name = below(path, folder)
    inside = tuple(
        below(one, folder) for one in tests if not folder or one.startswith(f"{folder}/")
    )
    if ("vitest" in named or "vitest" in script) and (vitest := files.program("vitest", folder)):
        # It finds by itself which tests import the file.
        words: tuple[str, ...] = (vitest, "related", "--run", "--reporter=verbose", name)
        return _tests("vitest", words, folder, tests)
    if ("jest" in named or "jest" in script) and (jest := files.program("jest", folder)):
        words = (jest, "--ci", "--colors=false", "--passWithNoTests", "--findRelatedTests", name)
        return _tests("jest", words, folder, tests)
    if not inside:
        return None
    if ("mocha" in named or "mocha" in script) and (mocha := files.program("mocha", folder)):
        return _tests("mocha", (mocha, "--no-color", "--reporter=tap", *inside), folder, tests)
    node = files.program("node", folder)
    runs_tests = "node --test" in script or all(one.endswith(_PLAIN) for one in inside)
    if node is None or not runs_tests or not _asks_node(files, tests, script):
        return _own_script(folder, files, package, tests)
    loaders = [
        one
        for flag, value in zip(script.split(), (*script.split()[1:], ""), strict=True)
        if flag in ("--import", "--require", "--loader")
        for one in (flag, value)
    ]
    words = (node, *loaders, "--test", "--test-reporter=tap", *inside)
    return _tests("node --test", words, folder, tests)


def _own_script(
    folder: str, files: ProjectFiles, package: Mapping[str, object], tests: Sequence[str]
) -> DetectedCheck | None:
    """Return the project's own command for its tests: one that builds and then runs them, say.

    One that only lints or compiles proves nothing, whatever it says.
    """
    script = _script(package)
    run = tuple(commands(_table(package, "scripts")))
    if not script or _NO_TESTS in script or any(waits(one) for one in run):
        return None
    if npm := files.program("npm", folder):
        found = _tests("npm test", (npm, "test", "--silent"), folder, tests)
        proves = any(may_test(one) for one in run)
        return replace(found, proves=proves, is_mixed=not all(only_tests(one) for one in run))
    return None


def _asks_node(files: ProjectFiles, tests: Sequence[str], script: str) -> bool:
    """Return whether the tests are written for node's own runner."""
    return "node --test" in script or any("node:test" in (files.text(one) or "") for one in tests)


def _tests(label: str, words: tuple[str, ...], folder: str, tests: Sequence[str]) -> DetectedCheck:
    return DetectedCheck(label, Stage.TESTS, words, folder, proves=True, about=tuple(tests))


def _package(files: ProjectFiles, folder: str) -> Mapping[str, object]:
    try:
        found = json.loads(files.text(at(folder, "package.json")) or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _table(package: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = package.get(name)
    return found if isinstance(found, dict) else {}


def _script(package: Mapping[str, object]) -> str:
    found = _table(package, "scripts").get("test", "")
    return found if isinstance(found, str) else ""
