"""Traps of Python in texts: how they are compared, cut, found and sorted."""

import ast
import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, named
from spark_desktop.adapters.pitfalls.python_nodes import (
    CONDITIONS,
    SIMPLE,
    arguments,
    called,
    method,
    with_argument,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_CASES = ("lower", "upper", "casefold", "strip")
_STRIPS = {
    "strip": ("removeprefix", "removesuffix"),
    "lstrip": ("removeprefix",),
    "rstrip": ("removesuffix",),
}
# Names of what is meant as a set of letters, and such sets that are written out.
_SETS = regex(r"char|letter|sign|punct|space|blank|symbol|quote|digit|vowel|junk", re.IGNORECASE)
_LETTERS = ("0123456789", "aeiou", "aeiouAEIOU", "abcdefghijklmnopqrstuvwxyz")
_PATHS = regex(r"path|prefix|folder|root|mount|url|dir|key", re.IGNORECASE)


def other_case(code: Code) -> Iterator[SmallChange]:
    """Only one of the two that are compared was brought into the same form."""
    for node in code.nodes("comparison_operator"):
        if len(node.named_children) != 2:
            continue
        left, right = node.named_children
        for one, other in ((left, right), (right, left)):
            found = method(one)
            if found is None or found[1] not in _CASES or arguments(one):
                continue
            if other.type in (*SIMPLE, "call") and method(other) != found:
                there = method(other)
                if there is None or there[1] != found[1]:
                    yield code.put(other, f"{code.text(other)}.{found[1]}()")
    for node in code.nodes("call"):
        found, given = method(node), arguments(node)
        if found is None or found[1] not in ("startswith", "endswith", "count", "find", "index"):
            continue
        whole = method(found[0])
        if whole is not None and whole[1] in _CASES[:3] and given and given[0].type in SIMPLE:
            yield code.put(given[0], f"{code.text(given[0])}.{whole[1]}()")


def strips_letters(code: Code) -> Iterator[SmallChange]:
    """``strip`` takes letters away, not a word."""
    edits = []
    for node in code.nodes("call"):
        found, given = method(node), arguments(node)
        name = named(named(node, "function"), "attribute")
        if found is None or name is None or found[1] not in _STRIPS or len(given) != 1:
            continue
        if not _is_word(code, given[0]):
            continue
        word = code.text(given[0])
        parts = [f"{one}({word})" for one in _STRIPS[found[1]]]
        # From the name on: what a chain strips before is another place.
        edits.append((code.places.start(name), code.places.end(node), ".".join(parts)))
    # Who takes a prefix away so does it with the ending, too.
    yield from all_then_each(code, [[one] for one in edits])


def _is_word(code: Code, node: Node) -> bool:
    """Return whether what is stripped is a word by its letters, no set of them.

    Of a name whose value the file does not tell it is taken for granted, unless it tells of a set.
    """
    if node.type in ("identifier", "attribute"):
        name = code.text(node)
        made = [
            right
            for one in code.every("assignment")
            if (left := named(one, "left")) is not None
            and code.text(left) in (name, name.rpartition(".")[2])
            and (right := named(one, "right")) is not None
        ]
        if len(made) != 1 or made[0].type != "string":
            return not _SETS.search(name)
        node = made[0]
    if node.type != "string":
        return False
    try:
        value = ast.literal_eval(code.text(node))
    except (ValueError, SyntaxError):
        return True  # there are values in it
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return len(re.findall(r"\w", text)) > 1 and text not in _LETTERS


def cut_texts(code: Code) -> Iterator[SmallChange]:
    """A text is cut at each blank, or at each separator, and not only at the first."""
    for node in code.nodes("call"):
        found, given = method(node), arguments(node)
        if found is None or found[1] not in ("split", "rsplit"):
            continue
        if len(given) == 1:
            on, separator = code.text(found[0]), code.text(given[0])
            texts = [f"{on}.split()"] if separator in ('" "', "' '") else []
            if _is_taken_apart(node):
                texts += [f"{on}.{word}({separator}, 1)" for word in ("split", "rsplit")]
            yield from code.alternatives(node, *texts)
        elif not given and _is_taken_apart(node):
            yield code.put(node, f"{code.text(found[0])}.split(maxsplit=1)")


def _is_taken_apart(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    target = named(parent, "left")
    return parent.type == "subscript" or (target is not None and target.type == "pattern_list")


def found_at_zero(code: Code) -> Iterator[SmallChange]:
    """``find`` gives 0 for what stands first, and -1 for what is not there."""
    for node in code.nodes(*CONDITIONS):
        condition = named(node, "condition")
        found = None if condition is None else method(condition)
        if condition is not None and found is not None and found[1] == "find":
            given = arguments(condition)
            if len(given) == 1:
                yield code.put(condition, f"{code.text(given[0])} in {code.text(found[0])}")


def matches_all(code: Code) -> Iterator[SmallChange]:
    """``match`` begins at the start and may end anywhere."""
    others = {"match": ("fullmatch", "search"), "search": ("fullmatch",)}
    for node in code.nodes("call"):
        found, function = method(node), named(node, "function")
        if found is None or function is None:
            continue
        name = named(function, "attribute")
        if name is not None:
            yield from code.alternatives(name, *others.get(found[1], ()))


def sorted_as_text(code: Code) -> Iterator[SmallChange]:
    """Texts of numbers are sorted by their first digits, and capitals before all others."""
    for node in code.nodes("call"):
        given, found = arguments(node), method(node)
        is_sorting = called(node) in ("sorted", "max", "min") and given
        if not is_sorting and (found is None or found[1] != "sort"):
            continue
        if any(
            one.type == "keyword_argument" and code.text(one).startswith("key") for one in given
        ):
            continue
        texts = [with_argument(code, node, f"key={key}") for key in ("int", "str.lower")]
        yield from code.alternatives(node, *texts)


def part_of_a_path(code: Code) -> Iterator[SmallChange]:
    """ "/shopping" begins with "/shop" and is not in it."""
    for node in code.nodes("call"):
        found, given = method(node), arguments(node)
        if found is None or found[1] != "startswith" or len(given) != 1:
            continue
        on, prefix = code.text(found[0]), code.text(given[0])
        if given[0].type not in SIMPLE or not _PATHS.search(on + prefix):
            continue
        text = f'{on} == {prefix} or {on}.startswith({prefix}.rstrip("/") + "/")'
        parent = node.parent
        is_alone = parent is not None and parent.type in (*CONDITIONS, "return_statement")
        yield code.put(node, text if is_alone else f"({text})")
