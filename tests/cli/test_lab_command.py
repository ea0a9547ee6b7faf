import asyncio
import csv
import json

import pytest
from fakes import EMULATION, Answer, MemoryThreads

from inference_core.recording.reader import read_recording
from inference_core.recording.text_stream import recorded_text
from spark_desktop.domain.errors import ProfileError


@pytest.fixture
def asked(spark, folder):
    """Two measured answers in two chats, each of 40 tokens in, 30 of them cached, and 8 out."""
    spark("ask", "First?", answers=("One.",))
    spark("ask", "Second?", answers=("Two.",))
    return spark


def threads(known: MemoryThreads):
    return asyncio.run(known.threads())


def test_the_report_has_a_line_for_what_was_measured_and_each_profile(asked):
    run = asked("lab")
    lines = run.text.splitlines()
    assert run.code == 0
    assert lines[0] == "2 answers · 80 tokens in (60 cached), 16 out"
    measured, codex, spark = lines[3:6]
    assert measured.split()[:3] == ["As", "measured", "measured"]
    # 2 x 0.5 s.
    assert "1.00 s" in measured
    # 2 x (0.5 + 7 / 67).
    assert "1.21 s" in codex
    assert codex.endswith("not published")
    assert "vendor" in spark


def test_json_has_numbers_and_null_for_what_is_not_known(asked):
    report = json.loads(asked("lab", "--json").text)
    by_id = {line["id"]: line for line in report["lines"]}
    assert report["tokens"] == {"in": 80, "cached": 60, "out": 16}
    assert (by_id["measured"]["waiting_s"], by_id["measured"]["price_usd"]) == (1.0, None)
    assert by_id["codex"]["price_usd"] is None
    # 2 x (10 x 1 + 30 x 0.1 + 8 x 10) / 1e6.
    assert by_id["codex-spark"]["price_usd"] == 0.000186


def test_csv_is_written_beside_the_table(asked, folder):
    run = asked("lab", "--csv", "out.csv")
    rows = list(csv.DictReader((folder / "out.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["id"] for row in rows] == ["measured", "codex", "codex-spark"]
    assert rows[1]["price_usd"] == ""
    assert "Written to out.csv" in run.err


def test_the_answers_are_written_as_a_recording(asked, folder):
    run = asked("lab", "--recording", "session.jsonl")
    recording = read_recording(folder / "session.jsonl")
    texts = ["".join(text for _, text, _ in recorded_text(each)) for each in recording.exchanges]
    assert texts == ["One.", "Two."]
    assert "2 answers written to session.jsonl" in run.err


def test_one_chat_is_reported_alone(asked):
    newest = threads(asked.threads)[0].id
    report = json.loads(asked("lab", "--thread", newest, "--json").text)
    assert (report["answers"], report["thread"]) == (1, newest)
    assert newest in asked("lab").err


def test_an_unknown_chat_is_an_error_with_the_next_step(asked):
    run = asked("lab", "--thread", "nothing")
    assert run.code == 1
    assert "no thread nothing" in run.err


def test_emulated_answers_are_added_up_apart(asked):
    asked("ask", "Third?", answers=(Answer("Three.", emulation=EMULATION),))
    lines = {line["id"]: line for line in json.loads(asked("lab", "--json").text)["lines"]}
    assert (lines["measured"]["answers"], lines["measured"]["waiting_s"]) == (2, 1.0)
    assert (lines["emulated"]["answers"], lines["emulated"]["waiting_s"]) == (1, 0.5)


def test_a_missing_core_is_told_with_the_next_step(asked):
    asked.profiles.error = ProfileError("The core's program is missing.", "Install it again.")
    run = asked("lab")
    assert (run.code, run.out) == (1, b"")
    assert "is missing. Install it again." in run.err


def test_a_file_that_cannot_be_written_is_named(asked):
    run = asked("lab", "--csv", "nowhere/out.csv")
    assert run.code == 1
    assert "nowhere/out.csv cannot be written" in run.err


def test_a_folder_without_answers_has_no_amounts(spark, folder):
    run = spark("lab")
    assert run.text.startswith("0 answers · 0 tokens in")
    assert "not measured" in run.text
