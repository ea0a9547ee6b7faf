"""Traps of Rust with text: bytes and letters, what is trimmed again and again, and capitals."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, above, below, named
from spark_desktop.adapters.pitfalls.rust_numbers import called_on, inner, sides
from spark_desktop.adapters.pitfalls.rust_types import method_of, types_of
from spark_desktop.adapters.pitfalls.shared import (
    all_then_each,
    each_then_all,
    is_exact,
    is_of_case,
    one_of,
)
from spark_desktop.domain.small_change import SmallChange

_SEARCHES = ("contains", "starts_with", "ends_with")
_LOWER = ("to_lowercase", "to_uppercase", "to_ascii_lowercase", "to_ascii_uppercase")


def field_of_call(call: Node) -> Node | None:
    """Return the name of the method that is called."""
    function = named(call, "function")
    if function is not None and function.type == "generic_function":
        function = named(function, "function")
    return named(function, "field")


def _letters(code: Code) -> Iterator[SmallChange]:
    """``len`` and the parts of a string count bytes, not letters; a part of one panics."""
    ways: list[list[Edit]] = []
    for one in code.nodes("call_expression", "index_expression"):
        if one.type == "index_expression":
            ways += [[edit] for edit in _part(one, code)]
            continue
        method = method_of(one, code)
        if method is None or not types_of(code).is_text(method[0]):
            continue
        outer = sides(one.parent, code)
        if method[1] == "len" and (outer is None or code.text(outer[2]) != "0"):
            ways.append([code.edit(one, f"{code.text(method[0])}.chars().count()")])
        name = field_of_call(one)
        if method[1] == "bytes" and name is not None:
            ways.append([code.edit(name, "chars")])
        if method[1] == "char_indices":
            ways.append([code.edit(one, f"{code.text(method[0])}.chars().enumerate()")])
    ways += [[edit] for edit in _in_macros(code)]
    apart = [w for w in ways if not any(o is not w and _meets(w[0], o[0]) for o in ways)]
    outer_ones = [w for w in ways if w not in apart and not any(_lies(w[0], o[0]) for o in ways)]
    yield from each_then_all(code, [*apart, *outer_ones])


def _in_macros(code: Code) -> Iterator[Edit]:
    """Yield the same for what a macro such as ``format!`` is given, which is not parsed."""
    pattern = r"(&?)\b(\w+)(?:\.len\(\)|\[([^\[\]]*)\.\.([^\[\]=]*)\])"
    for one in code.nodes("macro_invocation"):
        group = next((n for n in one.named_children if n.type == "token_tree"), None)
        if group is None:
            continue
        quoted = [code.places.start(n) for n in below(group, "string_literal")]
        quoted_ends = [code.places.end(n) for n in below(group, "string_literal")]
        begin, text = code.places.start(group), code.text(group)
        for found in re.finditer(pattern, text):
            start, name = begin + found.start(), found[2]
            bound = types_of(code).binding(name, group)
            inside = any(a <= start < b for a, b in zip(quoted, quoted_ends, strict=True))
            if bound is None or inside or text[: found.start()].endswith("."):
                continue
            if types_of(code).declared(bound, name) not in ("str", "String"):
                continue
            if found[3] is None:
                yield start, begin + found.end(), f"{name}.chars().count()"
                continue
            first, last = found[3].strip(), found[4].strip()
            chain = f"{name}.chars()" + (f".skip({first})" if first not in ("", "0") else "")
            chain += f".take({_difference(last, first)})" if last else ""
            yield start, begin + found.end(), f"{chain}.collect::<String>()"


def _meets(edit: Edit, other: Edit) -> bool:
    return edit[0] < other[1] and other[0] < edit[1]


def _lies(edit: Edit, other: Edit) -> bool:
    return edit is not other and other[0] <= edit[0] and edit[1] <= other[1]


def _part(node: Node, code: Code) -> Iterator[Edit]:
    """Yield what takes a part of a string by letters, as a string slice where it can be one."""
    held, place = node.named_children[0], node.named_children[-1]
    if place.type != "range_expression" or not types_of(code).is_text(held):
        return
    text, (start, end) = code.text(held), _bounds(place, code)
    counted = f"{text}.chars().count()"
    start, end = (one.replace(f"{text}.len()", counted) for one in (start, end))
    taken = node.parent
    is_slice = taken is not None and taken.type == "reference_expression"
    if not is_slice or taken is None or (start and end):
        chain = f"{text}.chars()" + (f".skip({start})" if start not in ("", "0") else "")
        if end:
            chain += f".take({_difference(end, start)})"
        outer = taken.parent if taken is not None else None
        owned = method_of(outer, code)
        is_owned = owned is not None and owned[0] == node and owned[1] in ("to_string", "to_owned")
        place = outer if is_owned and outer is not None else node
        yield code.edit(place, f"{chain}.collect::<String>()")
    elif end:
        found = f"{text}.char_indices().nth({end})"
        yield code.edit(taken, f"{found}.map_or(&{text}[..], |(end, _)| &{text}[..end])")
    elif start:
        found = f"{text}.char_indices().nth({start})"
        yield code.edit(taken, f'{found}.map_or("", |(start, _)| &{text}[start..])')


def _bounds(place: Node, code: Code) -> tuple[str, str]:
    text = code.text(place)
    start, _, end = text.partition("..")
    end = f"{end[1:].strip()} + 1" if end.startswith("=") else end
    return start.strip(), end.strip()


def _difference(end: str, start: str) -> str:
    if start in ("", "0"):
        return end
    if end.startswith(f"{start} + "):
        return end[len(start) + 3 :]
    return f"{end} - {start}" if start.isalnum() else f"{end} - ({start})"


_ONCE = {
    **dict.fromkeys(("trim_start_matches", "trim_left_matches"), "strip_prefix"),
    **dict.fromkeys(("trim_end_matches", "trim_right_matches"), "strip_suffix"),
}


def _trimmed_again(code: Code) -> Iterator[SmallChange]:
    """``trim_start_matches`` takes a text away as often as it is there."""
    ways: list[list[Edit]] = []
    for one in code.nodes("call_expression"):
        if (trimmed := _trimmed(one, code)) is None:
            continue
        held, once = trimmed
        if (first := _trimmed(held, code)) is not None:
            if first[0].type != "call_expression":
                ways.append(_both_once(one, code, _taken_once(*first, code), once))
        elif held.type != "call_expression":
            ways.append([code.edit(one, _taken_once(held, once, code))])
    # What stands in a chain that is mended as a whole is none of its own then.
    chains = [way for way in ways if len(way) > 1]
    yield from all_then_each(code, chains)
    yield from all_then_each(code, [way for way in ways if len(way) == 1])


def _trimmed(node: Node, code: Code) -> tuple[Node, str] | None:
    """Return what a text is trimmed off, and the call that takes it off once; None for others."""
    method = method_of(node, code)
    if method is None or method[1] not in _ONCE or len(method[2]) != 1:
        return None
    if method[2][0].type == "closure_expression":
        return None
    return method[0], f"{_ONCE[method[1]]}({code.text(method[2][0])})"


def _taken_once(held: Node, once: str, code: Code) -> str:
    text = code.text(held)
    # ``strip_prefix`` gives a slice, whatever it is called on.
    other = text if types_of(code).of(held) != "String" else f"&{text}"
    return f"{text}.{once}.unwrap_or({other})"


def _both_once(chain: Node, code: Code, first: str, second: str) -> list[Edit]:
    """Return what takes off one text and then the other: what is left has to have a name."""
    statement = chain
    while statement.parent is not None and statement.parent.type != "block":
        statement = statement.parent
    function = above(chain, "function_item")
    if statement.parent is None or function is None or "rest" in code.text(function):
        return []
    line = code.before(statement, f"let rest = {first};")
    return [line, code.edit(chain, f"rest.{second}.unwrap_or(rest)")]


def _split(code: Code) -> Iterator[SmallChange]:
    """Split at one blank gives empty parts; at a sign, more parts than two, and blanks in them."""
    for one in code.nodes("call_expression"):
        method = method_of(one, code)
        if method is None or method[1] != "split" or len(method[2]) != 1:
            continue
        held, cut = code.text(method[0]), code.text(method[2][0])
        if cut in ("' '", '" "'):
            yield code.put(one, f"{held}.split_whitespace()")
            continue
        if cut in ("'\\n'", '"\\n"'):
            yield code.put(one, f"{held}.lines()")
            continue
        function = above(one, "function_item")
        body = "" if function is None else code.text(function)
        goal = above(one, "let_declaration")
        name = code.text(pattern) if (pattern := named(goal, "pattern")) is not None else ""
        is_pair = f"{name}[1]" in body and f"{name}[2]" not in body
        if name and (is_pair or body.count(f"{name}.next()") == 2):
            yield code.put(one, f"{held}.splitn(2, {cut})")
        text = code.text(one)
        ways = ["" if "str::trim" in body or ".trim()" in body else ".map(str::trim)"]
        ways.append("" if "is_empty()" in body else ".filter(|part| !part.is_empty())")
        changes = [code.put(one, f"{text}{more}") for more in ways if more]
        yield from one_of(code.places.start(one), *changes)
        if len(changes) > 1:
            yield code.put(one, f"{text}{''.join(ways)}")


def _capitals(code: Code) -> Iterator[SmallChange]:
    """A text in small letters is compared with one that may have capitals."""
    for one in code.nodes("binary_expression", "call_expression"):
        if one.type == "binary_expression":
            found = sides(one, code)
            if found is None or found[1] not in ("==", "!="):
                continue
            left, right = found[0], found[2]
        else:
            method = method_of(one, code)
            if method is None or method[1] not in _SEARCHES or len(method[2]) != 1:
                continue
            left, right = method[0], method[2][0]
        pair = (left, right)
        lower = [side for side in pair if (m := method_of(_plain(side), code)) and m[1] in _LOWER]
        if len(lower) != 1:
            continue
        other = next(side for side in pair if side not in lower)
        how = method_of(_plain(lower[0]), code)
        if how is None or "literal" in _plain(other).type:
            continue
        new = f"{called_on(_plain(other), code)}.{how[1]}()"
        if one.type == "call_expression" and other.id == right.id:
            new = f"&{new}"
        yield code.put(other, new)


def _plain(node: Node) -> Node:
    node = inner(node)
    while node.type == "reference_expression" and (value := named(node, "value")) is not None:
        node = value
    return node


def _no_capitals(code: Code) -> Iterator[SmallChange]:
    """Who looks for a name may write it in small letters or in capitals."""
    types = types_of(code)
    for one in code.nodes("binary_expression", "call_expression"):
        found, method = sides(one, code), method_of(one, code)
        if found is not None and found[1] == "==":
            pair = (found[0], found[2])
        elif method is not None and method[1] in _SEARCHES and len(method[2]) == 1:
            pair = (method[0], method[2][0])
        else:
            continue
        if not all(types.is_text(side) for side in pair) or is_exact(code, *pair):
            continue
        if not is_of_case(code, one, "function_item"):
            continue
        if any("literal" in _plain(side).type or method_of(_plain(side), code) for side in pair):
            continue
        lower = [f"{called_on(_plain(side), code)}.to_lowercase()" for side in pair]
        if found is None:
            lower[1] = f"&{lower[1]}"
        yield code.together([code.edit(*one) for one in zip(pair, lower, strict=True)])


def _blanks_around(code: Code) -> Iterator[SmallChange]:
    """A number with blanks around it does not parse."""
    ways: list[list[Edit]] = []
    for one in code.nodes("call_expression"):
        method = method_of(one, code)
        if method is None or method[1] != "parse" or method[2]:
            continue
        if "trim" not in code.text(method[0]) and "whitespace" not in code.text(method[0]):
            ways.append([code.edit(method[0], f"{called_on(method[0], code)}.trim()")])
    yield from each_then_all(code, ways)


def _other_end(code: Code) -> Iterator[SmallChange]:
    """The last dot of a name is not the first; ``replacen`` leaves the others."""
    pairs = {"find": "rfind", "rfind": "find", "split_once": "rsplit_once"}
    pairs |= {"rsplit_once": "split_once", "position": "rposition", "rposition": "position"}
    for one in code.nodes("call_expression"):
        method, name = method_of(one, code), field_of_call(one)
        if method is None or name is None:
            continue
        if method[1] == "replacen" and len(method[2]) == 3:
            given = ", ".join(code.text(item) for item in method[2][:2])
            yield code.put(one, f"{code.text(method[0])}.replace({given})")
        is_text = method[1] not in ("find", "rfind") or (
            bool(method[2]) and method[2][0].type != "closure_expression"
        )
        if method[1] in pairs and is_text:
            yield code.put(name, pairs[method[1]])


def _digit(code: Code) -> Iterator[SmallChange]:
    """The number of a letter is not the digit that it shows."""
    for one in code.nodes("type_cast_expression"):
        value, kind = named(one, "value"), named(one, "type")
        if value is None or kind is None or types_of(code).of(value) != "char":
            continue
        name, outer = code.text(kind), sides(one.parent, code)
        if name != "u8" and (outer is None or outer[1] != "-"):
            end = "" if name == "u32" else f" as {name}"
            yield code.put(one, f"{called_on(value, code)}.to_digit(10).unwrap_or(0){end}")


RULES: tuple[Rule, ...] = (_letters, _trimmed_again, _split, _capitals)
LATER: tuple[Rule, ...] = (_digit, _blanks_around, _other_end, _no_capitals)
