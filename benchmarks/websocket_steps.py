"""WebSocket against HTTP: 20 steps of a tool loop on the local core, by the product's endpoints.

Over HTTP every step sends the whole conversation, over the WebSocket only what is new. A round is
the same loop by each way, step by step in alternating order, so that whatever else the machine does
meets both. Each way has a core of its own: one would have the other's prompt in its cache.

The scripted core answers at once, with a call, whatever it is asked: what is left is the way there
and back. The real model shows what of it is felt. On one machine the way costs nothing but JSON;
far away each kilobyte and each round trip does.
"""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection

from benchmarks.cores import Listener, OtherLoad, model_path, running_core, unlike_prompt
from spark_desktop.adapters.network import NetworkPolicy, client_for, socket_options
from spark_desktop.adapters.network_socket import open_socket
from spark_desktop.adapters.responses_endpoint import ResponsesEndpoint
from spark_desktop.adapters.responses_socket import SocketResponsesEndpoint
from spark_desktop.domain.completion import ChatRequest, Finished, Message, Role, TextChunk, Tool
from spark_desktop.domain.contact import Contact
from spark_desktop.domain.endpoints import EndpointSpec, RemoteModel
from spark_desktop.domain.secret import Secret
from spark_desktop.services.ports import Endpoint

SUMMARY = "a tool loop of 20 steps over WebSocket and over HTTP: ms for each step, kB sent, ratio"

STEPS = 20
LOOK = Tool(
    "look",
    "Look at one line of the file.",
    '{"type": "object", "properties": {"line": {"type": "integer"}}, "required": ["line"]}',
)
SYSTEM = "You read a file line by line. Call the tool look for the next line, again and again."
CALL = '<tool_call>\n{"name": "look", "arguments": {"line": 1}}\n</tool_call>'
# The steps that a row is about; the first opens the connection and reads the whole prompt.
PARTS = (("1", 0, 1), ("2-20", 1, STEPS))


@dataclass(frozen=True)
class Case:
    """``filler`` is what the conversation begins with, ``result`` what a call gives, in lines.

    ``tokens`` are the most of an answer: a call has some 25 of the model's, more of the script's.
    """

    name: str
    is_scripted: bool
    tokens: int
    filler: int
    result: int
    rounds: int


CASES = (
    Case("the way alone", True, 64, 4, 1, 20),
    Case("the way alone, 100 kB before", True, 64, 3000, 4, 10),
    Case("0.5B model", False, 32, 4, 1, 3),
)
QUICK = (
    Case("the way alone", True, 64, 4, 1, 3),
    Case("the way alone, 100 kB before", True, 64, 3000, 4, 1),
    Case("0.5B model", False, 32, 4, 1, 1),
)


@dataclass
class Loop:
    """One loop by one way; of each step the seconds and the answer, and what was sent in bytes."""

    ways: "Ways"
    endpoint: Endpoint
    messages: list[Message]
    steps: list[float] = field(default_factory=list)
    answers: list[tuple[str, int]] = field(default_factory=list)

    @property
    def calls(self) -> int:
        """How many answers called the tool."""
        return sum(calls for _, calls in self.answers)


@dataclass
class Ways:
    """Both endpoints of one core; ``sent`` counts the bytes of either."""

    http: Endpoint
    socket: Endpoint
    sent: int = 0


Pair = tuple[Loop, Loop]


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for the first step and one for the others of each case.

    ``ratio`` is HTTP's time by the WebSocket's, the median of the pairs of steps: over 1, the
    WebSocket is faster. ``same_answers`` is the share of the steps in which both wrote the same.
    """
    rows = []
    for case in QUICK if quick else CASES:
        with _core(case) as one, _core(case) as other:
            load = OtherLoad(one.pid, other.pid)
            rounds = asyncio.run(_rounds((one, other), case))
            share = load.share()
        rows += [_row(case, rounds, *part) | {"others_cpu": share} for part in PARTS]
    return rows


@contextmanager
def _core(case: Case) -> Iterator[Listener]:
    if not case.is_scripted:
        with running_core(model_path()) as core:
            yield core
        return
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "script.json"
        script.write_text(json.dumps([{"match": "", "text": CALL}]), encoding="utf-8")
        # Words count as tokens there: a long prompt has more than a model's context holds.
        with running_core(Path(f"replay:{script}"), "--context", "131072") as core:
            yield core


async def _rounds(cores: tuple[Listener, Listener], case: Case) -> list[Pair]:
    """Return the loops over WebSocket and HTTP, in pairs; the cores change places each round."""
    # What Python loads at the first use is nobody's time.
    await _round(cores, case, "warm", 1)
    return [
        await _round(cores if number % 2 else cores[::-1], case, f"round {number}")
        for number in range(case.rounds)
    ]


async def _round(
    cores: tuple[Listener, Listener], case: Case, name: str, steps: int = STEPS
) -> Pair:
    # A text of its own, so that no round finds another's beginning in the cache.
    filler = unlike_prompt(name, case.filler)
    begun = [
        Message(Role.SYSTEM, f"{name}: {SYSTEM}"),
        Message(Role.USER, f"{filler}Begin with line 1."),
    ]
    async with _ways(cores[0]) as one, _ways(cores[1]) as other:
        socket, http = Loop(one, one.socket, begun[:]), Loop(other, other.http, begun[:])
        for number in range(steps):
            result = unlike_prompt(f"{name} {number}", case.result)
            for loop in (socket, http) if number % 2 else (http, socket):
                await _step(loop, case, result)
    return socket, http


async def _step(loop: Loop, case: Case, result: str) -> None:
    request = ChatRequest(
        tuple(loop.messages),
        max_tokens=case.tokens,
        temperature=0.0,
        tools=(LOOK,),
        thread="one",
    )
    began = time.perf_counter()
    text, end = await _asked(loop.endpoint, request)
    loop.steps.append(time.perf_counter() - began)
    loop.answers.append((text, len(end.calls)))
    loop.messages.append(Message(Role.ASSISTANT, text, end.calls))
    # A small model forgets to call now and then; it is told all the same.
    loop.messages += [Message(Role.TOOL, result, call_id=call.id) for call in end.calls] or [
        Message(Role.USER, result)
    ]


async def _asked(endpoint: Endpoint, request: ChatRequest) -> tuple[str, Finished]:
    async with endpoint.stream(request) as chunks:
        came = [chunk async for chunk in chunks]
    end = came[-1]
    if not isinstance(end, Finished):
        raise RuntimeError(f"an answer ended with {end}")
    return "".join(chunk.text for chunk in came if isinstance(chunk, TextChunk)), end


def _row(case: Case, rounds: list[Pair], steps: str, first: int, last: int) -> dict[str, object]:
    pairs = [
        (socket.steps[number], http.steps[number])
        for socket, http in rounds
        for number in range(first, last)
    ]
    same = [
        socket.answers[number] == http.answers[number]
        for socket, http in rounds
        for number in range(first, last)
    ]
    return {
        "case": case.name,
        "steps": steps,
        "rounds": len(rounds),
        "socket_ms": _median(socket * 1000 for socket, _ in pairs),
        "http_ms": _median(http * 1000 for _, http in pairs),
        "ratio": _median(http / socket for socket, http in pairs),
        "saved_ms": _median((http - socket) * 1000 for socket, http in pairs),
        # Of the whole loop, the same in both rows.
        "socket_kb": _median(socket.ways.sent / 1000 for socket, _ in rounds),
        "http_kb": _median(http.ways.sent / 1000 for _, http in rounds),
        "calls": statistics.mean(loop.calls for pair in rounds for loop in pair),
        "same_answers": round(statistics.mean(same), 2),
    }


def _median(values: Iterable[float]) -> float:
    return round(float(statistics.median(values)), 3)


@asynccontextmanager
async def _ways(core: Listener) -> AsyncIterator[Ways]:
    """Both ways to the core, each with nothing open yet."""
    model = await asyncio.to_thread(_model_id, core)
    spec = EndpointSpec(
        "core", "Core", f"{core.url}/v1", model=model, models=(RemoteModel(model, tools=True),)
    )
    key, policy, ledger = Secret(core.token), NetworkPolicy(), _NoLedger()

    async def opening() -> Any:
        socket = await open_socket(socket_options(spec, key, policy), ledger, "/responses")
        return _Counted(socket, ways)

    async def count(request: httpx.Request) -> None:
        ways.sent += len(request.content)

    async with client_for(spec, key, policy, ledger) as client:
        client.event_hooks["request"].append(count)
        http = ResponsesEndpoint(client, spec)
        socket = SocketResponsesEndpoint(opening, http, spec)
        ways = Ways(http, socket)
        try:
            yield ways
        finally:
            await socket.close()


def _model_id(core: Listener) -> str:
    with core.client() as client:
        return str(client.get("/v1/models").json()["data"][0]["id"])


class _NoLedger:
    def note(self, contact: Contact) -> None:
        pass


class _Counted:
    """A socket that counts what is sent over it."""

    def __init__(self, socket: ClientConnection, ways: Ways) -> None:
        self._socket = socket
        self._ways = ways

    async def send(self, data: bytes, text: bool) -> None:
        self._ways.sent += len(data)
        await self._socket.send(data, text=text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)
