"""The type that a function of TypeScript returns: declared, or told in its comment. Pure."""

import re

from spark_desktop.domain.regex import regex
from spark_desktop.domain.signatures import first_code

_HEAD = regex(
    r"[ \t]*(?:export\s+)?(?:default\s+)?(?P<async>async\s+)?function\b(?P<many>\s*\*)?[^(\n]*\("
)
_SAID = regex(r"@returns?\s+\{([^\n]+?)\}(?=\s|$)")
_STAR = regex(r"^[ \t]*(?:/\*\*|\*)", re.MULTILINE)
# What JSDoc has and TypeScript has not: ``?number``, ``*``, ``number=``, ``function(string)``; and
# what some call a type that TypeScript does not, or not without what it holds.
_FOREIGN = regex(
    r"[?*!=]|\bfunction\b|\.<"
    r"|\b(?:int|integer|float|double|bool|str|list|dict|tuple|array|object|any|char|byte)\b"
    r"|\b(?:Promise|Array|Map|Set|Record|Iterable|Iterator|Generator|Object)\b(?!<)"
)
# Brackets in a text or a comment close nothing.
_TOKEN = regex(
    r"""(?P<skipped>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`"""
    r"""|//[^\n]*|/\*.*?\*/)|(?P<open>[(\[{])|(?P<close>[)\]}])""",
    re.DOTALL,
)


def lacks_result_type(region: str) -> bool:
    """Return whether the function that a region begins with does not declare what it returns."""
    end = _end_of_parameters(region)
    return end is not None and not region[end:].lstrip().startswith(":")


def with_result_type(region: str) -> str | None:
    """Return the function with the type that its JSDoc tells; None where that tells none.

    Nor where it is declared already. Small models tell types there, where they mean nothing.
    """
    end = _end_of_parameters(region)
    start = first_code(region)
    head = _HEAD.match(region, start)
    if end is None or head is None or not lacks_result_type(region):
        return None
    above = region[:start]
    told = {match[1].strip() for match in _SAID.finditer(above)}
    if len(told) != 1 or not _STAR.search(above):
        return None
    type_ = told.pop()
    if _FOREIGN.search(type_.replace("=>", "")) or head["many"]:
        return None
    if head["async"] and not type_.startswith("Promise<"):
        type_ = f"Promise<{type_}>"
    return f"{region[:end]}: {type_}{region[end:]}"


def _end_of_parameters(region: str) -> int | None:
    """Return the place behind the bracket that closes the first function's parameters."""
    head = _HEAD.match(region, first_code(region))
    if head is None:
        return None
    depth = 0
    for token in _TOKEN.finditer(region, head.end() - 1):
        depth += bool(token["open"]) - bool(token["close"])
        if depth == 0 and token["close"]:
            return token.end()
    return None
