"""Engines that answer as a test says, and clients that ask them through the whole application."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import openai
from starlette.applications import Starlette

from inference_core.chat.template import PlainTemplate
from inference_core.domain.generation import (
    Candidate,
    Event,
    Finished,
    GenerationRequest,
    ModelInfo,
    PromptProgress,
    StopReason,
    TextPiece,
    Timings,
    Token,
    TokenLogprob,
)
from inference_core.engine.slot import SlotState
from inference_core.models.catalogue import Catalogue
from inference_core.server.activity import Activity
from inference_core.server.app import build_app
from inference_core.server.served_model import ServedModel
from inference_core.server.service import Service

TOKEN = "secret"
MODEL = ServedModel("tiny", frozenset({"tiny.gguf"}), Catalogue.load().default.fim)


def ended(
    reason: StopReason = StopReason.STOP, stop: str | None = None, **timings: float
) -> Finished:
    """The end of an answer, with these figures and plain ones for the others."""
    plain: dict[str, Any] = {
        "cache_n": 4, "prompt_n": 6, "prompt_ms": 60.0, "predicted_n": 3, "predicted_ms": 30.0,
    }  # fmt: skip
    return Finished(reason, Timings(**plain | timings), stop)


def pieces(*texts: str) -> list[Event]:
    """Pieces of one token each."""
    return [TextPiece(text) for text in texts]


def chosen(text: str, logprob: float, *top: tuple[str, float]) -> TokenLogprob:
    """A token with its logarithm, and the most probable ones at its place."""
    best = tuple(Candidate(each, each.encode(), value) for each, value in top)
    return TokenLogprob(Candidate(text, text.encode(), logprob), best)


class ScriptedEngine:
    """Gives answer after answer, and keeps what it was asked.

    In an answer an event is yielded, an error is raised, and an asyncio.Event is waited for.
    ``open`` counts the answers that have begun and not ended, ``waits`` has an entry for each wait.
    """

    def __init__(self, *answers: Sequence[Event | Exception | asyncio.Event]) -> None:
        self._answers = list(answers)
        self.asked: list[GenerationRequest] = []
        self.open = 0
        self.waits: asyncio.Queue[asyncio.Event] = asyncio.Queue()
        self.info = ModelInfo(context=64, vocabulary=0)

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Event, None]:
        answer = self._answers[len(self.asked) % len(self._answers)]
        self.asked.append(request)
        self.open += 1
        try:
            yield PromptProgress(10, 4, 10)
            for event in answer:
                if isinstance(event, Exception):
                    raise event
                if isinstance(event, asyncio.Event):
                    self.waits.put_nowait(event)
                    await event.wait()
                else:
                    yield event
        finally:
            self.open -= 1

    async def tokenize(self, text: str, special: bool) -> list[Token]:
        return [Token(number, word) for number, word in enumerate(text.split())]

    async def detokenize(self, tokens: Sequence[int]) -> str:
        return "".join(f"<{token}>" for token in tokens)

    @property
    def down(self) -> None:
        return None

    def slots(self) -> list[SlotState]:
        return []

    async def close(self) -> bool:
        return True


def service_of(engine: Any, model: ServedModel = MODEL) -> Service:
    """What the routes work with."""
    return Service(engine, model, PlainTemplate(), Activity())


def app_over(engine: Any, model: ServedModel = MODEL) -> Starlette:
    """The whole application over this engine."""
    return build_app(service_of(engine, model), TOKEN)


@asynccontextmanager
async def asking(engine: Any, model: ServedModel = MODEL):
    """An HTTP client of the application over this engine."""
    app = app_over(engine, model)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=headers
    ) as client:
        yield client


@asynccontextmanager
async def official(engine: Any, model: ServedModel = MODEL):
    """OpenAI's own client of the application over this engine."""
    app = app_over(engine, model)
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False))
    async with openai.AsyncOpenAI(
        base_url="http://127.0.0.1/v1", api_key=TOKEN, http_client=http, max_retries=0
    ) as client:
        yield client


def data_of(response: httpx.Response) -> list[Any]:
    """The data of a stream's events; the mark of a complete one stays a word."""
    lines = [line.removeprefix("data: ") for line in response.text.split("\n\n") if line]
    return [line if line == "[DONE]" else json.loads(line) for line in lines if line != ":"]
