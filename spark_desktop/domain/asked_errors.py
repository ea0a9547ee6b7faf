"""Whether an answer raises the errors that were asked for by name. Pure.

Tests seldom call a function with what it is to refuse, and a small model likes to put such a value
right instead.
"""

import builtins
import re

from spark_desktop.domain.error_ways import may_raise_otherwise
from spark_desktop.domain.kept_errors import OF_ITSELF, made_errors, names_error
from spark_desktop.domain.ordered_errors import ordered_errors
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.words import joined, say

_PYTHON = (".py", ".pyi")
_SCRIPTS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
_CPP = (".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx", ".h")
# Errors of Python that such an error is as well, or that need no call either.
_KINDS_OF_THOSE = frozenset(
    (
        "ArithmeticError",
        "AssertionError",
        "ImportError",
        "LookupError",
        "ModuleNotFoundError",
        "NameError",
        "OverflowError",
        "RecursionError",
        "SyntaxError",
        "UnboundLocalError",
    )
)
# What a language raises without being told.
_UNASKED = {
    _PYTHON: OF_ITSELF | _KINDS_OF_THOSE,
    _SCRIPTS: frozenset(["ReferenceError", "SyntaxError", "TypeError", "URIError"]),
    _CPP: frozenset(["std::bad_alloc", "std::bad_cast", "std::exception"]),
}
_OF_SCRIPTS = frozenset(
    ["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"]
)
_OF_CPP = {
    "logic_error": ("domain_error", "invalid_argument", "length_error", "out_of_range"),
    "runtime_error": ("overflow_error", "range_error", "underflow_error"),
}
_KNOWN_IN_CPP = {*_OF_CPP, "exception", *(one for kinds in _OF_CPP.values() for one in kinds)}


def raises_asked(path: str, asked: str, code: str, before: str, after: str) -> Check | None:
    """Return a failed check where a region does not raise what was asked for; None for all else.

    ``code`` is that of the file before, ``before`` that of the region and ``after`` the answer's,
    all without comments and documentation. What may come out of a call is left alone.
    """
    language = next((one for one in _UNASKED if path.endswith(one)), None)
    if language is None:
        return None
    missing = [
        name
        for name in dict.fromkeys(ordered_errors(asked))
        if name not in _UNASKED[language]
        and _is_error(name, code)
        and not _is_raised(_kind(name), language, after)
        and not may_raise_otherwise(_kind(name), code, before, after)
    ]
    if not missing:
        return None
    words = joined(missing, ", ")
    detail = say("The answer does not raise {words}, which was asked for.", words=words)
    return Check(say("raises what was asked"), False, detail)


def _kind(name: str) -> str:
    return re.split(r"\.|::", name)[-1]


def _is_error(name: str, code: str) -> bool:
    """Return whether a name is an error's: by its ending, or since the file raises or defines it.

    "Raise LIMIT to 5" is about something else.
    """
    kind = _kind(name)
    if name.startswith("std::"):
        return kind in _KNOWN_IN_CPP
    if re.fullmatch(r"[A-Z]\w*(?:Error|Exception)", kind):
        return True
    raised = rf"\b(?:raise|throw(?:\s+new)?|except)\s+\(?\s*(?:\w+\s*(?:\.|::)\s*)*{kind}\b"
    made = rf"\b(?:class|struct)\s+{kind}\s*(?:\(|extends\b|:)[\w\s.,:]*(?:Error|[eE]xception)\b"
    return re.search(f"{raised}|{made}", code) is not None


def _is_raised(kind: str, language: tuple[str, ...], after: str) -> bool:
    """Return whether the region makes such an error, or raises what may be one of its kinds."""
    if names_error(kind, after):
        return True
    return any(_may_be(one, kind, language) for one in made_errors(after))


def _may_be(raised: str, kind: str, language: tuple[str, ...]) -> bool:
    if language is _SCRIPTS:
        return raised not in _OF_SCRIPTS
    if language is _CPP:
        return raised not in _KNOWN_IN_CPP or raised in _OF_CPP.get(kind, ())
    made, wanted = getattr(builtins, raised, None), getattr(builtins, kind, None)
    if not isinstance(made, type):
        return True
    return isinstance(wanted, type) and issubclass(made, wanted)
