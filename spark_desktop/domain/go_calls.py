"""A call of Go in the statement around it, as its text tells. Pure."""

import re
from dataclasses import dataclass

from spark_desktop.domain.file_names import FileNames, Occurrence
from spark_desktop.domain.regex import regex

_WHOLE = regex(r"\((?P<inner>.*)\)", re.DOTALL)
_NAMED = regex(r"(\w+)\s+(\S.*)")


@dataclass(frozen=True, slots=True)
class GoCall:
    """A call with its line: what stands ``before`` it there, and ``behind`` it.

    ``start`` and ``end`` are its places with what it is called on; at ``line_at`` its statement's
    line begins, at ``next_at`` the one behind it. ``function_at`` is the outermost function.
    """

    content: str
    start: int
    end: int
    line_at: int
    next_at: int
    function_at: tuple[int, int]

    @property
    def before(self) -> str:
        """Return what stands before it in its line."""
        return self.content[self.line_at : self.start]

    @property
    def behind(self) -> str:
        """Return what stands behind it in its line, without the line's end."""
        return self.content[self.end : self.next_at].rstrip("\r\n")

    @property
    def indent(self) -> str:
        """Return the blanks that its line begins with."""
        return self.before[: len(self.before) - len(self.before.lstrip())]

    @property
    def newline(self) -> str:
        """Return how its line ends."""
        line = self.content[self.end : self.next_at]
        return "\r\n" if line.endswith("\r\n") else "\n"

    @property
    def head(self) -> str:
        """Return the function around, up to the call."""
        return self.content[self.function_at[0] : self.start]

    @property
    def rest(self) -> str:
        """Return the function around, from behind the line of the call."""
        return self.content[self.next_at : self.function_at[1]]


def call_of(one: Occurrence, file: FileNames) -> GoCall | None:
    """Return the call of a use; None where what it is called on is not told, or no function is."""
    content = file.content
    if one.call is None or not one.around[1]:
        return None
    start = one.start
    if one.receiver:
        start -= len(one.receiver) + 1
        if start < 0 or content[start : one.start] != f"{one.receiver}.":
            return None
    end = one.call.end + 1
    following = content.find("\n", end) + 1 or len(content)
    return GoCall(content, start, end, content.rfind("\n", 0, start) + 1, following, one.around)


def results_of(text: str) -> list[str]:
    """Return the types that a function gives, by what is written behind its parameters."""
    whole = _WHOLE.fullmatch(text.strip())
    if whole is None:
        return [text.strip()] if text.strip() else []
    parts = split_list(whole["inner"])
    named = [_NAMED.fullmatch(part) for part in parts]
    if not any(found and found[1] not in ("chan", "func", "map") for found in named):
        return parts
    types: list[str] = []
    for part, found in zip(reversed(parts), reversed(named), strict=True):
        # ``(a, b int)``: the first of them has the type of the second.
        types.append(found[2] if found is not None else (types[-1] if types else part))
    return types[::-1]


def split_list(text: str) -> list[str]:
    """Return the parts of a list between its commas, without those in brackets and texts."""
    parts, depth, begin, quote = [], 0, 0, ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote and text[place - 1] != "\\" else quote
        elif sign in "\"'`":
            quote = sign
        depth += (sign in "([{") - (sign in ")]}") if not quote else 0
        if sign == "," and not depth and not quote:
            parts.append(text[begin:place].strip())
            begin = place + 1
    last = text[begin:].strip()
    return [*parts, last] if last else parts


def is_only_one(call: GoCall) -> bool:
    """Return whether the function is called once in the one around."""
    name = re.match(r"[\w.]+", call.content[call.start : call.end])
    around = call.content[slice(*call.function_at)]
    last = name[0].rpartition(".")[2] if name is not None else ""
    return bool(last) and len(re.findall(rf"\b{last}\(", around)) == 1


def is_in_literal(call: GoCall) -> bool:
    """Return whether a function without a name is around the call, as the indents tell."""
    open_at: list[str] = []
    for line in call.head.splitlines()[1:]:
        indent = line[: len(line) - len(line.lstrip())]
        open_at = [one for one in open_at if len(one) < len(indent)]
        if re.search(r"\bfunc\(", line):
            open_at.append(indent)
    return any(len(one) < len(call.indent) for one in open_at) or "func(" in call.before


def results_around(call: GoCall) -> tuple[str, list[str]]:
    """Return the parameters of the function around, and the types that it gives."""
    text = call.content[slice(*call.function_at)]
    head = re.match(r"func (?:\([^()]*\) )?\w+(?:\[[^\[\]]*\])?\(", text)
    if head is None:
        return "", []
    depth, place = 1, head.end()
    while depth and place < len(text):
        depth += (text[place] == "(") - (text[place] == ")")
        place += 1
    told, sign, _ = text[place:].partition(" {" if " {\n" in text[place:] else "{")
    results = told.partition("\n")[0] if sign and "(" not in told else told
    return text[head.end() : place - 1], results_of(results)
