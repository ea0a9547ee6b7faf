"""The words, texts and signs of a file, and which bracket is around each. Pure.

For TypeScript, JavaScript and Python, where a text has to be told from code and from comments.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from spark_desktop.domain.regex import regex

_TEXTS = (
    r"(?P<text>\"\"\"(?s:.*?)\"\"\"|'''(?s:.*?)'''"
    r"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
    # What a template computes may have templates of its own.
    r"|`(?:\\.|\$\{(?:[^{}`]|`[^`]*`|\{[^{}]*\})*+\}|[^`\\])*+`)"
)
# The quotes in a regular expression begin no texts.
_PATTERN = (
    r"(?P<regex>(?<=[(,=:\[!&|?{;])[ ]?/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*+\]|[^/\\\n\[])++/)"
)
_REST = r"(?P<word>[A-Za-z_$][\w$]*)|(?P<sign>[=!]==?|=>|[^\s\w])"
_SLASHES = regex(rf"(?P<comment>//[^\n]*|/\*(?s:.*?)\*/)|{_TEXTS}|{_PATTERN}|{_REST}")
_HASHES = regex(rf"(?P<comment>\#[^\n]*)|{_TEXTS}|{_REST}")
_CLOSES = {")": "(", "]": "[", "}": "{"}
# How far markup is looked back and on, in characters.
_FAR = 2000
_TAG_END = regex(r"(?:(?<![\w$])</?[A-Za-z][\w.]*|(?<![\w$)\]])<|</|[\"'}/])\s*>$")


@dataclass(frozen=True, slots=True)
class Token:
    """One word, text, regular expression or sign, with its place in characters."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def value(self) -> str:
        """Return what a text or a word says."""
        return self.text[1:-1] if self.kind == "text" else self.text


class Tokens:
    """The tokens of a file without its comments; a place is a token's number from 0."""

    def __init__(self, content: str, language: str) -> None:
        self._content = content
        self._is_markup = language in ("tsx", "javascript")
        pattern = _HASHES if language == "python" else _SLASHES
        self.all = [
            Token(one.lastgroup or "", one[0], one.start(), one.end())
            for one in pattern.finditer(content)
            if one.lastgroup != "comment"
        ]
        self.around, self._closers = _brackets(self.all)
        self._levels: dict[int, list[int]] = {}
        for place, around in enumerate(self.around):
            self._levels.setdefault(around, []).append(place)

    def at(self, place: int) -> Token:
        """Return the token at a place, an empty one outside of the file."""
        inside = 0 <= place < len(self.all)
        return self.all[place] if inside else Token("", "", 0, 0)

    def level(self, around: int) -> Sequence[int]:
        """Return the places right within the bracket at ``around``."""
        return self._levels.get(around, ())

    def closer(self, around: int) -> int:
        """Return the place of the bracket that closes the one at ``around``; -2 for none."""
        return self._closers.get(around, -2)

    def is_markup(self, place: int) -> bool:
        """Return whether the token may stand in a text between tags, which people read."""
        if not self._is_markup:
            return False
        token = self.all[place]
        before = self._content[max(0, token.start - _FAR) : token.start]
        after = self._content[token.end : token.end + _FAR]
        last = max(before.rfind(sign) for sign in "<>{}")
        found = re.search(r"[<>{}]", after)
        if last < 0 or found is None:
            return False
        if before[last] == "}":
            return after.startswith("</", found.start())
        return before[last] == ">" and _TAG_END.search(before[: last + 1]) is not None


def _brackets(tokens: Sequence[Token]) -> tuple[list[int], dict[int, int]]:
    """Return for each token the bracket around it, -1 for none; and what closes each bracket."""
    found: list[int] = []
    open_: list[int] = []
    closers: dict[int, int] = {}
    for place, token in enumerate(tokens):
        is_sign = token.kind == "sign"
        if is_sign and token.text in _CLOSES:
            if open_ and tokens[open_[-1]].text == _CLOSES[token.text]:
                closers[open_.pop()] = place
            found.append(open_[-1] if open_ else -1)
            continue
        found.append(open_[-1] if open_ else -1)
        if is_sign and token.text in "([{":
            open_.append(place)
    return found, closers
