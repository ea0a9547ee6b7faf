"""A value of a type that is one of several texts, and where it is meant in other files. Pure.

``type State = "moored" | "sailing"`` of TypeScript, and ``Literal["moored", "sailing"]`` of Python.
A text that is equal may be shown to people: only where the others of the type stand beside it, or
what is of the type, it is meant for sure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spark_desktop.domain.file_names import FileNames
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.text_edits import TextEdit

_LANGUAGES = ("typescript", "tsx", "javascript", "python")
_TOKEN = re.compile(
    r"(?P<comment>//[^\n]*|/\*(?s:.*?)\*/)|(?P<text>\"\"\"(?s:.*?)\"\"\"|'''(?s:.*?)'''"
    r"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)"
    r"|(?P<word>[A-Za-z_$][\w$]*)|(?P<sign>[=!]==?|=>|[^\s\w])"
)
_HASHES = re.compile(_TOKEN.pattern.replace("//[^", "\\#[^"))
_COMPARES = ("===", "!==", "==", "!=")
_CLOSES = {")": "(", "]": "[", "}": "{"}
_NAME = re.compile(r"[A-Za-z_$][\w$]*")


@dataclass(frozen=True, slots=True)
class Meant:
    """The edits for the places where a value is meant, and the lines of equal texts beside."""

    edits: tuple[TextEdit, ...] = ()
    lines: tuple[int, ...] = ()
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int

    @property
    def value(self) -> str:
        """Return what a text or a word says."""
        return self.text[1:-1] if self.kind == "text" else self.text


def literals_meant(
    change: NameChange, file: FileNames, home: str, skipped: frozenset[int]
) -> Meant:
    """Return where a file means the value that is called otherwise now.

    ``home`` is the text of the file that defines the type: what is of the type there is so
    everywhere. Lines that are ``skipped`` stay as they are.
    """
    if change.literal is None or file.language not in _LANGUAGES:
        return Meant()
    reader = _Reader(change, file, home)
    edits, lines, others = [], [], []
    for token, is_sure in reader.found():
        line = file.content.count("\n", 0, token.start)
        if line in skipped:
            continue
        if not is_sure:
            others.append(line)
            continue
        edits.append(TextEdit(token.start, token.end, reader.written(token)))
        lines.append(line)
    return Meant(tuple(edits), tuple(lines), tuple(others))


class _Reader:
    def __init__(self, change: NameChange, file: FileNames, home: str) -> None:
        assert change.literal is not None
        self._old, self._new, members = change.literal
        self._others = frozenset(members)
        alias = re.escape(change.old.name)
        is_python = file.language == "python"
        pattern = _HASHES if is_python else _TOKEN
        found = pattern.finditer(file.content)
        self._tokens = [
            _Token(one.lastgroup or "", one[0], one.start(), one.end())
            for one in found
            if one.lastgroup != "comment"
        ]
        self._around = _openers(self._tokens)
        typed = re.compile(rf"([\w$]+)\??\s*:\s*(?:readonly\s+)?{alias}\b(?!\s*\[)")
        self._typed = {change.old.name, *typed.findall(home), *typed.findall(file.content)}
        kept = re.compile(rf"([\w$]+)\s*:\s*(?:Record|Map|[Dd]ict|Mapping)[<\[]\s*{alias}\b")
        self._kept = {*kept.findall(home), *kept.findall(file.content)}

    def found(self) -> Iterator[tuple[_Token, bool]]:
        """Yield each text or key that is the value, and whether it is meant for sure."""
        for place, token in enumerate(self._tokens):
            if token.value != self._old:
                continue
            if self._is_key(place):
                yield token, self._is_among_keys(place)
            elif token.kind == "text":
                yield token, self._is_meant(place)

    def written(self, token: _Token) -> str:
        """Return the new value as it stands in the place of a token."""
        if token.kind == "word":
            return self._new if _NAME.fullmatch(self._new) else f'"{self._new}"'
        return f"{token.text[0]}{self._new}{token.text[-1]}"

    def _at(self, place: int) -> _Token:
        inside = 0 <= place < len(self._tokens)
        return self._tokens[place] if inside else _Token("", "", 0, 0)

    def _is_meant(self, place: int) -> bool:
        before, after = self._at(place - 1).text, self._at(place + 1).text
        if before == "case":
            return self._is_case(place)
        if before in _COMPARES:
            return self._at(place - 2).text in self._typed
        if after in _COMPARES:
            return self._last_word(place + 2) in self._typed
        if before in (":", "=") and self._at(place - 2).text in self._typed:
            return True
        if "|" in (before, after):
            beside = {self._at(place - 2).value, self._at(place + 2).value}
            return bool(beside & self._others)
        if before == "[" and after == "]" and self._at(place - 2).text in self._kept:
            return True
        return self._is_among_others(place)

    def _last_word(self, place: int) -> str:
        """Return the last name of ``a.b.c`` that begins at a place."""
        while self._at(place + 1).text in (".", "?") and self._at(place + 2).kind == "word":
            place += 2
        return self._at(place).text

    def _is_case(self, place: int) -> bool:
        """Return whether other values of the type are cases beside."""
        around = self._around[place]
        return any(
            self._at(other - 1).text == "case" and one.value in self._others
            for other, one in enumerate(self._tokens)
            if one.kind == "text" and self._around[other] == around
        )

    def _is_among_others(self, place: int) -> bool:
        """Return whether it is in a list or a set of values of the type."""
        beside = self._level(place)
        if not beside or any(one.kind not in ("text", "sign") for one in beside):
            return False
        signs = {one.text for one in beside if one.kind == "sign"}
        texts = {one.value for one in beside if one.kind == "text"} - {self._old}
        return signs <= {","} and bool(texts) and texts <= self._others

    def _level(self, place: int) -> list[_Token]:
        around = self._around[place]
        if around < 0:
            return []
        return [one for other, one in enumerate(self._tokens) if self._around[other] == around]

    def _is_key(self, place: int) -> bool:
        around = self._around[place]
        is_object = around >= 0 and self._at(around).text == "{"
        is_first = self._at(place - 1).text in ("{", ",")
        return is_object and is_first and self._at(place + 1).text == ":"

    def _is_among_keys(self, place: int) -> bool:
        around = self._around[place]
        keys = {
            one.value
            for other, one in enumerate(self._tokens)
            if self._around[other] == around and self._is_key(other)
        } - {self._old}
        return bool(keys) and keys <= self._others


def _openers(tokens: Sequence[_Token]) -> list[int]:
    """Return for each token the place of the bracket around it, -1 for none."""
    found: list[int] = []
    open_: list[int] = []
    for place, token in enumerate(tokens):
        is_sign = token.kind == "sign"
        if is_sign and token.text in _CLOSES:
            if open_ and tokens[open_[-1]].text == _CLOSES[token.text]:
                open_.pop()
            found.append(open_[-1] if open_ else -1)
            continue
        found.append(open_[-1] if open_ else -1)
        if is_sign and token.text in "([{":
            open_.append(place)
    return found
