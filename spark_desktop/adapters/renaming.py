"""Where names stand in files, by tree-sitter; implements the CodeNames port."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tree_sitter import Node

from spark_desktop.adapters.languages import Parsed, Parsing, text_of
from spark_desktop.adapters.renaming_definitions import definitions_in
from spark_desktop.adapters.renaming_imports import imports_in
from spark_desktop.adapters.renaming_nodes import (
    Places,
    bare_type,
    binder_of,
    classes_around,
    field_of,
    is_named_by,
    namespaces_around,
    nodes_around,
)
from spark_desktop.adapters.renaming_shapes import (
    is_of_written_type,
    is_shorthand,
    labelled,
    shape_in_macro,
    shape_of,
)
from spark_desktop.adapters.renaming_tables import TABLES, NameTable
from spark_desktop.adapters.renaming_waits import wait_of
from spark_desktop.domain.defined import Defined
from spark_desktop.domain.file_names import (
    GLOBAL,
    Argument,
    Call,
    FileNames,
    Occurrence,
    Role,
)
from spark_desktop.domain.regex import regex

_SPREADS = ("list_splat", "dictionary_splat", "spread_element", "variadic_argument")
# A field may be named so in a literal, or in a pattern that takes one apart.
_SHAPED = (Role.LABEL, Role.SHORTHAND, Role.BOUND)
# What ends the first name of what a member is called on.
_FIRST = regex(r"[^\w$]")
_BEFORE_DOT = regex(r"([\w.]+)\.$")
_BEFORE_MEMBER = regex(r"([\w.:]*?[\w\])])(\.|::|->)$")


class TreeSitterNames:
    """Each call parses for itself, so that it may run in any OS thread."""

    def defined(self, path: str, content: str) -> tuple[Defined, ...]:
        """Return what the file defines, () for a language that is not followed."""
        parsed = Parsing().parse(path, content)
        return () if parsed is None else definitions_in(path, parsed, Places(content))

    def names(self, path: str, content: str, words: Iterable[str]) -> FileNames | None:
        """Return where the words stand in the file, None for a language that is not followed."""
        parsed = Parsing().parse(path, content)
        if parsed is None or parsed.grammar.name not in TABLES:
            return None
        places = Places(content)
        brought = imports_in(parsed, places)
        occurrences = tuple(_occurrences(parsed, places, frozenset(words)))
        called_on = {_FIRST.split(one.receiver)[0] for one in occurrences if one.receiver}
        imported = called_on & {one.local for one in brought}
        return FileNames(
            path,
            content,
            parsed.grammar.name,
            brought,
            occurrences,
            definitions_in(path, parsed, places),
            _package(parsed),
            frozenset(_hidden(parsed, places, frozenset(imported))),
        )


def _hidden(
    parsed: Parsed, places: Places, names: frozenset[str]
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the names that are something else in a function, with the scopes in which they are."""
    for one in _occurrences(parsed, places, names):
        if one.role is Role.BOUND and one.scopes and not one.receiver:
            yield one.name, one.scopes


def _package(parsed: Parsed) -> str:
    if parsed.grammar.name != "go":
        return ""
    clause = next(iter(parsed.nodes(("package_clause",))), None)
    return "" if clause is None else text_of(clause).removeprefix("package").strip()


def _occurrences(parsed: Parsed, places: Places, words: frozenset[str]) -> Iterator[Occurrence]:
    if not words:
        return
    some = "|".join(re.escape(word) for word in sorted(words))
    search = re.compile(rf"(?<![\w$])(?:{some})(?![\w$])")
    if not search.search(places.content):
        return
    for row, start, line in places.rows():
        for match in search.finditer(line):
            begin, end = start + match.start(), start + match.end()
            first, last = places.points(begin, end, row)
            node = parsed.root.descendant_for_point_range(first, last)
            if node is not None:
                found = match[0], begin, end, row
                yield _occurrence(node, parsed.grammar.name, places, found)


def _occurrence(
    node: Node, grammar: str, places: Places, found: tuple[str, int, int, int]
) -> Occurrence:
    table = TABLES[grammar]
    word, start, end, line = found
    if node.type not in table.names or text_of(node) != word:
        if _is_quoted_type(node):
            before = _BEFORE_DOT.search(places.content, max(0, start - 200), start)
            role, of = (Role.BARE, "") if before is None else (Role.MEMBER, before[1])
            return Occurrence(word, start, end, line, role, of)
        role = Role.EXPORTED if _is_exported(node, word) else Role.TEXT
        return Occurrence(word, start, end, line, role)
    binder = binder_of(node, table)
    scopes, outermost = [], None
    inner = node
    for above in nodes_around(node):
        is_own = binder is not None and is_named_by(above, binder, node)
        is_before = binder is None and grammar == "python" and _is_before_body(above, inner)
        if above.type in table.scopes and not (is_own or is_before):
            scopes.append(above.start_byte)
            outermost = above
        inner = above
    around = (0, 0) if outermost is None else (places.start(outermost), places.end(outermost))
    role, receiver = _role(node, table, places, binder)
    owner = classes_around(node, table)
    if role is Role.BOUND and not receiver and binder is not None:
        receiver = _member_of(node, binder, table, owner)
    return Occurrence(
        word,
        start,
        end,
        line,
        role,
        receiver,
        tuple(reversed(scopes)),
        owner,
        _call(node, table, places, grammar),
        around,
        namespaces_around(node) if grammar == "cpp" else "",
        shape_of(node, places) if role in _SHAPED else None,
    )


def _is_before_body(function: Node, inner: Node) -> bool:
    """Return whether a part of a function is read outside of it: a default, or an annotation."""
    is_function = function.type in ("function_definition", "lambda")
    return is_function and field_of(function, inner) in ("parameters", "return_type")


def _role(node: Node, table: NameTable, places: Places, binder: Node | None) -> tuple[Role, str]:
    parent = node.parent
    edge = (parent.type, field_of(parent, node)) if parent is not None else ("", None)
    is_export_from = any(
        above.type == "export_statement" and above.child_by_field_name("source") is not None
        for above in nodes_around(node)
    )
    if is_export_from or any(above.type in table.imports for above in nodes_around(node)):
        return Role.IMPORTED, ""
    if parent is not None and (field := table.members.get(edge)):
        of = parent.child_by_field_name(field)
        receiver = "" if of is None else " ".join(places.text(of).split())
        return (Role.MEMBER if binder is None else Role.BOUND), receiver
    if edge in table.labels or _is_go_key(node):
        return Role.LABEL, labelled(node, places)
    if parent is not None and parent.type == "dotted_name" and node.prev_sibling is not None:
        # A pattern of Python has no attributes, but dotted names.
        receiver = places.content[places.start(parent) : places.start(node)]
        return Role.MEMBER, receiver.rstrip(". ")
    if is_shorthand(node):
        return Role.SHORTHAND, ""
    if parent is not None and parent.type == "global_statement":
        return Role.BARE, GLOBAL
    if binder is not None and is_of_written_type(binder):
        return Role.LABEL, ""
    if binder is not None:
        return Role.BOUND, ""
    if parent is not None and parent.type == "token_tree":
        return _role_in_macro(node, places)
    if node.type == "property_identifier":
        return Role.LABEL, ""
    return Role.BARE, ""


def _role_in_macro(node: Node, places: Places) -> tuple[Role, str]:
    """Return what the name is by what stands around it: a macro's words are not parsed."""
    before = places.content[max(0, places.start(node) - 200) : places.start(node)]
    if match := _BEFORE_MEMBER.search(before):
        return Role.MEMBER, match[1]
    if (shape := shape_in_macro(node, places)) is not None:
        return (Role.SHORTHAND if shape.is_short else Role.LABEL), ""
    return Role.BARE, ""


def _member_of(node: Node, binder: Node, table: NameTable, owner: str) -> str:
    """Return the class of which the bound name is a member, "" for none."""
    if binder.type == "method_declaration":
        return owner
    for above in nodes_around(binder):
        if above.type in table.classes:
            # What implements a trait of Rust is a member of that, not one of the type's own.
            return bare_type(above.child_by_field_name("trait")) or owner
        # In C++ a function with its body stands around what names it.
        if above.type in table.scopes and not is_named_by(above, binder, node):
            return ""
    return ""


def _is_go_key(node: Node) -> bool:
    element = node.parent
    keyed = element.parent if element is not None else None
    if element is None or element.type != "literal_element" or keyed is None:
        return False
    if keyed.type != "keyed_element" or keyed.named_children[0].id != element.id:
        return False
    literal = keyed.parent.parent if keyed.parent is not None else None
    type_ = literal.child_by_field_name("type") if literal is not None else None
    return type_ is None or type_.type != "map_type"


def _is_quoted_type(node: Node) -> bool:
    """Return whether the node is the text of an annotation of Python that is written in quotes."""
    string = node.parent
    if node.type != "string_content" or string is None or string.parent is None:
        return False
    # What stands in a Literal is a value, and what is said of a type beside it may be any text.
    values = (
        text_of(one.children[0]).rpartition(".")[2] in ("Literal", "Annotated")
        for one in nodes_around(string)
        if one.type in ("generic_type", "subscript")
    )
    return string.parent.type == "type" and not any(values)


def _is_exported(node: Node, word: str) -> bool:
    """Return whether the node is a name in ``__all__``."""
    if node.type not in ("string_content", "string") or text_of(node).strip("\"'") != word:
        return False
    for above in nodes_around(node):
        if above.type in ("assignment", "augmented_assignment"):
            left = above.child_by_field_name("left")
            return left is not None and text_of(left) == "__all__"
    return False


def _call(node: Node, table: NameTable, places: Places, grammar: str) -> Call | None:
    """Return the call of what the node names; None where it is not called."""
    child, parent = node, node.parent
    while parent is not None:
        edge = parent.type, field_of(parent, child)
        if (field := table.calls.get(edge)) is not None:
            arguments = parent.child_by_field_name(field)
            found = None if arguments is None else _arguments(arguments, places)
            return found and replace(found, wait=wait_of(parent, grammar, places))
        is_member = edge in table.members
        if not is_member and edge not in (("generic_function", "function"),):
            break
        child, parent = parent, parent.parent
    if parent is not None and parent.type == "token_tree" and child.next_sibling is not None:
        following = child.next_sibling
        if following.type == "token_tree" and text_of(following).startswith("("):
            return _tokens(following, places)
    return None


def _arguments(node: Node, places: Places) -> Call | None:
    if not text_of(node).startswith("("):
        return None
    if node.type == "generator_expression":
        # Its brackets are those of the call: beside another argument it would need its own.
        start, end = places.start(node) + 1, places.end(node) - 1
        whole = Argument(start, end, places.content[start:end], is_spread=True)
        return Call(start, end, (whole,))
    found = []
    for child in node.named_children:
        if child.type in ("comment", "line_comment", "block_comment"):
            continue
        named = child.child_by_field_name("name") if child.type == "keyword_argument" else None
        found.append(
            Argument(
                places.start(child),
                places.end(child),
                places.text(child),
                "" if named is None else text_of(named),
                child.type in _SPREADS,
            )
        )
    if node.type == "argument_list" and text_of(node).rstrip(" )\n").endswith("..."):
        # The last argument of a call in Go is spread behind its value.
        found = [*found[:-1], *(Argument(a.start, a.end, a.text, "", True) for a in found[-1:])]
    return Call(places.start(node) + 1, places.end(node) - 1, tuple(found))


def _tokens(node: Node, places: Places) -> Call:
    """Return the arguments of a call within a macro, which are tokens only."""
    found: list[Argument] = []
    part: list[Node] = []
    inside = node.children[1:-1]
    for number, child in enumerate(inside):
        is_comma = text_of(child) == ","
        if not is_comma:
            part.append(child)
        if part and (is_comma or number == len(inside) - 1):
            start, end = places.start(part[0]), places.end(part[-1])
            found.append(Argument(start, end, places.content[start:end]))
            part = []
    return Call(places.start(node) + 1, places.end(node) - 1, tuple(found))
