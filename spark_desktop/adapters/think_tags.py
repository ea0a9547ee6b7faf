"""Reasoning that a server leaves in the answer's text, between tags. No I/O."""

from spark_desktop.domain.completion import Chunk, ReasoningChunk, TextChunk

# What models write whose server takes no reasoning apart: DeepSeek-R1, Qwen3, Gemini.
_TAGS = {"<think>": "</think>", "<thinking>": "</thinking>", "<thought>": "</thought>"}


class ThinkTags:
    """Tells reasoning from text, however its tags are cut into pieces.

    Tags count only where the answer begins with them, or where more reasoning follows at once: an
    answer about such tags keeps its own. ``is_reading`` False takes everything for text.
    """

    def __init__(self, is_reading: bool = True) -> None:
        self._is_text = not is_reading
        self._held = ""
        # The tag that ends the reasoning which is being read, "" outside.
        self._closing = ""
        self._has_thought = False

    def feed(self, text: str) -> list[Chunk]:
        """Return what can be told now; what may be part of a tag is held back."""
        chunks: list[Chunk] = []
        self._held += text
        while self._held:
            if self._is_text:
                chunks.append(TextChunk(self._held))
                self._held = ""
            elif not (self._inside(chunks) if self._closing else self._before()):
                break
        return chunks

    def rest(self) -> list[Chunk]:
        """Return what was held back, as nothing follows."""
        held, self._held = self._held, ""
        if self._closing:
            return [ReasoningChunk(held)] if held else []
        if self._has_thought:
            held = held.lstrip()
        return [TextChunk(held)] if held else []

    def _inside(self, chunks: list[Chunk]) -> bool:
        """Take reasoning up to its end; return whether to go on with what is held."""
        before, closing, after = self._held.partition(self._closing)
        if closing:
            self._closing, self._held = "", after
        else:
            kept = begun(before, self._closing)
            self._held = before[len(before) - kept :]
            before = before[: len(before) - kept]
        if before:
            chunks.append(ReasoningChunk(before))
        return bool(closing)

    def _before(self) -> bool:
        """Look for an opening tag at the beginning; return whether to go on with what is held."""
        start = self._held.lstrip()
        for opening, closing in _TAGS.items():
            if start.startswith(opening):
                self._closing, self._has_thought = closing, True
                self._held = start[len(opening) :]
                return True
            if opening.startswith(start):
                return False
        self._is_text = True
        if self._has_thought:
            # The blank lines between reasoning and answer belong to neither.
            self._held = start
        return True


def begun(text: str, mark: str) -> int:
    """Return how many characters at the text's end are the beginning of a mark."""
    longest = min(len(text), len(mark) - 1)
    return next((n for n in range(longest, 0, -1) if mark.startswith(text[-n:])), 0)
