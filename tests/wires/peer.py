"""A server that a test asks, and the product's own adapters with which it does."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import httpx

from spark_desktop.adapters.connection_probe import NetworkProbe
from spark_desktop.adapters.connector import HttpConnector
from spark_desktop.adapters.network import NetworkPolicy, client_for
from spark_desktop.domain.completion import (
    ChatRequest,
    Finished,
    InfillRequest,
    Message,
    ReasoningChunk,
    Role,
    TextChunk,
)
from spark_desktop.domain.endpoints import (
    AuthKind,
    EndpointSpec,
    FillInWay,
    RemoteModel,
    WireProtocol,
)
from spark_desktop.domain.errors import EndpointError
from spark_desktop.domain.secret import Secret
from spark_desktop.services.ports import Endpoint
from tests.hostile.asking import Noted

POLICY = NetworkPolicy({})


class LackingError(AssertionError):
    """The server has no such thing, or the product has no way to it; the text says what it said."""


@dataclass(frozen=True)
class Peer:
    """``is_busy`` tells whether the server works on an answer.

    ``script`` is the same server with scripted answers behind it, for what no small model does when
    it is asked to.
    """

    spec: EndpointSpec
    key: Secret | None = None
    is_busy: Callable[[], Awaitable[bool]] | None = None
    script: "Peer | None" = None

    @asynccontextmanager
    async def endpoint(self, protocol: WireProtocol | None = None) -> AsyncIterator[Endpoint]:
        """The product's endpoint, over the product's network."""
        spec = replace(self.spec, protocol=protocol or self.spec.protocol)
        connector = HttpConnector(POLICY, Noted())
        try:
            yield await connector.open(spec, self.key)
        finally:
            await connector.close()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client with the key, for what only a test asks."""
        async with client_for(self.spec, self.key, POLICY, Noted()) as client:
            yield client

    @property
    def probe(self) -> NetworkProbe:
        """What the test of a connection asks with."""
        return NetworkProbe(POLICY, Noted())


def spec_of(
    id_: str,
    url: str,
    model: str,
    protocol: WireProtocol = WireProtocol.CHAT,
    auth: AuthKind = AuthKind.BEARER,
    fill_in: FillInWay = FillInWay.NONE,
) -> EndpointSpec:
    """An endpoint whose model may be asked for everything."""
    every = RemoteModel(
        model,
        fill_in=fill_in,
        tools=True,
        structured_output=True,
        prediction=True,
        reasoning=protocol is not WireProtocol.CHAT,
    )
    return EndpointSpec(id_, id_, url, protocol, auth, "x-api-key", model=model, models=(every,))


@dataclass
class Answer:
    """What came of one question, in order."""

    texts: list[str] = field(default_factory=list)
    reasoning: str = ""
    finished: Finished | None = None
    error: EndpointError | None = None

    @property
    def text(self) -> str:
        return "".join(self.texts)

    @property
    def end(self) -> Finished:
        if self.error is not None:
            raise self.error
        assert self.finished is not None
        return self.finished


def chat(text: str, **fields: object) -> ChatRequest:
    """A question, answered the same way each time."""
    known: dict[str, object] = {"max_tokens": 48, "temperature": 0.0, **fields}
    return ChatRequest((Message(Role.USER, text),), **known)  # type: ignore[arg-type]


async def ask(endpoint: Endpoint, request: ChatRequest | InfillRequest) -> Answer:
    """Ask, and keep what came, also of an answer that broke off."""
    answer = Answer()
    try:
        async with endpoint.stream(request) as chunks:
            async for chunk in chunks:
                match chunk:
                    case TextChunk():
                        answer.texts.append(chunk.text)
                    case ReasoningChunk():
                        answer.reasoning += chunk.text
                    case Finished():
                        answer.finished = chunk
    except EndpointError as error:
        answer.error = error
    return answer
