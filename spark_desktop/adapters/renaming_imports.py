"""What a file's imports bring, name by name, in one form for all languages."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from tree_sitter import Node

from spark_desktop.adapters.languages import Parsed, text_of
from spark_desktop.adapters.renaming_nodes import Places, nodes_around
from spark_desktop.adapters.renaming_tables import TABLES
from spark_desktop.domain.file_names import Brought
from spark_desktop.domain.regex import regex

_EXPORTS = regex(r"export\s*\{([^}]*)\}(?!\s*from)")


def imports_in(parsed: Parsed, places: Places) -> tuple[Brought, ...]:
    """Return what the imports of the file bring, in its order; those in functions too."""
    table = TABLES.get(parsed.grammar.name)
    if table is None:
        return ()
    types = tuple(sorted(table.imports))
    if parsed.grammar.name in ("javascript", "typescript", "tsx"):
        types = (*types, "export_statement", "call_expression")
    found: list[Brought] = []
    for node in parsed.nodes(types):
        told = list(_READERS[parsed.grammar.name](node, places))
        found += [replace(one, count=len(told)) for one in told]
    return tuple(found)


def _one(
    places: Places,
    node: Node,
    named: Node | None,
    told: tuple[str, str, str],
    *,
    is_passed_on: bool = True,
) -> Brought:
    module, name, local = told
    at = -1 if named is None else places.start(named)
    start, end = places.start(node), places.end(node)
    return Brought(module, name, local, start, end, at, is_passed_on=is_passed_on)


def _python(node: Node, places: Places) -> Iterator[Brought]:
    is_top = node.parent is not None and not any(
        above.type == "function_definition" for above in nodes_around(node)
    )
    names = node.children_by_field_name("name")
    if node.type == "import_statement":
        for child in names:
            named, alias = child.child_by_field_name("name"), child.child_by_field_name("alias")
            module = text_of(named or child)
            local = text_of(alias) if alias is not None else module
            yield _one(places, node, None, (module, "", local), is_passed_on=False)
        return
    module_node = node.child_by_field_name("module_name")
    module = "" if module_node is None else text_of(module_node).replace(" ", "")
    if any(child.type == "wildcard_import" for child in node.named_children):
        yield _one(places, node, None, (module, "*", "*"), is_passed_on=is_top)
    for child in names:
        named, alias = child.child_by_field_name("name"), child.child_by_field_name("alias")
        name = text_of(named or child)
        local = text_of(alias) if alias is not None else name
        yield _one(places, node, named or child, (module, name, local), is_passed_on=is_top)


def _javascript(node: Node, places: Places) -> Iterator[Brought]:
    if node.type == "call_expression":
        yield from _required(node, places)
        return
    source = node.child_by_field_name("source")
    if source is None:
        return
    module = text_of(source).strip("\"'`")
    if node.type == "export_statement":
        yield from _exported_from(node, module, places)
        return
    words = set(re.findall(r"[\w$]+", ",".join(_EXPORTS.findall(places.content))))
    for clause in node.named_children:
        for part in clause.named_children if clause.type == "import_clause" else ():
            for named, name, local in _clause_part(part):
                told = module, name, local
                yield _one(places, node, named, told, is_passed_on=local in words)


def _clause_part(part: Node) -> Iterator[tuple[Node | None, str, str]]:
    """Yield where each name of a part stands, the name, and what it is called here."""
    if part.type == "identifier":
        yield None, "default", text_of(part)
    elif part.type == "namespace_import":
        yield None, "", text_of(part.named_children[-1])
    elif part.type == "named_imports":
        for one in part.named_children:
            name, alias = one.child_by_field_name("name"), one.child_by_field_name("alias")
            if one.type == "import_specifier" and name is not None:
                yield name, text_of(name), text_of(alias if alias is not None else name)


def _exported_from(node: Node, module: str, places: Places) -> Iterator[Brought]:
    specifiers = [
        one
        for clause in node.named_children
        if clause.type == "export_clause"
        for one in clause.named_children
    ]
    if not specifiers:
        yield _one(places, node, None, (module, "*", ""))
    for one in specifiers:
        name, alias = one.child_by_field_name("name"), one.child_by_field_name("alias")
        if name is not None:
            # Nothing is bound here: it only passes on.
            local = text_of(alias if alias is not None else name)
            yield _one(places, node, name, (module, text_of(name), f"export {local}"))


def _required(node: Node, places: Places) -> Iterator[Brought]:
    """Yield what ``const … = require("…")`` brings."""
    function, arguments = (
        node.child_by_field_name("function"),
        node.child_by_field_name("arguments"),
    )
    holder = node.parent
    if function is None or text_of(function) != "require" or arguments is None:
        return
    if holder is None or holder.type != "variable_declarator" or not arguments.named_children:
        return
    module = text_of(arguments.named_children[0]).strip("\"'`")
    left = holder.child_by_field_name("name")
    if left is not None and left.type == "identifier":
        yield _one(places, holder, None, (module, "", text_of(left)), is_passed_on=False)
    for part in left.named_children if left is not None and left.type == "object_pattern" else ():
        if part.type == "shorthand_property_identifier_pattern":
            told = module, text_of(part), text_of(part)
            yield _one(places, holder, part, told, is_passed_on=False)
        elif part.type == "pair_pattern":
            key, value = part.child_by_field_name("key"), part.child_by_field_name("value")
            if key is not None and value is not None:
                told = module, text_of(key), text_of(value)
                yield _one(places, holder, key, told, is_passed_on=False)


def _go(node: Node, places: Places) -> Iterator[Brought]:
    path, name = node.child_by_field_name("path"), node.child_by_field_name("name")
    if path is not None:
        module = text_of(path).strip('"`')
        local = text_of(name) if name is not None else module.rpartition("/")[2]
        brings = "*" if local == "." else ""
        yield _one(places, node, None, (module, brings, local), is_passed_on=False)


def _rust(node: Node, places: Places) -> Iterator[Brought]:
    is_public = any(child.type == "visibility_modifier" for child in node.named_children)
    argument = node.child_by_field_name("argument")
    if argument is not None:
        for one in _used(argument, "", node, places):
            yield replace(one, is_passed_on=is_public)


def _used(node: Node, before: str, whole: Node, places: Places) -> Iterator[Brought]:
    """Yield what a tree of ``use`` brings; ``before`` is the path around it."""
    match node.type:
        case "scoped_use_list" | "use_list":
            inner = node.child_by_field_name("list") or node
            around = _path(before, node.child_by_field_name("path"))
            for child in inner.named_children:
                yield from _used(child, around, whole, places)
        case "use_wildcard":
            path = next(iter(node.named_children), None)
            yield _one(places, whole, None, (_path(before, path), "*", "*"))
        case "use_as_clause":
            path, alias = node.child_by_field_name("path"), node.child_by_field_name("alias")
            if path is not None and alias is not None:
                for one in _used(path, before, whole, places):
                    yield replace(one, local=text_of(alias))
        case "self":
            module, _, last = before.rpartition("::")
            yield _one(places, whole, None, (module, last, last))
        case "scoped_identifier" | "identifier":
            name = node.child_by_field_name("name") or node
            around = _path(before, node.child_by_field_name("path"))
            yield _one(places, whole, name, (around, text_of(name), text_of(name)))


def _path(before: str, node: Node | None) -> str:
    return "::".join(part for part in (before, "" if node is None else text_of(node)) if part)


def _cpp(node: Node, places: Places) -> Iterator[Brought]:
    path = node.child_by_field_name("path")
    if path is not None and path.type == "string_literal":
        yield _one(places, node, None, (text_of(path).strip('"'), "*", "*"))


_READERS: dict[str, Callable[[Node, Places], Iterator[Brought]]] = {
    "python": _python,
    "javascript": _javascript,
    "typescript": _javascript,
    "tsx": _javascript,
    "go": _go,
    "rust": _rust,
    "c": _cpp,
    "cpp": _cpp,
}
