"""Traps of the numbers of C and C++: what is divided, rounded or too large for its type."""

from collections.abc import Callable, Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.cpp_names import Name, find, names_of, parameters
from spark_desktop.adapters.pitfalls.cpp_types import (
    FLOATS,
    INTEGERS,
    INTS,
    UNSIGNED,
    WIDE,
    arguments,
    called,
    element,
    method,
    operator,
    returned,
    type_of,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each, one_of
from spark_desktop.domain.small_change import SmallChange

# Writes a value as of another type, the way of the language.
Cast = Callable[[str, str], str]
_START = {"accumulate": 2, "reduce": 2, "inner_product": 3}
_ROUNDED = ("ceil", "floor", "round", "lround", "sqrt", "pow")
_ARITHMETIC = ("+", "-", "*", "/")


def cast_cpp(kind: str, value: str) -> str:
    """Return a value as of another type, in C++."""
    return f"static_cast<{kind}>({value})"


def cast_c(kind: str, value: str) -> str:
    """Return a value as of another type, in C; an operator in it keeps its parentheses."""
    is_one = value.replace("_", "a").replace(".", "a").replace("->", "a").isalnum()
    return f"({kind}){value}" if is_one else f"({kind})({value})"


def bare(node: Node) -> Node:
    """Return what stands in parentheses; the node itself without them."""
    while node.type == "parenthesized_expression" and node.named_child_count == 1:
        node = node.named_children[0]
    return node


def held(code: Code, node: Node) -> str:
    """Return the text of an operand that stays one in front of any operator."""
    inner = bare(node)
    text = code.text(inner)
    return f"({text})" if inner.type in ("binary_expression", "conditional_expression") else text


def wanted(code: Code, node: Node) -> str:
    """Return the type that the place of an expression asks for; "" where none is seen."""
    child, parent = node, node.parent
    while parent is not None:
        is_sum = parent.type == "binary_expression" and operator(code, parent) in _ARITHMETIC
        if is_sum:
            other = named(parent, "right" if named(parent, "left") == child else "left")
            if (kind := type_of(code, other)) in FLOATS:
                return kind
        elif parent.type not in ("parenthesized_expression", "unary_expression"):
            break
        child, parent = parent, parent.parent
    if parent is None:
        return ""
    if parent.type == "return_statement":
        return returned(code, parent)
    if parent.type == "init_declarator" and parent.parent is not None:
        for one in names_of(code, parent.parent):
            if one.value == child:
                return one.kind
    if parent.type == "assignment_expression" and named(parent, "right") == child:
        return type_of(code, named(parent, "left"))
    if parent.type == "argument_list" and parent.parent is not None:
        return "double" if called(code, parent.parent) in _ROUNDED else ""
    return ""


def accumulate_start(code: Code) -> Iterator[SmallChange]:
    """A sum has the type of what it begins with: ``0`` makes one of doubles an int."""
    for call in code.nodes("call_expression"):
        place = _START.get(called(code, call))
        given = arguments(call)
        if place is None or len(given) <= place or not code.text(given[place]).isdecimal():
            continue
        start = given[place]
        of = method(code, given[0])
        kind = element(type_of(code, of[0])) if of is not None else ""
        function = next((one for one in given if one.type == "lambda_expression"), None)
        first = next(parameters(code, function), None) if function is not None else None
        if kind in INTS or kind not in INTEGERS | FLOATS:
            kind = wanted(code, call) or (first.kind if first is not None else kind)
        suffixes = {"double": [".0"], "float": [".0f"]}.get(kind, [".0", "LL"])
        suffixes = [] if kind in INTS else suffixes
        suffixes = ["ULL" if kind in UNSIGNED else "LL"] if kind in WIDE else suffixes
        ways = (
            [code.edit(start, code.text(start) + suffix), *_wider_parameter(code, first, suffix)]
            for suffix in suffixes
        )
        yield from one_of(code.places.start(call), *(code.together(way) for way in ways))


def _wider_parameter(code: Code, first: Name | None, suffix: str) -> list[Edit]:
    """Return the edit by which the function that adds up takes the sum as it is."""
    node = named(first.holder, "type") if first is not None else None
    if first is None or node is None or first.kind not in INTS:
        return []
    wide = {"LL": "long long", "ULL": "unsigned long long"}
    return [code.edit(node, wide.get(suffix, "double"))]


def division(code: Code, cast: Cast) -> Iterator[SmallChange]:
    """Integers are divided without a remainder, whatever the quotient becomes afterwards."""
    places: list[list[Edit]] = []
    for node in code.nodes("binary_expression"):
        left, right = named(node, "left"), named(node, "right")
        if operator(code, node) != "/" or left is None or right is None:
            continue
        kinds = {type_of(code, left), type_of(code, right)}
        if kinds & FLOATS or not kinds <= INTEGERS | {""}:
            continue
        around = _cast_around(code, node)
        if around is not None:
            whole, kind = around
            inner = f"{cast(kind, code.text(bare(left)))} / {code.text(right)}"
            places.append([code.edit(whole, _operand(whole, inner))])
        elif wanted(code, node) in FLOATS and kinds != {""}:
            places.append(_exact(code, left, right, cast))
    yield from all_then_each(code, places)


def _exact(code: Code, left: Node, right: Node, cast: Cast) -> list[Edit]:
    numbers = [one for one in (left, right) if code.text(one).isdecimal()]
    if numbers:
        return [code.edit(one, f"{code.text(one)}.0") for one in numbers]
    return [code.edit(left, cast("double", code.text(bare(left))))]


def _cast_around(code: Code, node: Node) -> tuple[Node, str] | None:
    """Return the conversion to a type with a fraction that is of exactly this value."""
    outer = node.parent
    while outer is not None and outer.type in ("parenthesized_expression", "argument_list"):
        if outer.named_child_count != 1:
            return None
        outer = outer.parent
    if outer is None or outer.type not in ("cast_expression", "call_expression"):
        return None
    kind = type_of(code, outer)
    is_cast = outer.type == "cast_expression" or called(code, outer) in (kind, "static_cast")
    return (outer, kind) if kind in FLOATS and is_cast else None


def _operand(whole: Node, text: str) -> str:
    parent = whole.parent
    needs = parent is not None and parent.type in ("binary_expression", "unary_expression")
    is_left = named(parent, "left") == whole
    return f"({text})" if needs and not is_left else text


def divided_first(code: Code) -> Iterator[SmallChange]:
    """``a / b * c`` loses what the division of integers drops; the product comes first."""
    places: list[list[Edit]] = []
    for node in code.nodes("binary_expression"):
        left, right = named(node, "left"), named(node, "right")
        if operator(code, node) != "*" or left is None or right is None:
            continue
        if type_of(code, node) in FLOATS:
            continue
        for quotient, other in ((left, right), (right, left)):
            inner = bare(quotient)
            top, bottom = named(inner, "left"), named(inner, "right")
            is_quotient = inner.type == "binary_expression" and operator(code, inner) == "/"
            if is_quotient and top is not None and bottom is not None:
                if code.text(bottom) == code.text(other):
                    break  # this rounds to a multiple
                if quotient == left:
                    factors = f"{code.text(top)} * {code.text(other)}"
                else:
                    factors = f"{code.text(other)} * {held(code, top)}"
                places.append([code.edit(node, f"{factors} / {code.text(bottom)}")])
                break
    yield from all_then_each(code, places)


def small_products(code: Code, cast: Cast) -> Iterator[SmallChange]:
    """A product of ints is an int, and overflows before it becomes anything wider."""
    places: list[list[Edit]] = []
    for node in code.nodes("binary_expression"):
        left, right = named(node, "left"), named(node, "right")
        sign = operator(code, node)
        if left is None or right is None or sign not in ("*", "<<"):
            continue
        if type_of(code, left) not in INTS or (sign == "*" and type_of(code, right) not in INTS):
            continue
        if left.type == "binary_expression" and operator(code, left) == "*":
            continue  # the first factor decides
        is_modulo = _is_reduced(code, node)
        if not is_modulo and wanted(code, node) not in WIDE:
            continue
        if code.text(left).isdecimal():
            places.append([code.edit(left, f"{code.text(left)}LL")])
        elif sign == "*":
            places.append([code.edit(left, cast("long long", code.text(bare(left))))])
    yield from all_then_each(code, places)


def _is_reduced(code: Code, node: Node) -> bool:
    parent = node.parent
    while parent is not None and parent.type == "parenthesized_expression":
        parent = parent.parent
    return (
        parent is not None
        and parent.type == "binary_expression"
        and operator(code, parent) == "%"
        and code.places.start(parent) <= code.places.start(node)
    )


def small_sums(code: Code) -> Iterator[SmallChange]:
    """A sum in an int overflows, or loses its fraction, before it is returned as something else."""
    for node in code.nodes("declaration"):
        function = above(node, "function_definition")
        kind, names = named(node, "type"), list(names_of(code, node))
        if function is None or kind is None or len(names) != 1 or names[0].value is None:
            continue
        one, result = names[0], returned(code, node)
        start = code.text(names[0].value)
        is_small = code.text(kind) in ("int", "auto") and start.isdecimal()
        sums = [
            other
            for other in below(function, "assignment_expression")
            if code.text(named(other, "left") or other) == code.text(one.node)
        ]
        if not is_small or not sums:
            continue
        added = {type_of(code, named(other, "right")) for other in sums}
        if added & FLOATS:
            value = f"{start}.0" if code.text(kind) == "auto" else start
            new = "auto" if code.text(kind) == "auto" else "double"
            yield code.together([code.edit(kind, new), code.edit(names[0].value, value)])
        elif result in WIDE:
            yield code.put(kind, result if result != "size_t" else "long long")


def float_sums(code: Code) -> Iterator[SmallChange]:
    """A float has seven digits; what is added up wants a double."""
    for node in code.nodes("declaration"):
        kind = named(node, "type")
        if kind is not None and code.text(kind) == "float" and "double" in returned(code, node):
            yield code.put(kind, "double")


def middle(code: Code) -> Iterator[SmallChange]:
    """``(low + high) / 2`` overflows before it is halved."""
    for node in code.nodes("binary_expression"):
        left, right = named(node, "left"), named(node, "right")
        inner = bare(left) if left is not None else None
        if inner is None or right is None or code.text(right) != "2":
            continue
        low, high = named(inner, "left"), named(inner, "right")
        if operator(code, node) != "/" or operator(code, inner) != "+" or inner == left:
            continue
        if low is None or high is None or type_of(code, inner) not in INTEGERS:
            continue
        if any(find(code, code.text(one), one) is None for one in (low, high)):
            continue  # only of plain names
        one, other = code.text(low), code.text(high)
        yield code.put(node, _operand(node, f"{one} + ({other} - {one}) / 2"))
