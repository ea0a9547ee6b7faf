"""The parameters of a function in text that need not be a whole file. Pure."""

import re
from pathlib import PurePosixPath

_SCRIPT = (
    r"^[ \t]*(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function\b[^(\n]*"
    r"|(?:(?:public|private|protected|static|async|get|set)\s+)*\w+\s*(?:<[^(\n]*>)?)\("
)
# What stands before the bracket that opens the parameters, by kind of file.
_HEADS = {
    ".rs": r"\bfn\s+\w+\s*(?:<[^(]*>)?\(",
    ".go": r"^func\s*(?:\([^)]*\)\s*)?\w+\s*(?:\[[^(]*\])?\(",
    **dict.fromkeys((".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs"), _SCRIPT),
}
_NAMES = {
    ".rs": r"(?:mut\s+)?(\w+)\s*:",
    ".go": r"(\w+)\b",
}
_NAME = r"(?:(?:public|private|protected|readonly)\s+)*(?:\.\.\.)?(\w+)"
_ITSELF = frozenset({"self", "this"})
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">"}


def parameters_of(path: str, region: str) -> list[str]:
    """Return the names of the first function's parameters; none in a language that is not known.

    Known are Rust, Go, and TypeScript with JavaScript; names that a pattern takes apart are left
    out.
    """
    kind = PurePosixPath(path).suffix
    head = re.search(_HEADS[kind], region, re.MULTILINE) if kind in _HEADS else None
    if head is None:
        return []
    name = re.compile(rf"\s*{_NAMES.get(kind, _NAME)}")
    found = [match[1] for part in _parts(region, head.end()) if (match := name.match(part))]
    return [one for one in found if one not in _ITSELF]


def _parts(text: str, start: int) -> list[str]:
    """Return what stands between the commas up to the bracket that closes."""
    parts, depth, begun = [], 0, start
    for place in range(start, len(text)):
        sign = text[place]
        if depth == 0 and sign in ",)":
            parts.append(text[begun:place])
            begun = place + 1
            if sign == ")":
                return parts
        elif sign in _PAIRS:
            depth += 1
        elif sign in _PAIRS.values() and text[place - 1] not in "=-":
            depth -= 1
    return []
