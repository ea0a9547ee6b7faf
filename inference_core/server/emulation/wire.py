"""The answers of an emulated service: the core's own, with what Cerebras adds to them."""

import time
from collections.abc import Sequence

from inference_core.domain.emulation import Pace
from inference_core.domain.errors import CoreError
from inference_core.domain.generation import Finished, PromptProgress
from inference_core.server.answers import Json, Wire, new_id, usage_json
from inference_core.server.collected import Collected, Figures, Part
from inference_core.server.emulation.flat_errors import stream_error
from inference_core.server.emulation.reasoning import ReasoningFormat, ReasoningWriter
from inference_core.server.emulation.settings import Emulation

_DIGITS = 6


class EmulatedWire:
    """Writes the answers of one request; see Wire.

    The last chunk of a stream has ``finish_reason``, ``usage`` and ``time_info`` together, whether
    usage was asked for or not. ``x_spark`` is in the first chunk and in the last: the first one
    says that what follows is emulated, the last how it went.
    """

    def __init__(
        self,
        inner: Wire,
        emulation: Emulation,
        reasoning: ReasoningFormat = ReasoningFormat.NONE,
    ) -> None:
        self._inner = inner
        self._emulation = emulation
        self._reasoning = ReasoningWriter(reasoning)
        self._paces: dict[int, Pace] = {}

    def opening(self, index: int) -> list[Json]:
        """Return the chunks that begin an answer, the first of them marked as emulated."""
        chunks = self._inner.opening(index)
        for chunk in chunks[:1]:
            chunk["x_spark"] = self._emulation.label()
        return chunks

    def progress(self, progress: PromptProgress) -> Json:
        """Return the chunk that says how far the prompt is, marked as emulated."""
        return {**self._inner.progress(progress), "x_spark": self._emulation.label()}

    def part(self, index: int, part: Part) -> Json | None:
        """Return the chunk of a part, with reasoning where it was asked for."""
        written = self._reasoning.written(index, part)
        chunk = None if written is None else self._inner.part(index, written)
        if chunk is not None:
            for choice in chunk.get("choices", ()):
                self._reasoning.dress_delta(index, part, choice.get("delta", {}))
        return chunk

    def ending(self, index: int, finished: Finished) -> Json:
        """Return the chunk that ends an answer."""
        if finished.pace is not None:
            self._paces[index] = finished.pace
        return self._inner.ending(index, finished)

    def figures(self, last: Json, figures: Figures, include_usage: bool) -> list[Json]:
        """Return the last chunk with everything that Cerebras tells at the end."""
        [*before, last] = self._inner.figures(last, figures, include_usage=False)
        account = {"usage": usage_json(figures), **self._account()}
        return [*before, {"service_tier": "default", **last, **account}]

    def whole(self, answers: Sequence[Collected], figures: Figures) -> Json:
        """Return the finished answers of a request that is not streamed."""
        for index, answer in enumerate(answers):
            if answer.finished is not None and answer.finished.pace is not None:
                self._paces[index] = answer.finished.pace
        body = self._inner.whole(answers, figures)
        for choice in body.get("choices", ()):
            self._reasoning.dress_message(choice.get("message", {}))
        return {"service_tier": "default", **body, **self._account()}

    def failure(self, error: CoreError) -> Json:
        """Return the event that breaks off a stream."""
        return stream_error(error, new_id("chatcmpl"))

    def _account(self) -> Json:
        # Of answers that ran side by side the one that took longest is told.
        pace = max(self._paces.values(), key=lambda each: each.total_s, default=None)
        if pace is None:
            return {"x_spark": self._emulation.label()}
        return {"time_info": _time_info(pace), "x_spark": self._emulation.label(pace)}


def _time_info(pace: Pace) -> Json:
    """Return Cerebras' account of an answer, in seconds."""
    return {
        "queue_time": round(pace.queue_s, _DIGITS),
        "prompt_time": round(pace.prompt_s, _DIGITS),
        "completion_time": round(pace.completion_s, _DIGITS),
        "total_time": round(pace.total_s, _DIGITS),
        "created": int(time.time()),
    }
