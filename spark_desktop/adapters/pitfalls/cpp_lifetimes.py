"""Traps of references of C++: to what changes, has gone, or is only half of an object."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.cpp_copies import changes, root_of
from spark_desktop.adapters.pitfalls.cpp_names import bases, classes, find, names_of
from spark_desktop.adapters.pitfalls.cpp_types import element, method, type_of
from spark_desktop.adapters.pitfalls.shared import all_then_each
from spark_desktop.domain.small_change import SmallChange


def kept_references(code: Code) -> Iterator[SmallChange]:
    """A reference to a place sees what is put there later; a copy was meant."""
    for node in code.nodes("reference_declarator"):
        holder = above(node, "declaration")
        body = above(node, "compound_statement")
        if holder is None or body is None or node.parent != named(holder, "declarator"):
            continue
        one = next(names_of(code, holder), None)
        root = root_of(one.value) if one is not None else None
        call = method(code, root)
        root = call[0] if call is not None and call[1] in ("front", "back", "at", "top") else root
        if one is None or root is None or changes(code, body, code.text(one.node)):
            continue
        later = changes(code, body, code.text(root))
        if any(target.start_byte > holder.end_byte for target in later):
            yield code.together([_without_reference(code, node)])


def _without_reference(code: Code, node: Node) -> Edit:
    name = node.named_children[-1]
    start, end = code.places.start(node), code.places.start(name)
    gap = "" if code.content[start - 1 : start].isspace() else " "
    return start, end, gap


def sliced(code: Code) -> Iterator[SmallChange]:
    """A base class by value has nothing of what is derived from it."""
    derived = {
        code.text(name)
        for owner in classes(code).values()
        for base in bases(code, owner)
        if (name := named(base, "name")) is not None
    }
    places: list[list[Edit]] = []
    for node in code.nodes("parameter_declaration", "for_range_loop", "declaration"):
        kind = named(node, "type")
        if kind is None or any(one.is_reference or "*" in one.kind for one in names_of(code, node)):
            continue
        is_auto = node.type == "for_range_loop" and code.text(kind) == "auto"
        seen = element(type_of(code, named(node, "right"))) if is_auto else code.text(kind)
        value = next((one.value for one in names_of(code, node)), None)
        if seen not in derived or (node.type == "declaration" and value is None):
            continue
        place = code.places.end(kind)
        edits: list[Edit] = [(place, place, "&")]
        if "const " not in code.text(node):
            begin = code.places.start(kind)
            edits.insert(0, (begin, begin, "const "))
        places.append(edits)
    yield from all_then_each(code, places)


def captures(code: Code) -> Iterator[SmallChange]:
    """A lambda changes copies of what it captures; one that is kept must not refer to locals."""
    for node in code.nodes("lambda_expression"):
        listed, body = named(node, "captures"), named(node, "body")
        if listed is None or body is None:
            continue
        text = code.text(listed)
        for one in listed.named_children:
            if one.type == "identifier" and "&" not in text and changes(code, body, code.text(one)):
                yield code.together([code.edit(one, f"&{code.text(one)}"), *_still(code, node)])
        if text == "[=]" and _changes_outside(code, node, body):
            yield code.together([code.edit(listed, "[&]"), *_still(code, node)])
        if "&" in text and _is_kept(code, node):
            yield code.put(listed, text.replace("&", "=" if text == "[&]" else ""))


def _still(code: Code, node: Node) -> Iterator[Edit]:
    """Yield what takes ``mutable`` away, which only copies need."""
    for one in below(named(node, "declarator") or node, "type_qualifier"):
        if code.text(one) == "mutable":
            start = code.places.start(one)
            begin = start - (code.content[start - 1 : start] == " ")
            yield begin, code.places.end(one), ""
            return


def _changes_outside(code: Code, node: Node, body: Node) -> bool:
    for name in {code.text(one) for one in below(body, "identifier")}:
        if changes(code, body, name) and find(code, name, node) is not None:
            return True
    return False


def _is_kept(code: Code, node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "argument_list":
        of = method(code, parent.parent)
        return of is not None and of[1] in ("push_back", "emplace_back", "push", "emplace")
    return parent.type == "return_statement"


def bad_results(code: Code) -> Iterator[SmallChange]:
    """A reference or a view of a local, or of something that is gone at once, is given away."""
    for function in code.nodes("function_definition"):
        declarator, kind = named(function, "declarator"), named(function, "type")
        if declarator is None or kind is None:
            continue
        is_view = code.text(kind).removeprefix("std::") == "string_view"
        if declarator.type == "reference_declarator" and _gives_local(code, function):
            end = code.places.start(declarator.named_children[-1])
            start = code.places.start(declarator)
            gap = "" if code.content[start - 1 : start].isspace() else " "
            yield code.together([(start, end, gap), *_without_const(code, function)])
        elif is_view and _gives_local(code, function):
            yield code.put(kind, "std::string")
    for node in code.nodes("declaration"):
        kind, one = named(node, "type"), next(names_of(code, node), None)
        if kind is None or one is None or one.value is None or one.kind != "string_view":
            continue
        if type_of(code, one.value) == "string" and one.value.type in _MADE:
            yield code.put(kind, "std::string")


_MADE = ("binary_expression", "call_expression")


def _gives_local(code: Code, function: Node) -> bool:
    for one in below(function, "return_statement"):
        value = next(iter(one.named_children), None)
        if value is None:
            continue
        if value.type in _MADE and type_of(code, value) == "string":
            return True
        held = find(code, code.text(value), value) if value.type == "identifier" else None
        if held is not None and held.holder.type == "declaration" and not held.is_reference:
            around = above(held.holder, "function_definition")
            return around is not None and "static" not in code.text(held.holder)
    return False


def _without_const(code: Code, function: Node) -> Iterator[Edit]:
    first = function.children[0]
    if first.type == "type_qualifier" and code.text(first) == "const":
        yield code.places.start(first), code.places.start(function.children[1]), ""
