"""Stubs: functions whose body only says that it is not written yet."""

import re

from tree_sitter import Node

from spark_desktop.adapters.functions import Function, decorators_of, functions_in
from spark_desktop.adapters.languages import Parsed, rows_of, text_of
from spark_desktop.domain.regex import regex
from spark_desktop.domain.trigger import Span, Stub
from spark_desktop.domain.workspace import Snapshot

_TODO = regex(
    r"\b(?:todo|fixme|xxx|tbd|implement|(?:your|write|add) (?:the )?code)\b", re.IGNORECASE
)
# A comment that says of the whole body that it is to be written; "TODO: cache it" does not.
_WRITE_ME = regex(
    r"\b(?:todo|fixme|xxx|tbd)\b\W*(?:$|\n|(?:to\s+)?(?:be\s+)?(?:writ\w+|implement\w*|fill|finish"
    r"|complete)\b)|\bimplement\s+(?:me|this|it)\b|\b(?:your|write|add)\s+(?:the\s+)?code\b",
    re.IGNORECASE,
)
_VALUE = (
    r"(?:None|nil|null|undefined|nullptr|false|False|-?0(?:\.0*)?|\"\"|''|\[\]|\{\}|\(\)"
    r"|std::nullopt)"
)
# What a function gives so that it compiles.
_RETURNS_NOTHING = regex(rf"return(?:\s+{_VALUE}(?:\s*,\s*{_VALUE})*)?\s*;?|{_VALUE}")
_NOT_WRITTEN = (
    r"not[\s_-]*(?:yet[\s_-]*)?(?:been )?(?:implemented|written)"
    r"|unimplemented|\btodo\b|implement me"
)
_THROWS = regex(
    rf"(?:=>\s*)?(?:throw|raise|panic)\b[^;{{}}]*?(?:{_NOT_WRITTEN})[^;{{}}]*;?", re.IGNORECASE
)
# An error that is given back, and says nothing else: Go's, Rust's, and a promise's.
_GIVES_ERROR = regex(
    r"(?:return\s+(?:[^\"'`;]*,\s*)?)?(?:errors\.New|fmt\.Errorf|Err|Promise\.reject)\s*\("
    rf"[^;{{}}]*?[\"'`][^\"'`]*(?:{_NOT_WRITTEN})[^\"'`]*[\"'`][^;{{}}]*;?",
    re.IGNORECASE,
)
_MACROS = regex(r"(?:todo|unimplemented)!\s*[(\[{].*[)\]}]\s*;?", re.DOTALL)
_PYTHON_RAISES = regex(r"raise NotImplementedError(?:\(.*\))?", re.DOTALL)
_MAY_GIVE_NOTHING = regex(r"\b(?:None|NoReturn|Never|Optional|Any|object)\b")
# Python declares these without a body on purpose.
_DECLARATIONS = regex(r"\b(?:abstract\w*|overload)\b")


def stubs_in(snapshot: Snapshot, parsed: Parsed) -> list[Stub]:
    """Return the stubs, in the file's order.

    The body is empty where it shares its lines with the signature: it cannot be replaced alone.
    It is empty as well behind a description that is all there is.
    """
    if snapshot.path.endswith((".pyi", ".d.ts")):
        return []
    found = []
    for function in functions_in(parsed):
        body = _python_body(parsed, function) if _is_python(parsed) else _body(parsed, function)
        if body is not None:
            found.append(Stub(snapshot, function.lines, body, function.name))
    return found


def _is_python(parsed: Parsed) -> bool:
    return parsed.grammar.name == "python"


def _python_body(parsed: Parsed, function: Function) -> Span | None:
    block = function.node.child_by_field_name("body")
    if block is None or _is_declaration(function.node):
        return None
    statements = [child for child in block.named_children if "comment" not in child.type]
    written = statements[1:] if statements and _is_docstring(statements[0]) else statements
    # What stands below the signature and the docstring, comments included.
    above = statements[0] if written is not statements and statements else None
    first = rows_of(above)[1] if above else _signature_end(function.node)
    comments = _comment_rows(parsed, first, function.lines.end)
    said = "\n".join(parsed.lines[row] for row in comments)
    if said and not _TODO.search(said):
        return None
    if len(written) > 1 or (written and not _says_nothing(text_of(written[0]), said)):
        return None
    if not written and not said:
        # Only described: what has to give something and has no body cannot be meant so.
        is_promise = above is not None and _has_result(function.node)
        return Span(first, first) if is_promise else None
    if written and parsed.lines[rows_of(written[0])[0]][: written[0].start_point.column].strip():
        return Span(rows_of(written[0])[0], rows_of(written[0])[0])
    rows = [*comments, *(row for node in written for row in range(*rows_of(node)))]
    return Span(min(rows), max(rows) + 1)


def _is_declaration(node: Node) -> bool:
    if any(_DECLARATIONS.search(decorator) for decorator in decorators_of(node)):
        return True
    return "Protocol" in _bases_around(node)


def _bases_around(node: Node) -> str:
    """Return what the class around a method names as its bases, "" for none."""
    around = node.parent
    while around is not None and around.type in ("block", "decorated_definition"):
        around = around.parent
    if around is None or around.type != "class_definition":
        return ""
    bases = around.child_by_field_name("superclasses")
    return "" if bases is None else text_of(bases)


def _has_result(node: Node) -> bool:
    """Return whether it says that it gives something, and is no part of an abstract class."""
    result = node.child_by_field_name("return_type")
    if result is None or _MAY_GIVE_NOTHING.search(text_of(result)):
        return False
    bases = _bases_around(node)
    return not any(word in bases for word in ("ABC", "metaclass"))


def _says_nothing(statement: str, said: str) -> bool:
    is_empty = statement in ("pass", "...") or bool(_PYTHON_RAISES.fullmatch(statement))
    return is_empty or _gives_nothing(statement, said)


def _gives_nothing(statement: str, said: str) -> bool:
    """Return whether a comment says that all is to be written, and the code only returns."""
    return bool(_WRITE_ME.search(said) and _RETURNS_NOTHING.fullmatch(statement))


def _is_docstring(node: Node) -> bool:
    children = node.named_children
    return node.type == "expression_statement" and [c.type for c in children] == ["string"]


def _signature_end(node: Node) -> int:
    """Return the line after the colon of a Python definition."""
    colons = [child for child in node.children if child.type == ":"]
    return (colons[-1].end_point.row if colons else node.start_point.row) + 1


def _comment_rows(parsed: Parsed, first: int, end: int) -> list[int]:
    return [row for row in range(first, end) if parsed.lines[row].lstrip().startswith("#")]


def _body(parsed: Parsed, function: Function) -> Span | None:
    body = function.node.child_by_field_name("body")
    if body is None:
        # Ruby has no body where there are only comments.
        if function.node.type not in ("method", "singleton_method"):
            return None
        content = list(function.node.named_children)
    elif body.type == "arrow_expression_clause":
        content = [body]
    elif function.node.type in ("method", "singleton_method"):
        content = [*(c for c in function.node.named_children if _is_comment(c)), *_flat(body)]
    else:
        content = _flat(body)
    comments = [node for node in content if _is_comment(node)]
    fields = ("name", "parameters", "object")
    signature = [function.node.child_by_field_name(field) for field in fields]
    statements = [node for node in content if not _is_comment(node) and node not in signature]
    if not _is_placeholder(statements, "\n".join(text_of(node) for node in comments)):
        return None
    placeholder = sorted([*comments, *statements], key=lambda node: node.start_byte)
    start, end = rows_of(placeholder[0])[0], rows_of(placeholder[-1])[1]
    if _shares_lines(parsed, placeholder):
        return Span(start, start)
    return Span(start, end)


def _shares_lines(parsed: Parsed, nodes: list[Node]) -> bool:
    """Return whether the signature or a brace stands on the lines of the nodes."""
    begin, end = nodes[0].start_point, nodes[-1].end_point
    before = parsed.lines[begin.row].encode("utf-8", errors="replace")[: begin.column]
    after = parsed.lines[end.row].encode("utf-8", errors="replace")[end.column :]
    return bool(before.strip() or (end.column and after.strip()))


def _is_placeholder(statements: list[Node], said: str) -> bool:
    if said and not _TODO.search(said):
        return False
    if not statements:
        return bool(said)
    text = text_of(statements[0]).strip()
    if len(statements) > 1:
        return False
    if _gives_nothing(text, said):
        return True
    return text == ":" or any(form.fullmatch(text) for form in (_THROWS, _MACROS, _GIVES_ERROR))


def _flat(body: Node) -> list[Node]:
    """Return what stands in a body; Go has a list of statements between."""
    return [
        inner
        for child in body.named_children
        for inner in (child.named_children if child.type == "statement_list" else [child])
    ]


def _is_comment(node: Node) -> bool:
    return "comment" in node.type
