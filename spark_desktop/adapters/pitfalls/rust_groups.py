"""Traps of Rust with groups: nothing comes behind the last one that would end it."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Rule, below, named
from spark_desktop.adapters.pitfalls.rounds import statement_of, statements
from spark_desktop.adapters.pitfalls.rust_types import method_of, types_of
from spark_desktop.adapters.pitfalls.shared import lines_below, stands_alone
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_LOOPS = ("for_expression", "while_expression")
_STORES = ("push", "push_back", "push_str", "insert", "extend")
_TAKEN = regex(r"(?:std::)?(?:mem::)?take\(&mut (\w+)\)|\b(\w+)\.(?:clone\(\)|drain\(\.\.\))")
_EMPTY = regex(r"(?:Vec|String|VecDeque)(?:::<[^()]*>)?::new\(\)|vec!\[\]|String::default\(\)")


def _last_group(code: Code) -> Iterator[SmallChange]:
    """The last group is not stored: that is done only where another begins."""
    for loop in code.nodes(*_LOOPS):
        body, whole = named(loop, "body"), statement_of(loop)
        after = whole.next_named_sibling
        if body is None or after is None or not stands_alone(code, whole):
            continue
        for call in below(body, "call_expression", "assignment_expression"):
            lines = _stored(call, loop, body, code)
            if lines and not _is_stored(call, whole, code):
                yield code.together([lines_below(code, whole, lines)])


def _is_stored(call: Node, whole: Node, code: Code) -> bool:
    """Return whether what follows the loop does the same, or looks at the group."""
    method = method_of(call, code)
    after, done = whole.next_named_sibling, code.text(call)
    # An assignment of the greatest is the same one.
    given = done if method is None else code.text(method[2][0])
    names = [code.text(one) for one in below(call, "identifier")]
    while after is not None:
        text = code.text(after)
        if re.search(rf"(?<!\w){re.escape(given)}(?!\w)", text) or any(
            f"{n}.is_empty()" in text for n in names
        ):
            return True
        after = after.next_named_sibling
    return False


def _stored(call: Node, loop: Node, body: Node, code: Code) -> list[str]:
    """Return the lines that store the last group; none where the call does not store one."""
    statement = statement_of(call)
    block = statement.parent
    if block is None or block.type != "block" or block == body:
        return []
    if _is_asked_for(call, block, loop, body, code) and block.parent is not None:
        return _dedented(_at_last(block.parent, code), block.parent, code)
    given = _given(call, code)
    if not given or not all(_is_outside(one, loop, code) for one in below(call, "identifier")):
        return []
    for name in given:
        if _is_reset(name, block, body, code) and (lines := _guarded(statement, name, loop, code)):
            return lines
    return []


def _is_asked_for(call: Node, block: Node, loop: Node, body: Node, code: Code) -> bool:
    """Return whether the whole ``if`` around may stand behind the loop as it is."""
    around, condition = block.parent, named(block.parent, "condition")
    if around is None or around.type != "if_expression" or condition is None:
        return False
    if named(around, "alternative") is not None or len(statements(block)) != 1:
        return False
    outer = around.parent
    while outer is not None and outer.type != "block":
        outer = outer.parent
    names = list(below(around, "identifier"))
    if outer is None or not all(
        _is_outside(n, loop, code) or _is_in(n, around, code) for n in names
    ):
        return False
    asked = [code.text(one) for one in below(condition, "identifier")]
    if call.type == "assignment_expression":
        goal, value = named(call, "left"), named(call, "right")
        is_greatest = condition.type == "binary_expression" and all(
            one is not None and code.text(one) in asked for one in (goal, value)
        )
        return is_greatest and any(_is_reset(name, outer, body, code) for name in asked)
    method = method_of(call, code)
    if method is None or method[1] not in _STORES:
        return False
    taken = re.search(r"\blet\s+Some\(.*=\s*\w+\.take\(\)$", code.text(condition))
    return taken is not None or any(_is_reset(name, outer, body, code) for name in asked)


def _is_in(name: Node, around: Node, code: Code) -> bool:
    """Return whether a name is one of the variables that an expression itself brings."""
    bound = types_of(code).binding(code.text(name), name)
    inside = bound is not None and around.start_byte <= bound.start_byte < around.end_byte
    parent = name.parent
    return inside or (parent is not None and parent.type.endswith("pattern"))


def _given(call: Node, code: Code) -> list[str] | None:
    """Return the names of what a call stores, or of what the greatest so far is compared with."""
    if call.type == "assignment_expression":
        left, right = named(call, "left"), named(call, "right")
        method = method_of(right, code)
        if left is None or method is None or method[1] != "max" or len(method[2]) != 1:
            return None
        pair = [code.text(method[0]), code.text(method[2][0])]
        goal = code.text(left)
        return [one for one in pair if one != goal] if goal in pair else None
    method = method_of(call, code)
    if method is None or method[1] not in _STORES or not method[2]:
        return None
    return [code.text(one) for given in method[2] for one in below(given, "identifier")]


def _is_outside(name: Node, loop: Node, code: Code) -> bool:
    """Return whether a name means the same behind the loop: none of the loop's own variables."""
    parent = name.parent
    if parent is not None and parent.type == "scoped_identifier":
        return True
    text, types = code.text(name), types_of(code)
    bound = types.binding(text, name)
    if bound is None:
        # A function or a constant; in a macro, any word.
        return text[:1].isupper() or (parent is not None and parent.type == "call_expression")
    return not (loop.start_byte <= bound.start_byte < loop.end_byte)


def _is_reset(name: str, block: Node, body: Node, code: Code) -> bool:
    """Return whether a group begins anew in the blocks around the call, which some rounds skip."""
    word = re.escape(name)
    reset = re.compile(rf"\b{word} = |\b{word}\.clear\(|&mut {word}\b|\b{word}\.drain\(")
    around: Node | None = block
    while around is not None and around != body:
        if around.type == "block" and reset.search(code.text(around)) is not None:
            return True
        around = around.parent
    return False


def _guarded(statement: Node, name: str, loop: Node, code: Code) -> list[str]:
    """Return the statement with the question whether there is a group at all."""
    text = _at_last(statement, code)
    bound = types_of(code).binding(name, loop)
    value = named(bound, "value")
    first = "" if value is None else code.text(value)
    if " = " in text.partition("(")[0]:
        return [text] if first == "0" else []
    if _EMPTY.fullmatch(first):
        guard = f"!{name}.is_empty()"
    elif first == "0":
        guard = f"{name} > 0"
    else:
        return []
    return [f"if {guard} {{", *(f"    {line}" for line in _dedented(text, statement, code)), "}"]


def _at_last(node: Node, code: Code) -> str:
    """Return a statement's text with the group itself: nobody needs it any more."""
    return _TAKEN.sub(lambda one: one[1] or one[2], code.text(node))


def _dedented(text: str, node: Node, code: Code) -> list[str]:
    """Return the lines of a node's text, without the indent of its first."""
    start = code.places.start(node)
    line = code.content[code.content.rfind("\n", 0, start) + 1 : start]
    indent = line[: len(line) - len(line.lstrip())]
    return [one.removeprefix(indent) for one in text.splitlines()]


RULES: tuple[Rule, ...] = (_last_group,)
