"""What ``spark-core tune`` prints."""

from dataclasses import asdict
from typing import Any

from inference_core.machine.calibration import Calibrated, Tried
from inference_core.machine.info import flash_text


def tried_line(tried: Tried) -> str:
    """Return one candidate for a person: how many times as fast it was."""
    words = [f"{tried.what:<20}"]
    if tried.gain is not None:
        words.append(
            f"prompts {1 / tried.gain.prefill:5.2f}x  answers {1 / tried.gain.decode:5.2f}x"
        )
    if tried.chosen:
        words.append("chosen")
    if tried.remark:
        words.append(tried.remark)
    return "  ".join(words)


def tuned_lines(found: Calibrated) -> list[str]:
    """Return the outcome as a table for a person."""
    tuned = found.tuned
    steps = ", ".join(f"{rows}: {ms:.0f}" for rows, ms in tuned.step_ms)
    return [
        f"{'tokens per second':<20}{'default':>9}{'tuned':>9}",
        _rates("  prompts", found.prefill),
        _rates("  answers", found.decode),
        "",
        f"threads             {tuned.threads} for answers, {tuned.threads_batch} for prompts",
        f"batch               {tuned.batch}",
        f"flash attention     {flash_text(tuned.flash_attention)}",
        f"KV cache            {tuned.kv_type}",
        f"ms of a step        {steps}",
    ]


def tuned_json(model: str, engine: str, found: Calibrated) -> dict[str, Any]:
    """Return the outcome as plain values."""
    return {
        "model": model,
        "engine": engine,
        "tuned": asdict(found.tuned),
        "prefill_tokens_per_second": {"default": found.prefill[0], "tuned": found.prefill[1]},
        "decode_tokens_per_second": {"default": found.decode[0], "tuned": found.decode[1]},
        "tried": [asdict(tried) for tried in found.tried],
        "seconds": found.seconds,
    }


def _rates(name: str, rates: tuple[float, float]) -> str:
    before, after = rates
    return f"{name:<20}{before:>9.1f}{after:>9.1f}   {after / before:.2f}x"
