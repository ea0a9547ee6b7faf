"""A trap of all languages: what is better than the first is not yet better than the best so far.

``next = at``, then ``if (less(left, at)) next = left`` and ``if (less(right, at)) next = right``
takes the right one wherever it is less than the first, even if the left one is less still.
"""

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.shared import all_then_each
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_BRANCHES = ("if_statement", "if_expression")
_LOOPS = (
    *("for_statement", "for_in_statement", "while_statement", "for_range_loop", "for_expression"),
    "while_expression",
)
_PLAIN = frozenset({"identifier", "subscript", "subscript_expression", "index_expression"})
_NUMBERS = frozenset({"integer", "number", "int_literal", "integer_literal", "number_literal"})
_NAMES = ("identifier",)
_COMPARES = regex(r"(?<![-=<>])[<>](?![<>])")
_ORDERS = regex(
    r"less|before|after|smaller|larger|greater|bigger|better|earlier|later|sooner|lower|higher"
    r"|worse|older|newer|heavier|lighter|longer|shorter|nearer|closer|cheaper|comp(?:are|ares)?$"
    r"|cmp|precedes|beats|outranks|first|prior",
    re.IGNORECASE,
)
# One statement, in whatever a grammar wraps it.
_WRAPPERS = (
    *("expression_statement", "block", "statement_block", "compound_statement", "statement_list"),
    *("lexical_declaration", "variable_declaration", "declaration", "var_declaration"),
    "expression_list",
)


def best_so_far(code: Code) -> Iterator[SmallChange]:
    """Yield what compares with the best so far, where the first of all is compared with."""

    def found() -> Iterator[list[Edit]]:
        for start in code.nodes(*_STARTS):
            bound = _bound(code, start)
            if bound is None:
                continue
            name, first = bound
            for condition in _compared(code, _statement(start), name):
                edits = [code.edit(one, name) for one in _of_first(code, condition, first, name)]
                if len(edits) == 1:
                    yield edits

    return all_then_each(code, found())


# What gives a name its first value.
_STARTS = (
    *("assignment", "variable_declarator", "short_var_declaration", "init_declarator"),
    "let_declaration",
)


def _statement(node: Node) -> Node:
    """Return the statement that a declaration is, with what its grammar puts around it."""
    while node.parent is not None and node.parent.type in _WRAPPERS:
        if node.parent.type.endswith(("block", "compound_statement", "statement_list")):
            break
        node = node.parent
    return node


def _bare(node: Node | None) -> Node | None:
    """Return what is wrapped alone, such as the one statement of a block."""
    while node is not None and node.type in _WRAPPERS:
        inside = _plain(node)
        if len(inside) != 1:
            return None
        node = inside[0]
    return node


def _plain(node: Node) -> list[Node]:
    return [one for one in node.named_children if not one.type.endswith("comment")]


def _bound(code: Code, node: Node) -> tuple[str, str] | None:
    """Return a name and the plain value that it is given; None for all else."""
    target = next(
        (one for field in ("left", "name", "declarator", "pattern") if (one := named(node, field))),
        None,
    )
    value = named(node, "right") or named(node, "value")
    target, value = _bare(target), _bare(value)
    if target is None or value is None or target.type != "identifier":
        return None
    if value.type not in _PLAIN or code.text(value) == code.text(target):
        return None
    return code.text(target), code.text(value)


def _compared(code: Code, start: Node, name: str) -> Iterator[Node]:
    """Yield the conditions under which what is behind a start is given a better value.

    Of branches in a row the first may compare with the start, that of a loop may not.
    """
    one, is_first = start.next_named_sibling, True
    while one is not None:
        if one.type.endswith("comment"):
            one = one.next_named_sibling
            continue
        inner = _bare(one)
        condition = _of_branch(code, inner, name)
        if condition is not None:
            if not is_first:
                yield condition
            is_first = False
        elif inner is not None and inner.type in _LOOPS:
            yield from _in_loop(code, inner, name)
            return
        elif inner is None or _changes(code, inner, name) or not is_first:
            return
        one = one.next_named_sibling


def _in_loop(code: Code, loop: Node, name: str) -> Iterator[Node]:
    """Yield the condition of a loop that does nothing with a name but this."""
    body = named(loop, "body")
    branches = [] if body is None else list(below(body, *_BRANCHES))
    found = [condition for one in branches if (condition := _of_branch(code, one, name))]
    if len(found) == 1:
        yield found[0]


def _of_branch(code: Code, node: Node | None, name: str) -> Node | None:
    """Return the condition of a branch that only gives a name a value which it asks about."""
    if node is None or node.type not in _BRANCHES:
        return None
    if any(named(node, one) is not None for one in ("alternative", "initializer")):
        return None
    condition, taken = named(node, "condition"), named(node, "consequence")
    goal = _bare(taken)
    if goal is None or condition is None or not goal.type.startswith("assignment"):
        return None
    left, right = _bare(named(goal, "left")), _bare(named(goal, "right"))
    if left is None or right is None or code.text(left) != name:
        return None
    sign = code.content[code.places.end(left) : code.places.start(right)].strip()
    if sign != "=" or right.type not in (*_PLAIN, *_NUMBERS):
        return None
    word = rf"(?<!\w){re.escape(code.text(right))}(?!\w)"
    return condition if re.search(word, code.text(condition)) else None


def _of_first(code: Code, condition: Node, first: str, name: str) -> Sequence[Node]:
    """Return where a condition compares with the first value; nothing where it knows the name."""
    if any(text_of(one) == name for one in below(condition, *_NAMES)):
        return ()
    return [
        one
        for one in below(condition, *_PLAIN)
        if code.text(one) == first and _is_compared(code, one, condition)
    ]


def _is_compared(code: Code, node: Node, condition: Node) -> bool:
    """Return whether a value is one side of a question of order: ``<``, or ``before(a, b)``."""
    one = above(node, "call", "call_expression", *_COMPARISONS)
    while one is not None and one.start_byte >= condition.start_byte:
        if one.type in _COMPARISONS:
            operators = [each for each in one.children if not each.is_named]
            if any(_COMPARES.fullmatch(text_of(each).rstrip("=")) for each in operators):
                return True
        elif (function := named(one, "function")) is not None:
            word = re.split(r"\W+", code.text(function))[-1]
            if _ORDERS.search(word):
                return True
        one = above(one, "call", "call_expression", *_COMPARISONS)
    return False


_COMPARISONS = ("comparison_operator", "binary_expression")


def _changes(code: Code, node: Node, name: str) -> bool:
    """Return whether a statement gives a name another value."""
    kinds = (
        *("assignment", "assignment_expression", "assignment_statement"),
        *("augmented_assignment", "compound_assignment_expr"),
    )
    targets = (named(one, "left") for one in below(node, *kinds))
    return any(one is not None and code.text(one) == name for one in targets)
