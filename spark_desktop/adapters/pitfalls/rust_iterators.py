"""Traps of Rust with iterators and lists: bounds, ties, order, and what is left out."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, above, below, named
from spark_desktop.adapters.pitfalls.rounds import turned_around
from spark_desktop.adapters.pitfalls.rust_text import field_of_call
from spark_desktop.adapters.pitfalls.rust_types import element_of, method_of, types_of
from spark_desktop.adapters.pitfalls.shared import all_then_each, one_of, stands_alone
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_COPIED = regex(r"[iu](?:8|16|32|64|128|size)|f32|f64|char|bool")


def _bounds(code: Code) -> Iterator[SmallChange]:
    """``..`` leaves its end out, ``..=`` does not."""
    for one in code.nodes("range_expression", "range_pattern"):
        sign = next((n for n in one.children if n.type in ("..", "..=")), None)
        if sign is None or one.children[-1].type in ("..", "..="):
            continue  # there is no end
        end = code.text(one.children[-1])
        if sign.type == ".." and ("len()" in end or "count()" in end) and one.parent is not None:
            continue  # of a list there is nothing behind its end
        yield code.put(sign, "..=" if sign.type == ".." else "..")


def _ties(code: Code) -> Iterator[SmallChange]:
    """``max_by_key`` gives the last of equal elements, ``min_by_key`` the first."""
    names = ("max_by_key", "max_by", "min_by_key", "min_by")
    found = [
        (method, one)
        for one in code.nodes("call_expression")
        if (method := method_of(one, code)) is not None and method[1] in names
    ]
    for method, _ in sorted(found, key=lambda one: one[0][1].startswith("min")):
        before = method_of(method[0], code)
        if before is None or before[1] != "rev":
            end = code.places.end(method[0])
            yield SmallChange(end, end, f"{_gap(method[0], code)}.rev()")
        else:
            yield code.put(method[0], code.text(before[0]))


def _gap(node: Node, code: Code) -> str:
    """Return the line's end and indent that stand in front of the next method of a chain."""
    end = code.places.end(node)
    rest = code.content[end:]
    return rest[: len(rest) - len(rest.lstrip())]


def _dedup(code: Code) -> Iterator[SmallChange]:
    """``dedup`` takes only neighbours that are equal."""
    for one in code.nodes("call_expression"):
        method, statement = method_of(one, code), one.parent
        if method is None or method[1] != "dedup" or statement is None:
            continue
        if statement.type != "expression_statement" or not stands_alone(code, statement):
            continue
        name = code.text(method[0])
        function = above(one, "function_item")
        if function is not None and re.search(rf"\b{re.escape(name)}\.sort", code.text(function)):
            continue
        kind = element_of(types_of(code).of(method[0]))
        taken = "*one" if _COPIED.fullmatch(kind) else "one.clone()"
        line = "let mut seen = HashSet::new();"
        kept = code.edit(one, f"{name}.retain(|one| seen.insert({taken}))")
        as_they_come = code.together([code.before(statement, line), kept])
        in_order = code.together([code.before(statement, f"{name}.sort();")])
        yield from one_of(code.places.start(one), as_they_come, in_order)


def _sorted(code: Code) -> Iterator[SmallChange]:
    """Sorted from the least on instead of from the most, or with equal ones in any order."""
    for one in code.nodes("call_expression"):
        method, name = method_of(one, code), field_of_call(one)
        if method is None or name is None or not method[1].startswith("sort"):
            continue
        if "unstable" in method[1]:
            yield code.put(name, method[1].replace("_unstable", ""))
        closure = method[2][0] if method[2] else None
        body = named(closure, "body")
        if closure is None or body is None or closure.type != "closure_expression":
            continue
        group = named(closure, "parameters")
        names = [] if group is None else [code.text(n) for n in group.named_children]
        if method[1].endswith("_by") and len(names) == 2:
            swap = {names[0]: names[1], names[1]: names[0]}
            first = next(below(body, "call_expression"), None)
            if first is not None:
                words = below(first, "identifier")
                yield code.together(
                    [code.edit(n, swap[code.text(n)]) for n in words if code.text(n) in swap]
                )
        elif method[1].endswith("_by_key") and "Reverse" not in code.text(body):
            yield code.put(body, f"std::cmp::Reverse({code.text(body)})")


def _partly_ordered(code: Code) -> Iterator[SmallChange]:
    """``partial_cmp`` has no answer for what is not a number."""
    ways: list[list[Edit]] = []
    for one in code.nodes("call_expression"):
        method = method_of(one, code)
        if method is None or method[1] not in ("unwrap", "expect"):
            continue
        compared = method_of(method[0], code)
        if compared is not None and compared[1] == "partial_cmp" and len(compared[2]) == 1:
            new = f"{code.text(compared[0])}.total_cmp({code.text(compared[2][0])})"
            ways.append([code.edit(one, new)])
    yield from all_then_each(code, ways)


def _kept(code: Code) -> Iterator[SmallChange]:
    """``retain`` and ``filter`` say what stays, not what goes."""
    found = []
    for one in code.nodes("call_expression"):
        method = method_of(one, code)
        if method is not None and method[1] in ("retain", "filter") and len(method[2]) == 1:
            body = named(method[2][0], "body")
            if body is not None and body.type != "block":
                found.append((method[1], body))
    for _, body in sorted(found, key=lambda one: one[0] == "filter"):
        yield code.put(body, turned_around(body, code))


def _cut_off(code: Code) -> Iterator[SmallChange]:
    """``zip`` ends with the shorter of two lists."""
    for one in code.nodes("call_expression"):
        method = method_of(one, code)
        if method is None or method[1] not in ("all", "any"):
            continue
        zipped = method_of(method[0], code)
        while zipped is not None and zipped[1] != "zip":
            zipped = method_of(zipped[0], code)
        if zipped is None or not zipped[2]:
            continue
        first, second = _list(zipped[0], code), _list(zipped[2][0], code)
        outer = one.parent
        if outer is not None and outer.type in ("unary_expression", "binary_expression"):
            continue
        if method[1] == "all":
            yield code.put(one, f"{first}.len() == {second}.len() && {code.text(one)}")
        else:
            yield code.put(one, f"{first}.len() != {second}.len() || {code.text(one)}")


def _list(node: Node, code: Code) -> str:
    while (method := method_of(node, code)) is not None and method[1] in (
        *("iter", "into_iter", "copied", "cloned"),
    ):
        node = method[0]
    if method is not None and method[1] in ("chars", "bytes"):
        node = method[0]  # texts of other lengths in bytes are not equal either
    text = code.text(node)
    return text[1:] if node.type == "reference_expression" else text


def _too_few(code: Code) -> Iterator[SmallChange]:
    """``take_while`` ends at the first that does not fit; ``chunks_exact`` drops the rest."""
    pairs = {"take_while": "filter", "skip_while": "filter", "map_while": "filter_map"}
    pairs |= {"chunks_exact": "chunks", "chunks": "windows", "windows": "chunks"}
    for one in code.nodes("call_expression"):
        method, name = method_of(one, code), field_of_call(one)
        if method is not None and name is not None and method[1] in pairs:
            yield code.put(name, pairs[method[1]])


def _heap(code: Code) -> Iterator[SmallChange]:
    """A heap gives the largest first; the smallest needs ``Reverse``."""
    if "BinaryHeap" not in code.content or "Reverse" in code.content:
        return
    edits: list[Edit] = []
    for one in code.nodes("call_expression"):
        method = method_of(one, code)
        if method is None or not types_of(code).of(method[0]).startswith("BinaryHeap"):
            continue
        if method[1] == "push" and len(method[2]) == 1:
            edits.append(code.edit(method[2][0], f"Reverse({code.text(method[2][0])})"))
        if method[1] not in ("pop", "peek"):
            continue
        condition = one.parent
        pattern = named(condition, "pattern")
        inside = [] if pattern is None else pattern.named_children
        if pattern is None or pattern.type != "tuple_struct_pattern" or len(inside) != 2:
            end = code.places.end(one)
            edits.append((end, end, ".map(|Reverse(one)| one)"))
        else:
            edits.append(code.edit(inside[1], f"Reverse({code.text(inside[1])})"))
    if not edits:
        return
    for one in below(code.root, "generic_type"):
        kind, given = named(one, "type"), named(one, "type_arguments")
        if kind is not None and given is not None and code.text(kind) == "BinaryHeap":
            text = code.text(given)[1:-1]
            if text != "_":
                edits.append(code.edit(given, f"<Reverse<{text}>>"))
    used = next(
        (one for one in below(code.root, "use_declaration") if "BinaryHeap" in code.text(one)), None
    )
    if used is not None and stands_alone(code, used):
        edits.append(code.before(used, "use std::cmp::Reverse;"))
    yield code.together(edits)


def _order(code: Code) -> Iterator[SmallChange]:
    """A ``HashMap`` gives its keys in another order each time, a ``BTreeMap`` in theirs."""
    functions = [one for one in code.nodes("function_item") if _is_walking(code.text(one))]
    if not functions:
        return
    for name, other in (("HashMap", "BTreeMap"), ("HashSet", "BTreeSet")):
        if f"{name}::with_" in code.content or other in code.content or name not in code.content:
            continue
        held = any(_is_of(code, one, name) for one in code.nodes("field_expression"))
        near = {one.id for function in functions for one in _named(code, function, name)}
        if not held and not near:
            continue
        there = list(_named(code, code.root, name))
        within = [one for one in there if one.id in near and _is_in_body(one)]
        outside = [one for one in there if one not in within and not _is_use(one)]
        is_own = bool(within) and not held and not any(one.id in near for one in outside)
        chosen = within if is_own and outside else there
        # Others may hold what is told to all.
        if not any(_is_public(one) for one in chosen):
            yield code.together({code.edit(one, other) for one in chosen})


def _is_walking(text: str) -> bool:
    walks = (".iter()", ".keys()", ".values()", ".into_iter()", "for ", ".into_keys()", ".drain()")
    return any(word in text for word in walks)


def _is_of(code: Code, node: Node, name: str) -> bool:
    return types_of(code).of(node).startswith(name)


def _named(code: Code, within: Node, name: str) -> Iterator[Node]:
    words = below(within, "type_identifier", "identifier")
    # The length tells most of them apart, and costs less than the text.
    size = len(name)
    return (n for n in words if n.end_byte - n.start_byte == size and code.text(n) == name)


def _is_in_body(node: Node) -> bool:
    function = above(node, "function_item")
    body = named(function, "body")
    return body is not None and body.start_byte <= node.start_byte


def _is_use(node: Node) -> bool:
    return above(node, "use_declaration") is not None


_TOLD = (
    *("function_item", "field_declaration", "struct_item", "enum_item", "type_item", "const_item"),
    *("static_item", "use_declaration", "trait_item", "ordered_field_declaration_list"),
)


def _is_public(node: Node) -> bool:
    """Return whether a name is part of what an item tells others: not of a function's body."""
    child, outer = node, node.parent
    while outer is not None:
        if outer.type == "function_item" and named(outer, "body") == child:
            return False
        modifiers = outer.children[:2] if outer.type in _TOLD else ()
        if any(one.type == "visibility_modifier" for one in modifiers):
            return outer.type != "struct_item" or _is_tuple(outer)
        child, outer = outer, outer.parent
    return False


def _is_tuple(node: Node) -> bool:
    body = named(node, "body")
    return body is not None and body.type == "ordered_field_declaration_list"


RULES: tuple[Rule, ...] = (_ties, _dedup, _order, _sorted, _cut_off, _kept)
LATER: tuple[Rule, ...] = (_bounds, _partly_ordered, _too_few, _heap)
