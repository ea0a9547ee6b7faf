"""Which beginnings of a line may yet open a block: they are held back, all else is shown at once.

Each test holds for every beginning of a text that it holds for. So it does not matter how much of
a line has come when it is asked, and the answer reads the same in any split.
"""

from spark_desktop.domain.regex import regex

# A longer line opens nothing; so what is held back, and looked at again, stays short.
_LONGEST = 1000
_LIST = regex(r"(?:[-*+]|\d{1,3}[.)])[ \t]+")
_LIST_BEGUN = regex(r"[-*+]|\d{1,3}[.)]?")
_HEADS = (
    "```",
    "~~~",
    "--- ",
    "diff --git ",
    "*** Begin Patch",
    "*** Add File:",
    "*** Update File:",
    "*** Delete File:",
    "***Begin Patch",
    "<think>",
    "<thinking>",
    "<reasoning>",
    "apply_patch",
    "$ apply_patch",
)
_MARKS = regex(r"<{1,4}|<{5,}(?:[ \t]?(?:[SO].*)?)|-{1,4}|-{5,}(?:[ \t]?(?:[SO].*)?)")


def may_open(text: str) -> bool:
    """Return whether a line that begins with ``text`` may open a block, or reasoning."""
    if len(text) > _LONGEST:
        return False
    begun = text.lstrip(" \t")
    if not begun or _LIST_BEGUN.fullmatch(begun) or _MARKS.fullmatch(begun):
        return True
    if any(_agree(begun.lower(), head.lower()) for head in _HEADS):
        return True
    item = _LIST.match(begun)
    fence = begun[item.end() :] if item else ""
    return item is not None and any(_agree(fence, mark) for mark in ("```", "~~~"))


def may_open_second(text: str) -> bool:
    """Return whether a line may be the second of two that open a block together."""
    return len(text) <= _LONGEST and (_agree(text, "+++ ") or _agree(text, "*** "))


def _agree(text: str, head: str) -> bool:
    return text.startswith(head) or head.startswith(text)
