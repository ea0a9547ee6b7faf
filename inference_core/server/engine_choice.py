"""How much an engine gets to work with: from the flags, and what was measured on this machine."""

from dataclasses import dataclass
from pathlib import Path

from inference_core.engine.decoder_settings import DecoderSettings
from inference_core.engine.scheduler import Limits
from inference_core.engine.spec import EngineSpec

# Room for a second long conversation beside the one that is being answered; what does not fit is
# kept in ordinary memory, from where it comes back in milliseconds.
_CELLS_PER_CONTEXT = 2
_LARGEST_DOUBLED = 16_384

# Prefixes that had to make room. 12 KiB a token for the 0.5B, 28 KiB for the 1.5B.
_SAVED_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What the command line says about the engine; ``context`` in tokens, 0 threads: as measured.

    ``parallel`` answers are made at once, ``queue`` requests may wait.
    """

    context: int = 8192
    threads: int = 0
    parallel: int = 4
    queue: int = 64


def engine_spec(model: Path, options: EngineOptions) -> EngineSpec:
    """Return what the engine's process is told for this model file."""
    doubled = options.context <= _LARGEST_DOUBLED
    settings = DecoderSettings(
        context=options.context,
        cells=options.context * (_CELLS_PER_CONTEXT if doubled else 1),
        threads=options.threads,
        threads_batch=options.threads,
    )
    return EngineSpec(model, settings, Limits(options.parallel, options.queue, _SAVED_BYTES))
