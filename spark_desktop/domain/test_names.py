"""Which files of tests belong to a file by their names alone. Pure."""

from collections.abc import Iterable
from pathlib import PurePosixPath

MOST_TESTS = 4
_FAMILIES = (
    frozenset({".py"}),
    frozenset({".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"}),
    frozenset({".go"}),
    frozenset({".rs"}),
    frozenset({".c", ".cc", ".cpp", ".cxx", ".h", ".hpp"}),
)


def tests_by_name(path: str, files: Iterable[str]) -> tuple[str, ...]:
    """Return the files of tests for a file, the nearest first, at most MOST_TESTS.

    ``test_name``, ``name_test``, ``name.test`` and ``name.spec`` belong to ``name``, in a language
    of the same family; ``test_package`` belongs to the ``__init__.py`` of ``package``.
    """
    pure = PurePosixPath(path)
    family = next((one for one in _FAMILIES if pure.suffix in one), frozenset({pure.suffix}))
    stem = pure.parent.name if pure.name == "__init__.py" else pure.stem
    wanted = {
        *(f"test_{stem}", f"{stem}_test", f"{stem}.test", f"{stem}.spec", f"{stem}_spec"),
        *(f"test_{pure.parent.name}_{stem}", f"{stem}_tests", f"tests_{stem}"),
    }
    found = [
        one
        for one in files
        if one != path and (at := PurePosixPath(one)).suffix in family and at.stem in wanted
    ]
    return tuple(sorted(found, key=lambda one: (-_shared(path, one), len(one), one)))[:MOST_TESTS]


def is_test(path: str) -> bool:
    """Return whether a file's name says that it holds tests."""
    stem = PurePosixPath(path).stem
    return stem.startswith("test_") or stem.endswith(("_test", ".test", ".spec", "_tests"))


def _shared(path: str, other: str) -> int:
    """Return how many names of folders both have."""
    return len(set(path.split("/")[:-1]) & set(other.split("/")[:-1]))
