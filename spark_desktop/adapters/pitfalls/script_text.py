"""Traps of texts in JavaScript and TypeScript: patterns, cases, pieces, and texts that add up."""

import re
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import (
    above_it,
    arguments,
    called,
    calls,
    closed,
    end_mark,
    mentions,
    object_of,
    operator,
    sides,
    statement_of,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each, each_then_all
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_SPECIAL = regex(r"[\\^$.*+?()[\]{}|/]")


_EQUAL = frozenset({"==", "===", "!=", "!=="})


_PARTS = ("includes", "startsWith", "endsWith", "indexOf", "localeCompare")


_KEYED = ("has", "get", "set", "add", "delete")


_COUNTS = regex(r"len|size|count|width|limit|per_?page|chunk", re.IGNORECASE)


def only_first_replaced(code: Code) -> Iterator[SmallChange]:
    """``replace("x", y)`` replaces the first one only."""
    groups: list[list[Edit]] = []
    patterns: list[list[Edit]] = []
    for call, _held, given in calls(code, "replace", "replaceAll", "matchAll"):
        name = named(named(call, "function"), "property")
        if not given or name is None:
            continue
        flags = _missing_flag(code, given[0])
        if flags is not None:
            groups.append([flags])
            patterns.append([flags])
        elif given[0].type != "regex" and called(call) == "replace":
            is_pattern = facts(code).known(given[0]).kind == "object"
            groups.append([] if is_pattern else [code.edit(name, "replaceAll")])
            text = code.text(given[0])[1:-1]
            if given[0].type == "string" and text and "\\" not in text:
                literal = _SPECIAL.sub(r"\\\g<0>", text)
                patterns.append([code.edit(given[0], f"/{literal}/g")])
    yield from each_then_all(code, groups)
    if patterns != groups and any(patterns):
        # For compilers whose library is older than replaceAll.
        yield from islice(each_then_all(code, patterns), 1)


def _missing_flag(code: Code, pattern: Node) -> Edit | None:
    text = named(pattern, "pattern")
    if pattern.type != "regex" or text is None:
        return None
    flags = named(pattern, "flags")
    is_bound = text_of(text).startswith("^") or text_of(text).endswith("$")
    if is_bound or (flags is not None and "g" in text_of(flags)):
        return None
    end = code.places.end(pattern)
    return end, end, "g"


def only_first_matched(code: Code) -> Iterator[SmallChange]:
    """``match`` finds one, and its groups, unless the pattern is for all."""
    for call, _held, given in calls(code, "match"):
        outer = call.parent
        is_listed = outer is not None and operator(outer) in ("??", "||")
        flags = _missing_flag(code, given[0]) if given and is_listed else None
        if flags is not None:
            yield code.together([flags])


def remembered_place(code: Code) -> Iterator[SmallChange]:
    """A pattern with ``g`` goes on where its last match ended, in the next text, too."""
    for call, held, _given in calls(code, "test", "exec"):
        pattern = _pattern_of(code, held)
        if pattern is None:
            continue
        statement = statement_of(call)
        name = text_of(named(held, "property") or held)
        is_looped = statement.type in ("while_statement", "for_statement", "do_statement")
        # Who looks for all matches needs the flag.
        if not is_looped and _is_only_tested(code, name):
            # Where it is declared above the function, that is where the trap is.
            yield code.together([pattern])
        if above(call, "arrow_function") == above(call, "arrow_function", "statement_block"):
            continue
        mark = end_mark(code, statement) or ";"
        line = above_it(code, statement, f"{code.text(held)}.lastIndex = 0{mark}")
        yield code.together([line])


def _pattern_of(code: Code, held: Node) -> Edit | None:
    """Return what takes the flag from the pattern that a name stands for."""
    declared = facts(code).declared(held) if held.type == "identifier" else None
    name = named(held, "property")
    fields = [] if name is None else facts(code).field(text_of(name))
    value = named(declared, "value") or (named(fields[0], "value") if len(fields) == 1 else None)
    if value is None:
        return None
    flags, made = named(value, "flags"), named(value, "constructor")
    if flags is not None and "g" in text_of(flags):
        return code.edit(flags, text_of(flags).replace("g", ""))
    given = arguments(value)
    if made is None or text_of(made) != "RegExp" or len(given) != 2 or given[1].type != "string":
        return None
    text = code.text(given[1])
    if text[1:-1] == "g":
        return code.places.end(given[0]), code.places.end(given[1]), ""
    return code.edit(given[1], text.replace("g", "")) if "g" in text else None


def _is_only_tested(code: Code, name: str) -> bool:
    for node in below(code.root, "identifier", "property_identifier"):
        outer = node.parent
        if text_of(node) != name or outer is None:
            continue
        if outer.type == "member_expression" and named(outer, "property") == node:
            outer = outer.parent
        is_declared = outer is not None and outer.type.endswith(("declarator", "definition"))
        name_of_call = named(outer, "property")
        is_tested = name_of_call is not None and text_of(name_of_call) in ("test", "exec")
        if not is_declared and not is_tested:
            return False
    return True


def one_side_prepared(code: Code) -> Iterator[SmallChange]:
    """Where one side is in lower case or trimmed, so must be what it is compared with."""

    def found() -> Iterator[list[Edit]]:
        for node in code.nodes("binary_expression"):
            both = sides(node)
            if both is not None and operator(node) in _EQUAL:
                yield _prepared(code, *both)
        for _call, held, given in calls(code, *_PARTS):
            if len(given) == 1 and facts(code).kind(held) != "array":
                yield _prepared(code, held, given[0])
        yield from _unprepared_keys(code)

    return all_then_each(code, found())


def _prepared(code: Code, left: Node, right: Node) -> list[Edit]:
    for one, other in ((left, right), (right, left)):
        ways, has = (_ways(side) or _declared_ways(code, side) for side in (one, other))
        if not ways or len(has) >= len(ways):
            continue
        missing = "".join(f".{way}()" for way in ways if way not in has)
        if other.type == "string":
            plain = code.text(other)
            text = plain.lower() if "toLowerCase" in ways else plain
            text = text.upper() if "toUpperCase" in ways else text
            return [code.edit(other, text)] if text != plain and "\\" not in text else []
        if other.type in ("null", "undefined", "number") or facts(code).known(other).kind not in (
            *("", "string"),
        ):
            return []
        return [code.edit(other, f"{closed(code, other)}{missing}")]
    return []


def _ways(node: Node) -> list[str]:
    """Return how a text is prepared for comparing, in the order of the calls."""
    found: list[str] = []
    while (held := object_of(node, "toLowerCase", "toUpperCase", "trim")) is not None:
        found.insert(0, called(node))
        node = held
    return found


def _unprepared_keys(code: Code) -> Iterator[list[Edit]]:
    """Keys of a map that are stored in lower case, but looked up as they come."""
    stored: dict[str, list[str]] = {}
    for call in below(code.root, "call_expression"):
        held, given = object_of(call, *_KEYED), arguments(call)
        if held is not None and given and _ways(given[0]):
            stored.setdefault(code.text(held), _ways(given[0]))
    for _call, held, given in calls(code, *_KEYED):
        ways = stored.get(code.text(held), [])
        is_plain = bool(given) and given[0].type in ("identifier", "member_expression")
        if not is_plain or _declared_ways(code, given[0]):
            continue
        missing = "".join(f".{way}()" for way in ways)
        yield [code.edit(given[0], f"{code.text(given[0])}{missing}")] if missing else []


def _declared_ways(code: Code, node: Node) -> list[str]:
    declared = facts(code).declared(node) if node.type == "identifier" else None
    value = named(declared, "value")
    return [] if value is None else _ways(value)


def length_for_end(code: Code) -> Iterator[SmallChange]:
    """``slice`` takes an end where ``substr`` takes a length; ``substring`` knows no -1."""
    for call, _held, given in calls(code, "slice", "substring", "substr"):
        name = named(named(call, "function"), "property")
        if name is None or not given:
            continue
        if given[0].type == "unary_expression" and called(call) == "substring":
            yield code.put(name, "slice")
        if len(given) != 2:
            continue
        begin, end = (code.text(one) for one in given)
        if called(call) == "substr":
            yield code.put(name, "slice")
        elif given[0].type != "number" and not mentions(given[1], begin):
            is_count = given[1].type == "number" or _COUNTS.search(end)
            if is_count and not end.startswith("-") and ".length" not in end:
                yield code.put(given[1], f"{begin} + {end}")


def letters_cut_in_two(code: Code) -> Iterator[SmallChange]:
    """``split("")`` takes apart letters of two units, such as most emoji."""

    def found() -> Iterator[list[Edit]]:
        for call, held, given in calls(code, "split"):
            if len(given) == 1 and code.text(given[0]) in ("''", '""', "``"):
                yield [code.edit(call, f"[...{code.text(held)}]")]

    return all_then_each(code, found())
