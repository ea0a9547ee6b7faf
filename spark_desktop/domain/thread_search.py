"""Searching threads: what is indexed of a text, what a query asks for, what is shown of a hit.

The index is of whole words, found by their beginnings. Scripts that write no spaces between words
(Chinese, Japanese, Korean, Thai …) are indexed sign by sign, so that any run of signs is found as a
phrase; an index of trigrams would find none of two signs, which is the length of most such words,
and took more than twice the space (173 MB instead of 75 MB for 37 MB of text). Emoji become words
of their own. Names such as ``parseConfig`` are indexed in their parts, too.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from spark_desktop.domain.regex import regex

_SIGN = regex(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff]"
)
_EMOJI = regex("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_WORD = regex(r"[^\W_]+")
_HUMP = regex(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TERM = regex(r'"([^"]*)"?|([^\s"]+)')
# A longer run of letters is data, not a name.
_LONGEST_NAME = 64
# More words narrow nothing down any more.
_MOST_TERMS = 16
_BEFORE = 30


def searchable(text: str) -> str:
    """Return what is indexed of ``text``."""
    if text.isascii():
        return text
    apart = _SIGN.sub(lambda sign: f" {sign[0]} ", _valid(text))
    return _EMOJI.sub(lambda sign: f" emoji{ord(sign[0]):x} ", apart)


def name_parts(text: str) -> str:
    """Return the parts of names in mixed case, each name once: "parse Config"."""
    names: dict[str, None] = {}
    for word in _WORD.finditer(text):
        name = word[0]
        if len(name) <= _LONGEST_NAME and not (name.islower() or name.isupper()):
            parts = _HUMP.sub(" ", name)
            if parts != name:
                names[parts] = None
    return " ".join(names)


def match_expression(query: str) -> str | None:
    """Return an FTS5 expression that asks for all words of ``query``; None where it has none.

    Each word stands for its beginning; what the user puts in quotes is a phrase of whole words.
    Nothing in the query is an operator: it may be any text.
    """
    asked = []
    for is_phrase, term in _terms(query):
        text = searchable(term)
        if any(sign.isalnum() for sign in text):
            asked.append(f'"{text}"' if is_phrase else f'"{text}"*')
    return " AND ".join(asked[:_MOST_TERMS]) or None


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a text on one line, and where the words that were asked for stand in it."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


def excerpt(text: str, query: str, length: int = 160) -> Excerpt | None:
    """Return about ``length`` characters around the first hit; None where there is none."""
    line = " ".join(text.split())
    marks = _marks(line, query)
    if not marks:
        return None
    start = max(0, marks[0][0] - _BEFORE)
    if start:
        # From the beginning of a word, where one is near.
        space = line.find(" ", start, marks[0][0])
        start = start if space < 0 else space + 1
    end = min(len(line), start + length)
    head, tail = "…" if start else "", "…" if end < len(line) else ""
    shift = len(head) - start
    shown = tuple((a + shift, min(b, end) + shift) for a, b in marks if start <= a < end)
    return Excerpt(f"{head}{line[start:end]}{tail}", shown)


def _marks(line: str, query: str) -> list[tuple[int, int]]:
    folded = _folded(line)
    patterns = [pattern for _, term in _terms(query) if (pattern := _pattern(_folded(term)))]
    if not patterns:
        return []
    either = "|".join(patterns)
    # The beginnings of words first; a part of a name where there are none.
    for search in (rf"(?<![^\W_])(?:{either})", f"(?:{either})"):
        found = [match.span() for match in re.finditer(search, folded)]
        if found:
            return found
    return []


def _pattern(term: str) -> str:
    pieces = re.findall(rf"[^\W_]+|{_EMOJI.pattern}", term)
    return r"[\W_]{0,8}".join(re.escape(piece) for piece in pieces)


def _terms(query: str) -> Iterator[tuple[bool, str]]:
    for match in _TERM.finditer(_valid(query).replace("\0", " ")):
        phrase, word = match[1], match[2]
        yield (True, phrase) if word is None else (False, word)


def _valid(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


class _Folding(dict[int, str]):
    """Letters without their accents and case, one for one; looked up once each."""

    def __missing__(self, code: int) -> str:
        bare = unicodedata.normalize("NFD", chr(code))[0].casefold()
        self[code] = bare if len(bare) == 1 else chr(code).lower()[0]
        return self[code]


_FOLDING = _Folding()


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else text.translate(_FOLDING)
