"""The type that a function of TypeScript returns: declared, or told in its comment. Pure."""

import re

_HEAD = re.compile(
    r"^[ \t]*(?:export\s+)?(?:default\s+)?(?:async\s+)?function\b[^(\n]*\(", re.MULTILINE
)
_SAID = re.compile(r"@returns?\s+\{([^\n]+?)\}(?=\s|$)")
_STAR = re.compile(r"^[ \t]*(?:/\*\*|\*)", re.MULTILINE)


def lacks_result_type(region: str) -> bool:
    """Return whether the first function does not declare what it returns."""
    end = _end_of_parameters(region)
    return end is not None and not region[end:].lstrip().startswith(":")


def with_result_type(region: str) -> str | None:
    """Return the function with the type that its JSDoc tells; None where that tells none.

    Nor where it is declared already. Small models tell types there, where they mean nothing.
    """
    end = _end_of_parameters(region)
    head = _HEAD.search(region)
    if end is None or head is None or not lacks_result_type(region):
        return None
    above = region[: head.start()]
    told = {match[1].strip() for match in _SAID.finditer(above)}
    if len(told) != 1 or not _STAR.search(above):
        return None
    return f"{region[:end]}: {told.pop()}{region[end:]}"


def _end_of_parameters(region: str) -> int | None:
    """Return the place behind the bracket that closes the first function's parameters."""
    head = _HEAD.search(region)
    if head is None:
        return None
    depth = 0
    for place in range(head.end() - 1, len(region)):
        depth += (region[place] in "([{") - (region[place] in ")]}")
        if depth == 0:
            return place + 1
    return None
