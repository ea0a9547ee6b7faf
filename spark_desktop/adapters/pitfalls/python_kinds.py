"""What kind of container a name of Python stands for, as far as the code shows it.

A guess would turn a dictionary into the list of its keys, and one test need not see that.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import above, below, named
from spark_desktop.adapters.pitfalls.python_nodes import (
    arguments,
    called,
    is_name,
    method,
    parameters,
)

# These make a copy of what they are called with; the others are asked for theirs.
_MAKERS = ("list", "dict", "set")
_COPYING = ("deque", "Counter", "OrderedDict", "defaultdict", "bytearray")
# A kind, but none that a copy helps.
FIXED = "fixed"
_OF_TYPES = {
    **{one.lower(): one for one in _COPYING},
    **dict.fromkeys(("list", "mutablesequence", "sequence", "iterable", "collection"), "list"),
    **dict.fromkeys(("dict", "mapping", "mutablemapping"), "dict"),
    **dict.fromkeys(("set", "mutableset"), "set"),
    **dict.fromkeys(("str", "bytes", "int", "float", "bool", "tuple", "frozenset"), FIXED),
}
_OF_VALUES = {
    **dict.fromkeys(("list", "list_comprehension"), "list"),
    **dict.fromkeys(("dictionary", "dictionary_comprehension"), "dict"),
    **dict.fromkeys(("set", "set_comprehension"), "set"),
    **dict.fromkeys(("string", "integer", "float", "true", "false", "tuple"), FIXED),
}
_OF_METHODS = {
    **dict.fromkeys(("append", "extend", "insert", "sort", "reverse"), "list"),
    **dict.fromkeys(("setdefault", "popitem", "items", "keys", "values"), "dict"),
    **dict.fromkeys(("add", "discard"), "set"),
}
_CHANGES = frozenset(
    {*("append", "extend", "insert", "sort", "reverse", "remove", "pop", "clear", "update")}
    | {*("setdefault", "popitem", "add", "discard")}
)


@dataclass(slots=True)
class Kind:
    """What is known of a name: by what is said, what is put there, and what is called on it."""

    said: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    may_be_none: bool = False
    is_changed: bool = False

    def __str__(self) -> str:
        """Return the kind; "" where nothing, or more than one thing, is known."""
        for known in (self.said, self.made, self.used):
            if known:
                return next(iter(known)) if len(known) == 1 else ""
        return ""

    def say(self, text: str) -> None:
        """Take what an annotation says."""
        kind, may_be_none = _said(text)
        self.may_be_none |= may_be_none
        self.said |= {kind} - {""}


def copy_of(name: str, kind: Kind) -> str:
    """Return what copies a name, by ``copy.copy`` where its kind is not sure.

    "" where nothing shows that it is something that can change.
    """
    sure = str(kind)
    if sure == FIXED or not (sure or kind.is_changed):
        return ""
    if not sure or kind.may_be_none:
        return f"copy.copy({name})"  # right for all kinds, and for None
    return f"{sure}({name})" if sure in _MAKERS else f"{name}.copy()"


def kinds_in(around: Node) -> dict[str, Kind]:
    """Return what a function or a class shows of its names, and of those behind ``self.``."""
    found: dict[str, Kind] = {}
    for node in below(around, "assignment", "augmented_assignment", "call", "delete_statement"):
        if node.type == "call":
            _take_call(found, node)
        elif node.type == "delete_statement":
            for one in node.named_children:
                _take_subscript(found, one)
        elif (left := named(node, "left")) is not None:
            _take_subscript(found, left)
            if name := _name(left, around):
                _take_value(found.setdefault(name, Kind()), node)
    if around.type == "function_definition":
        _take_parameters(found, around)
    return found


def _take_call(found: dict[str, Kind], node: Node) -> None:
    on = method(node)
    if on is None or not (name := _name(on[0], None)):
        return
    kind = found.setdefault(name, Kind())
    kind.is_changed |= on[1] in _CHANGES
    if on[1] in _OF_METHODS:
        kind.used.add(_OF_METHODS[on[1]])
    elif on[1] == "update" and any(
        one.type in ("keyword_argument", "dictionary") for one in arguments(node)
    ):
        kind.used.add("dict")


def _take_subscript(found: dict[str, Kind], node: Node) -> None:
    value = named(node, "value") if node.type == "subscript" else None
    if value is not None and (name := _name(value, None)):
        found.setdefault(name, Kind()).is_changed = True


def _take_value(kind: Kind, node: Node) -> None:
    type_, right = named(node, "type"), named(node, "right")
    if type_ is not None:
        kind.say(text_of(type_))
    for value in _values(right) if right is not None else ():
        kind.may_be_none |= value.type == "none"
        made = _OF_VALUES.get(value.type, "") or _of_call(value)
        if made:
            kind.made.add(made)
        elif value.type == "identifier":
            _take_given(kind, value)


def _values(node: Node) -> Iterator[Node]:
    """Yield what an expression may give: of a choice, all."""
    if node.type == "parenthesized_expression" and node.named_children:
        yield from _values(node.named_children[0])
    elif node.type == "boolean_operator" and (right := named(node, "right")) is not None:
        yield from _values(right)
    elif node.type == "conditional_expression" and len(node.named_children) == 3:
        for one in (node.named_children[0], node.named_children[2]):
            yield from _values(one)
    else:
        yield node


def _of_call(node: Node) -> str:
    word = called(node).rpartition(".")[2]
    if word == "field":
        default = re.search(r"default_factory=(\w+)", text_of(node))
        word = default[1] if default else ""
    if word == "sorted":
        return "list"
    return word if word in (*_MAKERS, *_COPYING) else ""


def _take_given(kind: Kind, name: Node) -> None:
    """Take what the function around says of the parameter that is put there."""
    function = above(name, "function_definition")
    given = parameters(function).get(text_of(name)) if function is not None else None
    if given is None:
        return
    type_, default = named(given, "type"), named(given, "value")
    if type_ is not None:
        said, may_be_none = _said(text_of(type_))
        kind.made |= {said} - {""}
        kind.may_be_none |= may_be_none
    kind.may_be_none |= default is not None and default.type == "none"


def _take_parameters(found: dict[str, Kind], function: Node) -> None:
    for name, one in parameters(function).items():
        type_, default = named(one, "type"), named(one, "value")
        kind = found.setdefault(name, Kind())
        if type_ is not None:
            kind.say(text_of(type_))
        if default is not None:
            kind.may_be_none |= default.type == "none"
            if _OF_VALUES.get(default.type, FIXED) != FIXED:
                kind.made.add(_OF_VALUES[default.type])


def _name(node: Node, around: Node | None) -> str:
    """Return a name as methods write it: "self.x" for what stands in a class's body, too."""
    if node.type == "attribute":
        return text_of(node) if is_name(named(node, "object"), "self") else ""
    if node.type != "identifier":
        return ""
    if around is not None and around.type == "class_definition":
        statement = node.parent.parent if node.parent is not None else None
        if statement is not None and statement.parent == named(around, "body"):
            return f"self.{text_of(node)}"
    return text_of(node)


def _said(text: str) -> tuple[str, bool]:
    """Return the kind that an annotation names, and whether it allows None."""
    bare = re.sub(r"\s|[\"']", "", text)
    is_optional = bool(re.match(r"(\w+\.)?Optional\[", bare))
    parts = top_parts(bare)
    if is_optional:
        parts = [bare.partition("[")[2], "None"]
    others = [one for one in parts if one != "None"]
    word = re.match(r"[\w.]*", others[0]) if len(others) == 1 else None
    kind = _OF_TYPES.get(word[0].rpartition(".")[2].lower(), "") if word else ""
    return kind, len(others) < len(parts)


def top_parts(text: str) -> list[str]:
    """Return the types that ``|`` parts, without looking into brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "[(") - (letter in "])")
        if letter == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [one.strip() for one in parts]
