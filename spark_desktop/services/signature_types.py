"""Types that a documentation lacks, filled into its signatures by the model, one by one.

Small models document well and annotate badly, but write a type where only that is missing.
"""

import ast
import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace

from spark_desktop.domain.call_types import Called, CallTypes, is_used_as, one_type
from spark_desktop.domain.completion import Usage
from spark_desktop.domain.patch import apply
from spark_desktop.domain.plain_types import may_give_none, misfit, result_given
from spark_desktop.domain.prompt_layout import needs_proof
from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.python_expressions import type_of
from spark_desktop.domain.python_function import (
    Function,
    defaults_of,
    function_in,
    imports_in,
    unindented,
)
from spark_desktop.domain.python_inference import parameters_of
from spark_desktop.domain.said_types import type_meant, with_types
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.words import say
from spark_desktop.services.documentation import lines_of
from spark_desktop.services.judging import sum_of
from spark_desktop.services.prompts import infill_request
from spark_desktop.services.short_answers import short_answers
from spark_desktop.services.work import Work

_TOKENS = 16
# All of so many answers have to be the same type.
_ANSWERS = 3
_MOST_FUNCTIONS = 8
_CLASS = re.compile(r"\s*class\s+(\w+)")
_OWN = ("self", "cls")
_PYTHON = (".py", ".pyi")
# Stands where a type is asked for; nobody writes it.
_MARK = "SPARK_TYPE"


# What the calls of a function show.
Calls = Callable[[Called], Awaitable[CallTypes]]


class SignatureTypes:
    """Writes the types of one answer; ``usage`` is what asking for them took.

    ``calls`` may be missing: then the types are the model's alone.
    """

    def __init__(self, work: Work, calls: Calls | None = None) -> None:
        self._work = work
        self._calls = calls
        self.usage = Usage()

    async def region(self, found: Proposal) -> str | None:
        """Return what an answer makes of its region, with the types that it lacks.

        None where it lacks something else, or where one of them is shown by no call, and not
        told by the model, told in different ways, or refuted by the code. Raises EndpointError.
        """
        target, path = self._work.target, found.trigger.snapshot.path
        if not path.endswith(_PYTHON) or found.patch is None or not _lacks_only_types(found):
            return None
        after = apply(found.trigger.snapshot.text.content, found.patch.hunks)
        region = lines_of(target, after)
        if after.count(region) != 1 or not _functions(region):
            return None
        before = after.partition(region)[0]
        names = frozenset(_classes(after))
        lines = split_lines(region)
        behind = after.partition(region)[2]
        for rows in _functions(region):
            around = before + "".join(lines[: rows.start]), "".join(lines[rows.stop :]) + behind
            shown = await self._shown("".join(lines[rows]), around[0])
            typed = await self._typed("".join(lines[rows]), around, (shown, names))
            if typed is None:
                return None
            lines[rows] = split_lines(typed)
        return "".join(lines)

    async def _shown(self, text: str, before: str) -> CallTypes:
        """Return what calls show of a function, which stands behind a text."""
        found = function_in(text)
        if found is None or self._calls is None:
            return CallTypes()
        given = [one.arg for one in parameters_of(found.node.args) if one.arg not in _OWN]
        container = _class_around(before, found.width)
        return await self._calls(Called(found.node.name, tuple(given), container))

    async def _typed(
        self, text: str, around: tuple[str, str], told: tuple[CallTypes, Collection[str]]
    ) -> str | None:
        """Return a function with all types; ``around`` it stands the rest of the file."""
        found = function_in(text)
        if found is None:
            return None
        for name in _lacking(found.node):
            typed = await self._with_one(text, name, around, told)
            if typed is None:
                return None
            text = typed
        return text

    async def _with_one(
        self,
        text: str,
        name: str,
        around: tuple[str, str],
        told: tuple[CallTypes, Collection[str]],
    ) -> str | None:
        """Return a function with the type of a parameter, "" for the result.

        ``told`` is what calls show, and the classes that the file knows.
        """
        found = function_in(text)
        if found is None:
            return None
        shown, names = told
        if name:
            type_ = one_type(shown.passed.get(name, set()) | _default(found.node, name))
            # A class of somebody else's would have to be imported.
            type_ = type_ and type_meant(type_, names)
        else:
            type_ = result_given(found.node, imports_in("".join(around)))
        marked = with_types(text, {name: _MARK} if name else {}, "" if name else _MARK)
        if marked is None:
            return None
        if not type_:
            type_ = await self._told(marked.replace(f"{_MARK} | None", _MARK), around, names)
            if not self._is_credible(found.node, name, type_, shown):
                return None
        if not name and may_give_none(found.node) and "None" not in type_:
            type_ = f"{type_} | None"
        typed = type_ and with_types(text, {name: type_} if name else {}, "" if name else type_)
        found = function_in(typed or "")
        return typed if typed and found is not None and misfit(found.node) is None else None

    def _is_credible(self, function: Function, name: str, type_: str, shown: CallTypes) -> bool:
        """Return whether a type that the model told is to be written.

        Small models write a likely type where nothing shows which it is.
        """
        if not type_ or not needs_proof(self._work.endpoint.model):
            return bool(type_)
        if name and is_used_as(function, name, type_):
            return True
        seen = shown.passed.get(name, set()) if name else shown.compared
        # Where not all that is passed is known, what is has to be what the model tells.
        return type_ == one_type(seen - {""})

    async def _told(self, marked: str, around: tuple[str, str], names: Collection[str]) -> str:
        """Return the type that all answers tell for the mark's place, "" for none."""
        before, _, behind = marked.partition(_MARK)
        content = around[0] + before + behind + around[1]
        at = len(around[0]) + len(before)
        request = replace(
            infill_request(content, at, at),
            stop=("\n",),
            max_tokens=_TOKENS,
            priority=self._work.priority,
        )
        answers, usage = await short_answers(self._work.endpoint, request, _ANSWERS)
        self.usage = sum_of(self.usage, usage)
        told = {type_meant(one, names) for one in answers}
        return told.pop() if len(told) == 1 else ""


def _lacks_only_types(found: Proposal) -> bool:
    failed = [one for one in found.evidence if not one.passed and not one.is_advice]
    return [one.name for one in failed] == [say("says what was asked")]


def _functions(region: str) -> list[slice]:
    """Return the lines of the functions that lack types."""
    try:
        tree = ast.parse(unindented(region))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    inner = [one for node in tree.body if isinstance(node, ast.ClassDef) for one in node.body]
    found = [one for one in (*tree.body, *inner) if isinstance(one, Function)]
    wanted = [one for one in found if not one.name.startswith("_") and _lacking(one)]
    return [slice(one.lineno - 1, one.end_lineno) for one in wanted[:_MOST_FUNCTIONS]]


def _class_around(before: str, width: int) -> str:
    """Return the class that a function behind this text belongs to, by its indent."""
    if not width:
        return ""
    for line in reversed(split_lines(before)):
        if line.strip() and len(line) - len(line.lstrip()) < width:
            match = _CLASS.match(line)
            return match[1] if match is not None else ""
    return ""


def _default(function: Function, name: str) -> set[str]:
    values = [value for one, value in defaults_of(function.args) if one.arg == name]
    return {type_ for value in values if (type_ := type_of(value)) and type_ != "None"}


def _lacking(node: Function) -> list[str]:
    """Return the parameters without a type, and "" for a result without one, which comes last."""
    given = [one.arg for one in parameters_of(node.args) if one.annotation is None]
    bare = [one for one in given if one not in _OWN]
    return [*bare, ""] if node.returns is None and node.name != "__init__" else bare


def _classes(content: str) -> list[str]:
    """Return the names in a file that may be types."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    own = [one.name for one in tree.body if isinstance(one, ast.ClassDef)]
    brought = [
        each.asname or each.name
        for one in tree.body
        if isinstance(one, ast.ImportFrom)
        for each in one.names
    ]
    return [*own, *(one for one in brought if one[:1].isupper())]
