"""Traps of Python in results: worked out and not kept, or taken where there are none."""

import re
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, above, below, named
from spark_desktop.adapters.pitfalls.python_nodes import (
    CONDITIONS,
    SIMPLE,
    arguments,
    called,
    method,
    own_nodes,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each, indent_of, stands_alone
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

# What does nothing but have a value. A text is a comment, and a name alone may raise NameError.
_VALUES = (
    *("list", "tuple", "set", "dictionary", "integer", "float", "true", "false", "none"),
    *("list_comprehension", "set_comprehension", "dictionary_comprehension", "attribute"),
    *("generator_expression", "comparison_operator", "binary_operator", "boolean_operator"),
    *("conditional_expression", "not_operator", "unary_operator", "parenthesized_expression"),
    *("identifier", "expression_list"),
)
# Methods of texts and times that change nothing, each with the most that it is given.
_PURE = {
    **dict.fromkeys(("lower", "upper", "title", "capitalize", "casefold", "swapcase"), 0),
    **dict.fromkeys(("strip", "lstrip", "rstrip", "expandtabs", "removeprefix", "zfill"), 1),
    **dict.fromkeys(("removesuffix", "with_suffix", "with_name", "astimezone", "translate"), 1),
    **dict.fromkeys(("ljust", "rjust", "quantize"), 2),
}
_OF_SETS = {"union": "update", "difference": "difference_update"}
_OF_SETS["intersection"] = "intersection_update"
_PURE_FUNCTIONS = frozenset({"sorted", "reversed", "round", "abs"})
_ERROR = regex(r"(?:^|\.)(?:[A-Z]\w*)?(?:Error|Exception|Interrupt)$")
# What changes its object, and gives None.
_CHANGES = frozenset(
    {"append", "extend", "insert", "remove", "clear", "update", "add", "discard", "appendleft"}
)
_OF_TEXTS = ("lower", "upper", "strip", "casefold", "isdigit", "isalpha", "isspace", "isupper")
# Where a value is read that no function is.
_READ = ("boolean_operator", "not_operator", "binary_operator", "interpolation", "if_clause")
_ADDED = {"list": "+=", "string": "+=", "integer": "+=", "float": "+=", "set": "|="}


def lost_value(code: Code) -> Iterator[SmallChange]:
    """A line that only has a value was meant to give it, or to keep it."""
    found: list[tuple[Node, list[str]]] = []
    kept = []
    for node in code.nodes("expression_statement"):
        value = node.named_children[0] if len(node.named_children) == 1 else None
        if value is None or not stands_alone(code, node):
            continue
        texts = [*_kept(code, value)]
        kept += [[code.edit(node, texts[0])]] if texts else []
        if (texts or _is_of_no_use(value)) and _may_give(node):
            texts.append(f"return {code.text(value)}")
        found.append((node, texts))
    # Who forgets that a text stays as it is does so in the next line, too.
    yield from islice(all_then_each(code, kept), 1 if len(kept) > 1 else 0)
    for node, texts in found:
        yield from code.alternatives(node, *texts)


def _is_of_no_use(value: Node) -> bool:
    """Return whether a value is all that a line has: what it calls may do something else."""
    kinds = ("call", "await", "yield", "named_expression")
    return value.type in _VALUES and not any(True for _ in below(value, *kinds))


def _may_give(statement: Node) -> bool:
    """Return whether a statement is the last of its block, in a function that gives a value."""
    if statement.next_named_sibling is not None:
        return False
    function = above(statement, "function_definition", "class_definition")
    if function is None or function.type != "function_definition":
        return False
    own = list(own_nodes(function, "yield", "return_statement"))
    if any(one.type == "yield" for one in own):
        return False
    type_ = named(function, "return_type")
    if type_ is not None and text_of(type_) != "None":
        return True
    return any(one.named_children for one in own)


def _kept(code: Code, value: Node) -> Iterator[str]:
    """Yield the statement that keeps what a line works out from a variable."""
    text = code.text(value)
    if value.type in ("comparison_operator", "binary_operator") and len(value.children) == 3:
        left, sign, right = (code.text(one) for one in value.children)
        if value.children[0].type in SIMPLE and sign == "==":
            yield f"{left} = {right}"
        elif value.children[0].type in SIMPLE and value.type == "binary_operator":
            yield f"{left} {sign}= {right}"
        return
    if value.type == "attribute":
        yield f"{text}()"
    elif _ERROR.search(called(value)):
        yield f"raise {text}"
    found, given = method(value), arguments(value)
    if found is not None and found[0].type in SIMPLE and code.text(found[0]) != "self":
        on = code.text(found[0])
        if found[1] in _OF_SETS and len(given) == 1:
            yield f"{on}.{_OF_SETS[found[1]]}({code.text(given[0])})"
        elif (found[1] in _PURE and len(given) <= _PURE[found[1]]) or _is_replaced(
            code, found, given
        ):
            yield f"{on} = {text}"
    elif called(value) in _PURE_FUNCTIONS and given and given[0].type in SIMPLE:
        yield f"{code.text(given[0])} = {text}"


def _is_replaced(code: Code, found: tuple[Node, str], given: list[Node]) -> bool:
    """Return whether it is a text's or a time's ``replace``: one of files is given one path."""
    if found[1] != "replace" or not given:
        return False
    on = code.text(found[0])
    is_module = re.search(rf"^[ \t]*(?:import|from)\b.*\b{re.escape(on)}\b", code.content, re.M)
    is_of_time = all(one.type == "keyword_argument" for one in given)
    return not is_module and (len(given) in (2, 3) or is_of_time)


def nothing_given(code: Code) -> Iterator[SmallChange]:
    """``append`` and ``update`` change their object and give None."""
    for node in code.nodes("call"):
        found, parent = method(node), node.parent
        if found is None or found[1] not in _CHANGES or found[0].type not in SIMPLE:
            continue
        if parent is None or not _is_of_containers(code, node, found):
            continue
        on, text = code.text(found[0]), code.text(node)
        left = named(parent, "left") if parent.type == "assignment" else None
        statement = parent if parent.type == "return_statement" else parent.parent
        if statement is None or not stands_alone(code, statement):
            continue
        if parent.type == "return_statement":
            yield code.put(parent, f"{text}{code.newline}{indent_of(code, parent)}return {on}")
        elif left is not None and named(parent, "right") == node and code.text(left) == on:
            yield code.put(parent, text)


def _is_of_containers(code: Code, node: Node, found: tuple[Node, str]) -> bool:
    """Return whether a method is that of a container: another's ``add`` may give something."""
    if found[1] in ("append", "extend", "appendleft"):
        return True
    on = re.escape(code.text(found[0]).rpartition(".")[2])
    made = rf"\b{on}\b\s*(?::[^=\n]*)?=\s*(?:[\[{{]|(?:list|dict|set|defaultdict|Counter|sorted)\()"
    typed = rf"\b{on}\b\s*:\s*(?:list|dict|set)\b"
    return bool(re.search(made, code.content) or re.search(typed, code.content))


def lost_again(code: Code) -> Iterator[SmallChange]:
    """What a function gives for a part has to become a part of what it gives."""
    for function in code.nodes("function_definition"):
        name = named(function, "name")
        if name is None:
            continue
        is_generator = any(True for _ in own_nodes(function, "yield"))
        for node in own_nodes(function, "expression_statement"):
            value = node.named_children[0] if len(node.named_children) == 1 else None
            if value is None or not stands_alone(code, node):
                continue
            if is_generator:
                yield from _yielded(code, value, text_of(name))
            elif called(value).rpartition(".")[2] == text_of(name):
                yield from _added(code, function, value)


def _yielded(code: Code, value: Node, name: str) -> Iterator[SmallChange]:
    inner = value
    if value.type == "yield" and len(value.children) == 2:
        inner = value.children[1]
    if called(inner).rpartition(".")[2] == name:
        yield code.put(value, f"yield from {code.text(inner)}")


def _added(code: Code, function: Node, value: Node) -> Iterator[SmallChange]:
    """Yield what adds the part to what the function collects and gives in the end."""
    body = named(function, "body")
    last = body.named_children[-1] if body is not None and body.named_children else None
    given = last.named_children[0] if last is not None and last.named_children else None
    if last is None or last.type != "return_statement" or given is None:
        return
    made = [
        right
        for one in own_nodes(function, "assignment")
        if code.text(named(one, "left") or one) == code.text(given)
        and (right := named(one, "right")) is not None
    ]
    if given.type != "identifier" or not made:
        return
    name, text = code.text(given), code.text(value)
    if code.text(made[0]) == "set()":
        yield code.put(value, f"{name} |= {text}")
    elif made[0].type == "dictionary" or code.text(made[0]) == "dict()":
        yield code.put(value, f"{name}.update({text})")
    elif made[0].type in _ADDED:
        yield code.put(value, f"{name} {_ADDED[made[0].type]} {text}")


def uncalled(code: Code) -> Iterator[SmallChange]:
    """A method that is not called is no answer: it is always true, and equal to nothing."""
    methods = _asking(code)
    edits = []
    for node in code.nodes("attribute"):
        name, parent = named(node, "attribute"), node.parent
        if name is None or parent is None or text_of(name) not in methods:
            continue
        is_of_comparison = parent.type == "comparison_operator" and "is" not in (
            one.type for one in parent.children
        )
        is_condition = parent.type in CONDITIONS and named(parent, "condition") == node
        is_object = parent.type == "attribute" and text_of(name) in _OF_TEXTS
        if is_of_comparison or is_condition or is_object or parent.type in _READ:
            edits.append((code.places.end(node), code.places.end(node), "()"))
    yield from all_then_each(code, [[one] for one in edits])


def _asking(code: Code) -> set[str]:
    """Return the methods that can be called with nothing, of texts and of the file's classes."""
    found: dict[str, bool] = {}
    for class_ in code.every("class_definition"):
        body = named(class_, "body")
        for one in body.named_children if body is not None else ():
            name, own = named(one, "name"), named(one, "parameters")
            if one.type == "function_definition" and name is not None and own is not None:
                is_bare = code.text(own) == "(self)" and one.children[0].type != "async"
                found[text_of(name)] = is_bare and found.get(text_of(name), True)
            elif one.type == "decorated_definition":
                inner = named(named(one, "definition"), "name")
                found[text_of(inner) if inner is not None else ""] = False
    # What is an attribute somewhere is none of the method's.
    for one in code.every("assignment"):
        left = named(one, "left")
        if left is not None:
            found[code.text(left).rpartition(".")[2]] = False
    return {one for one, is_one in found.items() if is_one} | {
        one for one in _OF_TEXTS if found.get(one, True)
    }
