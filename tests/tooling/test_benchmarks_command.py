"""``python -m benchmarks`` and the report that every benchmark ends with."""

import json
import platform
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import __main__ as command
from benchmarks import report


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """One benchmark, ``speed``; returns what it was asked: quick or not."""
    asked: list[bool] = []

    def run(quick: bool) -> list[dict[str, object]]:
        asked.append(quick)
        return [{"case": "plain", "ms": 12.345}, {"case": "long", "ms": 1234.5, "note": "x"}]

    module = ModuleType("speed")
    module.__dict__.update(SUMMARY="how fast", run=run)
    monkeypatch.setattr(command, "available", lambda: {"speed": module})
    return asked


@pytest.mark.usefixtures("known")
def test_without_a_name_the_benchmarks_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([]) == 0
    assert capsys.readouterr().out == "speed  how fast\n"


@pytest.mark.usefixtures("known")
def test_an_unknown_name_is_answered_with_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command.main(["sped"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "no benchmark is called sped; there are: speed\n"


def test_a_run_ends_with_one_line_of_json(
    known: list[bool], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["speed", "--quick"]) == 0
    assert known == [True]
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert list(last) == ["benchmark", "machine", "commit", "rows"]
    assert last["benchmark"] == "speed"
    assert last["rows"][0] == {"case": "plain", "ms": 12.345}


def test_a_run_is_not_quick_unless_asked(known: list[bool]) -> None:
    command.main(["speed"])
    assert known == [False]


def test_the_real_benchmarks_are_found_and_their_helpers_are_not() -> None:
    found = command.available()
    assert {"core_overhead", "stop_latency"} <= set(found)
    assert not {"cores", "report"} & set(found)
    assert all("\n" not in module.SUMMARY for module in found.values())


def test_the_package_runs_as_a_program() -> None:
    root = Path(__file__).resolve().parents[2]
    words = [sys.executable, "-m", "benchmarks", "no-such"]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True)
    assert done.returncode == 2
    assert "core_overhead" in done.stderr


def test_a_table_aligns_numbers_right_and_leaves_missing_values_empty() -> None:
    rows: list[report.Row] = [
        {"case": "plain", "ms": 12.3456, "runs": [1.0, 2.5]},
        {"case": "long", "ms": 12345.6},
    ]
    assert report.table(rows).splitlines() == [
        "case      ms  runs",
        "-----  -----  ------",
        "plain  12.35  1, 2.5",
        "long   12346",
    ]


def test_a_table_of_nothing_says_so() -> None:
    assert report.table([]) == "(no rows)"


def test_the_machine_is_described_without_its_name() -> None:
    described = report.machine()
    assert list(described) == ["cpu", "cores", "memory_bytes", "os", "python"]
    assert described["cpu"]
    assert platform.node() not in json.dumps(described).split()


def test_the_commit_says_when_the_checkout_differs(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
        subprocess.run(["git", "-C", tmp_path, *identity, *words], check=True, capture_output=True)

    file = tmp_path / "a.txt"
    file.write_text("one")
    git("init")
    git("add", "a.txt")
    git("commit", "-m", "first")
    clean = report.commit(tmp_path)
    file.write_text("two")
    assert len(clean) == 12
    assert report.commit(tmp_path) == f"{clean}+dirty"


def test_without_git_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert report.commit(tmp_path / "nothing") == ""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert report.commit() == ""


def test_words_behind_the_name_are_for_a_benchmark_that_reads_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[object] = []

    def run(quick: bool, given: object) -> list[dict[str, object]]:
        asked.append((quick, given))
        return []

    module = ModuleType("history")
    module.__dict__.update(SUMMARY="laws", run=run, options=list)
    monkeypatch.setattr(command, "available", lambda: {"history": module})
    assert command.main(["history", "some/folder", "--pairs", "3"]) == 0
    assert asked == [(False, ["some/folder", "--pairs", "3"])]


@pytest.mark.usefixtures("known")
def test_words_that_a_benchmark_does_not_read_are_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        command.main(["speed", "folder"])
    assert "speed takes no folder" in capsys.readouterr().err
