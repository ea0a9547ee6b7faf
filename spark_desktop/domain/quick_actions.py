"""The quick actions of a selection: what each asks a model for, and where it may be used."""

from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import dirname, join

from spark_desktop.domain.test_pairs import is_test, names_of_tests, ranked
from spark_desktop.domain.trigger import QuickAction
from spark_desktop.domain.words import Said, say

# What a model reads; the list of proposals names the lines instead.
_INSTRUCTIONS: Mapping[QuickAction, str] = {
    QuickAction.FIX: "Fix the mistakes in this code, and leave the rest of it as it is",
    QuickAction.DOCUMENT: (
        "Document this code with a docstring, or as is usual in its language; leave the code itself"
        " as it is"
    ),
    QuickAction.SIMPLIFY: "Make this code simpler and easier to read; it must do the same as now",
}


@dataclass(frozen=True, slots=True)
class Actions:
    """Which quick actions are offered."""

    explain: bool = True
    fix: bool = True
    document: bool = True
    test: bool = True
    simplify: bool = True

    def has(self, action: QuickAction) -> bool:
        """Return whether an action is offered."""
        return bool(getattr(self, action.value))


@dataclass(frozen=True, slots=True)
class ActionsHere:
    """Which quick actions are offered in one folder; None: as everywhere."""

    explain: bool | None = None
    fix: bool | None = None
    document: bool | None = None
    test: bool | None = None
    simplify: bool | None = None


def instruction_of(action: QuickAction) -> str:
    """Return what a model is told to do with the code. Raises KeyError for those that tell more."""
    return _INSTRUCTIONS[action]


def instruction_for_test(name: str, path: str) -> str:
    """Return what a model is told that adds a test of ``name``, in ``path``, to a file of tests."""
    return (
        f"Add a test for `{name}` of {path} in the style of the tests here; keep those as they are"
    )


def explain_question(name: str, lines: str) -> Said:
    """Return the question that asks for an explanation; ``lines`` are as a person reads them."""
    if not name:
        return say("Explain {lines}: what does this code do, and why?", lines=lines)
    return say("Explain `{name}` ({lines}): what does it do, and why?", name=name, lines=lines)


def question_for_test(name: str, lines: str, new_path: str) -> Said:
    """Return the question whose answer is a new file of tests."""
    return say(
        "Write a test for `{name}` ({lines}). Answer with the whole new file {path}, its path on "
        "the line above the code.",
        name=name,
        lines=lines,
        path=new_path,
    )


def new_test_path(path: str, known: tuple[str, ...]) -> str:
    """Return where the first test of a file would stand, beside the tests that are ``known``.

    Empty for a language whose tests have no usual names.
    """
    names = names_of_tests(path)
    if not names:
        return ""
    near = ranked(path, (one for one in known if is_test(one)))
    usual = "tests" if path.endswith(".py") else dirname(path)
    return join(dirname(near[0]) if near else usual, names[0])
