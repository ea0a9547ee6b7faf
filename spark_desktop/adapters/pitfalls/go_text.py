"""Traps of Go with text: bytes and letters, cutsets, blanks, and capitals."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, above, below, named
from spark_desktop.adapters.pitfalls.go_nodes import calls, first_of
from spark_desktop.adapters.pitfalls.go_types import FUNCTIONS, listed, types_of
from spark_desktop.adapters.pitfalls.shared import (
    all_then_each,
    each_then_all,
    free_name,
    is_exact,
    is_of_case,
    lines_below,
    one_of,
    stands_alone,
    uses,
)
from spark_desktop.domain.small_change import SmallChange

_SEARCHES = ("strings.Contains", "strings.HasPrefix", "strings.HasSuffix")
_LOWER = ("strings.ToLower", "strings.ToUpper")


def _letters(code: Code) -> Iterator[SmallChange]:
    """``len``, an index and a part of a string count bytes, not letters."""
    types = types_of(code)
    found: dict[tuple[str, int], list[Node]] = {}
    for one in code.nodes("call_expression", "index_expression", "slice_expression"):
        held = _measured(one, code)
        if held is None or types.of(held) != "string" or _is_of_bytes(one, code):
            continue
        bound = types.binding(code.text(held), held) if held.type == "identifier" else None
        found.setdefault((code.text(held), -1 if bound is None else bound.id), []).append(one)
    ways = [list(_by_letters(code, nodes)) for nodes in found.values()]
    if ways:
        yield from each_then_all(code, ways)


def _measured(node: Node, code: Code) -> Node | None:
    """Return the text whose length, letter or part a node is."""
    if node.type != "call_expression":
        return named(node, "operand")
    given = listed(named(node, "arguments"))
    return given[0] if calls(node, code, "len") and len(given) == 1 else None


def _is_of_bytes(node: Node, code: Code) -> bool:
    """Return whether a length is only compared with 0, or with 1 as in "not empty"."""
    parent = node.parent
    if node.type != "call_expression" or parent is None or parent.type != "binary_expression":
        return False
    return re.search(r"(?:==|!=|>|<=)\s*0$|^0\s*(?:==|!=|<|>=)", code.text(parent)) is not None


def _by_letters(code: Code, nodes: list[Node]) -> Iterator[Edit]:
    held = _measured(nodes[0], code) or nodes[0]
    text = code.text(held)
    if len(nodes) == 1 and nodes[0].type == "call_expression":
        yield code.edit(nodes[0], f"utf8.RuneCountInString({text})")
        return
    name, line = f"[]rune({text})", _letters_line(code, held)
    if line is not None:
        function = above(held, *FUNCTIONS) or code.root
        name = free_name(function, code, "runes", f"{text}Runes")
        begin, end, new = line
        yield begin, end, new.replace("RUNES", name)
    for one in nodes:
        # Only the name: a length of it may stand in an index of it.
        yield code.edit(_measured(one, code) or one, name)
        if one.type == "slice_expression":
            start, end = code.places.start(one), code.places.end(one)
            yield start, start, "string("
            yield end, end, ")"


def _letters_line(code: Code, held: Node) -> Edit | None:
    """Return the line that takes a text apart, where it is given its value; None for no place."""
    types = types_of(code)
    text = code.text(held)
    bound = types.binding(text, held) if held.type == "identifier" else None
    function = above(held, *FUNCTIONS)
    if bound is None or function is None or len(uses(function, text, code)) < 2:
        return None
    for one in below(function, "assignment_statement"):
        if any(code.text(goal) == text for goal in listed(named(one, "left"))):
            return None
    line = f"RUNES := []rune({text})"
    if bound.type == "short_var_declaration" and stands_alone(code, bound):
        return lines_below(code, bound, [line])
    body = named(function, "body") if "parameter" in bound.type else None
    if bound.type == "range_clause" and bound.parent is not None:
        body = named(bound.parent, "body")
    first = first_of(body)
    if first is None or not stands_alone(code, first):
        return None
    return code.before(first, line)


def _bytes_kept(code: Code) -> Iterator[SmallChange]:
    """A text taken apart into bytes falls apart in its letters."""
    edits = [
        code.edit(one, "[]rune")
        for one in code.nodes("slice_type")
        if code.text(one) == "[]byte" and above(one, "parameter_list", "type_spec") is None
    ]
    for one in code.nodes("range_clause"):
        held, names = named(one, "right"), listed(named(one, "left"))
        if held is None or not names or code.text(names[0]) == "_":
            continue
        if types_of(code).of(held) == "string":
            yield code.put(held, f"[]rune({code.text(held)})")
    if edits:
        yield code.together(edits)


def _cutset(code: Code) -> Iterator[SmallChange]:
    """``Trim`` takes a set of letters, not a text, and takes them again and again."""
    ways: list[list[Edit]] = []
    for one in code.nodes("call_expression"):
        function, given = named(one, "function"), listed(named(one, "arguments"))
        if function is None or len(given) != 2:
            continue
        name, cut = code.text(function), given[1]
        if cut.type == "interpreted_string_literal" and _is_set(code.text(cut)[1:-1]):
            continue
        first, last = code.text(given[0]), code.text(cut)
        if name == "strings.TrimLeft":
            ways.append([code.edit(function, "strings.TrimPrefix")])
        elif name == "strings.TrimRight":
            ways.append([code.edit(function, "strings.TrimSuffix")])
        elif name == "strings.Trim":
            new = f"strings.TrimSuffix(strings.TrimPrefix({first}, {last}), {last})"
            ways.append([code.edit(one, new)])
    yield from all_then_each(code, ways)


def _is_set(text: str) -> bool:
    """Return whether a cutset is meant as one: blanks and signs, each once."""
    return not text or re.fullmatch(r"(?:\\[nrt]| )+", text) is not None


def _one_of_all(code: Code) -> Iterator[SmallChange]:
    """``Replace`` with 1 leaves the others; the last dot is not the first."""
    for one in code.nodes("call_expression"):
        function, given = named(one, "function"), listed(named(one, "arguments"))
        if function is None:
            continue
        texts = [code.text(item) for item in given]
        if code.text(function) == "strings.Replace" and len(given) == 4 and texts[3] != "-1":
            yield code.put(one, f"strings.ReplaceAll({', '.join(texts[:3])})")
    for one in code.nodes("call_expression"):
        function = named(one, "function")
        name = "" if function is None else code.text(function)
        other = {"strings.Index": "LastIndex", "strings.LastIndex": "Index"}.get(name)
        if other and function is not None:
            yield code.put(function, f"strings.{other}")


def _split(code: Code) -> Iterator[SmallChange]:
    """Split by one blank gives empty parts; by a sign, more parts than two, and blanks in them."""
    for one in code.nodes("call_expression"):
        given = listed(named(one, "arguments"))
        if not calls(one, code, "strings.Split") or len(given) != 2:
            continue
        if code.text(given[1]) in ('" "', "` `"):
            yield code.put(one, f"strings.Fields({code.text(given[0])})")
            continue
        function = above(one, *FUNCTIONS)
        goal = above(one, "short_var_declaration")
        names = listed(named(goal, "left"))
        parts = code.text(names[0]) if names and function is not None else ""
        body = "" if function is None else code.text(function)
        if parts and (f"{parts}[1]" in body and f"{parts}[2]" not in body):
            inner = ", ".join(code.text(item) for item in given)
            yield code.put(one, f"strings.SplitN({inner}, 2)")
        yield from _parts(code, one, parts, body)


def _parts(code: Code, call: Node, parts: str, body: str) -> Iterator[SmallChange]:
    """Yield what trims the parts in the loop over them, and what leaves out the empty ones."""
    for loop in code.nodes("for_statement"):
        clause, first = loop.named_children[0], first_of(named(loop, "body"))
        held, names = named(clause, "right"), listed(named(clause, "left"))
        if clause.type != "range_clause" or held is None or first is None or len(names) != 2:
            continue
        if held.id != call.id and code.text(held) != parts:
            continue
        name = code.text(names[1])
        if name == "_" or not stands_alone(code, first):
            continue
        trim = [f"{name} = strings.TrimSpace({name})"]
        skip = [f'if {name} == "" {{', "\tcontinue", "}"]
        if f"TrimSpace({name})" in body:
            trim = []
        if f'{name} == ""' in body or f'{name} != ""' in body:
            skip = []
        ways = (code.together([code.before(first, *way)]) for way in (trim, skip) if way)
        yield from one_of(code.places.start(first), *ways)
        if trim and skip:
            yield code.together([code.before(first, *trim, *skip)])


def _capitals(code: Code) -> Iterator[SmallChange]:
    """A text in small letters is compared with one that may have capitals."""
    for one in code.nodes("binary_expression", "call_expression"):
        if one.type == "binary_expression":
            left, right, sign = named(one, "left"), named(one, "right"), named(one, "operator")
            equal = "" if sign is None else code.text(sign)
            if left is None or right is None or equal not in ("==", "!="):
                continue
            lower = [side for side in (left, right) if calls(side, code, *_LOWER)]
            if len(lower) == 1 and "literal" not in f"{left.type}{right.type}":
                inner = [
                    code.text(listed(named(s, "arguments"))[0] if s in lower else s)
                    for s in (left, right)
                ]
                no = "!" if equal == "!=" else ""
                yield code.put(one, f"{no}strings.EqualFold({inner[0]}, {inner[1]})")
            continue
        if not calls(one, code, *_SEARCHES):
            continue
        given = listed(named(one, "arguments"))
        lower = [side for side in given if calls(side, code, *_LOWER)]
        if len(given) == 2 and len(lower) == 1:
            how = named(lower[0], "function")
            other = next(side for side in given if side not in lower)
            if how is not None and "literal" not in other.type:
                yield code.put(other, f"{code.text(how)}({code.text(other)})")


def _no_capitals(code: Code) -> Iterator[SmallChange]:
    """Who looks for a name may write it in small letters or in capitals."""
    types = types_of(code)
    for one in code.nodes("binary_expression", "call_expression"):
        if one.type == "binary_expression":
            left, right, sign = named(one, "left"), named(one, "right"), named(one, "operator")
            if left is None or right is None or sign is None or code.text(sign) != "==":
                continue
            if is_exact(code, left, right) or not is_of_case(code, one, *FUNCTIONS):
                continue
            kinds = {types.under(types.of(side)) for side in (left, right)}
            is_known = "literal" in f"{left.type}{right.type}" or calls(left, code, *_LOWER)
            if kinds == {"string"} and not is_known:
                yield code.put(one, f"strings.EqualFold({code.text(left)}, {code.text(right)})")
            continue
        given = listed(named(one, "arguments"))
        if not calls(one, code, *_SEARCHES) or any("literal" in side.type for side in given):
            continue
        if is_exact(code, *given) or not is_of_case(code, one, *FUNCTIONS):
            continue
        if not any(calls(side, code, *_LOWER) for side in given):
            yield code.together(
                [code.edit(side, f"strings.ToLower({code.text(side)})") for side in given]
            )


def _blanks_around(code: Code) -> Iterator[SmallChange]:
    """A number with blanks around it does not parse."""
    ways: list[list[Edit]] = []
    for one in code.nodes("call_expression"):
        given = listed(named(one, "arguments"))
        names = ("Atoi", "ParseInt", "ParseFloat", "ParseBool", "ParseUint")
        if calls(one, code, *(f"strconv.{n}" for n in names)) and given:
            text = code.text(given[0])
            if "Trim" not in text and "Fields" not in text:
                ways.append([code.edit(given[0], f"strings.TrimSpace({text})")])
    yield from each_then_all(code, ways)


def _digit(code: Code) -> Iterator[SmallChange]:
    """The number of a letter is not the digit that it shows."""
    types = types_of(code)
    for one in code.nodes("call_expression"):
        given = listed(named(one, "arguments"))
        if len(given) != 1 or given[0].type == "binary_expression":
            continue
        text, kind = code.text(given[0]), types.of(given[0])
        if calls(one, code, "int", "int64") and kind in ("rune", "byte"):
            yield code.put(given[0], f"{text} - '0'")
        if calls(one, code, "string") and kind == "int":
            yield code.put(one, f"strconv.Itoa({text})")


RULES: tuple[Rule, ...] = (_cutset, _letters, _bytes_kept, _split, _capitals)
LATER: tuple[Rule, ...] = (_digit, _blanks_around, _one_of_all, _no_capitals)
