"""What the server needs of an engine."""

from collections.abc import AsyncGenerator
from typing import Protocol

from inference_core.domain.generation import Event, Prompt, Sampling, Token
from inference_core.engine.slot import SlotState


class Engine(Protocol):
    """One loaded model that answers one request at a time."""

    @property
    def context(self) -> int:
        """The tokens that a prompt and its answer may have together."""
        ...

    def generate(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Event, None]:
        """Wait for the slot, then answer; the last event is Finished.

        Closing the generator stops the engine, also while the prompt is processed, and a request
        that still waits leaves the queue. Raises ContextExceededError, RequestError, EngineError.
        """
        ...

    async def tokenize(self, text: str, special: bool) -> list[Token]:
        """Return the tokens of a text; ``special`` reads special tokens written in it as such."""
        ...

    def slots(self) -> list[SlotState]:
        """Return what each slot is doing, and has done since the start."""
        ...

    async def close(self) -> bool:
        """Stop what runs and free the model; False if the engine did not come to rest in time."""
        ...
