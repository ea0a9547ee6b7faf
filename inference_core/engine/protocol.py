"""What the server needs of an engine."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from inference_core.domain.errors import EngineDownError
from inference_core.domain.generation import Event, GenerationRequest, ModelInfo, Token
from inference_core.engine.slot import SlotState


class Engine(Protocol):
    """One loaded model."""

    @property
    def info(self) -> ModelInfo:
        """What the model says about itself."""
        ...

    @property
    def down(self) -> EngineDownError | None:
        """Why nothing can be generated now, None where it can."""
        ...

    def generate(self, request: GenerationRequest) -> AsyncGenerator[Event, None]:
        """Answer as soon as there is room and nothing of a better priority; Finished comes last.

        The first event comes when the prompt has been found to fit and the request has its place;
        what makes it impossible is raised before. While it then waits, or pauses for a better one,
        PromptProgress comes again every few seconds.
        Closing the generator stops the engine, also while the prompt is processed, and a request
        that still waits leaves the queue. Raises ContextExceededError, RequestError, BusyError,
        EngineError, EngineDownError.
        """
        ...

    async def tokenize(self, text: str, special: bool) -> list[Token]:
        """Return the tokens of a text; ``special`` reads special tokens written in it as such."""
        ...

    async def detokenize(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens. Raises RequestError for a number that is no token."""
        ...

    def slots(self) -> list[SlotState]:
        """Return what each slot is doing, and has done since the start."""
        ...

    async def close(self) -> bool:
        """Stop what runs and free the model; False if the engine did not come to rest in time."""
        ...
