"""Examples in documentation that nobody asked for, left out: a wrong one is worse than none. Pure.

Small models write them where only a description was wanted, and work out what they give wrongly.
"""

import re
from pathlib import PurePosixPath

from spark_desktop.domain.text import split_lines

_ASKED = re.compile(r"\bexamples?\b|\bdoctests?\b|>>>|\busage\b", re.IGNORECASE)
# Of each kind of file: how a line of documentation begins, what begins examples in it, and what
# ends them. What is matched stands behind the beginning.
_RUST = (r"\s*//[/!]", r"\s*#+\s*Examples?\b", r"\s*#+\s")
_TAGS = (r"\s*\*(?!/)", r"\s*@example\b", r"\s*@\w")
_STYLES = {
    ".rs": _RUST,
    **dict.fromkeys((".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs"), _TAGS),
}
_SECTION = re.compile(r"\s*(?:Examples?|Usage)\s*:?\s*$")
_OTHER_SECTION = re.compile(r"\s*[A-Z][a-z]+(?:\s[A-Z]?[a-z]+)?:?\s*$")
_QUOTES = re.compile(r'"""|' + "'''")


def without_unasked_examples(path: str, instruction: str, region: str) -> str:
    """Return documented code without examples, unless the instruction speaks of any.

    Python's docstrings, Rust's and JavaScript's comments are known; all else stays as it is.
    """
    if _ASKED.search(instruction):
        return region
    if path.endswith((".py", ".pyi")):
        return _without_sections(region)
    style = _STYLES.get(PurePosixPath(path).suffix)
    return region if style is None else _without_blocks(region, *style)


def _without_blocks(region: str, mark: str, begins: str, ends: str) -> str:
    kept: list[str] = []
    is_example = False
    for line in split_lines(region):
        head = re.match(mark, line)
        said = line[head.end() :] if head else ""
        if head is None:
            is_example = False
        elif re.match(begins, said):
            is_example = True
            # The empty lines in front of it were there to set it off.
            while kept and re.fullmatch(rf"{mark}\s*", kept[-1].rstrip("\r\n")):
                kept.pop()
        elif is_example and re.match(ends, said):
            is_example = False
            kept.append(f"{line[: head.end()]}{_ending(line)}")
        if not is_example:
            kept.append(line)
    return "".join(kept)


def _without_sections(region: str) -> str:
    lines = split_lines(region)
    bounds = [row for row, line in enumerate(lines) for _ in _QUOTES.finditer(line)][:2]
    if len(bounds) < 2 or bounds[0] == bounds[1]:
        return region
    first, last = bounds
    kept: list[str] = []
    is_example = False
    for row in range(first + 1, last):
        line = lines[row]
        if _SECTION.match(line) or (line.lstrip().startswith(">>>") and not is_example):
            is_example = True
        elif is_example and _ends_example(lines, row):
            is_example = False
        if not is_example:
            kept.append(line)
    if len(kept) == last - first - 1:
        return region
    while kept and not kept[-1].strip() and lines[last].strip()[:3] in ('"""', "'''"):
        kept.pop()
    return "".join([*lines[: first + 1], *kept, *lines[last:]])


def _ends_example(lines: list[str], row: int) -> bool:
    """Return whether another section, or a paragraph of words, begins in a row."""
    line = lines[row]
    if not line.strip():
        return False
    follows_gap = not lines[row - 1].strip()
    return follows_gap and bool(_OTHER_SECTION.match(line))


def _ending(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]
