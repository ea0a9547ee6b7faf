"""The product's own endpoint, asked over the product's own network policy."""

import tracemalloc
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from spark_desktop.adapters.network import NetworkPolicy, client_for
from spark_desktop.adapters.openai_endpoint import OpenAIEndpoint
from spark_desktop.domain.completion import (
    ChatRequest,
    Finished,
    Message,
    ModelInfo,
    Role,
    TextChunk,
)
from spark_desktop.domain.contact import Contact
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec, Route
from spark_desktop.domain.errors import EndpointError
from spark_desktop.domain.secret import Secret
from tests import canary

# The search at the end of the run knows it: it may stand in no file and no log of the suite.
CANARY = Secret(canary.core())
CHAT = ChatRequest((Message(Role.USER, "Hi"),))
MODEL = ModelInfo("m", 8192, False)
# How long the endpoint waits for a server without a word; those that stall are waited for.
SILENCE_S = 0.3


@dataclass
class Noted:
    """A ledger that keeps what it is told."""

    contacts: list[Contact] = field(default_factory=list)

    def note(self, contact: Contact) -> None:
        self.contacts.append(contact)


@dataclass
class Outcome:
    """How asking ended: the text that came, and the error, None for a finished answer."""

    text: str = ""
    error: EndpointError | None = None
    finished: bool = False


def spec_of(url: str, route: Route | None = None, auth: AuthKind = AuthKind.BEARER) -> EndpointSpec:
    return EndpointSpec(
        "one", "One", url, auth=auth, auth_header="x-api-key", route=route or Route()
    )


@asynccontextmanager
async def endpoint_at(
    url: str,
    *,
    route: Route | None = None,
    environment: Mapping[str, str] | None = None,
    silence: float = 20.0,
    ledger: Noted | None = None,
    auth: AuthKind = AuthKind.BEARER,
) -> AsyncIterator[OpenAIEndpoint]:
    """The endpoint at a URL, with the canary as its key."""
    policy = NetworkPolicy(environment or {})
    client = client_for(spec_of(url, route, auth), CANARY, policy, ledger or Noted())
    async with client:
        yield OpenAIEndpoint(client, MODEL, silence=silence)


async def asked(endpoint: OpenAIEndpoint, most: int | None = None) -> Outcome:
    """Ask, and keep what came whatever ended it; leave after ``most`` chunks."""
    outcome = Outcome()
    count = 0
    try:
        async with endpoint.stream(CHAT) as chunks:
            async for chunk in chunks:
                count += 1
                if isinstance(chunk, Finished):
                    outcome.finished = True
                elif isinstance(chunk, TextChunk) and most is None:
                    outcome.text += chunk.text
                if count == most:
                    break
    except EndpointError as error:
        outcome.error = error
    return outcome


@contextmanager
def memory() -> Iterator[list[int]]:
    """Measure the most bytes that Python had more than before, in the list's one item."""
    peak: list[int] = []
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        yield peak
        peak.append(tracemalloc.get_traced_memory()[1] - before)
    finally:
        tracemalloc.stop()
