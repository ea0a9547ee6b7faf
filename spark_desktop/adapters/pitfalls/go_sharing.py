"""Traps of Go in what is shared and what is copied: maps, slices, receivers."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, above, named
from spark_desktop.adapters.pitfalls.go_nodes import calls, goal_of, targets
from spark_desktop.adapters.pitfalls.go_types import FUNCTIONS, Types, listed, types_of
from spark_desktop.adapters.pitfalls.shared import (
    all_then_each,
    lines_below,
    stands_alone,
    uses,
)
from spark_desktop.domain.small_change import SmallChange

_LOCKS = ("sync.Mutex", "sync.RWMutex", "sync.WaitGroup", "sync.Once")


def _nil_map(code: Code) -> Iterator[SmallChange]:
    """A write to a map that nobody made panics."""
    types = types_of(code)
    ways: dict[str, list[Edit]] = {}
    for target, statement in targets(code):
        held = named(target, "operand") if target.type == "index_expression" else None
        function = above(statement, *FUNCTIONS)
        if held is None or function is None or not types.is_map(types.of(held)):
            continue
        text, kind = code.text(held), types.of(held)
        if held.type == "identifier":
            bound = types.binding(text, held)
            if bound is not None and bound.type == "var_spec" and named(bound, "value") is None:
                outer = bound.parent
                if outer is not None and len(outer.named_children) == 1:
                    ways.setdefault(text, [code.edit(outer, f"{text} := make({kind})")])
            continue
        if not stands_alone(code, statement) or f"{text} == nil" in code.text(function):
            continue
        if f"{text} = " in code.text(function):
            continue
        lines = [f"if {text} == nil {{", f"\t{text} = make({kind})", "}"]
        ways.setdefault(text, [code.before(statement, *lines)])
    yield from all_then_each(code, ways.values())


def _unmade_field(code: Code) -> Iterator[SmallChange]:
    """A map that a new struct does not make is nil."""
    types = types_of(code)
    for one in code.nodes("composite_literal"):
        kind, body = named(one, "type"), named(one, "body")
        if kind is None or body is None:
            continue
        fields = types.struct(code.text(kind))
        keyed = [item for item in body.named_children if item.type == "keyed_element"]
        if len(keyed) != len(body.named_children):
            continue
        there = {code.text(key) for item in keyed if (key := named(item, "key")) is not None}
        new = [
            f"{name}: make({held})"
            for name, held in fields.items()
            if types.is_map(held) and name not in there
        ]
        if not new:
            continue
        if not keyed:
            yield code.put(body, f"{{{', '.join(new)}}}")
        elif body.start_point.row == body.end_point.row:
            inner = [code.text(item) for item in keyed]
            yield code.put(body, f"{{{', '.join([*inner, *new])}}}")
        else:
            yield code.together([lines_below(code, keyed[-1], [f"{line}," for line in new])])


def _value_receiver(code: Code) -> Iterator[SmallChange]:
    """A method that gets a copy of its receiver changes only that copy."""
    types = types_of(code)
    for one in code.nodes("method_declaration"):
        receiver, body = named(one, "receiver"), named(one, "body")
        for parameter in receiver.named_children if receiver is not None else ():
            kind, name = named(parameter, "type"), named(parameter, "name")
            if kind is None or name is None or body is None or kind.type == "pointer_type":
                continue
            own = code.text(name)
            changed = any(
                _is_part_of(target, own, types, code) for target, _ in targets(code, body)
            )
            holds_lock = set(types.struct(code.text(kind)).values()) & {*_LOCKS}
            bare = [use for use in uses(body, own, code) if _is_bare(use)]
            if not changed and not holds_lock:
                continue
            if any(use.parent is not None and _is_returned(use) for use in bare):
                continue  # it gives the changed copy, as with ``WithName``
            edits = [code.edit(kind, f"*{code.text(kind)}")]
            edits += [code.edit(use, f"*{own}") for use in bare]
            yield code.together(edits)


def _is_part_of(target: Node, name: str, types: Types, code: Code) -> bool:
    """Return whether a target is a part of the value of that name: no map or slice between."""
    while (inner := named(target, "operand")) is not None and target.type != "unary_expression":
        kind = types.of(inner)
        if target.type == "index_expression" and (types.is_map(kind) or types.is_slice(kind)):
            return False
        if inner.type != "identifier" and kind.startswith("*"):
            return False
        target = inner
    return target.type == "identifier" and code.text(target) == name


def _is_bare(node: Node) -> bool:
    parent = node.parent
    return parent is None or parent.type not in ("selector_expression", "index_expression")


def _is_returned(node: Node) -> bool:
    outer = node.parent
    while outer is not None and outer.type == "expression_list":
        outer = outer.parent
    return outer is not None and outer.type == "return_statement"


def _append_shares(code: Code) -> Iterator[SmallChange]:
    """Appending to a part of an array overwrites what others see of it."""
    ways = []
    for one in code.nodes("call_expression"):
        given = listed(named(one, "arguments"))
        if not calls(one, code, "append") or len(given) < 2:
            continue
        first, goal = given[0], goal_of(one)
        if first.type == "slice_expression":
            whole, end = named(first, "operand"), named(first, "end")
            own = goal is not None and whole is not None and code.text(goal) == code.text(whole)
            if whole is None or own or named(first, "capacity") is not None:
                continue
            last = f"len({code.text(whole)})" if end is None else code.text(end)
            if last == "0":
                continue
            begin = named(first, "start")
            start = "" if begin is None else code.text(begin)
            ways.append([code.edit(first, f"{code.text(whole)}[{start}:{last}:{last}]")])
        elif first.type in ("identifier", "selector_expression"):
            text = code.text(first)
            if goal is None or code.text(goal) != text:
                ways.append([code.edit(first, f"{text}[:len({text}):len({text})]")])
    yield from all_then_each(code, ways)


def _kept_alive(code: Code) -> Iterator[SmallChange]:
    """A slice that is collected and then filled further changes in the collection, too."""
    types = types_of(code)
    ways = []
    for one in code.nodes("call_expression"):
        given = listed(named(one, "arguments"))
        if not calls(one, code, "append") or len(given) != 2 or given[1].type != "identifier":
            continue
        kind = types.of(given[1])
        if types.is_slice(kind) and not code.text(one).rstrip(") ").endswith("..."):
            ways.append([code.edit(given[1], f"append({kind}(nil), {code.text(given[1])}...)")])
    yield from all_then_each(code, ways)


def _made_length(code: Code) -> Iterator[SmallChange]:
    """``make`` with a length and then append leaves blanks; with a capacity, copy takes nothing."""
    types = types_of(code)
    for one in code.nodes("call_expression"):
        given, goal = listed(named(one, "arguments")), goal_of(one)
        function = above(one, *FUNCTIONS)
        if not calls(one, code, "make") or function is None or goal is None or not given:
            continue
        if not code.text(given[0]).startswith("[]") and not types.is_slice(code.text(given[0])):
            continue
        name, body = code.text(goal), code.text(function)
        if len(given) == 2 and f"append({name}," in body and code.text(given[1]) != "0":
            yield code.put(given[1], f"0, {code.text(given[1])}")
        elif len(given) == 3 and code.text(given[1]) == "0" and f"append({name}," not in body:
            yield code.together([(code.places.start(given[1]), code.places.start(given[2]), "")])
    for one in code.nodes("call_expression"):
        given = listed(named(one, "arguments"))
        if not calls(one, code, "copy") or len(given) != 2 or given[0].type != "identifier":
            continue
        bound = types.binding(code.text(given[0]), given[0])
        if bound is not None and bound.type == "var_spec" and named(bound, "value") is None:
            kind, outer = types.of(given[0]), bound.parent
            if outer is not None and types.is_slice(kind):
                made = f"{code.text(given[0])} := make({kind}, len({code.text(given[1])}))"
                yield code.put(outer, made)


MAPS: tuple[Rule, ...] = (_nil_map, _unmade_field)
COPIES: tuple[Rule, ...] = (_value_receiver, _append_shares, _made_length, _kept_alive)
