"""What a server tells of itself, and what becomes of a question that cannot be answered."""

import asyncio

from spark_desktop.domain.completion import TextChunk
from spark_desktop.domain.endpoints import WireProtocol
from spark_desktop.domain.errors import (
    ContextExceededError,
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
    IncompleteStreamError,
)
from tests.wires.peer import LackingError, Peer, ask, chat
from tests.wires.probes_answers import SHORT

# How often it is looked whether a server is free again, and how many times.
_LOOK_S = 0.1
_LOOKS = 300


async def stop_frees_the_server(peer: Peer) -> str:
    """Leaving an answer early ends the work on it, long before it would have ended."""
    assert peer.is_busy is not None
    async with peer.endpoint() as endpoint:
        story = chat("Write a very long story about the sea.", max_tokens=1500)
        async with endpoint.stream(story) as chunks:
            async for chunk in chunks:
                if isinstance(chunk, TextChunk):
                    break
            assert await peer.is_busy()
        for _ in range(_LOOKS):
            if not await peer.is_busy():
                return "free"
            await asyncio.sleep(_LOOK_S)
    raise LackingError("it went on working")


async def models_are_listed(peer: Peer) -> str:
    """The list that the test of a connection shows has the endpoint's model."""
    try:
        listed = await peer.probe.models(peer.spec, peer.key)
    except EndpointError as error:
        raise LackingError(str(error)) from error
    if not listed:
        raise LackingError("no list")
    assert peer.spec.model in [model.id for model in listed]
    return f"{len(listed)} listed"


async def context_is_told(peer: Peer) -> str:
    """The size that it runs with, without having to send a prompt of that size."""
    context = (await peer.probe.described(peer.spec, peer.key)).context
    if context is None:
        raise LackingError("nobody says")
    return f"{context}"


async def tokens_are_counted(peer: Peer) -> str:
    """By the model's own tokenizer; twice the text has no fewer, and at most twice as many."""
    text = "def add(a, b):\n    return a + b\n"
    async with peer.endpoint() as endpoint:
        try:
            once = await endpoint.count_tokens(text)
            twice = await endpoint.count_tokens(text * 2)
        except EndpointRejectedError as error:
            raise LackingError(str(error)) from error
    assert 0 < once <= twice <= 2 * once
    return f"{once} tokens"


async def limits_are_told(peer: Peer) -> str:
    """The answer's headers say what is left of the account's limits."""
    async with peer.endpoint() as endpoint:
        buckets = (await ask(endpoint, chat(SHORT, max_tokens=4))).end.buckets
    if not buckets:
        raise LackingError("no bucket")
    assert all(one.limit is not None or one.remaining is not None for one in buckets)
    return ", ".join(sorted(bucket.name for bucket in buckets))


async def overflow_is_recognised(peer: Peer) -> str:
    """A prompt over the context is told with both numbers, not cut and not just refused."""
    async with peer.endpoint() as endpoint:
        error = (await ask(endpoint, chat("All work and no play. " * 3000, max_tokens=8))).error
    if not isinstance(error, ContextExceededError):
        raise LackingError(f"{error!r}")
    assert error.prompt_tokens > error.context_tokens > 0
    return f"{error.prompt_tokens} over {error.context_tokens}"


async def broken_answer_is_recognised(peer: Peer) -> str:
    """What came stays, and the error has the server's own words."""
    async with (peer.script or peer).endpoint() as endpoint:
        answer = await ask(endpoint, chat("break"))
    if not answer.text or answer.error is None or isinstance(answer.error, IncompleteStreamError):
        raise LackingError(f"{answer.error!r}")
    assert not isinstance(answer.error, EndpointUnreachableError), answer.error
    return answer.error.message


async def responses_answer(peer: Peer) -> str:
    """OpenAI's Responses, each request with the whole conversation."""
    return await _by(peer, WireProtocol.RESPONSES)


async def responses_answer_over_a_socket(peer: Peer) -> str:
    """The same over one connection; going back to HTTP does not count."""
    async with peer.endpoint(WireProtocol.RESPONSES_SOCKET) as endpoint:
        answer = await ask(endpoint, chat(SHORT))
        connection = getattr(endpoint, "_connection", None)
        if connection is None or answer.error is not None:
            raise LackingError(f"it was asked over HTTP, or failed: {answer.error!r}")
        assert connection.asked == 1
    assert answer.end.usage.completion_tokens > 0
    return f"{len(answer.texts)} pieces"


async def _by(peer: Peer, protocol: WireProtocol) -> str:
    async with peer.endpoint(protocol) as endpoint:
        answer = await ask(endpoint, chat(SHORT))
    if isinstance(answer.error, EndpointRejectedError):
        raise LackingError(str(answer.error))
    assert len(answer.texts) >= 2, answer
    assert answer.end.usage.completion_tokens > 0
    return f"{len(answer.texts)} pieces"
