"""Traps of loops that Go and Rust share: what is carried from round to round, and when it ends."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, above, below, named
from spark_desktop.adapters.pitfalls.shared import line_of, one_of, stands_alone, uses
from spark_desktop.domain.small_change import SmallChange

# A name, its first value, and its declaration.
Declared = tuple[str, Node, Node]

_TURNED = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "==": "!=", "!=": "=="}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a language calls its parts; ``declared`` reads the declaration of one new variable."""

    functions: tuple[str, ...]
    loops: tuple[str, ...]
    is_stepped: Callable[[Node], bool]
    branches: tuple[str, ...]
    returns: tuple[str, ...]
    assignments: tuple[str, ...]
    declared: Callable[[Node, Code], Declared | None]


def rounds(shape: Shape) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """Return the rules for a language, those that are likely and those that come late."""
    likely = (_left_early, _carried, _last_wins)
    return tuple(partial(rule, shape) for rule in likely), (both_bounds, partial(_swapped, shape))


def _left_early(shape: Shape, code: Code) -> Iterator[SmallChange]:
    """Whatever the first element is, the loop ends with it."""
    for loop in code.nodes(*shape.loops):
        inside = statements(named(loop, "body"))
        last, after = (inside or [loop])[-1], statement_of(loop).next_named_sibling
        if not inside or after is None:
            continue
        inner = _unwrapped(last)
        gone = line_of(code, last)
        # Without a step in its head, a loop may end with that alone; or it tries again until then.
        again = ("continue_statement", "continue_expression")
        if not shape.is_stepped(loop) or next(below(loop, *again), None) is not None:
            continue
        if inner.type in shape.returns and len(inside) > 1 and gone is not None:
            yield code.together([gone])
        elif inner.type in shape.branches:
            yield from _without_else(code, inner, after, shape)


def _carried(shape: Shape, code: Code) -> Iterator[SmallChange]:
    """What each round should begin anew still has what the round before left."""
    for loop in code.nodes(*shape.loops):
        body, function = named(loop, "body"), above(loop, *shape.functions)
        first = next(iter(statements(body)), None)
        one = statement_of(loop).prev_named_sibling
        if body is None or first is None or function is None or not stands_alone(code, first):
            continue
        while one is not None and (found := shape.declared(one, code)) is not None:
            gone = line_of(code, one)
            is_limit = _ends_it(shape, found[0], body, code)
            if gone is not None and not is_limit and _is_carried(code, found, function, body):
                yield code.together([gone, code.before(first, code.text(one))])
            one = one.prev_named_sibling


def _ends_it(shape: Shape, name: str, body: Node, code: Code) -> bool:
    """Return whether a loop leaves once a variable says so, such as a count of tries."""
    leaves = (*shape.returns, "break_statement", "break_expression")
    return any(
        uses(condition, name, code) and next(below(one, *leaves), None) is not None
        for one in below(body, *shape.branches)
        if (condition := named(one, "condition")) is not None
    )


def _is_carried(code: Code, found: Declared, function: Node, body: Node) -> bool:
    """Return whether a variable that begins blank is changed and used in a loop, only there."""
    name, value, declaration = found
    places = [n.start_byte for n in uses(function, name, code)]
    inside = [n for n in places if body.start_byte <= n < body.end_byte]
    outside = [n for n in places if n > declaration.end_byte and n not in inside]
    changes = rf"\b{re.escape(name)}(?:\s*[-+*/]?=[^=]|\.\w|\+\+)"
    is_changed = re.search(changes, code.text(body)) is not None
    return len(inside) > 1 and not outside and _is_blank(value, code) and is_changed


def _last_wins(shape: Shape, code: Code) -> Iterator[SmallChange]:
    """Each round takes the place of what the rounds before found."""
    for loop in code.nodes(*shape.loops):
        for statement in statements(named(loop, "body")):
            one = _unwrapped(statement)
            goal = next(iter(_goals(one, code, shape)), None)
            if one.type not in shape.assignments or goal is None:
                continue
            name, value = goal
            first, text = _first_value(loop, name, code, shape), code.text(value)
            if first is None or uses(value, name, code):
                continue
            whole = f"({text})" if " && " in text or " || " in text else text
            joined = dict.fromkeys(("0", "0.0", '""'), f"{name} += {text}")
            joined["false"] = f"{name} = {name} || {whole}"
            joined["true"] = f"{name} = {name} && {whole}"
            if code.text(first) in joined:
                yield code.put(one, joined[code.text(first)])


def both_bounds(code: Code) -> Iterator[SmallChange]:
    """Where two spans touch, both ends of the comparison count, or neither."""
    turned = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
    for one in code.nodes("binary_expression"):
        parts = [named(one, "left"), named(one, "right")]
        sign = named(one, "operator")
        if sign is None or code.text(sign) not in ("&&", "||"):
            continue
        signs = [inner for part in parts if (inner := named(part, "operator")) is not None]
        if len(signs) == 2 and all(code.text(inner) in turned for inner in signs):
            yield code.together([code.edit(inner, turned[code.text(inner)]) for inner in signs])


def _swapped(shape: Shape, code: Code) -> Iterator[SmallChange]:
    """A value is used before it is brought up to date, or after."""
    for one in code.nodes(*shape.assignments):
        this = statement_of(one)
        pairs = ((this, this.next_named_sibling), (this.prev_named_sibling, this))
        for first, second in pairs:
            if first is None or second is None or not _depend(first, second, code, shape):
                continue
            turned = [code.edit(first, code.text(second)), code.edit(second, code.text(first))]
            yield code.together(turned)


def statements(block: Node | None) -> list[Node]:
    """Return the statements of a block, without comments."""
    inside = [] if block is None else block.named_children
    if len(inside) == 1 and inside[0].type == "statement_list":
        inside = inside[0].named_children
    return [one for one in inside if not one.type.endswith("comment")]


def statement_of(node: Node) -> Node:
    """Return the statement that an expression is."""
    parent = node.parent
    if parent is not None and parent.type in ("expression_statement", "labeled_statement"):
        return parent
    return node


def _unwrapped(node: Node) -> Node:
    if node.type == "expression_statement" and node.named_child_count == 1:
        return node.named_children[0]
    return node


def _goals(node: Node, code: Code, shape: Shape) -> Iterator[tuple[str, Node]]:
    """Yield the names that plain assignments give a value, with the value."""
    for one in below(node, *shape.assignments):
        left, right = named(one, "left"), named(one, "right")
        if left is not None and right is not None and code.text(one).startswith(code.text(left)):
            sign = code.content[code.places.end(left) : code.places.start(right)].strip()
            if sign == "=":
                yield code.text(left), right


def _first_value(loop: Node, name: str, code: Code, shape: Shape) -> Node | None:
    """Return what a variable is declared with in front of a loop."""
    one = statement_of(loop).prev_named_sibling
    while one is not None:
        found = shape.declared(one, code)
        if found is not None and found[0] == name:
            return found[1]
        one = one.prev_named_sibling
    return None


def _is_blank(value: Node, code: Code) -> bool:
    """Return whether a variable begins with nothing in it."""
    text = code.text(value).replace(" ", "")
    plain = ("0", "0.0", "1", '""', "false", "true", "vec![]", "nil", "None", "Vec::new()")
    return text in plain or text.endswith(("{}", "::new()"))


def _without_else(code: Code, branch: Node, after: Node, shape: Shape) -> Iterator[SmallChange]:
    """Yield the ways out of ``if … return … else return …`` at the end of a round."""
    taken, other = named(branch, "consequence"), named(branch, "alternative")
    condition = named(branch, "condition")
    block = other
    if other is not None and other.type == "else_clause":
        block = next(iter(other.named_children), None)
    last = [_unwrapped(one) for one in statements(block)]
    if taken is None or other is None or condition is None or block is None:
        return
    if len(last) != 1 or last[0].type not in shape.returns:
        return
    ways = [SmallChange(code.places.end(taken), code.places.end(other), "")]
    first = [_unwrapped(one) for one in statements(taken)]
    values = {"true", "false"}
    if len(first) == 1 and first[0].type in shape.returns and _value(first[0], code) in values:
        end = _unwrapped(after)
        given = end.named_children[0] if end.type in shape.returns else end
        if code.text(given) in values:
            start, no = code.places.start(condition), turned_around(condition, code)
            turned: Edit = start, code.places.end(other), f"{no} {code.text(block)}"
            ways.append(code.together([turned, code.edit(given, _value(first[0], code))]))
    yield from one_of(code.places.start(branch), *ways)


def turned_around(condition: Node, code: Code) -> str:
    """Return the text of the opposite of a condition."""
    text, sign = code.text(condition), named(condition, "operator")
    if sign is not None and code.text(sign) in _TURNED:
        start = code.places.start(sign) - code.places.start(condition)
        rest = text[start + len(code.text(sign)) :]
        return f"{text[:start]}{_TURNED[code.text(sign)]}{rest}"
    if text.startswith("!") and sign is None:
        return text[1:]
    simple = ("call_expression", "identifier", "parenthesized_expression", "field_expression")
    return f"!{text}" if condition.type in simple else f"!({text})"


def _value(one: Node, code: Code) -> str:
    return code.text(one.named_children[0]) if one.named_children else ""


def _depend(first: Node, second: Node, code: Code, shape: Shape) -> bool:
    """Return whether one of two neighbours changes what the other reads."""
    wrapped = (_unwrapped(first), _unwrapped(second))
    calls = (*shape.assignments, "call_expression", "inc_statement", "dec_statement")
    if any(one.type not in calls for one in wrapped):
        return False
    if not (stands_alone(code, first) and stands_alone(code, second)):
        return False
    for one, other in (wrapped, wrapped[::-1]):
        goal = named(one, "left")
        if goal is None and one.type in ("inc_statement", "dec_statement"):
            goal = one.named_children[0]
        if goal is None:
            continue
        text, root = code.text(goal), next(below(goal, "identifier", "self"), None)
        read = named(other, "right") or other
        if root is not None and text in code.text(read) and code.text(one) != code.text(other):
            return True
    return False
