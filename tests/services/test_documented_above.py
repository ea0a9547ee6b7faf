"""How a documentation is asked for whose comment stands above the code."""

import pytest
from fakes import FakeEndpoint

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.proposal import Proposal, Streaming
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.track_record import Way
from spark_desktop.domain.trigger import Instruction, Span
from spark_desktop.domain.workspace import snapshot_of
from spark_desktop.services.prompts import Surroundings
from spark_desktop.services.target import target_of
from spark_desktop.services.work import Work

GO = "func Last(n int) int {\n\treturn n - 1\n}\n"
PYTHON = "def last(n):\n    return n - 1\n"


@pytest.mark.parametrize(
    ("path", "code", "asked", "is_above"),
    [
        ("a.go", GO, "add a doc comment", True),
        ("a.go", f"// Last is it.\n{GO}", "add a doc comment that says what n is", False),
        ("a.go", GO, "add a doc comment and return n - 2", False),
        ("a.ts", "function f(n) {\n  return n;\n}\n", "add a JSDoc comment and types", False),
        ("a.py", PYTHON, "add a docstring", False),
    ],
)
def test_it_is_said_where_the_comment_goes(
    path: str, code: str, asked: str, is_above: bool
) -> None:
    trigger = Instruction(
        snapshot_of(path, SourceText(code)), Span(0, len(code.splitlines())), asked
    )
    target = target_of(trigger, TreeSitterSyntax())
    work = Work(Proposal("1", trigger, Streaming(1)), target, FakeEndpoint(), Surroundings(), None)
    text = work.request(Way.REGION).messages[-1].text
    assert ("right above it the comment" in text) is is_above
