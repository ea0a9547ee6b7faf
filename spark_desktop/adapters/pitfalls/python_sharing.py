"""Traps of Python in which something is shared, used up or changed while it is walked."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.python_nodes import (
    arguments,
    at_start,
    called,
    is_name,
    method,
    parameters,
    walked,
)
from spark_desktop.domain.small_change import SmallChange

_NEW = ("list", "dictionary", "set", "call", "list_comprehension")
_COPIES = {
    **dict.fromkeys(("append", "extend", "insert", "remove", "pop", "clear"), "list"),
    **dict.fromkeys(("update", "setdefault", "popitem"), "dict"),
    **dict.fromkeys(("add", "discard"), "set"),
}
_VIEWS = frozenset({"items", "keys", "values"})
_CHANGES = frozenset({*_COPIES, "sort", "reverse"})
_LAZY = frozenset({"map", "filter", "zip", "reversed", "iter", "enumerate"})


def shared_default(code: Code) -> Iterator[SmallChange]:
    """A default value is made once, for all calls."""
    for function in code.nodes("function_definition"):
        for name, one in parameters(function).items():
            value = named(one, "value")
            if value is None or value.type not in _NEW:
                continue
            made = at_start(
                code, function, f"if {name} is None:", f"    {name} = {code.text(value)}"
            )
            if made is None:
                continue
            edits: list[Edit] = [code.edit(value, "None"), made]
            type_ = named(one, "type")
            if type_ is not None and "None" not in code.text(type_):
                edits.append(code.edit(type_, f"{code.text(type_)} | None"))
            yield code.together(edits)


def shared_attribute(code: Code) -> Iterator[SmallChange]:
    """A list of the class is that of all its objects."""
    for class_ in below(code.root, "class_definition"):
        body = named(class_, "body")
        if body is None or class_.parent is None or class_.parent.type == "decorated_definition":
            continue  # a dataclass says what it means
        inside = [
            one for one in code.nodes("attribute") if above(one, "class_definition") == class_
        ]
        used = {code.text(one) for one in inside}
        for statement in body.named_children:
            assigned = statement.named_children[0] if statement.named_children else None
            if assigned is None or assigned.type != "assignment":
                continue
            left, right = named(assigned, "left"), named(assigned, "right")
            if left is None or right is None or right.type not in _NEW[:3]:
                continue
            name = code.text(left)
            if f"self.{name}" in used and (made := _made_in(code, body, name, right)) is not None:
                start = code.before(statement, "")[0]
                end = code.content.find("\n", code.places.end(statement)) + 1
                yield code.together([(start, end or len(code.content), ""), made])


def _made_in(code: Code, body: Node, name: str, value: Node) -> Edit | None:
    methods = [one for one in below(body, "function_definition") if one.parent == body]
    for one in methods:
        if is_name(named(one, "name"), "__init__"):
            return at_start(code, one, f"self.{name} = {code.text(value)}")
    if not methods:
        return None
    begin, end, head = code.before(methods[0], "def __init__(self):")
    _, _, line = code.before(methods[0], f"    self.{name} = {code.text(value)}")
    return begin, end, head + line + code.newline


def late_binding(code: Code) -> Iterator[SmallChange]:
    """A function that is made in a loop sees the loop's last values."""
    edits = []
    for inner in code.nodes("lambda"):
        bound = _bound_around(inner)
        own = named(inner, "parameters")
        taken = {text_of(one) for one in below(own, "identifier")} if own is not None else set()
        body = named(inner, "body")
        if body is None or (own is not None and "*" in code.text(own)):
            continue
        used = {text_of(one) for one in below(body, "identifier") if not _is_attribute(one)}
        wanted = [f"{name}={name}" for name in bound if name in used and name not in taken]
        if not wanted:
            continue
        if own is None:
            place = code.places.start(inner) + len("lambda")
            edits.append((place, place, f" {', '.join(wanted)}"))
        else:
            place = code.places.end(own)
            edits.append((place, place, f", {', '.join(wanted)}"))
    if edits:
        yield code.together(edits)


def _bound_around(node: Node) -> list[str]:
    names: list[str] = []
    parent = node.parent
    while parent is not None and parent.type not in ("function_definition", "module"):
        loops = [parent] if parent.type == "for_statement" else []
        if parent.type.endswith(("comprehension", "generator_expression")):
            loops += [one for one in parent.children if one.type == "for_in_clause"]
        for loop in loops:
            left, body = named(loop, "left"), named(loop, "body")
            if left is not None:
                names += [text_of(one) for one in below(left, "identifier")]
            for one in below(body, "assignment") if body is not None else ():
                if is_name(target := named(one, "left"), text_of(target) if target else ""):
                    names.append(text_of(target) if target else "")
        parent = parent.parent
    return list(dict.fromkeys(names))


def _is_attribute(node: Node) -> bool:
    return node.parent is not None and named(node.parent, "attribute") == node


def changed_while_walked(code: Code) -> Iterator[SmallChange]:
    """What is walked must not change meanwhile."""
    for loop in code.nodes("for_statement"):
        right, body = named(loop, "right"), named(loop, "body")
        if right is None or body is None:
            continue
        base = right
        found = method(right)
        if found is not None and found[1] in _VIEWS:
            base = found[0]
        if base.type in ("identifier", "attribute") and _may_change(body, code.text(base)):
            yield code.put(right, f"list({code.text(right)})")


def _may_change(body: Node, base: str) -> bool:
    for call in below(body, "call"):
        found = method(call)
        if found is None:
            continue
        on, name = text_of(found[0]), found[1]
        if (on == base and name in _CHANGES) or (on == "self" and base.startswith("self.")):
            return True
    for one in below(body, "delete_statement", "assignment"):
        target = named(one, "left") if one.type == "assignment" else one.named_children[0]
        if target is not None and target.type == "subscript":
            value = named(target, "value")
            if value is not None and text_of(value) == base:
                return True
    return False


def changed_argument(code: Code) -> Iterator[SmallChange]:
    """The list belongs to whoever calls."""
    for function in code.nodes("function_definition"):
        for name in parameters(function):
            for call in below(function, "call"):
                found = method(call)
                if found is None or not is_name(found[0], name) or call.parent is None:
                    continue
                is_alone = call.parent.type == "expression_statement"
                rest = ", ".join(code.text(one) for one in arguments(call))
                if is_alone and found[1] == "sort":
                    yield code.put(
                        call, f"{name} = sorted({', '.join(filter(None, (name, rest)))})"
                    )
                elif is_alone and found[1] == "reverse":
                    yield code.put(call, f"{name} = list(reversed({name}))")
                elif kind := _COPIES.get(found[1]):
                    copied = at_start(code, function, f"{name} = {kind}({name})")
                    if copied is not None:
                        yield code.together([copied])
            yield from _set_in_argument(code, function, name)


def _set_in_argument(code: Code, function: Node, name: str) -> Iterator[SmallChange]:
    for one in below(function, "assignment", "augmented_assignment"):
        target = named(one, "left")
        if (
            target is None
            or target.type != "subscript"
            or not is_name(named(target, "value"), name)
        ):
            continue
        for kind in ("dict", "list"):
            copied = at_start(code, function, f"{name} = {kind}({name})")
            if copied is not None:
                yield code.together([copied])
        return


def used_up(code: Code) -> Iterator[SmallChange]:
    """What can be walked only once is walked twice."""
    for function in code.nodes("function_definition"):
        counts: dict[str, int] = {}
        for one in walked(function):
            if one.type == "identifier":
                counts[text_of(one)] = counts.get(text_of(one), 0) + 1
        for assigned in below(function, "assignment"):
            left, right = named(assigned, "left"), named(assigned, "right")
            if left is None or right is None or counts.get(code.text(left), 0) < 2:
                continue
            if right.type == "generator_expression":
                yield code.put(right, f"[{code.text(right)[1:-1]}]")
            elif called(right) in _LAZY:
                yield code.put(right, f"list({code.text(right)})")
        for name in parameters(function):
            if counts.get(name, 0) > 1:
                kept = at_start(code, function, f"{name} = list({name})")
                if kept is not None:
                    yield code.together([kept])


def shared_rows(code: Code) -> Iterator[SmallChange]:
    """The rows of ``[[0] * 3] * 4`` are one and the same list."""
    for node in code.nodes("binary_operator"):
        left, right, sign = named(node, "left"), named(node, "right"), named(node, "operator")
        if left is None or right is None or sign is None or text_of(sign) != "*":
            continue
        if left.type != "list" or len(left.named_children) != 1:
            continue
        inner = left.named_children[0]
        row = named(inner, "left") if inner.type == "binary_operator" else inner
        if row is not None and row.type in _NEW:
            yield code.put(node, f"[{code.text(inner)} for _ in range({code.text(right)})]")
    for node in code.nodes("call"):
        given = arguments(node)
        if called(node) == "dict.fromkeys" and len(given) == 2 and given[1].type in _NEW:
            keys, value = code.text(given[0]), code.text(given[1])
            yield code.put(node, f"{{key: {value} for key in {keys}}}")


def given_away(code: Code) -> Iterator[SmallChange]:
    """Who is given an object's own list can change it, and who gave one as well."""
    for node in code.nodes("return_statement"):
        value = node.named_children[0] if node.named_children else None
        if value is not None and value.type == "attribute" and _is_own(value):
            for kind in ("list", "dict", "set"):
                yield code.put(value, f"{kind}({code.text(value)})")
    for function in code.nodes("function_definition"):
        for one in below(function, "assignment"):
            left, right = named(one, "left"), named(one, "right")
            if left is None or right is None or left.type != "attribute" or not _is_own(left):
                continue
            if right.type == "identifier" and code.text(right) in parameters(function):
                for kind in ("list", "dict"):
                    yield code.put(right, f"{kind}({code.text(right)})")


def _is_own(attribute: Node) -> bool:
    return is_name(named(attribute, "object"), "self")


def shallow_copy(code: Code) -> Iterator[SmallChange]:
    """A copy shares what is inside."""
    for node in code.nodes("call"):
        found, given = method(node), arguments(node)
        value = None
        if found is not None and found[1] == "copy" and not given:
            value = code.text(found[0])
        elif called(node) in ("copy.copy", "dict", "list") and len(given) == 1:
            value = code.text(given[0])
        if value is None:
            continue
        edits = [code.edit(node, f"copy.deepcopy({value})")]
        if not any(code.text(one) == "import copy" for one in below(code.root, "import_statement")):
            first = next(below(code.root, "import_statement", "import_from_statement"), None)
            place = first or next((one for one in code.root.named_children[1:]), None)
            if place is None:
                continue
            begin, end, line = code.before(place, "import copy")
            edits.append((begin, end, line if first else f"{line}{code.newline}"))
        yield code.together(edits)
