"""Traps of Go with what has no effect: untaken results, empty cases, what is not flushed."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, above, below, named
from spark_desktop.adapters.pitfalls.go_nodes import calls, first_of
from spark_desktop.adapters.pitfalls.go_types import FUNCTIONS, listed, types_of
from spark_desktop.adapters.pitfalls.shared import (
    all_then_each,
    each_then_all,
    lines_below,
    stands_alone,
    uses,
)
from spark_desktop.domain.small_change import SmallChange

_OF_STRINGS = frozenset(
    f"strings.{name}"
    for name in (
        *("Replace", "ReplaceAll", "ToLower", "ToUpper", "Title", "Trim", "TrimLeft", "TrimRight"),
        *("TrimPrefix", "TrimSuffix", "TrimSpace", "TrimFunc", "ToValidUTF8"),
    )
)
_OF_TIMES = frozenset(("Add", "AddDate", "In", "Local", "Round", "Truncate", "UTC"))
# How a writer gives on what it holds back, and whether that may fail.
_WRITERS = {
    **{"bufio.NewWriter": "Flush", "bufio.NewWriterSize": "Flush", "csv.NewWriter": "Flush"},
    **{"tabwriter.NewWriter": "Flush", "gzip.NewWriter": "Close", "zlib.NewWriter": "Close"},
}


def _untaken(code: Code) -> Iterator[SmallChange]:
    """A text and a time do not change: what is computed of them has to be taken."""
    types = types_of(code)
    ways: list[list[Edit]] = []
    for one in code.nodes("expression_statement"):
        call = next(iter(one.named_children), None)
        function = named(call, "function")
        if call is None or call.type != "call_expression" or function is None:
            continue
        given = listed(named(call, "arguments"))
        goal = given[0] if code.text(function) in _OF_STRINGS and given else None
        field, held = named(function, "field"), named(function, "operand")
        if field is not None and code.text(field) in _OF_TIMES and types.of(held) == "time.Time":
            goal = held
        if goal is not None and goal.type in ("identifier", "selector_expression"):
            ways.append([code.edit(one, f"{code.text(goal)} = {code.text(one)}")])
        elif calls(call, code, "sort.Reverse"):
            ways.append([code.edit(one, f"sort.Sort({code.text(one)})")])
    yield from all_then_each(code, ways)


def _ended_cases(code: Code) -> Iterator[SmallChange]:
    """A case without statements does nothing: it does not go on to the one below."""
    ways: list[list[Edit]] = []
    for one in code.nodes("expression_switch_statement", "type_switch_statement"):
        cases = [
            case for case in one.named_children if case.type in ("expression_case", "type_case")
        ]
        group: list[Node] = []
        for case in cases:
            following = case.next_named_sibling
            if _is_empty(case) and following is not None and following.type == case.type:
                group.append(case)
                continue
            if group and not _is_empty(case):
                ways.append(_joined(code, group, case))
            group = []
    yield from each_then_all(code, ways)


def _is_empty(case: Node) -> bool:
    return all(one.type in ("expression_list", *_TYPES) for one in case.named_children)


_TYPES = ("type_identifier", "qualified_type", "pointer_type", "slice_type", "map_type")


def _values(code: Code, case: Node) -> str:
    """Return what stands between ``case`` and its colon."""
    inner = [one for one in case.named_children if one.type in ("expression_list", *_TYPES)]
    return ", ".join(code.text(one) for one in inner)


def _joined(code: Code, empty: list[Node], case: Node) -> list[Edit]:
    start = code.places.start(empty[0])
    colon = code.content.index(":", code.places.end(_last_value(case)))
    values = ", ".join(_values(code, one) for one in (*empty, case))
    return [(start, colon, f"case {values}")]


def _last_value(case: Node) -> Node:
    return [one for one in case.named_children if one.type in ("expression_list", *_TYPES)][-1]


def _unflushed(code: Code) -> Iterator[SmallChange]:
    """A writer that holds back what it is given has to be told to give it on in the end."""
    for one in code.nodes("short_var_declaration"):
        names, values = listed(named(one, "left")), listed(named(one, "right"))
        function = above(one, *FUNCTIONS)
        body = named(function, "body")
        if len(names) != 1 or len(values) != 1 or body is None or not stands_alone(code, one):
            continue
        ends = next((how for new, how in _WRITERS.items() if calls(values[0], code, new)), None)
        name = code.text(names[0])
        if ends is None or one.parent is None or one.parent.parent != body:
            continue
        if f"{name}.{ends}" in code.text(body) or _is_kept(body, name, code):
            continue
        last = one.parent.named_children[-1]
        if last.type != "return_statement" or not stands_alone(code, last):
            yield code.together([lines_below(code, one, [f"defer {name}.{ends}()"])])
        elif code.text(last) != "return nil":
            yield code.together([code.before(last, f"{name}.{ends}()")])
        elif calls(values[0], code, "csv.NewWriter"):
            line = code.before(last, f"{name}.{ends}()")
            yield code.together([line, code.edit(last, f"return {name}.Error()")])
        else:
            yield code.put(last, f"return {name}.{ends}()")


def _is_kept(body: Node, name: str, code: Code) -> bool:
    """Return whether somebody else may end a writer: who gets it as a result, or in a struct."""
    for use in uses(body, name, code):
        outer = use.parent
        while outer is not None and outer.type in ("expression_list", "literal_element"):
            outer = outer.parent
        if outer is None or outer.type in ("return_statement", "keyed_element", "literal_value"):
            return True
        if outer.type == "assignment_statement":
            return True
    return False


def _scanned(code: Code) -> Iterator[SmallChange]:
    """The bytes of a scanner are overwritten by the next ones."""
    types = types_of(code)
    ways: list[list[Edit]] = []
    for one in code.nodes("call_expression"):
        function = named(one, "function")
        held, field = named(function, "operand"), named(function, "field")
        if held is None or field is None or code.text(field) != "Bytes":
            continue
        bound = types.binding(code.text(held), held) if held.type == "identifier" else None
        made = listed(named(bound, "right"))
        if not made or not calls(made[0], code, "bufio.NewScanner"):
            continue
        outer = one.parent
        is_added = outer is not None and outer.type == "argument_list" and outer.parent is not None
        if is_added and outer is not None and outer.parent is not None:
            is_added = calls(outer.parent, code, "append") and listed(outer)[0] != one
        goals = listed(named(above(one, "assignment_statement"), "left"))
        is_set = outer is not None and outer.type == "expression_list" and bool(goals)
        is_set = is_set and goals[0].type in ("index_expression", "selector_expression")
        if (is_added or is_set) and not _is_spread(one, code):
            ways.append([code.edit(one, f"append([]byte(nil), {code.text(one)}...)")])
    yield from all_then_each(code, ways)


def _is_spread(node: Node, code: Code) -> bool:
    end = code.places.end(node)
    return code.content[end : end + 3] == "..."


def _power(code: Code) -> Iterator[SmallChange]:
    """``^`` is no power, but exclusive or."""
    for one in code.nodes("binary_expression"):
        left, right, sign = (named(one, field) for field in ("left", "right", "operator"))
        if left is None or right is None or sign is None or code.text(sign) != "^":
            continue
        text = code.text(right)
        if code.text(left) == "2":
            yield code.put(one, f"1 << {text}")
        elif code.text(left) == "10":
            number = right.type == "int_literal"
            yield code.put(one, f"1e{text}" if number else f"int(math.Pow(10, float64({text})))")


def _nil_slice(code: Code) -> Iterator[SmallChange]:
    """A slice that nothing was added to is nil: JSON tells of it as ``null``, not as ``[]``."""
    types = types_of(code)
    for one in code.nodes("function_declaration", "method_declaration"):
        results, body = types.results(one), named(one, "body")
        if not results or not results[0].startswith("[]") or first_of(body) is None:
            continue
        edits: list[Edit] = []
        for told in below(body or one, "return_statement"):
            values = listed(told.named_children[0] if told.named_children else None)
            if not values or above(told, *FUNCTIONS) != one:
                continue
            if code.text(values[0]) == "nil" and code.text(values[-1]) in ("nil", "true"):
                edits.append(code.edit(values[0], f"{results[0]}{{}}"))
            bound = types.binding(code.text(values[0]), values[0])
            if bound is not None and bound.type == "var_spec" and bound.parent is not None:
                outer, name = bound.parent, code.text(values[0])
                is_local = above(bound, *FUNCTIONS) == one and named(bound, "value") is None
                if is_local and code.text(outer) == f"var {name} {results[0]}":
                    edits.append(code.edit(outer, f"{name} := {results[0]}{{}}"))
        if edits:
            yield code.together(dict.fromkeys(edits))


RULES: tuple[Rule, ...] = (_untaken, _unflushed, _scanned)
LATER: tuple[Rule, ...] = (_ended_cases, _power, _nil_slice)
