"""One answer in the making."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from inference_core.domain.generation import (
    Finished,
    GenerationRequest,
    PromptProgress,
    StopReason,
    TextPiece,
    Timings,
)
from inference_core.engine.decoder import Sampled, Sampler
from inference_core.engine.drafting import Drafter
from inference_core.engine.prefix_store import Held
from inference_core.engine.text_stream import TextStream


@dataclass(eq=False, slots=True)
class Job:
    """A request, its tokens, and how far it is; ``arrived`` in seconds of the monotonic clock.

    ``written`` are the tokens of the answer. All but the last of them, and the prompt, are what the
    sequence ``held`` has to hold before the next token can be sampled; what it does not hold yet is
    ``pending``. A job that had to give up its sequence goes on with another one in the same way.
    """

    id: int
    request: GenerationRequest
    tokens: list[int]
    room: int
    prediction: Sequence[int] = ()
    arrived: float = field(default_factory=time.monotonic)
    held: Held | None = None
    sampler: Sampler | None = None
    drafter: Drafter | None = None
    written: list[int] = field(default_factory=list)
    cached: int | None = None
    drafted: int = 0
    accepted: int = 0
    seated: bool = False
    _text: TextStream = field(init=False)
    _begun: float = 0.0
    _answering: float = 0.0

    def __post_init__(self) -> None:
        self._text = TextStream(self.request.sampling.stop)

    @property
    def order(self) -> tuple[int, float, int]:
        """What jobs are sorted by: priority, then arrival."""
        return (self.request.priority, self.arrived, self.id)

    @property
    def known(self) -> list[int]:
        """The prompt and what was written."""
        return self.tokens + self.written

    @property
    def prefill_only(self) -> bool:
        """Whether nothing is to be written: a warm-up."""
        return self.request.sampling.max_tokens == 0

    @property
    def decoding(self) -> bool:
        """Whether all but the last token is in memory and the answer has begun."""
        return bool(self.written) and self.pending_count == 1

    @property
    def pending_count(self) -> int:
        """How many tokens must be worked through before the next can be sampled."""
        return len(self.tokens) + len(self.written) - len(self.held.tokens if self.held else ())

    def pending(self, most: int) -> list[int]:
        """Return the next tokens that must be worked through."""
        done = len(self.held.tokens) if self.held else 0
        if done >= len(self.tokens):
            return self.written[done - len(self.tokens) :][:most]
        return self.known[done : done + most]

    @property
    def left(self) -> int:
        """How many tokens may still be written."""
        limit = self.request.sampling.max_tokens
        room = self.room - len(self.written)
        return room if limit is None else min(room, limit - len(self.written))

    def begin(self, held: Held, cached: int) -> None:
        """Go on with a sequence that holds ``cached`` tokens already."""
        self.held = held
        if self.cached is None:
            self.cached = min(cached, len(self.tokens))
            self._begun = time.monotonic()

    def progress(self) -> PromptProgress:
        """Return how much of the prompt is done."""
        done = len(self.held.tokens) if self.held else 0
        return PromptProgress(len(self.tokens), self.cached or 0, min(done, len(self.tokens)))

    def take(self, sampled: Sampled, piece: bytes, is_end: bool) -> tuple[TextPiece | None, bool]:
        """Add a token to the answer; return the text that is certain now, and whether it ends."""
        if not self.written:
            self._answering = time.monotonic()
        self.written.append(sampled.token)
        if self.drafter is not None:
            self.drafter.observe(sampled.token)
        if is_end:
            return None, True
        text = self._text.feed(piece, sampled.logprob)
        return text, self._text.stopped is not None or self.left <= 0

    def draft(self, most: int) -> list[int]:
        """Return the tokens to try after the pending one."""
        if self.drafter is None:
            return []
        return self.drafter.draft(min(most, self.left - 1))

    def settle(self, drafted: int, right: int) -> None:
        """Take note of how many tokens were tried after the pending one, and were right."""
        self.drafted += drafted
        self.accepted += right
        if self.drafter is not None:
            self.drafter.settle(drafted, right)

    def finish(self, by_limit: bool) -> tuple[TextPiece | None, Finished]:
        """Return the rest of the text, and the end of the answer."""
        now = time.monotonic()
        answering = self._answering or now
        reason = StopReason.LENGTH if by_limit else StopReason.STOP
        if self._text.stopped is not None:
            reason = StopReason.STOP
        cached = self.cached or 0
        timings = Timings(
            cache_n=cached,
            prompt_n=len(self.tokens) - cached,
            prompt_ms=max(0.0, answering - self._begun) * 1000,
            predicted_n=len(self.written),
            predicted_ms=(now - answering) * 1000,
            queue_ms=max(0.0, self._begun - self.arrived) * 1000,
        )
        timings = replace(timings, draft_n=self.drafted, draft_n_accepted=self.accepted)
        return self._text.end(), Finished(reason, timings, self._text.stopped)
