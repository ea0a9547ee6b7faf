"""What the values of a function of Python or JavaScript are made of."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import below, named

_INNER = frozenset(
    {"function_definition", "class_definition", "lambda", "class_declaration", "class"}
    | {"arrow_function", "function_expression", "function_declaration", "method_definition"}
    | {"generator_function", "generator_function_declaration"}
)
_CHOICES = ("if_statement", "elif_clause", "while_statement", "ternary_expression")
_NAMES = ("identifier", "shorthand_property_identifier")
_CALLS = ("call", "call_expression")
_SETS = (
    *("assignment", "augmented_assignment", "named_expression", "for_statement", "as_pattern"),
    *("variable_declarator", "assignment_expression", "augmented_assignment_expression"),
    "for_in_statement",
)


def own(function: Node, *types: str) -> Iterator[Node]:
    """Yield the nodes of these types in a function that are in none within it, from the top on."""
    body = named(function, "body")
    waiting = [] if body is None else [body]
    while waiting:
        node = waiting.pop()
        if node.type in types:
            yield node
        if node.type not in _INNER:
            waiting += reversed(node.children)


def reads(node: Node) -> set[str]:
    """Return the names that an expression takes values from; not what it calls by its name."""
    return {text_of(one) for one in below(node, *_NAMES) if not _is_told_apart(one)}


def choices(function: Node) -> Iterator[Node]:
    """Yield the conditions that a function decides by."""
    for one in own(function, *_CHOICES, "conditional_expression"):
        condition = named(one, "condition")
        if one.type == "conditional_expression" and len(one.named_children) > 1:
            condition = one.named_children[1]
        if condition is not None:
            yield condition


@dataclass(frozen=True, slots=True)
class Way:
    """Where a name gets a value, and what of; ``is_more``: beside what it has."""

    node: Node
    source: Node
    is_more: bool = False


class Sources:
    """What the values of one function are made of, down to its parameters' ``names``."""

    def __init__(self, function: Node, names: Collection[str]) -> None:
        self.names = names
        self.made: dict[str, list[Way]] = {}
        for node in own(function, *_SETS, *_CALLS):
            self._take(node)

    def of(self, node: Node, until: Node) -> set[str]:
        """Return the parameters that an expression is made of, by what is done up to a node."""
        waiting, seen = [node], set[str]()
        while waiting:
            for name in reads(waiting.pop()) - seen:
                seen.add(name)
                for way in self.made.get(name, ()):
                    if way.node.start_byte < until.end_byte:
                        waiting += [way.source, *_conditions(way.node, until)]
        return {name for name in self.names if name in seen}

    def _take(self, node: Node) -> None:
        if node.type in _CALLS:
            held = named(named(node, "function"), "object")
            given = named(node, "arguments")
            # A call on its own is made for what it does: ``lines.append(line)``.
            is_alone = node.parent is not None and node.parent.type == "expression_statement"
            if held is not None and held.type == "identifier" and given is not None and is_alone:
                self.made.setdefault(text_of(held), []).append(Way(node, given, is_more=True))
            return
        target = named(node, "left") or named(node, "name") or named(node, "alias")
        source = named(node, "right") or named(node, "value")
        if node.type == "as_pattern":
            source = node.named_children[0]
        if target is None or source is None:
            return
        is_more = node.type.startswith("augmented")
        kinds = ("identifier", "shorthand_property_identifier_pattern")
        for one in below(target, *kinds) if _is_plain(target) else ():
            self.made.setdefault(text_of(one), []).append(Way(node, source, is_more))


def _is_plain(target: Node) -> bool:
    return target.type not in ("attribute", "subscript", "member_expression") and (
        target.type != "subscript_expression"
    )


def _conditions(node: Node, until: Node) -> Iterator[Node]:
    """Yield what decides whether a node is run, but not whether both are."""
    around = node.parent
    while around is not None and around.type not in _INNER:
        both = around.start_byte <= until.start_byte and until.end_byte <= around.end_byte
        if around.type in _CHOICES and not both:
            condition = named(around, "condition")
            yield from [] if condition is None else [condition]
        around = around.parent


def _is_told_apart(name: Node) -> bool:
    """Return whether a name is that of an attribute, an argument or a function that is called."""
    parent = name.parent
    if parent is None:
        return False
    if parent.type == "attribute":
        return named(parent, "attribute") == name
    if parent.type == "keyword_argument":
        return named(parent, "name") == name
    return parent.type in _CALLS and named(parent, "function") == name
