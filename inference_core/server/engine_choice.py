"""How much an engine gets to work with: from the flags, and what was measured on this machine."""

from dataclasses import dataclass, replace
from pathlib import Path

from inference_core.engine.decoder_settings import DecoderSettings
from inference_core.engine.scheduler import Limits
from inference_core.engine.spec import EngineSpec
from inference_core.machine.active_engine import engine_in_use
from inference_core.machine.hardware import Hardware
from inference_core.machine.tuned import Tuned, tuned_for

# Room for a second long conversation beside the one that is being answered; what does not fit is
# kept in ordinary memory, from where it comes back in milliseconds.
_CELLS_PER_CONTEXT = 2
_LARGEST_DOUBLED = 16_384

# Sequences for prefixes that wait for their next question, beside those that are being answered.
_IDLE_SEQUENCES = 12

# Bytes for prefixes that had to make room: 12 KiB a token for the 0.5B, 28 KiB for the 1.5B.
PREFIX_MEMORY_MIB = 256


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What the command line says about the engine; ``context`` in tokens, 0 threads: as measured.

    ``parallel`` answers are made at once, ``queue`` requests may wait, and prefixes for which the
    engine has no room take ``prefix_memory_mib`` at most.
    """

    context: int = 8192
    threads: int = 0
    parallel: int = 4
    queue: int = 64
    prefix_memory_mib: int = PREFIX_MEMORY_MIB


def engine_spec(model: Path, options: EngineOptions) -> EngineSpec:
    """Return what the engine's process is told for this model file.

    Flags go before what was measured here, and that before the defaults. Raises EngineError where
    no engine is installed.
    """
    engine, hardware = engine_in_use(), Hardware.here()
    tuned = tuned_for(model, engine.name, hardware)
    cores = DecoderSettings(threads=hardware.usable, threads_batch=hardware.usable)
    settings = cores if tuned is None else _as_measured(tuned)
    doubled = options.context <= _LARGEST_DOUBLED
    settings = replace(
        settings,
        context=options.context,
        cells=options.context * (_CELLS_PER_CONTEXT if doubled else 1),
        sequences=options.parallel + _IDLE_SEQUENCES,
        threads=options.threads or settings.threads,
        threads_batch=options.threads or settings.threads_batch,
    )
    limits = Limits(options.parallel, options.queue, options.prefix_memory_mib * 1024 * 1024)
    steps = () if tuned is None else tuned.step_ms
    return EngineSpec(model, settings, limits, engine.library, steps)


def _as_measured(tuned: Tuned) -> DecoderSettings:
    return DecoderSettings(
        threads=tuned.threads,
        threads_batch=tuned.threads_batch,
        batch=tuned.batch,
        flash_attention=tuned.flash_attention,
        kv_type=tuned.kv_type,
    )
