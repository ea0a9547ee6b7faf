"""What an engine's process is told when it starts."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from inference_core.engine.decoder_settings import DecoderSettings
from inference_core.engine.scheduler import Limits


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """A model file, how to load it, and how much to do at once.

    ``library`` is a natively built llama.cpp, None for the one that xllamacpp brings. ``step_ms``
    are measured costs of a step in milliseconds, by its number of rows.
    """

    model: Path
    decoder: DecoderSettings = field(default_factory=DecoderSettings)
    limits: Limits = field(default_factory=Limits)
    library: Path | None = None
    step_ms: tuple[tuple[int, float], ...] = ()

    def to_line(self) -> str:
        """Return it as one line of JSON."""
        data = asdict(self) | {
            "model": str(self.model),
            "library": None if self.library is None else str(self.library),
        }
        return json.dumps(data)

    @classmethod
    def from_line(cls, line: str | bytes) -> "EngineSpec":
        """Return what ``to_line`` wrote."""
        data = json.loads(line)
        return cls(
            Path(data["model"]),
            DecoderSettings(**data["decoder"]),
            Limits(**data["limits"]),
            None if data["library"] is None else Path(data["library"]),
            tuple((int(rows), float(ms)) for rows, ms in data["step_ms"]),
        )
