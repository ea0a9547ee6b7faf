"""The head of a function in text that need not be a whole file. Pure."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from spark_desktop.domain.regex import regex

_SCRIPT = (
    r"[ \t]*(?:export\s+)?(?:default\s+)?(?:"
    r"(?:async\s+)?function\b[^(\n]*\("
    r"|(?:const|let|var)\s+\w+[^=\n]*=\s*(?:async\s*)?(?:function\b\s*\*?\s*\w*\s*)?(?:<[^(\n]*>)?\("
    r"|(?:(?:public|private|protected|static|async|override|get|set)\s+)*"
    r"(?!(?:if|for|while|switch|catch|return|await|super|with)\b)#?\w+\s*(?:<[^(\n]*>)?\()"
)
CPP = frozenset({".cpp", ".cc", ".cxx", ".c", ".hpp", ".hh", ".hxx", ".h"})
# What stands before the bracket that opens the parameters, by kind of file.
_HEADS = {
    **dict.fromkeys(
        CPP,
        r"[ \t]*(?!(?:return|else|throw|delete|new|using|typedef|co_\w+|case|goto)\b)"
        r"(?:\[\[[^\]\n]*\]\]\s*)*[A-Za-z_][\w:<>,*& \t]*?[\s*&](?:\w+::)*~?\w+\s*\(",
    ),
    ".rs": r"[^\n(]*(?:\([^)\n]*\)[^\n(]*?)?\bfn\s+\w+\s*(?:<[^(]*>)?\(",
    ".go": r"func\s*(?:\([^)]*\)\s*)?\w+\s*(?:\[[^(]*\])?\(",
    **dict.fromkeys((".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs"), _SCRIPT),
}
_NAMES = {
    # The name stands last there, before what it is without being given.
    # A type may stand there by itself.
    **dict.fromkeys(
        CPP,
        r"[^=]*?[^\s=][\s*&]+(?!(?:int|char|long|short|float|double|bool|auto|const|unsigned)\b)"
        r"(\w+)\s*(?:\[[^\]]*\]\s*)?(?==|$)",
    ),
    ".rs": r"(?:mut\s+)?(\w+)\s*:",
    ".go": r"(\w+)\b",
}
_CPP_BODY = regex(
    r"\s*(?:(?:const|noexcept|override|final|&&?)\s*)*(?:->[^{;\n]*)?"
    r"(?::[^:{][^{;]*|=\s*(?:0|default|delete)\s*)?[{;]"
)
_NAME = r"(?:(?:public|private|protected|readonly)\s+)*(?:\.\.\.)?(\w+)"
# Where a parameter may have a type, or none.
TYPED = frozenset({".ts", ".tsx"})
_ITSELF = frozenset({"self", "this"})
# Characters of a signature.
_LONGEST = 4_000
_UNREAD = regex(r"\"(?:[^\"\\\n]|\\.)*\"|`(?:[^`\\]|\\.)*`|//[^\n]*|/\*(?:(?!\*/).)*\*/", re.DOTALL)
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">"}
# Empty lines, comments, attributes, decorators and templates, which stand above a head.
_ABOVE = regex(
    r"(?:[ \t]*(?:\r?\n|//[^\n]*\n|/\*(?:(?!\*/).)*\*/[ \t]*\r?\n|\*[^\n]*\n|#!?\[[^\n]*\]\s*\n"
    r"|@[^\n]*\n|template\b[^\n]*\n|#(?!\w)[^\n]*\n))*",
    re.DOTALL,
)
_DEFINES = (
    r"\b(?:class|struct|interface|enum|trait|type|union|namespace|mod|fn|func|function|def|const|let"
    r"|var|impl)\s+(?:\([^)]*\)\s*)?{word}\b"
)
_CALLED = r"(?<![.\w]){word}\s*(?:<[^(]*>)?\("


@dataclass(frozen=True, slots=True)
class Parameter:
    """One that a head names, with whether it says a type."""

    name: str
    is_typed: bool


@dataclass(frozen=True, slots=True)
class Head:
    """A function's name and parameters; it ``start``s where its line does.

    ``end`` is behind the bracket that closes its parameters.
    """

    name: str
    start: int
    end: int
    parameters: tuple[Parameter, ...]
    is_accessor: bool = False


def heads_of(path: str, region: str) -> list[Head]:
    """Return the heads of all functions in a region, in their order.

    None in a language that is not known: known are Rust, Go, C++ with C, and TypeScript with
    JavaScript. Names that a pattern takes apart are left out of the parameters.
    """
    kind = PurePosixPath(path).suffix
    if kind not in _HEADS:
        return []
    pattern, name = re.compile(_HEADS[kind]), re.compile(rf"\s*{_NAMES.get(kind, _NAME)}")
    code = _UNREAD.sub(lambda text: " " * len(text[0]), region)
    found: list[Head] = []
    place = 0
    while 0 <= place < len(region):
        place = first_code(region, place)
        match = pattern.match(region, place)
        parts, end = ([], 0) if match is None else _parts(code, match.end())
        if match is not None and end and _is_function(kind, match[0], region[end:]):
            given = [(one, part) for part in parts if (one := name.match(part))]
            is_accessor = re.search(r"\b[gs]et\s+\w+\s*\($", match[0]) is not None
            found.append(Head(_name_in(match[0]), place, end, _parameters(given), is_accessor))
        place = region.find("\n", max(place, end - 1)) + 1 or len(region)
    return found


def _parameters(given: list[tuple[re.Match[str], str]]) -> tuple[Parameter, ...]:
    return tuple(
        # A value that is there without being given tells the type, too.
        Parameter(one[1], one[0].endswith(":") or part[one.end() :].lstrip()[:1] in (*":?=",))
        for one, part in given
        if one[1] not in _ITSELF
    )


def _is_function(kind: str, head: str, rest: str) -> bool:
    """Return whether a head is that of a function: a call of one looks like a method's."""
    if kind in CPP:
        return _CPP_BODY.match(rest) is not None
    if kind in (".rs", ".go") or re.search(r"\bfunction\b", head):
        return True
    return re.match(r"\s*(?:=>|\{|:)", rest) is not None


def _name_in(head: str) -> str:
    if assigned := re.search(r"\b(?:const|let|var)\s+(\w+)", head):
        return assigned[1]
    if cpp := re.search(r"(~?\w+)\s*\($", head):
        return cpp[1]
    names: list[str] = re.findall(r"#?\w+", re.sub(r"[<\[][^(]*\($", "(", head))
    return names[-1] if names else ""


def first_code(region: str, start: int = 0) -> int:
    """Return where the first line begins that is no comment and nothing else above a head.

    The lines are those from ``start`` on, which begins one.
    """
    above = _ABOVE.match(region, start)
    return above.end() if above is not None else start


def is_defined(region: str, word: str) -> bool:
    """Return whether the first line of code in a region defines a word, in any language."""
    line = region[first_code(region) :].partition("\n")[0]
    name = re.escape(word)
    return any(re.search(one.format(word=name), line) for one in (_DEFINES, _CALLED))


def _parts(text: str, start: int) -> tuple[list[str], int]:
    """Return what stands between the commas up to the bracket that closes, and the place behind.

    That is 0 where none closes.
    """
    parts, depth, begun = [], 0, start
    for place in range(start, min(len(text), start + _LONGEST)):
        sign = text[place]
        if depth == 0 and sign in ",)":
            parts.append(text[begun:place])
            begun = place + 1
            if sign == ")":
                return parts, begun
        elif sign == ";" or (sign == "<" and not text[place - 1].isalnum()):
            # No part of a signature, but of a calculation.
            continue
        elif sign in _PAIRS:
            depth += 1
        elif sign in _PAIRS.values() and text[place - 1] not in "=-":
            depth -= 1
    return [], 0
