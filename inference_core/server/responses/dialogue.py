"""What is said on one connection: responses, their successors, and the input that steers them."""

import logging
from contextlib import aclosing
from itertools import count

from inference_core.domain.errors import CoreError, RequestError
from inference_core.server.fields import Fields
from inference_core.server.responses.frames import in_lane, is_whole, refusal
from inference_core.server.responses.items import Json
from inference_core.server.responses.limits import SocketLimits
from inference_core.server.responses.outbox import Outbox
from inference_core.server.responses.requests import ResponseRequest
from inference_core.server.responses.steering import (
    Running,
    SteerError,
    Steering,
    SteerInput,
    accepted_event,
    failed_event,
    given_back,
    pending_event,
    required_input,
    successor_of,
    with_steers,
)
from inference_core.server.responses.store import ResponseStore, Stored
from inference_core.server.responses.turns import (
    TERMINAL,
    Turn,
    begin_narration,
    narrate_to_end,
    prepare,
)
from inference_core.server.service import Service

_log = logging.getLogger(__name__)


class Dialogue:
    """Answers the requests of one connection, and knows the responses that it made.

    What was not to be stored can be continued here all the same; what was stored, anywhere.
    """

    def __init__(
        self, service: Service, store: ResponseStore, outbox: Outbox, limits: SocketLimits
    ) -> None:
        self._service = service
        self._shared = store
        self._own = ResponseStore(limits.kept_responses, limits.kept_bytes)
        self._outbox = outbox
        self._steering = Steering(limits)

    async def run(self, request: ResponseRequest, lane: str | None) -> None:
        """Answer a request, and go on with what its client said meanwhile.

        Errors are told, and so are faults of the core itself: the other lanes go on.
        """
        steers = self._steering.unpark(request.previous_id, lane)
        running: Running | None = Running(with_steers(request, steers), lane)
        automatic = False
        while running is not None:
            try:
                body = await self._answer(running)
                following = await self._successor(running, body)
            except CoreError as error:
                await self._give_back(steers, running, error)
                if not automatic:
                    await self._outbox.put(refusal(error, lane))
                return
            except Exception as fault:  # noqa: BLE001 - logged and told
                _log.exception("a response over a WebSocket failed")
                told = fault_error(fault)
                await self._give_back((*steers, *running.waiting), running, told)
                await self._outbox.put(refusal(told, lane))
                return
            steers, automatic = tuple(running.waiting), True
            running = following

    async def steer(self, fields: Fields) -> None:
        """Take input for a running response, or say why not. Raises RequestError."""
        target = fields.text("previous_response_id")
        raw = fields.data.get("input")
        if not is_whole(raw):
            raise fields.wrong("input", "has a text with half a surrogate pair")
        running = self._steering.running(target)
        lane = None if running is None else running.lane
        numbers = count() if running is None else running.numbers
        try:
            taken = self._steering.accept(fields, target, self._own.get(target) is not None)
        except RequestError as error:
            event = failed_event({"previous_response_id": target, "input": raw}, error)
        else:
            event = accepted_event(taken)
        await self._outbox.put(in_lane(event, lane), numbers)

    async def _answer(self, running: Running) -> Json:
        """Tell a response to its end and return it. Raises CoreError if it cannot begin."""
        turn = prepare(running.request, self._find)
        narration = begin_narration(running.request)
        running.id = narration.id
        body: Json = {}
        told = narrate_to_end(self._service, turn, narration, running.steer)
        try:
            async with aclosing(told) as happenings:
                async for events in happenings:
                    if events and events[-1]["type"] in TERMINAL:
                        # From here on no input is taken for it: what was, is dealt with next.
                        self._steering.end(running)
                        self._keep(turn, events)
                        body = events[-1]["response"]
                    for event in events:
                        if event["type"] == "response.created":
                            self._steering.begin(running)
                        await self._outbox.put(in_lane(event, running.lane), running.numbers)
        finally:
            self._steering.end(running)
        return body

    async def _successor(self, running: Running, body: Json) -> Running | None:
        """Return what follows a response with the input that waited for its end, if any did."""
        if not running.waiting:
            return None
        if body["status"] == "failed":
            await self._give_back(tuple(running.waiting), running, _failed_error(body))
            return None
        required = required_input(body)
        if not required:
            return Running(successor_of(running), running.lane)
        if not self._steering.park(running):
            await self._give_back(tuple(running.waiting), running, _parked_error())
            return None
        for taken in running.waiting:
            event = in_lane(pending_event(taken, required), running.lane)
            await self._outbox.put(event, running.numbers)
        return None

    async def _give_back(
        self, steers: tuple[SteerInput, ...], running: Running, error: CoreError
    ) -> None:
        reason = SteerError(error.message, code="successor_creation_failed")
        for taken in steers:
            event = in_lane(failed_event(given_back(taken), reason), running.lane)
            await self._outbox.put(event, running.numbers)

    def _keep(self, turn: Turn, events: list[Json]) -> None:
        stored = turn.outcome(events)
        if stored is None:
            return
        self._own.add(stored)
        if turn.request.store:
            self._shared.add(stored)

    def _find(self, response_id: str) -> Stored | None:
        return self._own.get(response_id) or self._shared.get(response_id)


def fault_error(fault: Exception) -> CoreError:
    """Return what a client hears of a fault of the core, which is none of our errors."""
    return CoreError(f"The core failed: {type(fault).__name__}.", "See the core's log.")


def _failed_error(body: Json) -> SteerError:
    return SteerError(f"The response failed: {body['error']['message']}")


def _parked_error() -> SteerError:
    return SteerError("Too much input waits for the outputs of calls on this connection.")
