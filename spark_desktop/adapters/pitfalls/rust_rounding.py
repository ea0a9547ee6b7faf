"""Traps of Rust with numbers that are rounded, and with what a division leaves."""

from collections.abc import Iterator

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, named
from spark_desktop.adapters.pitfalls.rust_numbers import alone, called_on, inner, is_within, sides
from spark_desktop.adapters.pitfalls.rust_types import FLOATS, SIGNED, UNSIGNED, method_of, types_of
from spark_desktop.adapters.pitfalls.shared import each_then_all, each_way, one_of
from spark_desktop.domain.small_change import SmallChange


def _cut_off(code: Code) -> Iterator[SmallChange]:
    """A cast to a whole number cuts off instead of rounding."""
    ways: list[list[list[Edit]]] = []
    for one in code.nodes("type_cast_expression"):
        value, kind = named(one, "value"), named(one, "type")
        if value is None or kind is None or code.text(kind) not in SIGNED | UNSIGNED:
            continue
        method = method_of(value, code)
        if method is not None and method[1] in ("round", "floor", "ceil", "trunc"):
            continue
        if types_of(code).of(value) in FLOATS:
            ratio = sides(inner(value), code)
            # So many pages for so many lines are rounded up.
            names = ("round", "ceil") if ratio is not None and ratio[1] == "/" else ("round",)
            text = called_on(value, code)
            ways.append([[code.edit(value, f"{text}.{name}()")] for name in names])
    yield from each_way(code, ways)


def _negative_rest(code: Code) -> Iterator[SmallChange]:
    """The rest of a negative number is negative, and its division goes towards zero."""
    names = {"%": "rem_euclid", "/": "div_euclid"}
    ways: list[list[Edit]] = []
    for one in code.nodes("binary_expression"):
        found = sides(one, code)
        if found is None or found[1] not in names or "literal" in found[0].type:
            continue
        outer = sides(one.parent, code)
        if outer is not None and outer[1] in ("==", "!=") and code.text(outer[2]) == "0":
            continue
        kinds = {types_of(code).of(found[0]), types_of(code).of(found[2])} - {""}
        if kinds and kinds <= SIGNED:
            left, right = called_on(found[0], code), alone(found[2], code)
            ways.append([code.edit(one, f"{left}.{names[found[1]]}({right})")])
    apart = [way for way in ways if not any(is_within(way[0], other[0]) for other in ways)]
    yield from each_then_all(code, apart)


def _rounded_up(code: Code) -> Iterator[SmallChange]:
    """So many pages for so many lines: the last one is not full."""
    for one in code.nodes("binary_expression"):
        found = sides(one, code)
        if found is None or found[1] != "/" or "literal" in found[0].type:
            continue
        kinds = {types_of(code).of(found[0]), types_of(code).of(found[2])} - {""}
        if kinds and kinds <= UNSIGNED and code.text(found[2]) not in ("2", "10", "100", "1000"):
            left, right = called_on(found[0], code), alone(found[2], code)
            up = code.put(one, f"{left}.div_ceil({right})")
            size = code.text(found[2])
            half = code.put(one, f"({code.text(found[0])} + {size} / 2) / {size}")
            yield from one_of(up.start, up, half)


RULES: tuple[Rule, ...] = (_cut_off, _negative_rest)
LATER: tuple[Rule, ...] = (_rounded_up,)
