"""The answer on the wire: what every route's shape has in common."""

import uuid
from collections.abc import Sequence
from typing import Any, Protocol

from inference_core.domain.errors import CoreError
from inference_core.domain.generation import Candidate, Finished, PromptProgress, Timings
from inference_core.server.collected import Collected, Figures, Part
from inference_core.server.problems import error_json

Json = dict[str, Any]

# What OpenAI writes for a token that cannot come; JSON has no minus infinity.
_LOWEST_LOGPROB = -9999.0


class Wire(Protocol):
    """One route's way to write its answers; ``index`` is the number of one of them."""

    def opening(self, index: int) -> list[Json]:
        """Return the chunks that begin an answer."""
        ...

    def progress(self, progress: PromptProgress) -> Json:
        """Return the chunk that says how far the prompt is."""
        ...

    def part(self, index: int, part: Part) -> Json | None:
        """Return the chunk of a part, None where there is nothing to send."""
        ...

    def ending(self, index: int, finished: Finished) -> Json:
        """Return the chunk that ends an answer."""
        ...

    def figures(self, last: Json, figures: Figures, include_usage: bool) -> list[Json]:
        """Return ``last``, the chunk that ends the last answer, with what follows it."""
        ...

    def whole(self, answers: Sequence[Collected], figures: Figures) -> Json:
        """Return the finished answers of a request that is not streamed."""
        ...

    def failure(self, error: CoreError) -> Json:
        """Return the event that breaks off a stream, in the shape of every error of the core."""
        return error_json(error)


def usage_json(figures: Figures) -> Json:
    """Return OpenAI's ``usage``; drafts are reported as its predictions."""
    timings = figures.timings
    return {
        "prompt_tokens": timings.prompt_tokens,
        "completion_tokens": timings.predicted_n,
        "total_tokens": timings.prompt_tokens + timings.predicted_n,
        "prompt_tokens_details": {"cached_tokens": timings.cache_n, "audio_tokens": 0},
        "completion_tokens_details": {
            "accepted_prediction_tokens": timings.draft_n_accepted,
            "rejected_prediction_tokens": timings.draft_n - timings.draft_n_accepted,
            "reasoning_tokens": figures.reasoning_tokens,
            "audio_tokens": 0,
        },
    }


def timings_json(timings: Timings) -> Json:
    """Return llama-server's ``timings``, with its derived figures; drafts where there were any."""
    drafts = {"draft_n": timings.draft_n, "draft_n_accepted": timings.draft_n_accepted}
    return {
        "cache_n": timings.cache_n,
        "prompt_n": timings.prompt_n,
        "prompt_ms": round(timings.prompt_ms, 3),
        **_rates("prompt", timings.prompt_n, timings.prompt_ms),
        "queue_ms": round(timings.queue_ms, 3),
        "predicted_n": timings.predicted_n,
        "predicted_ms": round(timings.predicted_ms, 3),
        **_rates("predicted", timings.predicted_n, timings.predicted_ms),
        **(drafts if timings.draft_n else {}),
    }


def progress_json(progress: PromptProgress) -> Json:
    """Return llama-server's ``prompt_progress``."""
    return {
        "total": progress.total,
        "cache": progress.cached,
        "processed": progress.processed,
    }


def figures_json(figures: Figures) -> Json:
    """Return the two accounts that an answer ends with."""
    return {"usage": usage_json(figures), "timings": timings_json(figures.timings)}


def logprob_of(candidate: Candidate) -> float:
    """Return the logarithm of a token's probability, never less than OpenAI's lowest."""
    return max(candidate.logprob, _LOWEST_LOGPROB)


def new_id(kind: str) -> str:
    """Return a fresh id as OpenAI's look: ``chatcmpl-`` and hexadecimal digits."""
    return f"{kind}-{uuid.uuid4().hex}"


def _rates(name: str, tokens: int, ms: float) -> Json:
    return {
        f"{name}_per_token_ms": round(ms / tokens, 3) if tokens else 0.0,
        f"{name}_per_second": round(tokens / ms * 1000, 3) if ms > 0 else 0.0,
    }
