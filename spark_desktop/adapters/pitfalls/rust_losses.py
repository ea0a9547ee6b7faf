"""Traps of Rust with what is lost or made up: what ends a run of elements, what cannot be read.

``take_while`` and a loop that breaks off have taken the element that ended them.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, above, named
from spark_desktop.adapters.pitfalls.rounds import statement_of, statements, turned_around
from spark_desktop.adapters.pitfalls.rust_text import field_of_call
from spark_desktop.adapters.pitfalls.rust_types import method_of, types_of
from spark_desktop.adapters.pitfalls.shared import (
    all_then_each,
    indent_of,
    line_of,
    stands_alone,
    uses,
)
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_LOOPS = ("for_expression", "while_expression", "loop_expression")
_DEFAULTS = ("unwrap_or", "unwrap_or_default", "unwrap_or_else")
_PANICS = ("unwrap", "expect")
# What gives a Result, and what gives an Option, whatever it is called on.
_RESULTS = frozenset({"parse", "try_into"})
_OPTIONS = frozenset(
    {"get", "first", "last", "find", "rfind", "position", "strip_prefix", "strip_suffix", "ok"}
    | {"to_digit", "checked_sub", "checked_add", "checked_mul", "checked_div", "split_once"}
    | {"next", "nth", "pop", "max", "min", "rsplit_once", "remove", "copied", "cloned"}
)
# What gives one value, or none.
_ONE = (_OPTIONS | _RESULTS | {"and_then", "or_else", "or", "as_ref", "as_deref"}) - {
    *("copied", "cloned"),
}
_MADE = regex(r"\w+::(?:from_str|from_utf8|try_from|from_str_radix)$")


def _swallowed(code: Code) -> Iterator[SmallChange]:
    """What comes behind those that ``take_while`` gives misses the first that did not fit."""
    ways: list[list[Edit]] = []
    for one in code.nodes("call_expression"):
        method = method_of(one, code)
        if method is None or method[1] != "take_while" or len(method[2]) != 1:
            continue
        name = _borrowed(method[0], code)
        peekable = _peekable(name, one, code)
        if peekable is None:
            continue
        taken = f"std::iter::from_fn(|| {name}.next_if({code.text(method[2][0])}))"
        ways.append([*peekable, code.edit(one, taken)])
    yield from all_then_each(code, ways)


def _broken_off(code: Code) -> Iterator[SmallChange]:
    """A loop that breaks off at an element has taken it: what comes behind the loop misses it."""
    ways: list[list[Edit]] = []
    for loop in code.nodes("while_expression", "for_expression"):
        inside = statements(named(loop, "body"))
        head, first = _taken(loop, code), inside[0] if inside else None
        if head is None or first is None or not _goes_on(loop, head[0], code):
            continue
        condition, gone = _breaks(first), line_of(code, first)
        peekable = _peekable(head[0], loop, code)
        body = named(loop, "body")
        if condition is None or gone is None or peekable is None or body is None:
            continue
        name, variable = head
        fits = turned_around(condition, code)
        start = f"while let Some({variable}) = {name}.next_if(|&{variable}| {fits}) "
        begin = code.places.start(loop), code.places.start(body), start
        ways.append([*peekable, begin, gone])
    yield from all_then_each(code, ways)


def _borrowed(node: Node, code: Code) -> str:
    """Return the iterator that ``by_ref()`` or ``(&mut …)`` leaves to others; "" for all else."""
    method = method_of(node, code)
    if method is not None:
        is_name = method[1] == "by_ref" and method[0].type == "identifier"
        return code.text(method[0]) if is_name else ""
    found = re.fullmatch(r"\(&mut (\w+)\)", code.text(node))
    return found[1] if found is not None else ""


def _peekable(name: str, at: Node, code: Code) -> list[Edit] | None:
    """Return the edits after which an iterator can be looked into; None for one of elsewhere."""
    bound = types_of(code).binding(name, at) if name else None
    value, pattern = named(bound, "value"), named(bound, "pattern")
    if bound is None or bound.type != "let_declaration" or value is None or pattern is None:
        return None
    if named(bound, "type") is not None or pattern.type != "identifier":
        return None
    method = method_of(value, code)
    if method is not None and method[1] == "peekable":
        return []
    end = code.places.end(value)
    return [(end, end, ".peekable()")]


def _taken(loop: Node, code: Code) -> tuple[str, str] | None:
    """Return the iterator that a loop takes from, which it leaves to others, and its variable."""
    if loop.type == "for_expression":
        pattern, value = named(loop, "pattern"), named(loop, "value")
        if pattern is None or value is None or pattern.type != "identifier":
            return None
        name = _borrowed(value, code) or re.sub(r"^&mut ", "", code.text(value))
        return (name, code.text(pattern)) if name.isidentifier() else None
    condition = named(loop, "condition")
    text = "" if condition is None else code.text(condition)
    found = re.fullmatch(r"let Some\((\w+)\) = (\w+)\.next\(\)", text)
    return (found[2], found[1]) if found is not None else None


def _breaks(statement: Node) -> Node | None:
    """Return the condition of a statement that only ends the loop; None for another one."""
    one = statement.named_children[0] if statement.type == "expression_statement" else statement
    condition, taken = named(one, "condition"), named(one, "consequence")
    inside = statements(taken)
    if one.type != "if_expression" or named(one, "alternative") is not None or len(inside) != 1:
        return None
    last = inside[0].named_children[0] if inside[0].named_children else inside[0]
    is_plain = last.type == "break_expression" and not last.named_children
    return condition if is_plain and condition is not None else None


def _goes_on(loop: Node, name: str, code: Code) -> bool:
    """Return whether more is taken from the iterator after a loop."""
    function = above(loop, "function_item")
    if function is None:
        return False
    places = uses(function, name, code)
    if any(one.start_byte >= loop.end_byte for one in places):
        return True
    outer = above(loop, *_LOOPS, "function_item")
    if outer is None or outer.type not in _LOOPS:
        return False
    return any(outer.start_byte < one.start_byte < loop.start_byte for one in places)


def _made_up(code: Code) -> Iterator[SmallChange]:
    """What cannot be read is left out, not taken for a value that nobody wrote."""
    yield from _left_out(code, _DEFAULTS)


def _panics(code: Code) -> Iterator[SmallChange]:
    """One element that cannot be read need not end the whole."""
    yield from _left_out(code, _PANICS)


def _left_out(code: Code, names: tuple[str, ...]) -> Iterator[SmallChange]:
    ways: list[list[Edit]] = []
    for one in code.nodes("call_expression"):
        method = method_of(one, code)
        if method is None or method[1] not in names:
            continue
        held = _plain_result(method[0], code)
        if held is None:
            continue
        found = _mapped(one, method[0], held, code) or _stepped(one, method[0], held, code)
        ways += [found] if found else []
    yield from all_then_each(code, ways)


def _plain_result(node: Node, code: Code) -> str | None:
    """Return "Result" or "Option" for what an expression surely is; None for all else."""
    method = method_of(node, code)
    if method is not None:
        return "Result" if method[1] in _RESULTS else "Option" if method[1] in _OPTIONS else None
    function = named(node, "function")
    is_made = function is not None and _MADE.search(code.text(function)) is not None
    return "Result" if is_made else None


def _mapped(one: Node, value: Node, held: str, code: Code) -> list[Edit]:
    """Return the edits by which ``map`` leaves an element out."""
    closure = one.parent
    arguments = None if closure is None else closure.parent
    call = None if arguments is None else arguments.parent
    method, name = method_of(call, code), None if call is None else field_of_call(call)
    if closure is None or closure.type != "closure_expression" or method is None or name is None:
        return []
    if method[1] != "map" or method[2] != [closure] or _is_one(method[0], code):
        return []
    end = ".ok()" if held == "Result" else ""
    rest = code.places.end(value), code.places.end(one), end
    return [code.edit(name, "filter_map"), rest]


def _is_one(node: Node, code: Code) -> bool:
    """Return whether ``map`` is that of an Option or a Result: it has no elements."""
    method = method_of(node, code)
    return method is not None and method[1] in _ONE


def _stepped(one: Node, value: Node, held: str, code: Code) -> list[Edit]:
    """Return the edits by which a round of a loop leaves an element out."""
    some = "Ok" if held == "Result" else "Some"
    loop = above(one, "for_expression", "closure_expression", "function_item")
    if loop is None or loop.type != "for_expression":
        return []
    parent = one.parent
    if parent is not None and parent.type == "let_declaration":
        return _let_else(parent, value, some, code)
    call = None if parent is None else parent.parent
    method = method_of(call, code)
    if call is None or method is None or method[1] != "push" or method[2] != [one]:
        return []
    statement = statement_of(call)
    if statement == call or not stands_alone(code, statement):
        return []
    indent = indent_of(code, statement)
    pushed = f"{indent}    {code.text(method[0])}.push(value);"
    lines = (f"if let {some}(value) = {code.text(value)} {{", pushed, f"{indent}}}")
    return [code.edit(statement, code.newline.join(lines))]


def _let_else(declared: Node, value: Node, some: str, code: Code) -> list[Edit]:
    pattern, kind = named(declared, "pattern"), named(declared, "type")
    whole = named(declared, "value")
    is_mutable = any(n.type == "mutable_specifier" for n in declared.children)
    if pattern is None or pattern.type != "identifier" or whole is None:
        return []
    text = code.text(value)
    if kind is not None:
        if not text.endswith(".parse()"):
            return []
        text = f"{text.removesuffix('()')}::<{code.text(kind)}>()"
    name = f"mut {code.text(pattern)}" if is_mutable else code.text(pattern)
    indent = indent_of(code, declared)
    lines = (f"let {some}({name}) = {text} else {{", f"{indent}    continue;", f"{indent}}};")
    return [code.edit(declared, code.newline.join(lines))]


RULES: tuple[Rule, ...] = (_swallowed, _broken_off, _made_up)
LATER: tuple[Rule, ...] = (_panics,)
