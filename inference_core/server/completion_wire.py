"""The answers of ``/v1/completions``, whole and in chunks."""

import time
from collections.abc import Sequence

from inference_core.domain.chat import ContentPart, ReasoningPart
from inference_core.domain.generation import Finished, PromptProgress, TextPiece, TokenLogprob
from inference_core.server.answers import (
    Json,
    Wire,
    figures_json,
    logprob_of,
    new_id,
    progress_json,
    timings_json,
    usage_json,
)
from inference_core.server.collected import Collected, Figures, Part
from inference_core.server.completion_requests import CompletionShape


class CompletionWire(Wire):
    """Writes the answers of one request; ``echoes`` are the texts that they begin with."""

    def __init__(self, model: str, shape: CompletionShape, echoes: Sequence[str] = ()) -> None:
        self._shape = shape
        self._echoes = echoes
        self._offsets: dict[int, int] = {}
        self._head: Json = {
            "id": new_id("cmpl"),
            "object": "text_completion",
            "created": int(time.time()),
            "model": model,
        }

    def opening(self, index: int) -> list[Json]:
        """Return the prompt where it is echoed: else a completion begins with its text."""
        return [self._chunk(index, self._echoes[index])] if self._echoes else []

    def progress(self, progress: PromptProgress) -> Json:
        """Return a chunk without choices."""
        return {**self._head, "choices": [], "prompt_progress": progress_json(progress)}

    def part(self, index: int, part: Part) -> Json | None:
        """Return the text; a completion has no place for reasoning but the text."""
        if not isinstance(part, TextPiece | ContentPart | ReasoningPart):
            return None
        logprobs = () if isinstance(part, ReasoningPart) else part.logprobs
        if not part.text and not logprobs:
            return None
        return self._chunk(index, part.text, logprobs=self._logprobs(index, logprobs))

    def ending(self, index: int, finished: Finished) -> Json:
        """Return the chunk with the finish reason."""
        return self._chunk(index, "", finished.reason.value)

    def figures(self, last: Json, figures: Figures, include_usage: bool) -> list[Json]:
        """Return the usage if it was asked for; timings are on the last chunk, whichever it is."""
        chunks = [last]
        if include_usage:
            chunks.append({**self._head, "choices": [], "usage": usage_json(figures)})
        chunks[-1]["timings"] = timings_json(figures.timings)
        return chunks

    def whole(self, answers: Sequence[Collected], figures: Figures) -> Json:
        """Return a text_completion."""
        choices = [self._whole_choice(index, answer) for index, answer in enumerate(answers)]
        return {**self._head, "choices": choices, **figures_json(figures)}

    def _whole_choice(self, index: int, answer: Collected) -> Json:
        echo = self._echoes[index] if self._echoes else ""
        text = echo + "".join(answer.reasoning) + answer.text
        reason = None if answer.finished is None else answer.finished.reason.value
        return _choice(index, text, reason, self._logprobs(index, answer.logprobs))

    def _chunk(
        self, index: int, text: str, reason: str | None = None, logprobs: Json | None = None
    ) -> Json:
        return {**self._head, "choices": [_choice(index, text, reason, logprobs)]}

    def _logprobs(self, index: int, logprobs: Sequence[TokenLogprob]) -> Json | None:
        """Return the older form; ``text_offset`` counts characters from the answer's beginning."""
        if not self._shape.logprobs:
            return None
        offsets = []
        offset = self._offsets.get(index, 0)
        for each in logprobs:
            offsets.append(offset)
            offset += _characters(each.chosen.data)
        self._offsets[index] = offset
        return {
            "tokens": [each.chosen.text for each in logprobs],
            "token_logprobs": [logprob_of(each.chosen) for each in logprobs],
            "top_logprobs": [
                {token.text: logprob_of(token) for token in each.top} for each in logprobs
            ],
            "text_offset": offsets,
        }


def _choice(index: int, text: str, reason: str | None, logprobs: Json | None) -> Json:
    return {"index": index, "text": text, "logprobs": logprobs, "finish_reason": reason}


def _characters(data: bytes) -> int:
    """Return how many characters begin in these bytes; a token may hold a part of one."""
    return sum(byte & 0xC0 != 0x80 for byte in data)
