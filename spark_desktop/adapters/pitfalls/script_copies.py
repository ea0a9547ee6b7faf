"""Traps of things that two share, in JavaScript and TypeScript: who changes one changes both."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, named
from spark_desktop.adapters.pitfalls.script_changes import (
    CHANGING,
    changed_kind,
    copied,
    method_at,
    path_of,
    targets,
)
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_given import is_imported, may_be_shared, returned_by
from spark_desktop.adapters.pitfalls.script_nodes import (
    FUNCTIONS,
    argument_of,
    arguments,
    at_top,
    bare,
    called,
    calls,
    end_mark,
    function_of,
    is_dropped,
    is_field,
    object_of,
    own,
    parameters,
    root_of,
    statements,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each, each_then_all
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_PATHS = ("member_expression", "identifier", "subscript_expression")
_IN_PLACE = regex(r"in_?place", re.IGNORECASE)


def is_shared(code: Code, node: Node) -> bool:
    """Return whether others hold a thing, too: it was given, or is a field or of the file."""
    if node.type == "call_expression":
        return gives_shared(code, node)
    root = root_of(node)
    if root.type == "this":
        return node.type in ("member_expression", "subscript_expression")
    if root.type != "identifier" or _is_named_in_place(root):
        return False
    declared = facts(code).declared(root)
    if declared is None or declared.type != "variable_declarator":
        return declared is not None or is_imported(code, text_of(root))
    value = named(declared, "value")
    if value is not None and bare(value).type in _PATHS:
        return is_shared(code, bare(value))
    return function_of(declared) is None or node.type == "member_expression"


def gives_shared(code: Code, call: Node) -> bool:
    """Return whether a function of the file gives what others hold, too."""
    return any(
        one.type in _PATHS and is_shared(code, one) for one in map(bare, returned_by(code, call))
    )


def changed_for_its_result(code: Code) -> Iterator[SmallChange]:
    """``sort`` and ``reverse`` change the list itself: who wants the result copies it first."""

    def found() -> Iterator[list[Edit]]:
        for call, held, _given in calls(code, "sort", "reverse"):
            if not is_dropped(call) and (is_shared(code, held) or may_be_shared(code, held)):
                yield [code.edit(held, f"[...{code.text(held)}]")]

    yield from all_then_each(code, found())
    for call, held, given in calls(code, "splice"):
        if is_dropped(call) or not is_shared(code, held) or not 1 <= len(given) <= 2:
            continue
        begin = code.text(given[0])
        end = code.text(given[1]) if len(given) == 2 else ""
        until = "" if not end else f", {end}" if begin == "0" else f", {begin} + {end}"
        yield code.put(call, f"{code.text(held)}.slice({begin}{until})")


def changed_alias(code: Code) -> Iterator[SmallChange]:
    """``const copy = xs`` is no copy."""

    def found() -> Iterator[list[Edit]]:
        for node in code.nodes("variable_declarator"):
            name, value = named(node, "name"), named(node, "value")
            function = function_of(node)
            if name is None or value is None or function is None or name.type != "identifier":
                continue
            if value.type not in ("identifier", "member_expression", "call_expression"):
                continue
            kind = changed_kind(code, function, text_of(name))
            new = copied(code.text(value), kind) if kind and is_shared(code, value) else ""
            if new:
                yield [code.edit(value, new)]

    return all_then_each(code, found())


def changed_parameter(code: Code) -> Iterator[SmallChange]:
    """What a function is given belongs to the caller: it changes a copy where it gives one back."""

    def found() -> Iterator[list[Edit]]:
        for function in code.nodes(*FUNCTIONS):
            if not _gives_back(function) or _is_of_callback(function):
                continue
            for name, node in parameters(function).items():
                if _IN_PLACE.search(_name_of(function)) or not _is_plain(node):
                    continue
                new = _copy_of(code, function, name)
                inside = statements(function)
                mark = end_mark(code, inside[0]) if inside else ""
                line = at_top(code, function, f"{name} = {new}{mark}") if new else None
                if line is not None and not code.text(inside[0]).startswith(f"{name} = "):
                    yield [line]

    return each_then_all(code, found())


def kept_while_it_changes(code: Code) -> Iterator[SmallChange]:
    """What is stored or yielded while it goes on changing is stored as a copy."""

    def found() -> Iterator[list[Edit]]:
        for node in code.nodes("identifier", "member_expression"):
            call, outer = argument_of(node), node.parent
            is_stored = call is not None and called(call) in ("push", "unshift", "add", "set")
            is_yielded = outer is not None and outer.type == "yield_expression"
            if not is_stored and not is_yielded and not is_field(node, "value"):
                continue
            if is_field(node, "value") and (outer is None or outer.type != "pair"):
                continue
            function = function_of(node)
            kind = "" if function is None else changed_kind(code, function, code.text(node))
            if not kind and function is not None and node.type == "member_expression":
                kind = facts(code).kind(node)
            new = copied(code.text(node), kind)
            if new and not _is_fresh(code, node):
                yield [code.edit(node, new)]

    return all_then_each(code, found())


def handed_out(code: Code) -> Iterator[SmallChange]:
    """Who returns its own list, or keeps the one that it was given, lets others change it."""

    def found() -> Iterator[list[Edit]]:
        for node in code.nodes("return_statement"):
            value = bare(node.named_children[0]) if node.named_children else None
            if value is not None and (_is_own_field(value) or _is_of_file(code, value)):
                new = copied(code.text(value), facts(code).kind(value))
                yield [code.edit(value, new)] if new else []
        for node in code.nodes("assignment_expression"):
            left, value = named(node, "left"), named(node, "right")
            if left is None or value is None or not _is_own_field(left):
                continue
            if value.type == "identifier" and facts(code).is_parameter(value):
                kind = facts(code).kind(value) or facts(code).kind(left)
                new = copied(code.text(value), kind)
                yield [code.edit(value, new)] if new else []
        yield from _kept_properties(code)

    return each_then_all(code, found())


def _kept_properties(code: Code) -> Iterator[list[Edit]]:
    """The fields that TypeScript's constructors make of their parameters."""
    for function in code.nodes("method_definition"):
        for name, node in parameters(function).items():
            is_field_too = any(one.type == "accessibility_modifier" for one in node.children)
            new = copied(name, facts(code).kind(named(node, "pattern"))) if is_field_too else ""
            body = named(function, "body")
            if not new or body is None:
                continue
            line = f"this.{name} = {new};"
            put = at_top(code, function, line)
            yield [put] if put else [code.edit(body, f"{{ {line} }}")]


def shared_inside(code: Code) -> Iterator[SmallChange]:
    """A spread copies the first level: what is below it, and changed, is still the other's."""
    for node in code.nodes("variable_declarator"):
        name, value, function = named(node, "name"), named(node, "value"), function_of(node)
        if name is None or value is None or function is None or name.type != "identifier":
            continue
        source = _spread_of(code, value)
        if not source or not _changes_below(code, function, text_of(name)):
            continue
        if value.type == "array" or called(value) in ("slice", "from"):
            yield code.put(value, f"{source}.map((item) => ({{ ...item }}))")
        else:
            precise = _spread_below(code, function, text_of(name), value, source)
            if precise:
                yield precise
        yield code.put(value, f"structuredClone({source})")


def shallow_copy(code: Code) -> Iterator[SmallChange]:
    """A copy that is returned whole is to share nothing."""
    for node in code.nodes("object", "array", "call_expression"):
        outer = node.parent
        is_result = outer is not None and outer.type in ("return_statement", "arrow_function")
        source = _spread_of(code, node) if is_result else ""
        if source and node.type != "array":
            yield code.put(node, f"structuredClone({source})")


def _spread_of(code: Code, node: Node) -> str:
    """Return what a copy of one level is a copy of, "" for other expressions."""
    if node.type in ("object", "array") and len(node.named_children) == 1:
        only = node.named_children[0]
        return code.text(only.named_children[0]) if only.type == "spread_element" else ""
    if called(node) == "assign":
        given = arguments(node)
        is_copy = len(given) == 2 and code.text(given[0]) == "{}"
        return code.text(given[1]) if is_copy else ""
    held = object_of(node, "slice")
    return code.text(held) if held is not None and not arguments(node) else ""


def _changes_below(code: Code, function: Node, name: str) -> bool:
    return any(path_of(code, target)[0] == name for target in targets(function, 2))


def _spread_below(
    code: Code, function: Node, name: str, value: Node, source: str
) -> SmallChange | None:
    extra = ""
    for target in targets(function, 2):
        root, field = path_of(code, target)
        inner = bare(target)
        kind = "array" if inner.type == "subscript_expression" else "object"
        if method_at(target):
            kind = CHANGING[method_at(target)]
        new = copied(f"{source}.{field}", kind)
        if root == name and field and f", {field}:" not in extra:
            extra += f", {field}: {new}"
    if not extra or value.type != "object":
        return None
    return code.put(value, f"{{ ...{source}{extra} }}")


def _copy_of(code: Code, function: Node, name: str) -> str:
    kind = changed_kind(code, function, name)
    if kind:
        return copied(name, kind)
    extra = ""
    for target in targets(function, 2):
        root, field = path_of(code, target)
        method = method_at(target)
        if root == name and field and f", {field}:" not in extra:
            new = copied(f"{name}.{field}", CHANGING.get(method, "object"))
            extra += f", {field}: {new}"
    return f"{{ ...{name}{extra} }}" if extra else ""


def _gives_back(function: Node) -> bool:
    return any(one.named_children for one in own(function, "return_statement"))


def _is_of_callback(function: Node) -> bool:
    """Return whether a function is the argument of a call other than ``map``."""
    call = argument_of(function)
    return call is not None and called(call) not in ("map", "flatMap")


def _is_plain(node: Node) -> bool:
    pattern = named(node, "pattern") or named(node, "left") or node
    is_kept = any(one.type == "accessibility_modifier" for one in node.children)
    return pattern.type == "identifier" and not is_kept


def _is_own_field(node: Node) -> bool:
    held = named(node, "object")
    return node.type == "member_expression" and held is not None and held.type == "this"


def _is_of_file(code: Code, node: Node) -> bool:
    """Return whether a list is kept by the file or by a class in it."""
    held = named(node, "object")
    if node.type == "member_expression" and held is not None:
        return text_of(held) in facts(code).classes
    declared = facts(code).declared(node) if node.type == "identifier" else None
    is_variable = declared is not None and declared.type == "variable_declarator"
    return is_variable and declared is not None and function_of(declared) is None


def _is_fresh(code: Code, node: Node) -> bool:
    """Return whether a list is made anew in the loop's body that stores it."""
    declared = facts(code).declared(node) if node.type == "identifier" else None
    loop = above(node, "for_statement", "for_in_statement", "while_statement", *FUNCTIONS)
    if declared is None or declared.type != "variable_declarator" or loop is None:
        return False
    around = above(declared, "for_statement", "for_in_statement", "while_statement", *FUNCTIONS)
    return around == loop


def _is_named_in_place(node: Node) -> bool:
    function = function_of(node)
    return function is not None and bool(_IN_PLACE.search(_name_of(function)))


def _name_of(function: Node) -> str:
    name = named(function, "name") or named(function.parent, "name")
    return "" if name is None else text_of(name)
