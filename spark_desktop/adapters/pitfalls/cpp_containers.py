"""Traps of the containers of C++: what is erased, looked up, ordered or only reserved."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.cpp_copies import changes
from spark_desktop.adapters.pitfalls.cpp_names import find, names_of, parameters
from spark_desktop.adapters.pitfalls.cpp_types import (
    FLOATS,
    INTEGERS,
    MAPS,
    arguments,
    called,
    element,
    indexed,
    method,
    operator,
    type_of,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each, each_then_all
from spark_desktop.domain.small_change import SmallChange

_COMPARED = ("==", "!=", "<", ">", "<=", ">=")
_READING = ("max", "min", "abs", "to_string", "sqrt", "pow", "round", "printf", "static_cast")


def is_map(kind: str) -> bool:
    """Return whether a plain type is a map that ``[]`` may insert into."""
    return kind.startswith(tuple(f"{name}<" for name in MAPS))


def lookups(code: Code) -> Iterator[SmallChange]:
    """``[]`` of a map puts in what it does not find; a lookup must not."""
    places: list[list[Edit]] = []
    for node in code.nodes("subscript_expression"):
        owner, index = named(node, "argument"), named(node, "indices")
        parent = node.parent
        if owner is None or index is None or parent is None or not is_map(type_of(code, owner)):
            continue
        key, held = code.text(index)[1:-1], code.text(owner)
        value = indexed(type_of(code, owner))
        if _is_there(code, node, held, key):
            continue
        if parent.type == "return_statement":
            places.append(_returned(code, parent, held, key, value))
        elif edit := _looked_up(code, node, held, key, value):
            places.append([edit])
    yield from each_then_all(code, places)


def _looked_up(code: Code, node: Node, held: str, key: str, value: str) -> Edit | None:
    """Return the edit that only reads in the place of ``[]``; None where it may be to write."""
    parent = node.parent
    if parent is None:
        return None
    plain = f"{held}.count({key}) ? {held}.at({key}) : {nothing(value)}"
    asked = f"{held}.count({key}) && {held}.at({key})"
    sign = operator(code, parent)
    if parent.type == "condition_clause":
        return code.edit(node, asked)
    if parent.type == "unary_expression" and sign == "!":
        return code.edit(parent, f"!({asked})")
    if parent.type == "init_declarator":
        return code.edit(node, plain)
    if parent.type == "binary_expression" and sign in ("&&", "||"):
        return code.edit(node, f"({asked})")
    is_right = parent.type == "assignment_expression" and named(parent, "right") == node
    is_number = value in INTEGERS | FLOATS
    if parent.type == "binary_expression" and (sign in _COMPARED or is_number):
        return code.edit(node, f"({plain})")
    if is_right:
        return code.edit(node, plain if sign == "=" else f"({plain})")
    if parent.type == "argument_list" and parent.parent is not None and is_number:
        name = called(code, parent.parent)
        of = method(code, parent.parent)
        is_read = name in _READING or (of is not None and of[1] in ("push_back", "push"))
        return code.edit(node, plain) if is_read else None
    return None


def _is_there(code: Code, node: Node, held: str, key: str) -> bool:
    """Return whether the function has looked for the key, or set it."""
    function = above(node, "function_definition")
    text = code.text(function) if function is not None else ""
    asked = [f"{held}.{one}({key}" for one in ("count", "find", "contains", "emplace")]
    return any(one in text for one in (*asked, f"{held}[{key}] = "))


def nothing(kind: str) -> str:
    """Return how a value of a type is written that nobody has set."""
    if kind in FLOATS:
        return "0.0"
    if kind.endswith("*"):
        return "nullptr"
    if kind == "bool":
        return "false"
    if kind in INTEGERS:
        return "0"
    is_std = kind.partition("<")[0] in ("string", "vector", "set", "map", "pair", "optional")
    return f"std::{kind}{{}}" if is_std and "<" not in kind else "{}" if not kind else f"{kind}{{}}"


def _returned(code: Code, node: Node, held: str, key: str, value: str) -> list[Edit]:
    name = "it" if find(code, "it", node) is None else "found"
    begin = code.content.rfind("\n", 0, code.places.start(node)) + 1
    indent = code.content[begin : code.places.start(node)]
    text = f"return {name} == {held}.end() ? {nothing(value)} : {name}->second;"
    is_block = node.parent is not None and node.parent.type == "compound_statement"
    if indent.strip() or not is_block:
        text = f"return {held}.count({key}) ? {held}.at({key}) : {nothing(value)};"
        return [code.edit(node, text)]
    return [
        code.before(node, f"const auto {name} = {held}.find({key});"),
        code.edit(node, text),
    ]


def not_overwritten(code: Code) -> Iterator[SmallChange]:
    """``insert`` and ``emplace`` of a map keep the value that is there; ``[]`` writes a new one."""
    for node in code.nodes("expression_statement"):
        call = next(iter(node.named_children), None)
        of = method(code, call)
        if call is None or of is None or of[1] not in ("insert", "emplace"):
            continue
        given = arguments(call)
        if of[1] == "insert" and len(given) == 1:
            is_pair = called(code, given[0]) in ("make_pair", "pair")
            listed = given[0].type == "initializer_list"
            inner = arguments(given[0]) if is_pair else given[0].named_children if listed else []
            given = list(inner)
        if len(given) == 2 and is_map(type_of(code, of[0])):
            text = f"{code.text(of[0])}[{code.text(given[0])}] = {code.text(given[1])}"
            yield code.put(call, text)


def removed_only(code: Code) -> Iterator[SmallChange]:
    """``remove`` and ``unique`` move what stays to the front; ``erase`` cuts the rest off."""
    places: list[list[Edit]] = []
    for call in code.nodes("call_expression"):
        name, given, parent = called(code, call), arguments(call), call.parent
        if name not in ("remove", "remove_if", "unique") or len(given) < 2 or parent is None:
            continue
        start = method(code, given[0])
        if start is None or start[1] != "begin":
            continue
        held = code.text(start[0])
        if parent.type == "expression_statement":
            text = f"{held}.erase({code.text(call)}, {held}.end())"
            places.append([code.edit(call, text)])
        elif parent.type == "argument_list" and len(parent.named_children) == 1:
            places.append([code.edit(call, f"{code.text(call)}, {held}.end()")])
    yield from all_then_each(code, places)


def unsorted_unique(code: Code) -> Iterator[SmallChange]:
    """``unique`` and binary searches see what is next to each other: it has to be sorted."""
    for call in code.nodes("call_expression"):
        if called(code, call) not in ("unique", "binary_search", "lower_bound", "upper_bound"):
            continue
        start = method(code, arguments(call)[0]) if arguments(call) else None
        statement = above(call, "expression_statement", "declaration", "return_statement")
        function = above(call, "function_definition")
        if start is None or statement is None or function is None or start[1] != "begin":
            continue
        held = code.text(start[0])
        known = find(code, held, call)
        is_sorted = f"sort({held}." in code.text(function)
        if known is not None and "const " not in code.text(known.holder) and not is_sorted:
            yield code.together(
                [code.before(statement, f"std::sort({held}.begin(), {held}.end());")]
            )


def reserved_only(code: Code) -> Iterator[SmallChange]:
    """``reserve`` makes no elements that ``[]`` could set; a size makes some that stay in front."""
    for call in code.nodes("call_expression"):
        of = method(code, call)
        around = above(call, "compound_statement")
        if of is None or around is None or of[1] not in ("reserve", "resize"):
            continue
        held, function = code.text(of[0]), named(call, "function")
        field = named(function, "field")
        is_pushed = _is_pushed(code, around, held)
        if field is not None and is_pushed == (of[1] == "resize"):
            is_set = f"{held}[" in code.text(around)
            if is_pushed or is_set:
                yield code.put(field, "reserve" if is_pushed else "resize")
    yield from _sized(code)


def _sized(code: Code) -> Iterator[SmallChange]:
    """``vector<int> v(n)`` has n elements already, in front of all that is pushed."""
    for node in code.nodes("declaration"):
        around, one = node.parent, next(names_of(code, node), None)
        declarator = named(node, "declarator")
        size = named(declarator, "parameters") or named(declarator, "value")
        if one is None or around is None or size is None or not one.kind.startswith("vector<"):
            continue
        held, given = code.text(one.node), code.text(size)[1:-1]
        is_size = code.text(size).startswith("(") and "," not in given and given
        if is_size and _is_pushed(code, around, held) and f"{held}[" not in code.text(around):
            start = code.places.start(size), code.places.end(size)
            line = f"{held}.reserve({given});"
            yield code.together([(*start, ""), _after(code, node, line)])


def _is_pushed(code: Code, around: Node, held: str) -> bool:
    return (
        re.search(rf"\b{re.escape(held)}\.(?:push_back|emplace_back)\(", code.text(around))
        is not None
    )


def _after(code: Code, node: Node, line: str) -> Edit:
    begin = code.content.rfind("\n", 0, code.places.start(node)) + 1
    indent = code.content[begin : code.places.start(node)]
    end = code.places.end(node)
    return end, end, f" {line}" if indent.strip() else f"{code.newline}{indent}{line}"


def braced_size(code: Code) -> Iterator[SmallChange]:
    """``vector<int> v{n, 0}`` holds two numbers; in parentheses they are a size and a value."""
    places: list[list[Edit]] = []
    for node in code.nodes("initializer_list"):
        parent = node.parent
        if parent is None or not 1 <= node.named_child_count <= 2:
            continue
        if parent.type == "init_declarator" and parent.parent is not None:
            if code.content[: code.places.start(node)].rstrip().endswith("="):
                continue
            kind = code.text(named(parent.parent, "type") or node)
        elif parent.type == "compound_literal_expression":
            kind = code.text(named(parent, "type") or node)
        else:
            continue
        first = type_of(code, node.named_children[0])
        inner = element(kind.removeprefix("std::").replace("std::", ""))
        is_sized = "vector" in kind or kind.endswith("string")
        if is_sized and first in INTEGERS and inner in INTEGERS | FLOATS:
            places.append([code.edit(node, f"({code.text(node)[1:-1].strip()})")])
    yield from each_then_all(code, places)


def unstable_sort(code: Code) -> Iterator[SmallChange]:
    """``sort`` may turn around what compares as equal."""
    places: list[list[Edit]] = []
    for call in code.nodes("call_expression"):
        function = named(call, "function")
        if function is not None and called(code, call) == "sort" and len(arguments(call)) == 3:
            prefix = "std::" if code.text(function).startswith("std::") else ""
            places.append([code.edit(function, f"{prefix}stable_sort")])
    yield from all_then_each(code, places)


def two_keys(code: Code) -> Iterator[SmallChange]:
    """Two keys are compared one after the other: the second where the first ones are equal."""
    for node in code.nodes("binary_expression"):
        function = above(node, "lambda_expression", "function_definition")
        first, second = named(node, "left"), named(node, "right")
        if function is None or operator(code, node) not in ("&&", "||") or first is None:
            continue
        names = [code.text(one.node) for one in parameters(code, function)]
        left, right = named(first, "left"), named(first, "right")
        is_first = operator(code, first) in ("<", ">") and left is not None and right is not None
        if second is None or not is_first or len(names) != 2:
            continue
        if operator(code, second) not in ("<", ">") or node.parent is None:
            continue
        is_pair = left is not None and right is not None and names == _roots(code, left, right)
        if node.parent.type == "return_statement" and is_pair and left is not None and right:
            tie = f"{code.text(left)} == {code.text(right)} && {code.text(second)}"
            yield code.put(node, f"{code.text(first)} || ({tie})")


def _roots(code: Code, *sides: Node) -> list[str]:
    """Return the names that two sides of a comparison are read from, as parameters stand."""
    return [code.text(next(below(one, "identifier"), one)) for one in sides]


def order(code: Code) -> Iterator[SmallChange]:
    """The queue's top is the largest, ``sort`` goes up, and a hash has no order at all."""
    for node in code.nodes("template_type"):
        name, listed = named(node, "name"), named(node, "arguments")
        if name is None or listed is None:
            continue
        word, inner = code.text(name), listed.named_children
        if word == "priority_queue" and len(inner) == 1:
            kind = code.text(inner[0])
            yield code.put(
                node, f"priority_queue<{kind}, std::vector<{kind}>, std::greater<{kind}>>"
            )
        elif word == "priority_queue" and "greater<" in code.text(inner[-1]):
            yield code.put(node, f"priority_queue<{code.text(inner[0])}>")
        elif word in ("unordered_map", "unordered_set") and _is_walked(code, node):
            yield code.put(name, word.removeprefix("unordered_"))
    for call in code.nodes("call_expression"):
        given = arguments(call)
        if called(code, call) in ("sort", "stable_sort") and len(given) == 2:
            end = code.places.end(given[1])
            yield code.together([(end, end, ", std::greater<>()")])


def _is_walked(code: Code, node: Node) -> bool:
    """Return whether a loop goes over what a declaration makes."""
    holder, around = above(node, "declaration"), above(node, "compound_statement")
    if holder is None or around is None:
        return False
    own = {code.text(one.node) for one in names_of(code, holder)}
    loops = below(around, "for_range_loop")
    return any(code.text(named(one, "right") or one) in own for one in loops)


def set_in_hash(code: Code) -> Iterator[SmallChange]:
    """``insert`` into a set drops what is there already."""
    for node in code.nodes("template_type"):
        name, holder = named(node, "name"), above(node, "declaration")
        around = above(node, "compound_statement")
        if name is None or holder is None or around is None or code.text(name) != "set":
            continue
        if any(changes(code, around, code.text(one.node)) for one in names_of(code, holder)):
            yield code.put(name, "multiset")
