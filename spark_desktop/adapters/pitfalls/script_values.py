"""Traps of numbers, dates and operators in JavaScript and TypeScript."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import (
    argument_of,
    arguments,
    bare,
    called,
    calls,
    closed,
    end_mark,
    is_field,
    operator,
    sides,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each, each_then_all, one_of
from spark_desktop.domain.small_change import SmallChange

_GETTERS = ("FullYear", "Month", "Date", "Day", "Hours", "Minutes", "Seconds", "Milliseconds")


_LEAVES = frozenset(
    {"break_statement", "return_statement", "throw_statement", "continue_statement"}
)


def months_from_zero(code: Code) -> Iterator[SmallChange]:
    """``getMonth`` counts from 0, and so does the month of ``new Date``."""

    def found() -> Iterator[list[Edit]]:
        for call, _held, given in calls(code, "getMonth", "getUTCMonth"):
            outer = call.parent
            if given or outer is None or _is_counted_on(call, outer):
                continue
            is_open = outer.type in ("template_substitution", "variable_declarator", "pair")
            is_open = is_open or outer.type in ("arguments", "return_statement")
            text = f"{code.text(call)} + 1"
            yield [code.edit(call, text if is_open else f"({text})")]

    yield from each_then_all(code, found())
    for node in code.nodes("new_expression", "call_expression"):
        made = named(node, "constructor") or named(node, "function")
        given = arguments(node)
        is_date = made is not None and text_of(made) in ("Date", "Date.UTC")
        if is_date and len(given) >= 2 and given[1].type in ("identifier", "member_expression"):
            yield code.put(given[1], f"{code.text(given[1])} - 1")
        if is_date and len(given) >= 2 and called(given[1]) in ("Number", "parseInt"):
            yield code.put(given[1], f"{code.text(given[1])} - 1")


def _is_counted_on(call: Node, outer: Node) -> bool:
    """Return whether a month is used as the number that it is."""
    whole = argument_of(call)
    made = named(whole, "constructor") or named(whole, "function")
    is_date = made is not None and text_of(made) in ("Date", "Date.UTC")
    if is_date or called(whole) in ("setMonth", "setFullYear", "setUTCMonth", "setUTCFullYear"):
        return True
    both = sides(outer)
    if both is not None and "getMonth" in text_of(both[0]) and "getMonth" in text_of(both[1]):
        return True
    if both is not None and operator(outer) in ("+", "-"):
        other = both[1] if both[0] == call else both[0]
        return other.type == "number"
    return outer.type == "subscript_expression" and is_field(call, "index")


def day_of_the_week(code: Code) -> Iterator[SmallChange]:
    """``getDay`` is the day of the week, ``getYear`` counts from 1900."""
    others = {"getDay": "getDate", "getUTCDay": "getUTCDate", "getYear": "getFullYear"}
    for call, _held, _given in calls(code, *others):
        name = named(named(call, "function"), "property")
        if name is not None and not (call.parent and call.parent.type == "subscript_expression"):
            yield code.put(name, others[text_of(name)])


def local_time(code: Code) -> Iterator[SmallChange]:
    """The getters of a date answer in the machine's time zone."""
    edits: list[Edit] = []
    for part in _GETTERS:
        for call, _held, _given in calls(code, f"get{part}", f"set{part}"):
            name = named(named(call, "function"), "property")
            if name is not None:
                edits.append(code.edit(name, f"{text_of(name)[:3]}UTC{part}"))
    for node in code.nodes("new_expression"):
        made = named(node, "constructor")
        given = named(node, "arguments")
        is_date = made is not None and text_of(made) == "Date" and len(arguments(node)) >= 2
        if is_date and given is not None:
            start, end = code.places.start(given), code.places.end(given)
            edits += [(start, start, "(Date.UTC"), (end, end, ")")]
    if edits:
        yield code.together(edits)


def remainder_below_zero(code: Code) -> Iterator[SmallChange]:
    """``-1 % n`` is -1: a place in a ring is made positive first."""

    def found() -> Iterator[list[Edit]]:
        for node in code.nodes("binary_expression"):
            both, outer = sides(node), node.parent
            if both is None or operator(node) != "%":
                continue
            value, size = code.text(both[0]), closed(code, both[1])
            other = None if outer is None else sides(outer)
            if outer is not None and other is not None and operator(outer) in _EQUAL:
                if code.text(other[1]) == "1" and code.text(both[1]) == "2":
                    sign = "!==" if operator(outer)[0] == "=" else "==="
                    yield [code.edit(outer, f"{code.text(node)} {sign} 0")]
                continue
            # "+ n) % n" says that somebody thought of it.
            if f"+ {size}" in value or (both[1].type == "number" and value.isdigit()):
                continue
            if "+ 1" in value or (outer is not None and operator(outer) == "+"):
                continue
            yield [code.edit(node, f"(({value} % {size}) + {size}) % {size}")]

    return each_then_all(code, _closed_in(code, found()))


_EQUAL = frozenset({"==", "===", "!=", "!=="})


def _closed_in(code: Code, groups: Iterator[list[Edit]]) -> Iterator[list[Edit]]:
    """Yield the edits with parentheses where a sign before or behind binds as close."""
    for group in groups:
        start, end, text = group[0]
        before = code.content[:start].rstrip()[-1:]
        behind = code.content[end:].lstrip()[:1]
        is_bound = before in "*/%-" or behind in "*/%." if before and behind else False
        yield [(start, end, f"({text})" if is_bound else text)]


def rounded_to_the_right(code: Code) -> Iterator[SmallChange]:
    """``Math.round(-2.5)`` is -2, ``Math.floor(-2.5)`` -3; ``toFixed`` makes a text."""
    for call, held, given in calls(code, "round", "floor"):
        if code.text(held) != "Math" or len(given) != 1 or "random" in code.text(given[0]):
            continue
        value = code.text(given[0])
        if called(call) == "floor" and not value.endswith("/ 2"):
            name = named(named(call, "function"), "property")
            ways = ["trunc", "round"] if value.endswith("* 100") else ["trunc"]
            if name is not None:
                yield from one_of(code.places.start(call), *(code.put(name, way) for way in ways))
        elif called(call) == "round" and given[0].type == "identifier":
            yield code.put(call, f"Math.sign({value}) * Math.round(Math.abs({value}))")
        elif called(call) == "round" and value.endswith(("* 100", "* 10", "* 1000")):
            number = value.rpartition(" * ")
            moved = f"({number[0]} + Number.EPSILON) * {number[2]}"
            yield code.put(given[0], moved)
    for call, _held, _given in calls(code, "toFixed"):
        outer = call.parent
        is_kept = outer is not None and outer.type in _KEPT
        if is_kept or is_field(call, "body") or (outer is not None and operator(outer) == "+="):
            yield code.put(call, f"Number({code.text(call)})")


_KEPT = ("return_statement", "pair", "variable_declarator")


def no_base_given(code: Code) -> Iterator[SmallChange]:
    """``parseInt`` guesses the base, and drops what is behind the point."""
    for call in code.nodes("call_expression"):
        given = arguments(call)
        if called(call) != "parseInt" or not given:
            continue
        changes = [code.put(given[0], f"{code.text(given[0])}, 10")] if len(given) == 1 else []
        changes.append(code.put(call, f"Number({code.text(given[0])})"))
        yield from one_of(code.places.start(call), *changes)


def power_sign(code: Code) -> Iterator[SmallChange]:
    """``^`` is not the power."""
    for node in code.nodes("binary_expression"):
        sign = named(node, "operator")
        if sign is not None and text_of(sign) == "^":
            yield code.put(sign, "**")


def assigned_in_condition(code: Code) -> Iterator[SmallChange]:
    """``if (a = b)`` assigns."""
    for node in code.nodes("if_statement", "ternary_expression"):
        condition = named(node, "condition")
        inner = None if condition is None else bare(condition)
        sign = (
            None
            if inner is None
            else next((one for one in inner.children if one.type == "="), None)
        )
        if inner is not None and inner.type == "assignment_expression" and sign is not None:
            yield code.put(sign, "===")


def falls_through(code: Code) -> Iterator[SmallChange]:
    """A case goes on into the next one without ``break``."""

    def found() -> Iterator[list[Edit]]:
        for case in code.nodes("switch_case", "switch_default"):
            inside = [one for one in case.children_by_field_name("body") if one.is_named]
            following = case.next_named_sibling
            if not inside or following is None or _leaves(inside[-1]):
                continue
            notes = [*below(case, "comment"), *([following] if following.type == "comment" else [])]
            if any("fall" in code.text(one).lower() for one in notes):
                continue  # it says that this is meant
            last = inside[-1]
            mark = end_mark(code, last)
            if last.type == "statement_block" and last.named_children:
                last = last.named_children[-1]
            start, end = code.places.start(last), code.places.end(last)
            begin = code.content.rfind("\n", 0, start) + 1
            indent = code.content[begin:start]
            between = " " if indent.strip() else code.newline + indent
            yield [(end, end, f"{between}break{mark}")]

    return each_then_all(code, found())


def _leaves(statement: Node) -> bool:
    if statement.type in _LEAVES:
        return True
    if statement.type == "statement_block":
        return bool(statement.named_children) and _leaves(statement.named_children[-1])
    if statement.type == "if_statement":
        then, other = named(statement, "consequence"), named(statement, "alternative")
        last = other.named_children[-1] if other is not None and other.named_children else None
        return then is not None and last is not None and _leaves(then) and _leaves(last)
    return False


def caught_by_later_turns(code: Code) -> Iterator[SmallChange]:
    """A ``var`` is one for all turns of a loop: what runs later sees its last value."""

    def found() -> Iterator[list[Edit]]:
        for node in code.nodes("variable_declaration"):
            loop = above(node, "for_statement", "for_in_statement", "while_statement")
            word = next((one for one in node.children if one.type == "var"), None)
            names = [text_of(one) for one in below(node, "identifier")]
            if loop is not None and word is not None and _is_caught(loop, names):
                yield [code.edit(word, "let")]
        for loop in code.nodes("for_in_statement"):
            kind, left = named(loop, "kind"), named(loop, "left")
            if kind is None or left is None or code.text(kind) != "var":
                continue
            if _is_caught(loop, [text_of(one) for one in below(left, "identifier")]):
                yield [code.edit(kind, "const")]

    return all_then_each(code, found())


def _is_caught(loop: Node, names: list[str]) -> bool:
    return any(
        text_of(one) in names
        for function in below(loop, "arrow_function", "function_expression")
        for one in below(function, "identifier")
    )


def other_container(code: Code) -> Iterator[SmallChange]:
    """A set has a size and ``has``, a list a length and ``includes``."""

    def found() -> Iterator[list[Edit]]:
        for member in code.nodes("member_expression"):
            held, name = named(member, "object"), named(member, "property")
            if held is None or name is None:
                continue
            other = _OTHERS.get(facts(code).known(held).kind, {}).get(text_of(name))
            yield [code.edit(name, other)] if other else []

    return all_then_each(code, found())


_OTHERS = {
    "set": {"length": "size", "includes": "has", "push": "add", "contains": "has"},
    "map": {"length": "size", "includes": "has", "contains": "has"},
    "array": {"size": "length", "has": "includes", "add": "push", "contains": "includes"},
    "string": {"size": "length", "contains": "includes"},
}
