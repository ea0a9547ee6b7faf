"""The checks of Go, Rust, C and C++: their compilers, and the tests that they build."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from spark_desktop.domain.detected_checks import (
    DetectedCheck,
    ProjectFiles,
    Stage,
    at,
    below,
    nearest,
)
from spark_desktop.domain.regex import regex

_HEADERS = (".hpp", ".hh", ".hxx", ".h++")
_TEST_TARGET = regex(r"^(test|check)\s*:", re.MULTILINE)


def go_checks(path: str, files: ProjectFiles, tests: Sequence[str]) -> tuple[DetectedCheck, ...]:
    """Return what go says of the file's package, and of its tests."""
    folder = nearest(path, ("go.mod",), files)
    if folder is None or (go := files.program("go", folder)) is None:
        return ()
    package = f"./{PurePosixPath(below(path, folder)).parent}".removesuffix("/.")
    found = [DetectedCheck("go vet", Stage.COMPILES, (go, "vet", package), folder)]
    if tests or path.endswith("_test.go"):
        packages = dict.fromkeys(
            f"./{PurePosixPath(below(one, folder)).parent}".removesuffix("/.")
            for one in (*tests, path)
            if not folder or one.startswith(f"{folder}/")
        )
        words = (go, "test", "-vet=off", "-v", *packages)
        found.append(
            DetectedCheck("go test", Stage.TESTS, words, folder, proves=True, about=tuple(tests))
        )
    return tuple(found)


def rust_checks(path: str, files: ProjectFiles, tests: Sequence[str]) -> tuple[DetectedCheck, ...]:
    """Return what cargo says of the file's package, and of the tests that name its module."""
    folder = nearest(path, ("Cargo.toml",), files)
    if folder is None or (cargo := files.program("cargo", folder)) is None:
        return ()
    checked = (cargo, "check", "--offline", "--quiet", "--all-targets", "--message-format=short")
    words = (cargo, "test", "--offline", "--quiet", "--no-fail-fast")
    has_tests = bool(tests) or "#[test]" in (files.text(path) or "")
    has_tests = has_tests or _has_examples(path, files)
    found = [DetectedCheck("cargo check", Stage.COMPILES, checked, folder)]
    if has_tests:
        about = tuple(tests)
        found.append(
            DetectedCheck("cargo test", Stage.TESTS, words, folder, proves=True, about=about)
        )
    return tuple(found)


def _has_examples(path: str, files: ProjectFiles) -> bool:
    return bool(re.search(r"^\s*//[/!] ```", files.text(path) or "", re.MULTILINE))


def cpp_checks(path: str, files: ProjectFiles, tests: Sequence[str]) -> tuple[DetectedCheck, ...]:
    """Return what the compiler says of the file by itself, and of tests that are programs.

    A file of tests with a ``main`` is built together with the file it is about, and run; one that
    needs a framework is left to the project's own ``make test``.
    """
    is_c = path.endswith(".c")
    folder = nearest(path, ("CMakeLists.txt", "Makefile", "makefile", "meson.build"), files) or ""
    compiler = next(filter(None, (files.program(one, folder) for one in _compilers(is_c))), None)
    if compiler is None:
        return ()
    flags = (*(() if is_c else (_standard(folder, files),)), *_includes(path, folder, files))
    own = below(path, folder)
    # A header by itself would be warned of its `#pragma once`: it is read as one that is included.
    read = ("-x", "c++", "-include", own, os.devnull) if path.endswith(_HEADERS) else (own,)
    words = (compiler, "-fsyntax-only", "-fdiagnostics-color=never", *flags, *read)
    name = PurePosixPath(compiler).name
    found = [DetectedCheck(f"{name} -fsyntax-only", Stage.COMPILES, words, folder)]
    found += _programs(path, folder, files, tests, (compiler, *flags))
    return tuple(found)


def _compilers(is_c: bool) -> tuple[str, ...]:
    return ("cc", "gcc", "clang") if is_c else ("g++", "clang++", "c++")


def _standard(folder: str, files: ProjectFiles) -> str:
    cmake = files.text(at(folder, "CMakeLists.txt")) or ""
    make = files.text(at(folder, "Makefile")) or ""
    found = re.search(r"CMAKE_CXX_STANDARD\s+(\d\d)", cmake) or re.search(r"-std=c\+\+(\d\w)", make)
    return f"-std=c++{found[1]}" if found else "-std=c++17"


def _includes(path: str, folder: str, files: ProjectFiles) -> tuple[str, ...]:
    own = str(PurePosixPath(below(path, folder)).parent)
    places = dict.fromkeys((own, ".", "include", "src"))
    return tuple(f"-I{place}" for place in places)


def _programs(
    path: str, folder: str, files: ProjectFiles, tests: Sequence[str], start: tuple[str, ...]
) -> Iterator[DetectedCheck]:
    make = files.text(at(folder, "Makefile")) or ""
    target = _TEST_TARGET.search(make)
    if target and (program := files.program("make", folder)):
        words: tuple[str, ...] = (program, "-s", target[1])
        label = f"make {target[1]}"
        yield DetectedCheck(label, Stage.TESTS, words, folder, proves=True, about=tuple(tests))
        return
    for test in (path,) if path in tests else tests:
        text = files.text(test) or ""
        if not re.search(r"\bint\s+main\s*\(", text):
            continue
        # A source that the test includes must not be there twice.
        name = re.escape(PurePosixPath(path).name)
        is_included = re.search(rf'^\s*#\s*include\s*"(?:[^"]*/)?{name}"', text, re.MULTILINE)
        is_source = path.endswith((".c", ".cc", ".cpp", ".cxx")) and not is_included
        sources = [below(test, folder), *([below(path, folder)] if is_source else [])]
        built = '"$@" -o "$TMPDIR/program" && exec "$TMPDIR/program"'
        words = ("/bin/sh", "-c", built, "sh", *start, *dict.fromkeys(sources))
        yield DetectedCheck(
            PurePosixPath(test).name, Stage.TESTS, words, folder, proves=True, about=(test,)
        )
