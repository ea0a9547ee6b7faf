"""Traps of the classes of C++: methods that only look as if they took the place of a base's."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, below, named
from spark_desktop.adapters.pitfalls.cpp_names import bases, classes, function_declarator
from spark_desktop.domain.small_change import SmallChange


def not_virtual(code: Code) -> Iterator[SmallChange]:
    """A base's method that is not virtual is called, whatever the object is.

    The base may be outside of the lines: the failure shows where the method is called.
    """
    asked = {
        code.text(one).rpartition("::")[2]
        for function in code.nodes("function_definition")
        for one in below(function, "field_identifier", "qualified_identifier", "identifier")
    }
    edits: list[Edit] = []
    for owner in classes(code).values():
        for base in bases(code, owner):
            mine = {_name(code, one): one for one in reversed(_methods(owner))}
            for one in _methods(base):
                name = _name(code, one)
                own = mine.get(name)
                if own is None or name not in asked or _is_virtual(code, one):
                    continue
                if _is_same(code, one, own):
                    edits += _virtual(code, one)
                    edits += _override(code, own)
    if edits:
        yield code.together(dict.fromkeys(edits))


def not_overriding(code: Code) -> Iterator[SmallChange]:
    """A method with other constness or other parameters hides the base's one instead."""
    asked = {code.text(one) for one in code.nodes("field_identifier")}
    edits: list[Edit] = []
    for owner in classes(code).values():
        for base in bases(code, owner):
            for one in _methods(base):
                name = _name(code, one)
                if not _is_virtual(code, one) or name not in asked:
                    continue
                mine = [other for other in _methods(owner) if _name(code, other) == name]
                if len(mine) == 1 and not _is_same(code, one, mine[0]):
                    edits += _as_base(code, one, mine[0])
    if edits:
        yield code.together(edits)


def _methods(owner: Node) -> list[Node]:
    body = named(owner, "body")
    return [
        one
        for one in (body.named_children if body is not None else [])
        if one.type in ("field_declaration", "function_definition", "declaration")
        and function_declarator(one) is not None
    ]


def _name(code: Code, node: Node) -> str:
    own = named(function_declarator(node), "declarator")
    is_method = own is not None and own.type == "field_identifier" and named(node, "type")
    return code.text(own) if own is not None and is_method else ""


def _is_virtual(code: Code, node: Node) -> bool:
    declarator = function_declarator(node)
    words = [code.text(one) for one in node.children]
    words += [code.text(one) for one in declarator.children] if declarator is not None else []
    return any(word in ("virtual", "override", "final", "static") for word in words)


def _parts(code: Code, node: Node) -> tuple[list[str], bool]:
    """Return the types of the parameters, and whether the method is const."""
    declarator = function_declarator(node)
    listed = named(declarator, "parameters")
    kinds = []
    for one in listed.named_children if listed is not None else ():
        own = next(below(named(one, "declarator") or one, "identifier"), None)
        text = code.text(one)
        name = code.text(own) if own is not None else ""
        kinds.append("".join((text.removesuffix(name) if name else text).split()))
    others = declarator.children if declarator is not None else []
    return kinds, any(one.type == "type_qualifier" for one in others)


def _is_same(code: Code, one: Node, other: Node) -> bool:
    return _parts(code, one) == _parts(code, other)


def _virtual(code: Code, node: Node) -> list[Edit]:
    place = code.places.start(node)
    return [(place, place, "virtual ")]


def _override(code: Code, node: Node) -> list[Edit]:
    declarator = function_declarator(node)
    if declarator is None or _is_virtual(code, node):
        return []
    place = code.places.end(declarator)
    return [(place, place, " override")]


def _as_base(code: Code, base: Node, own: Node) -> list[Edit]:
    """Return the edits that give a method the parameters' types and the constness of its base."""
    ours, theirs = function_declarator(own), function_declarator(base)
    (kinds, is_const), (base_kinds, base_const) = _parts(code, own), _parts(code, base)
    mine, listed = named(ours, "parameters"), named(theirs, "parameters")
    if ours is None or mine is None or listed is None or len(kinds) != len(base_kinds):
        return []
    edits: list[Edit] = []
    for one, other in zip(mine.named_children, listed.named_children, strict=True):
        own_name = next(below(named(one, "declarator") or one, "identifier"), None)
        base_name = next(below(named(other, "declarator") or other, "identifier"), None)
        if kinds != base_kinds and own_name is not None:
            text = code.text(other)
            head = text.removesuffix(code.text(base_name)) if base_name is not None else f"{text} "
            edits.append(code.edit(one, f"{head}{code.text(own_name)}"))
    place = code.places.end(mine)
    if base_const and not is_const:
        edits.append((place, place, " const"))
    elif is_const and not base_const:
        end = code.places.end(next(one for one in ours.children if one.type == "type_qualifier"))
        edits.append((place, end, ""))
    return [*edits, *_override(code, own)]
