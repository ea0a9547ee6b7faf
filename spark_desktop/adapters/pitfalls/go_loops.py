"""Traps of Go in loops: what changes while it is gone over, its order, and ways out of it."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Rule, above, below, named
from spark_desktop.adapters.pitfalls.go_nodes import calls, first_of, goal_of, targets
from spark_desktop.adapters.pitfalls.go_ranges import Range, loop_names, ranges
from spark_desktop.adapters.pitfalls.go_types import FUNCTIONS, listed, types_of
from spark_desktop.adapters.pitfalls.rounds import Declared, Shape, rounds
from spark_desktop.adapters.pitfalls.shared import (
    free_name,
    indent_of,
    lines_below,
    stands_alone,
)
from spark_desktop.domain.small_change import SmallChange


def _deleting(code: Code) -> Iterator[SmallChange]:
    """Taking an element out while going over a slice leaves the next one out."""
    for call in code.nodes("call_expression"):
        goal, loop = goal_of(call), above(call, "for_statement")
        statement = above(call, "assignment_statement")
        if not calls(call, code, "append") or goal is None or loop is None or statement is None:
            continue
        given = listed(named(call, "arguments"))
        if given[0].type != "slice_expression" or not code.text(call).rstrip(") ").endswith("..."):
            continue
        follower = statement.next_named_sibling
        if follower is not None and follower.type in ("break_statement", "return_statement"):
            continue
        whole, head = code.text(goal), loop.named_children[0]
        if not code.text(given[0]).startswith(f"{whole}["):
            continue
        if head.type == "range_clause":
            yield from _backwards(code, loop, head, whole)
            continue
        counted = next((n for n in loop_names(head, code) if f"{n}++" in code.text(head)), None)
        if counted != code.text(named(given[0], "end") or given[0]):
            continue  # where another one is taken out, going back would never end
        if counted is not None and stands_alone(code, statement):
            yield code.together([lines_below(code, statement, [f"{counted}--"])])


def _backwards(code: Code, loop: Node, head: Node, whole: str) -> Iterator[SmallChange]:
    names = [code.text(one) for one in listed(named(head, "left"))]
    first, held = first_of(named(loop, "body")), named(head, "right")
    if not names or names[0] == "_" or first is None or held is None or code.text(held) != whole:
        return
    if not stands_alone(code, first):
        return
    index = names[0]
    edits = [code.edit(head, f"{index} := len({whole}) - 1; {index} >= 0; {index}--")]
    if len(names) > 1 and names[1] != "_":
        edits.append(code.before(first, f"{names[1]} := {whole}[{index}]"))
    yield code.together(edits)


def _defer_in_loop(code: Code) -> Iterator[SmallChange]:
    """What is deferred in a loop waits for the end of the function."""
    for one in code.nodes("defer_statement"):
        loop, literal = above(one, "for_statement", *FUNCTIONS), one.named_children[:1]
        if loop is None or loop.type != "for_statement" or not literal:
            continue
        group = one.parent
        if group is None or group.parent != named(loop, "body") or not stands_alone(code, one):
            continue
        function = named(literal[0], "function")
        if function is None or function.type == "func_literal":
            continue
        leaves = ("return_statement", "continue_statement", "break_statement")
        later = [n for n in below(group, *leaves) if n.start_byte > one.end_byte]
        last = group.named_children[-1]
        if later or last == one:
            continue
        start, end = code.places.start(one), code.places.end(one)
        gone = code.content.rfind("\n", 0, start) + 1, code.content.find("\n", end) + 1, ""
        yield code.together([gone, lines_below(code, last, [code.text(literal[0])])])


def _break(code: Code) -> Iterator[SmallChange]:
    """``break`` in a switch or select leaves only that, not the loop around it."""
    inner = ("select_statement", "expression_switch_statement", "type_switch_statement")
    ways: dict[int, list[Node]] = {}
    loops: dict[int, Node] = {}
    for one in code.nodes("break_statement"):
        around = above(one, *inner, "for_statement")
        loop = above(one, "for_statement", *FUNCTIONS)
        if one.named_children or around is None or around.type == "for_statement":
            continue
        if loop is not None and loop.type == "for_statement":
            ways.setdefault(loop.id, []).append(one)
            loops[loop.id] = loop
    for key, found in ways.items():
        loop = loops[key]
        if loop.parent is not None and loop.parent.type == "labeled_statement":
            continue
        if not stands_alone(code, loop):
            continue
        label = free_name(code.root, code, "loop", "outer")
        above_loop = code.before(loop, f"{label}:")
        indent = indent_of(code, loop).removesuffix("\t")
        above_loop = above_loop[0], above_loop[1], f"{indent}{label}:{code.newline}"
        yield code.together([above_loop, *(code.edit(one, f"break {label}") for one in found)])


def _map_order(code: Code) -> Iterator[SmallChange]:
    """A map gives its keys in another order each time."""
    types = types_of(code)
    for loop in ranges(code):
        keys_kind = types.under(types_of(code).of(loop.held))
        statement = loop.body.parent
        if not loop.is_map or loop.key in ("", "_") or statement is None or loop.first is None:
            continue
        if not loop.is_simple or not stands_alone(code, statement) or not _has_order(loop, code):
            continue
        around = above(statement, *FUNCTIONS)
        if around is not None and re.search(r"\b(?:sort|slices)\.S", code.text(around)):
            continue  # it has an order of its own
        key = keys_kind[4 : keys_kind.index("]")]
        name = free_name(above(statement, *FUNCTIONS) or code.root, code, "keys", "sorted")
        sort = {"string": f"sort.Strings({name})", "int": f"sort.Ints({name})"}.get(
            key, f"sort.Slice({name}, func(i, j int) bool {{ return {name}[i] < {name}[j] }})"
        )
        if types.under(key) not in ("string", "int", "rune", "byte", "int64", "float64"):
            continue
        lines = [f"{name} := make([]{key}, 0, len({loop.whole}))"]
        lines += [f"for {loop.key} := range {loop.whole} {{"]
        lines += [f"\t{name} = append({name}, {loop.key})", "}", sort]
        edits = [code.before(statement, *lines)]
        edits.append(code.edit(loop.clause, f"_, {loop.key} := range {name}"))
        if loop.value not in ("", "_"):
            line = f"{loop.value} := {loop.whole}[{loop.key}]"
            edits.append(code.before(loop.first, line))
        yield code.together(edits)


def _has_order(loop: Range, code: Code) -> bool:
    """Return whether what a loop does may depend on the order of its rounds."""
    if list(below(loop.body, "return_statement", "break_statement")):
        return True
    text = code.text(loop.body)
    if any(word in text for word in ("append(", ".Write", "Print", "Fprint", '+= "')):
        return True
    for target, statement in targets(code, loop.body):
        if target.type != "index_expression" and above(statement, "if_statement") is not None:
            return True
        if types_of(code).of(target) == "string":
            return True
    return False


def _zero_start(code: Code) -> Iterator[SmallChange]:
    """The largest of numbers below zero is not the zero that the search begins with."""
    for loop in ranges(code):
        if loop.is_map or not loop.is_simple or loop.value in ("", "_"):
            continue
        for one in below(loop.body, "if_statement"):
            condition, taken = named(one, "condition"), first_of(named(one, "consequence"))
            if condition is None or taken is None or taken.type != "assignment_statement":
                continue
            goal = named(taken, "left")
            sides = {code.text(side) for side in condition.named_children}
            if condition.type != "binary_expression" or goal is None or len(sides) != 2:
                continue
            if code.text(goal) not in sides or not set("<>") & set(code.text(condition)):
                continue
            index = loop.index(code)
            head = code.edit(loop.clause, f"{index}, {loop.value} := range {loop.whole}")
            new = code.edit(condition, f"{index} == 0 || {code.text(condition)}")
            yield code.together([head, new])


def _last_group(code: Code) -> Iterator[SmallChange]:
    """The last group is not stored: nothing comes behind it that would end it."""
    for loop in code.nodes("for_statement"):
        body, after = named(loop, "body"), loop.next_named_sibling
        if body is None or not stands_alone(code, loop):
            continue
        for call in below(body, "call_expression"):
            goal, given = goal_of(call), listed(named(call, "arguments"))
            block, statement = above(call, "block"), above(call, "assignment_statement")
            if goal is None or block is None or len(given) != 2 or block == body:
                continue
            name = code.text(given[1])
            is_reset = f"{name} = " in code.text(block) and given[1].type == "identifier"
            if not calls(call, code, "append") or not is_reset or statement is None:
                continue
            if after is not None and name not in code.text(after):
                lines = [f"if len({name}) > 0 {{", f"\t{code.text(statement)}", "}"]
                yield code.together([lines_below(code, loop, lines)])


def _declared(one: Node, code: Code) -> Declared | None:
    left, right = listed(named(one, "left")), listed(named(one, "right"))
    if one.type != "short_var_declaration" or len(left) != 1 or len(right) != 1:
        return None
    return code.text(left[0]), right[0], one


def _is_stepped(loop: Node) -> bool:
    head = loop.named_children[0]
    return head.type == "range_clause" or named(head, "update") is not None


_ROUNDS, LATER = rounds(
    Shape(
        functions=FUNCTIONS,
        loops=("for_statement",),
        is_stepped=_is_stepped,
        branches=("if_statement",),
        returns=("return_statement",),
        assignments=("assignment_statement",),
        declared=_declared,
    )
)
RULES: tuple[Rule, ...] = (
    *_ROUNDS,
    _last_group,
    _deleting,
    _map_order,
    _break,
    _defer_in_loop,
    _zero_start,
)
