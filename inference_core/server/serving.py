"""The life of a serving core: load, answer, and end for one of several reasons."""

import asyncio
import os
import secrets
import signal
import socket
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from inference_core.chat.template import template_of
from inference_core.engine.llama import LlamaSettings
from inference_core.server.activity import Activity
from inference_core.server.announce import Announce
from inference_core.server.app import build_app
from inference_core.server.lifecycle import Lifecycle, until_dead
from inference_core.server.listener import bound_listener, url_of
from inference_core.server.owner import Owner
from inference_core.server.ready import Ready, ready_file, refuse_unwritable
from inference_core.server.service import Service
from inference_core.server.startup import Opened, open_model

# Streams are told to end at once; what has not ended by then is cut off.
_GRACE_S = 1


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """The flags of ``serve``; ``model`` None is the catalogue's default, ``threads`` None all."""

    model: str | None = None
    host: str = "127.0.0.1"
    port: int = 0
    context: int = 8192
    threads: int | None = None
    ready_file: Path | None = None
    owner: int | None = None
    linger_s: float = 180.0


async def serve(options: ServeOptions, announce: Announce) -> bool:
    """Serve until a signal comes, the owner dies, or nobody has used the core for ``linger_s``.

    Returns whether the engine came to rest; where it did not, the process must leave at once.
    Raises UsageError for an address that is refused, ModelError where there is no model.
    """
    refuse_unwritable(options.ready_file)
    owner = None if options.owner is None else Owner(options.owner)
    stop = asyncio.Event()
    # Bound before the model is fetched: a port that is taken shows at once, not after minutes.
    with _ending_signals(stop), bound_listener(options.host, options.port) as listener:
        settings = LlamaSettings(options.context, options.threads)
        opening = asyncio.create_task(
            open_model(options.model, settings, announce), name="open the model"
        )
        await _first_of(_outcome(opening), stop.wait(), until_dead(owner))
        if not opening.done():
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
            return False
        session = _Session(opening.result(), listener, announce)
        return await session.run(options, owner, stop)


class _Session:
    """The time in which the core answers."""

    def __init__(self, opened: Opened, listener: socket.socket, announce: Announce) -> None:
        self._engine = opened.engine
        self._listener = listener
        self._announce = announce
        token = secrets.token_urlsafe(32)
        self._activity = Activity()
        template = template_of(opened.engine.info)
        service = Service(opened.engine, opened.model, template, self._activity)
        app = build_app(service, token)
        self._server = _Server(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=_GRACE_S,
            )
        )
        self._ready = Ready(url_of(listener), token, os.getpid(), opened.model.id)

    async def run(self, options: ServeOptions, owner: Owner | None, stop: asyncio.Event) -> bool:
        """Answer until there is a reason to end; returns whether the engine came to rest."""
        serving = asyncio.create_task(self._server.serve([self._listener]), name="serve HTTP")
        lifecycle = Lifecycle(self._activity, owner, options.linger_s)
        try:
            await _first_of(self._server.listening.wait(), _outcome(serving))
            with ready_file(options.ready_file, self._ready):
                self._announce.ready(self._ready)
                await _first_of(
                    stop.wait(), until_dead(owner), lifecycle.until_unused(), _outcome(serving)
                )
        finally:
            self._activity.closing.set()
            self._server.should_exit = True
            await serving
            at_rest = await self._engine.close()
        return at_rest


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers, and with a word when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone: uvicorn would raise them again at its end."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self.listening.set()


async def _outcome(task: asyncio.Task[Any]) -> None:
    """Return when a task ends, however it ends; unlike awaiting it, cancelling this leaves it."""
    await asyncio.wait({task})


async def _first_of(*reasons: Coroutine[Any, Any, object]) -> None:
    """Return when the first of them returns; the others are cancelled."""
    tasks = [asyncio.create_task(reason) for reason in reasons]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


@contextmanager
def _ending_signals(stop: asyncio.Event) -> Iterator[None]:
    """Set ``stop`` on SIGINT and SIGTERM (Windows: also Ctrl+Break), instead of an exception."""
    loop = asyncio.get_running_loop()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGBREAK"):
        numbers.append(signal.SIGBREAK)

    def on_signal(number: int, frame: object) -> None:
        loop.call_soon_threadsafe(stop.set)

    before = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
