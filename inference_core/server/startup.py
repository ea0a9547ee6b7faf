"""From the ``--model`` of the command line to a loaded engine."""

import asyncio
import logging
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from inference_core.domain.errors import EngineError, ModelError
from inference_core.engine.os_thread import in_os_thread
from inference_core.engine.process_engine import ProcessEngine
from inference_core.engine.protocol import Engine
from inference_core.engine.replay import ReplayEngine, read_script
from inference_core.engine.spec import EngineSpec
from inference_core.models.catalogue import Catalogue, CatalogueModel
from inference_core.models.gguf import names_a_file, read_gguf
from inference_core.server.announce import Announce, Loading
from inference_core.server.engine_choice import EngineOptions, engine_spec
from inference_core.server.served_model import ServedModel, from_catalogue, from_path

_log = logging.getLogger(__name__)

REPLAY = "replay:"

# A fetch that is told to stop ends its child process and says goodbye within this time.
_FETCH_STOP_S = 1.0


@dataclass(frozen=True, slots=True)
class Opened:
    """An engine that can answer, and what it serves."""

    engine: Engine
    model: ServedModel


async def open_model(asked: str | None, options: EngineOptions, announce: Announce) -> Opened:
    """Return the engine for an id, a path or a replay script; None asks for the default model.

    A model of the catalogue is fetched first where it is missing. A file that is named by its path
    comes from anywhere, so its header is checked before an engine sees it. Cancelling stops the
    fetch and ends the engine's process. Raises ModelError, EngineError.
    """
    if asked is not None and asked.startswith(REPLAY):
        return _replay(asked, options.context)
    catalogue = Catalogue.load()
    if asked is not None and names_a_file(asked):
        path = Path(asked)
        trained = (await in_os_thread(lambda: read_gguf(path), "check")).context
        model = from_path(path, catalogue)
    else:
        known = catalogue.default if asked is None else catalogue.find(asked)
        path = await _fetch(known, announce)
        model = from_catalogue(known, path)
        trained = known.context
    # The engine would not use more, but would take the memory for it.
    options = replace(options, context=min(options.context, trained))
    announce.step(Loading(model.id))
    return Opened(await _start(engine_spec(path, options)), model)


async def _start(spec: EngineSpec) -> ProcessEngine:
    """Start the engine; with the one of the wheel where the one that was built here fails."""
    try:
        return await ProcessEngine.start(spec)
    except (EngineError, ModelError) as error:
        if spec.library is None:
            raise
        _log.warning(
            "the engine that was built here is not used: %s (spark-core build-engine)",
            error.message,
        )
        return await ProcessEngine.start(replace(spec, library=None))


def _replay(asked: str, context: int) -> Opened:
    """A script stands in for the default model: same fill-in tokens, same edit formats."""
    script = read_script(Path(asked.removeprefix(REPLAY)))
    default = Catalogue.load().default
    model = ServedModel("replay", frozenset({asked}), default.fim, default.formats)
    return Opened(ReplayEngine(script, context), model)


async def _fetch(model: CatalogueModel, announce: Announce) -> Path:
    cancelled = threading.Event()

    def ensure() -> Path:
        # Here, not above: the clients of the sources take a third of a second to import, which a
        # core with a file of its own does not need.
        from inference_core.models.store import ModelStore

        return ModelStore.default().ensure(model, announce.step, cancelled)

    work = asyncio.create_task(in_os_thread(ensure, "fetch"), name="fetch the model")
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        cancelled.set()
        await asyncio.wait({work}, timeout=_FETCH_STOP_S)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        raise
