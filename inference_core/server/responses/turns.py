"""One turn of a conversation: what it follows, how it is answered, what is kept of it."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from inference_core.chat.answering import answer_chat
from inference_core.domain.chat import ChatMessage, ChatPart, ChatRequest
from inference_core.domain.errors import CoreError, EngineError, RequestError
from inference_core.domain.generation import Finished
from inference_core.server.responses.errors import PreviousNotFoundError
from inference_core.server.responses.items import Json, new_id, to_messages
from inference_core.server.responses.narration import Narration
from inference_core.server.responses.requests import ResponseRequest
from inference_core.server.responses.store import Stored
from inference_core.server.service import Service

# A turn every minute for sixteen hours; a chain this long is a program that runs in circles.
CHAIN_LIMIT = 1000

TERMINAL = frozenset({"response.completed", "response.incomplete", "response.failed"})
_CONTINUABLE = TERMINAL - {"response.failed"}

Find = Callable[[str], Stored | None]


@dataclass(frozen=True, slots=True)
class Turn:
    """A request, and the chat that it is together with what came before.

    ``said`` are the conversation's messages up to and with the new ones, without instructions.
    """

    request: ResponseRequest
    chat: ChatRequest
    said: tuple[ChatMessage, ...]
    depth: int

    def outcome(self, events: list[Json]) -> Stored | None:
        """Return what can be continued after these events; None unless they end it well."""
        if not events or events[-1]["type"] not in _CONTINUABLE:
            return None
        body = events[-1]["response"]
        output = [item for item in body["output"] if _usable(item)]
        messages = (*self.said, *to_messages(output, self.said))
        return Stored.of(body, self.request.items, messages, self.depth)


def prepare(request: ResponseRequest, find: Find) -> Turn:
    """Return the turn. Raises PreviousNotFoundError and RequestError."""
    history: tuple[ChatMessage, ...] = ()
    depth = 1
    if request.previous_id is not None:
        previous = find(request.previous_id)
        if previous is None:
            raise PreviousNotFoundError(request.previous_id)
        history, depth = previous.messages, previous.depth + 1
    if depth > CHAIN_LIMIT:
        raise RequestError(
            f"The conversation has {depth - 1} responses; {CHAIN_LIMIT} are the most.",
            param="previous_response_id",
            code="invalid_value",
            next_step="Begin a new conversation with a summary of this one.",
        )
    new = to_messages(request.items, history)
    return Turn(request, request.chat_after(history, new), (*history, *new), depth)


class Steer:
    """A wish to end a response early, at the next place where it can end."""

    def __init__(self) -> None:
        self.wanted = False


async def narrate(
    service: Service, turn: Turn, narration: Narration, steer: Steer
) -> AsyncGenerator[list[Json], None]:
    """Yield the events of a response as they come, the last ends it; closing it stops the engine.

    An empty list says that the engine works on the prompt. Raises CoreError: before the first event
    for what makes the response impossible, later for what goes wrong while it is written.
    """
    async with aclosing(answer_chat(service.engine, service.template, turn.chat)) as parts:
        # The first part comes before the first batch of the prompt, an error instead of it.
        part = await anext(parts, None)
        yield narration.begin()
        while part is not None:
            yield _told(narration, part)
            if isinstance(part, Finished):
                return
            if steer.wanted and narration.interruptible:
                yield narration.steer()
                return
            part = await anext(parts, None)
    raise EngineError("The engine ended its answer early.", "Repeat the request.")


async def narrate_to_end(
    service: Service, turn: Turn, narration: Narration, steer: Steer
) -> AsyncGenerator[list[Json], None]:
    """Yield the events of a response; what goes wrong after the first is told in the last.

    Raises CoreError before the first event, for what makes the response impossible.
    """
    begun = False
    async with aclosing(narrate(service, turn, narration, steer)) as events:
        try:
            async for some in events:
                begun = True
                yield some
        except CoreError as error:
            if not begun:
                raise
            yield narration.fail(error)


def begin_narration(request: ResponseRequest) -> Narration:
    """Return the narration of a new response, which has its id from here on."""
    return Narration(new_id("resp"), request.echo, silent=not request.generate)


def _told(narration: Narration, part: ChatPart) -> list[Json]:
    return narration.finish(part) if isinstance(part, Finished) else narration.part(part)


def _usable(item: Json) -> bool:
    """Return whether the next turn's prompt can have an item: half a call cannot be repeated."""
    return bool(item["type"] == "message" or item["status"] == "completed")
