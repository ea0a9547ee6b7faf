"""A session as a recording, which the core's own reader and replay understand."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from fakes import EMULATION

from inference_core.recording.exchange import JsonBody
from inference_core.recording.hashing import request_hash
from inference_core.recording.reader import read_recording
from inference_core.recording.text_stream import recorded_text, recorded_tokens
from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.conversation import Thread, Turn, TurnState
from spark_desktop.domain.session_recording import recording_of

WHEN = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)
TURN = Turn(
    id="t1",
    question="Why “é”?",
    answer="Because\n  it is.\n",
    state=TurnState.DONE,
    created=WHEN,
    model="tiny",
    usage=Usage(40, 5, 8),
    timing=Timing(first_token=0.5, total=2.5),
)
THREAD = Thread("a", "", WHEN, (TURN, replace(TURN, id="t2", question="And now?", answer="No.")))


def read(tmp_path: Path, *threads: Thread):
    text, count = recording_of(threads)
    path = tmp_path / "session.jsonl"
    path.write_text(text, encoding="ascii")
    recording = read_recording(path)
    assert len(recording.exchanges) == count
    return recording


def test_an_answers_text_is_the_recordings(tmp_path: Path) -> None:
    first, second = read(tmp_path, THREAD).exchanges
    assert "".join(text for _, text, _ in recorded_text(first)) == TURN.answer
    assert "".join(text for _, text, _ in recorded_text(second)) == "No."


def test_its_first_and_last_moment_are_those_that_were_measured(tmp_path: Path) -> None:
    exchange = read(tmp_path, THREAD).exchanges[0]
    moments = [seconds for seconds, _, _ in recorded_text(exchange)]
    assert (moments[0], moments[-1]) == (0.5, 2.5)
    assert moments == sorted(moments)
    assert recorded_tokens(exchange) == 5


def test_it_says_that_its_bytes_are_no_servers(tmp_path: Path) -> None:
    assert read(tmp_path, THREAD).exchanges[0].response.header("x-spark-reconstructed") == "1"


def test_an_emulated_answer_stays_marked(tmp_path: Path) -> None:
    emulated = replace(TURN, emulation=EMULATION)
    recording = read(tmp_path, Thread("d", "", WHEN, (emulated,)))
    marked = recording.exchanges[0].response.header("x-spark-emulated")
    assert marked == f"profile={EMULATION.profile}"
    assert recording.created == WHEN.timestamp()


def test_the_prompt_is_the_conversation_so_far_and_its_hash_the_cores(tmp_path: Path) -> None:
    request = read(tmp_path, THREAD).exchanges[1].request
    assert isinstance(request.body, JsonBody)
    body = json.loads(json.dumps(request.body.value))
    assert [message["content"] for message in body["messages"]] == [
        TURN.question,
        TURN.answer,
        "And now?",
    ]
    assert request.hash == request_hash("POST", "/v1/chat/completions", request.body, b"")


def test_only_what_came_to_its_end_is_in_it(tmp_path: Path) -> None:
    states = [replace(TURN, id=state.value, state=state) for state in TurnState]
    empty = replace(TURN, answer="")
    recording = read(tmp_path, Thread("b", "", WHEN, (*states, empty)), replace(THREAD, turns=()))
    assert len(recording.exchanges) == 1


def test_an_answer_without_times_comes_at_once(tmp_path: Path) -> None:
    bare = replace(TURN, timing=None, usage=None)
    exchange = read(tmp_path, Thread("c", "", WHEN, (bare,))).exchanges[0]
    assert {seconds for seconds, _, _ in recorded_text(exchange)} == {0.0}
