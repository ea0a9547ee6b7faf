"""Types that a request tells in words, and those of the answer."""

import ast

import pytest

from spark_desktop.domain.asked_types import other_than_asked
from spark_desktop.domain.unsaid import unsaid

PORTS = "types for the parameters (taken is any collection of ports) and the result"


def other(instruction, head):
    return other_than_asked(instruction, ast.parse(f"def f({head}): ...").body[0])


@pytest.mark.parametrize(
    ("instruction", "head"),
    [
        (PORTS, "taken: Collection[int]"),
        (PORTS, "taken: abc.Collection"),
        (PORTS, "taken: 'list[int]'"),
        (PORTS, "taken"),
        ("folder is a Path, limit may be None", "folder: pathlib.Path, limit: int | None"),
        ("names and owners are texts", "name: str, owner: Optional[str]"),
        ("amounts are decimal numbers", "amounts: float"),
        ("what is a list for the user", "what_is: int"),
        ("document it", "a: int"),
        ("rows is a list of dicts or any iterable", "rows: Iterable[dict]"),
    ],
)
def test_what_is_as_it_was_said(instruction, head):
    assert other(instruction, head) is None


@pytest.mark.parametrize(
    ("instruction", "head", "found"),
    [
        (PORTS, "taken: set", ("taken", "Collection", "set")),
        ("`folder` is a Path", "folder: str", ("folder", "Path", "str")),
        ("names and owners are texts", "name: str, owner: int", ("owner", "str", "int")),
    ],
)
def test_what_is_another_type_than_was_said(instruction, head, found):
    assert other(instruction, head) == found


def test_such_an_answer_is_refused():
    code = (
        'def free(taken: set) -> int:\n    """Find a free port; taken are not."""\n    return 1\n'
    )
    told = unsaid(f"add {PORTS}", "a.py", code)
    assert told.detail == "taken was said to be Collection, not set."
    assert unsaid(f"add {PORTS}", "a.py", code.replace("set", "Collection[int]")).passed


def test_what_many_are_is_the_type_of_each():
    asked = "add type hints and a docstring to f. lengths are floats in metres"
    code = 'def f(lengths: list[float]) -> None:\n    """Cut `lengths`, in metres."""\n'
    assert unsaid(asked, "a.py", code).passed
    other = unsaid(asked, "a.py", code.replace("float", "str"))
    assert other.detail == "lengths was said to be float, not list[str]."
