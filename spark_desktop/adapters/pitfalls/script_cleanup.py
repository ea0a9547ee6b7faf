"""A trap of JavaScript and TypeScript: what is set for a while stays so where an error leaves."""

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, below, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import (
    called,
    function_of,
    mentions,
    operator,
    root_of,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each, indent_of, line_of, stands_alone
from spark_desktop.domain.small_change import SmallChange

_FAILS = ("call_expression", "new_expression", "await_expression", "throw_statement")
_STEPS = {"++": "--", "--": "++", "+=": "-=", "-=": "+="}
# What is begun by one method and ended by another of the same object.
_PAIRS = {
    **{"acquire": "release", "lock": "unlock", "begin": "end", "start": "stop"},
    **{"push": "pop", "add": "delete", "enter": "leave", "pause": "resume", "open": "close"},
    **{"time": "timeEnd", "group": "groupEnd", "suspend": "resume", "save": "restore"},
    **{"disable": "enable", "show": "hide", "connect": "disconnect", "mount": "unmount"},
}


def left_set_by_error(code: Code) -> Iterator[SmallChange]:
    """``busy = true; work(); busy = false;`` stays busy where ``work`` throws."""

    def found() -> Iterator[list[Edit]]:
        for block in code.nodes("statement_block"):
            inside = [one for one in block.named_children if one.type != "comment"]
            for place, first in enumerate(inside):
                yield _mended(code, inside, place, first)

    return all_then_each(code, found())


def _mended(code: Code, inside: Sequence[Node], place: int, first: Node) -> list[Edit]:
    rest = inside[place + 1 :]
    if rest and rest[0].type == "try_statement":
        return _moved(code, first, rest[0])
    last = next((n for n, one in enumerate(rest) if _ends(code, first, one)), 0)
    between, after = rest[:last], rest[last + 1 :]
    if not any(True for one in between for _ in below(one, *_FAILS)):
        return []
    if not all(stands_alone(code, one) for one in [first, *rest]):
        return []
    taken = _taken_along(between, after)
    ending = line_of(code, rest[last]) if taken is not None else None
    if taken is None or ending is None:
        return []
    return _wrapped(code, [*between, *taken], rest[last], ending)


def _taken_along(between: Sequence[Node], after: Sequence[Node]) -> Sequence[Node] | None:
    """Return what has to be in the ``try`` as well as it reads what is declared there.

    None where that would have more happen before the end than did.
    """
    declared = [
        text_of(name)
        for one in between
        if one.type in ("lexical_declaration", "variable_declaration")
        for name in below(one, "identifier", "shorthand_property_identifier_pattern")
    ]
    if not any(mentions(one, name) for one in after for name in declared):
        return []
    is_only_result = len(after) == 1 and after[0].type == "return_statement"
    is_quiet = is_only_result and not any(True for _ in below(after[0], *_FAILS))
    return after if is_quiet else None


def _wrapped(code: Code, kept: Sequence[Node], end: Node, ending: Edit) -> list[Edit]:
    """Return what puts statements into a ``try`` whose ``finally`` is the end."""
    content, newline = code.content, code.newline
    indent = indent_of(code, kept[0])
    step = _step(code, kept[0])
    begin = content.rfind("\n", 0, code.places.start(kept[0])) + 1
    last = max(code.places.end(kept[-1]), ending[1] - 1)
    until = content.find("\n", last) + 1 or len(content)
    closed = {row for one in kept for each in below(one, "template_string") for row in _rows(each)}
    lines = []
    row = kept[0].start_point.row
    at = begin
    for number, line in enumerate(content[begin:until].splitlines(keepends=True)):
        if not ending[0] <= at < ending[1]:
            is_moved = line.strip() and row + number not in closed
            lines.append(f"{step}{line}" if is_moved else line)
        at += len(line)
    head, tail = f"{indent}try {{{newline}", f"{indent}}} finally {{{newline}"
    tail += f"{indent}{step}{code.text(end)}{newline}{indent}}}{newline}"
    return [(begin, until, head + "".join(lines) + tail)]


def _rows(node: Node) -> range:
    """Return the rows of a text whose blanks are part of it."""
    return range(node.start_point.row + 1, node.end_point.row + 1)


def _step(code: Code, node: Node) -> str:
    """Return by how much the file indents what is in a block."""
    indent = indent_of(code, node)
    outer = indent_of(code, node.parent) if node.parent is not None else ""
    return indent.removeprefix(outer) or "  "


def _moved(code: Code, first: Node, whole: Node) -> list[Edit]:
    """Return what moves the end from a ``try`` that only catches into its ``finally``."""
    body, handler = named(whole, "body"), named(whole, "handler")
    if body is None or handler is None or named(whole, "finalizer") is not None:
        return []
    inside = [one for one in body.named_children if one.type != "comment"]
    last = next((one for one in inside if _ends(code, first, one)), None)
    ending = None if last is None else line_of(code, last)
    if last is None or ending is None or code.text(last).rstrip(";") in code.text(handler):
        return []
    behind = whole.next_named_sibling
    if behind is not None and code.text(last) == code.text(behind):
        return []
    indent, place = indent_of(code, whole), code.places.end(whole)
    step = _step(code, last)
    line = f"{code.newline}{indent}{step}{code.text(last)}{code.newline}{indent}"
    return [ending, (place, place, f" finally {{{line}}}")]


def _ends(code: Code, first: Node, last: Node) -> bool:
    """Return whether a statement takes back what another one did."""
    one, other = _only(first), _only(last)
    if one is None or other is None:
        return False
    if one.type == "call_expression":
        return _is_paired(code, one, other)
    target = _target(one)
    same = _target(other)
    if target is None or same is None or code.text(target) != code.text(same):
        return False
    if not _is_of_others(code, target, first):
        return False
    sign, back = operator(one), operator(other)
    if sign or back:
        return _STEPS.get(sign) == back and _right(code, one) == _right(code, other)
    value, then = _right(code, one), _right(code, other)
    if value == then or one.type != "assignment_expression":
        return False
    return _is_literal(other) or _is_kept(code, then, code.text(target), first)


def _only(statement: Node) -> Node | None:
    is_plain = statement.type == "expression_statement" and statement.named_children
    return statement.named_children[0] if is_plain else None


def _target(node: Node) -> Node | None:
    return named(node, "left") or (
        named(node, "argument") if node.type == "update_expression" else None
    )


def _right(code: Code, node: Node) -> str:
    right = named(node, "right")
    return "" if right is None else code.text(right)


def _is_literal(node: Node) -> bool:
    right = named(node, "right")
    return right is not None and right.type in ("true", "false", "null", "undefined", "string")


def _is_kept(code: Code, name: str, target: str, first: Node) -> bool:
    """Return whether a name is what was there before: ``const old = this.level``."""
    block = first.parent
    declared = [] if block is None else below(block, "variable_declarator")
    return any(
        text_of(named(one, "name") or one) == name
        and code.text(named(one, "value") or one) == target
        and one.start_byte < first.start_byte
        for one in declared
    )


def _is_of_others(code: Code, target: Node, statement: Node) -> bool:
    """Return whether a thing is there still when the function has ended."""
    root = root_of(target)
    if root.type == "this" or target.type != "identifier":
        return True
    declared = facts(code).declared(root)
    return declared is not None and function_of(declared) != function_of(statement)


def _is_paired(code: Code, one: Node, other: Node) -> bool:
    held, last = (named(named(each, "function"), "object") for each in (one, other))
    if held is None or last is None or code.text(held) != code.text(last):
        return False
    if _PAIRS.get(called(one)) != called(other):
        return False
    is_own = held.type == "identifier" and not _is_of_others(code, held, one)
    given, back = (code.text(named(each, "arguments") or each) for each in (one, other))
    is_listed = called(one) in ("push", "add")
    return not (is_own and is_listed) and (called(one) != "add" or given == back)
