"""What several clients at once get: together, and each of them.

Every client asks for something else and gets exactly as many tokens as it asks for, so that the
last answers do not run alone for long.
"""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psutil

from benchmarks.cores import (
    Listener,
    OtherLoad,
    Streamed,
    model_path,
    running_core,
    stream,
    stream_completion,
)

SUMMARY = "tokens per second with 1, 2, 4 and 8 clients at once, and the core's memory"

CLIENTS = (1, 2, 4, 8)
TOKENS = 64

_SUBJECTS = ("rivers", "clocks", "bread", "foxes", "glass", "winter", "bridges", "the moon")
_MB = 1_000_000


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each number of clients, with medians of the rounds.

    ``tokens_per_second`` counts all tokens from the first question to the last piece of text,
    prompts included; ``speedup`` is over one client. Memory is that of the core and its engine,
    in MB of 1,000,000 bytes.
    """
    rounds, tokens = (1, 24) if quick else (4, TOKENS)
    rows: list[dict[str, object]] = []
    with running_core(model_path()) as core:
        stream_completion(core, "Once upon a time", 8)
        for clients in CLIENTS:
            rows.append(_row(core, clients, rounds, tokens))
    alone = float(str(rows[0]["tokens_per_second"]))
    for row in rows:
        row["speedup"] = round(float(str(row["tokens_per_second"])) / alone, 2)
    return rows


def _row(core: Listener, clients: int, rounds: int, tokens: int) -> dict[str, object]:
    load = OtherLoad(core.pid)
    rates: list[float] = []
    answers: list[Streamed] = []
    for number in range(rounds):
        begun = time.perf_counter()
        found = together(core, clients, number, tokens)
        rates.append(sum(answer.tokens for answer in found) / (time.perf_counter() - begun))
        answers += found
    return {
        "clients": clients,
        "rounds": rounds,
        "tokens_per_second": round(statistics.median(rates), 2),
        "each_tokens_per_second": _median([answer.tokens_per_second for answer in answers]),
        "ttft_p50_ms": _median([answer.first_token_s * 1000 for answer in answers]),
        "worst_ttft_ms": round(max(answer.first_token_s for answer in answers) * 1000, 1),
        "memory_mb": round(_memory(core.pid) / _MB),
        "others_cpu": load.share(),
    }


def together(core: Listener, clients: int, number: int, tokens: int) -> list[Streamed]:
    start = Barrier(clients)

    def ask(client: int) -> Streamed:
        start.wait()
        subject = _SUBJECTS[client % len(_SUBJECTS)]
        text = f"Round {clients}.{number}: write a long story about {subject}."
        body = {"messages": [{"role": "user", "content": text}]}
        # min_tokens: a story that ends early would make its client's share of the batches empty.
        limits = {"max_tokens": tokens, "min_tokens": tokens}
        return stream(core, "/v1/chat/completions", body | limits)

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(ask, range(clients)))


def _memory(pid: int) -> int:
    process = psutil.Process(pid)
    return sum(p.memory_info().rss for p in (process, *process.children(recursive=True)))


def _median(values: list[float]) -> float:
    return round(statistics.median(values), 2)
