"""An item of output while it is written: its events, and what it is when it is done."""

from inference_core.domain.generation import Candidate, TokenLogprob
from inference_core.server.answers import logprob_of
from inference_core.server.responses.items import Json, new_id


class OpenMessage:
    """Text for the user, as one part."""

    def __init__(self, index: int) -> None:
        self._id = new_id("msg")
        self._where: Json = {"item_id": self._id, "output_index": index, "content_index": 0}
        self._index = index
        self._pieces: list[str] = []
        self._logprobs: list[Json] = []

    def opening(self) -> list[Json]:
        """Return the events that announce the message and its part."""
        item = self._item("in_progress", [])
        part = _text_part("", [])
        return [
            {"type": "response.output_item.added", "output_index": self._index, "item": item},
            {"type": "response.content_part.added", "part": part} | self._where,
        ]

    def delta(self, text: str, logprobs: tuple[TokenLogprob, ...]) -> Json:
        """Return the event for the next piece."""
        listed = [_logprob_json(each) for each in logprobs]
        self._pieces.append(text)
        self._logprobs += listed
        event: Json = {"type": "response.output_text.delta", "delta": text, "logprobs": listed}
        return event | self._where

    def closing(self, status: str) -> list[Json]:
        """Return the events that end part and message."""
        text = "".join(self._pieces)
        part = _text_part(text, self._logprobs)
        done: Json = {
            "type": "response.output_text.done",
            "text": text,
            "logprobs": self._logprobs,
        }
        return [
            done | self._where,
            {"type": "response.content_part.done", "part": part} | self._where,
            {
                "type": "response.output_item.done",
                "output_index": self._index,
                "item": self.item(status),
            },
        ]

    def item(self, status: str) -> Json:
        """Return the message with the text so far."""
        return self._item(status, [_text_part("".join(self._pieces), self._logprobs)])

    def _item(self, status: str, content: list[Json]) -> Json:
        return {
            "id": self._id,
            "type": "message",
            "role": "assistant",
            "status": status,
            "content": content,
        }


class OpenReasoning:
    """What the model thinks before it answers; its text is shown, there is no summary."""

    def __init__(self, index: int) -> None:
        self._id = new_id("rs")
        self._where: Json = {"item_id": self._id, "output_index": index, "content_index": 0}
        self._index = index
        self._pieces: list[str] = []

    def opening(self) -> list[Json]:
        """Return the events that announce the item and its part."""
        return [
            {
                "type": "response.output_item.added",
                "output_index": self._index,
                "item": self._item("in_progress", []),
            },
            {"type": "response.content_part.added", "part": self._part("")} | self._where,
        ]

    def delta(self, text: str) -> Json:
        """Return the event for the next piece."""
        self._pieces.append(text)
        return {"type": "response.reasoning_text.delta", "delta": text} | self._where

    def closing(self, status: str) -> list[Json]:
        """Return the events that end part and item."""
        text = "".join(self._pieces)
        return [
            {"type": "response.reasoning_text.done", "text": text} | self._where,
            {"type": "response.content_part.done", "part": self._part(text)} | self._where,
            {
                "type": "response.output_item.done",
                "output_index": self._index,
                "item": self.item(status),
            },
        ]

    def item(self, status: str) -> Json:
        """Return the item with the text so far."""
        return self._item(status, [self._part("".join(self._pieces))])

    def _part(self, text: str) -> Json:
        return {"type": "reasoning_text", "text": text}

    def _item(self, status: str, content: list[Json]) -> Json:
        return {
            "id": self._id,
            "type": "reasoning",
            "summary": [],
            "content": content,
            "status": status,
        }


class OpenCall:
    """A call of one of the client's functions."""

    def __init__(self, index: int, call_id: str, name: str) -> None:
        self._id = new_id("fc")
        self._where: Json = {"item_id": self._id, "output_index": index}
        self._call_id = call_id
        self._name = name
        self._pieces: list[str] = []

    def opening(self) -> list[Json]:
        """Return the event that announces the call, its arguments still empty."""
        return [self._item_event("added", "in_progress")]

    def delta(self, text: str) -> Json:
        """Return the event for the next piece of the arguments."""
        event: Json = {"type": "response.function_call_arguments.delta", "delta": text}
        self._pieces.append(text)
        return event | self._where

    def closing(self, status: str) -> list[Json]:
        """Return the events that end arguments and call."""
        done: Json = {
            "type": "response.function_call_arguments.done",
            "arguments": "".join(self._pieces),
            "name": self._name,
        }
        return [done | self._where, self._item_event("done", status)]

    def item(self, status: str) -> Json:
        """Return the call with the arguments so far."""
        return {
            "id": self._id,
            "type": "function_call",
            "call_id": self._call_id,
            "name": self._name,
            "arguments": "".join(self._pieces),
            "status": status,
        }

    def _item_event(self, what: str, status: str) -> Json:
        index = self._where["output_index"]
        kind = f"response.output_item.{what}"
        return {"type": kind, "output_index": index, "item": self.item(status)}


OpenItem = OpenMessage | OpenReasoning | OpenCall


def _text_part(text: str, logprobs: list[Json]) -> Json:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": list(logprobs)}


def _logprob_json(logprob: TokenLogprob) -> Json:
    return _candidate_json(logprob.chosen) | {
        "top_logprobs": [_candidate_json(each) for each in logprob.top]
    }


def _candidate_json(candidate: Candidate) -> Json:
    return {
        "token": candidate.text,
        "bytes": list(candidate.data),
        "logprob": logprob_of(candidate),
    }
