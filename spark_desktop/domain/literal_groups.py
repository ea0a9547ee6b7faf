"""Lists, keys, cases and unions in which a text stands beside the others of its type. Pure."""

import re
from collections.abc import Callable, Collection

from spark_desktop.domain.file_names import FileNames
from spark_desktop.domain.literal_tokens import Token, Tokens

# Lines above a case that are looked at for what is compared; tokens of a union, to each side.
_FAR = 400
# Behind these a bracket begins a list; behind all other words it is a call, or a part is taken.
_BEFORE_LIST = ("in", "of", "return", "yield", "default", "else", "and", "or", "not")
_NOTHING = ("undefined", "null")


class Groups:
    """Tells of places in a file whether they are among the values of a type.

    ``literal`` is the old value, the new one and the others; ``typed`` are names of what is of the
    type, ``kept`` those of what has it for its keys.
    """

    def __init__(
        self,
        tokens: Tokens,
        file: FileNames,
        literal: tuple[str, str, tuple[str, ...]],
        aliases: Collection[str],
        typed: Collection[str],
        kept: Collection[str],
    ) -> None:
        self._tokens = tokens
        self._at = tokens.at
        self._content = file.content
        self._is_python = file.language == "python"
        self._old, _, others = literal
        self._others = frozenset(others)
        self._aliases = aliases
        self._typed = typed
        self._kept = kept
        some = "|".join(re.escape(one) for one in sorted(aliases)) or "(?!)"
        of_type = rf"(?:Record|Map|[Dd]ict|Mapping)\s*[<\[]\s*(?:\w+\.)?(?:{some})\b"
        self._keyed = re.compile(rf"{of_type}[^;{{}}=]*=\s*$")
        self._keyed_after = re.compile(rf"\}}\s*(?:as|satisfies)\s+(?:\w+<)?{of_type}")
        self._is_read: bool | None = None
        self._known_cases: dict[int, bool] = {}
        self._known_keys: dict[int, bool] = {}
        self._known_lists: dict[int, tuple[frozenset[str], bool]] = {}

    def is_in_union(self, place: int) -> bool:
        """Return whether the text is in a type, or a case, of some of the values."""
        first = last = place
        while self._is_joined(first - 1) and self._is_alternative(first - 2):
            first -= 2
            if place - first > _FAR:
                return False
        while self._is_joined(last + 1) and self._is_alternative(last + 2):
            last += 2
            if last - place > _FAR:
                return False
        texts = {
            self._at(one).value for one in range(first, last + 1, 2) if self._at(one).kind == "text"
        } - {self._old}
        if self._at(first - 1).text == "|":
            # A bar may stand before the first one, too.
            first -= 1
        is_whole = self._at(last + 1).text != "|" and self._at(first - 1).kind != "word"
        head = self._at(first - 1).text
        if head == "case":
            return self.is_case(first)
        if not is_whole or not texts <= self._others:
            return False
        if head == "=" and self._at(first - 3).text == "type":
            return bool(texts)
        if head == ":":
            at = first - 3 if self._at(first - 2).text == "?" else first - 2
            return self._at(at).text in self._typed
        if head == "," and self._at(first - 3).text == "<":
            return self._at(first - 2).text in self._aliases
        return self._has_all(texts)

    def is_case(self, place: int) -> bool:
        """Return whether what is of the type is compared, or all values are cases beside."""
        if self._is_python:
            return self._subject(self._at(place).start) in self._typed
        around = self._tokens.around[place]
        if around not in self._known_cases:
            self._known_cases[around] = self._are_cases(around)
        return self._known_cases[around]

    def _are_cases(self, around: int) -> bool:
        if self._at(around - 1).text == ")" and self._at(around - 2).text in self._typed:
            return True
        level = self._tokens.level(around)
        cases = [one for one in level if self._at(one - 1).text == "case"]
        texts = {self._at(one).value for one in cases} - {self._old}
        return around >= 0 and self._has_all(texts)

    def is_listed(self, place: int, last_word: Callable[[int], str]) -> bool:
        """Return whether it is in a list or a set of values of the type."""
        around = self._tokens.around[place]
        if around < 0:
            return False
        texts, is_list = self._list(around)
        before, sign = self._at(around - 1), self._at(around).text
        if not is_list or not texts <= self._others:
            return False
        if sign != "{" and (before.kind == "word" or before.text in (")", "]")):
            if before.text == "Literal":
                return bool(texts)
            if before.text not in _BEFORE_LIST:
                return False
        if sign == before.text == "[" and self._at(around - 2).kind == "word":
            # The columns of a table, as likely as not.
            return False
        return (
            self._has_all(texts)
            or self._is_searched(around, last_word)
            or self._is_list_of_type(around)
        )

    def is_key(self, place: int) -> bool:
        """Return whether the token is a key of an object or a dictionary."""
        around = self._tokens.around[place]
        is_object = around >= 0 and self._at(around).text == "{"
        is_first = self._at(place - 1).text in ("{", ",")
        # A word before a colon is a variable in Python.
        is_key = self._at(place).kind == "text" or not self._is_python
        return is_object and is_first and is_key and self._at(place + 1).text == ":"

    def is_among_keys(self, place: int) -> bool:
        """Return whether the keys are values of the type."""
        around = self._tokens.around[place]
        if around not in self._known_keys:
            self._known_keys[around] = self._are_keys(around)
        return self._known_keys[around]

    def _are_keys(self, around: int) -> bool:
        keys = {self._at(one).value for one in self._tokens.level(around) if self.is_key(one)}
        keys -= {self._old}
        if not keys <= self._others:
            return False
        opener, closer = self._at(around), self._tokens.closer(around)
        before = self._content[max(0, opener.start - 200) : opener.start]
        behind = self._content[self._at(closer).start : self._at(closer).start + 200]
        if self._keyed.search(before) or self._keyed_after.match(behind):
            return True
        # A pattern takes an object apart, and a type has fields: both are about other things.
        is_taken = self._at(closer + 1).text in ("=", ":")
        is_taken = is_taken or self._at(around - 1).text in ("const", "let", "var")
        is_type = self._at(around - 2).text == "interface" or self._at(around - 3).text == "type"
        if is_taken or is_type or self._is_read_by_name():
            return False
        return self._has_all(keys)

    def _is_read_by_name(self) -> bool:
        """Return whether the file gets at something by the value, which may be such an object."""
        if self._is_read is None:
            self._is_read = any(
                one.value == self._old and self._is_reading(place, one)
                for place, one in enumerate(self._tokens.all)
            )
        return self._is_read

    def _is_reading(self, place: int, token: Token) -> bool:
        before, owner = self._at(place - 1).text, self._at(place - 2)
        if token.kind == "word":
            return before == "."
        if before == "(":
            return owner.text in ("get", "has", "pop", "setdefault")
        is_part = owner.kind == "word" or owner.text in (")", "]")
        return before == "[" and is_part and owner.text not in self._kept

    def _has_all(self, texts: Collection[str]) -> bool:
        """Return whether they are all others of the type; of two values that says nothing."""
        return len(self._others) > 1 and set(texts) == self._others

    def _is_joined(self, place: int) -> bool:
        return self._at(place).text == "|"

    def _is_alternative(self, place: int) -> bool:
        token = self._at(place)
        return token.kind == "text" or token.text in _NOTHING

    def _list(self, around: int) -> tuple[frozenset[str], bool]:
        """Return the other texts right within a bracket, and whether nothing else is there."""
        if around not in self._known_lists:
            beside = [self._at(one) for one in self._tokens.level(around)]
            texts = frozenset(one.value for one in beside if one.kind == "text") - {self._old}
            is_list = all(one.kind == "text" or one.text == "," for one in beside)
            self._known_lists[around] = texts, is_list and bool(texts)
        return self._known_lists[around]

    def _is_searched(self, around: int, last_word: Callable[[int], str]) -> bool:
        """Return whether what is of the type is looked for in a list."""
        if self._at(around - 1).text == "in":
            at = around - 3 if self._at(around - 2).text == "not" else around - 2
            return self._at(at).text in self._typed
        closer = self._tokens.closer(around)
        is_asked = self._at(closer + 1).text == "." and self._at(closer + 2).text == "includes"
        return is_asked and last_word(closer + 4) in self._typed

    def _is_list_of_type(self, around: int) -> bool:
        """Return whether the list is said to be one of values of the type."""
        closer = self._tokens.closer(around)
        if self._at(closer + 1).text in ("as", "satisfies"):
            return self._at(closer + 2).text in self._aliases
        at = around - 2
        while self._at(at).text in ("[", "]", ">"):
            at -= 1
        is_given = self._at(around - 1).text in ("=", "(") and at < around - 2
        return is_given and self._at(at).text in self._aliases

    def _subject(self, start: int) -> str:
        """Return the last name of what Python's ``match`` compares around a case; "" for none."""
        lines = self._content[max(0, start - 100 * _FAR) : start].split("\n")
        indent = len(lines[-1]) - len(lines[-1].lstrip())
        for line in reversed(lines[-_FAR:-1]):
            code = line.lstrip()
            if code and len(line) - len(code) < indent:
                found = re.fullmatch(r"match\s+(?:[\w.]+\.)?(\w+)\s*:\s*(?:#.*)?", code)
                return found[1] if found else ""
        return ""
