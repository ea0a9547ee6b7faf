"""Classes of unittest, whose tests are awaited only by another base."""

import re
from collections.abc import Collection

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.file_names import FileNames
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

_BASE = regex(r"\(\s*(unittest\.)?(IsolatedAsyncio)?TestCase\s*\)")
_NAME = regex(r"(?<!\w)TestCase(?!\w)")
# Hooks of the class, which the runner calls and does not wait for.
_HOOKS = regex(
    r"setUp\w*|tearDown\w*|assert\w*|run|debug|id|fail\w*|skip\w*|subTest|shortDescription|"
    r"countTestCases|defaultTestResult|doCleanups|addCleanup|doClassCleanups|addClassCleanup"
)


def is_test_case(name: str, file: FileNames) -> bool:
    """Return whether a class of the file has a TestCase of unittest as its only base."""
    return _base(name, file) is not None


def is_hook(name: str) -> bool:
    """Return whether a method of that name may be called, or be given, by unittest itself."""
    return _HOOKS.fullmatch(name) is not None


def base_edits(turned: Collection[Defined], file: FileNames) -> list[TextEdit]:
    """Return the edits by which the classes of the tests that became async wait for them."""
    names = {one.container for one in turned if one.name.startswith("test")}
    bases = [found for name in sorted(names) if (found := _base(name, file)) is not None]
    plain = [found for found in bases if not found[2]]
    edits = [_isolated(found) for found in plain]
    bare = [found for found in plain if not found[1]]
    brought = {one.name: one for one in file.brought if one.module == "unittest"}
    named = brought.get("TestCase")
    if not bare or named is None or "IsolatedAsyncioTestCase" in brought:
        return edits
    is_needed = len(_NAME.findall(file.content)) > len(bare) + 1
    new = "IsolatedAsyncioTestCase, " if is_needed else "IsolatedAsyncio"
    return [*edits, TextEdit(named.name_at, named.name_at, new)]


def _isolated(found: re.Match[str]) -> TextEdit:
    at = found.start() + found[0].rindex("TestCase")
    return TextEdit(at, at, "IsolatedAsyncio")


def _base(name: str, file: FileNames) -> re.Match[str] | None:
    here = next((one for one in file.defined if one.name == name and not one.container), None)
    found = None if here is None else _BASE.match(file.content, here.name_at + len(name))
    if found is None:
        return None
    base = f"{found[2] or ''}TestCase"
    is_brought = any(
        one.local == ("unittest" if found[1] else base) and "unittest" in (one.module, one.name)
        for one in file.brought
    )
    return found if is_brought else None
