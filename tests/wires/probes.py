"""The one question that finds out about each feature."""

from collections.abc import Awaitable, Callable

from tests.wires import probes_answers as answers
from tests.wires import probes_server as server
from tests.wires.features import Cell, Feature
from tests.wires.peer import LackingError, Peer

PROBES: dict[Feature, Callable[[Peer], Awaitable[str]]] = {
    Feature.CHAT: answers.chat_streams,
    Feature.USAGE: answers.usage_is_told,
    Feature.CACHED: answers.cached_tokens_are_told,
    Feature.REASONING: answers.reasoning_is_apart,
    Feature.TOOLS: answers.tools_are_called,
    Feature.STRUCTURED: answers.answer_follows_the_schema,
    Feature.STOP: answers.stops_are_kept,
    Feature.PREDICTION: answers.predictions_are_used,
    Feature.CANCEL: server.stop_frees_the_server,
    Feature.MODELS: server.models_are_listed,
    Feature.CONTEXT: server.context_is_told,
    Feature.FILL_IN: answers.text_is_filled_in,
    Feature.TOKENIZE: server.tokens_are_counted,
    Feature.LIMITS: server.limits_are_told,
    Feature.OVERFLOW: server.overflow_is_recognised,
    Feature.BROKEN: server.broken_answer_is_recognised,
    Feature.RESPONSES: server.responses_answer,
    Feature.SOCKET: server.responses_answer_over_a_socket,
}


async def check(feature: Feature, peer: Peer, cell: Cell) -> None:
    """Find out, and hold it against what the table says. Prints what was seen."""
    lacking: LackingError | None = None
    seen = ""
    try:
        seen = await PROBES[feature](peer)
    except LackingError as error:
        lacking = error
    print(f"{peer.spec.id}: {feature.value}: {seen if lacking is None else f'no: {lacking}'}")
    assert cell.works is (lacking is None), lacking or seen
