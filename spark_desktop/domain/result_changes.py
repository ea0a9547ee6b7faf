"""What a function's other result asks of a call: several values for one, or a list that is lazy."""

import re

from spark_desktop.domain.file_names import FileNames, Occurrence
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.text_edits import TextEdit

_COUNT = re.compile(r"(\d+) values")
# Several names are given values at once.
_TAKEN = re.compile(r"\s*(?:if\s+)?\(?([\w.]+(?:\s*,\s*[\w.]+)+)\)?\s*:?=\s")
_ASSIGNED = re.compile(r"(\s*)(\w+)(\s*=\s*)([\w.]+\.)?")
_ALONE = re.compile(r"\s*([\w.]+\.)?")
_LIST_TYPE = re.compile(r"(?:typing\.)?[Ll]ist\b")
_LIST = re.compile(r"\[|(?:list|sorted)\(")
_RECEIVER = re.compile(r"(?:\w+\.)+$")
# What walks a value from its first element to the last, and behind which the value ends.
_WALKED = re.compile(
    r"(?:\bfor\s[^:()]*\sin\s+|\b(?:all|any|dict|enumerate|frozenset|list|max|min|set|sorted|sum|tuple)"
    r"\(\s*|\.(?:join|extend|update)\(\s*)$"
)
_WALKED_TO = re.compile(r"\s*(?:[:,)\]}]|if\b|for\b)")
_ENDED = re.compile(r"[ \t]*(?:#|\r?\n|$)")


def takes_all(one: Occurrence, file: FileNames, change: NameChange) -> bool:
    """Return whether the call takes as many values apart as there are now."""
    count = _COUNT.match(change.new.gives)
    taken = _TAKEN.match(_before(one, file)) if count is not None else None
    return taken is not None and count is not None and taken[1].count(",") + 1 == int(count[1])


def kept_place(change: NameChange) -> int | None:
    """Return which of the values of now is what was returned before; None where that is open."""
    old, new = change.old.returned, change.new.returned
    if len(old) != 1 or len(new) < 2 or new.count(old[0]) != 1:
        return None
    return new.index(old[0])


def result_edits(
    one: Occurrence, file: FileNames, change: NameChange
) -> tuple[TextEdit, ...] | None:
    """Return the edits by which the call goes on with the value that it had; None for unknown."""
    if one.call is None or any(word in change.new.gives for word in ("await", "promise")):
        return None
    if is_lazy_now(change):
        return _listed(one, file)
    content, end = file.content, one.call.end + 1
    before, is_last = _before(one, file), _ENDED.match(content, end) is not None
    if is_last and _ALONE.fullmatch(before):
        # Nobody takes what it gives.
        return ()
    place = kept_place(change)
    if place is None:
        return None
    assigned = _ASSIGNED.fullmatch(before) if is_last else None
    if assigned is None or re.search(r"(?<!\w)_\(|\bimport\b.*(?<!\w)_(?!\w)", content):
        # Where _ translates texts it is no name for what is not needed.
        return (TextEdit(end, end, f"[{place}]"),)
    names = ["_"] * len(change.new.returned)
    names[place] = assigned[2]
    start = one.start - len(before) + len(assigned[1])
    return (TextEdit(start, start + len(assigned[2]), ", ".join(names)),)


def is_lazy_now(change: NameChange) -> bool:
    """Return whether a Python function gave a list, and gives what can be walked only once."""
    old, new = change.old, change.new
    if new.gives != "an iterator" or old.gives != "one value":
        return False
    return bool(_LIST_TYPE.match(old.result)) or (
        len(old.returned) == 1 and _LIST.match(old.returned[0]) is not None
    )


def _listed(one: Occurrence, file: FileNames) -> tuple[TextEdit, ...]:
    """Return the edits that make a list of what a call gives, () where it is only walked."""
    if one.call is None:
        return ()
    content, end = file.content, one.call.end + 1
    receiver = _RECEIVER.search(content[: one.start])
    start = one.start if receiver is None else receiver.start()
    before = content[:start].rpartition("\n")[2]
    around = content[slice(*one.around)] if one.around[1] else content
    assigned = _ASSIGNED.fullmatch(before)
    # Read one by one, it was written for what it is now.
    is_read_on = assigned is not None and re.search(rf"\bnext\(\s*{assigned[2]}\b", around)
    is_walked = _WALKED.search(before) is not None and _WALKED_TO.match(content, end) is not None
    if is_walked or is_read_on or before.endswith(("next(", "yield from ", "*")):
        return ()
    return (TextEdit(start, start, "list("), TextEdit(end, end, ")"))


def _before(one: Occurrence, file: FileNames) -> str:
    return file.content[: one.start].rpartition("\n")[2]
