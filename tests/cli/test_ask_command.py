import io
import json
import signal
import sys

from cli.conftest import BEFORE
from fakes import Answer

from spark_desktop.domain.errors import CoreError, EndpointError
from spark_desktop.domain.events import TurnStreamed


def asked(spark, index=0):
    """The last message of a request: the question as the model gets it."""
    return spark.endpoint.requests[index].messages[-1].text


def test_the_answer_is_streamed_and_ends_with_a_line_break(spark, folder):
    run = spark("ask", "Why?", answers=(Answer("Because ", "so."),))
    assert (run.code, run.text) == (0, "Because so.\n")


def test_a_line_break_of_the_answers_own_is_not_doubled(spark, folder):
    assert spark("ask", "Why?", answers=("So.\n",)).text == "So.\n"


def test_json_tells_the_pieces_and_then_the_whole_answer(spark, folder):
    run = spark("ask", "Why?", "--json", answers=(Answer("Because ", "so."),))
    *pieces, answer = [json.loads(line) for line in run.text.splitlines()]
    assert pieces == [{"event": "text", "text": "Because "}, {"event": "text", "text": "so."}]
    assert (answer["event"], answer["state"]) == ("answer", "done")
    assert (answer["question"], answer["answer"]) == ("Why?", "Because so.")
    assert answer["model"] == "fake-model"
    assert answer["usage"]["cached"] == 30


def test_the_model_is_shown_every_named_file(spark, folder):
    (folder / "sub" / "b.py").write_text("B = 1\n")
    run = spark("ask", "Why?", "--file", "a.py", "--file", "sub/b.py", answers=("So.",))
    assert run.code == 0
    assert BEFORE.strip() in asked(spark)
    assert "sub/b.py:\n```py\nB = 1\n```" in asked(spark)


def test_each_question_begins_a_chat_of_its_own(spark, folder):
    spark("ask", "First?", answers=("One.",))
    spark("ask", "Second?", answers=("Two.",))
    assert [message.text for message in spark.endpoint.requests[0].messages[1:]] == ["Second?"]


def test_continue_goes_on_with_the_newest_chat(spark, folder):
    spark("ask", "First?", answers=("One.",))
    spark("ask", "Second?", "--continue", answers=("Two.",))
    told = [message.text for message in spark.endpoint.requests[0].messages[1:]]
    assert told == ["First?", "One.", "Second?"]


def test_an_empty_question_is_wrong_usage(spark, folder):
    run = spark("ask", " ")
    assert (run.code, run.out) == (2, b"")
    assert "The question is empty." in run.err


def test_a_file_outside_of_the_first_ones_folder_is_wrong_usage(spark, folder, tmp_path):
    (tmp_path / "b.py").write_text("B = 1\n")
    run = spark("ask", "Why?", "--file", "a.py", "--file", str(tmp_path / "b.py"))
    assert run.code == 2
    assert "lies outside of" in run.err


def test_a_file_outside_of_any_work_tree_is_asked_about_in_its_folder(spark, tmp_path, monkeypatch):
    elsewhere, here = tmp_path / "elsewhere", tmp_path / "here"
    elsewhere.mkdir()
    here.mkdir()
    (elsewhere / "b.py").write_text("B = 1\n")
    monkeypatch.chdir(here)
    spark("ask", "Why?", "--file", str(elsewhere / "b.py"), answers=("So.",))
    assert spark.opened == [(elsewhere, None)]


def test_what_came_of_an_answer_that_breaks_off_is_shown_and_the_reason(spark, folder):
    broken = Answer("Beca", error=EndpointError("The core went away.", "Ask once more."))
    run = spark("ask", "Why?", answers=(broken,))
    assert (run.code, run.text) == (1, "Beca\n")
    assert "The core went away. Ask once more." in run.err


def test_json_tells_a_failed_answer_with_its_error(spark, folder):
    spark.core_error = CoreError("No model.", "Fetch one.")
    run = spark("ask", "Why?", "--json")
    answer = json.loads(run.out)
    assert (run.code, answer["state"], answer["error"]) == (1, "failed", "No model. Fetch one.")


def test_ctrl_c_closes_the_stream_and_keeps_what_came(spark, folder):
    def interrupt(_event: TurnStreamed) -> None:
        signal.raise_signal(signal.SIGINT)

    spark.prepare = lambda project: project.bus.subscribe(TurnStreamed, interrupt)
    run = spark("ask", "Why?", answers=(Answer("Because ", hangs=True),))
    assert (run.code, run.text) == (130, "Because ")
    assert spark.endpoint.closed_early == 1


class Unread(io.RawIOBase):
    """A pipe whose reader has gone."""

    def writable(self) -> bool:
        return True

    def write(self, _data: object) -> int:
        raise BrokenPipeError


def test_a_reader_that_goes_away_stops_the_engine_without_a_complaint(spark, folder, monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(Unread()))
    run = spark("ask", "Why?", answers=(Answer("Because ", "so.", hangs=True),))
    assert (run.code, run.err) == (0, "")
    assert spark.endpoint.closed_early == 1
