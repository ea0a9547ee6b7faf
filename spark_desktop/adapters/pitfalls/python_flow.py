"""Traps of Python in what is done when: a step in the wrong order, place or depth."""

import re
from collections.abc import Iterator
from itertools import pairwise

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, above, below, named
from spark_desktop.adapters.pitfalls.python_nodes import (
    SIMPLE,
    arguments,
    at_start,
    bound_names,
    called,
    is_name,
    method,
    with_argument,
)
from spark_desktop.adapters.pitfalls.shared import indent_of
from spark_desktop.domain.small_change import SmallChange

_SIMPLE_STATEMENTS = ("expression_statement", "delete_statement")
_BLOCKS = ("for_statement", "while_statement", "if_statement", "with_statement")
_ENDS = ("return_statement", "break_statement", "continue_statement", "raise_statement")
_NO_RESULTS = ("string", "assignment", "augmented_assignment", "yield")
_COUNTS = (*SIMPLE, "call", "parenthesized_expression")
_NOTHING = frozenset({"sort", "reverse"})


def result_of_nothing(code: Code) -> Iterator[SmallChange]:
    """``sort`` changes the list and gives None."""
    for node in code.nodes("call"):
        found, parent = method(node), node.parent
        if found is None or found[1] not in _NOTHING or parent is None:
            continue
        if parent.type not in ("assignment", "return_statement", "argument_list", "for_statement"):
            continue
        rest = [code.text(one) for one in arguments(node)]
        if found[1] == "sort":
            yield code.put(node, f"sorted({', '.join((code.text(found[0]), *rest))})")
        else:
            yield code.put(node, f"list(reversed({code.text(found[0])}))")


def forgotten_return(code: Code) -> Iterator[SmallChange]:
    """The last line works the result out and does not give it."""
    for function in code.nodes("function_definition"):
        body = named(function, "body")
        if body is None:
            continue
        for block in code.inside(function, "block"):
            last = block.named_children[-1] if block.named_children else None
            if last is None or last.type != "expression_statement" or block.type != "block":
                continue
            value = last.named_children[0] if last.named_children else None
            if value is None or value.type in _NO_RESULTS:
                continue
            name = named(function, "name")
            is_again = name is not None and called(value).rpartition(".")[2] == text_of(name)
            if (block == body and not _gives(code, function)) or is_again:
                yield code.put(last, f"return {code.text(last)}")


def _gives(code: Code, function: Node) -> bool:
    given = code.inside(function, "return_statement", "yield")
    return any(one.named_children or one.type == "yield" for one in given)


def forgotten_await(code: Code) -> Iterator[SmallChange]:
    """What an async function gives has to be waited for."""
    if "async" not in code.content:
        return
    waits = {
        text_of(name)
        for one in code.every("function_definition")
        if one.children
        and one.children[0].type == "async"
        and (name := named(one, "name")) is not None
    }
    for node in code.nodes("call"):
        function = above(node, "function_definition", "lambda")
        is_async = function is not None and function.children[0].type == "async"
        word = called(node).rpartition(".")[2]
        is_waited = node.parent is not None and node.parent.type == "await"
        if is_async and not is_waited and word in waits:
            is_part = node.parent is not None and node.parent.type in ("attribute", "subscript")
            text = f"await {code.text(node)}"
            yield code.put(node, f"({text})" if is_part else text)


def forgotten_self(code: Code) -> Iterator[SmallChange]:
    """A name alone is a variable of the function, not of the object."""
    known: dict[int, set[str]] = {}
    for node in code.nodes("assignment", "augmented_assignment"):
        left = named(node, "left")
        function, class_ = above(node, "function_definition"), above(node, "class_definition")
        own = named(function, "parameters")
        if left is None or left.type != "identifier" or own is None or class_ is None:
            continue
        if class_.id not in known:
            known[class_.id] = set(re.findall(r"\bself\.(\w+)", code.text(class_)))
        if code.text(own).startswith("(self") and code.text(left) in known[class_.id]:
            yield code.put(left, f"self.{code.text(left)}")


def own_variable(code: Code) -> Iterator[SmallChange]:
    """What a function sets is its own, unless it says otherwise."""
    of_module: set[str] | None = None
    for function in code.nodes("function_definition"):
        added = [
            left
            for one in code.inside(function, "augmented_assignment")
            if is_name(left := named(one, "left"), text_of(left) if left else "")
            and above(one, "function_definition") == function
        ]
        names = dict.fromkeys(code.text(one) for one in added if one is not None)
        bound = bound_names(function) if names else set()
        for name in names:
            outer = above(function, "function_definition")
            if name in bound:
                continue
            if outer is not None and name in bound_names(outer):
                word = "nonlocal"
            else:
                of_module = bound_names(code.root) if of_module is None else of_module
                word = "global" if name in of_module else ""
            said = at_start(code, function, f"{word} {name}")
            if word and said is not None:
                yield code.together([said])


def wrong_way(code: Code) -> Iterator[SmallChange]:
    """What moves things on has to begin at the other end."""
    for loop in code.nodes("for_statement"):
        right = named(loop, "right")
        if right is not None and called(right) != "reversed":
            text = code.text(right)
            if called(right) in ("enumerate", "zip") or method(right) is not None:
                text = f"list({text})"
            yield code.put(right, f"reversed({text})")


def swapped_lines(code: Code) -> Iterator[SmallChange]:
    """The second step needs what was there before the first."""
    at_top = [one for one in code.root.named_children if code.holds(one)]
    for lines in (*(one.named_children for one in code.nodes("block")), at_top):
        for one, other in pairwise(lines):
            if not _is_movable(one) or not _is_movable(other):
                continue
            if not (_names(one) & _names(other)):
                continue
            try:
                yield code.together(
                    [code.edit(one, code.text(other)), code.edit(other, code.text(one))]
                )
            except ValueError:
                continue


def _is_movable(node: Node) -> bool:
    if node.type not in _SIMPLE_STATEMENTS or not node.named_children:
        return False
    return node.named_children[0].type != "string"


def _names(node: Node) -> set[str]:
    return {text_of(one) for one in below(node, "identifier")}


def too_deep(code: Code) -> Iterator[SmallChange]:
    """The last line of a block is one step too far in, or the next one too far out."""
    for outer in code.nodes(*_BLOCKS):
        body = named(outer, "body") or named(outer, "consequence")
        if body is None or named(outer, "alternative") is not None:
            continue
        inner = [one for one in body.named_children if one.type != "comment"]
        if len(inner) > 1 and inner[-1].type in (*_SIMPLE_STATEMENTS, "return_statement"):
            yield _moved(code, inner[-1], outer)
        after = outer.next_named_sibling
        if after is None or not inner or inner[-1].type in _ENDS:
            continue
        if after.type in (*_SIMPLE_STATEMENTS, *_ENDS):
            yield _moved(code, after, inner[0])


def _moved(code: Code, statement: Node, like: Node) -> SmallChange:
    """Return the statement with the indent of another one."""
    begin = code.before(statement)[0]
    own, other = indent_of(code, statement), indent_of(code, like)
    lines = code.content[begin : code.places.end(statement)].split("\n")
    text = "\n".join(other + line.removeprefix(own) if line.strip() else line for line in lines)
    return SmallChange(begin, code.places.end(statement), text)


def early_answer(code: Code) -> Iterator[SmallChange]:
    """The first element decides for all."""
    for loop in code.nodes("for_statement"):
        body = named(loop, "body")
        last = body.named_children[-1] if body is not None and body.named_children else None
        if last is None or last.type != "if_statement":
            continue
        other = named(last, "alternative")
        block = named(other, "body") if other is not None and other.type == "else_clause" else None
        if other is None or block is None or len(block.named_children) != 1:
            continue
        answer = block.named_children[0]
        if answer.type == "return_statement":
            indent = indent_of(code, loop)
            start = code.before(other)[0]
            line = indent + code.text(answer)
            yield SmallChange(start, code.places.end(other), line)


def ends_too_early(code: Code) -> Iterator[SmallChange]:
    """One that does not count ends the loop, and with it all others."""
    for node in code.nodes("return_statement"):
        around = above(node, "for_statement", "while_statement", "function_definition")
        is_bare = not node.named_children or node.named_children[0].type == "none"
        # In a ``while``, the step to the next one may stand below: it would never end.
        body = named(around, "body") if around and around.type == "for_statement" else None
        if body is not None and is_bare and node.end_byte <= body.end_byte:
            yield code.put(node, "continue")


def one_of_several(code: Code) -> Iterator[SmallChange]:
    """The next condition undoes what the one before has chosen."""
    for node in code.nodes("if_statement"):
        before = node.prev_named_sibling
        if (
            before is not None
            and before.type == "if_statement"
            and not named(before, "alternative")
        ):
            place = code.places.start(node)
            yield SmallChange(place, place, "el")
    for node in code.nodes("elif_clause"):
        place = code.places.start(node)
        yield SmallChange(place, place + 2, "")


def one_off(code: Code) -> Iterator[SmallChange]:
    """The end is left out, and the start is 0."""
    for node in code.nodes("call"):
        given = arguments(node)
        if called(node) == "range" and given:
            end = given[min(1, len(given) - 1)]
            if code.text(end).replace(" ", "").endswith("-1"):
                continue  # that it is left out is what stands there
            more = f"{code.text(end)} + 1"
            yield from code.alternatives(end, more, *([f"1, {more}"] if len(given) == 1 else []))
        elif called(node) == "enumerate" and len(given) == 1:
            yield code.put(node, with_argument(code, node, "1"))


def cut_ends(code: Code) -> Iterator[SmallChange]:
    """``[-0:]`` is everything, ``[:-0]`` is nothing, and the end of a slice is left out."""
    for node in code.nodes("subscript"):
        value, cut = named(node, "value"), named(node, "subscript")
        if value is None or cut is None or cut.type != "slice":
            continue
        # In front of each colon stands one of them, or none.
        parts = [""]
        for one in cut.children:
            parts = [*parts, ""] if one.type == ":" else [*parts[:-1], code.text(one)]
        if len(parts) != 2:
            continue
        first, last = parts
        ends = {code.text(one): one for one in cut.named_children}
        if first.startswith("-"):
            count = named(ends[first], "argument")
            is_counted = count is not None and count.type in _COUNTS and value.type in SIMPLE
            if is_counted and count is not None and not last:
                # There may be fewer than are asked for.
                yield code.put(cut, f"max(0, len({code.text(value)}) - {code.text(count)}):")
        elif last.startswith("-") and not first:
            count = named(ends[last], "argument")
            if count is not None and count.type in _COUNTS and value.type in SIMPLE:
                kept = f"len({code.text(value)}) - {code.text(count)}"
                yield code.put(cut, f": max(0, {kept})")
        elif last and ends[last].type in (*_COUNTS, "binary_operator"):
            yield code.put(cut, f"{first}:{last} + 1")
        elif first and ends[first].type in (*_COUNTS, "binary_operator"):
            yield code.put(cut, f"{first} + 1:{last}")


def largest_first(code: Code) -> Iterator[SmallChange]:
    """Sorting begins with the smallest."""
    for node in code.nodes("call"):
        found, given = method(node), arguments(node)
        is_sort = called(node) == "sorted" or (found is not None and found[1] == "sort")
        if not is_sort:
            continue
        turned = [one for one in given if code.text(one).startswith("reverse")]
        if not turned:
            yield code.put(node, with_argument(code, node, "reverse=True"))
        elif len(given) > 1:
            kept = ", ".join(code.text(one) for one in given if one not in turned)
            function = named(node, "function")
            yield code.put(node, f"{code.text(function) if function else ''}({kept})")
