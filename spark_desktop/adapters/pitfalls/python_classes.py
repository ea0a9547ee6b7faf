"""A trap of Python's classes: what their body makes is shared by all objects."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.python_nodes import at_start, is_name
from spark_desktop.domain.small_change import SmallChange

_CONTAINERS = ("list", "dictionary", "set")


def shared_attribute(code: Code) -> Iterator[SmallChange]:
    """A list of the class is that of all its objects."""
    used: dict[int, set[str]] = {}
    classes: dict[int, tuple[Node, dict[str, Node]]] = {}
    for one in code.nodes("attribute"):
        around = above(one, "class_definition") if _is_of_self(one) else None
        if around is None:
            continue
        if around.id not in classes:
            classes[around.id] = around, _made_by(around) if _is_simple(around) else {}
        used.setdefault(around.id, set()).add(text_of(one)[len("self.") :])
    if not any(made for _, made in classes.values()):
        return
    shared = _shared_names(code)
    for class_, made in classes.values():
        for name, assigned in made.items():
            if name not in used[class_.id] or name in shared or _is_base(code, class_):
                continue
            if (change := _moved(code, class_, assigned)) is not None:
                yield change


def _made_by(class_: Node) -> dict[str, Node]:
    """Return the assignments of containers in a class's body, by name."""
    found: dict[str, Node] = {}
    body = named(class_, "body")
    for statement in body.named_children if body is not None else ():
        assigned = statement.named_children[0] if statement.named_children else None
        if assigned is None or assigned.type != "assignment":
            continue
        left, right, type_ = (named(assigned, one) for one in ("left", "right", "type"))
        if left is None or left.type != "identifier" or right is None:
            continue
        if right.type in _CONTAINERS and (type_ is None or "ClassVar" not in text_of(type_)):
            found[text_of(left)] = assigned
    return found


def _is_simple(class_: Node) -> bool:
    """Return whether nothing but the class itself makes its objects.

    A base class has an ``__init__`` that a new one would hide, and a dataclass says what it means.
    """
    bases = named(class_, "superclasses")
    if bases is not None and any(not is_name(one, "object") for one in bases.named_children):
        return False
    return class_.parent is not None and class_.parent.type != "decorated_definition"


def _is_base(code: Code, class_: Node) -> bool:
    """Return whether another class of the file inherits from it, and may not call its init."""
    name = named(class_, "name")
    return name is not None and any(
        text_of(one) == text_of(name)
        for other in code.every("class_definition")
        if (bases := named(other, "superclasses")) is not None
        for one in below(bases, "identifier")
    )


def _is_of_self(attribute: Node) -> bool:
    return is_name(named(attribute, "object"), "self")


def _shared_names(code: Code) -> set[str]:
    """Return the attributes that the file asks others than ``self`` for, such as a class."""
    return {
        text_of(name)
        for one in code.every("attribute")
        if not _is_of_self(one) and (name := named(one, "attribute")) is not None
    }


def _moved(code: Code, class_: Node, assigned: Node) -> SmallChange | None:
    """Return the assignment in ``__init__`` instead; None where that is not safe."""
    body, left = named(class_, "body"), named(assigned, "left")
    if body is None or left is None or _is_needed(body, assigned):
        return None
    start = code.before(assigned)[0]
    end = code.content.find("\n", code.places.end(assigned)) + 1 or len(code.content)
    rest = code.content[code.places.end(assigned) : end].strip()
    if code.content[start : code.places.start(assigned)].strip() or rest[:1] not in ("", "#"):
        return None  # something else stands in its line
    line = f"self.{code.text(assigned)}{'  ' if rest else ''}{rest}"
    made = _in_init(code, body, text_of(left), line)
    return None if made is None else code.together([(start, end, ""), made])


def _is_needed(body: Node, assigned: Node) -> bool:
    """Return whether a class's body uses the name, or makes what its value is made of."""
    left, right = named(assigned, "left"), named(assigned, "right")
    if left is None or right is None:
        return True
    own = [one for one in body.named_children if one.type == "expression_statement"]
    made = {text_of(one) for statement in own for one in _lefts(statement)}
    if made & {text_of(one) for one in below(right, "identifier")}:
        return True
    functions = [one for one in body.named_children if one.type != "expression_statement"]
    kinds = ("default_parameter", "typed_default_parameter", "decorator")
    parts = [one for function in functions for one in below(function, *kinds)]
    parts += [statement for statement in own if assigned not in statement.named_children]
    return any(text_of(word) == text_of(left) for one in parts for word in below(one, "identifier"))


def _in_init(code: Code, body: Node, name: str, line: str) -> Edit | None:
    """Return what puts a line into ``__init__``, or makes one; None where that is not safe."""
    methods: dict[str, Node] = {}
    for one in body.named_children:
        is_decorated = one.type == "decorated_definition"
        function = named(one, "definition") if is_decorated else one
        if function is None or function.type != "function_definition":
            continue
        word = named(function, "name")
        if word is not None and is_decorated and text_of(word) in ("__init__", "__new__"):
            return None
        methods[text_of(word) if word is not None else ""] = one
    if (init := methods.get("__init__")) is not None:
        sets = {code.text(left) for left in _lefts(init)}
        own = named(init, "parameters")
        begins = own is not None and code.text(own).startswith("(self")
        return at_start(code, init, line) if begins and f"self.{name}" not in sets else None
    if not methods or "__new__" in methods:
        return None
    first = _with_comments(next(iter(methods.values())))
    begin, end, head = code.before(first, "def __init__(self):")
    return begin, end, head + code.before(first, f"    {line}")[2] + code.newline


def _lefts(node: Node) -> Iterator[Node]:
    for one in below(node, "assignment"):
        if (left := named(one, "left")) is not None:
            yield left


def _with_comments(node: Node) -> Node:
    """Return the first of the comments right above a node, or the node itself."""
    before = node.prev_sibling
    while (
        before is not None
        and before.type == "comment"
        and before.end_point.row + 1 == node.start_point.row
        and before.start_point.column == node.start_point.column
    ):
        node, before = before, before.prev_sibling
    return node
