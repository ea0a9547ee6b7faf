"""The answer of ``/infill``: llama-server's own shape, with ``usage`` added."""

from collections.abc import Sequence

from inference_core.domain.chat import ContentPart
from inference_core.domain.generation import Finished, PromptProgress, StopReason, TextPiece
from inference_core.server.answers import Json, Wire, figures_json, progress_json
from inference_core.server.collected import Collected, Figures, Part
from inference_core.server.completion_requests import InfillShape


class InfillWire(Wire):
    """Writes the one answer of a request."""

    def __init__(self, model: str, shape: InfillShape) -> None:
        self._model = model
        self._shape = shape

    def opening(self, index: int) -> list[Json]:
        """Return nothing: a fill-in begins with its text."""
        return []

    def progress(self, progress: PromptProgress) -> Json:
        """Return an empty piece with the progress."""
        return {"content": "", "stop": False, "prompt_progress": progress_json(progress)}

    def part(self, index: int, part: Part) -> Json | None:
        """Return a piece of the content."""
        if not isinstance(part, TextPiece | ContentPart) or not part.text:
            return None
        return {"index": index, "content": part.text, "stop": False}

    def ending(self, index: int, finished: Finished) -> Json:
        """Return the last chunk, without its figures."""
        kind, word = self._stop(finished)
        return {
            "index": index,
            "content": "",
            "stop": True,
            "stop_type": kind,
            "stopping_word": word,
            "model": self._model,
            "truncated": False,
        }

    def figures(self, last: Json, figures: Figures, include_usage: bool) -> list[Json]:
        """Return the last chunk, which always has the usage."""
        timings = figures.timings
        counts = {
            "tokens_evaluated": timings.prompt_tokens,
            "tokens_predicted": timings.predicted_n,
            "tokens_cached": timings.prompt_tokens + timings.predicted_n,
        }
        return [last | counts | figures_json(figures)]

    def whole(self, answers: Sequence[Collected], figures: Figures) -> Json:
        """Return content and figures."""
        (answer,) = answers
        if answer.finished is None:
            raise ValueError("only a finished answer is written whole")
        ended = self.ending(0, answer.finished) | {"content": answer.text}
        (chunk,) = self.figures(ended, figures, include_usage=True)
        return chunk

    def _stop(self, finished: Finished) -> tuple[str, str]:
        """Return llama-server's words for the end; the model's own tokens of an end are its eos."""
        if finished.reason is StopReason.LENGTH:
            return "limit", ""
        if finished.stop is not None and finished.stop in self._shape.stops:
            return "word", finished.stop
        return "eos", ""
