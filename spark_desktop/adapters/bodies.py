"""The body of a function, as what could be written anew."""

from tree_sitter import Node

from spark_desktop.adapters.functions import Function, functions_in
from spark_desktop.adapters.languages import Parsed, rows_of
from spark_desktop.domain.trigger import Span, Stub
from spark_desktop.domain.workspace import Snapshot


def as_stub(snapshot: Snapshot, parsed: Parsed, lines: Span) -> Stub | None:
    """Return the innermost function around the lines as if its body were missing.

    None where there is none, or where its body shares a line with the signature or a brace. What
    explains the function at the beginning of its body stays.
    """
    around = [
        one
        for one in functions_in(parsed)
        if one.lines.start <= lines.start and lines.end <= one.lines.end
    ]
    found = min(around, key=lambda one: len(one.lines), default=None)
    body = None if found is None else _body(parsed, found)
    if found is None or body is None:
        return None
    return Stub(snapshot, found.lines, body, found.name)


def _body(parsed: Parsed, function: Function) -> Span | None:
    body = function.node.child_by_field_name("body")
    if body is None:
        return None
    inner = list(body.named_children)
    if len(inner) == 1 and inner[0].type == "statement_list":
        inner = list(inner[0].named_children)
    if parsed.grammar.name == "python" and inner and _is_docstring(inner[0]):
        inner = inner[1:]
    if not inner or inner[0].start_point.row == function.node.start_point.row:
        return None
    span = Span(rows_of(inner[0])[0], rows_of(inner[-1])[1])
    before = parsed.lines[span.start].encode("utf-8", "replace")[: inner[0].start_point.column]
    last = inner[-1].end_point
    after = parsed.lines[last.row].encode("utf-8", "replace")[last.column :].strip(b" \t;")
    return None if before.strip() or (last.column and after) else span


def _is_docstring(node: Node) -> bool:
    return node.type == "expression_statement" and [one.type for one in node.named_children] == [
        "string"
    ]
