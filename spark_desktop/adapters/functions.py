"""Functions and classes of a parsed file, with the lines that belong to them."""

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from spark_desktop.adapters.languages import Parsed, rows_of, text_of
from spark_desktop.domain.trigger import Span

# What stands around a definition and belongs to it.
_WRAPPERS = (
    "decorated_definition",
    "export_statement",
    "template_declaration",
    "lexical_declaration",
    "variable_declaration",
    "variable_declarator",
    "assignment_expression",
    "pair",
    "public_field_definition",
    "field_definition",
)
_HOLDERS = (
    "variable_declarator",
    "assignment_expression",
    "pair",
    "public_field_definition",
    "field_definition",
)
_ANONYMOUS = ("arrow_function", "function_expression")
_DECORATIONS = ("attribute_item", "decorator")
_TYPES_WITHOUT_BODY_ARE_USES = ("struct_specifier", "union_specifier", "enum_specifier")


@dataclass(frozen=True, slots=True)
class Function:
    """One named function or method; ``lines`` has its decorators and its trailing comments."""

    node: Node
    name: str
    lines: Span


def functions_in(parsed: Parsed) -> list[Function]:
    """Return the functions, in the file's order; those without a name are part of others."""
    found = []
    for node in parsed.nodes(parsed.grammar.functions):
        name = _name_of(node)
        if name:
            found.append(Function(node, name, extent_of(parsed, node)))
    return found


def classes_in(parsed: Parsed) -> list[Span]:
    """Return the lines of the classes and other types, with their decorators."""
    return [extent_of(parsed, node) for node in _class_nodes(parsed)]


def named_classes_in(parsed: Parsed) -> list[tuple[str, Span]]:
    """Return the classes and other types that have a name, with their lines."""
    named = [(_name_of(node), node) for node in _class_nodes(parsed)]
    return [(name, extent_of(parsed, node)) for name, node in named if name]


def _class_nodes(parsed: Parsed) -> list[Node]:
    if not parsed.grammar.classes:
        return []
    return [
        node
        for node in parsed.nodes(parsed.grammar.classes)
        if node.type not in _TYPES_WITHOUT_BODY_ARE_USES or node.child_by_field_name("body")
    ]


def extent_of(parsed: Parsed, node: Node) -> Span:
    """Return the lines of a definition with what decorates and explains it."""
    outer = node
    while outer.parent is not None and outer.parent.type in _WRAPPERS:
        outer = outer.parent
    start, end = rows_of(outer)
    above = outer.prev_named_sibling
    while above is not None and above.type in _DECORATIONS:
        start = above.start_point.row
        above = above.prev_named_sibling
    start = _with_comment_above(above, start, parsed)
    if parsed.grammar.name == "python":
        end = _end_of_block(parsed, node.start_point.row, node.start_point.column, end)
    return Span(start, end)


def _with_comment_above(above: Node | None, start: int, parsed: Parsed) -> int:
    """Return the first line of the comment that stands directly above: it explains what follows."""
    while above is not None and above.type in parsed.grammar.comments:
        first, end = rows_of(above)
        is_alone = not parsed.lines[first][: above.start_point.column].strip()
        if end != start or not is_alone:
            break
        start, above = first, above.prev_named_sibling
    return start


def decorators_of(node: Node) -> Iterator[str]:
    """Return the text of each decorator of a Python definition."""
    parent = node.parent
    if parent is not None and parent.type == "decorated_definition":
        yield from (text_of(child) for child in parent.children if child.type == "decorator")


def _end_of_block(parsed: Parsed, first: int, column: int, end: int) -> int:
    """Return the end with the comments below that are indented deeper than the definition.

    The grammar gives them to the block around, as it cannot know what follows.
    """
    row = max(end, first + 1)
    while row < len(parsed.lines):
        line = parsed.lines[row]
        text = line.strip()
        if text and not (text.startswith("#") and len(line) - len(line.lstrip()) > column):
            break
        row += 1
        if text:
            end = row
    return end


def _name_of(node: Node) -> str:
    holder = node
    if node.type in _ANONYMOUS:
        parent = node.parent
        if parent is None or parent.type not in _HOLDERS:
            return ""
        holder = parent
    for field in ("name", "left", "key", "property"):
        named = holder.child_by_field_name(field)
        if named is not None:
            return text_of(named)
    return _declared_name(node)


def _declared_name(node: Node) -> str:
    """Return C's name, which stands inside declarators of pointers and functions."""
    inner = node.child_by_field_name("declarator")
    while inner is not None:
        deeper = inner.child_by_field_name("declarator")
        if deeper is None:
            return text_of(inner)
        inner = deeper
    return ""
