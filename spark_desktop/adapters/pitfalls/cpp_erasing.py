"""Traps of loops of C and C++: elements that are erased on the way, and counts below zero."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.cpp_names import names_of
from spark_desktop.adapters.pitfalls.cpp_numbers import Cast, bare, wanted
from spark_desktop.adapters.pitfalls.cpp_types import UNSIGNED, arguments, method, operator, type_of
from spark_desktop.adapters.pitfalls.shared import all_then_each, each_way
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

# Compilers that warn of signs want an index so.
_CAST = regex(r"^static_cast<[\w:\s]+>\((\w+)\)$|^\([\w:\s]+\)\s*(?=\w+$)")
_ORDERED = ("<", ">", "<=", ">=")


def erasing(code: Code) -> Iterator[SmallChange]:
    """What follows an erased element takes its place, and the loop's step passes over it."""
    for loop in code.nodes("for_statement"):
        update, body = named(loop, "update"), named(loop, "body")
        stepped = named(update, "argument")
        if update is None or body is None or stepped is None or operator(code, update) != "++":
            continue
        name = code.text(stepped)
        for call in below(body, "call_expression"):
            erased = _erased(code, call, name)
            if erased is None:
                continue
            is_set = call.parent is not None and call.parent.type == "assignment_expression"
            call_edits = [] if is_set or not erased else [code.edit(call, erased)]
            branch = above(call, "if_statement")
            if branch is not None and _is_last(branch, body) and _is_end_of(call, branch):
                step = _other_branch(code, branch, f"++{name};")
                yield code.together([*_dropped(code, update), *call_edits, *step])
            elif not erased:
                yield code.put(arguments(call)[0], f"{code.text(arguments(call)[0])}--")
    yield from _erasing_while(code)


def _erasing_while(code: Code) -> Iterator[SmallChange]:
    for loop in code.nodes("while_statement"):
        body = named(loop, "body")
        parts = [one for one in body.named_children if one.type != "comment"] if body else []
        if len(parts) < 2 or parts[-2].type != "if_statement":
            continue
        step = next(iter(parts[-1].named_children), None)
        stepped = named(step, "argument")
        if step is None or stepped is None or step.type != "update_expression":
            continue
        name = code.text(stepped)
        for call in below(parts[-2], "call_expression"):
            erased = _erased(code, call, name)
            if erased is None or not _is_end_of(call, parts[-2]):
                continue
            is_set = call.parent is not None and call.parent.type == "assignment_expression"
            call_edits = [] if is_set or not erased else [code.edit(call, erased)]
            start = code.places.end(parts[-2])
            gone: Edit = (start, code.places.end(parts[-1]), "")
            other = _other_branch(code, parts[-2], code.text(parts[-1]))
            text = "".join(edit[2] for edit in other if edit[0] == start)
            rest = [edit for edit in other if edit[0] != start]
            yield code.together([*call_edits, *rest, (gone[0], gone[1], text)])


def _erased(code: Code, call: Node, name: str) -> str | None:
    """Return how an element is erased by this iterator; "" by an index, None of other calls."""
    of, given = method(code, call), arguments(call)
    if of is None or of[1] != "erase" or len(given) != 1:
        return None
    text = code.text(given[0])
    if text in (name, f"{name}++"):
        return f"{name} = {code.text(of[0])}.erase({name})"
    index = text.removeprefix(f"{code.text(of[0])}.begin() + ")
    is_at = index != text and _CAST.sub(r"\1", index) == name
    return "" if is_at else None


def _is_last(branch: Node, body: Node) -> bool:
    is_body = branch == body
    last = body.named_children[-1] if body.named_children else None
    return named(branch, "alternative") is None and (is_body or last == branch)


def _is_end_of(call: Node, branch: Node) -> bool:
    """Return whether nothing in a branch comes behind the call."""
    node = call
    while node.parent is not None and node.parent != branch:
        following = node.next_named_sibling
        if node.parent.type == "compound_statement" and following is not None:
            return False
        node = node.parent
    return node == named(branch, "consequence") and named(branch, "alternative") is None


def _dropped(code: Code, update: Node) -> list[Edit]:
    start = code.places.start(update)
    begin = start - (code.content[start - 1 : start] == " ")
    return [(begin, code.places.end(update), "")]


def _other_branch(code: Code, branch: Node, statement: str) -> list[Edit]:
    """Return what adds an else with one statement, as the branch itself is written."""
    then = named(branch, "consequence")
    end = code.places.end(branch)
    begin = code.content.rfind("\n", 0, code.places.start(branch)) + 1
    line = code.content[begin : code.places.start(branch)]
    indent = line[: len(line) - len(line.lstrip())]
    if then is None:
        return []
    unit = "\t" if "\t" in indent else "    "
    if then.type == "compound_statement":
        if then.named_children and then.start_point.row != then.end_point.row:
            inner = code.places.start(then.named_children[0])
            head = code.content[code.content.rfind("\n", 0, inner) + 1 : inner]
            unit = head.removeprefix(indent) if not head.strip() else unit
        text = f"{{{code.newline}{indent}{unit}{statement}{code.newline}{indent}}}"
        return [(end, end, f" else {text}")]
    is_below = then.start_point.row > branch.start_point.row
    gap = f"{code.newline}{indent}{unit}" if is_below else " "
    start = code.places.start(then)
    lead = f"{code.newline}{indent}" if line.strip() == "" else " "
    return [(end, end, f"{lead}else{gap}{statement}")] if start else []


def down_to_zero(code: Code) -> Iterator[SmallChange]:
    """An unsigned count is never below zero: ``i >= 0`` always holds."""
    for loop in code.nodes("for_statement"):
        start, condition, update = (
            named(loop, field) for field in ("initializer", "condition", "update")
        )
        one = next(names_of(code, start), None) if start is not None else None
        if one is None or one.value is None or condition is None or update is None:
            continue
        name = code.text(one.node)
        kind = type_of(code, one.value) if one.kind == "auto" else one.kind
        is_down = operator(code, update) == "--" and code.text(condition) == f"{name} >= 0"
        left, right = named(one.value, "left"), named(one.value, "right")
        is_last = operator(code, one.value) == "-" and right is not None and code.text(right) == "1"
        if kind in UNSIGNED and is_down and is_last and left is not None:
            edits = [code.edit(one.value, code.text(left)), code.edit(condition, f"{name}-- > 0")]
            yield code.together([*edits, *_dropped(code, update)])


def size_less_one(code: Code) -> Iterator[SmallChange]:
    """A size is unsigned: of nothing, ``size() - 1`` is the largest number there is."""
    places: list[list[Edit]] = []
    for node in code.nodes("binary_expression"):
        left, right, sign = named(node, "left"), named(node, "right"), operator(code, node)
        if left is None or right is None or sign not in (*_ORDERED, "!="):
            continue
        for one, other, is_right in ((right, left, True), (left, right, False)):
            first, second = named(one, "left"), named(one, "right")
            if operator(code, one) != "-" or first is None or second is None:
                continue
            if type_of(code, first) not in UNSIGNED:
                continue
            moved = f"{code.text(other)} + {code.text(second)}"
            if not is_right and code.text(other) == "0":
                moved = code.text(second)
            text = f"{moved} {sign} {code.text(first)}"
            text = text if is_right else f"{code.text(first)} {sign} {moved}"
            places.append([code.edit(node, text)])
            break
    yield from all_then_each(code, places)


def signed_size(code: Code, cast: Cast) -> Iterator[SmallChange]:
    """Compared with a size, a number below zero becomes a very large one."""
    places: list[list[Edit]] = []
    for node in code.nodes("binary_expression"):
        left, right = named(node, "left"), named(node, "right")
        if operator(code, node) not in _ORDERED or left is None or right is None:
            continue
        loop = above(node, "for_statement")
        if loop is not None and named(loop, "condition") == node:
            continue  # which counts up from 0 nearly always
        for one, other in ((left, right), (right, left)):
            is_mixed = type_of(code, one) == "int" and type_of(code, other) in UNSIGNED
            if is_mixed and one.type != "number_literal":
                places.append([code.edit(other, cast("int", code.text(bare(other))))])
    yield from all_then_each(code, places)


def unsigned_difference(code: Code, cast: Cast) -> Iterator[SmallChange]:
    """The difference of two unsigned numbers is never below zero, but huge."""
    places: list[list[list[Edit]]] = []
    for node in code.nodes("binary_expression"):
        left, right, parent = named(node, "left"), named(node, "right"), node.parent
        if operator(code, node) != "-" or left is None or right is None or parent is None:
            continue
        kinds = type_of(code, left), type_of(code, right)
        if not any(kind in UNSIGNED for kind in kinds) or right.type == "number_literal":
            continue
        if operator(code, parent) in _ORDERED or wanted(code, node) in UNSIGNED:
            continue
        wide = "int" if "unsigned" in kinds or "unsigned int" in kinds else "long long"
        signed = [
            cast(wide, code.text(bare(one))) if kind in UNSIGNED else code.text(one)
            for one, kind in zip((left, right), kinds, strict=True)
        ]
        ways = [[code.edit(node, f"{signed[0]} - {signed[1]}")]]
        if parent.type == "return_statement" and type_of(code, node) in UNSIGNED:
            ways.append(_apart(code, node, left, right))
        places.append(ways)
    for node in code.nodes("return_statement"):
        inner = next(iter(node.named_children), None)
        left, right = named(inner, "left"), named(inner, "right")
        if inner is None or left is None or right is None or operator(code, inner) != "-":
            continue
        is_number = right.type == "number_literal" or type_of(code, inner) not in UNSIGNED
        if not is_number and wanted(code, inner) in UNSIGNED:
            places.append([_apart(code, inner, left, right)])
    yield from each_way(code, places)


def _apart(code: Code, node: Node, left: Node, right: Node) -> list[Edit]:
    one, other = code.text(left), code.text(right)
    return [code.edit(node, f"{one} > {other} ? {one} - {other} : {other} - {one}")]
