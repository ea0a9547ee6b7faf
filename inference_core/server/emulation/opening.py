"""From the flags to an engine that answers in the place of another service."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from inference_core.domain.emulation import Source
from inference_core.domain.errors import UsageError
from inference_core.machine.places import profiles_folder
from inference_core.models.catalogue import Catalogue
from inference_core.pacing.clock import Clock
from inference_core.pacing.figures import Absent, Figure, Kind
from inference_core.pacing.library import Profiles
from inference_core.pacing.profile import Profile, Shape
from inference_core.recording.reader import read_recording
from inference_core.recording.text_stream import recorded_text
from inference_core.server.announce import Announce
from inference_core.server.emulation.options import (
    EmulationOptions,
    api_name,
    context_limit,
    emulation_of,
)
from inference_core.server.emulation.recorded_engine import (
    RecordedEngine,
    RecordedPiece,
    single_tokens,
)
from inference_core.server.emulation.settings import Emulation
from inference_core.server.engine_choice import EngineOptions
from inference_core.server.served_model import ServedModel
from inference_core.server.startup import Opened, open_model
from spark_resources import resource

# The profile that is no file: the pace of the recording itself.
AS_RECORDED = "recorded"

# That of --context.
_LEAST_CONTEXT = 64

_UNKNOWN = Absent("A recording does not tell it.")


@dataclass(frozen=True, slots=True)
class _Recorded:
    """The text of a recording, and when and by what it was made."""

    pieces: tuple[RecordedPiece, ...]
    created: str
    upstream: str


async def open_emulated(
    asked: str | None,
    options: EmulationOptions,
    engine: EngineOptions,
    announce: Announce,
    clock: Clock,
) -> tuple[Opened, Emulation]:
    """Return the engine and what it emulates; only a replay needs no model.

    Raises UsageError for a profile, a recording or a fault that does not fit; ModelError and
    EngineError as open_model does.
    """
    if options.source != Source.REPLAY.value:
        profile = _profile(options, None)
        limit = min(engine.context, context_limit(profile, options.free_tier))
        if limit < _LEAST_CONTEXT:
            raise UsageError(
                f"The profile {profile.id!r} has a context of {limit} tokens, in which no model "
                "can answer.",
                f"Give its file a context of {_LEAST_CONTEXT} tokens or more.",
            )
        emulation = emulation_of(options, profile, clock)
        opened = await open_model(asked, replace(engine, context=limit), announce)
    else:
        recorded = _read(options.recording)
        profile = _profile(options, recorded)
        emulation = emulation_of(options, profile, clock)
        limit = context_limit(profile, options.free_tier)
        default = Catalogue.load().default
        known = ServedModel(default.id, frozenset(), default.fim, default.formats)
        opened = Opened(RecordedEngine(recorded.pieces, limit), known)
    return replace(opened, model=_named(opened.model, profile)), emulation


def _profile(options: EmulationOptions, recorded: _Recorded | None) -> Profile:
    if options.recording is not None and recorded is None:
        raise UsageError(
            "A recording is the text of '--source replay' only.", "Add --source replay."
        )
    if options.profile != AS_RECORDED:
        return Profiles.load(profiles_folder()).find(options.profile)
    if recorded is None:
        raise UsageError(
            "The profile 'recorded' is the pace of a recording.", "Add --source replay."
        )
    return _as_recorded(recorded)


def _read(path: Path | None) -> _Recorded:
    """Return the first answer of a recording that has text. Raises UsageError, RecordingError."""
    path = path or resource("recordings", "qwen2.5-coder-0.5b.jsonl")
    recording = read_recording(path)
    for exchange in recording.exchanges:
        pieces = single_tokens(recorded_text(exchange))
        if len(pieces) > 1:
            date = datetime.fromtimestamp(recording.created, UTC).date().isoformat()
            return _Recorded(tuple(pieces), date, recording.upstream)
    raise UsageError(
        f"The recording {path} has no answer with text.",
        "Record a chat or a completion ('spark-core record').",
    )


def _as_recorded(recorded: _Recorded) -> Profile:
    """Return the mean pace of a recording as a profile."""
    seconds = [piece.seconds for piece in recorded.pieces]

    def measured(value: float) -> Figure:
        return Figure(value, f"a recording of {recorded.upstream}", recorded.created, Kind.MEASURED)

    return Profile(
        id=AS_RECORDED,
        title="As recorded",
        hardware="that of the recording",
        model="recorded",
        decode_tps=measured(_rate(seconds)),
        first_token_s=measured(seconds[0]),
        per_prompt_token_s=measured(0.0),
        decode_context=_UNKNOWN,
        slowdown_per_token=_UNKNOWN,
        jitter=_UNKNOWN,
        jitter_shape=Shape.NORMAL,
        accepted_per_step=_UNKNOWN,
        tokens_per_chunk=_UNKNOWN,
        queue_s=_UNKNOWN,
        queue_per_request_s=_UNKNOWN,
        context=_UNKNOWN,
        price_in=_UNKNOWN,
        price_cached=_UNKNOWN,
        price_out=_UNKNOWN,
        derivation=_UNKNOWN,
    )


def _rate(seconds: Sequence[float]) -> float:
    lasted = seconds[-1] - seconds[0]
    return (len(seconds) - 1) / lasted if lasted > 0 else float(len(seconds))


def _named(model: ServedModel, profile: Profile) -> ServedModel:
    """Return the model under the name that the service has for it; its own name still works."""
    names = model.names | {model.id, profile.id}
    return replace(model, id=api_name(profile), names=names)
