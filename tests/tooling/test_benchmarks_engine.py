"""The benchmarks of the core: what they ask, and how they count, without an engine."""

import ast
import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from benchmarks import cores, edit_speed, parallel, prefix_reuse
from benchmarks.__main__ import available
from benchmarks.cores import Json, Listener, Streamed
from benchmarks.edits import EDITS, FILE, messages


class Scripted(BaseHTTPRequestHandler):
    """A server that knows one answer, and keeps what it was asked."""

    chunks: tuple[Json, ...] = ()
    asked: list[tuple[str, Json]]

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.asked.append((self.path, body))
        self.send_response(200)
        self.end_headers()
        for chunk in self.chunks:
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def scripted(*chunks: Json) -> Iterator[tuple[Listener, list[tuple[str, Json]]]]:
    asked: list[tuple[str, Json]] = []
    handler = type("Handler", (Scripted,), {"chunks": chunks, "asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        serving = Thread(target=server.serve_forever)
        serving.start()
        yield Listener(f"http://127.0.0.1:{server.server_port}", "key", 0), asked
        server.shutdown()
        serving.join()


USAGE = {
    "prompt_tokens": 9,
    "completion_tokens": 3,
    "prompt_tokens_details": {"cached_tokens": 4},
    "completion_tokens_details": {
        "accepted_prediction_tokens": 2,
        "rejected_prediction_tokens": 1,
    },
}
LAST = {"choices": [], "usage": USAGE, "timings": {"predicted_per_second": 20.0}}


def test_the_benchmarks_of_the_engine_are_found() -> None:
    found = {"core_overhead", "edit_speed", "parallel", "prefix_reuse", "stop_latency"}
    assert found <= set(available())


def test_a_streamed_chat_is_read_with_the_servers_own_account() -> None:
    text = [{"choices": [{"delta": {"content": piece}}]} for piece in ("a ", "b")]
    role = {"choices": [{"delta": {"role": "assistant", "content": ""}}]}
    with scripted(role, *text, LAST) as (listener, asked):
        answer = cores.stream_chat(listener, [{"role": "user", "content": "?"}], 3, seed=1)
    assert (answer.text, answer.tokens, answer.prompt_tokens, answer.cached_tokens) == (
        "a b",
        3,
        9,
        4,
    )
    assert answer.timings == {"predicted_per_second": 20.0}
    [(path, body)] = asked
    assert path == "/v1/chat/completions"
    assert (body["temperature"], body["stream"], body["seed"], body["max_tokens"]) == (
        0,
        True,
        1,
        3,
    )


def test_a_completion_may_be_asked_for_by_its_tokens() -> None:
    with scripted({"choices": [{"text": "x"}]}, LAST) as (listener, asked):
        assert cores.stream_completion(listener, [1, 2], 5).text == "x"
    assert asked[0][0] == "/v1/completions"
    assert asked[0][1]["prompt"] == [1, 2]


def test_an_answer_without_text_is_no_measurement() -> None:
    with scripted(LAST) as (listener, _), pytest.raises(RuntimeError, match="answered no text"):
        cores.stream_completion(listener, "p", 1)


def test_an_answer_that_breaks_off_is_no_measurement() -> None:
    with (
        scripted({"choices": [{"text": "x"}]}) as (listener, _),
        pytest.raises(RuntimeError, match="answered no text"),
    ):
        cores.stream_completion(listener, "p", 1)


def test_progress_is_waited_for() -> None:
    async def told() -> int:
        progress = prefix_reuse.Progress()
        waiting = asyncio.create_task(progress.until(5))
        await progress.note(3)
        await progress.note(6)
        await waiting
        return progress.done

    assert asyncio.run(told()) == 6


def test_a_summary_has_the_medians_and_the_worst_of_what_is_promised() -> None:
    rows: list[prefix_reuse.Row] = [
        {"case": "a", "ttft_ratio": 20.0, "warm_ttft_ms": 5.0},
        {"case": "b", "ttft_ratio": 30.0, "warm_ttft_ms": 7.0},
        {"case": "c", "ttft_ratio": 16.0, "warm_ttft_ms": 9.0},
    ]
    assert prefix_reuse.summary("all", rows, "ttft_ratio", min) == {
        "case": "all: median, worst ttft_ratio",
        "ttft_ratio": 16.0,
        "warm_ttft_ms": 7.0,
    }


def test_the_edited_file_is_a_program_of_ordinary_size() -> None:
    ast.parse(FILE)
    assert 50 <= len(FILE.splitlines()) <= 120
    assert len({edit.name for edit in EDITS}) == 5


@pytest.mark.parametrize("edit", EDITS, ids=[edit.name for edit in EDITS])
def test_what_shows_that_an_edit_was_done_was_not_there_before(edit: object) -> None:
    assert edit in EDITS
    shown = next(each.shows in FILE for each in EDITS if each is edit)
    assert shown == (edit is EDITS[-1])


def test_an_edit_is_asked_for_with_the_whole_file() -> None:
    [message] = messages(EDITS[0])
    assert FILE in message["content"]
    assert EDITS[0].wanted in message["content"]


def test_plain_and_predicted_answers_alternate(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def stream_chat(core: Listener, messages: list[Json], most: int, **more: Json) -> Streamed:
        predicted = "prediction" in more
        if most > 1:
            asked.append(predicted)
        rate = 30.0 if predicted else 20.0
        return Streamed("<= 0", 0.1, rate, USAGE, {"predicted_per_second": rate})

    monkeypatch.setattr(edit_speed, "stream_chat", stream_chat)
    monkeypatch.setattr(edit_speed, "OtherLoad", lambda pid: Idle())
    case = edit_speed.Case("fix", [], 9, "<= 0")
    row = edit_speed.row_of(Listener("http://127.0.0.1:1", "key", 0), case, 2, 0)
    assert asked == [False, True, True, False]
    assert (row["ratio"], row["same_text"], row["done"]) == (1.5, True, True)
    assert (row["accepted"], row["rejected"]) == (2, 1)


def test_the_clients_ask_for_different_things_at_once() -> None:
    with scripted({"choices": [{"delta": {"content": "x"}}]}, LAST) as (listener, asked):
        answers = parallel.together(listener, 4, 0, 16)
    assert len(answers) == 4
    assert len({json.dumps(body["messages"]) for _, body in asked}) == 4
    assert {body["min_tokens"] for _, body in asked} == {16}


class Idle:
    """A machine on which nothing else runs."""

    def share(self) -> float:
        """Nothing."""
        return 0.0
