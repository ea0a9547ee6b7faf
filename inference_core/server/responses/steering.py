"""Talking into a response while it is written: who is steered where, and what becomes of it.

The events themselves are sent by the connection; this keeps the books, on the event loop only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from inference_core.domain.errors import RequestError
from inference_core.server.fields import Fields
from inference_core.server.responses.items import Json, new_id, read_items
from inference_core.server.responses.limits import SocketLimits
from inference_core.server.responses.requests import ResponseRequest
from inference_core.server.responses.turns import Steer


@dataclass(frozen=True, slots=True)
class SteerInput:
    """Accepted input: ``raw`` is what the client sent, to be returned if it comes to nothing."""

    id: str
    target: str
    raw: object
    items: tuple[Json, ...]


@dataclass(slots=True)
class Running:
    """A response that is being written, in its lane, with the input that waits for its end."""

    request: ResponseRequest
    lane: str | None
    id: str = ""
    steer: Steer = field(default_factory=Steer)
    numbers: Iterator[int] = field(default_factory=count)
    waiting: list[SteerInput] = field(default_factory=list)


class SteerError(RequestError):
    """Input that cannot be taken, for a reason that ``response.steer.failed`` has a code for."""


class Steering:
    """The running responses of a connection, and the input that waits for outputs of calls."""

    def __init__(self, limits: SocketLimits) -> None:
        self._limit = limits.steers
        self._running: dict[str, Running] = {}
        self._parked: dict[tuple[str, str | None], list[SteerInput]] = {}

    def begin(self, running: Running) -> None:
        """Let a response be steered, now that the client knows its id."""
        self._running[running.id] = running

    def end(self, running: Running) -> None:
        """Let it be steered no more; idempotent."""
        self._running.pop(running.id, None)

    def running(self, response_id: str) -> Running | None:
        """Return a response that is being written."""
        return self._running.get(response_id)

    def accept(self, fields: Fields, response_id: str, known: bool) -> SteerInput:
        """Take input for a running response. Raises SteerError.

        ``known`` says whether a response that does not run has ended on this connection.
        """
        running = self._running.get(response_id)
        if running is None:
            if known:
                raise SteerError(
                    f"Response '{response_id}' has ended.", code="response_already_completed"
                )
            raise SteerError(
                f"Response '{response_id}' does not run on this connection.",
                code="response_not_found",
            )
        if not running.request.generate:
            raise SteerError(
                "A warm-up says nothing that could be steered.", code="steering_not_supported"
            )
        if len(running.waiting) >= self._limit:
            raise SteerError(
                f"{self._limit} inputs wait for this response already.",
                code="too_many_pending_steers",
            )
        items = _user_items(fields)
        taken = SteerInput(new_id("steer"), response_id, fields.data["input"], items)
        running.waiting.append(taken)
        running.steer.wanted = True
        return taken

    def park(self, running: Running) -> bool:
        """Keep the input of a response that waits for outputs; False where too much is kept."""
        kept = sum(len(each) for each in self._parked.values())
        if kept + len(running.waiting) > self._limit:
            return False
        self._parked[running.id, running.lane] = list(running.waiting)
        return True

    def unpark(self, response_id: str | None, lane: str | None) -> tuple[SteerInput, ...]:
        """Return, and forget, the input kept for a request that follows a response in a lane."""
        if response_id is None:
            return ()
        return tuple(self._parked.pop((response_id, lane), ()))


def with_steers(request: ResponseRequest, steers: tuple[SteerInput, ...]) -> ResponseRequest:
    """Return a request with steering input before its own."""
    items = tuple(item for steer in steers for item in steer.items)
    return replace(request, items=(*items, *request.items))


def successor_of(running: Running) -> ResponseRequest:
    """Return the request that goes on after a steered response, with its settings."""
    return replace(
        running.request,
        items=tuple(item for steer in running.waiting for item in steer.items),
        previous_id=running.id,
        echo=running.request.echo | {"previous_response_id": running.id},
    )


def accepted_event(taken: SteerInput) -> Json:
    """Return the event that says that input is queued."""
    return {
        "type": "response.steer.accepted",
        "steer": {"id": taken.id, "previous_response_id": taken.target},
    }


def pending_event(taken: SteerInput, required: list[Json]) -> Json:
    """Return the event that says for which outputs of calls input waits."""
    return {
        "type": "response.steer.pending",
        "steer": {"id": taken.id, "previous_response_id": taken.target},
        "reason": "waiting_for_required_input",
        "required_input": required,
    }


def failed_event(steer: Json, error: RequestError) -> Json:
    """Return the event that gives input back, with the reason."""
    code = error.code if isinstance(error, SteerError) else "invalid_input"
    told = {"type": "invalid_request_error", "code": code, "message": error.message}
    return {"type": "response.steer.failed", "steer": steer, "error": told}


def given_back(taken: SteerInput) -> Json:
    """Return accepted input as ``response.steer.failed`` gives it back."""
    return {"id": taken.id, "previous_response_id": taken.target, "input": taken.raw}


def required_input(body: Json) -> list[Json]:
    """Return what a response waits for before it can go on: an output for each whole call."""
    return [
        {"type": "function_call_output", "call_id": item["call_id"], "name": item["name"]}
        for item in body["output"]
        if item["type"] == "function_call" and item["status"] == "completed"
    ]


def _user_items(fields: Fields) -> tuple[Json, ...]:
    items = read_items(fields)
    if not items:
        raise fields.wrong("input", "must be a text or a list of messages that is not empty")
    for index, item in enumerate(items):
        if item["type"] != "message" or item["role"] != "user":
            raise fields.wrong(f"input[{index}]", "must be a message of the role user")
    return items
