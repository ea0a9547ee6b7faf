"""How long a stop takes: a client closes its connection, and the slot is free after so many ms."""

import json
import statistics
import time

import httpx

from benchmarks.cores import model_path, running_core, unlike_prompt

SUMMARY = "stop during a 4,000-token prompt and in decode: ms until the slot is free"

# About 17 tokens a line.
LINES = 250
POLL_S = 0.002
# In decode the stop comes after so many pieces of text; a small model's answer may be short.
PIECES = 4


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each stop, then one for each phase with its median and its worst."""
    stops = 3 if quick else 10
    with (
        running_core(model_path()) as listener,
        listener.client() as asking,
        listener.client() as watching,
    ):
        prefill = [_stop_in_prompt(number, asking, watching) for number in range(stops)]
        decode = [_stop_in_decode(number, asking, watching) for number in range(stops)]
    return [*prefill, *decode, _summary("prompt", prefill), _summary("decode", decode)]


def _stop_in_prompt(number: int, asking: httpx.Client, watching: httpx.Client) -> dict[str, object]:
    body = {"prompt": unlike_prompt(f"stop {number}", LINES), "stream": True}
    with asking.stream("POST", "/v1/completions", json=body) as response:
        response.raise_for_status()
        # Not always at the same place of a batch, and deeper into the prompt each time.
        wanted = 16 + 37 * number
        while _slot(watching)["prompt_tokens_done"] < wanted:
            time.sleep(POLL_S)
        before = _slot(watching)
        stopped = time.perf_counter()
    return _until_free("prompt", before, stopped, watching)


def _stop_in_decode(number: int, asking: httpx.Client, watching: httpx.Client) -> dict[str, object]:
    message = {"role": "user", "content": f"Write {number + 3} long stories about the sea."}
    body = {"messages": [message], "stream": True}
    with asking.stream("POST", "/v1/chat/completions", json=body) as response:
        response.raise_for_status()
        pieces = 0
        for line in response.iter_lines():
            pieces += line.startswith("data: {") and _is_text(line)
            if pieces == PIECES:
                break
        before = _slot(watching)
        stopped = time.perf_counter()
    return _until_free("decode", before, stopped, watching)


def _until_free(
    phase: str, before: dict[str, int], stopped: float, watching: httpx.Client
) -> dict[str, object]:
    while (slot := _slot(watching))["is_processing"]:
        time.sleep(POLL_S)
    free_ms = (time.perf_counter() - stopped) * 1000
    return {
        "phase": phase,
        "prompt_tokens": before["prompt_tokens"],
        "done_at_stop": before["prompt_tokens_done"],
        "tokens_after_stop": slot["prompt_tokens_processed"] - before["prompt_tokens_processed"],
        "free_ms": round(free_ms, 1),
    }


def _summary(phase: str, rows: list[dict[str, object]]) -> dict[str, object]:
    times = [float(str(row["free_ms"])) for row in rows]
    after = [int(str(row["tokens_after_stop"])) for row in rows]
    return {
        "phase": f"{phase}: median and worst of {len(rows)}",
        "free_ms": round(statistics.median(times), 1),
        "worst_free_ms": max(times),
        "worst_tokens_after_stop": max(after),
    }


def _slot(client: httpx.Client) -> dict[str, int]:
    slot: dict[str, int] = client.get("/slots").json()[0]
    return slot


def _is_text(line: str) -> bool:
    choices = json.loads(line.removeprefix("data: "))["choices"]
    return bool(choices and choices[0]["delta"].get("content"))
