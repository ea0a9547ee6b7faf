"""What a use of a flag is to be once the flag says the opposite. Pure."""

import re

from spark_desktop.domain.file_names import FileNames, Occurrence, Role
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

# What a value stands between where ``not`` in front of it negates just that.
_OPENS = regex(
    r"(?:^|[\n(\[{,:]|(?<![=!<>])=|\b(?:if|elif|while|and|or|return|else|yield|assert)\b)[ \t]*$"
)
_CLOSES = regex(r"[ \t]*(?:$|[\n\r)\]},:#;]|(?:and|or|if|else|for)\b)")
_COMPARED = regex(r"\s*(?:[=!]=|[<>]|\bis\b|\bin\b|\bnot\s+in\b)")
# What does more with it than to read it, or goes on with what it gives.
_GOES_ON = regex(r"\s*(?:\?|\.|\[|\()|\s*(?:[-+*/%&|^]|<<|>>|&&|\|\||\?\?)=|\+\+|--")
_TERNARY = regex(r"\s*\?(?![.?])|\s*\?\s*\.\d")
_SET = regex(r"\s*(?::?=)(?![=>])[ \t]*")
_TAKEN = regex(r"(?<!&)&\s*(?:mut\s+)?$|\b(?:del|delete|await)\s+$|\+\+$|--$")
_SIMPLE = regex(r"[\w$]+(?:(?:\.|->|::)[\w$]+)*(?:\([^()]*\))?")
_LITERALS = {"true": "false", "false": "true", "True": "False", "False": "True"}
_CASE = regex(r"\s*case\b")


def opposite_edits(
    one: Occurrence, file: FileNames, change: NameChange
) -> tuple[TextEdit, ...] | None:
    """Return the edits by which a use means what it did; None where that cannot be computed.

    What is read is negated, and so is what is set or given.
    """
    if one.role in (Role.IMPORTED, Role.EXPORTED):
        brought = next((each for each in file.brought if each.name_at == one.start), None)
        local = one.name if brought is None else brought.local.removeprefix("export ")
        # What is called otherwise in the file nobody looked at.
        return (TextEdit(one.start, one.end, change.new.name),) if local == one.name else None
    is_declared = one.role is Role.BOUND and one.shape is None
    if is_declared or (change.old.parameters is None) is not (one.call is None):
        return None
    return _negated(one, file, change.new.name)


def _negated(one: Occurrence, file: FileNames, new: str) -> tuple[TextEdit, ...] | None:
    if one.shape is not None and one.shape.is_element:
        return None
    if one.role is Role.SHORTHAND:
        return (TextEdit(one.start, one.end, f"{new}: {_negation(one.name, file.language)}"),)
    if one.shape is not None and one.role is Role.BOUND:
        return _taken_apart(one, file, new)
    if one.role is Role.LABEL or one.shape is not None:
        return _given(one, file, new)
    start = one.start
    if one.role is Role.MEMBER:
        start = _begin(one, file.content)
    end = one.end if one.call is None else one.call.end + 1
    return None if start < 0 else _read(file, (start, end), one, new)


def _begin(one: Occurrence, content: str) -> int:
    """Return where what the member is called on begins; -1 where that is not known."""
    for sign in (".", "->", "::"):
        start = one.start - len(one.receiver) - len(sign)
        if one.receiver and start >= 0 and content[start : one.start] == f"{one.receiver}{sign}":
            return start
    return -1


def _read(
    file: FileNames, place: tuple[int, int], one: Occurrence, new: str
) -> tuple[TextEdit, ...] | None:
    """Return the edits of a value that is read, or set, at a place."""
    start, end = place
    before, after = file.content[max(0, start - 200) : start], file.content[end:]
    named = TextEdit(one.start, one.end, new)
    if _TAKEN.search(before):
        return None
    if (given := _SET.match(after)) is not None:
        value = _set(file, end + given.end())
        return None if value is None else (named, value)
    is_python = file.language == "python"
    if _GOES_ON.match(after) and not (_TERNARY.match(after) and not is_python):
        return None
    if not is_python:
        if before.endswith("!"):
            return (TextEdit(start - 1, start, ""), named)
        return (TextEdit(start, start, "!"), named) if start < one.start else _whole(one, "!", new)
    if (negated := re.search(r"\bnot\s+$", before)) is not None:
        at = start - len(negated[0])
        return None if _COMPARED.match(after) else (TextEdit(at, start, ""), named)
    if _OPENS.search(before) and _CLOSES.match(after):
        first = "not "
        return (
            (TextEdit(start, start, first), named) if start < one.start else _whole(one, first, new)
        )
    if start == one.start:
        return (TextEdit(one.start, one.end, f"(not {new}"), TextEdit(end, end, ")"))
    return (TextEdit(start, start, "(not "), named, TextEdit(end, end, ")"))


def _whole(one: Occurrence, first: str, new: str) -> tuple[TextEdit, ...]:
    return (TextEdit(one.start, one.end, f"{first}{new}"),)


def _given(one: Occurrence, file: FileNames, new: str) -> tuple[TextEdit, ...] | None:
    """Return the edits of what is given by the name: ``open: true``, ``open=True``."""
    sign = re.compile(r"\s*[:=](?!=)[ \t]*").match(file.content, one.end)
    if sign is None or (one.shape is not None and not one.shape.is_made and one.shape.keys):
        return None
    value = _set(file, sign.end())
    line = file.content[: one.start].rpartition("\n")[2]
    if value is None or (_CASE.match(line) and value.new not in _LITERALS):
        return None
    return (TextEdit(one.start, one.end, new), value)


def _set(file: FileNames, start: int) -> TextEdit | None:
    """Return the edit that negates the value that begins at a place; None for one of many words."""
    depth, end = 0, start
    while end < len(file.content):
        sign = file.content[end]
        depth += (sign in "([{") - (sign in ")]}")
        if depth < 0 or (not depth and sign in ",;\n#"):
            break
        end += 1
    text = file.content[start:end].rstrip()
    made = _negation(text, file.language)
    return TextEdit(start, start + len(text), made) if made else None


def _negation(text: str, language: str) -> str:
    """Return the opposite of an expression, "" where it is not a simple one."""
    if text in _LITERALS:
        return _LITERALS[text]
    sign = "not " if language == "python" else "!"
    inner = text.removeprefix(sign)
    if not _SIMPLE.fullmatch(inner):
        return ""
    return inner if inner != text else f"{sign}{text}"


def _taken_apart(one: Occurrence, file: FileNames, new: str) -> tuple[TextEdit, ...] | None:
    """Return the edits of a pattern that makes a variable of the field, and of that variable."""
    shape = one.shape
    if shape is None or not shape.is_short or shape.type or file.language == "rust":
        return None
    begin, end = one.around
    whole = file.content[begin:end]
    same = [
        each for each in file.occurrences if each.name == one.name and each.around == one.around
    ]
    bound = [each for each in same if each.role is Role.BOUND and not each.receiver]
    if not end or len(bound) != 1 or re.search(rf"(?<![\w$.]){re.escape(new)}(?![\w$])", whole):
        return None
    if not re.match(r"\s*[,}]", file.content[one.end :]):
        return None
    edits = [TextEdit(one.start, one.end, new)]
    for each in same:
        if each.role not in (Role.BARE, Role.SHORTHAND):
            continue
        if each.role is Role.SHORTHAND:
            edits.append(TextEdit(each.start, each.end, f"{each.name}: !{new}"))
            continue
        found = _read(file, (each.start, each.end), each, new)
        if found is None or each.call is not None:
            return None
        edits += found
    return tuple(edits)
