"""How long a stop takes: a client closes its connection, and the slot is free after so many ms."""

import json
import statistics
import time
from collections.abc import Callable

import httpx

from benchmarks.cores import Listener, OtherLoad, model_path, running_core, unlike_prompt

SUMMARY = "stop during a 4,000-token prompt and in decode: ms until the slot is free"

# About 17 tokens a line.
LINES = 250
# Asking more often would take the cores away from the batch whose end is waited for (on two cores,
# every 2 ms: a second batch of 220 ms instead of 120).
POLL_S = 0.02
# In decode the stop comes after so many pieces of text; a small model's answer may be short.
PIECES = 4
# Below this share of other processes' work a stop counts as one on an idle machine.
IDLE_SHARE = 0.05

Wait = Callable[[int, httpx.Response, httpx.Client], None]


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each stop, then one for each phase with its median and its worst."""
    stops = 3 if quick else 10
    with running_core(model_path()) as core:
        prefill = [_stop(core, "prompt", number, _until_in_prompt) for number in range(stops)]
        decode = [_stop(core, "decode", number, _until_in_decode) for number in range(stops)]
    return [*prefill, *decode, _summary("prompt", prefill), _summary("decode", decode)]


def _stop(core: Listener, phase: str, number: int, wait: Wait) -> dict[str, object]:
    path, body = _request(phase, number)
    with core.client() as asking, core.client() as watching:
        load = OtherLoad(core.pid)
        with asking.stream("POST", path, json=body) as response:
            response.raise_for_status()
            wait(number, response, watching)
            before = _slot(watching)
            stopped = time.perf_counter()
        while (slot := _slot(watching))["is_processing"]:
            time.sleep(POLL_S)
        free_ms = (time.perf_counter() - stopped) * 1000
        return {
            "phase": phase,
            "prompt_tokens": before["prompt_tokens"],
            "done_at_stop": before["prompt_tokens_done"],
            "tokens_after_stop": slot["prompt_tokens_processed"]
            - before["prompt_tokens_processed"],
            "free_ms": round(free_ms, 1),
            "others_cpu": load.share(),
        }


def _request(phase: str, number: int) -> tuple[str, dict[str, object]]:
    if phase == "prompt":
        prompt = unlike_prompt(f"stop {number}", LINES)
        return "/v1/completions", {"prompt": prompt, "stream": True}
    message = {"role": "user", "content": f"Write {number + 3} long stories about the sea."}
    return "/v1/chat/completions", {"messages": [message], "stream": True}


def _until_in_prompt(number: int, response: httpx.Response, watching: httpx.Client) -> None:
    """Not always at the same place of a batch, and deeper into the prompt each time."""
    # A free slot tells of the request before.
    while not (slot := _slot(watching))["is_processing"] or (
        slot["prompt_tokens_done"] < 16 + 37 * number
    ):
        time.sleep(POLL_S)


def _until_in_decode(number: int, response: httpx.Response, watching: httpx.Client) -> None:
    pieces = 0
    for line in response.iter_lines():
        pieces += line.startswith("data: {") and _is_text(line)
        if pieces == PIECES:
            return


def _summary(phase: str, rows: list[dict[str, object]]) -> dict[str, object]:
    """The median and the worst; a stop on a busy machine says more about the others."""
    times = [float(str(row["free_ms"])) for row in rows]
    idle = [
        float(str(row["free_ms"])) for row in rows if float(str(row["others_cpu"])) <= IDLE_SHARE
    ]
    return {
        "phase": f"{phase}: median and worst of {len(rows)}",
        "free_ms": round(statistics.median(times), 1),
        "worst_free_ms": max(times),
        "undisturbed": len(idle),
        "worst_undisturbed_ms": max(idle, default=None),
        "worst_tokens_after_stop": max(int(str(row["tokens_after_stop"])) for row in rows),
    }


def _slot(client: httpx.Client) -> dict[str, int]:
    slot: dict[str, int] = client.get("/slots").json()[0]
    return slot


def _is_text(line: str) -> bool:
    choices = json.loads(line.removeprefix("data: "))["choices"]
    return bool(choices and choices[0]["delta"].get("content"))
