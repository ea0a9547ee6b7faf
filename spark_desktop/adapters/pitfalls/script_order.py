"""Traps of order in JavaScript and TypeScript: what changes while it is read, and one too few."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import (
    arguments,
    called,
    calls,
    end_mark,
    is_dropped,
    mentions,
    object_of,
    operator,
    parameters,
    root_of,
    sides,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each, one_of
from spark_desktop.domain.small_change import SmallChange

_GROWING = ("push", "unshift", "splice", "pop", "shift", "add", "delete", "set", "clear")
# Parameters of what walks a list and is told the places.
_WITH_INDEX = 2
_BLOCKS = ("statement_block", "program", "switch_case")


def skipped_after_removal(code: Code) -> Iterator[SmallChange]:
    """Behind what a forward loop removes, the next one is skipped: it goes backwards."""
    for loop in code.nodes("for_statement"):
        parts = [named(loop, one) for one in ("initializer", "condition", "increment", "body")]
        first, condition, step, body = parts
        if first is None or condition is None or step is None or body is None:
            continue
        both, declared = sides(condition), next(below(first, "variable_declarator"), None)
        name, begin = named(declared, "name"), named(declared, "value")
        if both is None or name is None or begin is None or not code.text(step).endswith("++"):
            continue
        index, listed = code.text(name), code.text(both[1]).removesuffix(".length")
        removals = [
            one
            for one in below(body, "call_expression")
            if (held := object_of(one, "splice")) is not None
            and code.text(held) == listed
            and [code.text(given) for given in arguments(one)][:1] == [index]
        ]
        if not removals or listed == code.text(both[1]) or code.text(condition).count("<") != 1:
            continue
        backwards = [
            code.edit(begin, f"{listed}.length - 1"),
            code.edit(condition, f"{index} >= {code.text(begin)}"),
            code.edit(step, f"{index}--"),
        ]
        statement = removals[0].parent
        others = [one for one in below(body, "call_expression") if object_of(one, *_GROWING)]
        is_alone = len(removals) == 1 and is_dropped(removals[0])
        if is_alone and len(others) > 1 and statement is not None:
            # What is collected on the way keeps its order.
            yield _with_step_back(code, statement, index)
        else:
            yield code.together(backwards)


def _with_step_back(code: Code, statement: Node, index: str) -> SmallChange:
    mark = end_mark(code, statement)
    start, end = code.places.start(statement), code.places.end(statement)
    begin = code.content.rfind("\n", 0, start) + 1
    indent = code.content[begin:start]
    if statement.parent is not None and statement.parent.type in _BLOCKS:
        between = " " if indent.strip() else code.newline + indent
        return SmallChange(end, end, f"{between}{index}--{mark}")
    return SmallChange(start, end, f"{{ {code.text(statement)} {index}--{mark} }}")


def changed_while_read(code: Code) -> Iterator[SmallChange]:
    """Who adds to or removes from what a loop goes over, goes over a copy."""

    def found() -> Iterator[list[Edit]]:
        for loop in code.nodes("for_in_statement"):
            both, body = sides(loop), named(loop, "body")
            if both is None or body is None or not any(one.type == "of" for one in loop.children):
                continue
            source = object_of(both[1], "keys", "values", "entries") or both[1]
            if _changes(code, body, code.text(source)) and source.type != "array":
                yield [code.edit(both[1], f"[...{code.text(both[1])}]")]
        for _call, held, given in calls(code, "forEach"):
            if given and _changes(code, given[0], code.text(held)):
                copied = code.edit(held, f"[...{code.text(held)}]")
                yield [copied, *_found_again(code, given[0], code.text(held))]

    return all_then_each(code, found())


def _found_again(code: Code, function: Node, held: str) -> Iterator[Edit]:
    """Yield how what is removed by its place in the copy is found where others are gone."""
    known = parameters(function)
    names = list(known)
    # Only a whole entry is found in the list again, not what is taken out of it.
    if any(above(one, "object_pattern", "array_pattern") for one in known.values()):
        return
    for call in below(function, "call_expression"):
        owner, given = object_of(call, "splice"), arguments(call)
        if owner is None or code.text(owner) != held or len(names) < _WITH_INDEX or not given:
            continue
        if code.text(given[0]) == names[1]:
            yield code.edit(given[0], f"{held}.indexOf({names[0]})")


def _changes(code: Code, body: Node, text: str) -> bool:
    return any(
        code.text(held) == text
        for one in below(body, "call_expression")
        if (held := object_of(one, *_GROWING)) is not None
    )


def both_at_once(code: Code) -> Iterator[SmallChange]:
    """``a = b; b = a;`` loses a: both are assigned at once."""
    for first, second in _neighbours(code):
        one, other = _assignment(first), _assignment(second)
        if one is None or other is None:
            continue
        names = [code.text(one[0]), code.text(other[0])]
        is_swap = mentions(one[1], names[1]) and mentions(other[1], names[0])
        if not is_swap or not all(side.type == "identifier" for side in (one[0], other[0])):
            continue
        mark = end_mark(code, first)
        values = f"[{code.text(one[1])}, {code.text(other[1])}]"
        text = f"[{', '.join(names)}] = {values}{mark}"
        # Without semicolons, a bracket goes on with the line above.
        if mark:
            start, end = code.places.start(first), code.places.end(second)
            yield SmallChange(start, end, text)


def read_too_late(code: Code) -> Iterator[SmallChange]:
    """A statement reads what the one above it has changed just now."""
    for first, second in _neighbours(code):
        changed = _changed(first)
        is_plain = second.type in ("expression_statement", "if_statement", "lexical_declaration")
        if not changed or not is_plain or _mentions_declared(first, second):
            continue
        if not any(_reads(code, second, name) for name in changed):
            continue
        edits = [code.edit(first, code.text(second)), code.edit(second, code.text(first))]
        yield code.together(edits)


def _neighbours(code: Code) -> Iterator[tuple[Node, Node]]:
    for first in code.nodes("expression_statement"):
        second = first.next_named_sibling
        is_inside = first.parent is not None and first.parent.type in _BLOCKS
        if second is not None and is_inside and second.type != "comment":
            yield first, second


def _assignment(statement: Node) -> tuple[Node, Node] | None:
    inner = statement.named_children[0] if statement.named_children else statement
    return sides(inner) if inner.type == "assignment_expression" else None


def _changed(statement: Node) -> list[str]:
    inner = statement.named_children[0] if statement.named_children else statement
    if "assignment" in inner.type:
        left = named(inner, "left")
        return [] if left is None else [text_of(left)]
    if inner.type == "update_expression":
        value = named(inner, "argument")
        return [] if value is None else [text_of(value)]
    held = object_of(inner, *_GROWING)
    return [] if held is None else [text_of(held)]


def _reads(code: Code, statement: Node, text: str) -> bool:
    return any(
        code.text(one) == text
        for one in below(statement, "identifier", "member_expression", "subscript_expression")
        if not _is_target(one)
    )


def _is_target(node: Node) -> bool:
    outer = node.parent
    return (
        outer is not None
        and outer.type == "assignment_expression"
        and (named(outer, "left") == node)
    )


def _mentions_declared(first: Node, second: Node) -> bool:
    """Return whether the first statement needs what the second one declares."""
    names = (named(one, "name") for one in below(second, "variable_declarator"))
    return any(one is not None and mentions(first, text_of(one)) for one in names)


def one_too_few(code: Code) -> Iterator[SmallChange]:
    """The end of a slice is not part of it; nor is the start of what comes behind."""
    for call, _held, given in calls(code, "slice", "substring"):
        plain = [
            node
            for node in reversed(given)
            if node.type == "identifier" and facts(code).known(node).kind in ("", "number")
        ]
        changes = (code.put(node, f"{code.text(node)} + 1") for node in plain)
        yield from one_of(code.places.start(call), *changes)
    for loop in code.nodes("for_statement"):
        declared = next(below(named(loop, "initializer") or loop, "variable_declarator"), None)
        begin = named(declared, "value")
        outer = above(loop, "for_statement")
        if begin is None or begin.type != "identifier" or outer is None:
            continue
        if not operator(begin) and called(begin) == "" and root_of(begin) == begin:
            yield code.put(begin, f"{code.text(begin)} + 1")
