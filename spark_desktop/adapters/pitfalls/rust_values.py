"""Traps of Rust with values: copies that are changed, names that hide others, and maps."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls import rust_groups
from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, above, below, named
from spark_desktop.adapters.pitfalls.rounds import Declared, Shape, rounds
from spark_desktop.adapters.pitfalls.rust_numbers import sides
from spark_desktop.adapters.pitfalls.rust_types import map_of, method_of, types_of
from spark_desktop.adapters.pitfalls.shared import (
    each_then_all,
    line_of,
    one_of,
    uses,
)
from spark_desktop.domain.small_change import SmallChange

_COPIES = ("clone", "cloned", "copied", "to_vec", "to_owned")


def _changed_copy(code: Code) -> Iterator[SmallChange]:
    """What is copied out of a struct and changed stays as it was in there."""
    for one in code.nodes("let_declaration"):
        pattern, value = named(one, "pattern"), named(one, "value")
        is_mutable = any(n.type == "mutable_specifier" for n in one.children)
        if pattern is None or value is None or pattern.type != "identifier" or not is_mutable:
            continue
        method = method_of(value, code)
        source = method[0] if method is not None and method[1] in _COPIES else value
        if source.type not in ("field_expression", "index_expression"):
            continue
        if not code.text(source).startswith("self.") and source is value:
            continue
        name, block = code.text(pattern), one.parent
        if block is None or not _is_changed(block, name, code):
            continue
        function = above(one, "function_item")
        owner = "" if function is None else code.text(named(function, "parameters") or function)
        if _is_returned(block, name, code) and not owner.startswith("(&mut self"):
            continue
        found = [n for n in uses(block, name, code) if n.start_byte > one.end_byte]
        plain = [n for n in found if n.parent is not None and n.parent.type != "field_expression"]
        gone = line_of(code, one)
        if plain and gone is not None:
            yield code.together([gone, *(code.edit(n, code.text(source)) for n in found)])
        elif not plain:
            specifier = next(n for n in one.children if n.type == "mutable_specifier")
            start = code.places.start(specifier)
            edits = [(start, code.places.start(pattern), "")]
            yield code.together([*edits, code.edit(value, f"&mut {code.text(source)}")])


def _is_changed(block: Node, name: str, code: Code) -> bool:
    for one in below(block, "assignment_expression", "compound_assignment_expr"):
        left = named(one, "left")
        if left is not None and re.match(rf"\*?{re.escape(name)}\b", code.text(left)):
            return True
    calls = (method_of(one, code) for one in below(block, "call_expression"))
    changing = ("push", "push_str", "insert", "remove", "pop", "clear", "extend", "push_back")
    return any(one and one[1] in changing and code.text(one[0]) == name for one in calls)


def _is_returned(block: Node, name: str, code: Code) -> bool:
    last = block.named_children[-1] if block.named_children else None
    return last is not None and code.text(last) == name


def _changed_clone(code: Code) -> Iterator[SmallChange]:
    """Going over a copy of a list, or looking into a copy of a map's value, changes nothing."""
    for one in code.nodes("for_expression"):
        pattern, value, body = named(one, "pattern"), named(one, "value"), named(one, "body")
        if pattern is None or value is None or body is None:
            continue
        name = re.sub(r"^mut\s+", "", code.text(pattern))
        if pattern.type not in ("identifier", "mut_pattern") or not _is_changed(body, name, code):
            continue
        chain, copied = value, False
        while (method := method_of(chain, code)) is not None and method[1] in (
            *(*_COPIES, "iter", "into_iter", "iter_mut"),
        ):
            copied = copied or method[1] in _COPIES
            chain = method[0]
        if copied and chain.type in ("identifier", "field_expression"):
            new = f"for {name} in {code.text(chain)}.iter_mut()"
            yield SmallChange(code.places.start(one), code.places.end(value), new)
    for one in code.nodes("let_condition"):
        pattern, value = named(one, "pattern"), named(one, "value")
        method = method_of(value, code)
        got = method_of(method[0], code) if method is not None else None
        if pattern is None or value is None or method is None or got is None:
            continue
        inside = next(below(pattern, "mut_pattern"), None)
        if method[1] not in _COPIES or got[1] not in ("get", "first", "last") or inside is None:
            continue
        inner = code.text(inside.named_children[-1])
        given = ", ".join(code.text(n) for n in got[2])
        new = f"{code.text(got[0])}.{got[1]}_mut({given})"
        yield code.together([code.edit(inside, inner), code.edit(value, new)])


def _hidden(code: Code) -> Iterator[SmallChange]:
    """``let`` in an inner block makes a new variable that hides the one outside."""
    for one in code.nodes("let_declaration"):
        pattern, value, block = named(one, "pattern"), named(one, "value"), one.parent
        if pattern is None or value is None or block is None or pattern.type != "identifier":
            continue
        name, function = code.text(pattern), above(one, "function_item")
        outer = types_of(code).binding(name, block)
        if function is None or outer is None or outer.type != "let_declaration":
            continue
        place = named(outer, "pattern")
        later = [n for n in uses(function, name, code) if n.start_byte > block.end_byte]
        if outer.parent == block or not later or place is None or place.type != "identifier":
            continue
        begin = code.places.start(one)
        edits: list[Edit] = [(begin, code.places.start(pattern), "")]
        kind = named(one, "type")
        if kind is not None:
            edits.append((code.places.end(pattern), code.places.end(kind), ""))
        if not any(n.type == "mutable_specifier" for n in outer.children):
            start = code.places.start(place)
            edits.append((start, start, "mut "))
        parts = sides(value, code)
        if parts is not None and code.text(parts[0]) == name and parts[1] in "+-*/":
            edits.append((code.places.end(pattern), code.places.start(parts[2]), f" {parts[1]}= "))
        yield code.together(edits)


def _map_entries(code: Code) -> Iterator[SmallChange]:
    """``insert`` takes the place of what is there, ``or_insert`` leaves it."""
    for one in code.nodes("expression_statement"):
        call = one.named_children[0] if one.named_children else one
        method = method_of(call, code)
        if method is None:
            continue
        entry = method_of(method[0], code)
        if method[1] == "insert" and len(method[2]) == 2:
            held, key, value = (code.text(n) for n in (method[0], *method[2]))
            kind = map_of(types_of(code).of(method[0]))[1]
            looped = above(one, "for_expression", "while_expression", "function_item")
            looped_in = looped is not None and looped.type != "function_item"
            ways: list[str] = []
            filled = re.fullmatch(r"vec!\[(.+)\]", value, re.DOTALL)
            if filled is not None:
                # Without a type, nothing says what the default is of.
                new = "or_default()" if kind else "or_insert_with(Vec::new)"
                ways.append(f"{held}.entry({key}).{new}.push({filled[1]})")
            elif re.fullmatch(r"[iu](?:8|16|32|64|size)|f64", kind) and looped_in:
                zero = "0.0" if kind == "f64" else "0"
                ways.append(f"*{held}.entry({key}).or_insert({zero}) += {value}")
            if kind or looped_in:
                ways.append(f"{held}.entry({key}).or_insert({value})")
            yield from one_of(code.places.start(call), *(code.put(call, way) for way in ways))
        elif method[1] == "or_insert" and entry is not None and entry[1] == "entry":
            given = ", ".join(code.text(n) for n in (*entry[2], *method[2]))
            yield code.put(call, f"{code.text(entry[0])}.insert({given})")


def _unwrapped(code: Code) -> Iterator[SmallChange]:
    """What may not be there is taken as if it were: the function could say so, and panics."""
    types = types_of(code)
    ways: list[list[Edit]] = []
    for one in code.nodes("call_expression", "index_expression"):
        function = above(one, "function_item", "closure_expression")
        result = types.result(function)
        if function is None or function.type != "function_item":
            continue
        method = method_of(one, code)
        if method is not None and method[1] in ("unwrap", "expect"):
            if result.startswith(("Option<", "Result<")):
                ways.append([(code.places.end(method[0]), code.places.end(one), "?")])
        elif one.type == "index_expression" and result.startswith("Option<"):
            ways += _got(one, code)
    yield from each_then_all(code, ways)


def _got(node: Node, code: Code) -> Iterator[list[Edit]]:
    """Yield what takes an element with ``get``."""
    held, place, outer = node.named_children[0], node.named_children[-1], node.parent
    if outer is None or outer.type in ("assignment_expression", "compound_assignment_expr"):
        return
    if any(n.type == "index_expression" for n in held.children) or held.type == "index_expression":
        return
    got = f"{code.text(held)}.get({code.text(place)})?"
    if outer.type == "reference_expression":
        if "mut" not in [code.text(n) for n in outer.children]:
            yield [code.edit(outer, got)]
    elif outer.type == "field_expression":
        yield [code.edit(node, got)]
    else:
        yield [code.edit(node, f"*{got}")]


def _declared(one: Node, code: Code) -> Declared | None:
    pattern, value = named(one, "pattern"), named(one, "value")
    if one.type != "let_declaration" or pattern is None or value is None:
        return None
    return (code.text(pattern), value, one) if pattern.type == "identifier" else None


_ROUNDS, LATER = rounds(
    Shape(
        functions=("function_item",),
        loops=("for_expression", "while_expression"),
        is_stepped=lambda loop: loop.type == "for_expression",
        branches=("if_expression",),
        returns=("return_expression",),
        assignments=("assignment_expression", "compound_assignment_expr"),
        declared=_declared,
    )
)
RULES: tuple[Rule, ...] = (
    *_ROUNDS,
    *rust_groups.RULES,
    _changed_copy,
    _changed_clone,
    _hidden,
    _unwrapped,
    _map_entries,
)
