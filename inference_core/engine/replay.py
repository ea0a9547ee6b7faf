"""Scripted answers for integration tests: the whole server, without a model.

The script is a JSON list of ``{"match", "text", "delay_ms"?, "prefill_ms"?, "fail_after"?}``. The
first entry whose ``match`` is part of the prompt answers; an empty ``match`` takes every prompt.
``delay_ms`` passes before each token of the answer, ``prefill_ms`` while the prompt is processed,
``fail_after`` breaks the answer off after that many tokens. Usage and timings are those of what
really happened here, counted in this engine's own tokens.
"""

import asyncio
import json
import re
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path

from inference_core.domain.errors import (
    ContextExceededError,
    EngineDownError,
    EngineError,
    ModelError,
    RequestError,
)
from inference_core.domain.generation import (
    Event,
    Finished,
    GenerationRequest,
    MarkedPrompt,
    ModelInfo,
    Prompt,
    PromptProgress,
    Sampling,
    StopReason,
    TextPiece,
    TextPrompt,
    Timings,
    Token,
    TokenPrompt,
)
from inference_core.engine.slot import Slot, SlotState

# A word with the blanks before it, or one other character: close enough to count with.
_TOKEN = re.compile(r"[ \t]*\w+|\s+|.", re.DOTALL)

# A slow prompt is worked through in this many steps, like the batches of a real engine.
_PREFILL_STEPS = 20


@dataclass(frozen=True, slots=True)
class ScriptedAnswer:
    """One entry of the script; times in milliseconds."""

    match: str
    text: str
    delay_ms: float = 0.0
    prefill_ms: float = 0.0
    fail_after: int | None = None


def read_script(path: Path) -> tuple[ScriptedAnswer, ...]:
    """Return the answers of a script file. Raises ModelError, which says what is wrong with it."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return tuple(ScriptedAnswer(**entry) for entry in data)
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(
            f"The replay script {path} cannot be read: {error}",
            'It is a JSON list of {"match": …, "text": …}.',
        ) from error


class ReplayEngine:
    """Answers from a script, with one slot, prefix reuse and stops like the real engine's."""

    def __init__(self, script: tuple[ScriptedAnswer, ...], context: int = 8192) -> None:
        self._script = script
        self._info = ModelInfo(context=context, trained_context=context)
        self._slot = Slot()
        self._cached: list[str] = []

    @property
    def info(self) -> ModelInfo:
        """The context; a script has no vocabulary and no template."""
        return self._info

    @property
    def down(self) -> EngineDownError | None:
        """None: a script can always be asked."""
        return None

    def slots(self) -> list[SlotState]:
        """Return the state of the one slot."""
        return [self._slot.state()]

    async def tokenize(self, text: str, special: bool) -> list[Token]:
        """Return words and signs; numbers are positions, since nothing is generated from them."""
        return [Token(number, piece) for number, piece in enumerate(words_of(text))]

    async def detokenize(self, tokens: Sequence[int]) -> str:
        """Refuse: the numbers of a script's tokens are positions, which say nothing."""
        raise RequestError("A replay script has no vocabulary to read tokens with.")

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Event, None]:
        """Answer from the script; see Engine.generate."""
        text = prompt_text(request.prompt)
        tokens = words_of(text)
        if len(tokens) > self._info.context:
            raise ContextExceededError(len(tokens), self._info.context)
        answer = self._find(text)
        await self._slot.acquire()
        try:
            async for event in self._answer(tokens, answer, request.sampling):
                self._slot.note(event)
                yield event
        finally:
            self._slot.release()

    async def close(self) -> bool:
        """Nothing to free; always at rest."""
        return True

    def _find(self, prompt: str) -> ScriptedAnswer:
        for answer in self._script:
            if answer.match in prompt:
                return answer
        raise RequestError("No entry of the replay script matches this prompt.", code="no_replay")

    async def _answer(
        self, tokens: list[str], answer: ScriptedAnswer, sampling: Sampling
    ) -> AsyncGenerator[Event, None]:
        cached = _common_prefix(self._cached, tokens)
        begun = time.perf_counter()
        for done in _steps(cached, len(tokens), answer.prefill_ms):
            await asyncio.sleep(answer.prefill_ms / 1000 / _PREFILL_STEPS)
            self._cached = tokens[:done]
            yield PromptProgress(len(tokens), cached, done)
        prefilled = time.perf_counter()
        pieces, reason = _limited(answer.text, sampling, self._info.context - len(tokens))
        for number, piece in enumerate(pieces):
            if number == answer.fail_after:
                raise EngineError("The replay script breaks this answer off here.")
            await asyncio.sleep(answer.delay_ms / 1000)
            yield TextPiece(piece)
        ended = time.perf_counter()
        yield Finished(
            reason,
            Timings(
                cache_n=cached,
                prompt_n=len(tokens) - cached,
                prompt_ms=(prefilled - begun) * 1000,
                predicted_n=len(pieces),
                predicted_ms=(ended - prefilled) * 1000,
            ),
        )


def words_of(text: str) -> list[str]:
    """Return the tokens of a text for an engine that has no vocabulary: words, blanks, signs."""
    return _TOKEN.findall(text)


def prompt_text(prompt: Prompt) -> str:
    """Return a prompt as the text that scripts are matched against."""
    match prompt:
        case TextPrompt(text):
            return text
        case TokenPrompt(tokens):
            return " ".join(str(token) for token in tokens)
        case MarkedPrompt(parts):
            return "".join(part.text for part in parts)


def _common_prefix(old: list[str], new: list[str]) -> int:
    """Return how many tokens can be reused: like the real engine, never the last of the prompt."""
    count = 0
    for before, now in zip(old, new[:-1], strict=False):
        if before != now:
            break
        count += 1
    return count


def _steps(cached: int, total: int, prefill_ms: float) -> list[int]:
    """Return the prompt positions at which progress is told."""
    if prefill_ms <= 0:
        return [total]
    todo = total - cached
    return [cached + todo * step // _PREFILL_STEPS for step in range(1, _PREFILL_STEPS + 1)]


def _limited(text: str, sampling: Sampling, room: int) -> tuple[list[str], StopReason]:
    """Cut an answer at a stop string, the request's limit and the room that the context leaves."""
    ends = [text.index(stop) for stop in sampling.stop if stop and stop in text]
    pieces = words_of(text[: min(ends)] if ends else text)
    limit = room if sampling.max_tokens is None else min(room, sampling.max_tokens)
    if len(pieces) > limit:
        return pieces[:limit], StopReason.LENGTH
    return pieces, StopReason.STOP
