"""What ``spark-desktop --self-test`` prints, writes and ends with."""

import argparse
import json
from pathlib import Path

import pytest

from spark_desktop import app
from spark_desktop.domain.self_test import PLAN, Row
from spark_desktop.self_test.arguments import add_to
from spark_desktop.self_test.command import Telling
from tests.self_test_fakes import BAD, NOTE, OK, rows


def telling(*words: str) -> Telling:
    parser = argparse.ArgumentParser()
    add_to(parser)
    return Telling(parser.parse_args(["--self-test", *words]))


def test_without_a_failure_the_table_is_printed_and_the_exit_code_is_0(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert telling().end(rows(OK, NOTE), 2.0) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "ok      program      0.25 s  it works",
        "note    resources    0.25 s  none here",
        "                             -> Get one.",
        "",
        "2 checks in 2.0 s, nothing failed.",
    ]
    assert err == ""


def test_what_failed_is_named_on_standard_error_and_the_exit_code_is_1(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert telling().end(rows(OK, BAD, NOTE, BAD), 2.0) == 1
    out, err = capsys.readouterr()
    assert out.endswith("4 checks in 2.0 s, 2 failed: resources, images and icons.\n")
    assert err == "spark-desktop: the self-test failed: resources, images and icons\n"


def test_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert telling("--json").end(rows(OK, BAD), 2.04) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["failed"], told["seconds"]) == (False, ["resources"], 2.0)
    assert [row["verdict"] for row in told["rows"]] == ["ok", "FAILED"]


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_the_report_holds_what_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    path = tmp_path / "report.txt"
    telling("--report", str(path), *words).end(rows(OK), 1.0)
    assert path.read_text(encoding="utf-8") == capsys.readouterr().out


def test_a_report_that_cannot_be_written_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "missing" / "report.txt"
    assert telling("--report", str(path)).end(rows(OK), 1.0) == 1
    assert f"the report {path} cannot be written: No such file" in capsys.readouterr().err


def test_a_program_without_a_console_writes_its_report_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As a windowed program on Windows.
    monkeypatch.setattr("sys.stdout", None)
    monkeypatch.setattr("sys.stderr", None)
    path = tmp_path / "report.txt"
    assert telling("--report", str(path)).end(rows(BAD), 1.0) == 1
    assert "1 failed: program" in path.read_text(encoding="utf-8")


def test_another_process_hears_each_row_as_it_comes(capsys: pytest.CaptureFixture[str]) -> None:
    told = telling("--json-lines")
    (row,) = rows(OK)
    told.begun(PLAN[0])
    told.told(row)
    told.end((row,), 1.0)
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["begun", "row", "end"]


def test_people_are_not_told_before_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    told = telling()
    told.begun(PLAN[0])
    told.told(Row("program", "program", OK))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--json"], "--json is for --self-test"),
        (["--report", "x"], "--report is for --self-test"),
        (["--on-screen"], "--on-screen is for --self-test"),
        (["--self-test", "folder"], "opens a folder of its own"),
        (["--self-test", "--json", "--json-lines"], "not allowed with"),
    ],
)
def test_flags_that_do_not_fit_are_refused(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        app.main(words)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
