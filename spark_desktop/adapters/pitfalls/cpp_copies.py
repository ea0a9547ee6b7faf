"""Traps of values of C++: what is copied where it was to be changed, and the other way round."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.cpp_names import (
    Name,
    class_around,
    fields,
    function_declarator,
    names_of,
    parameters,
)
from spark_desktop.adapters.pitfalls.cpp_types import (
    FLOATS,
    INTEGERS,
    arguments,
    called,
    declared_functions,
    method,
    operator,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each
from spark_desktop.domain.small_change import SmallChange

_CHANGES = (
    *("push_back", "emplace_back", "pop_back", "push_front", "pop_front", "push", "pop", "add"),
    *("insert", "emplace", "erase", "clear", "resize", "assign", "append", "swap", "reset", "set"),
)
_PLACES = ("subscript_expression", "call_expression", "pointer_expression", "field_expression")


def root_of(node: Node | None) -> Node | None:
    """Return the variable that an expression such as ``a.b[0]`` is a part of."""
    while node is not None and node.type in ("field_expression", "subscript_expression"):
        node = named(node, "argument")
    while node is not None and node.type == "parenthesized_expression":
        node = next(iter(node.named_children), None)
    return node


def changes(code: Code, within: Node, name: str) -> list[Node]:
    """Return the targets of what changes a variable, or a part of it, from the top on."""
    found = []
    for node in below(within, "assignment_expression", "update_expression", "call_expression"):
        if node.type == "call_expression":
            targets = _changed_by(code, node)
        else:
            targets = [named(node, "left") or named(node, "argument")]
        for target in targets:
            root = root_of(target)
            is_it = root is not None and code.text(root) == name
            if target is not None and is_it and not _is_through_pointer(code, target):
                found.append(target)
    return found


def _changed_by(code: Code, call: Node) -> list[Node | None]:
    of = method(code, call)
    if of is not None:
        return [of[0]] if of[1] in _CHANGES else []
    name, given = called(code, call), arguments(call)
    if name == "swap":
        return list(given)
    if name in ("sort", "stable_sort", "reverse", "fill", "iota", "rotate") and given:
        start = method(code, given[0])
        return [start[0]] if start is not None else []
    return []


def _is_through_pointer(code: Code, target: Node) -> bool:
    return any(code.text(one) == "->" for one in _signs(target))


def _signs(node: Node) -> Iterator[Node]:
    while node.type in ("field_expression", "subscript_expression"):
        sign = named(node, "operator")
        if sign is not None:
            yield sign
        inner = named(node, "argument")
        if inner is None:
            return
        node = inner


def _to_reference(code: Code, name: Name) -> list[Edit]:
    """Return the edits that make a declared value a reference."""
    kind = named(name.holder, "type")
    if kind is None:
        return []
    place = code.places.end(kind)
    bound = next(below(name.holder, "structured_binding_declarator"), None)
    gap = "" if bound is None or code.content[place : place + 1] == " " else " "
    return [(place, place, f"&{gap}")]


def loop_copies(code: Code) -> Iterator[SmallChange]:
    """A loop over values changes its copy of each; so does one in it over what a copy holds."""
    places: list[list[Edit]] = []
    changed: list[Node] = []
    for loop in reversed(list(code.nodes("for_range_loop"))):
        body, declarator = named(loop, "body"), named(loop, "declarator")
        is_const = any(one.type == "type_qualifier" for one in loop.children)
        if body is None or declarator is None or is_const:
            continue
        names = list(below(declarator, "identifier"))
        if not any(_is_changed(code, body, code.text(one), changed) for one in names):
            continue
        changed.append(loop)
        if declarator.type not in ("reference_declarator", "pointer_declarator"):
            places.insert(0, _to_reference(code, Name(names[0], loop, "")))
    yield from all_then_each(code, places)


def _is_changed(code: Code, body: Node, name: str, loops: list[Node]) -> bool:
    """Return whether a body changes a variable, or one of the loops in it what it holds."""
    for loop in loops:
        held = root_of(named(loop, "right"))
        is_inside = body.start_byte <= loop.start_byte < body.end_byte
        if held is not None and is_inside and code.text(held) == name:
            return True
    return bool(changes(code, body, name))


def parameter_copies(code: Code) -> Iterator[SmallChange]:
    """A parameter that the function changes for its caller is a reference, not a copy."""
    for function in code.nodes("function_definition"):
        declarator, body = function_declarator(function), named(function, "body")
        name = named(declarator, "declarator")
        if body is None or name is None:
            continue
        places = []
        for number, one in enumerate(_parameter_nodes(function)):
            held = next(names_of(code, one), None)
            is_value = held is not None and not held.is_reference and "*" not in held.kind
            if held is None or not is_value or "const " in code.text(one):
                continue
            if _is_for_caller(code, function, body, held):
                edits = _to_reference(code, held)
                for other in _prototypes(code, function, code.text(name).rpartition("::")[2]):
                    edits += _to_reference(code, Name(other, _at(other, number), ""))
                places.append(edits)
        yield from all_then_each(code, places)


def each_copies(code: Code) -> Iterator[SmallChange]:
    """What ``for_each`` calls gets each value to change it, not a copy."""
    places: list[list[Edit]] = []
    for call in code.nodes("call_expression"):
        if called(code, call) not in ("for_each", "ranges::for_each", "for_each_n"):
            continue
        for function in arguments(call):
            body = named(function, "body")
            if function.type != "lambda_expression" or body is None:
                continue
            for held in parameters(code, function):
                is_value = not held.is_reference and "*" not in held.kind
                is_value = is_value and "const " not in code.text(held.holder)
                if is_value and changes(code, body, code.text(held.node)):
                    places.append(_to_reference(code, held))
    yield from all_then_each(code, places)


def _is_for_caller(code: Code, function: Node, body: Node, held: Name) -> bool:
    """Return whether a parameter is changed and nothing that is returned tells of it.

    Numbers are often counted down for the function's own sake where it returns something.
    """
    name = code.text(held.node)
    changed = changes(code, body, name)
    is_void = code.text(named(function, "type") or body) == "void"
    if not changed or (not is_void and held.kind in INTEGERS | FLOATS):
        return False
    if any(code.text(one.node) == name for one in fields(code, class_around(code, function))):
        return False
    own = code.text(named(function_declarator(function), "declarator") or function)
    for call in below(body, "call_expression"):
        if called(code, call) == own and name in [code.text(one) for one in arguments(call)]:
            return True  # what one call keeps is meant for the next
    for one in below(body, "return_statement"):
        if any(code.text(other) == name for other in below(one, "identifier")):
            return False
    return True


def _parameter_nodes(function: Node) -> list[Node]:
    listed = named(function_declarator(function), "parameters")
    found = listed.named_children if listed is not None else []
    return [one for one in found if one.type.endswith("parameter_declaration")]


def _at(declaration: Node, number: int) -> Node:
    return _parameter_nodes(declaration)[number]


def _prototypes(code: Code, function: Node, name: str) -> Iterator[Node]:
    own = [code.text(named(one, "type") or one) for one in _parameter_nodes(function)]
    for node in declared_functions(code).get(name, ()):
        if node.type != "function_definition":
            kinds = [code.text(named(one, "type") or one) for one in _parameter_nodes(node)]
            yield from [node] if kinds == own else []


def local_copies(code: Code) -> Iterator[SmallChange]:
    """A local that is a copy of a place is changed, and the place stays as it was."""
    places: list[list[Edit]] = []
    for node in code.nodes("declaration"):
        body, names = above(node, "compound_statement"), list(names_of(code, node))
        if body is None or len(names) != 1 or names[0].value is None:
            continue
        one, value = names[0], names[0].value
        if one.is_reference or "*" in one.kind or value.type not in _PLACES:
            continue
        if "const " in code.text(node) or not _is_place(code, value):
            continue
        targets = changes(code, body, code.text(one.node))
        is_part = any(target.type != "identifier" for target in targets)
        is_whole = one.kind not in ("int", "double", "size_t", "bool", "char", "long long")
        if targets and (is_part or is_whole or _is_only_changed(code, body, one)):
            places.append(_to_reference(code, one))
    yield from all_then_each(code, places)


def _is_place(code: Code, value: Node) -> bool:
    """Return whether an expression is something that a reference can be to."""
    if value.type != "call_expression":
        return value.type != "pointer_expression" or operator(code, value) == "*"
    of = method(code, value)
    if of is not None and of[1] in ("at", "front", "back", "top", "value"):
        return True
    name = called(code, value) if of is None else of[1]
    for node in declared_functions(code).get(name, ()):
        outer = named(node, "declarator")
        return outer is not None and outer.type == "reference_declarator"
    return False


def _is_only_changed(code: Code, body: Node, one: Name) -> bool:
    name = code.text(one.node)
    uses = [node for node in below(body, "identifier") if code.text(node) == name]
    return len(uses) == 1 + len(changes(code, body, name))
