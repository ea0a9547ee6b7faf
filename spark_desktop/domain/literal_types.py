"""Types that are one of several texts, and which text of one is another now. Pure."""

import re

_COMMENTS = re.compile(r"//[^\n]*|/\*.*?\*/|(?<![\"'\w])#[^\n]*", re.DOTALL)
_UNION = re.compile(r"\s*(?:export\s+)?type\s+\w+\s*=\s*\|?(.*?);?\s*", re.DOTALL)
_LITERAL = re.compile(
    r"\s*(?:type\s+)?\w+(?:\s*:\s*[\w.]+)?\s*=\s*(?:\w+\.)?Literal\[(.*?),?\s*\]\s*", re.DOTALL
)
_TEXT = re.compile(r"\"[^\"\\]*\"|'[^'\\]*'")


def literal_change(before: str, after: str) -> tuple[str, str, tuple[str, ...]] | None:
    """Return the value that went, the one that came in its place, and the others of a type.

    None where its texts are not of a type of texts, or changed in another way.
    """
    old, new = _members(before), _members(after)
    if len(old) != len(new) or len(old) < 2 or len(set(old)) < len(old):
        return None
    changed = [(one, other) for one, other in zip(old, new, strict=True) if one != other]
    if len(changed) != 1 or changed[0][1] in old:
        return None
    return (*changed[0], tuple(one for one in old if one != changed[0][0]))


def _members(text: str) -> tuple[str, ...]:
    """Return the values of ``type A = "x" | "y"`` or ``A = Literal["x", "y"]``; () of all else."""
    text = _COMMENTS.sub("", text)
    listed = _LITERAL.fullmatch(text)
    found = listed or _UNION.fullmatch(text)
    if found is None:
        return ()
    parts = [one.strip() for one in found[1].split("," if listed else "|")]
    is_text = all(_TEXT.fullmatch(one) for one in parts)
    return tuple(one[1:-1] for one in parts) if is_text else ()
