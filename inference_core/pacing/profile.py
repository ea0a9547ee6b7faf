"""A profile: how one published hardware answers with one model."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from inference_core.pacing.figures import Absent, Figure, Stated, value_or, value_or_none
from inference_core.pacing.physics import Derivation


class Shape(StrEnum):
    """How the deviations of single steps are distributed; all have the stated deviation."""

    NORMAL = "normal"
    UNIFORM = "uniform"
    LOGNORMAL = "lognormal"


@dataclass(frozen=True, slots=True)
class Profile:
    """Every figure of one profile; frozen, and checked when it was read.

    ``first_token_s`` (seconds) and ``per_prompt_token_s`` (seconds for each prompt token that was
    not cached) make the time to the first token. ``decode_tps`` is tokens per second at a context
    of ``decode_context`` tokens; ``slowdown_per_token`` is how much longer a step takes for each
    token of context, relative to a step with none. ``jitter`` is the standard deviation of the time
    between two steps, relative to its mean. ``accepted_per_step`` is the mean number of tokens that
    one step yields (speculation), ``tokens_per_chunk`` how many are sent together. ``queue_s`` is
    the wait of a request on an idle service, ``queue_per_request_s`` what each answer that is being
    made adds to it. Prices are US$ per million tokens. ``own``: the file is the user's.
    """

    id: str
    title: str
    hardware: str
    model: str
    decode_tps: Figure
    first_token_s: Figure
    per_prompt_token_s: Figure
    decode_context: Stated
    slowdown_per_token: Stated
    jitter: Stated
    jitter_shape: Shape
    accepted_per_step: Stated
    tokens_per_chunk: Stated
    queue_s: Stated
    queue_per_request_s: Stated
    context: Stated
    price_in: Stated
    price_cached: Stated
    price_out: Stated
    derivation: Derivation | Absent
    own: bool = False

    @property
    def context_tokens(self) -> int | None:
        """Return how many tokens prompt and answer may have together; None where nobody says."""
        value = value_or_none(self.context)
        return None if value is None else int(value)

    @property
    def chunk_tokens(self) -> int:
        """Return how many tokens are sent together, 1 where nobody says."""
        return int(value_or(self.tokens_per_chunk, 1))

    def step_s(self, context: int) -> float:
        """Return the mean duration of one step in seconds, with so many tokens of context."""
        slower = value_or(self.slowdown_per_token, 0.0)
        stated_at = value_or(self.decode_context, 0.0)
        yields = value_or(self.accepted_per_step, 1.0)
        return yields / self.decode_tps.value * (1 + slower * context) / (1 + slower * stated_at)

    def wait_s(self, running: int = 0) -> float:
        """Return how long a request waits, in seconds, while ``running`` answers are being made."""
        each = value_or(self.queue_per_request_s, 0.0)
        return value_or(self.queue_s, 0.0) + running * each

    def prompt_s(self, uncached_tokens: int) -> float:
        """Return the seconds from the queue's end to the first token."""
        return self.first_token_s.value + uncached_tokens * self.per_prompt_token_s.value

    def figures(self) -> dict[str, Stated]:
        """Return every figure by the name of its key, in the order of the file."""
        return {name: getattr(self, name) for name in FIGURES}

    def to_json(self) -> dict[str, object]:
        """Return what ``spark-core profile list --json`` tells; the provenance is decode's."""
        return {
            "id": self.id,
            "title": self.title,
            "hardware": self.hardware,
            "model": self.model,
            "decode_tps": self.decode_tps.value,
            "first_token_s": self.first_token_s.value,
            "per_prompt_token_s": self.per_prompt_token_s.value,
            "context": self.context_tokens,
            "price_in": value_or_none(self.price_in),
            "price_cached": value_or_none(self.price_cached),
            "price_out": value_or_none(self.price_out),
            "kind": str(self.decode_tps.kind),
            "source": self.decode_tps.source,
            "date": self.decode_tps.date,
            "own": self.own,
        }


@dataclass(frozen=True, slots=True)
class Limits:
    """What a figure may be, both ends included, and how its unit is called."""

    low: float
    high: float
    unit: str
    whole: bool = False

    @classmethod
    def count(cls, high: float, unit: str) -> Self:
        """Return the limits of a whole number from 1."""
        return cls(1, high, unit, whole=True)


# Every key of a profile's figures, in the order of the file.
FIGURES: dict[str, Limits] = {
    "decode_tps": Limits(0.01, 1e6, "tokens/s"),
    "first_token_s": Limits(0, 3600, "s"),
    "per_prompt_token_s": Limits(0, 10, "s/token"),
    "decode_context": Limits(0, 1e8, "tokens", whole=True),
    "slowdown_per_token": Limits(0, 1, "1/token"),
    "jitter": Limits(0, 1, "of the mean"),
    "accepted_per_step": Limits(1, 64, "tokens/step"),
    "tokens_per_chunk": Limits.count(1024, "tokens/chunk"),
    "queue_s": Limits(0, 3600, "s"),
    "queue_per_request_s": Limits(0, 3600, "s/request"),
    "context": Limits.count(1e8, "tokens"),
    "price_in": Limits(0, 1e5, "US$/Mtoken"),
    "price_cached": Limits(0, 1e5, "US$/Mtoken"),
    "price_out": Limits(0, 1e5, "US$/Mtoken"),
}
