"""Who may be asked for an answer, and one attempt to get it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Protocol

from spark_desktop.domain.completion import Answering, Chunk, InfillRequest, ModelInfo, Request
from spark_desktop.domain.context import estimate_tokens
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.endpoints import EndpointSpec, RemoteModel, WorkKind
from spark_desktop.domain.errors import EndpointRejectedError
from spark_desktop.domain.truncation import prompt_text
from spark_desktop.domain.words import say
from spark_desktop.services.endpoint_health import Health
from spark_desktop.services.ports import Clock, Endpoint


def _nothing() -> None:
    """Begin nothing: most servers run already."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be asked; ``spec`` is None for the local core, whose title is "".

    ``model`` is what would answer, None while that is not known. ``begin`` starts what takes a
    while before it can be asked.
    """

    id: str
    title: str
    connect: Callable[[], Awaitable[Endpoint]]
    spec: EndpointSpec | None = None
    model: ModelInfo | None = None
    begin: Callable[[], None] = _nothing

    @property
    def remote_model(self) -> RemoteModel:
        """Return what is known of its model; nothing of the core's, which tells itself."""
        return RemoteModel("") if self.spec is None else self.spec.chosen


class Preferences(Protocol):
    """Who is asked, as the user has chosen."""

    def order(self, kind: WorkKind) -> Sequence[Candidate]:
        """Return those that may be asked for this kind of work, the preferred one first."""
        ...

    def hedge(self, kind: WorkKind) -> float:
        """Return the seconds without a first token after which the next is asked too; 0: never."""
        ...


@dataclass(slots=True)
class Opened:
    """An answer that has begun: closing ``held`` ends it; ``said`` is what came of it so far."""

    candidate: Candidate
    model: ModelInfo
    held: AsyncExitStack
    chunks: AsyncIterator[Chunk]
    head: list[Chunk] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    asked: float = 0.0
    began: float = 0.0


async def attempt(one: Candidate, request: Request, health: Health, clock: Clock) -> Opened:
    """Return an answer once it has begun; the caller closes it. Raises SparkError."""
    async with AsyncExitStack() as held:
        endpoint = await one.connect()
        fitted = _fitted(one, endpoint.model, request, health)
        asked = clock.monotonic()
        chunks = await held.enter_async_context(endpoint.stream(fitted))
        opened = Opened(one, endpoint.model, held, chunks, asked=asked)
        async for chunk in chunks:
            opened.head.append(chunk)
            if not isinstance(chunk, Emulation | Answering):
                break
        opened.began = clock.monotonic()
        opened.held = held.pop_all()
    return opened


def _fitted(one: Candidate, model: ModelInfo, request: Request, health: Health) -> Request:
    """Return the request with an answer no longer than the account and the model allow."""
    if isinstance(request, InfillRequest) and not model.fim:
        raise EndpointRejectedError(
            say("{model} cannot fill in the middle of a text.", model=model.id),
            say("Choose another model for suggestions."),
        )
    if one.spec is None:
        return request
    most = min(request.max_tokens, one.spec.chosen.max_output or request.max_tokens)
    if one.spec.limits.charged_up_front:
        left = health.tokens_left(one.id)
        if left is not None:
            most = min(most, max(left - estimate_tokens(prompt_text(request)), 1))
    return replace(request, max_tokens=most)
