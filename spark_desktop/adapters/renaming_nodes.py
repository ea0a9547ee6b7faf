"""Places of syntax nodes in the file's characters, and the way up from a name."""

from collections.abc import Iterator
from itertools import accumulate

from tree_sitter import Node, Point

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.renaming_tables import NameTable
from spark_desktop.domain.text import split_lines

_SCOPED = ("class", "struct")


class Places:
    """Turns the parser's rows and bytes into characters of the file, and back."""

    def __init__(self, content: str) -> None:
        self.content = content
        self._lines = split_lines(content)
        self._starts = [0, *accumulate(len(line) for line in self._lines)]

    def start(self, node: Node) -> int:
        """Return where the node begins."""
        return self._at(node.start_point)

    def end(self, node: Node) -> int:
        """Return where the node ends."""
        return self._at(node.end_point)

    def text(self, node: Node) -> str:
        """Return the node's text as the file has it."""
        return self.content[self.start(node) : self.end(node)]

    def points(self, start: int, end: int, row: int) -> tuple[Point, Point]:
        """Return the parser's places of characters in one row."""
        line, first = self._lines[row], self._starts[row]
        before = len(line[: start - first].encode("utf-8", "replace"))
        return Point(row, before), Point(
            row, before + len(line[start - first : end - first].encode("utf-8", "replace"))
        )

    def rows(self) -> Iterator[tuple[int, int, str]]:
        """Yield each row, where it begins, and its text."""
        yield from (
            (row, start, line)
            for row, (start, line) in enumerate(zip(self._starts, self._lines, strict=False))
        )

    def _at(self, point: Point) -> int:
        if point.row >= len(self._lines):
            return len(self.content)
        line = self._lines[point.row]
        if line.isascii():
            column = min(point.column, len(line.rstrip("\r\n")))
        else:
            data = line.rstrip("\r\n").encode("utf-8", "replace")
            column = len(data[: point.column].decode("utf-8", "replace"))
        return self._starts[point.row] + column


def field_of(parent: Node, child: Node) -> str | None:
    """Return the field of the parent that the child is in; None for none."""
    for number, one in enumerate(parent.children):
        if one.id == child.id:
            return parent.field_name_for_child(number)
    return None


def binder_of(node: Node, table: NameTable) -> Node | None:
    """Return what makes the name that the node is, such as a parameter list; None for a use."""
    child, parent = node, node.parent
    while parent is not None:
        edge = parent.type, field_of(parent, child)
        if edge in table.bound:
            return parent
        is_path = parent.type == "dotted_name" and parent.named_child_count > 1
        if edge not in table.through or is_path:
            return None
        child, parent = parent, parent.parent
    return None


def is_named_by(outer: Node, binder: Node, node: Node) -> bool:
    """Return whether the name is the outer node's own: it stands around that, not inside."""
    if binder.id == outer.id:
        return field_of(outer, node) == "name"
    if binder.type == "function_declarator":
        above = binder.parent
        while above is not None and above.type.endswith("_declarator"):
            above = above.parent
        return above is not None and above.id == outer.id
    return False


def classes_around(node: Node, table: NameTable) -> str:
    """Return the name of the innermost class around the node, "" for none."""
    above = node.parent
    while above is not None:
        if above.type == "method_declaration":
            return class_name(above)
        if above.type in table.classes:
            name = class_name(above)
            if name and not _is_inside(above.child_by_field_name("name"), node):
                return name
        if above.type == "function_definition" and (name := _qualifier(above)):
            return name
        above = above.parent
    return ""


def class_name(node: Node) -> str:
    """Return the class that the node is, or that it gives members to."""
    if node.type == "impl_item":
        return bare_type(node.child_by_field_name("type"))
    if node.type == "method_declaration":
        receiver = node.child_by_field_name("receiver")
        for parameter in receiver.named_children if receiver else ():
            return bare_type(parameter.child_by_field_name("type"))
        return ""
    if node.type == "enum_specifier" and not any(one.type in _SCOPED for one in node.children):
        # Its values are names of what is around it.
        return ""
    named = node.child_by_field_name("name")
    return text_of(named) if named is not None else ""


def bare_type(node: Node | None) -> str:
    """Return the name of a type without pointers, references and arguments; "" for none."""
    while node is not None and node.type not in ("type_identifier", "identifier"):
        inner = node.child_by_field_name("type") or node.child_by_field_name("name")
        if inner is None:
            inner = next(iter(node.named_children), None)
        node = inner
    return "" if node is None else text_of(node)


def namespaces_around(node: Node) -> str:
    """Return the namespaces of C++ around the node as "a::b", "" for none; "?" has no name."""
    spaces = [above for above in nodes_around(node) if above.type == "namespace_definition"]
    names = [one.child_by_field_name("name") for one in reversed(spaces)]
    return "::".join("?" if name is None else text_of(name) for name in names)


def _qualifier(function: Node) -> str:
    """Return the class of a member that is defined outside of it, as C++ does."""
    node = function.child_by_field_name("declarator")
    while node is not None and node.type != "qualified_identifier":
        node = node.child_by_field_name("declarator")
    scope = node.child_by_field_name("scope") if node is not None else None
    return "" if scope is None else text_of(scope).rpartition("::")[2]


def _is_inside(outer: Node | None, node: Node) -> bool:
    return outer is not None and outer.start_byte <= node.start_byte < outer.end_byte


def nodes_around(node: Node) -> Iterator[Node]:
    """Yield the nodes around a node, the innermost first."""
    above = node.parent
    while above is not None:
        yield above
        above = above.parent
