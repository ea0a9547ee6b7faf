"""Finds text for the user that no translation reaches: literals outside of ``tr`` and ``say``."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

# Of these calls every text argument is seen by the user, also a single word.
_SHOWING = {
    "setText",
    "setToolTip",
    "setAccessibleName",
    "setAccessibleDescription",
    "setPlaceholderText",
    "setWindowTitle",
    "setTitle",
    "setStatusTip",
    "setWhatsThis",
    "setInformativeText",
    "addAction",
    "addMenu",
    "addTab",
    "addItem",
    "addItems",
    "addRow",
    "setTabText",
    "QLabel",
    "QPushButton",
    "QCheckBox",
    "QRadioButton",
    "QGroupBox",
    "QAction",
    "QMenu",
    "Notice",
    "Action",
    "drawText",
    "showMessage",
    "showText",
}
# Their literals are names for the program, or for whoever reads a traceback.
_SILENT = {
    "setObjectName",
    "setProperty",
    "property",
    "getLogger",
    "debug",
    "info",
    "warning",
    "error",
    "exception",
    "filterwarnings",
    "start",
    "LatestTask",
    "TaskScope",
    "TypeVar",
    "Signal",
    "compile",
    "regex",
    "resource",
    "icon",
    "pixmap",
    "NotImplementedError",
    "ValueError",
    "KeyError",
    "TypeError",
    "RuntimeError",
    "AssertionError",
    "strptime",
    "strftime",
    "getattr",
    "invokeMethod",
    "setStyleSheet",
    "cast",
}
_TRANSLATED = {"tr", "say"}
_WORDS = re.compile(r"[A-Za-z]{2,}[,:;.]? [A-Za-z]|[A-Z][a-z]+…|[a-z]{2,}…")
_LETTERS = re.compile(r"[A-Za-z]{2}")
# A value with its unit or its word, and a word with its value: "{} s", "{}, line {}", "Adds: {}".
_AROUND = re.compile(
    r"\{\},? ?(?!px\b)[A-Za-z]+(?:/[a-z]+)?(?![\w:/.(=-])|(?:^|[ \n])[A-Z][a-z]+:(?:\s|$)"
)
# Thousands, decimals, shares and dates: each language writes them in its own way.
_BY_LOCALE = re.compile(r"[,%]|\.\d+[efg]?$|[efg]$")
# What is made of text for the user below the view models, beside errors of ours.
_CARRIERS = {
    "Cancelled",
    "Check",
    "Compaction",
    "Conflict",
    "Contact",
    "CoreFailed",
    "CoreRestarting",
    "CoreStarting",
    "Failed",
    "Finding",
    "HotkeyFailed",
    "Ignored",
    "LeftOut",
    "QueueChanged",
    "Withheld",
    "WorkFailed",
}
# Names, and signs of the program's own that a carrier holds beside its text.
_NAMES = {
    "Spark",
    "Spark Desktop",
    "spark quick",
    "llama.cpp, xllamacpp {}",
    "Python",
    "AVX2",
    ".git",
}
_SQL = re.compile(
    r"\s*(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP|PRAGMA|BEGIN|CASE|AND|ORDER BY"
    r"|WITH|NOT EXISTS)\b"
    r"|\{\} WHERE|deleted IS|id, "
)


def untranslated(source: str, *, words: bool = True) -> Iterator[tuple[int, str]]:
    """Yield line and text of each literal for the user that is not translated.

    With ``words`` every literal of two words counts, else only those that calls show. A line that
    ends in ``# no text`` is passed over: it says that its literal is not for the user.
    """
    lines = source.splitlines()
    for node, call, is_exempt in _strings(ast.parse(source), "", False):
        text = _text(node)
        if is_exempt or lines[node.lineno - 1].rstrip().endswith("# no text"):
            continue
        is_shown = call in _SHOWING and _LETTERS.search(text)
        is_made = isinstance(node, ast.JoinedStr) and _is_put_together(node)
        if is_shown or (words and (_WORDS.search(text) or is_made)):
            yield node.lineno, text


def untranslated_errors(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each literal that the user is told, without ``say``.

    That is what errors of ours and findings, checks, reasons and notices are made with, one word or
    many, and any text of several words that is no SQL.
    """
    lines = source.splitlines()
    for node, call, is_exempt in _strings(ast.parse(source), "", False):
        text = _text(node)
        if is_exempt or text in _NAMES or lines[node.lineno - 1].rstrip().endswith("# no text"):
            continue
        is_ours = call.endswith("Error") and call not in _SILENT and call != "OSError"
        is_told = (is_ours or call in _CARRIERS) and _LETTERS.search(text)
        if is_told or (_WORDS.search(text) and not _SQL.match(text)):
            yield node.lineno, text


def findings(root: Path, folders: tuple[str, ...], *, errors: bool = False) -> list[str]:
    """Return "file:line: text" of what is not translated in some folders below ``root``."""
    found = []
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            lines = untranslated_errors(source) if errors else untranslated(source)
            found += [f"{path.relative_to(root)}:{line}: {text!r}" for line, text in lines]
    return found


def _strings(
    node: ast.AST, call: str, is_exempt: bool
) -> Iterator[tuple[ast.Constant | ast.JoinedStr, str, bool]]:
    if isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    ):
        yield node, call, is_exempt
        return
    for child in ast.iter_child_nodes(node):
        inner_call, inner_exempt = call, is_exempt
        if isinstance(node, ast.Expr) and isinstance(child, ast.Constant):
            # A docstring.
            inner_exempt = True
        elif isinstance(node, ast.Call) and child is not node.func:
            name = _name(node)
            inner_call = name
            inner_exempt = is_exempt or name in _TRANSLATED or name in _SILENT
        elif _is_annotation(node, child):
            inner_exempt = True
        elif not isinstance(
            node, ast.IfExp | ast.BoolOp | ast.BinOp | ast.keyword | ast.Starred | ast.List
        ):
            inner_call = ""
        yield from _strings(child, inner_call, inner_exempt)


def _is_put_together(text: ast.JoinedStr) -> bool:
    """Return whether an f-string holds words beside its values, or numbers by Python's locale."""
    formats = (
        _text(value.format_spec)
        for value in text.values
        if isinstance(value, ast.FormattedValue) and value.format_spec is not None
    )
    return bool(_AROUND.search(_text(text))) or any(map(_BY_LOCALE.search, formats))


def _is_annotation(node: ast.AST, child: ast.AST) -> bool:
    return child in (getattr(node, "annotation", None), getattr(node, "returns", None))


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(value) for value in node.values)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return "{}"
