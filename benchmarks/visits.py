"""What the clients of the soak do: one request at a time, read to its end or abandoned."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from benchmarks.cores import Listener, unlike_prompt

Json = dict[str, Any]

# An answer that takes longer is lost; none does by far.
_PATIENCE_S = 300.0
# About 17 tokens a line; a few prompts are long, most are not.
_LINES = (1, 1, 2, 4, 8, 30)
_LONGEST_ANSWER = 24
_SUBJECTS = ("the sea", "a bicycle", "three foxes", "winter", "an old clock")


class Outcome(Enum):
    """How a visit ended; LOST is what must not be."""

    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED_CLEARLY = "failed_clearly"
    LOST = "lost"


@dataclass(frozen=True)
class Plan:
    """One visit: what is asked, and when the client leaves without the end of the answer.

    ``leave_after`` counts events of a stream, ``leave_in_s`` seconds; None is never.
    """

    kind: str
    lines: int
    max_tokens: int
    subject: str
    leave_after: int | None
    leave_in_s: float | None

    @property
    def prompt(self) -> str:
        """The text that is asked about; it shares its beginning with others of the same subject."""
        return unlike_prompt(self.subject, self.lines)


def plan(choice: Random) -> Plan:
    """Return what a client does next; the same generator always chooses the same."""
    conduct = choice.random()
    return Plan(
        kind=choice.choice(sorted(_KINDS)),
        lines=choice.choice(_LINES),
        max_tokens=choice.randint(2, _LONGEST_ANSWER),
        subject=choice.choice(_SUBJECTS),
        leave_after=choice.randint(1, 12) if 0.6 <= conduct < 0.8 else None,
        leave_in_s=choice.uniform(0.0, 0.4) if conduct >= 0.8 else None,
    )


async def visit(core: Listener, client: httpx.AsyncClient, planned: Plan) -> tuple[Outcome, str]:
    """Carry a plan out; returns how it ended, and for what failed or was lost its reason."""
    work = _KINDS[planned.kind](core, client, planned)
    try:
        async with asyncio.timeout(planned.leave_in_s or _PATIENCE_S):
            return await work
    except TimeoutError:
        left = planned.leave_in_s is not None
        return (Outcome.CANCELLED, "") if left else (Outcome.LOST, "no end in time")
    except (httpx.HTTPError, WebSocketException, OSError, ValueError) as error:
        return Outcome.LOST, f"{type(error).__name__}: {error}"


async def _chat(core: Listener, client: httpx.AsyncClient, plan: Plan) -> tuple[Outcome, str]:
    return await _streamed(client, "/v1/chat/completions", _chat_body(plan), plan)


async def _chat_whole(core: Listener, client: httpx.AsyncClient, plan: Plan) -> tuple[Outcome, str]:
    return await _whole(client, "/v1/chat/completions", _chat_body(plan))


async def _completion(core: Listener, client: httpx.AsyncClient, plan: Plan) -> tuple[Outcome, str]:
    body = {"prompt": plan.prompt, "max_tokens": plan.max_tokens}
    return await _streamed(client, "/v1/completions", body, plan)


async def _infill(core: Listener, client: httpx.AsyncClient, plan: Plan) -> tuple[Outcome, str]:
    body = {
        "input_prefix": f"{plan.prompt}def add(a, b):\n    return ",
        "input_suffix": "\n",
        "n_predict": plan.max_tokens,
    }
    return await _streamed(client, "/infill", body, plan)


async def _response(core: Listener, client: httpx.AsyncClient, plan: Plan) -> tuple[Outcome, str]:
    return await _streamed(client, "/v1/responses", _response_body(plan), plan)


async def _socket(core: Listener, client: httpx.AsyncClient, plan: Plan) -> tuple[Outcome, str]:
    """Two turns on one connection; the second has only what is new."""
    url = core.url.replace("http", "ws", 1) + "/v1/responses"
    headers = {"Authorization": f"Bearer {core.token}"}
    async with connect(url, additional_headers=headers) as connection:
        parent: str | None = None
        for turn in range(2):
            body = _response_body(plan) if turn == 0 else _response_body(plan, "Go on.")
            body |= {"type": "response.create", "previous_response_id": parent}
            await connection.send(json.dumps(body))
            seen, outcome = 0, None
            while outcome is None:
                event = json.loads(await connection.recv())
                seen += 1
                if seen == plan.leave_after:
                    return Outcome.CANCELLED, ""
                outcome = _end_of(event)
            if outcome is not Outcome.COMPLETED:
                return outcome, json.dumps(event)[:300]
            parent = event["response"]["id"]
    return Outcome.COMPLETED, ""


_Visit = Callable[[Listener, httpx.AsyncClient, Plan], Awaitable[tuple[Outcome, str]]]
_KINDS: dict[str, _Visit] = {
    "chat": _chat,
    "chat, whole": _chat_whole,
    "completion": _completion,
    "infill": _infill,
    "response": _response,
    "websocket": _socket,
}


def _chat_body(plan: Plan) -> Json:
    question = f"{plan.prompt}Write about {plan.subject}."
    return {"messages": [{"role": "user", "content": question}], "max_tokens": plan.max_tokens}


def _response_body(plan: Plan, text: str | None = None) -> Json:
    asked = f"{plan.prompt}Write about {plan.subject}." if text is None else text
    # The API asks for no fewer than 16.
    return {"input": asked, "max_output_tokens": max(16, plan.max_tokens)}


async def _streamed(
    client: httpx.AsyncClient, path: str, body: Json, plan: Plan
) -> tuple[Outcome, str]:
    seen, finished = 0, False
    async with client.stream("POST", path, json=body | {"stream": True}) as response:
        if response.status_code != 200:
            return _refusal(response.status_code, await response.aread())
        async for line in response.aiter_lines():
            if not line.startswith("data: "):
                continue
            if line == "data: [DONE]":
                return (Outcome.COMPLETED, "") if finished else (Outcome.LOST, "[DONE] too early")
            event = json.loads(line.removeprefix("data: "))
            end = _end_of(event)
            if end is Outcome.FAILED_CLEARLY:
                return end, line[:300]
            finished = finished or end is Outcome.COMPLETED
            seen += 1
            if seen == plan.leave_after:
                return Outcome.CANCELLED, ""
    # The streams of responses end with their last event.
    whole = finished and path == "/v1/responses"
    return (Outcome.COMPLETED, "") if whole else (Outcome.LOST, "the stream broke off")


async def _whole(client: httpx.AsyncClient, path: str, body: Json) -> tuple[Outcome, str]:
    response = await client.post(path, json=body)
    if response.status_code != 200:
        return _refusal(response.status_code, response.content)
    reason = response.json()["choices"][0]["finish_reason"]
    return (Outcome.COMPLETED, "") if reason else (Outcome.LOST, "no finish reason")


def _refusal(status: int, body: bytes) -> tuple[Outcome, str]:
    """A refusal is clear when it says what is wrong."""
    told = json.loads(body).get("error", {}).get("message")
    detail = f"{status}: {told}"
    return (Outcome.FAILED_CLEARLY, detail) if told else (Outcome.LOST, detail)


def _end_of(event: Json) -> Outcome | None:
    """Return how an event ends its answer, None where the answer goes on."""
    kind = event.get("type", "")
    if event.get("error") or kind in ("error", "response.failed"):
        return Outcome.FAILED_CLEARLY
    finished = any(choice.get("finish_reason") for choice in event.get("choices", ()))
    if finished or event.get("stop") is True:
        return Outcome.COMPLETED
    ended = kind in ("response.completed", "response.incomplete")
    return Outcome.COMPLETED if ended else None
