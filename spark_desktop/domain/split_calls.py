"""A call of a class that a method of it does the work of now. Pure."""

from spark_desktop.domain.file_names import Occurrence, Role
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

# What JavaScript makes an object with.
_NEW = regex(r"\bnew\s+$")


def instead_of(one: Occurrence, content: str, new: str) -> TextEdit | None:
    """Return the edit that calls the method ``new`` of the class; None for what is not known."""
    start = one.start
    if one.role is Role.MEMBER:
        start -= len(one.receiver) + 1
    is_whole = start == one.start or content[start : one.start] == f"{one.receiver}."
    if not is_whole or content[one.end : one.end + 1] == "<":
        return None
    made = _NEW.search(content[max(0, start - 100) : start])
    if made is None:
        return TextEdit(one.end, one.end, f".{new}")
    begin = start - len(made[0])
    return TextEdit(begin, one.end, f"{content[start : one.end]}.{new}")
