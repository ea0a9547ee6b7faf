"""Which functions may become async because they call one that is: those that nothing forbids."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.file_names import FileNames, Occurrence, Role
from spark_desktop.domain.passed_on import is_default, is_passed_on
from spark_desktop.domain.regex import regex
from spark_desktop.domain.unittest_cases import is_hook, is_test_case
from spark_desktop.domain.waiting import Obstacle
from spark_desktop.domain.words import Said, say

# They give on what they take as it is.
_PLAIN_DECORATORS = ("staticmethod", "classmethod", "final", "no_type_check")
_OVERRIDES = ("override", "abstractmethod")
# The language calls them by itself, and waits for none.
_SPECIAL = regex(r"__\w+__|constructor|toString|toJSON|valueOf|then")
# React calls them, and waits for none.
_HOOK = regex(r"use[A-Z]\w*")
# A loop cannot run in one that runs.
RUNS = regex(
    r"\b(?:(?:asyncio|anyio|trio)\.run|run_until_complete|run_coroutine_threadsafe|async_to_sync)\("
)


def why_plain(one: Defined, file: FileNames) -> Said | None:
    """Return why a function cannot become async by what its file tells; None where it can."""
    turning = one.turning
    if turning is None or not turning.is_plain:
        is_generator = turning is not None and turning.obstacle is Obstacle.GENERATOR
        if is_generator:
            return say("{name} is a generator", name=one.name)
        return say("whether {name} gives a promise is not clear", name=one.name)
    if one.is_property or turning.obstacle is Obstacle.PROPERTY:
        return say("{name} is a property", name=one.name)
    if _SPECIAL.fullmatch(one.name):
        return say("{name} is called by the language itself", name=one.name)
    names = [_name_of(text) for text in turning.decorators]
    if turning.obstacle is Obstacle.OVERRIDE or any(name in _OVERRIDES for name in names):
        return say("{name} may stand for one of a base class", name=one.name)
    other = next((name for name in names if name not in _PLAIN_DECORATORS), None)
    if other is not None:
        return say("what {decorator} makes of it may not wait", decorator=other)
    if turning.obstacle is Obstacle.COMPONENT or _is_hook(one, file):
        return say("{name} is part of a page that is drawn at once", name=one.name)
    if turning.obstacle is not None:
        return say("the type of {name} is told elsewhere", name=one.name)
    if _is_of_pytest(one, file) or (_is_in_test_case(one, file) and is_hook(one.name)):
        return say("{name} is called by tests that do not wait", name=one.name)
    if RUNS.search(one.text):
        return say("{name} runs a loop of its own", name=one.name)
    return None


def why_used(
    one: Defined, file: FileNames, uses: Iterable[tuple[FileNames, Occurrence]]
) -> Said | None:
    """Return why a function cannot become async by how it is used; None where it can."""
    twice = [
        each
        for each in file.occurrences
        if each.name == one.name
        and each.role is Role.BOUND
        and each.receiver == one.container
        and not each.scopes
    ]
    if len(twice) > 1:
        return say("{name} is defined more than once", name=one.name)
    if is_default(one, file) or any(is_passed_on(use, there) for there, use in uses):
        return say("{name} is passed on, not only called", name=one.name)
    return None


def _name_of(decorator: str) -> str:
    return decorator.lstrip("@ ").partition("(")[0].rpartition(".")[2].strip()


def _is_hook(one: Defined, file: FileNames) -> bool:
    return file.language != "python" and _HOOK.fullmatch(one.name) is not None


def _is_in_test_case(one: Defined, file: FileNames) -> bool:
    return bool(one.container) and is_test_case(one.container, file)


def _is_of_pytest(one: Defined, file: FileNames) -> bool:
    name = PurePosixPath(file.path).name
    is_there = name.startswith("test_") or name.endswith("_test.py")
    is_test = is_there and file.language == "python" and one.name.startswith("test")
    return is_test and not _is_in_test_case(one, file)
