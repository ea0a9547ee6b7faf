"""Keeps an answer inside the region that was asked for.

Small models like to repeat the surroundings that they were shown: the imports, the functions before
and after. What they repeat is not theirs to change, so it is cut off, and where cutting is not
possible the answer is outside of what was asked.
"""

from collections.abc import Iterable, Sequence

from spark_desktop.domain.regex import regex
from spark_desktop.domain.text import split_lines

# A line that opens a definition, in the languages that the product has a parser for.
_DEFINITION = regex(
    r"\s*(?:@|(?:(?:export|default|pub(?:\([^)]*\))?|public|private|protected|internal|static|async"
    r"|abstract|final|override|unsafe|virtual|inline|constexpr)\s+)*"
    r"(?:def|class|func|function|fn|struct|enum|trait|impl|interface|module|type)\s+\w"
    r"|[\w<>\[\]&*:,~]+(?:\s+[\w<>\[\]&*:,~]+)*\s+[*&]?\w+\s*\([^;]*\)\s*(?:const\s*)?\{\s*$)"
)
_IMPORT = regex(r"\s*(?:from|import|#include|use|using|require|package)\b")
_FROM_IMPORT = regex(r"from\s+([\w.]+)\s+import\s+([\w\s,()]+)")
_PLAIN_IMPORT = regex(r"import\s+([\w.\s,]+)")
_COMMENT = regex(r"\s*(?://|/\*|\*|#(?!\s*(?:include|define|if|pragma|!\[|\[)))")
_KEYWORDS = regex(r"\s*(?:return|if|for|while|switch|catch|with|elif|else|new|throw|case)\b")


def surroundings(head: Sequence[str], region: str, tail: Sequence[str]) -> str:
    """Return the lines before and after a region that an answer may repeat.

    These are the ones that are indented less, and its neighbours: two classes may have methods of
    the same first line, and what is within other functions is nobody's to cut off.
    """
    depth = _depth(_first_of(split_lines(region)))
    above = _near(reversed(head), depth)
    return "".join([*reversed(above), *_near(tail, depth)])


def _near(lines: Iterable[str], depth: int) -> list[str]:
    found = []
    is_near = True
    for line in lines:
        inner = _depth(line)
        if line.strip() and (inner < depth or (inner == depth and is_near)):
            found.append(line)
            is_near = is_near and (inner == depth or not _DEFINITION.match(line))
    return found


def clipped(answer: str, region: str, outside: str) -> str:
    """Return the answer without the surroundings that it repeats before and after the region.

    ``region`` is the text that was asked for, ``outside`` what of the file's rest an answer may
    repeat. What stands deeper in the answer than the region's first line is the region's own.
    """
    foreign = _foreign(region, outside)
    anchor = _first_of(split_lines(region)).strip()
    lines = _without_known_imports(split_lines(answer), anchor, outside)
    texts = [line.strip() for line in lines]
    depth = _depth(lines[texts.index(anchor)] if anchor in texts else _first_of(lines))
    if _first_of(lines).strip() in foreign and anchor in texts:
        start = texts.index(anchor)
        lines, texts = lines[start:], texts[start:]
    for number, text in enumerate(texts):
        if number and text in foreign and _depth(lines[number]) <= depth:
            ending = answer[len(answer.rstrip("\n")) :]
            return "".join(lines[:number]).rstrip() + ending
    return "".join(lines)


def _without_known_imports(lines: list[str], anchor: str, outside: str) -> list[str]:
    """Drop imports in front of the region whose names the file imports already."""
    texts = [line.strip() for line in lines]
    if anchor not in texts or _IMPORT.match(anchor):
        return lines
    start = texts.index(anchor)
    head = lines[:start]
    known = {name for line in split_lines(outside) for name in _imported(line)}
    kept = [line for line in head if not (names := _imported(line)) or not names <= known]
    if len(kept) == len(head):
        return lines
    return (kept if any(line.strip() for line in kept) else []) + lines[start:]


def _imported(line: str) -> set[tuple[str, str]]:
    """Return (module, name) of each name that a line of Python imports."""
    found = _FROM_IMPORT.fullmatch(line.strip())
    if found:
        return {(found[1], name.strip()) for name in found[2].strip("()").split(",")}
    found = _PLAIN_IMPORT.fullmatch(line.strip())
    return {(name.strip(), "") for name in found[1].split(",")} if found else set()


def with_explanation(answer: str, region: str) -> str:
    """Return the answer below the comment that the region begins with, where it left that out."""
    head = []
    for line in split_lines(region):
        if not _COMMENT.match(line):
            break
        head.append(line)
    first = next((line for line in split_lines(answer) if line.strip()), "")
    return answer if not head or not first or _COMMENT.match(first) else "".join(head) + answer


def strays(answer: str, region: str, outside: str) -> str:
    """Return the first line of the answer that belongs to other code of the file, else nothing."""
    foreign = _foreign(region, outside)
    lines = split_lines(answer)
    depth = _depth(_first_of(lines))
    for line in lines:
        if line.strip() in foreign and _depth(line) <= depth:
            return line.strip()
    return ""


def _first_of(lines: Iterable[str]) -> str:
    """Return the first line that says something, "" for none."""
    return next((line for line in lines if line.strip()), "")


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _foreign(region: str, outside: str) -> frozenset[str]:
    """Return the definitions and imports of the file that are not the region's."""
    own = {line.strip() for line in split_lines(region)}
    return frozenset(
        line.strip()
        for line in split_lines(outside)
        if line.strip() and line.strip() not in own and _opens(line)
    )


def _opens(line: str) -> bool:
    if _KEYWORDS.match(line):
        return False
    # Decorators occur on many functions; seeing one again says nothing.
    if line.lstrip().startswith("@"):
        return False
    return bool(_DEFINITION.match(line) or _IMPORT.match(line))
