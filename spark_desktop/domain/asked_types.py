"""Types that a request for documentation tells in words, against those of the answer. Pure."""

import ast

from spark_desktop.domain.plain_types import outer_names
from spark_desktop.domain.python_function import Function
from spark_desktop.domain.regex import regex

# What a person calls it, and the annotations that are that.
_KINDS = {
    "collection": ("Collection", "Container"),
    "iterable": ("Iterable",),
    "sequence": ("Sequence",),
    "mapping": ("Mapping",),
    "text": ("str",),
    "string": ("str",),
    "integer": ("int",),
    "whole number": ("int",),
    "decimal number": ("float",),
    "list": ("list",),
    "dictionary": ("dict",),
    "dict": ("dict",),
    "set": ("set",),
    "tuple": ("tuple",),
    "bool": ("bool",),
    "int": ("int",),
    "float": ("float",),
    "str": ("str",),
    "bytes": ("bytes",),
}
_TOLD = regex(
    r"\b(?P<names>`?\w+`?(?:\s*(?:,|and)\s+`?\w+`?)*)\s+(?:is|are)\s+(?:an?\s+|any\s+)?"
    rf"(?:(?P<kind>{'|'.join(_KINDS)})s?\b|(?P<class>[A-Z]\w+))"
)
# "A list or any iterable": either is right.
_OR_ANOTHER = regex(r"[^,.;]{0,40}?\bor\s+(?!None\b)")
_WORD = regex(r"\w+")
# What may stand beside it.
_BESIDES = frozenset({"None"})


def other_than_asked(instruction: str, function: Function) -> tuple[str, str, str] | None:
    """Return a parameter whose type is another one than the request says; None where there is none.

    That is its name, the type that was said, and the one that stands there. "names are texts" tells
    of a parameter ``name``, too.
    """
    given = function.args
    typed = {
        one.arg: one.annotation
        for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)
        if one.annotation is not None
    }
    told = " ".join(instruction.split())
    for match in _TOLD.finditer(told):
        if _OR_ANOTHER.match(told, match.end()):
            continue
        accepted = _KINDS.get(match["kind"] or "", (match["class"] or "",))
        for word in _WORD.findall(match["names"]):
            name = word if word in typed else word.removesuffix("s")
            annotation = typed.get(name)
            # "Lengths are floats" tells what is in them.
            is_each = name == word and word.endswith("s")
            if annotation is not None and _is_other(annotation, accepted, inside=is_each):
                return name, accepted[0], ast.unparse(annotation)
    return None


def _is_other(annotation: ast.expr, accepted: tuple[str, ...], *, inside: bool) -> bool:
    if inside and any(one in accepted for one in _WORD.findall(ast.unparse(annotation))):
        return False
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return False  # a text is read by other tools
    names = outer_names(annotation) - _BESIDES
    return "?" not in names and not names & set(accepted)
