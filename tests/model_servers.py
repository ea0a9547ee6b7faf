"""Servers at loopback that answer as vLLM, llama-server, Ollama and a vendor do, by their wire."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.hostile.server import Asked, HostileServer, chunked, event, head

Reply = tuple[int, object]
Route = Callable[[dict[str, object]], Reply]
FOUND = {"choices": [{"index": 0, "text": 'violet42"', "finish_reason": "stop"}]}
ASTRAY = {"choices": [{"index": 0, "text": 'red"', "finish_reason": "stop"}]}
MISSING: Reply = (404, {"error": {"message": "Not Found"}})


@dataclass
class ModelServer:
    """Routes as "GET /v1/models" with what they reply; a chat is streamed in ``pieces``.

    ``key`` is what every request must bring, "" for none; ``open_routes`` need none.
    """

    routes: dict[str, Route]
    key: str = ""
    open_routes: tuple[str, ...] = ()
    pieces: tuple[str, ...] = ("one ", "two ", "three")
    chats: list[dict[str, object]] = field(default_factory=list)
    refuses_chat: Reply | None = None
    context: int | None = None
    # Whether it calls tools, and holds answers to a schema.
    is_able: bool = False

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        route = f"{asked.method} {asked.target}"
        if self.key and route not in self.open_routes and not self._is_known(asked):
            await _send(writer, (401, {"error": {"message": "Incorrect API key provided"}}))
            return
        body = json.loads(asked.body) if asked.body else {}
        if route == "POST /v1/chat/completions":
            await self._chat(body, writer)
            return
        if route == "POST /api/chat" and "GET /api/tags" in self.routes:
            await _send_lines(writer, self.pieces)
            return
        await _send(writer, self.routes.get(route, lambda _: MISSING)(body))

    def server(self) -> HostileServer:
        return HostileServer(self.answer)

    def _is_known(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == f"Bearer {self.key}"

    async def _chat(self, body: dict[str, object], writer: asyncio.StreamWriter) -> None:
        self.chats.append(body)
        if not body.get("messages"):
            await _send(writer, (400, {"error": {"message": "messages is required"}}))
        elif self.refuses_chat is not None:
            await _send(writer, self.refuses_chat)
        elif self.context is not None and int(str(body["max_tokens"])) > self.context:
            told = f"This model's maximum context length is {self.context} tokens."
            await _send(writer, (400, {"object": "error", "message": told}))
        else:
            writer.write(head(content_type="text/event-stream", transfer_encoding="chunked"))
            writer.write(chunked(b"".join(self._events(body))))
            await writer.drain()

    def _events(self, body: dict[str, object]) -> list[bytes]:
        pieces, reason = self.pieces, "stop"
        deltas: list[dict[str, object]] = [{"content": one} for one in pieces]
        if self.is_able and body.get("response_format"):
            deltas = [{"content": '{"colour": '}, {"content": '"colour-7391"}'}]
        elif self.is_able and body.get("tools"):
            call = {"name": "door_colour", "arguments": '{"door": 3}'}
            deltas = [{"tool_calls": [{"index": 0, "id": "1", "function": call}]}]
            reason = "tool_calls"
        deltas = [{"choices": [{"index": 0, "delta": one}]} for one in deltas]
        stop = {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}
        usage = {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 40}}
        return [event(one) for one in (*deltas, stop, usage, "[DONE]")]


def vllm(**known: object) -> ModelServer:
    """It tells ``max_model_len``, refuses ``suffix``, and fills in with the model's tokens."""

    def complete(body: dict[str, object]) -> Reply:
        if "suffix" in body:
            return 400, {"object": "error", "message": "suffix is not currently supported"}
        return 200, FOUND if "<|fim_middle|>" in str(body["prompt"]) else ASTRAY

    model = {"id": "Qwen/Qwen2.5-Coder-1.5B", "owned_by": "vllm", "max_model_len": 32768}
    routes = {
        "GET /v1/models": lambda _: (200, {"object": "list", "data": [model]}),
        "POST /v1/completions": complete,
    }
    return ModelServer(routes, is_able=True, **known)  # type: ignore[arg-type]


def llama_server() -> ModelServer:
    """It tells its context at ``/props`` only, and fills in at ``/infill``."""
    model = {"id": "qwen.gguf", "owned_by": "llamacpp", "meta": {"n_ctx_train": 32768}}
    return ModelServer(
        {
            "GET /v1/models": lambda _: (200, {"object": "list", "data": [model]}),
            "GET /props": lambda _: (200, {"default_generation_settings": {"n_ctx": 4096}}),
            "POST /infill": lambda body: (200, {"content": "violet42", "stop": True}),
        }
    )


def ollama(loaded: bool = True) -> ModelServer:
    """It tells the context of a model that is loaded, and takes ``suffix``."""
    running = [{"name": "qwen2.5-coder:1.5b", "context_length": 4096}] if loaded else []
    details = {
        "capabilities": ["completion", "tools", "insert"],
        "model_info": {"qwen2.context_length": 32768},
        "parameters": "stop  <end>\nnum_ctx                        8192",
    }
    return ModelServer(
        {
            "GET /api/tags": lambda _: (200, {"models": [{"name": "qwen2.5-coder:1.5b"}]}),
            "POST /api/show": lambda _: (200, details),
            "GET /api/ps": lambda _: (200, {"models": running}),
            "POST /v1/completions": lambda body: (200, FOUND if "suffix" in body else ASTRAY),
        }
    )


def vendor(key: str, **known: object) -> ModelServer:
    """It tells nothing of its model but the name, and ignores ``suffix``."""
    routes = {
        "GET /v1/models": lambda _: (200, {"object": "list", "data": [{"id": "big"}]}),
        "POST /v1/completions": lambda _: (200, ASTRAY),
    }
    return ModelServer(routes, key, **known)  # type: ignore[arg-type]


async def _send_lines(writer: asyncio.StreamWriter, pieces: tuple[str, ...]) -> None:
    lines: list[dict[str, object]] = [{"message": {"content": one}} for one in pieces]
    lines.append({"message": {}, "done": True, "done_reason": "stop", "eval_count": 40})
    data = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    writer.write(head(content_type="application/x-ndjson", transfer_encoding="chunked"))
    writer.write(chunked(data))
    await writer.drain()


async def _send(writer: asyncio.StreamWriter, reply: Reply) -> None:
    status, value = reply
    data = json.dumps(value).encode()
    writer.write(
        head(f"{status} X", content_type="application/json", content_length=str(len(data)))
    )
    writer.write(data)
    await writer.drain()
