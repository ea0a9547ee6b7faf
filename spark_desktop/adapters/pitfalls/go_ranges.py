"""Traps of Go with a loop's variable: it is a copy of the element, and one for all rounds."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, below, named
from spark_desktop.adapters.pitfalls.go_nodes import first_of, root_of, targets
from spark_desktop.adapters.pitfalls.go_types import listed, types_of
from spark_desktop.adapters.pitfalls.shared import (
    free_name,
    lines_below,
    stands_alone,
    uses,
)
from spark_desktop.domain.small_change import SmallChange


class Range:
    """A loop over something simple: ``for key, value := range whole``."""

    def __init__(self, code: Code, clause: Node, body: Node) -> None:
        self.clause, self.body = clause, body
        names = [code.text(one) for one in listed(named(clause, "left"))]
        self.key, self.value = (*names, "", "")[:2]
        self.held = named(clause, "right") or clause
        self.whole = code.text(self.held)
        self.kind = types_of(code).of(self.held)
        self.is_map = types_of(code).is_map(self.kind)
        self.is_simple = self.held.type in ("identifier", "selector_expression")
        self.is_new = ":=" in code.text(clause)
        self.first = first_of(body)

    def index(self, code: Code) -> str:
        """Return the name of the index, one that is free where it has none."""
        return self.key if self.key not in ("", "_") else free_name(self.body, code, "i", "index")

    def elements_are_values(self, code: Code) -> bool:
        """Return whether its elements are copied; so if nothing is known of them."""
        held = types_of(code).element(self.kind)
        return not held.startswith(("*", "map[", "[]")) and types_of(code).under(self.kind) != (
            "string"
        )


def ranges(code: Code) -> Iterator[Range]:
    """Yield the loops with ``range`` that have new variables and several lines."""
    for one in code.nodes("for_statement"):
        body = named(one, "body")
        clause = next((n for n in one.named_children if n.type == "range_clause"), None)
        if body is not None and clause is not None:
            found = Range(code, clause, body)
            if found.is_new and found.first is not None and stands_alone(code, found.first):
                yield found


def _range_copy(code: Code) -> Iterator[SmallChange]:
    """Writing to the variable of a range changes a copy of the element."""
    for loop in ranges(code):
        first, value = loop.first, loop.value
        if value in ("", "_") or not loop.is_simple or first is None:
            continue
        if not loop.elements_are_values(code):
            continue
        own = [one for one in changed(code, loop.body) if _begins_with(one[0], value, code)]
        if not own:
            continue
        if loop.is_map:
            key = loop.key if loop.key != "_" else free_name(loop.body, code, "key", "name")
            head = code.edit(loop.clause, f"{key}, {value} := range {loop.whole}")
            yield code.together([head, _stored(code, loop, own[-1][1], key)])
            continue
        index = loop.index(code)
        if any(target.type == "identifier" for target, _ in own):
            edits = [
                code.edit(target, f"{loop.whole}[{index}]{_rest(target, value, code)}")
                for target, _ in own
            ]
            head = code.edit(loop.clause, f"{index}, {value} := range {loop.whole}")
            yield code.together([head, *edits])
            continue
        yield code.together(_by_pointer(code, loop, index))


def _stored(code: Code, loop: Range, last: Node, key: str) -> Edit:
    """Return what puts the changed copy back into the map, behind the last change."""
    line = f"{loop.whole}[{key}] = {loop.value}"
    inner = list(below(loop.body, "continue_statement", "return_statement", "break_statement"))
    outer = last
    while not inner and outer.parent is not None and outer.parent != loop.body:
        if outer.parent.type == "statement_list" and outer.parent.parent == loop.body:
            break
        outer = outer.parent
    return lines_below(code, outer, [line])


def changed(code: Code, body: Node) -> Iterator[tuple[Node, Node]]:
    """Yield what is assigned to, and what a method with a pointer is called on."""
    yield from targets(code, body)
    for one in below(body, "call_expression"):
        function = named(one, "function")
        held, method = named(function, "operand"), named(function, "field")
        if function is None or held is None or method is None or held.type != "identifier":
            continue
        if types_of(code).changes_itself(code.text(method), types_of(code).of(held)):
            yield function, one


def _begins_with(target: Node, name: str, code: Code) -> bool:
    root = root_of(target)
    return root.type == "identifier" and code.text(root) == name


def _rest(target: Node, name: str, code: Code) -> str:
    return code.text(target)[len(name) :]


def _by_pointer(code: Code, loop: Range, index: str) -> list[Edit]:
    first = loop.first or loop.body
    edits = [code.edit(loop.clause, f"{index} := range {loop.whole}")]
    edits.append(code.before(first, f"{loop.value} := &{loop.whole}[{index}]"))
    for one in uses(loop.body, loop.value, code):
        parent = one.parent
        if parent is None or parent.type in ("selector_expression", "keyed_element"):
            continue
        if parent.type == "unary_expression" and code.text(parent).startswith("&"):
            edits.append(code.edit(parent, loop.value))
        else:
            edits.append(code.edit(one, f"*{loop.value}"))
    return edits


def _range_address(code: Code) -> Iterator[SmallChange]:
    """The address of a loop's variable is the same in all rounds (before Go 1.22)."""
    for loop in ranges(code):
        first, value = loop.first, loop.value
        if value in ("", "_") or first is None:
            continue
        taken = [
            one
            for one in below(loop.body, "unary_expression")
            if code.text(one).startswith("&")
            and (inner := named(one, "operand")) is not None
            and _begins_with(inner, value, code)
        ]
        if not taken:
            continue
        if loop.is_simple and not loop.is_map:
            index = loop.index(code)
            edits = [
                code.edit(one, f"&{loop.whole}[{index}]{code.text(one)[1 + len(value) :]}")
                for one in taken
            ]
            bare = len(uses(loop.body, value, code)) == len(taken)
            names = index if bare else f"{index}, {value}"
            head = code.edit(loop.clause, f"{names} := range {loop.whole}")
            # Not that of a copy: who changes what it points at means the element.
            yield code.together([head, *edits])
        else:
            yield code.together([code.before(first, f"{value} := {value}")])


def _closure(code: Code) -> Iterator[SmallChange]:
    """A function that runs later sees a loop's variable as it is then (before Go 1.22)."""
    for one in code.nodes("for_statement"):
        body, first = named(one, "body"), first_of(named(one, "body"))
        names = [name for head in one.named_children[:1] for name in loop_names(head, code)]
        if body is None or first is None or not stands_alone(code, first):
            continue
        seen = [
            name
            for name in names
            if any(uses(inner, name, code) for inner in below(body, "func_literal"))
        ]
        if seen and f"{seen[0]} := {seen[0]}" not in code.text(body):
            new = ", ".join(seen)
            yield code.together([code.before(first, f"{new} := {new}")])


def loop_names(head: Node, code: Code) -> list[str]:
    """Return the variables of a loop, by its clause."""
    start = named(head, "initializer") if head.type == "for_clause" else head
    if start is None or start.type not in ("range_clause", "short_var_declaration"):
        return []
    found = [code.text(one) for one in listed(named(start, "left"))]
    return [name for name in found if name != "_"]


RULES: tuple[Rule, ...] = (_range_copy, _range_address, _closure)
