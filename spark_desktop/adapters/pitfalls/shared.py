"""What the traps of several languages need: lines above and below statements, and imports."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, below
from spark_desktop.domain.small_change import SmallChange


def indent_of(code: Code, node: Node) -> str:
    """Return the blanks that the line begins with in which a node begins."""
    line = code.content[_line_start(code, node) : code.places.start(node)]
    return line[: len(line) - len(line.lstrip())]


def lines_above(code: Code, node: Node, lines: Sequence[str]) -> Edit:
    """Return what puts lines above the one that a node begins in, with its indent."""
    begin = _line_start(code, node)
    return begin, begin, _lines(code, indent_of(code, node), lines)


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

    Who falls into a trap once does so again: what the test does not look at should be mended, too.
    Of two groups that meet, only the first is one of all.
    """
    found = [group for group in groups if group]
    if len(found) > 1:
        chosen: list[Edit] = []
        for group in found:
            more = [one for one in group if one not in chosen]
            if not any(_meet(one, other) for one in more for other in chosen):
                chosen += more
        yield code.together(chosen)
    for group in found:
        yield code.together(group)


def _meet(one: Edit, other: Edit) -> bool:
    return (one[0] < other[1] and other[0] < one[1]) or one[:2] == other[:2]


def uses(node: Node, name: str, code: Code, *types: str) -> list[Node]:
    """Return the nodes at and below one that are the name, ``identifier`` if of no other type."""
    return [one for one in below(node, *(types or ("identifier",))) if code.text(one) == name]


def free_name(node: Node, code: Code, *names: str) -> str:
    """Return the first of the names that no word of a node is, else the last with a number."""
    taken = {code.text(one) for one in below(node, "identifier")}
    return next((name for name in names if name not in taken), f"{names[-1]}2")


def importing(rule: Rule, add: Callable[[str, str], str]) -> Rule:
    """Return a rule whose changes bring along what they import.

    ``add`` takes the text before and after a change, with line feeds only, and gives the whole.
    """

    def changes(code: Code) -> Iterator[SmallChange]:
        is_dos = "\r\n" in code.content
        for change in rule(code):
            after = change.applied(code.content)
            whole = add(code.content.replace("\r\n", "\n"), after.replace("\r\n", "\n"))
            if is_dos:
                whole = whole.replace("\n", "\r\n")
            # An edit for what lies between the ends that stay.
            yield change if whole == after else _difference(code.content, whole)

    return changes


def _difference(before: str, after: str) -> SmallChange:
    most = min(len(before), len(after))
    start = next((n for n in range(most) if before[n] != after[n]), most)
    most -= start
    end = next((n for n in range(most) if before[-1 - n] != after[-1 - n]), most)
    return SmallChange(start, len(before) - end, after[start : len(after) - end])


def _line_start(code: Code, node: Node) -> int:
    return code.content.rfind("\n", 0, code.places.start(node)) + 1


def _lines(code: Code, indent: str, lines: Sequence[str]) -> str:
    return "".join(f"{indent}{line}{code.newline}" if line else code.newline for line in lines)
