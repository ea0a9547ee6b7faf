"""Traps of Python in what is copied, and how deeply: whose list it is that changes."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, above, named
from spark_desktop.adapters.pitfalls.python_kinds import Kind, copy_of, kinds_in
from spark_desktop.adapters.pitfalls.python_nodes import (
    SIMPLE,
    Import,
    arguments,
    at_start,
    called,
    is_name,
    method,
    parameters,
)
from spark_desktop.domain.small_change import SmallChange

_CHANGES = frozenset(
    {*("append", "extend", "insert", "remove", "pop", "clear", "update", "setdefault")}
    | {*("popitem", "add", "discard")}
)


def changed_argument(code: Code) -> Iterator[SmallChange]:
    """The list belongs to whoever calls."""
    imported = Import(code, "copy")
    for function in code.nodes("function_definition"):
        names = parameters(function)
        kinds: dict[str, Kind] | None = None
        for node in code.inside(function, "call", "assignment", "augmented_assignment"):
            if (own := _own_sorting(code, function, node, names)) is not None:
                yield own
            elif (name := _changed(code, node)) in names:
                kinds = kinds or kinds_in(function)
                text = copy_of(name, kinds[name])
                made = at_start(code, function, f"{name} = {text}") if text else None
                yield from _copying(code, imported, text, made)


def stored_and_changed(code: Code) -> Iterator[SmallChange]:
    """What a container keeps and changes later is still the list of whoever gave it."""
    for function in code.nodes("function_definition"):
        changed = {
            (code.text(whole), kind)
            for node in code.inside(function, "call", "augmented_assignment")
            if (found := _changed_part(code, node)) is not None
            for whole, kind in (found,)
        }
        for node in code.inside(function, "assignment"):
            left, right = named(node, "left"), named(node, "right")
            if left is None or right is None or right.type != "identifier":
                continue
            whole = named(left, "value") if left.type == "subscript" else None
            kinds = [kind for name, kind in changed if whole and name == code.text(whole)]
            # A name that is bound here to something new belongs to nobody else.
            if len(set(kinds)) == 1 and not _is_made(code, function, code.text(right)):
                yield code.put(right, f"{kinds[0]}({code.text(right)})")


_KEPT = {"append": "list", "extend": "list", "insert": "list", "update": "dict", "add": "set"}


def _changed_part(code: Code, node: Node) -> tuple[Node, str] | None:
    """Return the container one of whose values changes, and of what kind that is."""
    if node.type == "augmented_assignment":
        sign, part = named(node, "operator"), named(node, "left")
        kind = "list" if sign is not None and code.text(sign) == "+=" else ""
    else:
        found = method(node)
        part, kind = (found[0], _KEPT.get(found[1], "")) if found is not None else (None, "")
    whole = named(part, "value") if part is not None and part.type == "subscript" else None
    return (whole, kind) if whole is not None and kind else None


def _is_made(code: Code, function: Node, name: str) -> bool:
    """Return whether a name of the function stands for something that was made in it."""
    return any(
        is_name(named(node, "left"), name)
        and (right := named(node, "right")) is not None
        and right.type not in ("identifier", "attribute", "subscript")
        for node in code.inside(function, "assignment")
    )


def _own_sorting(
    code: Code, function: Node, node: Node, names: dict[str, Node]
) -> SmallChange | None:
    """Return a sorting that leaves the caller's list as it is; None where nothing is sorted."""
    found = method(node)
    is_alone = node.parent is not None and node.parent.type == "expression_statement"
    if found is None or not is_alone or above(node, "function_definition") != function:
        return None
    name = code.text(found[0])
    if found[0].type != "identifier" or name not in names:
        return None
    if found[1] == "reverse":
        return code.put(node, f"{name} = list(reversed({name}))")
    if found[1] != "sort":
        return None
    given = ", ".join((name, *(code.text(one) for one in arguments(node))))
    return code.put(node, f"{name} = sorted({given})")


def _changed(code: Code, node: Node) -> str:
    """Return the name of what a call or an assignment changes, "" for none."""
    found = method(node)
    whole = found[0] if found is not None and found[1] in _CHANGES else None
    if node.type != "call":
        target = named(node, "left")
        is_part = target is not None and target.type == "subscript"
        whole = named(target, "value") if is_part else None
    return code.text(whole) if whole is not None and whole.type == "identifier" else ""


def given_away(code: Code) -> Iterator[SmallChange]:
    """Who is given an object's own list can change it, and who gave one as well."""
    imported = Import(code, "copy")
    known: dict[int, dict[str, Kind]] = {}

    def own(attribute: Node) -> Kind:
        around = above(attribute, "class_definition")
        if around is None:
            return Kind()
        if around.id not in known:
            known[around.id] = kinds_in(around)
        return known[around.id].get(code.text(attribute), Kind())

    for node in code.nodes("return_statement"):
        value = node.named_children[0] if node.named_children else None
        if value is not None and _is_own(value):
            kind = own(value)
            function = above(node, "function_definition")
            if not kind.said and (said := named(function, "return_type")) is not None:
                kind = Kind(made=kind.made, used=kind.used, is_changed=kind.is_changed)
                kind.say(code.text(said))
            text = copy_of(code.text(value), kind)
            yield from _copying(code, imported, text, code.edit(value, text))
    for node in code.nodes("assignment"):
        left, right = named(node, "left"), named(node, "right")
        function = above(node, "function_definition")
        if left is None or right is None or function is None or not _is_own(left):
            continue
        name = code.text(right)
        if right.type == "identifier" and name in parameters(function):
            given = kinds_in(function)[name]
            kind = own(left)
            kind.may_be_none |= given.may_be_none
            text = copy_of(name, given if str(given) else kind)
            yield from _copying(code, imported, text, code.edit(right, text))


def _is_own(node: Node) -> bool:
    return node.type == "attribute" and is_name(named(node, "object"), "self")


def shallow_copy(code: Code) -> Iterator[SmallChange]:
    """A copy shares what is inside."""
    imported = Import(code, "copy")
    for node in code.nodes("call"):
        found, given = method(node), arguments(node)
        value = None
        if found is not None and found[1] == "copy" and not given:
            value = found[0]
        elif called(node) in ("copy.copy", "dict", "list") and len(given) == 1:
            value = given[0] if given[0].type in SIMPLE else None
        if value is not None:
            text = f"copy.deepcopy({code.text(value)})"
            yield from _copying(code, imported, text, code.edit(node, text))


def _copying(code: Code, imported: Import, text: str, edit: Edit | None) -> Iterator[SmallChange]:
    """Yield the edit that makes a copy, with the import that its text needs."""
    brought = imported.edits if text.startswith("copy.") else []
    if text and edit is not None and brought is not None:
        yield code.together([*brought, edit])
