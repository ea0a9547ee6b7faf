"""Tokens and times that a server measured, under the names of every vendor. No I/O."""

from dataclasses import replace
from typing import TypeGuard

from spark_desktop.adapters.json_fields import Json, child_in
from spark_desktop.domain.completion import Timing, Usage


def usage_of(usage: Json, times: Json) -> Usage:
    """Return the tokens of an answer, 0 for what nobody counted.

    ``usage`` is OpenAI's object of that name, ``times`` llama-server's ``timings`` or Cerebras'
    ``time_info``, each empty where it was not sent.
    """
    cached = _first(
        times.get("cache_n"),
        child_in(usage, "prompt_tokens_details").get("cached_tokens"),
        child_in(usage, "input_tokens_details").get("cached_tokens"),
        # DeepSeek; Moonshot; Anthropic's names behind gateways.
        usage.get("prompt_cache_hit_tokens"),
        usage.get("cached_tokens"),
        usage.get("cache_read_input_tokens"),
    )
    processed = _first(times.get("prompt_n"))
    prompt = _first(usage.get("prompt_tokens"), usage.get("input_tokens"))
    completion = _first(
        usage.get("completion_tokens"), usage.get("output_tokens"), times.get("predicted_n")
    )
    if prompt is None:
        prompt = (cached or 0) + (processed or 0)
    return Usage(prompt, completion or 0, min(cached or 0, prompt))


def with_server_times(timing: Timing, usage: Json, times: Json) -> Timing:
    """Return our times with those that the server told: milliseconds, or seconds with vendors."""
    # Groq's are in its usage, under Cerebras' names.
    seconds = times if "prompt_time" in times else usage
    return replace(
        timing,
        prefill=_either(_scaled(times.get("prompt_ms"), 1000), _scaled(seconds.get("prompt_time"))),
        decode=_either(
            _scaled(times.get("predicted_ms"), 1000), _scaled(seconds.get("completion_time"))
        ),
        queue=_either(_scaled(times.get("queue_ms"), 1000), _scaled(seconds.get("queue_time"))),
    )


def _first(*values: object) -> int | None:
    return next((int(value) for value in values if _is_number(value)), None)


def _either(first: float | None, second: float | None) -> float | None:
    return second if first is None else first


def _scaled(value: object, parts: int = 1) -> float | None:
    return value / parts if _is_number(value) else None


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e15
