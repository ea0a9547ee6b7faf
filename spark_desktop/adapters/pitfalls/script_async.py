"""Traps of promises in JavaScript and TypeScript: who does not wait has none of what comes."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import (
    above_it,
    argument_of,
    arguments,
    around,
    called,
    calls,
    end_mark,
    function_of,
    is_async,
    is_field,
    is_in_block,
    own,
    parameters,
    root_of,
    statement_of,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each, each_then_all
from spark_desktop.domain.small_change import SmallChange

_BODIES = frozenset({"json", "text", "arrayBuffer", "blob", "formData"})
# What is called on parts of a parameter without waiting, as it is on every list and text.
_AT_ONCE_WORDS = (
    "map filter find findIndex some every reduce forEach push pop shift unshift slice splice"
    " concat sort reverse join split includes indexOf lastIndexOf trim toLowerCase toUpperCase"
    " replace replaceAll startsWith endsWith padStart padEnd toString toFixed keys values entries"
    " has get set add delete clear test exec match matchAll at flat flatMap fill charAt charCodeAt"
    " substring substr then catch finally getTime toISOString emit on log error warn info debug"
    " next isArray now floor round ceil max min abs random bind call apply abort"
)
_AT_ONCE = frozenset(_AT_ONCE_WORDS.split())


def not_waited_for(code: Code) -> Iterator[SmallChange]:
    """A call of an async function is a promise, not its result."""
    sure = [node for node in _unwaited(code) if _is_sure(code, node)]
    yield from all_then_each(code, (_waiting(code, node) for node in sure))


def perhaps_not_waited_for(code: Code) -> Iterator[SmallChange]:
    """Nor is a call of what an async function was given, where its file does not say of which."""
    known = {node.id for node in _unwaited(code) if _is_sure(code, node)}
    found = (
        _waiting(code, node)
        for node in _unwaited(code)
        if node.id not in known and _may_be_waited(code, node)
    )
    return each_then_all(code, found)


def _unwaited(code: Code) -> Iterator[Node]:
    """Yield the calls whose result is used, or dropped, without waiting."""
    for call in code.nodes("call_expression"):
        outer = around(call).parent
        if outer is None or outer.type in ("await_expression", "array", "spread_element"):
            continue
        if outer.type == "member_expression" and _is_waited_with(outer):
            continue
        is_result = outer.type == "return_statement" or is_field(call, "body")
        # The caller waits; but what fails is only caught where it is waited for.
        if is_result and not _tried(call):
            continue
        whole = argument_of(call)
        if whole is not None and called(whole) in ("all", "allSettled", "race", "any", "resolve"):
            continue
        yield call


_FUNCTIONS = ("function_declaration", "method_definition", "function_expression")


def _is_waited_with(member: Node) -> bool:
    name = named(member, "property")
    return name is not None and text_of(name) in ("then", "catch", "finally")


def _tried(call: Node) -> bool:
    """Return whether a call stands in a ``try`` of its own function."""
    tried, function = above(call, "try_statement"), function_of(call)
    body = named(tried, "body")
    if tried is None or body is None or function is None:
        return False
    is_inside = body.start_byte <= call.start_byte < body.end_byte
    return is_inside and function_of(tried) == function


def _is_sure(code: Code, call: Node) -> bool:
    name = called(call)
    if name in _BODIES and not arguments(call):
        return _is_in_async(call)
    if name not in facts(code).waited and name != "fetch":
        return False
    function = function_of(call)
    return function is not None and (is_async(function) or not _is_callback(function))


def _may_be_waited(code: Code, call: Node) -> bool:
    function = named(call, "function")
    if function is None or not _is_in_async(call) or called(call) in _AT_ONCE:
        return False
    root = root_of(function)
    if root.type == "this":
        held = named(function, "object")
        return held is not None and held.type == "member_expression"
    if root.type != "identifier":
        return False
    declared = facts(code).declared(root)
    over = named(declared, "right") if declared and declared.type == "for_in_statement" else None
    return facts(code).is_parameter(root if over is None else root_of(over))


def _is_in_async(call: Node) -> bool:
    function = function_of(call)
    return function is not None and is_async(function)


def _is_callback(function: Node) -> bool:
    return argument_of(function) is not None


def _waiting(code: Code, call: Node) -> list[Edit]:
    outer = call.parent
    is_inner = outer is not None and outer.type in (
        *("member_expression", "subscript_expression", "call_expression", "non_null_expression"),
    )
    text = f"await {code.text(call)}"
    is_bound = is_inner and is_field(call, "object", "function")
    edits = [code.edit(call, f"({text})" if is_bound else text)]
    function = function_of(call)
    return edits if function is None else [*edits, *made_async(code, function)]


def made_async(code: Code, function: Node) -> list[Edit]:
    """Return the edits that let a function wait: none where it does."""
    if is_async(function):
        return []
    first = named(function, "name") if function.type == "method_definition" else function
    place = code.places.start(first or function)
    edits = [(place, place, "async ")]
    kind = named(function, "return_type")
    if kind is not None and "Promise<" not in text_of(kind) and kind.named_children:
        inner = kind.named_children[0]
        edits.append(code.edit(inner, f"Promise<{code.text(inner)}>"))
    return edits


def loop_that_does_not_wait(code: Code) -> Iterator[SmallChange]:
    """``forEach`` waits for nothing that its function promises."""
    for call, held, given in calls(code, "forEach"):
        function, statement = given[0] if given else None, call.parent
        around_it = function_of(call)
        if function is None or around_it is None or not is_async(function):
            continue
        if statement is None or statement.type != "expression_statement":
            continue
        outer = made_async(code, around_it)
        loop = _as_loop(code, held, function)
        if loop:
            yield code.together([*outer, code.edit(statement, loop)])
            continue
        mapped = f"{code.text(held)}.map({code.text(function)})"
        mark = end_mark(code, statement)
        yield code.together([*outer, code.edit(statement, f"await Promise.all({mapped}){mark}")])


def _as_loop(code: Code, held: Node, function: Node) -> str:
    body, listed = named(function, "body"), code.text(held)
    names = list(parameters(function))
    if body is None or body.type != "statement_block" or not 1 <= len(names) <= 2:
        return ""
    given = named(function, "parameters") or named(function, "parameter")
    only = given.named_children[0] if given is not None and given.named_children else given
    if only is None or list(own(function, "return_statement")):
        return ""
    first = named(only, "pattern") or only
    if len(names) == 1 or first.type != "identifier":
        return f"for (const {code.text(first)} of {listed}) {code.text(body)}"
    pair = f"[{names[1]}, {names[0]}]"
    return f"for (const {pair} of {listed}.entries()) {code.text(body)}"


def promises_for_values(code: Code) -> Iterator[SmallChange]:
    """What ``map`` makes with an async function is promises; ``filter`` takes each for true."""
    for call, _held, _given in calls(code, "map"):
        if call.parent is not None and call.parent.type == "await_expression":
            yield code.put(call, f"Promise.all({code.text(call)})")
    for call, held, given in calls(code, "map", "filter", "some", "every"):
        if call.parent is not None and call.parent.type == "await_expression":
            continue
        function, around_it = given[0] if given else None, function_of(call)
        if function is None or around_it is None or not _promises(code, function):
            continue
        whole = argument_of(call)
        name = called(call)
        if whole is not None and called(whole) in ("all", "allSettled", "race", "any"):
            continue
        mapped = f"{code.text(held)}.map({code.text(function)})"
        outer = made_async(code, around_it)
        every = f"await Promise.all({mapped})"
        if name == "map":
            is_bound = is_field(call, "object")
            text = f"({every})" if is_bound else every
            if is_field(call, "value") and _is_waited_later(code, call):
                continue
            yield code.together([*outer, code.edit(call, text)])
        elif name == "filter" and is_in_block(call):
            kept = f"const kept = {every}{end_mark(code, statement_of(call))}"
            line = above_it(code, statement_of(call), kept)
            new = f"{code.text(held)}.filter((_, index) => kept[index])"
            yield code.together([*outer, line, code.edit(call, new)])
        elif name != "filter":
            yield code.together([*outer, code.edit(call, f"({every}).{name}(Boolean)")])


def _promises(code: Code, function: Node) -> bool:
    if function.type == "identifier":
        return text_of(function) in facts(code).waited
    body = named(function, "body")
    is_call = body is not None and body.type == "call_expression"
    is_told = is_call and called(body) in facts(code).waited
    return is_told or (function.type in (*_FUNCTIONS, "arrow_function") and is_async(function))


def _is_waited_later(code: Code, call: Node) -> bool:
    name = named(call.parent, "name")
    function = function_of(call)
    if name is None or function is None:
        return False
    return any(
        f"{way}({code.text(name)}" in code.text(function)
        for way in ("Promise.all", "Promise.allSettled", "Promise.race", "Promise.any")
    )
