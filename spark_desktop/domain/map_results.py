"""What reads an object of JavaScript by its keys, where it is a map now. Pure."""

import re

from spark_desktop.domain.file_names import FileNames, Occurrence
from spark_desktop.domain.method_calls import start_of_call
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

_OBJECT = regex(r"(?:Readonly<|Partial<)*Record<.*>|\{\s*(?:readonly\s+)?\[\w+: string\]:.*\}")
_MAP = regex(r"(?:Readonly)?Map<.*>")
_DECLARED = regex(r"\b(?:const|let)\s+([\w$]+)\s*=\s*$")
_LISTED = regex(r"\bObject\.(keys|values|entries)\(\s*$")
_ASKED = regex(r"(\"[^\"\n]*\"|'[^'\n]*'|[\w$.]+)\s+in\s+$")
_WALKED = regex(r"\bfor\s*\(\s*(?:const|let)\s+[\w$]+\s+(in)\s+$")
_EACH = regex(r"\bof\s+$")
_KEY = regex(r"\[([^\[\]\n]+)\]")
# Behind these nobody minds that it may be undefined.
_MAY_BE_NONE = regex(r"\s*(?:\?\?|\|\||[!=]==?\s*(?:undefined|null)\b|\?\.)")


def becomes_map(change: NameChange) -> bool:
    """Return whether a function gave an object with any keys, and gives a map of them now."""
    old, new = (" ".join(one.result.split()) for one in (change.old, change.new))
    return _OBJECT.fullmatch(old) is not None and _MAP.fullmatch(new) is not None


def map_edits(one: Occurrence, file: FileNames) -> tuple[TextEdit, ...] | None:
    """Return the edits by which a call's result is read as a map; None for what is not known."""
    start = start_of_call(one, file.content)
    if one.call is None or start is None:
        return None
    content, end = file.content, one.call.end + 1
    declared = _DECLARED.search(content[max(0, start - 200) : start])
    if declared is None:
        return _read(content, start, end)
    if not re.match(r"\s*(?:;|\r?\n(?!\s*[.\[(?]))", content[end:]):
        return None
    name, inside = declared[1], slice(end, one.around[1] or len(content))
    whole = content[one.around[0] : inside.stop]
    if len(re.findall(rf"(?<![\w$.]){re.escape(name)}\s*(?:=(?![=>])|\+\+|--|=>)", whole)) != 1:
        return None  # it is another thing at times
    found: list[TextEdit] = []
    for match in re.finditer(rf"(?<![\w$.]){re.escape(name)}(?![\w$])", content[inside]):
        edits = _read(content, end + match.start(), end + match.end())
        if edits is None:
            return None
        found += edits
    return tuple(found)


def _read(content: str, start: int, end: int) -> tuple[TextEdit, ...] | None:
    """Return the edits for one place where the object is read."""
    before, behind = content[max(0, start - 200) : start], content[end : end + 200]
    if listed := _LISTED.search(before):
        return _listed(listed, before, (start, end), behind)
    if walked := _WALKED.search(before):
        at = start - len(before) + walked.start(1)
        is_ended = re.match(r"\s*\)", behind)
        return (TextEdit(at, at + 2, "of"), TextEdit(end, end, ".keys()")) if is_ended else None
    if asked := _ASKED.search(before):
        begin = start - len(before) + asked.start()
        whole = content[start:end]
        return (TextEdit(begin, end, f"{whole}.has({asked[1]})"),)
    if key := _KEY.match(behind):
        rest = behind[key.end() :]
        is_shown = before.endswith("${") and rest.startswith("}")
        if is_shown or _MAY_BE_NONE.match(rest):
            return (TextEdit(end, end + key.end(), f".get({key[1]})"),)
    return None


def _listed(
    listed: re.Match[str], before: str, place: tuple[int, int], behind: str
) -> tuple[TextEdit, ...] | None:
    """Return the edits for what lists the keys, the values or both."""
    start, end = place
    closed = re.match(r"\s*\)(\.length\b)?", behind)
    if closed is None:
        return None
    begin, until = start - len(before) + listed.start(), end + closed.end()
    if closed[1]:
        return TextEdit(begin, start, ""), TextEdit(end, until, ".size")
    part = "" if listed[1] == "entries" else f".{listed[1]}()"
    is_each = _EACH.search(before[: listed.start()]) and behind[closed.end() :].startswith(")")
    if is_each:
        return TextEdit(begin, start, ""), TextEdit(end, until, part)
    return TextEdit(begin, start, "[..."), TextEdit(end, until, f"{part}]")
