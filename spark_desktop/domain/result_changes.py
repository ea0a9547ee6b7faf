"""What a function's other result asks of a call: several values for one, or a list that is lazy."""

import io
import re
import tokenize

from spark_desktop.domain.absent_results import absent_edits, absent_of
from spark_desktop.domain.file_names import FileNames, Occurrence, Role
from spark_desktop.domain.go_calls import call_of
from spark_desktop.domain.go_failing import (
    failing_edits,
    fails_now,
    passing_edits,
    tells_otherwise,
    told_edits,
)
from spark_desktop.domain.go_found import found_edits
from spark_desktop.domain.go_records import record_edits, record_fields
from spark_desktop.domain.map_results import becomes_map, map_edits
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.recorded_results import recorded_edits
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit
from spark_desktop.domain.wrapped_results import turn_of, wrapped_edits

# Makes an object of a method's own class, from that of the method.
_ANEW = (
    r"(?:(?:dataclasses|copy)\.)?replace(?=\(self\b)|(?:attrs?\.)?evolve(?=\(self\b)"
    r"|self\._replace|type\s*\(\s*self\s*\)|self\.__class__|cls"
)
_COUNT = regex(r"(\d+) values")
# Several names are given values at once.
_TAKEN = regex(r"\s*(?:if\s+)?\(?([\w.]+(?:\s*,\s*[\w.]+)+)\)?\s*:?=\s")
_ASSIGNED = regex(r"(\s*)(\w+)(\s*=\s*)([\w.]+\.)?")
_ALONE = regex(r"\s*([\w.]+\.)?")
_LIST_TYPE = regex(r"(?:typing\.)?[Ll]ist(?:\[.*\])?", re.DOTALL)
_LIST = regex(r"(?:list|sorted)?([\[(])")
# Something else is called ``list`` in the file.
_OTHER_LIST = regex(
    r"(?<![\w.])list\s*(?::[^=\n,)]+)?=(?!=)|\bdef\s+list\b|\b(?:for|as|import|class)\s+list\b"
    r"|\bdef\s+\w+\((?:[^)]*,)?\s*\*{0,2}list\s*[,:=)]"
)
# What walks a value from its first element to the last, and behind which the value ends.
_WALKED = (
    (regex(r"\bfor\s[^:()]*\sin\s+$"), regex(r"\s*(?:[:)\]}]|if\b|for\b)")),
    (
        regex(
            r"(?:(?<![\w.])(?:all|any|dict|enumerate|frozenset|list|set|sorted|sum|tuple)"
            r"|\.(?:join|extend|update))\(\s*$"
        ),
        regex(r"\s*[,)]"),
    ),
    # Of several that are given the greatest is one of them.
    (regex(r"(?<![\w.])(?:max|min)\(\s*$"), regex(r"\s*(?:\)|,\s*(?:key|default)=)")),
)
_UNPACKED = regex(r"(?:^|[(,\[{])\s*\*$")
_ENDED = regex(r"[ \t]*(?:#|\r?\n|$)")


def takes_all(one: Occurrence, file: FileNames, change: NameChange) -> bool:
    """Return whether the call takes as many values apart as there are now."""
    if file.language == "go" and tells_otherwise(change):
        return False
    count = _COUNT.match(change.new.gives)
    taken = _TAKEN.match(_before(one, file)) if count is not None else None
    return taken is not None and count is not None and taken[1].count(",") + 1 == int(count[1])


def kept_place(change: NameChange) -> int | None:
    """Return which of the values of now is what was returned before; None where that is open."""
    old, new = change.old.returned, change.new.returned
    if len(old) != 1 or len(new) < 2 or new.count(old[0]) != 1:
        return None
    return new.index(old[0])


def _gives_itself_anew(change: NameChange) -> bool:
    """Return whether a method that changed its object gives another one now.

    Who does not take that has lost the change, and what to do with it nobody can tell.
    """
    container = change.new.container
    made = rf"(?:{_ANEW}|(?:new\s+)?(?:\w+\.)*{re.escape(container)}(?:\.\w+)?)\s*\("
    values = [one for one in change.new.returned if one not in change.old.returned]
    return bool(container) and any(re.match(made, one.strip()) for one in values)


def result_edits(
    one: Occurrence, file: FileNames, change: NameChange, home: str = ""
) -> tuple[TextEdit, ...] | None:
    """Return the edits by which the call goes on with the value that it had; None for unknown.

    ``home`` is the text of the file of what is called.
    """
    if file.language == "go":
        return _of_go(one, file, change, home)
    waits = any(word in change.new.gives for word in ("await", "promise"))
    if one.call is None or waits or _gives_itself_anew(change):
        return None
    if is_lazy_now(change):
        return _listed(one, file)
    if file.language in ("javascript", "typescript", "tsx"):
        if becomes_map(change):
            return map_edits(one, file)
        if (absent := absent_of(change)) is not None:
            return absent_edits(one, file, absent)
    if turn_of(change, file.language) is not None:
        return wrapped_edits(one, file, change, home)
    content, end = file.content, one.call.end + 1
    before = _before(one, file)
    is_last = _ENDED.match(content, end) is not None and not _goes_on(content, one.start)
    if is_last and _ALONE.fullmatch(before):
        # Nobody takes what it gives.
        return ()
    if change.kept is not None:
        return recorded_edits(one, file, change, home)
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


def _of_go(
    one: Occurrence, file: FileNames, change: NameChange, home: str
) -> tuple[TextEdit, ...] | None:
    call = call_of(one, file)
    if call is None:
        return None
    if change.may_fail_now:
        # Who has no error to give goes on as before: what to do about it nobody can tell.
        return passing_edits(call) or ()
    if not call.before.strip() and not call.behind.strip():
        return ()
    if record_fields(change, home):
        return record_edits(call, change, home)
    if tells_otherwise(change):
        return told_edits(call, change)
    return failing_edits(call, change) if fails_now(change) else found_edits(call, change, home)


def is_lazy_now(change: NameChange) -> bool:
    """Return whether a Python function gave a list, and gives what can be walked only once."""
    old, new = change.old, change.new
    if new.gives != "an iterator" or old.gives != "one value":
        return False
    return bool(_LIST_TYPE.fullmatch(old.result)) or (
        len(old.returned) == 1 and _is_list(old.returned[0])
    )


def _is_list(text: str) -> bool:
    """Return whether a value is written as a whole list: no element, and no sum, of any."""
    found = _LIST.match(text)
    if found is None or found[0] == "(" or (found[1] == "[" and found.end() > 1):
        return False
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if not depth and place >= found.end():
            return place == len(text) - 1
    return False


def _listed(one: Occurrence, file: FileNames) -> tuple[TextEdit, ...] | None:
    """Return the edits that make a list of what a call gives, () where it is only walked.

    None where it is not known what the whole call is, or what a list is called there.
    """
    if one.call is None:
        return ()
    content, end = file.content, one.call.end + 1
    start = one.start
    if one.role is Role.MEMBER:
        start -= len(one.receiver) + 1
        if start < 0 or content[start : one.start] != f"{one.receiver}.":
            return None
    before = content[:start].rpartition("\n")[2]
    around = content[slice(*one.around)] if one.around[1] else content
    assigned = _ASSIGNED.fullmatch(before)
    # Read one by one, it was written for what it is now.
    is_read_on = assigned is not None and re.search(rf"\bnext\(\s*{assigned[2]}\b", around)
    is_walked = any(
        walks.search(before) and behind.match(content, end) for walks, behind in _WALKED
    )
    is_unpacked = before.endswith(("next(", "yield from ")) or _UNPACKED.search(before)
    if is_walked or is_read_on or is_unpacked:
        return ()
    if _OTHER_LIST.search(content):
        return None
    return (TextEdit(start, start, "list("), TextEdit(end, end, ")"))


def _goes_on(content: str, start: int) -> bool:
    """Return whether the line goes on with a statement of Python that began above it."""
    above = content[: content.rfind("\n", 0, start) + 1]
    if above.rstrip("\r\n").endswith("\\"):
        return True
    try:
        # What is open in the end is an error.
        for _ in tokenize.generate_tokens(io.StringIO(above).readline):
            pass
    except (tokenize.TokenError, SyntaxError):
        return True
    return False


def _before(one: Occurrence, file: FileNames) -> str:
    return file.content[: one.start].rpartition("\n")[2]
