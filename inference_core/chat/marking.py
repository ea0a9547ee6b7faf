"""Keep texts of a chat from being read as control tokens.

A message that contains ``<|im_end|>`` must not end itself. What a template makes of messages and
of itself is one text, so the control texts in messages are replaced by single characters of no
meaning before rendering, and become parts of plain text afterwards.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from inference_core.domain.errors import RequestError
from inference_core.domain.generation import MarkedPrompt, Plain, Special

# Unicode's characters for private use: no case, no blanks, nothing that a template looks for.
_PRIVATE_RANGES = ((0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD))
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")


# Alternatives in alternatives of a pattern; its compiler calls itself for each level.
_LEVELS = 32


class ControlTexts:
    """The texts of a model's control tokens, and where they begin."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._sorted = sorted({text for text in texts if text})
        self._longest = max(map(len, self._sorted), default=0)
        self._any = re.compile(_pattern(self._sorted, _LEVELS)) if self._sorted else None

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield begin and end of each control text, and of one that the end of ``text`` cuts.

        The latter, since a template may go on with the rest of it. Blanks after it are not looked
        at: templates strip them. Of texts that begin at the same place the longest counts.
        """
        if self._any is None:
            return
        stop = len(text.rstrip())
        # Before this place nothing is cut: what is there is left to the compiled pattern alone.
        # A message may be a million beginnings of control texts.
        at, tail = 0, stop - self._longest + 1
        for match in self._any.finditer(text):
            if match.start() >= tail:
                break
            yield match.span()
            at = match.end()
        at = max(at, tail, 0)
        while at < stop:
            end = self._end(self._any, text, at, stop)
            if end is not None:
                yield at, end
            at = end or at + 1
        for match in self._any.finditer(text, at):
            yield match.span()

    def _end(self, texts: re.Pattern[str], text: str, begin: int, stop: int) -> int | None:
        """Return where a control text ends that begins here, None if none does."""
        match = texts.match(text, begin)
        if match is not None:
            return match.end()
        rest = text[begin:stop]
        index = bisect_left(self._sorted, rest)
        is_cut = index < len(self._sorted) and self._sorted[index].startswith(rest)
        return stop if is_cut else None


def _pattern(texts: Sequence[str], levels: int) -> str:
    """Return a regular expression of any of these sorted texts that takes the longest it can.

    What texts have in common is tried once: vocabularies have thousands that begin alike.
    """
    if not levels:
        return f"(?:{'|'.join(re.escape(text) for text in sorted(texts, key=len, reverse=True))})"
    alternatives: list[str] = []
    for _, group in groupby(filter(None, texts), key=itemgetter(0)):
        alike = list(group)
        # Of sorted texts the first and the last have in common what all have.
        pairs = zip(alike[0], alike[-1], strict=False)
        size = next((at for at, (one, other) in enumerate(pairs) if one != other), len(alike[0]))
        rests = [text[size:] for text in alike]
        more = _pattern(rests, levels - 1) if len(rests) > 1 else ""
        alternatives.append(re.escape(alike[0][:size]) + more)
    return f"(?:{'|'.join(alternatives)}){'' if texts[0] else '?'}"


class Marking:
    """Marks the control texts in the values of one prompt; used once."""

    def __init__(self, controls: ControlTexts, values: object, template: str) -> None:
        """``values`` is all that will be rendered, ``template`` the source it is rendered by."""
        self._controls = controls
        self._taken: set[str] = set(_PRIVATE.findall(template))
        for text in _texts(values):
            self._taken.update(_PRIVATE.findall(text))
        self._free = _private_characters()
        self._marks: dict[str, str] = {}

    def protect(self, value: Any) -> Any:
        """Return a value (text, list, dictionary …) with marks for the control texts in it.

        Raises RequestError for a text that uses up all characters there are for marks.
        """
        if isinstance(value, str):
            return self._protect_text(value)
        if isinstance(value, dict):
            return {self.protect(key): self.protect(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.protect(item) for item in value]
        return value

    def split(self, rendered: str) -> MarkedPrompt:
        """Return the prompt: what stands for a mark is plain, everything else may be special."""
        if not self._marks:
            return MarkedPrompt((Special(rendered),))
        texts = {mark: text for text, mark in self._marks.items()}
        parts: list[Special | Plain] = []
        # Marks in a row are one part: a message may be nothing but control texts.
        for piece in re.split(f"([{''.join(texts)}]+)", rendered):
            if piece[:1] in texts:
                parts.append(Plain("".join(texts[mark] for mark in piece)))
            elif piece:
                parts.append(Special(piece))
        return MarkedPrompt(tuple(parts))

    def _protect_text(self, text: str) -> str:
        pieces: list[str] = []
        done = 0
        for begin, end in self._controls.find(text):
            pieces += text[done:begin], self._mark(text[begin:end])
            done = end
        return "".join(pieces) + text[done:] if pieces else text

    def _mark(self, text: str) -> str:
        if text not in self._marks:
            free = next((each for each in self._free if each not in self._taken), None)
            if free is None:
                raise RequestError(
                    "The messages use every private character of Unicode.",
                    param="messages",
                    next_step="Leave some of U+E000 to U+F8FF out.",
                )
            self._marks[text] = free
        return self._marks[text]


def _private_characters() -> Iterator[str]:
    for low, high in _PRIVATE_RANGES:
        yield from map(chr, range(low, high + 1))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(key)
            yield from _texts(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from _texts(item)
