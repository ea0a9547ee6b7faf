"""Traps of Go with the state of structs: who else sees it, and what takes the place of what."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Rule, above, below, named
from spark_desktop.adapters.pitfalls.go_nodes import first_of, functions, root_of, targets
from spark_desktop.adapters.pitfalls.go_types import FUNCTIONS, listed, map_of, types_of
from spark_desktop.adapters.pitfalls.shared import lines_below, stands_alone
from spark_desktop.domain.small_change import SmallChange


def _inner_state(code: Code) -> Iterator[SmallChange]:
    """Who gets or gives a slice or map of a struct can change it from outside."""
    types = types_of(code)
    for one in code.nodes("return_statement"):
        for value in listed(one.named_children[0] if one.named_children else None):
            if value.type == "selector_expression":
                yield from _copied(code, one, value)
    for one in code.nodes("keyed_element", "assignment_statement"):
        right = named(one, "value") or named(one, "right")
        given = next(iter(right.named_children if right is not None else ()), None)
        if one.type == "assignment_statement" and (
            (left := named(one, "left")) is None
            or left.named_children[0].type != "selector_expression"
        ):
            continue
        if given is None or given.type != "identifier":
            continue
        bound = types.binding(code.text(given), given)
        if bound is not None and "parameter" in bound.type:
            statement = one
            while statement.parent is not None and statement.parent.type != "statement_list":
                statement = statement.parent
            yield from _copied(code, statement, given)


def _copied(code: Code, statement: Node, value: Node) -> Iterator[SmallChange]:
    """Yield the change that takes a copy of a slice or map."""
    types = types_of(code)
    kind, text = types.of(value), code.text(value)
    if types.is_slice(kind):
        yield code.put(value, f"append({kind}(nil), {text}...)")
    elif types.is_map(kind) and stands_alone(code, statement):
        lines = _map_copy("copied", kind, text)
        yield code.together([code.before(statement, *lines), code.edit(value, "copied")])


def _map_copy(name: str, kind: str, text: str, sign: str = ":=") -> list[str]:
    head = f"{name} {sign} make({kind}, len({text}))"
    return [head, f"for key, value := range {text} {{", f"\t{name}[key] = value", "}"]


def _callers_slice(code: Code) -> Iterator[SmallChange]:
    """Sorting or filling a slice that was passed changes it for the caller."""
    types = types_of(code)
    found: set[str] = set()
    for function in functions(code):
        first = first_of(named(function, "body"))
        if first is None or not types.results(function) or not stands_alone(code, first):
            continue
        changed = [root_of(target) for target, _ in targets(code, function)]
        for call in below(function, "call_expression"):
            name = named(call, "function")
            if name is not None and code.text(name).startswith(("sort.", "slices.Sort")):
                changed += listed(named(call, "arguments"))[:1]
        for one in changed:
            name_text = code.text(one)
            bound = types.binding(name_text, one) if one.type == "identifier" else None
            kind = types.of(one)
            if bound is None or "parameter" not in bound.type or not types.is_slice(kind):
                continue
            if one.parent is not None and one.parent.type == "expression_list":
                continue  # the name itself is given another slice
            if name_text not in found:
                found.add(name_text)
                line = f"{name_text} = append({kind}(nil), {name_text}...)"
                yield code.together([code.before(first, line)])


def _shallow(code: Code) -> Iterator[SmallChange]:
    """A copied struct has the same slices and maps."""
    types = types_of(code)
    for one in code.nodes("short_var_declaration"):
        names, values = listed(named(one, "left")), listed(named(one, "right"))
        if len(names) != 1 or len(values) != 1 or not stands_alone(code, one):
            continue
        value, name = values[0], code.text(names[0])
        kind = types.of(value)
        source = code.text(value).removeprefix("*")
        if value.type not in ("unary_expression", "identifier") or kind.startswith("*"):
            continue
        if value.type == "unary_expression" and not code.text(value).startswith("*"):
            continue
        lines: list[str] = []
        for field, held in types.struct(kind).items():
            if types.is_slice(held):
                lines.append(f"{name}.{field} = append({held}(nil), {source}.{field}...)")
            elif types.is_map(held):
                lines += _map_copy(f"{name}.{field}", held, f"{source}.{field}", "=")
        if lines:
            yield code.together([lines_below(code, one, lines)])


def _overwritten(code: Code) -> Iterator[SmallChange]:
    """Each of a group takes the place of the one before instead of joining it."""
    types = types_of(code)
    for one in code.nodes("assignment_statement"):
        left, right = listed(named(one, "left")), listed(named(one, "right"))
        sign = named(one, "operator")
        if len(left) != 1 or len(right) != 1 or sign is None or code.text(sign) != "=":
            continue
        goal, value = left[0], right[0]
        if goal.type != "index_expression" or not types.is_map(types.of(named(goal, "operand"))):
            continue
        loop = above(one, "for_statement", *FUNCTIONS)
        if loop is None or loop.type != "for_statement":
            continue
        held = map_of(types.under(types.of(named(goal, "operand"))))[1]
        body = named(value, "body")
        if value.type == "composite_literal" and held.startswith("[]") and body is not None:
            items = code.text(body)[1:-1].strip()
            if items:
                yield code.put(value, f"append({code.text(goal)}, {items})")
        elif held in ("int", "int64", "float64", "uint64") and (
            code.text(goal) not in code.text(value)
        ):
            yield code.together([code.edit(sign, "+=")])


STATE: tuple[Rule, ...] = (_inner_state, _callers_slice, _shallow, _overwritten)
