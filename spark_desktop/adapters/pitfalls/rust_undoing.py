"""A trap of Rust: ``?`` leaves a function in the middle, and what it has changed stays changed.

The way out works on a copy, which takes the place of the whole once nothing can fail any more.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, above, below, named
from spark_desktop.adapters.pitfalls.rounds import statements
from spark_desktop.adapters.pitfalls.rust_types import method_of
from spark_desktop.adapters.pitfalls.shared import (
    each_then_all,
    free_name,
    lines_below,
    stands_alone,
)
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_LOOPS = ("for_expression", "while_expression", "loop_expression")
_CHANGES = frozenset(
    {"push", "push_str", "push_back", "push_front", "insert", "remove", "pop", "clear", "entry"}
    | {"pop_back", "pop_front", "get_mut", "iter_mut", "values_mut", "extend", "append", "drain"}
    | {"retain", "truncate", "swap_remove", "first_mut", "last_mut", "sort", "swap", "take"}
)
_COPIED = regex(r"#\[derive\([^)]*\bClone\b")
_PLAIN = regex(
    r"(?:Vec|VecDeque|HashMap|BTreeMap|HashSet|BTreeSet|Option|String|str|char|bool|&'static"
    r"|[ui](?:8|16|32|64|128|size)|f32|f64|[\s<>,&()])+"
)
_MUTABLE = regex(r"&(?:'\w+ )?mut self")
_FAILS = regex(r"return (?:Err\(|None\b|false\b)")


@dataclass(frozen=True, slots=True)
class _Given:
    """What a function may change: ``self``, or a parameter; and the methods that change it."""

    name: str
    methods: frozenset[str]


def _left_half_done(code: Code) -> Iterator[SmallChange]:
    """Where a later step fails, those before it have been done."""

    def found() -> Iterator[list[Edit]]:
        methods = frozenset(_changing(code))
        for function in code.nodes("function_item"):
            kind = named(function, "return_type")
            if kind is None or not re.match(r"(?:\w+::)*(Result|Option|bool)\b", code.text(kind)):
                continue
            for name in _changeable(function, code):
                given = _Given(name, methods)
                steps = _steps(function, given, code)
                if steps:
                    yield _on_copy(function, steps, given, code)

    return each_then_all(code, found())


def _changing(code: Code) -> Iterator[str]:
    """Yield the names of the file's methods that change what they are called on."""
    for function in code.every("function_item"):
        name, given = named(function, "name"), named(function, "parameters")
        parts = [] if given is None else given.named_children
        if name is not None and any(_MUTABLE.fullmatch(code.text(one)) for one in parts):
            yield code.text(name)


def _changeable(function: Node, code: Code) -> Iterator[str]:
    """Yield what a function is lent to change, of types that can be copied for sure."""
    given = named(function, "parameters")
    for one in [] if given is None else given.named_children:
        if one.type == "self_parameter" and code.text(one) == "&mut self":
            block = named(above(function, "impl_item"), "type")
            if block is not None and _is_copied(code.text(block), code):
                yield "self"
        pattern, kind = named(one, "pattern"), named(one, "type")
        if pattern is None or kind is None or pattern.type != "identifier":
            continue
        held = code.text(kind).removeprefix("&mut ")
        if held != code.text(kind) and _is_copied(held, code):
            yield code.text(pattern)


def _is_copied(kind: str, code: Code) -> bool:
    """Return whether all of a type can be copied: the file says so, or it is the library's."""
    words = {word for word in re.findall(r"[A-Z]\w*", kind) if not _PLAIN.fullmatch(word)}
    if not words:
        return _PLAIN.fullmatch(kind) is not None
    copied = set()
    for one in code.every("struct_item", "enum_item"):
        name, before = named(one, "name"), one.prev_named_sibling
        while before is not None and before.type in ("attribute_item", "line_comment"):
            if name is not None and _COPIED.match(code.text(before)):
                copied.add(code.text(name))
            before = before.prev_named_sibling
    return words <= copied and "'" not in kind


def _steps(function: Node, given: _Given, code: Code) -> list[Node]:
    """Return the statements from the first change on to the last that may fail behind one."""
    listed = statements(named(function, "body"))
    first = next((n for n, one in enumerate(listed) if _changes(one, given, code)), None)
    if first is None:
        return []
    last = 0
    for number, one in enumerate(listed[first:], first):
        if _may_fail(one, given, code) and (number > first or _is_round(one)):
            last = number + 1
    steps = listed[first:last]
    # The last expression of a function is its result, and nothing can stand behind it.
    is_result = bool(steps) and steps[-1] == listed[-1] and steps[-1].type not in _STATEMENTS
    return [] if is_result or not all(stands_alone(code, one) for one in steps) else steps


_STATEMENTS = ("expression_statement", "let_declaration", *_LOOPS)


def _is_round(statement: Node) -> bool:
    one = statement.named_children[0] if statement.type == "expression_statement" else statement
    return one.type in _LOOPS


def _changes(node: Node, given: _Given, code: Code) -> bool:
    """Return whether a statement changes what the function is lent."""
    for one in below(node, "assignment_expression", "compound_assignment_expr"):
        left = named(one, "left")
        if left is not None and _root(left, code) == given.name:
            return True
    for one in below(node, "call_expression"):
        method = method_of(one, code)
        if method is not None and _root(method[0], code) == given.name:
            is_own = given.name == "self" == code.text(method[0])
            if method[1] in (given.methods if is_own else given.methods | _CHANGES):
                return True
    return False


def _root(node: Node, code: Code) -> str:
    """Return the name that a chain of fields, elements and calls begins with."""
    while node.type not in ("identifier", "self") and node.named_children:
        node = node.named_children[0]
    return code.text(node)


def _may_fail(node: Node, given: _Given, code: Code) -> bool:
    """Return whether a statement may leave the function without putting back what it changed."""
    outer = ("closure_expression", "function_item", "async_block")
    function = above(node, *outer)
    for one in below(node, "try_expression", "return_expression"):
        if above(one, *outer) != function:
            continue
        if one.type == "return_expression" and not _FAILS.match(code.text(one)):
            continue
        statement = one.parent if one.parent is not None else one
        before = statement.prev_named_sibling
        if before is None or one.type == "try_expression" or not _changes(before, given, code):
            return True
    return False


def _on_copy(function: Node, steps: list[Node], given: _Given, code: Code) -> list[Edit]:
    name = free_name(function, code, "changed", "after", "new")
    edits = [code.before(steps[0], f"let mut {name} = {given.name}.clone();")]
    for step in steps:
        for one in below(step, "identifier", "self"):
            if code.text(one) != given.name:
                continue
            is_given = one.parent is not None and one.parent.type == "arguments"
            edits.append(code.edit(one, f"&mut {name}" if is_given else name))
    edits.append(lines_below(code, steps[-1], [f"*{given.name} = {name};"]))
    return edits


RULES: tuple[Rule, ...] = (_left_half_done,)
