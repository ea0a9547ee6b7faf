"""Whether a function's other type of result asks its callers to do something. Pure."""

import re
from collections.abc import Mapping

from spark_desktop.domain.regex import regex
from spark_desktop.domain.written_types import head_of, held_by, same_form

_NOTHING = frozenset(("None", "void", "undefined", "()", "null", "never", "NoReturn"))
# Whatever a caller does with a value is allowed with these, or was.
_ANYTHING = frozenset(("Any", "any", "unknown", "object", "interface{}", "auto", "Self", "this"))
# A field is given its type by its value.
_UNTOLD = frozenset(("Final", "ClassVar"))
_WORD = regex(r"\w+")
_MISSING = frozenset(("None", "null", "undefined"))
_OF_C = (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".hxx")
# Converted by the language itself.
_NUMBER_OF_C = regex(
    r"(?:unsigned|signed|long|short|int|char|bool|float|double|size_t|u?int\d+_t)"
    r"(?: (?:unsigned|signed|long|short|int|char|double))*"
)
_NUMBERS_OF_PYTHON = ("bool", "int", "float", "complex")
# Callers can do with the first all that they could with the others.
_DOES_FOR = {
    "list": frozenset(("Sequence", "MutableSequence", "Collection", "Iterable", "Reversible")),
    "Sequence": frozenset(("list", "MutableSequence", "Collection", "Iterable", "Reversible")),
    "tuple": frozenset(("Sequence", "Collection", "Iterable", "Reversible")),
    "Collection": frozenset(("Iterable",)),
    "dict": frozenset(("Mapping", "MutableMapping", "Collection", "Iterable")),
    "Mapping": frozenset(("dict", "MutableMapping", "Collection", "Iterable")),
    "defaultdict": frozenset(("dict", "Mapping", "MutableMapping", "Collection", "Iterable")),
    "OrderedDict": frozenset(("dict", "Mapping", "MutableMapping", "Collection", "Iterable")),
    "set": frozenset(("frozenset", "Set", "AbstractSet", "MutableSet", "Collection", "Iterable")),
    "frozenset": frozenset(("set", "Set", "AbstractSet", "Collection", "Iterable")),
    "Iterator": frozenset(("Iterable",)),
}
_OF_SCRIPTS = (".ts", ".tsx", ".mts", ".cts")
# One of a few values is a type there: whoever reads it reads what it was.
_VALUE_OF_SCRIPTS = regex(r"""(?P<text>(["'`]).*?\2)|(?<![\w.])-?\d[\d.]*(?!\w)""")
# What holds anything says nothing of what it holds.
_HOLDS_ANY = regex(r"\b(?:any|unknown)\b|\binterface\s*\{\s*\}")
_WAITS = regex(r"(?:Promise|Awaitable|Coroutine|Future)([<\[])(.*)[>\]]")
_GO_NAMED = regex(r"\((?:\w+(?:, ?\w+)* [\w.*\[\]]+(?:, ?|(?=\))))+\)")
_TEXTS = regex(r'"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|/\*[\s\S]*?\*/|(?:#|//)[^\n]*')
_RAISES = regex(r"\b(?:raise|throw|panic)\b")
# A value that stands for nothing found: -1, an empty text.
_CONSTANT = regex(r"\breturn\s+(?:-?\d+|\"[^\"]*\"|'[^']*')\s*;?\s*$", re.MULTILINE)


def is_other_result(
    old: str, new: str, texts: tuple[str, str], path: str, renamed: Mapping[str, str]
) -> bool:
    """Return whether callers have to look at a result of type ``new`` where ``old`` was.

    ``texts`` are the function before and after: one that may no longer give nothing asks something
    of its callers only where it fails instead, or gives a constant. ``renamed`` are the new names
    of types. A type that is not told asks nothing.
    """
    if path.endswith((".go", *_OF_SCRIPTS)) and (_HOLDS_ANY.search(old) or _HOLDS_ANY.search(new)):
        return False
    was, now = same_form(_plain(old, path), renamed), same_form(_plain(new, path))
    # A type whose new name is not written everywhere yet is the same as well.
    is_unfollowed = bool(renamed) and same_form(_plain(old, path)) == now
    if not old or not new or was == now or is_unfollowed:
        return False
    if was <= _NOTHING or (was | now) & (_ANYTHING | _UNTOLD):
        return False
    if now < was:
        return bool((was - now) & _MISSING) and _says_otherwise(*texts)
    gone = was - now
    return not all(any(_does_for(one, other, path) for other in gone or was) for one in now - was)


def fits(given: str, wanted: str, path: str) -> bool:
    """Return whether what is of one type may be passed where another is wanted.

    True where a type is not told.
    """
    one, other = same_form(_plain(given, path)), same_form(_plain(wanted, path))
    if not given or not wanted or one <= other or (one | other) & _ANYTHING:
        return True
    return all(any(_does_for(each, each_wanted, path) for each_wanted in other) for each in one)


def _says_otherwise(before: str, after: str) -> bool:
    """Return whether a function fails, or gives a constant, where it gave nothing before."""
    old, new = _TEXTS.sub("", before), _TEXTS.sub("", after)
    return any(
        len(pattern.findall(new)) > len(pattern.findall(old)) for pattern in (_RAISES, _CONSTANT)
    )


def _does_for(new: str, old: str, path: str) -> bool:
    """Return whether what was done with a value of the old type can be done with the new one."""
    if new == old:
        return True
    if path.endswith(_OF_C):
        return all(_NUMBER_OF_C.fullmatch(one) for one in (new, old))
    if path.endswith((".py", ".pyi")) and {new, old} <= set(_NUMBERS_OF_PYTHON):
        # A whole number does where a fraction did; a fraction counts nothing.
        return _NUMBERS_OF_PYTHON.index(new) < _NUMBERS_OF_PYTHON.index(old)
    head, other = head_of(new), head_of(old)
    is_alike = head == other or other in _DOES_FOR.get(head, ())
    return is_alike and _holds_the_same(held_by(new), held_by(old), path)


def _holds_the_same(new: str, old: str, path: str) -> bool:
    """Return whether what is held is the same, as far as it is told; a bare type tells nothing."""
    if not new or not path.endswith((".py", ".pyi")):
        return bool(new) and new == old
    # A tuple of any length holds what a sequence does.
    held, before = (one.replace(",...]", "]") for one in (new, old))
    is_open = not old or bool(_ANYTHING & {*_WORD.findall(new), *_WORD.findall(old)})
    return is_open or held == before


def _plain(type_: str, path: str) -> str:
    text = " ".join(type_.split())
    if path.endswith(_OF_C):
        text = re.sub(r"\s*&(?!&)", "", text)
    if path.endswith(".go"):
        text = re.sub(r"\binterface\s*\{\s*\}", "any", text)
    if path.endswith(_OF_SCRIPTS) and not re.search(r"[\[<({]", text):
        text = _VALUE_OF_SCRIPTS.sub(lambda one: "string" if one["text"] else "number", text)
    if path.endswith(".go") and _GO_NAMED.fullmatch(text):
        parts = [one.split()[-1] for one in text[1:-1].split(",")]
        text = f"({', '.join(parts)})"
    waits = _WAITS.fullmatch(text)
    return text if waits is None else waits[2].rpartition(",")[2].strip()
