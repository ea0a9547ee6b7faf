"""An engine that says what was recorded, again and again to the length that is asked for."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from inference_core.domain.errors import ContextExceededError, EngineDownError, RequestError
from inference_core.domain.generation import (
    Event,
    Finished,
    GenerationRequest,
    ModelInfo,
    PromptProgress,
    StopReason,
    Timings,
    Token,
)
from inference_core.engine.replay import prompt_text, words_of
from inference_core.engine.slot import SlotState
from inference_core.engine.text_stream import TextStream

# A prompt that begins like the last one was read already, as far as they are the same.
_LEAST_CACHED = 16


@dataclass(frozen=True, slots=True)
class RecordedPiece:
    """One token of the recorded answer: when it came, in seconds, and its text."""

    seconds: float
    text: str


class RecordedEngine:
    """Answers every request with the same recording, at once; see Engine.

    Without a limit the recording is said once. Prompts are counted in words and signs, since there
    is no vocabulary.
    """

    def __init__(self, pieces: Sequence[RecordedPiece], context: int) -> None:
        self._pieces = tuple(pieces)
        self._info = ModelInfo(context=context, trained_context=context)
        self._known: list[str] = []

    @property
    def info(self) -> ModelInfo:
        """The context; a recording has no vocabulary and no template."""
        return self._info

    @property
    def down(self) -> EngineDownError | None:
        """None: a recording can always be said."""
        return None

    def slots(self) -> list[SlotState]:
        """Return none: as many as like may listen at once."""
        return []

    async def tokenize(self, text: str, special: bool) -> list[Token]:
        """Return words and signs; their numbers are positions."""
        return [Token(number, piece) for number, piece in enumerate(words_of(text))]

    async def detokenize(self, tokens: Sequence[int]) -> str:
        """Refuse: the numbers of these tokens are positions, which say nothing."""
        raise RequestError(
            "A recording has no vocabulary to read tokens with.",
            code="no_vocabulary",
            next_step="Send text, or start the core with --source engine.",
        )

    async def close(self) -> bool:
        """Nothing to free; always at rest."""
        return True

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Event, None]:
        """Say the recording; see Engine.generate."""
        prompt = words_of(prompt_text(request.prompt))
        room = self._info.context - len(prompt)
        if room <= 0:
            raise ContextExceededError(len(prompt), self._info.context)
        cached, self._known = _beginning(self._known, prompt), prompt
        yield PromptProgress(len(prompt), cached, len(prompt))
        wanted = request.sampling.max_tokens
        limit = room if wanted is None else min(room, wanted)
        text = TextStream(request.sampling.stop)
        written = 0
        for piece in self._said(forever=wanted is not None):
            if written >= limit or text.stopped is not None:
                break
            written += 1
            if (certain := text.feed(piece.text.encode("utf-8"))) is not None:
                yield certain
                # Others have their turn: a long recording must not hold the event loop.
                await asyncio.sleep(0)
        if (rest := text.end()) is not None:
            yield rest
        cut = written >= limit and text.stopped is None
        reason = StopReason.LENGTH if cut else StopReason.STOP
        timings = Timings(cached, len(prompt) - cached, 0.0, written, 0.0)
        yield Finished(reason, timings, text.stopped)

    def _said(self, forever: bool) -> Iterator[RecordedPiece]:
        times = repeat(self._pieces) if forever and self._pieces else (self._pieces,)
        return chain.from_iterable(times)


def _beginning(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many tokens are known: like the real engine's, never the last of the prompt."""
    count = 0
    for before, now in zip(old, new[:-1], strict=False):
        if before != now:
            break
        count += 1
    return count if count >= _LEAST_CACHED else 0


def single_tokens(recorded: Iterable[tuple[float, str, int]]) -> list[RecordedPiece]:
    """Return a recording's pieces token by token; where a piece is not one, words stand for them.

    Each entry is when it came, its text, and its number of tokens, 0 where that is not known.
    """
    return [
        RecordedPiece(seconds, text)
        for seconds, piece, tokens in recorded
        for text in ([piece] if tokens == 1 else words_of(piece))
    ]
