"""Which of a project's checks are asked about one changed file. Pure but for its questions."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from spark_desktop.domain.changed_examples import examples_in
from spark_desktop.domain.compiled_checks import cpp_checks, go_checks, rust_checks
from spark_desktop.domain.detected_checks import DetectedCheck, ProjectFiles
from spark_desktop.domain.python_checks import python_checks
from spark_desktop.domain.script_checks import script_checks

_SCRIPTS = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
_CPP = (".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp")


def planned(
    path: str, before: str, after: str, files: ProjectFiles, tests: Sequence[str]
) -> tuple[DetectedCheck, ...]:
    """Return the checks in the order in which they are asked; none for a language unknown here.

    ``tests`` are the files of tests that touch the file.
    """
    suffix = PurePosixPath(path).suffix
    if suffix == ".py":
        found = python_checks(path, files, tests, examples_in(before, after))
    elif suffix in _SCRIPTS:
        found = script_checks(path, files, tests)
    elif suffix == ".go":
        found = go_checks(path, files, tests)
    elif suffix == ".rs":
        found = rust_checks(path, files, tests)
    elif suffix in _CPP:
        found = cpp_checks(path, files, tests)
    else:
        return ()
    return tuple(sorted(found, key=lambda one: one.stage))
