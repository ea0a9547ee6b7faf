"""Keep texts of a chat from being read as control tokens.

A message that contains ``<|im_end|>`` must not end itself. What a template makes of messages and
of itself is one text, so the control texts in messages are replaced by single characters of no
meaning before rendering, and become parts of plain text afterwards.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from inference_core.domain.errors import RequestError
from inference_core.domain.generation import MarkedPrompt, Plain, Special

# Unicode's characters for private use: no case, no blanks, nothing that a template looks for.
_PRIVATE_RANGES = ((0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD))
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")


class ControlTexts:
    """The texts of a model's control tokens, and where they begin."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = frozenset(text for text in texts if text)
        self._lengths = sorted({len(text) for text in self._texts}, reverse=True)
        firsts = "".join(sorted({re.escape(text[0]) for text in self._texts}))
        self._first = re.compile(f"[{firsts}]") if firsts else None
        self._beginnings = {text[:size] for text in self._texts for size in range(1, len(text))}

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield begin and end of each control text, and of one that the end of ``text`` cuts.

        The latter, since a template may go on with the rest of it. Blanks after it are not looked
        at: templates strip them.
        """
        at, stop = 0, len(text.rstrip())
        while self._first is not None and (first := self._first.search(text, at)):
            begin = first.start()
            size = self._size(text, begin, stop)
            if size:
                yield begin, begin + size
            at = begin + (size or 1)

    def _size(self, text: str, begin: int, stop: int) -> int:
        for length in self._lengths:
            if text[begin : begin + length] in self._texts:
                return length
        if stop - begin < self._lengths[0] and text[begin:stop] in self._beginnings:
            return stop - begin
        return 0


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
