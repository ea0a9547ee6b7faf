"""Events of OpenAI's Responses in the order and with the fields that are documented."""

import json
from typing import Any

Json = dict[str, Any]

USAGE = {
    "input_tokens": 30,
    "input_tokens_details": {"cached_tokens": 20, "cache_write_tokens": 10},
    "output_tokens": 7,
    "output_tokens_details": {"reasoning_tokens": 3},
    "total_tokens": 37,
}


def response(response_id: str = "resp_1", status: str = "in_progress", **more: Any) -> Json:
    head = {"id": response_id, "object": "response", "status": status, "output": []}
    return head | {"error": None, "incomplete_details": None, "usage": None} | more


def created(response_id: str = "resp_1") -> list[Json]:
    body = response(response_id)
    return [
        {"type": "response.created", "response": body},
        {"type": "response.in_progress", "response": body},
    ]


def reasoning(*texts: str) -> list[Json]:
    events: list[Json] = []
    for number, text in enumerate(texts):
        place = {"item_id": "rs_1", "output_index": 0, "summary_index": number}
        kind = "response.reasoning_summary"
        events.append({"type": f"{kind}_part.added", "part": {"type": "summary_text"}, **place})
        events.append({"type": f"{kind}_text.delta", "delta": text, **place})
        events.append({"type": f"{kind}_text.done", "text": text, **place})
    return events


def message(*pieces: str, place: int = 0) -> list[Json]:
    where = {"item_id": "msg_1", "output_index": place, "content_index": 0}
    text = "".join(pieces)
    item = {"id": "msg_1", "type": "message", "role": "assistant"}
    part = {"type": "output_text", "text": text, "annotations": []}
    return [
        {
            "type": "response.output_item.added",
            "output_index": place,
            "item": item | {"status": "in_progress", "content": []},
        },
        {"type": "response.content_part.added", "part": part | {"text": ""}, **where},
        *(
            {"type": "response.output_text.delta", "delta": piece, "logprobs": [], **where}
            for piece in pieces
        ),
        {"type": "response.output_text.done", "text": text, "logprobs": [], **where},
        {"type": "response.content_part.done", "part": part, **where},
        {
            "type": "response.output_item.done",
            "output_index": place,
            "item": item | {"status": "completed", "content": [part]},
        },
    ]


def call(*pieces: str, place: int = 0, name: str = "look", status: str = "completed") -> list[Json]:
    where = {"item_id": f"fc_{place}", "output_index": place}
    item = {
        "id": f"fc_{place}",
        "type": "function_call",
        "call_id": f"call_{place}",
        "name": name,
    }
    arguments = "".join(pieces)
    kind = "response.function_call_arguments"
    begun = item | {"arguments": "", "status": "in_progress"}
    whole = item | {"arguments": arguments, "status": status}
    return [
        {"type": "response.output_item.added", "output_index": place, "item": begun},
        *({"type": f"{kind}.delta", "delta": piece, **where} for piece in pieces),
        {"type": f"{kind}.done", "arguments": arguments, "name": name, **where},
        {"type": "response.output_item.done", "output_index": place, "item": whole},
    ]


def completed(response_id: str = "resp_1", **more: Any) -> list[Json]:
    body = response(response_id, "completed", usage=USAGE, **more)
    return [{"type": "response.completed", "response": body}]


def incomplete(reason: str, response_id: str = "resp_1") -> list[Json]:
    why = {"incomplete_details": {"reason": reason}, "usage": USAGE}
    body = response(response_id, "incomplete", **why)
    return [{"type": "response.incomplete", "response": body}]


def failed(code: str, text: str) -> list[Json]:
    body = response(status="failed", error={"code": code, "message": text})
    return [{"type": "response.failed", "response": body}]


def numbered(events: list[Json]) -> list[Json]:
    return [event | {"sequence_number": number} for number, event in enumerate(events)]


def sse(events: list[Json]) -> list[bytes]:
    """The events as they come over HTTP."""
    return [
        f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
        for event in numbered(events)
    ]


def refusal(status: int, code: str, text: str, **more: Any) -> Json:
    """An error of a request, as it comes over a WebSocket."""
    error = {"type": "invalid_request_error", "code": code, "message": text, "param": None}
    return {"type": "error", "status": status, "error": error | more}
