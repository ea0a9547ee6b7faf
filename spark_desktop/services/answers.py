"""Who answers what kind of work: the port through which every question finds its endpoint."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, runtime_checkable

from spark_desktop.domain.completion import ChatRequest, ModelInfo
from spark_desktop.domain.core_state import CoreReady
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.services.ports import Core, Endpoint
from spark_desktop.services.tasks import TaskScope


class Answers(Protocol):
    """Gives out endpoints, by the user's order of preference for each kind of work."""

    async def endpoint_for(self, kind: WorkKind) -> Endpoint:
        """Return the endpoint for a kind of work; its model is that of who is asked first.

        Raises SparkError where nobody can be asked.
        """
        ...

    def model_for(self, kind: WorkKind) -> ModelInfo | None:
        """Return the model of who would be asked first; None while that is not known."""
        ...

    def warm(self, kind: WorkKind) -> None:
        """Begin what takes a while before such work can be answered; returns at once."""
        ...


@runtime_checkable
class ReadsAhead(Protocol):
    """Answers whose servers may read the beginning of a prompt before it is asked."""

    async def read_ahead(self, request: ChatRequest, title: str) -> None:
        """Let the endpoint with this title read it, if it can and would be asked first."""
        ...


@runtime_checkable
class WarmedUp(Protocol):
    """An endpoint whose server remembers what it has read, for the next request."""

    async def warm(self, request: ChatRequest) -> bool:
        """Let the server read the messages, and write nothing; return whether it did."""
        ...


class CoreAnswers:
    """Lets the local core answer everything."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def endpoint_for(self, kind: WorkKind) -> Endpoint:
        """Return the core's endpoint once it is ready. Raises CoreError."""
        return await self._core.endpoint()

    def model_for(self, kind: WorkKind) -> ModelInfo | None:
        """Return the core's model; None while it is not ready."""
        state = self._core.state
        return state.model if isinstance(state, CoreReady) else None

    def warm(self, kind: WorkKind) -> None:
        """Start the core."""
        self._core.start()


class LateAnswers:
    """Answers that are not built, nor even imported, before they are wanted."""

    def __init__(self, build: Callable[[], Awaitable[Answers]], scope: TaskScope) -> None:
        self._build = build
        self._scope = scope
        self._answers: Answers | None = None
        self._wanted: set[WorkKind] = set()
        self._lock = asyncio.Lock()

    async def endpoint_for(self, kind: WorkKind) -> Endpoint:
        """Return the endpoint for a kind of work; see the port. Raises SparkError."""
        return await (await self._built()).endpoint_for(kind)

    def model_for(self, kind: WorkKind) -> ModelInfo | None:
        """Return the model of who would be asked first; None while nothing is built."""
        return None if self._answers is None else self._answers.model_for(kind)

    def warm(self, kind: WorkKind) -> None:
        """Build the answers, and begin what takes a while; returns at once."""
        if self._answers is None:
            self._wanted.add(kind)
            self._scope.start("prepare the answers", self._built())
        else:
            self._answers.warm(kind)

    async def _built(self) -> Answers:
        async with self._lock:
            if self._answers is None:
                self._answers = await self._build()
                for kind in self._wanted:
                    self._answers.warm(kind)
            return self._answers
