"""Types that a documentation lacks, filled into its signatures by the model, one by one.

Small models document well and annotate badly, but write a type where only that is missing.
"""

import ast
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from spark_desktop.domain.call_types import Called, CallTypes, is_used_as, one_type
from spark_desktop.domain.completion import Usage
from spark_desktop.domain.plain_types import may_give_none, misfit, result_given
from spark_desktop.domain.prompt_layout import needs_proof
from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.python_expressions import type_of
from spark_desktop.domain.python_function import (
    Function,
    container_of,
    defaults_of,
    function_in,
    functions_of,
    lines_with,
    tree_of,
)
from spark_desktop.domain.python_inference import names_outside
from spark_desktop.domain.python_scopes import FileNames, file_names, parameters_of
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
_OWN = ("self", "cls")
_PYTHON = (".py", ".pyi")
# Stands where a type is asked for; nobody writes it.
_MARK = "SPARK_TYPE"


# What the calls of a function show.
Calls = Callable[[Called], Awaitable[CallTypes]]


@dataclass(frozen=True, slots=True)
class _Around:
    """The rest of the file ``before`` and ``behind`` a function, and what it tells.

    ``shown`` is what calls show, ``classes`` are what may be types, ``names`` what the file binds.
    """

    before: str
    behind: str
    shown: CallTypes
    classes: frozenset[str]
    names: FileNames


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
        after = found.after
        region = lines_of(target, after)
        functions = _functions(region)
        if after.count(region) != 1 or not functions:
            return None
        before, _, behind = after.partition(region)
        lines = split_lines(region)
        for rows in functions:
            text, below = "".join(lines[rows]), "".join(lines[rows.stop :])
            around = await self._around(
                path, text, before + "".join(lines[: rows.start]), below + behind
            )
            typed = await self._typed(text, around)
            if typed is None:
                return None
            lines[rows] = split_lines(typed)
        return "".join(lines)

    async def _around(self, path: str, text: str, before: str, behind: str) -> _Around:
        """Return what the file and calls tell of a function."""
        content, line = before + text + behind, len(split_lines(before))
        container = container_of(content, line)
        shown = CallTypes() if container is None else await self._shown(path, text, container)
        classes = frozenset(_classes(content, line))
        return _Around(before, behind, shown, classes, file_names(content))

    async def _shown(self, path: str, text: str, container: str) -> CallTypes:
        """Return what calls show of a function, or of a method of a class."""
        found = function_in(text)
        if found is None or self._calls is None:
            return CallTypes()
        given = [one.arg for one in parameters_of(found.node.args) if one.arg not in _OWN]
        return await self._calls(Called(found.node.name, tuple(given), container, path))

    async def _typed(self, text: str, around: _Around) -> str | None:
        """Return a function with all types."""
        found = function_in(text)
        if found is None:
            return None
        for name in _lacking(found.node):
            typed = await self._with_one(text, name, around)
            if typed is None:
                return None
            text = typed
        return text

    async def _with_one(self, text: str, name: str, around: _Around) -> str | None:
        """Return a function with the type of a parameter, "" for the result."""
        found = function_in(text)
        if found is None:
            return None
        type_ = _shown_type(found.node, name, around)
        marked = with_types(text, {name: _MARK} if name else {}, "" if name else _MARK)
        if marked is None:
            return None
        if not type_:
            type_ = await self._told(marked.replace(f"{_MARK} | None", _MARK), around)
            if not self._is_credible(found.node, name, type_, around):
                return None
        if not name and may_give_none(found.node) and "None" not in type_:
            type_ = f"{type_} | None"
        typed = type_ and with_types(text, {name: type_} if name else {}, "" if name else type_)
        found = function_in(typed or "")
        is_right = found is not None and misfit(found.node, around.names) is None
        return typed if typed and is_right else None

    def _is_credible(self, function: Function, name: str, type_: str, around: _Around) -> bool:
        """Return whether a type that the model told is to be written.

        Small models write a likely type where nothing shows which it is.
        """
        if not type_ or not needs_proof(self._work.endpoint.model):
            return bool(type_)
        if name and is_used_as(function, name, type_):
            return True
        seen = around.shown.compared
        if name:
            seen = around.shown.passed.get(name, set()) | _default(function, name, around.names)
        # Where not all that is passed is known, what is has to be what the model tells.
        return type_ == one_type(seen - {""})

    async def _told(self, marked: str, around: _Around) -> str:
        """Return the type that all answers tell for the mark's place, "" for none."""
        before, _, behind = marked.partition(_MARK)
        content = around.before + before + behind + around.behind
        at = len(around.before) + len(before)
        request = replace(
            infill_request(content, at, at),
            stop=("\n",),
            max_tokens=_TOKENS,
            priority=self._work.priority,
        )
        answers, usage = await short_answers(self._work.endpoint, request, _ANSWERS)
        self.usage = sum_of(self.usage, usage)
        told = {type_meant(one, around.classes) for one in answers}
        return told.pop() if len(told) == 1 else ""


def _lacks_only_types(found: Proposal) -> bool:
    failed = [one for one in found.evidence if not one.passed and not one.is_advice]
    return [one.name for one in failed] == [say("says what was asked")]


def _functions(region: str) -> list[slice]:
    """Return the lines of the functions that lack types."""
    tree = tree_of(region)
    found = [] if tree is None else functions_of(tree)
    wanted = [one for one in found if not one.name.startswith("_") and _lacking(one)]
    return [lines_with(one) for one in wanted[:_MOST_FUNCTIONS]]


def _shown_type(function: Function, name: str, around: _Around) -> str:
    """Return the type that the file and the calls show, "" where they do not."""
    if not name:
        return result_given(function, around.names)
    passed, default = around.shown.passed.get(name, set()), _default(function, name, around.names)
    # Who writes 0 may mean any number.
    types = passed | default if passed or default != {"int"} else set()
    return type_meant(one_type(types), around.classes)


def _default(function: Function, name: str, names: FileNames) -> set[str]:
    values = [value for one, value in defaults_of(function.args) if one.arg == name]
    found = {type_of(value, names_outside(names)) for value in values}
    return found - {"", "None"}


def _lacking(node: Function) -> list[str]:
    """Return the parameters without a type, and "" for a result without one, which comes last."""
    given = [one.arg for one in parameters_of(node.args) if one.annotation is None]
    bare = [one for one in given if one not in _OWN]
    return [*bare, ""] if node.returns is None and node.name != "__init__" else bare


def _classes(content: str, line: int) -> list[str]:
    """Return the names in a file that may be types in a line, counted from 0.

    A class that is defined further down, or around the line, is not there yet.
    """
    tree = tree_of(content)
    if tree is None:
        return []
    imports = [one for one in tree.body if isinstance(one, ast.ImportFrom)]
    is_late = any(
        one.module == "__future__" and any(each.name == "annotations" for each in one.names)
        for one in imports
    )
    own = [
        one.name
        for one in tree.body
        if isinstance(one, ast.ClassDef) and (is_late or (one.end_lineno or 0) <= line)
    ]
    brought = [
        each.asname or each.name
        for one in imports
        if is_late or (one.end_lineno or 0) <= line
        for each in one.names
    ]
    # What is written in capitals is a constant.
    return [*own, *(one for one in brought if one[:1].isupper() and not one.isupper())]
