"""What surrounds an event on a WebSocket: the lane that it belongs to, and the shape of errors."""

import json

from inference_core.domain.errors import CoreError
from inference_core.server.problems import error_json
from inference_core.server.responses.items import Json


def in_lane(event: Json, lane: str | None) -> Json:
    """Return an event with the name of its lane, if that has one."""
    return event if lane is None else event | {"stream_id": lane}


def refusal(error: CoreError, lane: str | None) -> Json:
    """Return the event that tells an error that is no response's."""
    event: Json = {"type": "error", "status": error.status, **error_json(error)}
    if error.retry_after_s is not None:
        event["error"]["headers"] = {"Retry-After": str(error.retry_after_s)}
    return in_lane(event, lane)


def is_whole(value: object) -> bool:
    """Return whether all texts in a JSON value can be sent: none has half a surrogate pair."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
