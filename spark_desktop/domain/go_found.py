"""Go's other ways to say that there is nothing: ``nil``, ``false``, or an error. Pure."""

import re

from spark_desktop.domain.go_calls import GoCall, is_only_one, results_of
from spark_desktop.domain.go_stored import stored_edits
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

# What stands for nothing where only one value is given.
_SIGNS = ("nil", "-1", '""', "0")
_RETURNED = regex(r"^\s*return\s+(.+?)\s*(?://.*)?$", re.MULTILINE)
_SET = regex(r"\s*(?P<name>\w+) := ")
_SET_IN_IF = regex(r"\s*(?:\} else )?if (?P<name>\w+) := ")
_BARE_IF = regex(r"\s*(?:\} else )?if ")
_BARE_RETURN = regex(r"\s*return ")
_FLAG = "ok"


def sign_of_nothing(change: NameChange) -> str | None:
    """Return what a function gave for nothing that says now by ``false`` that there is none.

    None for a change of another kind: its values have to be the same but for a pointer to them, and
    what stood for nothing may be returned no more.
    """
    old, new = results_of(change.old.result), results_of(change.new.result)
    if (
        len(old) != 1
        or len(new) != 2
        or new[1] != "bool"
        or new[0].lstrip("*") != old[0].lstrip("*")
    ):
        return None
    if new[0].startswith("*") > old[0].startswith("*"):
        return None
    was, now = (_RETURNED.findall(text) for text in (change.old.text, change.new.text))
    if _is_looked_up(change, was, now):
        return "nil"
    found = [sign for sign in _SIGNS if sign in was]
    gives_none = any(one.endswith(", false") for one in now)
    is_kept = any(one == f"{sign}, true" for sign in found for one in now)
    return found[0] if len(found) == 1 and gives_none and not is_kept else None


def _is_looked_up(change: NameChange, was: list[str], now: list[str]) -> bool:
    """Return whether a pointer came from a map, and what the map has comes with its own word."""
    looked = re.fullmatch(r"([\w.]+)\[([\w.]+)\]", was[0]) if len(was) == len(now) == 1 else None
    if looked is None or not change.old.result.strip().startswith("*"):
        return False
    given = re.fullmatch(r"(\w+), (\w+)", now[0])
    # That a list has no such place a program does not survive: it has no word for it.
    taken = given and rf"^\s*{given[1]}, {given[2]} := {re.escape(was[0])}\s*$"
    return bool(taken and re.search(taken, change.new.text, re.MULTILINE))


def found_edits(call: GoCall, change: NameChange, home: str) -> tuple[TextEdit, ...] | None:
    """Return the edits by which a call asks whether there is one; None for what a model has to see.

    ``home`` is the text of the file of the function.
    """
    sign = sign_of_nothing(change)
    if sign is None or re.search(rf"\b{_FLAG}\b", call.head + call.rest):
        return None
    plain = re.escape(sign)
    compared = re.match(rf" (==|!=) {plain}(?= \{{|$)", call.behind)
    if compared is not None:
        flag = _flag(compared[1])
        if _BARE_IF.fullmatch(call.before) and call.behind.endswith(" {"):
            given = call.content[call.start : call.end]
            text = f"_, {_FLAG} := {given}; {flag}"
            return (TextEdit(call.start, call.end + compared.end(), text),)
        is_last = compared.end() == len(call.behind) and is_only_one(call)
        if _BARE_RETURN.fullmatch(call.before) and is_last:
            given = f"_, {_FLAG} := {call.content[call.start : call.end]}"
            text = f"{given}{call.newline}{call.indent}return {flag}"
            begin = call.line_at + len(call.indent)
            return (TextEdit(begin, call.end + compared.end(), text),)
        return None
    is_copied = change.old.result.strip().startswith("*") and results_of(change.new.result)[0] == (
        change.old.result.strip().lstrip("*")
    )
    owner = home if is_copied else None
    return _of_variable(call, plain, owner)


def _of_variable(call: GoCall, sign: str, home: str | None) -> tuple[TextEdit, ...] | None:
    """Return the edits of a call whose value a variable holds, which is asked for at once.

    Of a value that was pointed to and is a copy now only what reads its parts may stay: ``home``
    has the methods that do no more; None where it is what it was.
    """
    in_if = _SET_IN_IF.fullmatch(call.before)
    alone = _SET.fullmatch(call.before)
    taken = in_if or alone
    if taken is None or taken["name"] == "_":
        return None
    name = taken["name"]
    asks = re.compile(rf"(?<![\w.]){name} (==|!=) {sign}(?![\w.])")
    if in_if is not None:
        begin, until = call.end, call.next_at
        if not call.behind.startswith("; "):
            return None
    elif call.behind.strip():
        return None
    else:
        begin = call.next_at
        until = call.content.find("\n", begin) + 1 or len(call.content)
        if not re.match(rf"{re.escape(call.indent)}if (?!.*;)", call.content[begin:until]):
            return None
    found = list(asks.finditer(call.content, begin, until))
    rest = call.content[until : call.function_at[1]]
    if (
        len(found) != 1
        or asks.search(rest)
        or re.search(rf"\b{name} (?:==|!=) |[=!]= {name}\b", rest)
    ):
        return None
    whole = call.content[begin : found[0].start()] + call.content[found[0].end() : until] + rest
    stored: tuple[TextEdit, ...] | None = ()
    if home is not None and not _is_only_read(name, whole, home):
        stored = None if in_if else stored_edits(call, name, until, home, whole)
    if stored is None:
        return None
    start, place = (call.line_at + at for at in taken.span("name"))
    flag = TextEdit(found[0].start(), found[0].end(), _flag(found[0][1]))
    if re.search(rf"(?<![\w.]){name}\b", whole) is None:
        # It was only asked for: Go compiles no variable that nobody reads.
        return (TextEdit(start, place, f"_, {_FLAG}"), flag) if is_only_one(call) else None
    return (TextEdit(place, place, f", {_FLAG}"), flag, *stored)


def _flag(sign: str) -> str:
    return _FLAG if sign == "!=" else f"!{_FLAG}"


def _is_only_read(name: str, text: str, home: str) -> bool:
    """Return whether a text only reads parts of a value, by its name."""
    code = re.sub(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`|//[^\n]*', '""', text)
    for use in re.finditer(rf"(?<![\w.]){name}\b", code):
        part = re.match(
            r"\.(\w+)((?:\.\w+|\[[^\]]*\])*)\s*(\(|[-+*/%|&^]?=(?!=)|\+\+|--|:=)?",
            (code[use.end() :]),
        )
        if part is None or code[: use.start()].endswith("&"):
            return False
        if part[3] == "(" and not part[2]:
            # A method with the value itself cannot change what it came from.
            if (
                re.search(rf"^func \(\w* ?\w+(?:\[\w+\])?\) {part[1]}\(", home, re.MULTILINE)
                is None
            ):
                return False
        elif part[3]:
            return False
    return True
