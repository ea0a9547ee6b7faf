"""An engine that counts what it is asked and what it answers."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from inference_core.domain.errors import CoreError, EngineDownError
from inference_core.domain.generation import (
    Event,
    Finished,
    GenerationRequest,
    ModelInfo,
    TextPiece,
    Token,
)
from inference_core.engine.protocol import Engine
from inference_core.engine.slot import SlotState
from inference_core.server.metrics import Metrics

# Errors with a status below it are the request's, not the engine's.
_FAULTS = 500


class MeasuredEngine:
    """Passes everything on; every route is measured here, whatever its protocol."""

    def __init__(
        self, engine: Engine, metrics: Metrics, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = engine
        self._metrics = metrics
        self._clock = clock

    @property
    def info(self) -> ModelInfo:
        """What the model says about itself."""
        return self._engine.info

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Event, None]:
        """Answer; see Engine.generate."""
        begun = self._clock()
        tokens = 0
        outcome = "failed"
        try:
            async with aclosing(self._engine.generate(request)) as events:
                async for event in events:
                    match event:
                        case TextPiece():
                            if not tokens:
                                self._metrics.first_token(request.priority, self._clock() - begun)
                            tokens += max(1, event.tokens)
                        case Finished(reason, timings):
                            outcome, tokens = reason.value, timings.predicted_n
                            self._metrics.finished(request.priority, timings)
                    yield event
        except CoreError as error:
            if error.status < _FAULTS:
                outcome = "refused"
            raise
        except (GeneratorExit, asyncio.CancelledError):
            # Some stop reading at the end of the answer, which is no loss of interest.
            if outcome == "failed":
                outcome = "cancelled"
            raise
        finally:
            self._metrics.generated(tokens)
            self._metrics.answer(request.priority, outcome, self._clock() - begun)

    async def tokenize(self, text: str, special: bool) -> list[Token]:
        """Return the tokens of a text; see Engine.tokenize."""
        return await self._engine.tokenize(text, special)

    async def detokenize(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens; see Engine.detokenize."""
        return await self._engine.detokenize(tokens)

    @property
    def down(self) -> EngineDownError | None:
        """Why nothing can be generated now; see Engine.down."""
        return self._engine.down

    def slots(self) -> list[SlotState]:
        """Return what each slot is doing."""
        return self._engine.slots()

    async def close(self) -> bool:
        """Stop what runs and free the model; see Engine.close."""
        return await self._engine.close()
