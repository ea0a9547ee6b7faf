"""A value of a type that is one of several texts, and where it is meant in other files. Pure.

``type State = "moored" | "sailing"`` of TypeScript, and ``Literal["moored", "sailing"]`` of Python.
A text that is equal may be shown to people: only where all others of the type stand beside it, or
what is of the type, it is meant for sure.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from spark_desktop.domain.file_names import FileNames
from spark_desktop.domain.literal_groups import Groups
from spark_desktop.domain.literal_tokens import Token, Tokens
from spark_desktop.domain.literal_types import is_plain_name, typed_names
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.text_edits import TextEdit

_LANGUAGES = ("typescript", "tsx", "javascript", "python")
_COMPARES = ("===", "!==", "==", "!=")
_DECLARES = ("const", "let", "var")


@dataclass(frozen=True, slots=True)
class Meant:
    """The edits for the places where a value is meant, and the lines of equal texts beside."""

    edits: tuple[TextEdit, ...] = ()
    lines: tuple[int, ...] = ()
    others: tuple[int, ...] = ()


def literals_meant(
    change: NameChange,
    file: FileNames,
    home: str,
    skipped: frozenset[int],
    aliases: Collection[str],
) -> Meant:
    """Return where a file means the value that is called otherwise now.

    ``home`` is the text of the file that defines the type: what is of the type there is so
    everywhere, unless this file says otherwise. ``aliases`` are what the type is called in the
    file. Lines that are ``skipped`` stay as they are.
    """
    if change.literal is None or file.language not in _LANGUAGES:
        return Meant()
    reader = _Reader(change, file, home, aliases)
    edits, lines, others = [], [], []
    line = at = 0
    for token, is_sure in reader.found():
        line, at = line + file.content.count("\n", at, token.start), token.start
        if line in skipped:
            continue
        written = reader.written(token) if is_sure else ""
        if not written:
            others.append(line)
            continue
        edits.append(TextEdit(token.start, token.end, written))
        lines.append(line)
    return Meant(tuple(edits), tuple(lines), tuple(others))


class _Reader:
    def __init__(
        self, change: NameChange, file: FileNames, home: str, aliases: Collection[str]
    ) -> None:
        assert change.literal is not None
        self._old, self._new, members = change.literal
        self._aliases = frozenset(aliases)
        self._is_python = file.language == "python"
        self._home = home
        values = frozenset((self._old, *members))
        there = typed_names(home, {change.old.name}, values)
        here = typed_names(file.content, self._aliases, values)
        self._here = here.names - there.others - here.others
        self._typed = (there.names | here.names) - there.others - here.others
        self._kept = there.keyed | here.keyed
        self._tokens = Tokens(file.content, file.language)
        self._at = self._tokens.at
        self._groups = Groups(
            self._tokens, file, change.literal, self._aliases, self._typed, self._kept
        )

    def found(self) -> Iterator[tuple[Token, bool]]:
        """Yield each text or key that is the value, and whether it is meant for sure."""
        for place, token in enumerate(self._tokens.all):
            if token.value != self._old:
                continue
            if self._groups.is_key(place):
                is_sure = self._groups.is_among_keys(place)
            elif token.kind == "text":
                is_sure = self._is_meant(place)
            else:
                continue
            yield token, is_sure and not self._tokens.is_markup(place)

    def written(self, token: Token) -> str:
        """Return the new value as it stands in the place of a token; "" where it cannot."""
        if token.kind == "word" and is_plain_name(self._new):
            return self._new
        quotes = [token.text[0], '"', "'"] if token.kind == "text" else ['"', "'"]
        if "${" in self._new or "\\" in self._new:
            quotes = []
        quote = next((one for one in quotes if one not in self._new), "")
        return f"{quote}{self._new}{quote}" if quote else ""

    def _is_meant(self, place: int) -> bool:
        before, after = self._at(place - 1), self._at(place + 1)
        is_part = before.text in ("+", "%") or after.text in ("+", "%", "*", ".")
        is_prefixed = before.kind == "word" and before.end == self._at(place).start
        if is_part or is_prefixed or "text" in (before.kind, after.kind):
            # It is only a part of another text.
            return False
        if "|" in (before.text, after.text):
            return self._groups.is_in_union(place)
        if before.text == "case":
            return self._groups.is_case(place)
        if before.text in _COMPARES:
            return self._at(place - 2).text in self._typed
        if after.text in _COMPARES:
            return self._last_word(place + 2) in self._typed
        if before.text == "=":
            return self._is_assigned(place)
        if before.text == ":":
            # In Python that is the value of a key, or a function's or a condition's body.
            is_field = self._at(place - 3).text in ("{", ",", ";")
            is_typed = self._at(place - 2).text in self._typed
            return is_field and is_typed and not self._is_python
        if before.text == "," and self._at(place - 3).text == "<":
            # ``Exclude<State, "sailing">``
            return self._at(place - 2).text in self._aliases
        if before.text == "[" and after.text == "]" and self._at(place - 2).text in self._kept:
            return True
        return self._groups.is_listed(place, self._last_word)

    def _is_assigned(self, place: int) -> bool:
        """Return whether what the text is given to is of the type."""
        name, before = self._at(place - 2).text, self._at(place - 3).text
        if name in self._aliases and before == ":":
            return True
        if name not in self._typed or before in _DECLARES:
            return False
        if before == ".":
            return True
        around = self._tokens.around[place]
        if self._is_python and self._at(around).text == "(":
            called = self._at(around - 1).text
            if self._at(around - 2).text != "def":
                # Of all that can be called, what stands beside the type takes one.
                return any(f"{word} {called}" in self._home for word in ("class", "def"))
        return name in self._here

    def _last_word(self, place: int) -> str:
        """Return the last name of ``a.b?.c`` that begins at a place; "" where more follows."""
        if self._at(place).kind != "word":
            return ""
        while True:
            step = 1 if self._at(place + 1).text == "." else 2
            is_dot = self._at(place + step).text == "."
            is_asked = step == 1 or self._at(place + 1).text == "?"
            if not (is_dot and is_asked and self._at(place + step + 1).kind == "word"):
                break
            place += step + 1
        return "" if self._at(place + 1).text in ("(", "[", "!", "+") else self._at(place).text
