"""A parsed file with the lines in which a trap is looked for, and changes of its nodes."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import chain
from operator import itemgetter

from tree_sitter import Node

from spark_desktop.adapters.renaming_nodes import Places
from spark_desktop.domain.small_change import SmallChange
from spark_desktop.domain.text import dominant_newline
from spark_desktop.domain.trigger import Span

# What stands in the place of a node.
Edit = tuple[int, int, str]


class Code:
    """The nodes within some lines. All places are characters of the content."""

    def __init__(self, root: Node, content: str, lines: Span) -> None:
        self.root = root
        self.content = content
        # Where the file itself ends, if what stands beside it follows.
        self.end = len(content)
        self._lines = lines
        self.places = Places(content)
        self.newline = dominant_newline(content)

    def nodes(self, *types: str) -> Iterator[Node]:
        """Yield the nodes of these types that are wholly within the lines, from the top on."""
        return _of_types(self._inside, types)

    def every(self, *types: str) -> Iterator[Node]:
        """Yield the nodes of these types in the whole file, from the top on."""
        return _of_types(self._all, types)

    def inside(self, node: Node, *types: str) -> Iterator[Node]:
        """Yield what ``below`` does for a node within the lines, without a walk."""
        until = node.end_byte
        found = []
        for one in types:
            listed = self._inside.get(one, [])
            begin, end = (bisect_left(listed, (at,)) for at in (node.start_byte, until))
            found += [entry for entry in listed[begin:end] if entry[2].end_byte <= until]
        return (entry[2] for entry in sorted(found, key=_ORDER))

    def holds(self, node: Node) -> bool:
        """Return whether a node is wholly within the lines."""
        return self._lines.start <= node.start_point.row and node.end_point.row < self._lines.end

    def text(self, node: Node) -> str:
        """Return what the file has there."""
        return self.places.text(node)

    def put(self, node: Node, text: str) -> SmallChange:
        """Return the change that writes a text in the place of a node."""
        return SmallChange(self.places.start(node), self.places.end(node), text)

    def alternatives(self, node: Node, *texts: str) -> Iterator[SmallChange]:
        """Yield what writes each of the texts in the place of a node, where only one is meant."""
        for text in texts:
            yield replace(self.put(node, text), place=self.places.start(node))

    def edit(self, node: Node, text: str) -> Edit:
        """Return what ``together`` takes, for a text in the place of a node."""
        return self.places.start(node), self.places.end(node), text

    def before(self, node: Node, *lines: str) -> Edit:
        """Return what puts lines above the one that a node begins in, with its indent."""
        place = self.places.start(node)
        begin = self.content.rfind("\n", 0, place) + 1
        line = self.content[begin:place]
        indent = line[: len(line) - len(line.lstrip())]
        ended = (f"{indent}{line}" if line else "" for line in lines)
        return begin, begin, "".join(f"{line}{self.newline}" for line in ended)

    def together(self, edits: Iterable[Edit]) -> SmallChange:
        """Return several edits as one change. Raises ValueError where they meet."""
        ordered = sorted(edits)
        start, end = ordered[0][0], max(one[1] for one in ordered)
        text, at = "", start
        for begin, until, new in ordered:
            if begin < at:
                raise ValueError("two edits meet")
            text += self.content[at:begin] + new
            at = until
        return SmallChange(start, end, text + self.content[at:end])

    @cached_property
    def _inside(self) -> "_ByType":
        return _by_type(self._outermost())

    @cached_property
    def _all(self) -> "_ByType":
        return _by_type([self.root])

    def _outermost(self) -> Iterator[Node]:
        """Yield the nodes within the lines that are in no other such node, from the top on."""
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            if self.holds(node):
                yield node
            elif node.end_point.row >= self._lines.start and node.start_point.row < self._lines.end:
                waiting += reversed(node.children)


# Each node with its first byte and its number from the top on: all rules ask for some, the file is
# walked once.
_ByType = dict[str, list[tuple[int, int, Node]]]
_ORDER = itemgetter(0, 1)


def _by_type(tops: Iterable[Node]) -> _ByType:
    found: _ByType = {}
    number = 0
    for top in tops:
        waiting = [top]
        while waiting:
            node = waiting.pop()
            number += 1
            if node.is_named:
                found.setdefault(node.type, []).append((node.start_byte, number, node))
            waiting += reversed(node.children)
    return found


def _of_types(found: _ByType, types: tuple[str, ...]) -> Iterator[Node]:
    ordered = sorted(chain.from_iterable(found.get(one, ()) for one in types), key=_ORDER)
    return (entry[2] for entry in ordered)


# Yields the ways out of one trap, the likeliest first.
Rule = Callable[[Code], Iterator[SmallChange]]


def below(node: Node, *types: str) -> Iterator[Node]:
    """Yield a node and all below it that are of these types, from the top on."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.type in types:
            yield one
        waiting += reversed(one.children)


def above(node: Node, *types: str) -> Node | None:
    """Return the nearest node around one that is of these types."""
    parent = node.parent
    while parent is not None and parent.type not in types:
        parent = parent.parent
    return parent


def named(node: Node | None, field: str) -> Node | None:
    """Return the child of a field; None where there is none, or no node."""
    return None if node is None else node.child_by_field_name(field)
