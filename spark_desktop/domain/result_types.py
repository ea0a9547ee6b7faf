"""Whether a function's other type of result asks its callers to do something. Pure."""

import re
from collections.abc import Mapping

_WORD = re.compile(r"[^\W\d]\w*")
_QUALIFIED = re.compile(r"\b(?:typing|t|collections\.abc|std|builtins)(?:\.|::)(?=\w)")
_OLD_NAMES = {one.capitalize(): one for one in ("list", "dict", "tuple", "set")}
_NOTHING = frozenset(("", "None", "void", "undefined", "()", "null", "never", "NoReturn"))
# Whatever a caller does with a value is allowed with these, or was.
_ANYTHING = frozenset(("Any", "any", "unknown", "object", "interface{}", "auto", "Self", "this"))
_MISSING = frozenset(("None", "null", "undefined"))
# A whole number does for each of the others, in languages that convert it by themselves.
_NUMBERS = frozenset(("bool", "int", "float", "complex", "double", "long", "short", "size_t"))
_CONVERTING = (".py", ".pyi", ".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".hxx")
# Of these a caller can do the same with the one as with the other.
_ALIKE = (
    frozenset(("list", "Sequence", "Collection", "Iterable", "MutableSequence", "Reversible")),
    frozenset(("dict", "Mapping", "MutableMapping")),
    frozenset(("set", "frozenset", "Set", "AbstractSet", "MutableSet")),
)
_WAITS = re.compile(r"^(?:Promise|Awaitable|Coroutine|Future)<(.*)>$|^Awaitable\[(.*)\]$")
_RAISES = re.compile(r"\b(?:raise|throw|panic)\b")


def is_other_result(
    old: str, new: str, texts: tuple[str, str], path: str, renamed: Mapping[str, str]
) -> bool:
    """Return whether callers have to look at a result of type ``new`` where ``old`` was.

    ``texts`` are the function before and after: one that may no longer give nothing asks something
    of its callers only where it fails instead. ``renamed`` are the new names of types. A type that
    is not told asks nothing.
    """
    was, now = _alternatives(_plain(old, renamed)), _alternatives(_plain(new, {}))
    if not old or not new or was == now:
        return False
    if was <= _NOTHING or (was | now) & _ANYTHING:
        return False
    if path.endswith(_CONVERTING) and was <= _NUMBERS and now <= _NUMBERS:
        return False
    heads, others = {_head(one) for one in was - now}, {_head(one) for one in now - was}
    if any(heads | others <= alike for alike in _ALIKE):
        return False
    if now < was:
        fails = [len(_RAISES.findall(text)) for text in texts]
        return bool((was - now) & _MISSING) and fails[1] > fails[0]
    return True


def _plain(type_: str, renamed: Mapping[str, str]) -> str:
    text = _QUALIFIED.sub("", type_.strip().strip("\"'"))
    text = re.sub(r"\bconst\b|&(?!&)|\breadonly\b", "", text)
    waits = _WAITS.match(text.strip())
    if waits is not None:
        text = waits[1] or waits[2]
    names = {**_OLD_NAMES, **renamed}
    text = _WORD.sub(lambda word: names.get(word[0], word[0]), text)
    return re.sub(r"\s+", " ", text).strip()


def _alternatives(type_: str) -> frozenset[str]:
    """Return the types that a value may be of."""
    if type_.startswith("Optional[") and type_.endswith("]"):
        return _alternatives(type_[len("Optional[") : -1]) | {"None"}
    if type_.startswith("Union[") and type_.endswith("]"):
        return frozenset(one.strip() for one in _split(type_[len("Union[") : -1], ","))
    return frozenset(one.strip() for one in _split(type_, "|") if one.strip())


def _split(text: str, sign: str) -> list[str]:
    """Return the parts between signs that stand in no brackets."""
    parts, depth, start = [], 0, 0
    for place, one in enumerate(text):
        depth += (one in "[(<{") - (one in "])}" or (one == ">" and text[place - 1 : place] != "="))
        if one == sign and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _head(type_: str) -> str:
    return re.split(r"[\[<({]", type_, maxsplit=1)[0].strip()
