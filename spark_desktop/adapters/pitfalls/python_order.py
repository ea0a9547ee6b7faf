"""Traps of Python in the order of things: of cases, of steps, of what wins or is sorted."""

import re
from collections.abc import Iterator
from itertools import pairwise

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, above, below, named
from spark_desktop.adapters.pitfalls.python_nodes import SIMPLE, arguments, called, method
from spark_desktop.adapters.pitfalls.shared import stands_alone
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

# What each of these is a kind of: who asks for the second first never comes to the first.
_KINDS = {
    "bool": ("int",),
    "datetime": ("date",),
    "ValueError": ("Exception",),
    "KeyError": ("LookupError", "Exception"),
    "IndexError": ("LookupError", "Exception"),
    "FileNotFoundError": ("OSError", "IOError", "Exception"),
    "PermissionError": ("OSError", "IOError", "Exception"),
    "FileExistsError": ("OSError", "IOError", "Exception"),
    "ConnectionError": ("OSError", "Exception"),
    "TimeoutError": ("OSError", "Exception"),
    "ZeroDivisionError": ("ArithmeticError", "Exception"),
    "UnicodeDecodeError": ("ValueError", "UnicodeError", "Exception"),
    "JSONDecodeError": ("ValueError", "Exception"),
}
_BOUND = regex(r"-?\d+(?:\.\d+)?")


def hidden_case(code: Code) -> Iterator[SmallChange]:
    """A case that another one before it takes is never reached."""
    for node in code.nodes("if_statement"):
        cases = [node, *(one for one in node.named_children if one.type == "elif_clause")]
        for at, one in enumerate(cases):
            for other in cases[at + 1 :]:
                if _hides(code, one, other) and (change := _exchanged(code, one, other)):
                    yield change
    for node in code.nodes("try_statement"):
        clauses = [one for one in node.named_children if one.type == "except_clause"]
        for at, one in enumerate(clauses):
            for other in clauses[at + 1 :]:
                if _catches(code, one, other):
                    first, second = code.text(one).rstrip(), code.text(other).rstrip()
                    begin, end = code.places.start(one), code.places.start(other)
                    yield code.together(
                        [
                            (begin, begin + len(first), second),
                            (end, end + len(second), first),
                        ]
                    )


def _exchanged(code: Code, one: Node, other: Node) -> SmallChange | None:
    parts = [named(each, field) for each in (one, other) for field in ("condition", "consequence")]
    texts = [code.text(part) for part in parts if part is not None]
    if len(texts) != 4 or not all(stands_alone(code, each) for each in (one, other)):
        return None
    first, way, second, there = (part for part in parts if part is not None)
    return code.together(
        [
            code.edit(first, texts[2]),
            code.edit(way, texts[3]),
            code.edit(second, texts[0]),
            code.edit(there, texts[1]),
        ]
    )


def _hides(code: Code, one: Node, other: Node) -> bool:
    """Return whether all that a later condition is true of, an earlier one is true of, too."""
    first, second = named(one, "condition"), named(other, "condition")
    if first is None or second is None:
        return False
    parts = [code.text(part) for part in _all_of(second)]
    if all(code.text(part) in parts for part in _all_of(first)) and len(parts) > 1:
        return True
    if called(first) == called(second) == "isinstance":
        (value, kind), (own, wanted) = (
            [code.text(each) for each in arguments(call)][:2] for call in (first, second)
        )
        return value == own and _is_kind(wanted, kind, code)
    (a, by), (b, of) = _divided(code, first), _divided(code, second)
    if a and b:
        return a == b and of % by == 0 and of != by
    are_compared = first.type == second.type == "comparison_operator"
    return are_compared and _is_wider(code, first, second)


def _all_of(condition: Node) -> list[Node]:
    left, right, sign = (named(condition, field) for field in ("left", "right", "operator"))
    if condition.type != "boolean_operator" or sign is None or text_of(sign) != "and":
        return [condition]
    return [] if left is None or right is None else [*_all_of(left), *_all_of(right)]


def _is_wider(code: Code, first: Node, second: Node) -> bool:
    if len(first.children) != 3 or len(second.children) != 3:
        return False
    (x, sign, low), (y, other, high) = (
        [code.text(each) for each in one.children] for one in (first, second)
    )
    if x != y:
        return False
    if not (_BOUND.fullmatch(low) and _BOUND.fullmatch(high)):
        return False
    if sign[0] == other[0] == ">":
        return float(high) > float(low)
    return sign[0] == other[0] == "<" and float(high) < float(low)


def _divided(code: Code, condition: Node) -> tuple[str, int]:
    """Return what is asked to be a multiple, and of what: ``n % 3 == 0``."""
    found = re.fullmatch(r"\(?(.+?)\)? % (\d+) == 0", code.text(condition))
    found = found or re.fullmatch(r"not (.+?) % (\d+)", code.text(condition))
    return ("", 1) if found is None else (found[1], int(found[2]) or 1)


def _is_kind(kind: str, of: str, code: Code) -> bool:
    name, wider = kind.rpartition(".")[2], of.rpartition(".")[2]
    if wider in _KINDS.get(name, ()) or (wider == "Exception" and name.endswith("Error")):
        return True
    for one in code.every("class_definition"):
        bases = named(one, "superclasses")
        if text_of(named(one, "name") or one) == name and bases is not None:
            names = [text_of(base) for base in bases.named_children]
            return any(base == wider or _is_kind(base, wider, code) for base in names)
    return False


def _catches(code: Code, one: Node, other: Node) -> bool:
    kinds = []
    for each in (one, other):
        value = named(each, "value")
        if value is not None and value.type == "as_pattern":
            value = value.named_children[0]
        kinds.append(code.text(value) if value is not None and value.type in SIMPLE else "")
    return bool(kinds[0] and kinds[1]) and _is_kind(kinds[1], kinds[0], code)


def one_after_the_other(code: Code) -> Iterator[SmallChange]:
    """The second of two lines reads what the first has just changed."""
    for block in code.nodes("block"):
        for one, other in pairwise(block.named_children):
            first, second = _plain(one), _plain(other)
            if first is None or second is None or not stands_alone(code, other):
                continue
            (left, right), (to, of) = first, second
            read = [code.text(each) for each in below(of, *SIMPLE)]
            own = [code.text(each) for each in below(right, *SIMPLE)]
            # It has to read the second as well, and to be there: else it is a step of the way.
            function = above(one, "function_definition")
            is_there = left.type != "identifier" or _is_bound_above(code, function, one, left)
            if (
                is_there
                and code.text(left) in read
                and code.text(to) in own
                and code.text(left) != code.text(to)
            ):
                pair = f"{code.text(left)}, {code.text(to)} = {code.text(right)}, {code.text(of)}"
                begin, end = code.places.start(one), code.places.end(other)
                yield SmallChange(begin, end, pair)


def _is_bound_above(code: Code, function: Node | None, statement: Node, name: Node) -> bool:
    return function is not None and any(
        one.start_byte < statement.start_byte and code.text(one) == code.text(name)
        for one in below(function, "identifier")
    )


def _plain(statement: Node) -> tuple[Node, Node] | None:
    one = statement.named_children[0] if statement.named_children else None
    if statement.type != "expression_statement" or one is None or one.type != "assignment":
        return None
    left, right = named(one, "left"), named(one, "right")
    if left is None or right is None or left.type not in SIMPLE or named(one, "type") is not None:
        return None
    is_plain = right.type not in ("assignment", "expression_list", "yield")
    return (left, right) if is_plain else None


def wins_over(code: Code) -> Iterator[SmallChange]:
    """Of two dictionaries the last one wins."""
    for node in code.nodes("dictionary"):
        parts = node.named_children
        if len(parts) == 2 and all(one.type == "dictionary_splat" for one in parts):
            first, second = (code.text(one) for one in parts)
            yield code.together([code.edit(parts[0], second), code.edit(parts[1], first)])
        elif len(parts) > 1 and parts[-1].type == "dictionary_splat":
            kept = ", ".join(code.text(one) for one in (parts[-1], *parts[:-1]))
            if not any(one.type in ("comment", "dictionary_splat") for one in parts[:-1]):
                yield code.put(node, f"{{{kept}}}")
        elif len(parts) > 1 and parts[0].type == "dictionary_splat":
            kept = ", ".join(code.text(one) for one in (*parts[1:], parts[0]))
            if not any(one.type in ("comment", "dictionary_splat") for one in parts[1:]):
                yield code.put(node, f"{{{kept}}}")
    for node in code.nodes("binary_operator"):
        left, right, sign = (named(node, field) for field in ("left", "right", "operator"))
        if left is None or right is None or sign is None or text_of(sign) != "|":
            continue
        if left.type in (*SIMPLE, "dictionary") and right.type in (*SIMPLE, "dictionary"):
            yield code.put(node, f"{code.text(right)} | {code.text(left)}")
    for node in code.nodes("call"):
        given = arguments(node)
        if called(node).rpartition(".")[2] == "ChainMap" and len(given) == 2:
            first, second = (code.text(one) for one in given)
            yield code.together([code.edit(given[0], second), code.edit(given[1], first)])


def each_other_way(code: Code) -> Iterator[SmallChange]:
    """``reverse`` turns all parts of a key around, where only the first was meant."""
    for node in code.nodes("call"):
        found, given = method(node), arguments(node)
        if called(node) != "sorted" and (found is None or found[1] != "sort"):
            continue
        by_name = {
            code.text(word): one
            for one in given
            if one.type == "keyword_argument" and (word := named(one, "name")) is not None
        }
        key = named(by_name.get("key"), "value")
        body = named(key, "body") if key is not None and key.type == "lambda" else None
        if key is None or body is None or body.type != "tuple" or len(body.named_children) < 2:
            continue
        first = body.named_children[0]
        turned = by_name.get("reverse")
        text = code.text(first)
        new = text[1:] if text.startswith("-") else f"-{text}"
        if turned is None:
            yield code.put(first, new)
        elif first.type in (*SIMPLE, "call", "unary_operator"):
            end = code.places.end(turned.prev_named_sibling or turned)
            yield code.together([code.edit(first, new), (end, code.places.end(turned), "")])


def escaped_twice(code: Code) -> Iterator[SmallChange]:
    """What other replacements write must not be replaced after them: ``&`` comes first."""
    for node in code.nodes("call"):
        chain: list[Node] = []
        one: Node | None = node
        while one is not None and (found := method(one)) is not None and found[1] == "replace":
            if len(arguments(one)) == 2:
                chain.append(one)
            one = found[0]
        parent = node.parent
        is_part = parent is not None and parent.type == "attribute"
        if len(chain) < 2 or is_part:
            continue
        steps = [[code.text(each) for each in arguments(one)] for one in reversed(chain)]
        for at, (old, _) in enumerate(steps):
            inner = old[1:-1]
            if at and inner and any(inner in new[1:-1] for _, new in steps[:at]):
                moved = [steps[at], *steps[:at], *steps[at + 1 :]]
                edits = [
                    code.edit(argument, text)
                    for one, pair in zip(reversed(chain), moved, strict=True)
                    for argument, text in zip(arguments(one), pair, strict=True)
                ]
                yield code.together(edits)


def order_of_sets(code: Code) -> Iterator[SmallChange]:
    """A set has no order."""
    for node in code.nodes("call"):
        given = arguments(node)
        if called(node) not in ("list", "tuple") or len(given) != 1 or called(given[0]) != "set":
            continue
        inner = arguments(given[0])
        if len(inner) == 1:
            yield code.put(given[0], f"dict.fromkeys({code.text(inner[0])})")
