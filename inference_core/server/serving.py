"""The life of a serving core: load, answer, and end for one of several reasons."""

import asyncio
import os
import secrets
import socket
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from inference_core.chat.template import template_of
from inference_core.pacing.clock import Clock, loop_clock
from inference_core.plumbing.loopback import url_of
from inference_core.plumbing.running import ListeningServer, ending_signals
from inference_core.server.access import LOCAL_ONLY, Access, require_key
from inference_core.server.activity import Activity
from inference_core.server.announce import Announce
from inference_core.server.app import build_app
from inference_core.server.connections import BoundedConfig, Connections
from inference_core.server.emulation.opening import open_emulated
from inference_core.server.emulation.options import EmulationOptions
from inference_core.server.emulation.settings import Emulation
from inference_core.server.engine_choice import EngineOptions
from inference_core.server.lifecycle import Lifecycle, until_dead
from inference_core.server.listener import bound_listener
from inference_core.server.owner import Owner
from inference_core.server.ready import Ready, ready_file, refuse_unwritable
from inference_core.server.service import Service
from inference_core.server.startup import Opened, open_model

# Streams are told to end at once; what has not ended by then is cut off.
_GRACE_S = 1


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """The flags of ``serve``; ``model`` None is the catalogue's default.

    ``api_key`` is the user's, None for a new one at each start; ``prints_key`` says that a program,
    not a log, reads what is printed of it.
    """

    model: str | None = None
    host: str = "127.0.0.1"
    port: int = 0
    engine: EngineOptions = field(default_factory=EngineOptions)
    emulation: EmulationOptions | None = None
    ready_file: Path | None = None
    owner: int | None = None
    linger_s: float = 180.0
    access: Access = LOCAL_ONLY
    api_key: str | None = field(default=None, repr=False)
    prints_key: bool = False


async def serve(options: ServeOptions, announce: Announce) -> bool:
    """Serve until a signal comes, the owner dies, or nobody has used the core for ``linger_s``.

    Returns whether the engine came to rest; where it did not, the process must leave at once.
    Raises UsageError for an address that is refused, ModelError where there is no model.
    """
    refuse_unwritable(options.ready_file)
    require_key(options.access, options.api_key)
    owner = None if options.owner is None else Owner(options.owner)
    stop = asyncio.Event()
    # Bound before the model is fetched: a port that is taken shows at once, not after minutes.
    listening = bound_listener(options.host, options.port, options.access.remote)
    with ending_signals(stop), listening as listener, loop_clock() as clock:
        opening = asyncio.create_task(_open(options, announce, clock), name="open the model")
        await _first_of(_outcome(opening), stop.wait(), until_dead(owner))
        if not opening.done():
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
            return False
        opened, emulation = opening.result()
        session = _Session(opened, emulation, listener, options)
        return await session.run(announce, owner, stop)


async def _open(
    options: ServeOptions, announce: Announce, clock: Clock
) -> tuple[Opened, Emulation | None]:
    if options.emulation is None:
        return await open_model(options.model, options.engine, announce), None
    return await open_emulated(options.model, options.emulation, options.engine, announce, clock)


class _Session:
    """The time in which the core answers."""

    def __init__(
        self,
        opened: Opened,
        emulation: Emulation | None,
        listener: socket.socket,
        options: ServeOptions,
    ) -> None:
        self._engine = opened.engine
        self._listener = listener
        self._options = options
        token = options.api_key or secrets.token_urlsafe(32)
        self._activity = Activity()
        template = template_of(opened.engine.info)
        service = Service(opened.engine, opened.model, template, self._activity, emulation)
        connections = Connections()
        app = build_app(service, token, options.access, connections)
        self._server = ListeningServer(BoundedConfig(app, connections, _GRACE_S))
        self._ready = Ready(url_of(listener), token, os.getpid(), opened.model.id)

    async def run(self, announce: Announce, owner: Owner | None, stop: asyncio.Event) -> bool:
        """Answer until there is a reason to end; returns whether the engine came to rest."""
        serving = asyncio.create_task(self._server.serve([self._listener]), name="serve HTTP")
        lifecycle = Lifecycle(self._activity, owner, self._options.linger_s)
        try:
            await _first_of(self._server.listening.wait(), _outcome(serving))
            with ready_file(self._options.ready_file, self._ready):
                announce.ready(self._told())
                await _first_of(
                    stop.wait(), until_dead(owner), lifecycle.until_unused(), _outcome(serving)
                )
        finally:
            self._activity.closing.set()
            self._server.should_exit = True
            await serving
            at_rest = await self._engine.close()
        return at_rest

    def _told(self) -> Ready:
        """Return what is printed: a key of the user's, who knows it, does not go to a log."""
        if self._options.api_key is None or self._options.prints_key:
            return self._ready
        return replace(self._ready, token="")


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
