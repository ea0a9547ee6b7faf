"""``python -m inference_core.machine.trial``: one model with one choice of settings, to be timed.

It runs as a process of its own: a choice that crashes the engine or exhausts the memory ends this
process and counts as a candidate that failed. It reads lines of JSON: first a TrialSpec, then one
question each (``{"ask": "prefill", "of": 256}``), and answers each with a line. When its input
ends, so does it.
"""

import json
import os
import signal
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from inference_core.domain.errors import CoreError
from inference_core.engine.decoder_settings import DecoderSettings
from inference_core.engine.openmp import spin_briefly
from inference_core.machine.measuring import CELLS, Measuring
from inference_core.machine.tuned import Tuned


@dataclass(frozen=True, slots=True)
class TrialSpec:
    """A model file, the settings to load it with, and the engine: None for the wheel's."""

    model: Path
    settings: Tuned
    library: Path | None = None

    def to_line(self) -> str:
        """Return it as one line of JSON."""
        library = None if self.library is None else str(self.library)
        data = {"model": str(self.model), "settings": asdict(self.settings), "library": library}
        return json.dumps(data)

    @classmethod
    def from_line(cls, line: str) -> "TrialSpec":
        """Return what ``to_line`` wrote."""
        data = json.loads(line)
        library = data["library"]
        settings = Tuned(**data["settings"])
        steps = tuple((int(rows), float(ms)) for rows, ms in settings.step_ms)
        return cls(
            Path(data["model"]),
            replace(settings, step_ms=steps),
            None if library is None else Path(library),
        )


def answer(measuring: Measuring, question: dict[str, Any]) -> object:
    """Return what was asked for; the questions are the methods of Measuring."""
    of = question["of"]
    match question["ask"]:
        case "prefill":
            return measuring.prefill(of)
        case "decode":
            return measuring.decode(of)
        case "step":
            return measuring.step(of)
        case "greedy":
            return measuring.greedy(of)
        case "agreement":
            return measuring.agreement(of)
        case other:
            raise ValueError(f"no such question: {other}")


def main() -> None:
    """Load the model and answer until the input ends."""
    # Ctrl+C in a terminal reaches the whole group; the one who asks decides when this ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    spin_briefly()
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # The engine's own words must not get between the answers.
    os.dup2(2, 1)
    spec = TrialSpec.from_line(sys.stdin.readline())
    # Here, not above: the environment for OpenMP must be set before the library is loaded.
    from inference_core.engine.llama_decoder import LlamaDecoder

    settings = DecoderSettings(
        context=CELLS,
        cells=CELLS,
        sequences=1,
        threads=spec.settings.threads,
        threads_batch=spec.settings.threads_batch,
        batch=spec.settings.batch,
        flash_attention=spec.settings.flash_attention,
        kv_type=spec.settings.kv_type,
    )
    try:
        measuring = Measuring(LlamaDecoder.load(spec.model, settings, library=spec.library))
        print(json.dumps({"answer": "ready"}), file=channel, flush=True)
        for line in sys.stdin:
            told = {"answer": answer(measuring, json.loads(line))}
            print(json.dumps(told), file=channel, flush=True)
    except CoreError as error:
        print(json.dumps({"failed": error.message}), file=channel, flush=True)
    # Without the interpreter's teardown, which an OS thread in the engine could crash.
    channel.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
