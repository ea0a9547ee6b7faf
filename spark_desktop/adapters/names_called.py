"""The functions that a text of TypeScript, JavaScript, Go or Rust calls and nothing in it binds.

Far from exact, on the careful side: a name counts only where every word of the text that is the
same stands before a parenthesis, and none is part of a definition.
"""

import re

from spark_desktop.adapters.code_facts import FileFacts, bound_in, facts_of
from spark_desktop.adapters.languages import grammar_for, parse_once
from spark_desktop.domain.code import UseKind
from spark_desktop.domain.names_used import FreeRule, ImportUse, NamesUsed
from spark_desktop.domain.regex import regex

SCRIPTS = (".ts", ".tsx", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs")
_SCRIPT_NAMES = frozenset(
    (
        *("require", "import", "super", "eval", "parseInt", "parseFloat", "isNaN"),
        *("isFinite", "encodeURI", "encodeURIComponent", "decodeURI", "decodeURIComponent"),
        *("escape", "unescape", "fetch", "setTimeout", "clearTimeout", "setInterval"),
        *("clearInterval", "setImmediate", "clearImmediate", "queueMicrotask"),
        *("structuredClone", "atob", "btoa", "alert", "confirm", "prompt", "open", "close"),
        *("print", "focus", "blur", "stop", "find", "postMessage", "reportError"),
        *("requestAnimationFrame", "cancelAnimationFrame", "requestIdleCallback"),
        *("cancelIdleCallback", "getComputedStyle", "matchMedia", "addEventListener"),
        *("removeEventListener", "dispatchEvent", "scroll", "scrollTo", "scrollBy"),
        *("createImageBitmap", "getSelection", "importScripts", "describe", "it", "test"),
        *("expect", "beforeEach", "afterEach", "beforeAll", "afterAll", "before", "after"),
        *("suite", "setup", "teardown", "xit", "xdescribe", "fit", "fdescribe", "xtest"),
        *("context", "specify", "assert", "vi", "jest", "cy"),
    )
)
_GO_NAMES = frozenset(
    (
        *("append", "cap", "clear", "close", "complex", "copy", "delete", "imag", "len"),
        *("make", "max", "min", "new", "panic", "print", "println", "real", "recover"),
        *("bool", "byte", "complex64", "complex128", "error", "float32", "float64", "int"),
        *("int8", "int16", "int32", "int64", "rune", "string", "uint", "uint8", "uint16"),
        *("uint32", "uint64", "uintptr", "any", "comparable"),
    )
)
_RUST_NAMES = frozenset((*("drop", "size_of", "size_of_val", "align_of", "align_of_val"),))
_MODULE = regex(r"^\s*(?:import|export)\b|\brequire\(", re.MULTILINE)
_GO_DOT = regex(r"^\s*(?:import\s+)?\.\s+\"", re.MULTILINE)


def called_names(path: str, content: str) -> NamesUsed | None:
    """Return the names; None for another language, or a text that cannot be read."""
    suffix = path[path.rfind(".") :].lower()
    grammar = grammar_for(path)
    if grammar is None or suffix not in (*SCRIPTS, ".go", ".rs"):
        return None
    parsed = parse_once(grammar, content)
    if parsed.root.has_error:
        return None
    facts = facts_of(path, parsed)
    bound = bound_in(parsed)
    if suffix == ".go":
        rule, known, is_open = FreeRule.PACKAGE, _GO_NAMES, bool(_GO_DOT.search(content))
    else:
        rule = FreeRule.ANYWHERE
        known = _RUST_NAMES if suffix == ".rs" else _SCRIPT_NAMES
        is_open = suffix != ".rs" and _MODULE.search(content) is None
        is_open = is_open or any("*" in one.names for one in facts.imports if suffix == ".rs")
    free = frozenset(
        name for name in _called(facts) if name not in bound | known and _only_called(name, content)
    )
    imports = tuple(ImportUse(one.module, one.names) for one in facts.imports)
    shown = frozenset(bound) | {name for one in facts.imports for name in one.names}
    return NamesUsed(rule, free, shown - {"*", "default"}, is_open, imports)


def _called(facts: FileFacts) -> list[str]:
    """Return the names that are only called; capitals are types', macros' or a framework's."""
    return [
        name
        for name, places in facts.uses.items()
        if name[:1].islower() and all(kind is UseKind.CALL for _, _, kind in places)
    ]


def _only_called(name: str, content: str) -> bool:
    return re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$]|\()", content) is None
