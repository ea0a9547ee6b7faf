"""What the core costs over the bare engine: the same requests to both, in turn.

Each round asks both for the same text, in alternating order, so that whatever else the machine does
meets both; the rows have the medians of the rounds' own ratios and differences.

A prompt of 500 tokens takes seconds to compute, of which a noisy machine makes tenths more or less.
So two figures beside the plain ones leave that out: ``way_ms``, the time to the first token less
the server's own time for the prompt (HTTP, the queue, a pipe, JSON), and ``cpu_ratio``, which
compares the processor time of all that answers.
"""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field
from string import ascii_uppercase

import psutil

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
CASES = (Case("decode", 2, 48, 24), Case("prompt of 500 tokens", 30, 24, 8))
QUICK = (Case("decode", 2, 48, 5), Case("prompt of 100 tokens", 6, 8, 5))


@dataclass(frozen=True)
class Side:
    """One of the two that are compared."""

    listener: Listener
    processes: list[psutil.Process] = field(init=False)

    def __post_init__(self) -> None:
        process = psutil.Process(self.listener.pid)
        # The core computes in a child process.
        family = [process, *process.children(recursive=True)]
        object.__setattr__(self, "processes", family)

    def ask(self, prompt: str, max_tokens: int) -> "Asked":
        """Ask once."""
        before = self._cpu_s()
        answer = stream_completion(self.listener, prompt, max_tokens)
        return Asked(answer, self._cpu_s() - before)

    def _cpu_s(self) -> float:
        times = [process.cpu_times() for process in self.processes]
        return sum(each.user + each.system for each in times)


@dataclass(frozen=True)
class Asked:
    """An answer, and the processor seconds that it took."""

    answer: Streamed
    cpu_s: float

    @property
    def rate(self) -> float:
        """Tokens per second."""
        return self.answer.tokens_per_second

    @property
    def ttft_ms(self) -> float:
        """Milliseconds to the first token."""
        return self.answer.first_token_s * 1000

    @property
    def way_ms(self) -> float:
        """What of them the server did not compute."""
        return self.ttft_ms - float(self.answer.timings["prompt_ms"])


Pair = tuple[Asked, Asked]


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each case; 1 is no difference, less than 1 in ``rate_ratio`` is a loss."""
    model = model_path()
    rows = []
    with running_core(model) as core, running_bare_engine(model, BATCH) as bare:
        for listener in (core, bare):
            stream_completion(listener, unlike_prompt("warm", 8), 16)
        for case in QUICK if quick else CASES:
            load = OtherLoad(core.pid, bare.pid)
            row = _row(case, Side(core), Side(bare))
            rows.append(row | {"others_cpu": load.share()})
    return rows


def _row(case: Case, core: Side, bare: Side) -> dict[str, object]:
    pairs = [_pair(case, number, core, bare) for number in range(case.rounds)]
    return {
        "case": case.name,
        "rounds": case.rounds,
        "rate_ratio": _median(a.rate / b.rate for a, b in pairs),
        "ttft_extra_ms": _median(a.ttft_ms - b.ttft_ms for a, b in pairs),
        "ttft_ratio": _median(a.ttft_ms / b.ttft_ms for a, b in pairs),
        "way_extra_ms": _median(a.way_ms - b.way_ms for a, b in pairs),
        "cpu_ratio": _median(a.cpu_s / b.cpu_s for a, b in pairs),
        "core_tokens_per_second": _median(a.rate for a, _ in pairs),
        "bare_tokens_per_second": _median(b.rate for _, b in pairs),
        "core_ttft_ms": _median(a.ttft_ms for a, _ in pairs),
        "bare_ttft_ms": _median(b.ttft_ms for _, b in pairs),
        "core_way_ms": _median(a.way_ms for a, _ in pairs),
        "bare_way_ms": _median(b.way_ms for _, b in pairs),
    }


def _pair(case: Case, number: int, core: Side, bare: Side) -> Pair:
    # The first word differs already: llama.cpp's server reuses a beginning of two tokens, which is
    # 8 % of a prompt of 25; the core begins at 16.
    prompt = unlike_prompt(f"{ascii_uppercase[number]} {case.name}", case.prompt_lines)
    if number % 2:
        other = bare.ask(prompt, case.max_tokens)
        return core.ask(prompt, case.max_tokens), other
    first = core.ask(prompt, case.max_tokens)
    return first, bare.ask(prompt, case.max_tokens)


def _median(values: Iterable[float]) -> float:
    return round(statistics.median(values), 3)
