"""What JavaScript does with a map, by its name, and how entries are dropped from it."""

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.caches import Use
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.script_nodes import arguments, end_mark, is_dropped, object_of
from spark_desktop.adapters.pitfalls.shared import free_name, indent_of, stands_alone

_ASKS = ("has", "get", "set", "delete")


def mentions(code: Code, function: Node, name: str) -> list[Node]:
    """Return where a variable or a field stands in its class or the file, and is declared."""
    class_ = above(function, "class_declaration", "class") if name.startswith("this.") else None
    last = name.rpartition(".")[2]
    found = []
    kinds = ("identifier", "property_identifier", "private_property_identifier")
    for one in below(class_ or code.root, *kinds):
        parent = one.parent
        if text_of(one) != last or parent is None:
            continue
        is_part = parent.type == "member_expression" and named(parent, "property") == one
        found.append(parent if is_part else one)
    return found


def is_made(node: Node) -> bool:
    """Return whether a map without entries is set here."""
    outer = node.parent
    value = named(outer, "value") or named(outer, "right")
    is_target = outer is not None and node in (
        *(named(outer, one) for one in ("name", "left", "property")),
    )
    is_map = value is not None and value.type == "new_expression"
    return (
        is_target
        and is_map
        and text_of(named(value, "constructor") or node) == "Map"
        and (value is not None and not arguments(value))
    )


def use_of(node: Node) -> Use | None:
    """Return what is done with a map, without keys where it is no matter of one.

    None for what is not known.
    """
    outer = node.parent
    if outer is None:
        return None
    if outer.type == "member_expression" and named(outer, "object") == node:
        call, name = outer.parent, named(outer, "property")
        asked = "" if name is None else text_of(name)
        if asked == "size" or (asked in ("clear", "values") and call is not None):
            return Use(node, ())
        given = arguments(call) if call is not None and object_of(call, *_ASKS) == node else []
        if call is None or len(given) != (2 if asked == "set" else 1):
            return None
        value = given[1] if asked == "set" else None
        return Use(call, (given[0],), value, is_drop=asked == "delete")
    return Use(node, ()) if is_made(node) else None


def drop(code: Code, name: str, use: Use, place: int) -> Edit | None:
    """Return what drops all entries whose key has at a place what was the whole key."""
    statement = use.whole.parent
    if statement is None or not is_dropped(use.whole) or not stands_alone(code, statement):
        return None
    key, mark = free_name(statement, code, "key", "one"), end_mark(code, statement)
    indent, wanted = indent_of(code, statement), code.text(use.keys[0])
    step = "\t" if "\t" in indent else "  "
    body = f"{step}if (JSON.parse({key})[{place}] === {wanted}) {name}.delete({key}){mark}"
    lines = (f"for (const {key} of {name}.keys()) {{", f"{indent}{body}", f"{indent}}}")
    return code.edit(statement, code.newline.join(lines))
