"""Which recorded exchange answers a request."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from inference_core.recording.errors import NotRecordedError
from inference_core.recording.exchange import Body, Exchange, JsonBody, RecordedRequest
from inference_core.recording.hashing import VOLATILE

# As many fields as an error names, and as much of what a client can make as long as it likes.
_NAMED = 8
_SHOWN = 128


class Matcher:
    """Finds exchanges by their request's hash.

    Those of one hash come in the order in which they were recorded; the last one comes again and
    again.
    """

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._exchanges = exchanges
        self._by_hash: defaultdict[str, list[Exchange]] = defaultdict(list)
        self._taken: defaultdict[str, int] = defaultdict(int)
        for exchange in exchanges:
            self._by_hash[exchange.request.hash].append(exchange)

    def take(self, request: RecordedRequest) -> Exchange:
        """Return the next exchange for a request. Raises NotRecordedError."""
        row = self._by_hash.get(request.hash)
        if row is None:
            raise NotRecordedError(_miss(request, self._exchanges))
        at = self._taken[request.hash]
        self._taken[request.hash] = at + 1
        return row[min(at, len(row) - 1)]


def _miss(request: RecordedRequest, exchanges: Sequence[Exchange]) -> str:
    """Return a sentence on what was not found, and one on how near the nearest one is."""
    asked = f"{request.method} {request.path[:_SHOWN]}"
    lead = f"No recorded request is the same as this {asked}."
    same_path = [
        each.request
        for each in exchanges
        if (each.request.method, each.request.path) == (request.method, request.path)
    ]
    if not same_path:
        paths = sorted({f"{each.request.method} {each.request.path}" for each in exchanges})
        return f"{lead} The recording has {_listed(paths) or 'no exchange'}."
    model = _fields(request.body).get("model")
    same_model = [each for each in same_path if _fields(each.body).get("model") == model]
    if not same_model:
        models = {
            str(_fields(each.body)["model"]) for each in same_path if "model" in _fields(each.body)
        }
        of = f", for the model {_listed(sorted(models))}" if models else ""
        return f"{lead} Recorded for this path: {len(same_path)}{of}."
    differing = min((_differing(request.body, each.body) for each in same_model), key=len)
    of = "" if model is None else f" and the model {str(model)[:_SHOWN]!r}"
    return (
        f"{lead} Recorded for this path{of}: {len(same_model)}; "
        f"the nearest differs in {_listed(differing) or 'its body'}."
    )


def _fields(body: Body) -> dict[str, Any]:
    return body.value if isinstance(body, JsonBody) and isinstance(body.value, dict) else {}


def _differing(one: Body, other: Body) -> list[str]:
    """Return the names of the fields in which two requests differ, in order."""
    first, second = _fields(one), _fields(other)
    absent = object()
    return sorted(
        name
        for name in (first.keys() | second.keys()) - VOLATILE
        if first.get(name, absent) != second.get(name, absent)
    )


def _listed(words: Sequence[str]) -> str:
    shown = ", ".join(word[:_SHOWN] for word in words[:_NAMED])
    return f"{shown} and {len(words) - _NAMED} more" if len(words) > _NAMED else shown
