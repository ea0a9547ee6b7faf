"""llama.cpp in this process, through xllamacpp.

The calls of xllamacpp release the interpreter lock, so each answer is made by an OS thread of its
own that calls back for every batch of the prompt and every token. A callback that returns True
stops the engine; docs/decisions/0002-prefill-in-pieces.md has the measurements behind this.
"""

import asyncio
import os
import secrets
import threading
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import xllamacpp

from inference_core.domain.errors import CoreError, EngineError, ModelError, RequestError
from inference_core.domain.generation import (
    Event,
    Finished,
    GenerationRequest,
    MarkedPrompt,
    ModelInfo,
    Prompt,
    PromptProgress,
    Special,
    TextPrompt,
    Token,
    TokenPrompt,
)
from inference_core.engine.batch import batch_tokens
from inference_core.engine.llama_wire import AnswerReader, EngineRequest, engine_request
from inference_core.engine.loopback import Loopback
from inference_core.engine.os_thread import in_os_thread
from inference_core.engine.slot import Slot, SlotState

# Prompts that gave way to another one are kept in memory and taken back when their beginning is
# asked for again: a chat and a fill-in in turn both stay warm. 12 KiB per token for the 0.5B.
PROMPT_CACHE_MIB = 512

# Longest wait for the engine at the end; a stop takes two batches, far less than this.
CLOSE_S = 1.2


@dataclass(frozen=True, slots=True)
class LlamaSettings:
    """How to load a model; ``context`` in tokens, ``threads`` None for one per usable core."""

    context: int = 8192
    threads: int | None = None


def usable_threads() -> int:
    """Return how many physical cores this process may use, at least 1."""
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return max(1, min(physical, len(os.sched_getaffinity(0))))
    return physical


def _accelerated() -> bool:
    kinds = xllamacpp.ggml_backend_dev_type
    gpus = (kinds.GGML_BACKEND_DEVICE_TYPE_GPU, kinds.GGML_BACKEND_DEVICE_TYPE_IGPU)
    return any(device["type"] in gpus for device in xllamacpp.get_device_info())


class LlamaEngine:
    """One model in llama.cpp, with one slot; build it with ``load``."""

    def __init__(self, server: Any, loopback: Loopback, context: int) -> None:
        self._server = server
        self._loopback = loopback
        self._context = context
        self._slot = Slot()
        self._run: _Run | None = None
        self._asking: set[asyncio.Task[Any]] = set()

    @classmethod
    def load(cls, model: Path, settings: LlamaSettings) -> "LlamaEngine":
        """Load a GGUF file and return the engine; blocks for seconds.

        Raises ModelError, and EngineError where the loaded engine does not answer.
        """
        if not model.is_file():
            raise ModelError(f"There is no model file {model}.", "Check the path.")
        threads = settings.threads or usable_threads()
        batch = batch_tokens(model.stat().st_size, threads, _accelerated())
        # The engine always listens on loopback, too; nobody else learns its key.
        key = secrets.token_urlsafe(32)
        params = xllamacpp.CommonParams()
        params.model.path = str(model)
        params.model_alias = {"engine"}
        params.n_ctx = settings.context
        params.n_parallel = 1
        params.n_batch = params.n_ubatch = batch
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
        params.cache_ram_mib = PROMPT_CACHE_MIB
        params.port = 0
        params.api_keys = [key]
        params.ui = False
        params.verbosity = -1
        try:
            server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise ModelError(
                f"The engine cannot load {model.name}.",
                "Verify the file ('spark-core models verify'), and that memory suffices.",
            ) from error
        loopback = Loopback(server.listening_address, key)
        # Not what was asked for: the engine rounds up to its blocks, and cuts to what the model
        # was trained for. Whoever plans a prompt needs the number that it is refused by.
        context = int(loopback.get("/slots")[0]["n_ctx"])
        return cls(server, loopback, context)

    @property
    def info(self) -> ModelInfo:
        """What the model says about itself."""
        return ModelInfo(self._context, chat_template="chatml")

    def slots(self) -> list[SlotState]:
        """Return the state of the one slot."""
        return [self._slot.state()]

    async def tokenize(self, text: str, special: bool) -> list[Token]:
        """Return the tokens of a text; ``special`` reads special tokens written in it as such."""
        body = {"content": text, "parse_special": special, "with_pieces": True}
        answer = await self._ask("/tokenize", body)
        return [Token(item["id"], _piece_text(item["piece"])) for item in answer["tokens"]]

    async def detokenize(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens."""
        answer = await self._ask("/detokenize", {"tokens": list(tokens)})
        return str(answer["content"])

    async def generate(self, asked: GenerationRequest) -> AsyncGenerator[Event, None]:
        """Answer; see Engine.generate."""
        request = engine_request(await self._engine_prompt(asked.prompt), asked.sampling)
        await self._slot.acquire()
        run = self._run = _Run(self._server, self._loopback, self._slot, request)
        run.start()
        try:
            async for event in run.events():
                yield event
        finally:
            # Not awaited: the run itself gives the slot back when the engine has come to rest.
            run.stop()

    async def close(self) -> bool:
        """Stop what runs and free the model; False if the engine is still busy after CLOSE_S."""
        run, self._run = self._run, None
        if run is not None:
            run.stop()
        # Freeing the model waits for whatever is still inside, and holds the event loop meanwhile.
        at_rest = await asyncio.gather(_at_rest(run), self._nothing_asked())
        if not all(at_rest):
            return False
        self._server = None
        return True

    async def _ask(self, path: str, body: dict[str, object]) -> Any:
        """Return the engine's answer; a caller who is cancelled leaves the question with it."""
        work = in_os_thread(lambda: self._loopback.post(path, body), f"ask {path}")
        asking = asyncio.create_task(work)
        self._asking.add(asking)
        asking.add_done_callback(self._answered)
        return await asyncio.shield(asking)

    def _answered(self, asking: asyncio.Task[Any]) -> None:
        self._asking.discard(asking)
        if not asking.cancelled():
            # Looked at here, since nobody else may: asyncio would complain of a failure unseen.
            asking.exception()

    async def _nothing_asked(self) -> bool:
        """Return whether every question was answered within CLOSE_S."""
        if not self._asking:
            return True
        return not (await asyncio.wait(self._asking, timeout=CLOSE_S))[1]

    async def _engine_prompt(self, prompt: Prompt) -> str | tuple[int, ...]:
        match prompt:
            case TextPrompt(text):
                return text
            case TokenPrompt(tokens):
                return tokens
            case MarkedPrompt(parts):
                tokens_of = [
                    await self.tokenize(part.text, special=isinstance(part, Special))
                    for part in parts
                ]
                return tuple(token.id for tokens in tokens_of for token in tokens)


async def _at_rest(run: "_Run | None") -> bool:
    """Return whether a run, if there is one, came to rest within CLOSE_S."""
    return run is None or await run.wait(CLOSE_S)


def _piece_text(piece: object) -> str:
    """A piece that is no whole character arrives as a list of bytes."""
    if isinstance(piece, list):
        return bytes(piece).decode("utf-8", "replace")
    return str(piece)


class _Run:
    """One answer in the making: an OS thread in the engine, its events on the loop."""

    def __init__(self, server: Any, loopback: Loopback, slot: Slot, request: EngineRequest) -> None:
        self._call = server.handle_completions
        self._request = request
        self._loopback = loopback
        self._slot = slot
        self._loop = asyncio.get_running_loop()
        self._reader = AnswerReader()
        self._events: asyncio.Queue[Event | CoreError | None] = asyncio.Queue()
        self._stop = threading.Event()
        self._rest = asyncio.Event()

    def start(self) -> None:
        """Enter the engine; the slot must be held, and is released when the engine rests."""
        threading.Thread(target=self._work, name="answer", daemon=True).start()

    def stop(self) -> None:
        """Ask the engine to stop at the next batch or token; harmless when it has ended."""
        self._stop.set()

    async def wait(self, seconds: float) -> bool:
        """Return whether the engine came to rest within this time."""
        try:
            await asyncio.wait_for(self._rest.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def events(self) -> AsyncGenerator[Event, None]:
        """Yield the events up to Finished; raises what the engine reported."""
        finished = False
        while (item := await self._events.get()) is not None:
            if isinstance(item, CoreError):
                raise item
            finished = finished or isinstance(item, Finished)
            yield item
        if not finished:
            raise EngineError("The engine ended its answer early.", "Repeat the request.")

    def _work(self) -> None:
        """In the OS thread: the engine calls back, everything else happens on the loop."""
        failure: CoreError | None = None
        try:
            self._call(self._request.body, self._on_text)
        except ValueError as error:
            failure = RequestError(f"The engine refuses the request: {error}")
        except RuntimeError as error:
            failure = EngineError(f"The engine failed: {error}", "Repeat the request.")
        done = self._wait_for_rest() if self._stop.is_set() else None
        self._post(lambda: self._ended(failure, done))

    def _on_text(self, raw: str) -> bool:
        self._post(lambda: self._receive(raw))
        return self._stop.is_set()

    def _post(self, action: Any) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action)

    def _wait_for_rest(self) -> int | None:
        """Return the prompt tokens in the slot once the engine is idle, None if it cannot say.

        A stop is read after the batch that runs; by then the engine has begun one more. It serves
        this question only between batches, so each turn waits for the engine, not for a clock.
        """
        try:
            while (state := self._loopback.get("/slots")[0])["is_processing"]:
                continue
        except EngineError:
            return None
        return int(state["n_prompt_tokens"])

    def _receive(self, raw: str) -> None:
        try:
            for event in self._reader.read(raw):
                self._slot.note(event)
                self._events.put_nowait(event)
        except CoreError as error:
            self._events.put_nowait(error)

    def _ended(self, failure: CoreError | None, done: int | None) -> None:
        progress = self._slot.prefilling
        if progress is not None and done is not None:
            processed = min(done, progress.total)
            self._slot.note(PromptProgress(progress.total, progress.cached, processed))
        self._slot.release()
        self._rest.set()
        self._events.put_nowait(failure)
        self._events.put_nowait(None)
