"""What the call of a function is once it is a method of what it took first. Pure."""

import re

from spark_desktop.domain.call_changes import Unclear
from spark_desktop.domain.defined import Defined, Parameter
from spark_desktop.domain.file_names import Call, FileNames, Occurrence, Role
from spark_desktop.domain.parameter_objects import is_commented
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

_POINTER = regex(r"func\s*\(\s*\w+\s+\*")
_C = ("c", "cpp")
_SCRIPT = ("javascript", "typescript", "tsx")
# Behind these a line of a script is not ended by a bracket's being a call of it.
_BEFORE_STATEMENT = ";{}(,=:?&|>["
_NOTHING = ("None", "null", "nil", "undefined", "nullptr")
_NAMED = regex(r"[A-Za-z_$][\w$]*(?:\.[\w$]+)*")
# ``new Shape()``, which has its brackets.
_MADE = regex(r"new\s+[\w$.]+\([^()]*\)")
# What takes the place of an object, or gives what is at one.
_SIGN = regex(r"&\s*(?:mut\s+)?|\*\s*")


def as_method(
    one: Occurrence, call: Call, function: Defined, method: Defined, file: FileNames
) -> tuple[TextEdit, ...] | Unclear:
    """Return the edits that call the method on what was the first argument, or why none can."""
    content, start = file.content, start_of_call(one, file.content)
    taken = (function.parameters or ())[0]
    if not call.arguments:
        return Unclear.UNFIT
    first, rest = call.arguments[0], call.arguments[1:]
    if first.is_spread:
        return Unclear.SPREAD
    is_other = first.keyword not in ("", taken.name)
    if start is None or is_other or content[one.end : call.start] != "(":
        return Unclear.FORM
    if is_commented(call, content) or (method.is_property and rest):
        return Unclear.FORM
    value = first.text.partition("=")[2].strip() if first.keyword else first.text
    held = _held(value, taken, method, file.language)
    if held is None or (held[1] and _would_go_on(content, start, file.language)):
        return Unclear.FORM
    skipped, before, behind = held
    opened = TextEdit(start, first.end - len(value) + skipped, before)
    if method.is_property:
        return opened, TextEdit(first.end, call.end + 1, f"{behind}{method.name}")
    until = rest[0].start if rest else call.end
    # Arguments that stand line by line stay so.
    gap = content[first.end : until].partition(",")[2] if rest else ""
    gap = gap if "\n" in gap else ""
    return opened, TextEdit(first.end, until, f"{behind}{method.name}({gap}")


def start_of_call(one: Occurrence, content: str) -> int | None:
    """Return where the name begins with what stands before it, as a module's."""
    if one.role is not Role.MEMBER:
        return one.start
    for dot in (".", "::"):
        start = one.start - len(one.receiver) - len(dot)
        if start >= 0 and content[start : one.start] == f"{one.receiver}{dot}":
            return start
    return None


def _held(
    value: str, taken: Parameter, method: Defined, language: str
) -> tuple[int, str, str] | None:
    """Return what makes a value one on which the method is called: what is taken from its
    beginning, put before it and behind it. None where that cannot be told."""
    has_pointers = language in ("go", "rust", *_C)
    found = _SIGN.match(value) if has_pointers else None
    sign, inner = (found[0], value[found.end() :]) if found else ("", value)
    is_pointer = language in _C and "*" in taken.type
    if not inner or inner in _NOTHING:
        return None
    is_copied = language == "go" and "*" not in taken.type and _POINTER.match(method.text)
    if is_copied and (sign or _NAMED.fullmatch(inner) is None):
        # What a call gives has no place of which a pointer could be taken.
        return None
    is_made = language in _SCRIPT and _MADE.fullmatch(inner)
    if not (is_made or _is_simple(inner)):
        # The sign stays, and what it gives is what is asked.
        return (0, "(", ")->") if is_pointer else (0, "(", ").")
    if language in _C and sign.startswith("*"):
        return None if is_pointer else (len(sign), "", "->")
    if is_pointer:
        return (len(sign), "", ".") if sign else (0, "", "->")
    return len(sign), "", "."


def _is_simple(value: str) -> bool:
    """Return whether a member can be asked of an expression without brackets around it."""
    rest = re.sub(r"^[A-Za-z_$][\w$]*", "", value)
    if rest == value:
        return False
    while rest:
        if found := re.match(r"(?:\.|::|->)[A-Za-z_$][\w$]*|[!?](?![\w=.])", rest):
            rest = rest[found.end() :]
            continue
        end = _closing(rest)
        if end is None:
            return False
        rest = rest[end:]
    return True


def _closing(text: str) -> int | None:
    """Return the place behind the bracket that ends what the text begins with; None for none."""
    if text[:1] not in ("(", "["):
        return None
    depth, quote = 0, ""
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'`":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if not depth:
                return at + 1
    return None


def _would_go_on(content: str, start: int, language: str) -> bool:
    """Return whether a bracket there would call what the line above ends with."""
    if language not in _SCRIPT or content[:start].rpartition("\n")[2].strip():
        return False
    above = content[:start].rstrip()
    return bool(above) and above[-1] not in _BEFORE_STATEMENT
