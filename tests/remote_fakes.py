"""A vendor's server without a network: what it was asked, and the answers that it was given."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from spark_desktop.domain.completion import (
    ChatRequest,
    Chunk,
    Finished,
    InfillRequest,
    Message,
    ReasoningChunk,
    Request,
    Role,
    TextChunk,
)
from spark_desktop.domain.endpoints import EndpointSpec, RemoteModel
from spark_desktop.services.ports import Endpoint

URL = "https://vendor.test/v1"
CHAT = ChatRequest((Message(Role.SYSTEM, "Be short."), Message(Role.USER, "Hi")))
INFILL = InfillRequest("def f(", "):", (("b.py", "x = 1"),), max_tokens=9)


def sse(*events: object) -> str:
    """Server-sent events, ``[DONE]`` as it is."""
    return "".join(
        f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n" for event in events
    )


def lines(*events: object) -> str:
    """JSON in lines."""
    return "".join(f"{json.dumps(event)}\n" for event in events)


def delta(reason: str | None = None, **fields: object) -> dict[str, Any]:
    """One chunk of a chat."""
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": reason}]}


def spec_of(url: str = URL, title: str = "Vendor", **model: Any) -> EndpointSpec:
    """An endpoint whose one model has these abilities."""
    remote = RemoteModel(**({"id": "m"} | model))
    return EndpointSpec("vendor", title, url, model=remote.id, models=(remote,))


def tells(*events: object, **headers: str) -> httpx.Response:
    """An answer of these events."""
    return httpx.Response(200, text=sse(*events), headers=headers)


def refuses(status: int, message: str, **fields: object) -> httpx.Response:
    """OpenAI's way to refuse."""
    return httpx.Response(status, json={"error": {"message": message} | fields})


@dataclass
class FakeVendor:
    """Gives one answer after the other, the last one for ever."""

    answers: list[httpx.Response | Callable[[httpx.Request], httpx.Response]]
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            return answer(request)
        return httpx.Response(answer.status_code, content=answer.content, headers=answer.headers)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.asked]

    def client(self, url: str = URL) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self), base_url=url)


async def collect(endpoint: Endpoint, request: Request = CHAT) -> list[Chunk]:
    """Every chunk of an answer."""
    async with endpoint.stream(request) as chunks:
        return [chunk async for chunk in chunks]


def told(chunks: list[Chunk]) -> tuple[str, str]:
    """The text and the reasoning of an answer."""
    text = "".join(chunk.text for chunk in chunks if isinstance(chunk, TextChunk))
    thought = "".join(chunk.text for chunk in chunks if isinstance(chunk, ReasoningChunk))
    return text, thought


def end_of(chunks: list[Chunk]) -> Finished:
    """The end of an answer."""
    end = chunks[-1]
    assert isinstance(end, Finished)
    return end
