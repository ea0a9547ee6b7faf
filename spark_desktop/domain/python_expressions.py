"""Types of Python expressions, as far as the expression and known names make them sure. Pure.

A type is written as in an annotation: ``list[int]``, ``tuple[str, int]``; "" is an unknown one.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

from spark_desktop.domain.python_results import FUNCTIONS, METHODS, MODULES
from spark_desktop.domain.regex import regex

# By name. What an import brings is told by where it is from, after IMPORTED: "=math.gcd".
Known = Mapping[str, str]
IMPORTED = "="
# A name, or what a container holds, that is still to be seen; it takes any type on.
OPEN = "?"
# What can be walked through, and is no type that an annotation would name.
_WALKED = "iter"
_HOLDS_WALKED = regex(rf"\b{_WALKED}\b")
# In characters. What is longer nobody reads, and in a loop each round makes it longer still.
_LONGEST = 120
_NUMBERS = ("bool", "int", "float", "complex")
_HELD_ONCE = frozenset(("list", "set", "frozenset", _WALKED))
_SURE_ALONE = (ast.Is, ast.IsNot, ast.In, ast.NotIn)
_CONTAINERS = {
    **{one: one for one in ("list", "set", "frozenset", "dict", "tuple")},
    "sorted": "list",
}
_WALKS = frozenset(("range", "reversed", "enumerate", "zip"))
_BITS = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.Sub)


def type_of(node: ast.expr, known: Known | None = None) -> str:
    """Return the type of an expression, "" where it is not seen."""
    found = inner_type(node, known or {})
    if outer_of(found) == _WALKED:
        return ""
    return outer_of(found) if _HOLDS_WALKED.search(found) else closed(found)


def inner_type(node: ast.expr, known: Known) -> str:
    """Return the type as other expressions build on it: iterators and open ones are told."""
    try:
        return _type_of(node, known)
    except RecursionError:
        return ""  # a sum of a thousand terms, which somebody generated


def closed(type_: str) -> str:
    """Return a type without what is still open."""
    if OPEN not in type_:
        return type_
    return "" if type_ == OPEN else outer_of(type_)


def outer_of(type_: str) -> str:
    """Return a type without what it holds."""
    return type_.partition("[")[0]


def parts_of(type_: str) -> list[str]:
    """Return the types that a type holds; none where it does not tell."""
    inner = type_.partition("[")[2].removesuffix("]")
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(inner):
        depth += (sign == "[") - (sign == "]")
        if sign == "," and depth == 0:
            parts.append(inner[start:place].strip())
            start = place + 1
    return [*parts, inner[start:].strip()] if inner else []


def holding(outer: str, *parts: str) -> str:
    """Return a container of these types, without them where one is unknown or they are long."""
    type_ = f"{outer}[{', '.join(parts)}]" if parts and all(parts) else outer
    return type_ if len(type_) <= _LONGEST else outer


def joined(types: Sequence[str]) -> str:
    """Return the type that all of these are; without what it holds where only that differs."""
    return reduce(_both, types) if types else OPEN


def _both(one: str, other: str) -> str:
    if one == other or other == OPEN:
        return one
    if one == OPEN:
        return other
    if outer_of(one) != outer_of(other):
        return ""
    if OPEN in (one.partition("[")[2][:1], other.partition("[")[2][:1]):
        return other if one.partition("[")[2][:1] == OPEN else one
    return outer_of(one)


def element_of(type_: str) -> str:
    """Return the type of what walking through a value gives."""
    outer, parts = outer_of(type_), parts_of(type_)
    if type_ in (OPEN, "str"):
        return type_
    if outer in _HELD_ONCE or outer == "dict":
        return parts[0] if parts else ""
    if outer == "tuple":
        held = [one for one in parts if one != "..."]
        return joined(held) if held else ""
    return "int" if type_ == "bytes" else ""


def part_of(type_: str, place: int) -> str:
    """Return the type of the part that unpacking puts at a place, from 0."""
    parts = parts_of(type_)
    if outer_of(type_) == "tuple" and parts[-1:] != ["..."]:
        return parts[place] if place < len(parts) else ""
    return element_of(type_)


def _type_of(node: ast.expr, known: Known) -> str:
    if isinstance(node, ast.Constant):
        kind = "None" if node.value is None else type(node.value).__name__
        return "" if node.value is ... else kind
    if isinstance(node, ast.Name):
        found = known.get(node.id, "")
        return "" if found.startswith(IMPORTED) else found
    rule = _RULES.get(type(node))
    return "" if rule is None else rule(node, known)


def _text(node: ast.JoinedStr, known: Known) -> str:
    return "str"


def _renamed(node: ast.NamedExpr, known: Known) -> str:
    return _type_of(node.value, known)


def _tuple(node: ast.Tuple, known: Known) -> str:
    return holding("tuple", *(_type_of(one, known) for one in node.elts))


def _display(node: ast.List | ast.Set, known: Known) -> str:
    outer = "list" if isinstance(node, ast.List) else "set"
    return holding(outer, joined([_type_of(one, known) for one in node.elts]))


def _mapping(node: ast.Dict, known: Known) -> str:
    keys = [_type_of(one, known) if one is not None else "" for one in node.keys]
    values = [_type_of(one, known) for one in node.values]
    return holding("dict", joined(keys), joined(values))


def _gathered(node: ast.ListComp | ast.SetComp | ast.GeneratorExp, known: Known) -> str:
    outer = {ast.ListComp: "list", ast.SetComp: "set"}.get(type(node), _WALKED)
    return holding(outer, _type_of(node.elt, _within(node, known)))


def _gathered_pairs(node: ast.DictComp, known: Known) -> str:
    inner = _within(node, known)
    return holding("dict", _type_of(node.key, inner), _type_of(node.value, inner))


def _within(
    node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, known: Known
) -> Known:
    """Return what is known where a comprehension's own names stand."""
    inner = dict(known)
    for one in node.generators:
        found = element_of(_type_of(one.iter, inner))
        if isinstance(one.target, ast.Name):
            inner[one.target.id] = found
        elif isinstance(one.target, ast.Tuple):
            for place, target in enumerate(one.target.elts):
                if isinstance(target, ast.Name):
                    inner[target.id] = part_of(found, place)
        targets = [each for each in ast.walk(one.target) if isinstance(each, ast.Name)]
        shallow = one.target.elts if isinstance(one.target, ast.Tuple) else [one.target]
        is_starred = any(isinstance(each, ast.Starred) for each in shallow)
        for each in targets:
            if is_starred or each not in shallow:
                inner[each.id] = ""
    return inner


def _signed(node: ast.UnaryOp, known: Known) -> str:
    if isinstance(node.op, ast.Not):
        return "bool"
    found = _type_of(node.operand, known)
    if found == OPEN:
        return OPEN
    return "int" if found == "bool" else found if found in _NUMBERS else ""


def _either(node: ast.BoolOp | ast.IfExp, known: Known) -> str:
    parts = node.values if isinstance(node, ast.BoolOp) else [node.body, node.orelse]
    return joined([_type_of(one, known) for one in parts])


def _reckoned(node: ast.BinOp, known: Known) -> str:
    left, right = _type_of(node.left, known), _type_of(node.right, known)
    if OPEN in (left, right):
        return OPEN if left and right else ""
    if isinstance(node.op, ast.Mod) and left in ("str", "bytes"):
        return left
    if left in _NUMBERS and right in _NUMBERS:
        return _number(node, left, right)
    outer, other = outer_of(left), outer_of(right)
    if isinstance(node.op, ast.Add) and outer == other and outer in ("str", "bytes", "list"):
        return joined([left, right])
    if isinstance(node.op, ast.Mult) and outer in ("str", "bytes", "list") and right == "int":
        return left
    if isinstance(node.op, _BITS) and outer == other == "set":
        return joined([left, right])
    return ""


def _number(node: ast.BinOp, left: str, right: str) -> str:
    larger = max(left, right, key=_NUMBERS.index)
    match node.op:
        case ast.Div():
            return "complex" if larger == "complex" else "float"
        case ast.Pow():
            # A negative exponent makes a fraction, a negative base a complex number.
            is_whole = isinstance(node.right, ast.Constant) and larger != "float"
            return "int" if is_whole and larger != "complex" else ""
        case ast.BitAnd() | ast.BitOr() | ast.BitXor() if larger == "bool":
            return "bool"
        case ast.MatMult():
            return ""
        case _:
            return "int" if larger == "bool" else larger


def _compared(node: ast.Compare, known: Known) -> str:
    if all(isinstance(one, _SURE_ALONE) for one in node.ops):
        return "bool"
    found = [_type_of(one, known) for one in (node.left, *node.comparators)]
    if not all(found):
        return ""
    return OPEN if OPEN in found else "bool"


def _taken(node: ast.Subscript, known: Known) -> str:
    found = _type_of(node.value, known)
    outer, parts, place = outer_of(found), parts_of(found), node.slice
    if found == OPEN:
        return OPEN
    if isinstance(place, ast.Slice):
        return found if outer in ("str", "bytes", "list") else ""
    if outer == "dict":
        return parts[1] if len(parts) == 2 else OPEN if parts else ""
    if outer == "tuple":
        at = _place(node.slice)
        is_there = at is not None and -len(parts) <= at < len(parts) and parts[-1] != "..."
        return parts[at] if is_there and at is not None else ""
    return element_of(found) if outer in ("str", "bytes", "list") else ""


def _place(node: ast.expr) -> int | None:
    is_behind = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    number = node.operand if isinstance(node, ast.UnaryOp) else node
    if not isinstance(number, ast.Constant) or not isinstance(number.value, int):
        return None
    return -number.value if is_behind else number.value


def _called(node: ast.Call, known: Known) -> str:
    given = [_type_of(one, known) for one in node.args]
    if any(isinstance(one, ast.Starred) for one in node.args):
        given = [""] * 3  # nobody knows how many
    function = node.func
    if isinstance(function, ast.Name):
        where = known.get(function.id)
        if where is None:
            return _made(function.id, given, node.keywords)
        return _of_module(where)
    if not isinstance(function, ast.Attribute):
        return ""
    if isinstance(function.value, ast.Name):
        where = known.get(function.value.id, "")
        if where.startswith(IMPORTED):
            return _of_module(f"{where}.{function.attr}")
    found = _type_of(function.value, known)
    return OPEN if found == OPEN else _of_method(found, function.attr, given)


def _of_module(where: str) -> str:
    module, _, name = where.removeprefix(IMPORTED).rpartition(".")
    return MODULES.get(module, {}).get(name, "") if where.startswith(IMPORTED) else ""


def _made(name: str, given: list[str], keywords: list[ast.keyword]) -> str:
    """Return what one of the language's own functions gives."""
    named = {one.arg for one in keywords}
    if plain := FUNCTIONS.get(name, ""):
        return plain
    if name in _CONTAINERS:
        return _container(name, given, bool(named))
    if name in ("min", "max"):
        one = element_of(given[0]) if len(given) == 1 and named <= {"key"} else ""
        return joined(given) if len(given) > 1 and all(given) else one
    if name in _WALKS:
        return _walked(name, given)
    # Of the others each keyword may change what is given.
    return "" if named else _number_of(name, given)


def _container(name: str, given: list[str], is_named: bool) -> str:
    outer = _CONTAINERS[name]
    if not given:
        return holding(outer, OPEN) if name in ("list", "set", "dict") and not is_named else outer
    inner = element_of(given[0]) if len(given) == 1 and outer != "dict" else ""
    if outer != "tuple":
        return holding(outer, inner)
    return OPEN if inner == OPEN else f"tuple[{inner}, ...]" if inner else "tuple"


def _walked(name: str, given: list[str]) -> str:
    elements = [element_of(one) for one in given]
    match name:
        case "range":
            return holding(_WALKED, "int")
        case "reversed":
            return holding(_WALKED, *elements)
        case "enumerate":
            elements = ["int", *elements[:1]]
    return holding(_WALKED, holding("tuple", *elements) if all(elements) else "")


def _number_of(name: str, given: list[str]) -> str:
    first = given[0] if given else ""
    match name, len(given):
        case "abs", 1:
            found = "int" if first == "bool" else first
        case "round", 1:
            found = "int" if first in ("bool", "int", "float") else first
        case "round", 2:
            found = first if given[1] == "int" else ""
        case "sum", 1:
            inner = element_of(first)
            found = "int" if inner == "bool" else inner
        case "divmod", 2:
            return "tuple[int, int]" if given == ["int", "int"] else ""
        case _:
            return ""
    return found if found in ("int", "float", OPEN) else ""


def _of_method(found: str, name: str, given: list[str]) -> str:
    outer, parts = outer_of(found), parts_of(found)
    plain = METHODS.get(outer, {}).get(name, "")
    if plain or outer not in ("list", "dict", "set"):
        return plain
    if name == "copy":
        return found
    if outer != "dict":
        return element_of(found) if name == "pop" else ""
    key, value = parts if len(parts) == 2 else ("", "")
    match name, len(given):
        case "keys", 0:
            return holding(_WALKED, key)
        case "values", 0:
            return holding(_WALKED, value)
        case "items", 0:
            return holding(_WALKED, key and value and f"tuple[{key}, {value}]")
        case (("get" | "pop" | "setdefault"), 2):
            return joined([value, given[1]]) if value else ""
        case "pop", 1:
            return value
        case _:
            return ""


_RULES: Mapping[type[ast.expr], Callable[[Any, Known], str]] = {
    ast.JoinedStr: _text,
    ast.NamedExpr: _renamed,
    ast.Tuple: _tuple,
    ast.List: _display,
    ast.Set: _display,
    ast.Dict: _mapping,
    ast.ListComp: _gathered,
    ast.SetComp: _gathered,
    ast.GeneratorExp: _gathered,
    ast.DictComp: _gathered_pairs,
    ast.UnaryOp: _signed,
    ast.BinOp: _reckoned,
    ast.BoolOp: _either,
    ast.IfExp: _either,
    ast.Compare: _compared,
    ast.Subscript: _taken,
    ast.Call: _called,
}
