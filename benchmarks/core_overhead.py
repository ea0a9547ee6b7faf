"""What the core costs over the bare engine: the same requests to both, in turn.

Each round asks both for the same text, in alternating order, so that whatever else the machine does
meets both; the rows have the medians of the rounds' own ratios and differences.
"""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from string import ascii_uppercase

from benchmarks.cores import (
    Listener,
    OtherLoad,
    Streamed,
    model_path,
    running_bare_engine,
    running_core,
    stream_completion,
    unlike_prompt,
)

SUMMARY = "tokens per second and time to first token, core against bare engine, in pairs"

# What llama.cpp takes when it is not told otherwise, and the core as well.
BATCH = 512


@dataclass(frozen=True)
class Case:
    name: str
    prompt_lines: int
    max_tokens: int
    rounds: int


# Many short rounds rather than few long ones: what disturbs the machine for seconds then spoils
# some pairs, which the median leaves out, instead of all of them a little.
CASES = (Case("decode", 2, 48, 20), Case("prompt of 500 tokens", 30, 8, 6))
QUICK = (Case("decode", 2, 48, 5), Case("prompt of 100 tokens", 6, 8, 5))


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each case; 1 is no difference, less than 1 in ``rate_ratio`` is a loss."""
    model = model_path()
    rows = []
    with running_core(model) as core, running_bare_engine(model, BATCH) as bare:
        for listener in (core, bare):
            stream_completion(listener, unlike_prompt("warm", 8), 16)
        for case in QUICK if quick else CASES:
            load = OtherLoad(core.pid, bare.pid)
            row = _row(case, core, bare)
            rows.append(row | {"others_cpu": load.share()})
    return rows


def _row(case: Case, core: Listener, bare: Listener) -> dict[str, object]:
    pairs = [_pair(case, number, core, bare) for number in range(case.rounds)]
    return {
        "case": case.name,
        "rounds": case.rounds,
        "rate_ratio": _median(a.tokens_per_second / b.tokens_per_second for a, b in pairs),
        "ttft_extra_ms": _median((a.first_token_s - b.first_token_s) * 1000 for a, b in pairs),
        "ttft_ratio": _median(a.first_token_s / b.first_token_s for a, b in pairs),
        "core_tokens_per_second": _median(a.tokens_per_second for a, _ in pairs),
        "bare_tokens_per_second": _median(b.tokens_per_second for _, b in pairs),
        "core_ttft_ms": _median(a.first_token_s * 1000 for a, _ in pairs),
        "bare_ttft_ms": _median(b.first_token_s * 1000 for _, b in pairs),
    }


def _pair(case: Case, number: int, core: Listener, bare: Listener) -> tuple[Streamed, Streamed]:
    # The first word differs already: llama.cpp's server reuses a beginning of two tokens, which is
    # 8 % of a prompt of 25; the core begins at 16.
    prompt = unlike_prompt(f"{ascii_uppercase[number]} {case.name}", case.prompt_lines)
    if number % 2:
        other = stream_completion(bare, prompt, case.max_tokens)
        return stream_completion(core, prompt, case.max_tokens), other
    first = stream_completion(core, prompt, case.max_tokens)
    return first, stream_completion(bare, prompt, case.max_tokens)


def _median(values: Iterable[float]) -> float:
    return round(statistics.median(values), 3)
