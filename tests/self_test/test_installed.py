"""Whether what was installed is there: each thing that is broken is named."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from spark_desktop.adapters.languages import GRAMMARS, grammar_for
from spark_desktop.domain.findings import Finding, Verdict
from spark_desktop.domain.self_test import Outcome
from spark_desktop.self_test import installed
from spark_desktop.self_test.installed import SAMPLES
from spark_desktop.self_test.stage import Stage
from spark_resources import resource


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "stage", "", lambda _pid: None)


@pytest.fixture
def copied(tmp_path: Path) -> Callable[..., Path]:
    """The resources, of which something can be broken."""
    folder = tmp_path / "resources"
    shutil.copytree(resource("models.toml").parent, folder)

    def find(*parts: str) -> Path:
        path = folder.joinpath(*parts)
        if not path.exists():
            raise FileNotFoundError(path)
        return path

    return find


async def test_this_spark_has_all_it_needs(stage: Stage) -> None:
    # The others are made by the real self-test, in tests/e2e.
    for check in (installed.program, installed.resources, installed.grammars):
        seen = await check(stage)
        assert seen.outcome is not Outcome.FAILED, seen


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("themes/dark.toml", "name = ", "dark.toml: "),
        ("models.toml", "[[", "models.toml: "),
        ("recordings/qwen2.5-coder-0.5b.jsonl", "{", "qwen2.5-coder-0.5b.jsonl: "),
        ("prompts/region.md", "", "region.md: it is empty"),
        ("translations/spark_ru.qm", "", "spark_ru.qm: it is empty"),
    ],
)
async def test_a_file_that_cannot_be_read_is_named(
    stage: Stage, copied: Callable[..., Path], path: str, text: str, said: str
) -> None:
    copied(path).write_text(text, encoding="utf-8")
    seen = await installed.resources(stage, copied)
    assert seen.outcome is Outcome.FAILED
    assert said in seen.text


@pytest.mark.parametrize("folder", ["icons", "profiles", "demo_project"])
async def test_a_folder_that_is_missing_is_named(
    stage: Stage, copied: Callable[..., Path], folder: str
) -> None:
    shutil.rmtree(copied(folder))
    seen = await installed.resources(stage, copied)
    assert seen.outcome is Outcome.FAILED
    assert f"in {folder}" in seen.text


def test_there_is_a_sample_for_every_grammar() -> None:
    found = [grammar_for(name) for name in SAMPLES]
    assert {grammar.name for grammar in found if grammar} == {one.name for one in GRAMMARS}


async def test_a_sample_that_is_not_parsed_is_named(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SAMPLES, "a.py", "def f(:\n")
    seen = await installed.grammars(stage)
    assert (seen.outcome, seen.text) == (Outcome.FAILED, "not usable: a.py was not parsed")


async def test_a_language_without_colours_is_named(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SAMPLES, "a.unknown", "x\n")
    seen = await installed.highlighting(stage)
    assert (seen.outcome, seen.text) == (Outcome.FAILED, "no colours for a.unknown")


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; sys.exit('no module named httpx')", "spark: no module named httpx"),
        ("import sys; sys.exit(3)", "spark: exit code 3"),
        ("print('Usage:')", "spark: Usage:"),
    ],
)
async def test_a_command_line_that_does_not_start_is_told(
    stage: Stage, program: str, said: str
) -> None:
    words = (sys.executable, "-I", "-S", "-c", program)
    seen = await installed.command_line(stage, lambda: words)
    assert (seen.outcome, seen.text) == (Outcome.FAILED, said)


async def test_a_command_line_that_is_not_there_is_named(stage: Stage) -> None:
    seen = await installed.command_line(stage, lambda: ("/nowhere/spark", "--version"))
    assert seen.outcome is Outcome.FAILED
    assert seen.text.startswith("/nowhere/spark: ")


async def test_a_command_line_that_starts_tells_its_version(stage: Stage) -> None:
    words = (sys.executable, "-I", "-S", "-c", "print('spark 1.0')")
    seen = await installed.command_line(stage, lambda: words)
    assert (seen.outcome, seen.text) == (Outcome.OK, "spark 1.0")


def test_the_command_line_of_the_installed_app_lies_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/spark/spark-desktop")
    assert installed.spark_command() == ("/opt/spark/spark", "--version")


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        (Verdict.OK, Outcome.OK),
        (Verdict.NOTE, Outcome.NOTE),
        (Verdict.MISSING, Outcome.FAILED),
    ],
)
def test_what_the_doctor_misses_has_failed(verdict: Verdict, outcome: Outcome) -> None:
    seen = installed.seen_of(Finding("engine", verdict, "told", "Do this."))
    assert (seen.outcome, seen.text, seen.next_step) == (outcome, "told", "Do this.")
