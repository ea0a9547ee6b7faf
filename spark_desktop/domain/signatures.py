"""The head of a function in text that need not be a whole file. Pure."""

import re
from pathlib import PurePosixPath

_SCRIPT = (
    r"[ \t]*(?:export\s+)?(?:default\s+)?(?:"
    r"(?:async\s+)?function\b[^(\n]*\("
    r"|(?:const|let|var)\s+\w+[^=\n]*=\s*(?:async\s*)?(?:function\b\s*\*?\s*\w*\s*)?(?:<[^(\n]*>)?\("
    r"|(?:(?:public|private|protected|static|async|override|get|set)\s+)*"
    r"(?!(?:if|for|while|switch|catch|return|await|super|with)\b)#?\w+\s*(?:<[^(\n]*>)?\()"
)
# What stands before the bracket that opens the parameters, by kind of file.
_HEADS = {
    ".rs": r"[^\n(]*(?:\([^)\n]*\)[^\n(]*?)?\bfn\s+\w+\s*(?:<[^(]*>)?\(",
    ".go": r"func\s*(?:\([^)]*\)\s*)?\w+\s*(?:\[[^(]*\])?\(",
    **dict.fromkeys((".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs"), _SCRIPT),
}
_NAMES = {
    ".rs": r"(?:mut\s+)?(\w+)\s*:",
    ".go": r"(\w+)\b",
}
_NAME = r"(?:(?:public|private|protected|readonly)\s+)*(?:\.\.\.)?(\w+)"
_ITSELF = frozenset({"self", "this"})
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">"}
# Empty lines, comments, attributes, decorators and templates, which stand above a head.
_ABOVE = re.compile(
    r"(?:[ \t]*(?:\r?\n|//[^\n]*\n|/\*.*?\*/[ \t]*\r?\n|\*[^\n]*\n|#!?\[[^\n]*\]\s*\n|@[^\n]*\n"
    r"|template\b[^\n]*\n|#(?!\w)[^\n]*\n))*",
    re.DOTALL,
)
_DEFINES = (
    r"\b(?:class|struct|interface|enum|trait|type|union|namespace|mod|fn|func|function|def|const|let"
    r"|var|impl)\s+(?:\([^)]*\)\s*)?{word}\b"
)
_CALLED = r"(?<![.\w]){word}\s*(?:<[^(]*>)?\("


def parameters_of(path: str, region: str) -> list[str]:
    """Return the names of the parameters of the function that a region begins with.

    None in a language that is not known: known are Rust, Go, and TypeScript with JavaScript. Names
    that a pattern takes apart are left out.
    """
    kind = PurePosixPath(path).suffix
    head = re.compile(_HEADS[kind]).match(region, first_code(region)) if kind in _HEADS else None
    if head is None:
        return []
    name = re.compile(rf"\s*{_NAMES.get(kind, _NAME)}")
    found = [match[1] for part in _parts(region, head.end()) if (match := name.match(part))]
    return [one for one in found if one not in _ITSELF]


def first_code(region: str) -> int:
    """Return where the first line begins that is no comment and nothing else above a head."""
    above = _ABOVE.match(region)
    return above.end() if above is not None else 0


def is_defined(region: str, word: str) -> bool:
    """Return whether the first line of code in a region defines a word, in any language."""
    line = region[first_code(region) :].partition("\n")[0]
    name = re.escape(word)
    return any(re.search(one.format(word=name), line) for one in (_DEFINES, _CALLED))


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
