"""What one file defines, uses and imports, by its grammar."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from tree_sitter import Language, Node, Point, Query, QueryCursor

from spark_desktop.adapters.code_imports import imports_in
from spark_desktop.adapters.code_queries import QUERIES
from spark_desktop.adapters.languages import Parsed, language_of, rows_of, text_of
from spark_desktop.domain.code import Definition, Import, UseKind
from spark_desktop.domain.regex import regex
from spark_desktop.domain.trigger import Span

# A signature that goes on is cut: it is read by people and models, not by compilers.
LONGEST_SIGNATURE = 160
_SIGNATURE_ROWS = 12
_LONGEST_NAME = 100
_PATTERNS = regex(r"^(?=[(\[])", re.MULTILINE)
_BLANKS = regex(r"\s+")
# Which of two captures of one name is meant: the first of these.
_KINDS = (
    *("method", "function", "class", "type", "module", "macro", "declaration"),
    *("constant", "attribute", "variable", "global", "scope"),
)
_HOLD = frozenset({"class", "type", "module", "scope"})
_RUN = frozenset({"function", "method"})
_CONSTANT = regex(r"_*[A-Z][A-Z0-9_]*\Z")
_RECEIVER = regex(r"(\w+)\s*(?:\[.*\])?\s*\)\Z")
_REQUIRES = frozenset({"require", "require_relative", "import", "load", "source", "."})
_NAME = regex(r"[@#$]{0,2}[^\W\d][\w$]*[?!]?\Z")

Places = tuple[tuple[int, int, UseKind], ...]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file holds; ``uses`` maps a name to its places: line, column, kind, in order."""

    definitions: tuple[Definition, ...] = ()
    uses: Mapping[str, Places] = field(default_factory=dict)
    imports: tuple[Import, ...] = ()


@dataclass(slots=True)
class _Found:
    """A definition while its surroundings are looked for."""

    kind: str
    node: Node
    name: str
    container: str
    start: int
    end: int


def facts_of(path: str, parsed: Parsed) -> FileFacts:
    """Return what the file holds; ``path`` is the file's in the workspace."""
    defined, taken = _found(parsed)
    captured = QueryCursor(_queries(parsed.grammar.name)[1]).captures(parsed.root)
    wholes = {node.end_byte: node for node in captured.get("whole", ())}
    definitions = tuple(_definition(path, parsed, one, wholes) for one in _settled(defined))
    statements = _statements(captured)
    uses = _uses(parsed, captured, taken, statements)
    return FileFacts(definitions, uses, imports_in(path, parsed.grammar.name, statements))


def bound_in(parsed: Parsed) -> frozenset[str]:
    """Return every name that the text defines, those inside functions too."""
    return frozenset(one.name for one in _found(parsed)[0])


def _found(parsed: Parsed) -> tuple[list[_Found], set[int]]:
    """Return the definitions by their places, and where their names begin."""
    found: dict[int, _Found] = {}
    for _, captures in QueryCursor(_queries(parsed.grammar.name)[0]).matches(parsed.root):
        kind = next(kind for kind in captures if kind in _KINDS)
        node = captures[kind][0]
        container = ""
        if "receiver" in captures:
            match = _RECEIVER.search(text_of(captures["receiver"][0]))
            container = match[1] if match else ""
        if "self" in captures and text_of(captures["self"][0]) not in ("self", "cls"):
            continue
        for name_node in captures.get("name") or captures["declared"]:
            if "declared" in captures:
                declared = _declared(name_node)
                if declared is None:
                    continue
                name_node, container = declared
            known = found.get(name_node.start_byte)
            if known is not None and _KINDS.index(known.kind) <= _KINDS.index(kind):
                continue
            name = text_of(name_node)
            if kind == "scope":
                name = name.partition("<")[0]
            found[name_node.start_byte] = _Found(
                kind, node, name, container, node.start_byte, node.end_byte
            )
    taken = {start for start, one in found.items() if one.kind not in ("scope", "global")}
    return sorted(found.values(), key=lambda one: (one.start, -one.end)), taken


def _declared(node: Node) -> tuple[Node, str] | None:
    """Return the name inside C's declarators, and the class before its ``::``."""
    container = ""
    inner: Node | None = node
    while inner is not None:
        if inner.type == "qualified_identifier":
            scope = inner.child_by_field_name("scope")
            container = text_of(scope).partition("<")[0] if scope is not None else container
            inner = inner.child_by_field_name("name")
        elif inner.type in ("identifier", "field_identifier", "type_identifier") or inner.type in (
            "destructor_name",
            "operator_name",
            "operator_cast",
        ):
            return inner, container
        else:
            inner = inner.child_by_field_name("declarator") or _only_child(inner)
    return None


def _only_child(node: Node) -> Node | None:
    # A reference's declarator has no field for what it declares.
    return node.named_child(0) if node.type == "reference_declarator" else None


def _settled(found: Iterable[_Found]) -> list[_Found]:
    """Return those that count, each with its container and its final kind."""
    around: list[_Found] = []
    kept: list[_Found] = []
    attributes: set[tuple[str, str]] = set()
    for one in found:
        while around and around[-1].end <= one.start:
            around.pop()
        holder = around[-1] if around else None
        runs = holder is not None and holder.kind in _RUN
        if one.kind in _RUN or one.kind in _HOLD:
            around.append(one)
        if one.kind == "attribute":
            # Of ``self.name = …`` in a method the class is the one around the method.
            holder = next((each for each in reversed(around) if each.kind in _HOLD), None)
            if holder is None or (holder.name, one.name) in attributes:
                continue
            attributes.add((holder.name, one.name))
        elif one.kind == "variable" and runs:
            continue
        _name_kind(one, holder)
        one.container = one.container or (holder.name if holder is not None else "")
        if one.kind != "scope" and len(one.name) <= _LONGEST_NAME:
            kept.append(one)
    return kept


def _name_kind(one: _Found, holder: _Found | None) -> None:
    in_class = holder is not None and holder.kind in ("class", "type", "scope")
    if one.kind in ("function", "declaration"):
        # Outside of its class its name says whose it is: A::f.
        one.kind = "method" if in_class or one.container else "function"
    elif one.kind == "variable" and in_class:
        one.kind = "attribute"
    elif one.kind in ("variable", "global"):
        one.kind = "constant" if _CONSTANT.match(one.name) else "variable"


def _definition(path: str, parsed: Parsed, one: _Found, wholes: Mapping[int, Node]) -> Definition:
    whole = wholes.get(one.end)
    start, end = rows_of(one.node)
    if whole is not None and whole.start_byte <= one.start:
        start = rows_of(whole)[0]
    return Definition(
        one.name, one.kind, path, Span(start, end), _signature(parsed, one.node), one.container
    )


def _signature(parsed: Parsed, node: Node) -> str:
    """Return the definition up to its body, on one line."""
    body = _body_of(node)
    if body is None or body.start_point == node.start_point:
        text = _text_between(parsed, node.start_point, node.end_point, 1).rstrip(" {;,(")
    else:
        text = _text_between(parsed, node.start_point, body.start_point, _SIGNATURE_ROWS)
        text = text.removesuffix("=>").rstrip(" {:=")
    return text if len(text) <= LONGEST_SIGNATURE else text[: LONGEST_SIGNATURE - 1] + "…"


def _body_of(node: Node) -> Node | None:
    body = node.child_by_field_name("body")
    value = node.child_by_field_name("value") if body is None else None
    if value is not None and "function" in value.type:
        body = value.child_by_field_name("body")
    if body is None and "declaration" in node.type:
        body = next((one for one in node.named_children if "body" in one.type), None)
    if body is None and node.type == "type_spec":
        inner = node.child_by_field_name("type")
        if inner is not None and inner.type == "interface_type":
            return None
        body = inner.named_child(0) if inner is not None and "struct" in inner.type else None
    return body


def _text_between(parsed: Parsed, start: Point, end: Point, most: int) -> str:
    """Return at most so many lines in one; a table of ten thousand lines is one node, too."""
    last = min(end.row, start.row + most - 1, len(parsed.lines) - 1)
    rows = list(parsed.lines[start.row : last + 1])
    if rows and last == end.row:
        rows[-1] = _from_byte(rows[-1], 0, end.column)
    if rows:
        rows[0] = _from_byte(rows[0], start.column)
    return _BLANKS.sub(" ", " ".join(rows)).strip()


def _from_byte(line: str, start: int, end: int | None = None) -> str:
    if line.isascii():
        return line[start:end]
    return line.encode("utf-8", "replace")[start:end].decode("utf-8", "ignore")


def _statements(captured: Mapping[str, list[Node]]) -> list[Node]:
    statements = list(captured.get("import", ()))
    for node in captured.get("required", ()):
        if text_of(node) in _REQUIRES and node.parent is not None:
            call = node.parent.parent if node.type == "word" else node.parent
            statements.append(call or node.parent)
    return sorted(statements, key=lambda node: node.start_byte)


def _uses(
    parsed: Parsed,
    captured: Mapping[str, list[Node]],
    taken: set[int],
    statements: list[Node],
) -> dict[str, Places]:
    calls = {node.start_byte for node in captured.get("call", ())}
    members = {node.start_byte for node in captured.get("member", ())}
    starts = [node.start_byte for node in statements]
    ends = [node.end_byte for node in statements]
    # Slices of one text: asking each node for its own took half of the time.
    source, first = parsed.root.text or b"", parsed.root.start_byte
    found: dict[bytes, list[tuple[int, int, UseKind]]] = {}
    for node in captured.get("id", ()):
        start = node.start_byte
        if start in taken:
            continue
        before = bisect_right(starts, start) - 1 if starts else -1
        if before >= 0 and start < ends[before]:
            kind = UseKind.IMPORT
        elif start in calls:
            kind = UseKind.CALL
        else:
            kind = UseKind.MEMBER if start in members else UseKind.OTHER
        row, column = node.start_point
        written = source[start - first : node.end_byte - first]
        found.setdefault(written, []).append((row, column, kind))
    return {
        name: _in_characters(parsed, places)
        for name, places in _decoded(found)
        if len(name) <= _LONGEST_NAME and _NAME.match(name)
    }


def _decoded(
    found: Mapping[bytes, list[tuple[int, int, UseKind]]],
) -> Iterator[tuple[str, list[tuple[int, int, UseKind]]]]:
    return ((written.decode("utf-8", "ignore"), places) for written, places in found.items())


def _in_characters(parsed: Parsed, places: list[tuple[int, int, UseKind]]) -> Places:
    for nth, (row, column, kind) in enumerate(places):
        line = parsed.lines[row] if row < len(parsed.lines) else ""
        if column and not line.isascii():
            places[nth] = (row, len(_from_byte(line, 0, column)), kind)
    places.sort(key=_place)
    return tuple(places)


def _place(one: tuple[int, int, UseKind]) -> tuple[int, int]:
    return one[0], one[1]


@cache
def _queries(grammar: str) -> tuple[Query, Query]:
    """Return the query for definitions and the one for all else; matching is the slower way."""
    language: Language = language_of(grammar)
    patterns = [one for one in _PATTERNS.split(QUERIES[grammar]) if one.strip()]
    named = [one for one in patterns if "@name" in one or "@declared" in one]
    others = [one for one in patterns if one not in named]
    return Query(language, "".join(named)), Query(language, "".join(others))
