"""What the names in one file of C or C++ stand for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, above, below, named
from spark_desktop.domain.regex import regex

_WORDS = regex(
    r"\b(?:const|constexpr|static|volatile|struct|class|inline|mutable|typename|register)\b"
    r"|\bstd::|&"
)
_IDENTIFIERS = ("identifier", "field_identifier")
_BLOCKS = ("compound_statement", "case_statement")
CLASSES = ("class_specifier", "struct_specifier")


@dataclass(frozen=True, slots=True)
class Name:
    """A declared name: ``holder`` is the declaration, ``value`` what it begins with."""

    node: Node
    holder: Node
    kind: str
    is_reference: bool = False
    value: Node | None = None


def plain(text: str) -> str:
    """Return a type without qualifiers, references and the library's namespace."""
    spaced = " ".join(_WORDS.sub(" ", text).split())
    return re.sub(r"\s*([<>,*\[\]])\s*", r"\1", spaced)


def names_of(code: Code, holder: Node) -> Iterator[Name]:
    """Yield what a declaration, a parameter or the head of a loop declares.

    In a block, ``vector<int> v(n);`` is taken for what it nearly always is: no function.
    """
    kind = named(holder, "type")
    for declarator in holder.children_by_field_name("declarator"):
        node: Node | None = declarator
        stars, is_reference, value = (
            "",
            False,
            named(holder, "default_value") or named(holder, "value"),
        )
        while node is not None and node.type not in _IDENTIFIERS:
            stars += "*" * (node.type in ("pointer_declarator", "array_declarator"))
            is_reference |= node.type == "reference_declarator"
            value = named(node, "value") or value
            is_local = holder.parent is not None and holder.parent.type in _BLOCKS
            if node.type == "structured_binding_declarator" or (
                node.type == "function_declarator" and not is_local
            ):
                node = None
            elif node.type == "reference_declarator":
                node = node.named_children[-1] if node.named_children else None
            else:
                node = named(node, "declarator")
        if node is not None and kind is not None:
            yield Name(node, holder, plain(code.text(kind)) + stars, is_reference, value)


def function_declarator(node: Node) -> Node | None:
    """Return the part of a function that has its name and parameters."""
    found = named(node, "declarator")
    while found is not None and found.type != "function_declarator":
        inner = named(found, "declarator")
        if inner is None and found.type == "reference_declarator" and found.named_children:
            inner = found.named_children[-1]
        found = inner
    return found


def parameters(code: Code, function: Node) -> Iterator[Name]:
    """Yield the parameters of a function or a lambda."""
    declarator = named(function, "declarator")
    if function.type == "function_definition":
        declarator = function_declarator(function)
    listed = named(declarator, "parameters")
    for one in listed.named_children if listed is not None else ():
        yield from names_of(code, one)


def class_named(code: Code, name: str) -> Node | None:
    """Return the class of that name that the file defines."""
    return classes(code).get(name)


@lru_cache(maxsize=1)
def classes(code: Code) -> dict[str, Node]:
    """Return the classes that a file defines, by their names."""
    found: dict[str, Node] = {}
    for node in below(code.root, *CLASSES):
        own = named(node, "name")
        if own is not None and node.child_by_field_name("body"):
            found.setdefault(code.text(own), node)
    return found


def class_around(code: Code, node: Node) -> Node | None:
    """Return the class that a node is in, also of a method that is defined outside of it."""
    around = above(node, *CLASSES)
    function = node if node.type == "function_definition" else above(node, "function_definition")
    while around is None and function is not None:
        name = named(function_declarator(function), "declarator")
        scope = named(name, "scope")
        if scope is not None:
            return class_named(code, code.text(scope))
        function = above(function, "function_definition")
    return around


def fields(code: Code, owner: Node | None) -> Iterator[Name]:
    """Yield the fields of a class, then those of its bases."""
    body = named(owner, "body")
    for one in body.named_children if body is not None else ():
        if one.type == "field_declaration":
            yield from names_of(code, one)
    if owner is not None:
        for base in bases(code, owner):
            yield from fields(code, base)


def bases(code: Code, owner: Node) -> Iterator[Node]:
    """Yield the bases of a class that the file defines."""
    for clause in owner.named_children:
        if clause.type == "base_class_clause":
            for one in clause.named_children:
                base = class_named(code, code.text(one)) if one.type == "type_identifier" else None
                if base is not None and base.id != owner.id:
                    yield base


def find(code: Code, name: str, near: Node) -> Name | None:
    """Return what a name means at a node: a local, a parameter, a field or a global."""
    child, scope = near, near.parent
    while scope is not None:
        found = None
        for one in _called(code, name, scope, child):
            if one.node.start_byte <= near.start_byte:
                found = one
        if found is not None:
            return found
        if scope.type in ("function_definition", *CLASSES):
            owner = scope if scope.type in CLASSES else class_around(code, scope)
            if owner is not None and (held := _fields_by_name(code, owner).get(name)) is not None:
                return held
        child, scope = scope, scope.parent
    return None


def _fields_by_name(code: Code, owner: Node) -> dict[str, Name]:
    known = _tables(code)[0]
    if owner.id not in known:
        found: dict[str, Name] = {}
        for one in fields(code, owner):
            found.setdefault(code.text(one.node), one)
        known[owner.id] = found
    return known[owner.id]


def _called(code: Code, name: str, scope: Node, child: Node) -> Iterator[Name]:
    """Yield what a scope declares under a name, in front of a child of it."""
    if scope.type in _HEADS:
        yield from (one for one in _in_head(code, scope, child) if code.text(one.node) == name)
        return
    known = _tables(code)[1]
    if scope.id not in known:
        found: dict[str, list[Name]] = {}
        for holder in (one for one in scope.named_children if one.type == "declaration"):
            for one in names_of(code, holder):
                found.setdefault(code.text(one.node), []).append(one)
        known[scope.id] = found
    for one in known[scope.id].get(name, ()):
        if one.holder.start_byte <= child.start_byte:
            yield one


# By the ids of classes and of scopes.
_Tables = tuple[dict[int, dict[str, Name]], dict[int, dict[str, list[Name]]]]


@lru_cache(maxsize=1)
def _tables(code: Code) -> _Tables:
    """Return what was looked up in a file, which a name in each line asks for again."""
    return {}, {}


_HEADS = (
    *("function_definition", "lambda_expression", "for_range_loop", "if_statement"),
    *("while_statement", "for_statement"),
)


def _in_head(code: Code, scope: Node, child: Node) -> Iterator[Name]:
    if scope.type in ("function_definition", "lambda_expression"):
        yield from parameters(code, scope)
    elif scope.type == "for_range_loop":
        if named(scope, "right") != child:
            yield from names_of(code, scope)
    else:
        for part in (named(scope, "initializer"), named(scope, "condition")):
            for one in below(part, "declaration") if part is not None else ():
                yield from names_of(code, one)
