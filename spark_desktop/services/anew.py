"""A function's body written anew by a fill-in, for a change that a comment in the gap asks for.

Small models repeat a function that they are shown rather than change it; in the gap they go on
from a comment, as the code that they learned from does.
"""

import re
from dataclasses import replace
from pathlib import PurePosixPath

from spark_desktop.domain.documentation_requests import is_only_documentation
from spark_desktop.domain.fault import fault_in
from spark_desktop.domain.secret_lines import without_secrets
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import FailingTest, Instruction, ModelTrigger, Repair, Span, Stub
from spark_desktop.services.fill_in import FillIn, fill_in_of, without_rest
from spark_desktop.services.ports import Syntax
from spark_desktop.services.target import Target

_HASH = frozenset({".py", ".rb", ".sh", ".pl", ".r", ".jl", ".ex", ".exs"})
# Lines of a body that are shown as a comment, and characters of what is asked for.
_MOST_LINES = 40
_MOST_ASKED = 300


def anew_of(trigger: ModelTrigger, target: Target, syntax: Syntax) -> FillIn | None:
    """Return the fill-in for the body of the function that the region is about.

    None where that is no single function, or where its body cannot be replaced alone.
    """
    if isinstance(trigger, Stub | Repair) or is_only_documentation(trigger, target.instruction):
        return None
    text = replace(trigger.snapshot.text, content=target.content)
    snapshot = replace(trigger.snapshot, text=text)
    place = _place(trigger, target, syntax)
    stub = None if place is None else syntax.as_stub(snapshot, place)
    if stub is None or not _is_within(stub.lines, target.lines):
        return None
    if len(stub.body) > _MOST_LINES:
        return None
    fill_in = fill_in_of(replace(stub, lines=target.lines))
    if fill_in is None:
        return None
    prefix = fill_in.request.prefix
    begin = prefix.rfind("\n") + 1
    indent = prefix[begin:]
    body = split_lines(target.content)[stub.body.start : stub.body.end]
    note = _note(trigger, target, snapshot.path, indent, body)
    request = replace(fill_in.request, prefix=f"{prefix[:begin]}{note}{indent}")
    return without_rest(replace(fill_in, request=request))


def _place(trigger: ModelTrigger, target: Target, syntax: Syntax) -> Span | None:
    """Return a line of the function that is meant; None where several may be."""
    if isinstance(trigger, Instruction | FailingTest) and trigger.lines:
        return Span(trigger.lines.start, trigger.lines.start + 1)
    if trigger_lines := _own_lines(trigger, target):
        return trigger_lines
    said = trigger.report if isinstance(trigger, FailingTest) else target.instruction
    named = [
        one
        for one in syntax.symbols(trigger.snapshot)
        if target.region.start <= one.lines.start
        and one.lines.end <= target.region.end
        and re.search(rf"\b{re.escape(one.name)}\b", said)
    ]
    inner = [one for one in named if not any(_is_around(one.lines, two.lines) for two in named)]
    if len(inner) != 1:
        return None
    last = inner[0].lines.end - 1
    return Span(last, last + 1)


def _own_lines(trigger: ModelTrigger, target: Target) -> Span | None:
    """Return the last line of a region that is no whole file: functions end with their bodies."""
    if len(target.lines) == len(split_lines(target.content)):
        return None
    rows = split_lines(target.content)[target.lines.start : target.lines.end]
    filled = [row for row, line in enumerate(rows) if re.search(r"\w", line)]
    if not filled:
        return None
    last = target.lines.start + filled[-1]
    return Span(last, last + 1)


def _is_within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _is_around(outer: Span, inner: Span) -> bool:
    return outer != inner and _is_within(inner, outer)


def _note(trigger: ModelTrigger, target: Target, path: str, indent: str, body: list[str]) -> str:
    """Return the comment that shows what stood in the gap, and what is to be other about it."""
    before = [line.rstrip() for line in body if line.strip()]
    if isinstance(trigger, FailingTest):
        said = fault_in(trigger.report).words or trigger.name
        lines = [
            f"This was wrong ({without_secrets(said)}):",
            *_shifted(before),
            "This is right:",
        ]
    else:
        asked = " ".join(target.instruction.split())[:_MOST_ASKED]
        lines = ["Before:", *_shifted(before), f"Now: {asked}"]
    mark = "#" if PurePosixPath(path).suffix.lower() in _HASH else "//"
    return "".join(f"{indent}{mark} {line}".rstrip() + "\n" for line in lines)


def _shifted(lines: list[str]) -> list[str]:
    margin = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    return [f"    {line[margin:]}" for line in lines]
