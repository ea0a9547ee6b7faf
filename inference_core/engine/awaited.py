"""What a link to an engine's process waits for: the events of a request, or an answer."""

import asyncio
from collections import deque
from typing import Any

from inference_core.domain.errors import CoreError
from inference_core.domain.generation import (
    Event,
    Finished,
    Priority,
    PromptProgress,
    TextPiece,
    Token,
)
from inference_core.engine.host_wire import read_error


class _Awaited:
    """What somebody waits for; ``sent`` when the process was asked, ``over`` when it has ended."""

    def __init__(self) -> None:
        self.sent = False
        self.over = False

    def sent_as(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return the message that is being sent for it, and note that."""
        self.sent = True
        return message


class Answer(_Awaited):
    """The answer to a question, which comes in parts."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[Any] = []
        self._error: CoreError | None = None
        self._whole = asyncio.Event()

    def take(self, message: dict[str, Any]) -> None:
        """Take a line of the answer."""
        if "part" in message:
            self._parts.append(message["part"])
        elif "error" in message:
            self.fail(read_error(message["error"]))
        else:
            self._end()

    def fail(self, error: CoreError) -> None:
        """Let it end with an error."""
        self._error = error
        self._end()

    async def parts(self) -> list[Any]:
        """Return all parts, once it is whole. Raises the error that came instead."""
        await self._whole.wait()
        if self._error is not None:
            raise self._error
        return self._parts

    def _end(self) -> None:
        self.over = True
        self._whole.set()


class Events(_Awaited):
    """The events of one answer; text that nobody has taken yet is joined, so that few are kept."""

    def __init__(self, priority: Priority) -> None:
        super().__init__()
        self.priority = priority
        self._waiting: deque[Event | CoreError] = deque()
        self._some = asyncio.Event()

    def put(self, event: Event | CoreError) -> None:
        """Add an event, or the error that ends the answer."""
        last = self._waiting[-1] if self._waiting else None
        if isinstance(last, TextPiece) and isinstance(event, TextPiece):
            self._waiting[-1] = TextPiece(
                last.text + event.text,
                last.tokens + event.tokens,
                last.logprobs + event.logprobs,
            )
        elif isinstance(last, PromptProgress) and isinstance(event, PromptProgress):
            self._waiting[-1] = event
        else:
            self._waiting.append(event)
        self.over = self.over or isinstance(event, Finished | CoreError)
        self._some.set()

    async def get(self) -> Event | CoreError:
        """Return the next event, or the error."""
        while not self._waiting:
            self._some.clear()
            await self._some.wait()
        return self._waiting.popleft()

    async def within(self, seconds: float, otherwise: Event) -> Event | CoreError:
        """Return the next event, or another one where none comes in time."""
        try:
            async with asyncio.timeout(seconds):
                return await self.get()
        except TimeoutError:
            # It waits, or pauses for another request: nothing is wrong, so say that.
            return otherwise


def tokens_of(parts: list[list[list[Any]]]) -> list[Token]:
    """Return the tokens that Preparation.tokens tells of; those with one number are one object."""
    known: dict[int, Token] = {}
    tokens: list[Token] = []
    for numbers, fresh in parts:
        known.update((number, Token(number, text)) for number, text in fresh)
        tokens += [known[number] for number in numbers]
    return tokens
