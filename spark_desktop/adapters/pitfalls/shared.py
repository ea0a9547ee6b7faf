"""What the traps of several languages need: lines above and below statements, and imports."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, above, below
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_WORD = regex(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# Texts that are the same only if each letter is.
_EXACT = frozenset(
    {"token", "password", "passwd", "secret", "key", "hash", "hashe", "id", "signature", "digest"}
    | {"checksum", "uuid", "nonce", "session", "cookie", "salt", "hmac", "etag", "sig", "pin"}
)
_CASE = regex(
    r"insensitiv|ignor\w*[ _-]?case|(?:any|either|upper|lower|mixed|letter|same|other)[ _-]?case"
    r"|regardless of (?:the )?case|capital|(?:small|big) letters|case[ _-]?fold|equal_?fold"
    r"|to_?(?:ascii_)?(?:lower|upper)",
    re.IGNORECASE,
)
_TEST = regex(r"(?:#\[test\]\s*fn\s+|\bfunc\s+Test)\w+")


def indent_of(code: Code, node: Node) -> str:
    """Return the blanks that the line begins with in which a node begins."""
    line = code.content[_line_start(code, node) : code.places.start(node)]
    return line[: len(line) - len(line.lstrip())]


def lines_below(code: Code, node: Node, lines: Sequence[str]) -> Edit:
    """Return what puts lines below the one that a node ends in, with its indent."""
    end = code.content.find("\n", code.places.end(node)) + 1 or len(code.content)
    return end, end, _lines(code, indent_of(code, node), lines)


def line_of(code: Code, node: Node) -> Edit | None:
    """Return what takes the lines of a node out; None where something else stands in them."""
    start, end = _line_start(code, node), code.content.find("\n", code.places.end(node)) + 1
    around = code.content[start : code.places.start(node)]
    around += code.content[code.places.end(node) : end].strip(";\r\n")
    return None if around.strip() or not end else (start, end, "")


def stands_alone(code: Code, node: Node) -> bool:
    """Return whether nothing stands before a node in its line."""
    return not code.content[_line_start(code, node) : code.places.start(node)].strip()


def all_then_each(code: Code, groups: Iterable[Sequence[Edit]]) -> Iterator[SmallChange]:
    """Yield all groups of edits as one change, where there are several, then each alone.

    For what is wrong wherever it stands: who falls into a trap once does so again, and what the
    test does not look at should be mended, too.
    """
    found = [group for group in groups if group]
    yield from _all(code, found)
    for group in found:
        yield code.together(group)


def each_then_all(code: Code, groups: Iterable[Sequence[Edit]]) -> Iterator[SmallChange]:
    """Yield each group of edits alone, then all as one change.

    For what may be meant: nobody asked for a change of the places that the test does not need.
    """
    found = [group for group in groups if group]
    for group in found:
        yield code.together(group)
    yield from _all(code, found)


def one_of(place: int, *changes: SmallChange) -> Iterator[SmallChange]:
    """Yield ways out of one place that exclude one another, the likeliest first."""
    yield from (replace(change, place=place) for change in changes)


def each_way(code: Code, places: Iterable[Sequence[Sequence[Edit]]]) -> Iterator[SmallChange]:
    """Yield the ways out of each place, which exclude one another, then the first of all places.

    The second way out of all comes along where each place has one: it may be meant as well.
    """
    found = [ways for ways in places if ways]
    for ways in found:
        yield from one_of(ways[0][0][0], *(code.together(way) for way in ways))
    several = zip(*found, strict=False) if len(found) > 1 else ()
    # No place of a single one is behind the end.
    yield from one_of(
        len(code.content) + 1, *(one for groups in several for one in _all(code, groups))
    )


def _all(code: Code, groups: Sequence[Sequence[Edit]]) -> Iterator[SmallChange]:
    """Yield several groups as one change. Of two that meet, only the first is part of it."""
    if len(groups) < 2:
        return
    chosen: list[Edit] = []
    for group in groups:
        more = [one for one in group if one not in chosen]
        if not any(_meet(one, other) for one in more for other in chosen):
            chosen += more
    yield code.together(chosen)


def _meet(one: Edit, other: Edit) -> bool:
    return (one[0] < other[1] and other[0] < one[1]) or one[:2] == other[:2]


def uses(node: Node, name: str, code: Code, *types: str) -> list[Node]:
    """Return the nodes at and below one that are the name, ``identifier`` if of no other type."""
    return [one for one in below(node, *(types or ("identifier",))) if code.text(one) == name]


def free_name(node: Node, code: Code, *names: str) -> str:
    """Return the first of the names that no word of a node is, else the last with a number."""
    taken = {code.text(one) for one in below(node, "identifier")}
    return next((name for name in names if name not in taken), f"{names[-1]}2")


def is_exact(code: Code, *nodes: Node) -> bool:
    """Return whether one of some texts is by its name one whose capitals count, as of a token."""
    return any(
        word.lower().removesuffix("s") in _EXACT
        for node in nodes
        for word in _WORD.findall(code.text(node))
    )


def is_of_case(code: Code, node: Node, *functions: str) -> bool:
    """Return whether a function, the comment above it or a test speaks of letters' case."""
    function = above(node, *functions)
    if function is None:
        return False
    texts = [code.text(function), *_TEST.findall(code.content)]
    comment = function.prev_named_sibling
    while comment is not None and comment.type.endswith(("comment", "attribute_item")):
        texts.append(code.text(comment))
        comment = comment.prev_named_sibling
    return any(_CASE.search(text) for text in texts)


def importing(rule: Rule, add: Callable[[str, str], str], *, is_alone: bool = False) -> Rule:
    """Return a rule whose changes bring along what they import.

    ``add`` takes the text before and after a change, with line feeds only, and gives the whole. A
    file that ``is_alone`` sees no imports of those beside it.
    """

    def changes(code: Code) -> Iterator[SmallChange]:
        for change in rule(code):
            end = code.end if is_alone else len(code.content)
            is_own = change.end <= end and _imports(code, change, add)
            yield _with_imports(code.content[:end], code.newline, change, add) if is_own else change

    return changes


def _imports(code: Code, change: SmallChange, add: Callable[[str, str], str]) -> bool:
    """Return whether the lines of a change need imports that they did not, or the other way round.

    To read a long file twice for each change takes longer than all else.
    """
    begin = code.content.rfind("\n", 0, change.start) + 1
    end = code.content.find("\n", change.end) + 1 or len(code.content)
    head, tail = code.content[begin : change.start], code.content[change.end : end]
    # Go's imports follow the line of the package.
    old = f"package a\n{_with_line_feeds(code.content[begin:end])}"
    new = f"package a\n{_with_line_feeds(head + change.text + tail)}"
    return add(old, new) != new or add(new, old) != old


def _with_imports(
    content: str, newline: str, change: SmallChange, add: Callable[[str, str], str]
) -> SmallChange:
    """Return a change with what it imports; all other lines end as they do."""
    after = change.applied(content)
    plain = _with_line_feeds(after)
    whole = add(_with_line_feeds(content), plain)
    if whole == plain:
        return change
    lines, new = after.split("\n"), whole.split("\n")
    old = plain.split("\n")
    first = _same(old, new)
    last = _same(old[first:][::-1], new[first:][::-1])
    there = dict(zip(old[first : len(old) - last], lines[first : len(old) - last], strict=True))
    end = newline.removesuffix("\n")
    middle = [there.get(line, f"{line}{end}") for line in new[first : len(new) - last]]
    kept = lines[len(lines) - last :]
    text = "\n".join([*lines[:first], *middle, *kept])
    start = min(change.start, sum(len(line) + 1 for line in lines[:first]))
    rest = min(len(content) - change.end, len("\n".join(kept)))
    made = text[start : len(text) - rest]
    return replace(change, start=start, end=len(content) - rest, text=made)


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n")


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many lines two texts begin with that are the same."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _line_start(code: Code, node: Node) -> int:
    return code.content.rfind("\n", 0, code.places.start(node)) + 1


def _lines(code: Code, indent: str, lines: Sequence[str]) -> str:
    return "".join(f"{indent}{line}{code.newline}" if line else code.newline for line in lines)
