"""Examples in documentation that nobody asked for, left out: a wrong one is worse than none. Pure.

Small models write them where only a description was wanted, and work out what they give wrongly.
"""

import re
from pathlib import PurePosixPath

from spark_desktop.domain.regex import regex
from spark_desktop.domain.text import split_lines

_ASKED = regex(r"\bexamples?\b|\bdoctests?\b|>>>|\busage\b", re.IGNORECASE)
_SCRIPTS = frozenset({".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs"})
_RUST_LINE = regex(r"\s*//[/!]")
_RUST_EXAMPLES = regex(r"\s*#+\s*Examples?\b")
_RUST_HEADING = regex(r"\s*#+\s+[A-Z]")
_FENCE = regex(r"\s*(?:```|~~~)")
_STAR_LINE = regex(r"\s*\*(?!/)")
_EXAMPLE_TAG = regex(r"\s*@example\b")
# With a capital, or called, it is a decorator in the example.
_TAG = regex(r"\s*@[a-z]\w*\b(?!\()")
_SECTION = regex(
    r"\s*(?:for example|examples?(?:\s+usage)?|usage(?:\s+examples?)?)\s*:?\s*$", re.IGNORECASE
)
# What begins another part of a docstring even where no empty line stands before it.
_FIELD = regex(
    r"\s*(?::[a-z]+\b[^:\n]*:"
    r"|(?:Args|Arguments|Parameters|Returns?|Yields|Raises|Notes?|See Also|Attributes)\s*:?\s*$)"
)
_PROMPT = regex(r"\s*>>>")
_QUOTES = regex(r'"""|' + "'''")


def without_unasked_examples(path: str, instruction: str, region: str) -> str:
    """Return documented code without examples, unless the instruction speaks of any.

    Python's docstrings, Rust's and JavaScript's comments are known; all else stays as it is.
    """
    if _ASKED.search(instruction):
        return region
    suffix = PurePosixPath(path).suffix
    if suffix in (".py", ".pyi"):
        return _without_sections(region)
    if suffix == ".rs":
        return _without_rust(region)
    return _without_tags(region) if suffix in _SCRIPTS else region


def has_examples(text: str) -> bool:
    """Return whether there is an example already: it is a person's, and so may others be."""
    return any(
        pattern.match(line.lstrip().lstrip("/*!#").removeprefix("*"))
        for line in split_lines(text)
        for pattern in (_SECTION, _EXAMPLE_TAG, _PROMPT, _FENCE)
    ) or any(_RUST_EXAMPLES.match(line.lstrip().lstrip("/!")) for line in split_lines(text))


def _without_rust(region: str) -> str:
    kept: list[str] = []
    is_example = is_fenced = is_over = False
    for line in split_lines(region):
        head = _RUST_LINE.match(line)
        said = line[head.end() :] if head else ""
        if head is None:
            is_example = is_fenced = is_over = False
        elif _FENCE.match(said):
            # In code a line that begins with a hash is one that the page does not show.
            is_fenced = not is_fenced
            is_over = is_example and not is_fenced
        elif not is_fenced and _RUST_EXAMPLES.match(said):
            is_example, is_over = True, False
            _drop_gap(kept, _RUST_LINE)
        elif (
            is_example
            and not is_fenced
            and (_RUST_HEADING.match(said) or (is_over and said.strip()))
        ):
            is_example = is_over = False
            kept.append(f"{line[: head.end()]}{_ending(line)}")
        if not is_example:
            kept.append(line)
    return "".join(kept)


def _without_tags(region: str) -> str:
    kept: list[str] = []
    is_example = False
    for line in split_lines(region):
        head = _STAR_LINE.match(line)
        said = line[head.end() :] if head else ""
        if head is None:
            is_example = False
        elif _EXAMPLE_TAG.match(said):
            is_example = True
            _drop_gap(kept, _STAR_LINE)
        elif is_example and _TAG.match(said):
            is_example = False
            kept.append(f"{line[: head.end()]}{_ending(line)}")
        if is_example and "*/" in said:
            # The comment ends with the example; without this the code would be in it.
            is_example = False
            line = f"{line[: line.index('*')]}{line[line.index('*/') :]}"
        if not is_example:
            kept.append(line)
    return "".join(kept)


def _drop_gap(kept: list[str], mark: re.Pattern[str]) -> None:
    """Take the empty lines away that set an example off."""
    while kept and (head := mark.match(kept[-1])) and not kept[-1][head.end() :].strip():
        kept.pop()


def _without_sections(region: str) -> str:
    lines = split_lines(region)
    bounds = [
        (row, match.start()) for row, line in enumerate(lines) for match in _QUOTES.finditer(line)
    ][:2]
    if len(bounds) < 2 or bounds[0][0] == bounds[1][0]:
        return region
    (first, _), (last, column) = bounds
    kept: list[str] = []
    # Where the example is indented to, None outside of one.
    begun: int | None = None
    has_code = is_deeper = False
    for row in range(first + 1, last + 1):
        line = lines[row] if row < last else lines[row][:column]
        is_over = is_deeper or (has_code and not lines[row - 1].strip())
        if begun is not None and _ends(line, begun, is_over):
            begun = None
        if begun is None and (_SECTION.match(line) or line.lstrip().startswith(">>>")):
            begun, has_code, is_deeper = _width(line), not _SECTION.match(line), False
        elif begun is not None and line.strip():
            has_code, is_deeper = True, is_deeper or _width(line) > begun
        if begun is None and row < last:
            kept.append(line)
    if len(kept) == last - first - 1 and begun is None:
        return region
    end = lines[last]
    if begun is not None and end[:column].strip():
        # What the example gives shares its line with the quotes.
        end = f"{end[: _width(end)]}{end[column:]}"
    while kept and not kept[-1].strip() and end.lstrip().startswith(('"""', "'''")):
        kept.pop()
    return "".join([*lines[: first + 1], *kept, end, *lines[last + 1 :]])


def _ends(line: str, begun: int, is_over: bool) -> bool:
    """Return whether an example that is indented to ``begun`` ends in front of a line.

    ``is_over``: what was indented below its title, or an empty line after code, stands above.
    """
    if not line.strip() or line.lstrip().startswith((">>>", "...")) or _width(line) > begun:
        return False
    return is_over or _FIELD.match(line) is not None


def _width(line: str) -> int:
    return len(line) - len(line.lstrip())


def _ending(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]
