"""A value of Go that was pointed to and is a copy now: where what changed is stored again. Pure."""

import re

from spark_desktop.domain.go_calls import GoCall
from spark_desktop.domain.plain_code import code_of
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

# A method that does no more than to put what it is given into a map, by a part of it.
_STORES = regex(
    r"^func \((?P<of>\w+) \*?(?P<owner>\w+)\) (?P<name>\w+)\((?P<value>\w+) (?P<type>\w+)\) \{\n"
    r"\s*(?P=of)\.\w+\[(?P=value)\.(?P<key>\w+)\] = (?P=value)\n\}",
    re.MULTILINE,
)
_OF = r"\(\w+ \*?(\w+)\)"
_CHANGES = regex(r"(?P<part>\w+)\s*(?:[-+*/%&|^]?=(?!=)\s*[^{}]*|\+\+|--)")


def stored_edits(
    call: GoCall, name: str, start: int, home: str, whole: str
) -> tuple[TextEdit, ...] | None:
    """Return the edit that stores a copy once it was changed; None where that is not so simple.

    Its parts may be set in lines of the function itself, between which nothing else happens; the
    one way to store it is a method of ``home``, which asks for nothing but the value. ``whole`` is
    all that is done with the value.
    """
    given = re.match(r"(\w+)\.(\w+)\(", call.content[call.start : call.end])
    gives = given and re.search(rf"^func {_OF} {given[2]}\([^()]*\) \((\w+), bool\)", home, re.M)
    if given is None or gives is None:
        return None
    found = [
        one for one in _STORES.finditer(home) if one.group("type", "owner") == gives.group(2, 1)
    ]
    if len(found) != 1:
        return None
    key, stores = found[0]["key"], found[0]["name"]
    end, last = call.function_at[1], -1
    others: list[str] = []
    place = start
    for line in call.content[start:end].splitlines(keepends=True):
        place += len(line)
        rest = line.removeprefix(f"{call.indent}{name}.")
        changed = _CHANGES.fullmatch(rest.strip()) if rest != line else None
        if changed is None:
            others.append(line)
        elif changed["part"] == key or (last >= 0 and others) or "(" in rest:
            # What is called may look at what is stored.
            return None
        else:
            last, others = place, []
    is_stored = re.search(rf"\.{stores}\({name}\)", call.rest)
    if last < 0 or is_stored or _is_more_than_read(name, whole, call.indent):
        return None
    return (TextEdit(last, last, f"{call.indent}{given[1]}.{stores}({name}){call.newline}"),)


def _is_more_than_read(name: str, text: str, indent: str) -> bool:
    """Return whether the value itself is passed on, or changed deeper than by its parts."""
    text = code_of(text, "go")
    for use in re.finditer(rf"(?<![\w.]){re.escape(name)}\b", text):
        part = re.match(r"\.\w+(?P<more>[.\[(])?", text[use.end() :])
        line = text[: use.start()].rpartition("\n")[2]
        if part is None or part["more"] or line.rstrip().endswith("&"):
            return True
        is_set = re.match(r"\.\w+\s*(?:[-+*/%&|^]?=(?!=)|\+\+|--|,[^\n()]*=)", text[use.end() :])
        if is_set and line != indent:
            return True
    return False
