"""Which tests belong to which file, by their names and folders."""

import re
from collections.abc import Iterable
from posixpath import basename, dirname

from spark_desktop.domain.regex import regex

_TEST_FOLDERS = frozenset(
    {"tests", "test", "__tests__", "spec", "specs", "testing", "unit", "integration", "e2e"}
)
# Folders that a mirror of the tests leaves out.
_SOURCE_FOLDERS = frozenset({"src", "lib", "include", "main", "java", "app", "pkg"})
_SCRIPTS = ("ts", "tsx", "js", "jsx", "mts", "cts", "mjs", "cjs")
_CPP = ("cpp", "cc", "cxx", "c", "hpp", "h", "hh", "hxx")
_KINS = (_SCRIPTS, _CPP, ("py", "pyi"))
_TEST_STEM = regex(
    r"(?:test_(?P<a>.+)|(?P<b>.+?)[._-](?:tests?|spec|unittest)|(?P<c>.+?)(?:Tests?|Spec|IT)"
    r"|(?:Test)(?P<d>[A-Z].*))"
)
# Names of tests that do not say what they test.
_NO_SUBJECT = frozenset({"conftest.py", "test.py", "tests.py", "test.rs", "tests.rs"})
_STEM = regex(r"(?P<stem>.+?)\.(?P<suffix>[A-Za-z+]+)")


def is_test(path: str) -> bool:
    """Return whether the file's name or folder says that it holds tests."""
    if basename(path) in _NO_SUBJECT:
        return True
    return tested_stem(path) is not None or not _TEST_FOLDERS.isdisjoint(
        dirname(path).lower().split("/")
    )


def is_run_as_test(path: str) -> bool:
    """Return whether a runner finds tests in the file: not in what tests share, by its name."""
    return tested_stem(path) is not None or (path.endswith(".rs") and is_test(path))


def is_slow_test(path: str) -> bool:
    """Return whether a test's folder says that it needs a whole program."""
    return not {"e2e", "integration"}.isdisjoint(dirname(path).lower().split("/"))


def tested_stem(path: str) -> str | None:
    """Return the name, without ending, of what a test file tests; None for any other file."""
    parts = _STEM.fullmatch(basename(path))
    if parts is None or (match := _TEST_STEM.fullmatch(parts["stem"])) is None:
        return None
    return str(next(filter(None, match.groups())))


def names_of_tests(path: str) -> tuple[str, ...]:
    """Return the names that a test file for this file would have, the usual ones first."""
    parts = _STEM.fullmatch(basename(path))
    if parts is None:
        return ()
    stem, suffix = parts["stem"], parts["suffix"]
    if stem in ("mod", "lib", "main", "index", "__init__") and dirname(path):
        inner = [one for one in dirname(path).split("/") if one not in _SOURCE_FOLDERS]
        stem = inner[-1] if inner else stem
    if suffix in ("py", "pyi", "pyw"):
        stem = stem.lstrip("_") or stem
        return (f"test_{stem}.py", f"{stem}_test.py", f"{stem}_tests.py")
    if suffix in _SCRIPTS:
        ends = dict.fromkeys((suffix, *_SCRIPTS))
        return tuple(f"{stem}.{kind}.{end}" for end in ends for kind in ("test", "spec"))
    if suffix == "go":
        return (f"{stem}_test.go",)
    if suffix == "rs":
        return (f"{stem}.rs", f"{stem}_test.rs", f"{stem}_tests.rs", f"test_{stem}.rs")
    if suffix in _CPP:
        kinds = ("{}_test", "{}_tests", "test_{}", "{}Test", "{}_unittest", "{}-test", "{}.test")
        return tuple(
            f"{kind.format(stem)}.{end}" for kind in kinds for end in ("cpp", "cc", "cxx", "c")
        )
    if suffix in ("java", "cs", "php"):
        return (f"{stem}Test.{suffix}", f"{stem}Tests.{suffix}", f"Test{stem}.{suffix}")
    if suffix == "rb":
        return (f"{stem}_spec.rb", f"{stem}_test.rb", f"test_{stem}.rb")
    return ()


def tested_names(path: str) -> tuple[str, ...]:
    """Return the names that the file that a test tests would have."""
    stem = tested_stem(path)
    suffix = basename(path).rpartition(".")[2]
    if stem is None:
        # Rust's tests are named as what they test, in a folder of their own.
        inside = suffix == "rs" and not _TEST_FOLDERS.isdisjoint(dirname(path).split("/"))
        return (basename(path),) if inside else ()
    ends = next((kin for kin in _KINS if suffix in kin), (suffix,))
    names = [f"{stem}.{end}" for end in dict.fromkeys((suffix, *ends)) if end in ends]
    if suffix == "py":
        names.append(f"_{stem}.py")
    return tuple(names)


def ranked(path: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """Return the candidates, those whose folders fit the file's best first, itself left out."""
    own = _folders(path)

    def unlike(other: str) -> tuple[int, int, str]:
        theirs = _folders(other)
        shared = 0
        # From the file upwards: tests mirror the inner folders, not where all of them are.
        for one, another in zip(reversed(own), reversed(theirs), strict=False):
            if one != another:
                break
            shared += 1
        return (-shared, len(own) + len(theirs) - 2 * shared, other)

    return tuple(sorted({one for one in candidates if one != path}, key=unlike))


def words_shared(path: str, test: str) -> int:
    """Return how many words the names of two files share, whatever their number."""
    own, theirs = (
        {word.rstrip("s") for word in re.split(r"[\W_]+", basename(one).lower()) if len(word) > 2}
        for one in (path, test)
    )
    return len((own & theirs) - {"test", "spec"})


def is_pair(path: str, test: str) -> bool:
    """Return whether the names alone say that one file tests the other.

    A file of Rust in the folder of the tests may be named as what it tests.
    """
    if basename(test) not in names_of_tests(path):
        return False
    return tested_stem(test) is not None or is_test(test)


def _folders(path: str) -> list[str]:
    parts = dirname(path).split("/")
    left_out = _TEST_FOLDERS | _SOURCE_FOLDERS
    return [part for part in parts if part and part.lower() not in left_out]
