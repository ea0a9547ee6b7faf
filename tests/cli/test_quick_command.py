import argparse
import io
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fakes import Answer, FakeClock, FakeCore, FakeEndpoint
from quick_fakes import MemoryHistory

from spark_desktop.cli.exit_codes import ExitCode, UsageError
from spark_desktop.cli.grammar import build_parser
from spark_desktop.cli.output import Output
from spark_desktop.cli.quick import run
from spark_desktop.domain.errors import CoreError, StoreError
from spark_desktop.places import data_folder
from spark_desktop.quick_wiring import QuickAnswers
from spark_desktop.services.answers import CoreAnswers
from spark_desktop.services.bus import Bus
from spark_desktop.services.quick import QuickService

# The command, whose core does not outlive the test.
PROGRAM = """
import sys
from spark_desktop.cli import main, quick
quick.LINGER = 5.0
sys.exit(main.main(sys.argv[1:]))
"""


class Quick:
    """The command with a running app, or none, and a scripted model."""

    def __init__(self, *answers: Answer | str) -> None:
        self.out, self.err = io.BytesIO(), io.StringIO()
        self.endpoint = FakeEndpoint(*answers)
        self.core = FakeCore(self.endpoint)
        self.history = MemoryHistory()
        self.models: list[str | None] = []
        self.has_app = False
        self.handed: list[tuple[Path, str]] = []

    async def __call__(self, *words: str) -> ExitCode:
        args: argparse.Namespace = build_parser().parse_args(["quick", *words])
        output = Output(self.out, self.err, args.json)
        return await run(args, output, _no_project, self._hand_over, self._open)

    @property
    def text(self) -> str:
        return self.out.getvalue().decode()

    async def _hand_over(self, data_dir: Path, question: str) -> bool:
        self.handed.append((data_dir, question))
        return self.has_app

    @asynccontextmanager
    async def _open(self, model: str | None, linger: float) -> AsyncIterator[QuickAnswers]:
        assert linger > 0
        self.models.append(model)
        bus = Bus()
        service = QuickService(CoreAnswers(self.core), self.history, bus, FakeClock(), lambda: True)
        yield QuickAnswers(service, bus)
        await service.close()


async def _no_project(root: Path, model: str | None) -> None:
    raise AssertionError("a quick question opens no project")


async def test_the_running_app_shows_its_prompt() -> None:
    quick = Quick()
    quick.has_app = True
    assert await quick() is ExitCode.OK
    assert await quick("Why?") is ExitCode.OK
    assert quick.handed == [(data_folder(), ""), (data_folder(), "Why?")]
    assert (quick.text, quick.models) == ("", [])


async def test_without_an_app_the_answer_is_streamed_here() -> None:
    quick = Quick(Answer("Because ", "so."))
    assert await quick("Why?") is ExitCode.OK
    assert quick.text == "Because so.\n"
    assert quick.history.kept == ["Why?"]


async def test_print_answers_here_though_the_app_runs() -> None:
    quick = Quick("So.\n")
    quick.has_app = True
    assert await quick("Why?", "--print") is ExitCode.OK
    assert (quick.text, quick.handed) == ("So.\n", [])


async def test_json_answers_here_in_pieces_and_as_a_whole() -> None:
    quick = Quick(Answer("Because ", "so."))
    quick.has_app = True
    assert await quick("Why?", "--json") is ExitCode.OK
    *pieces, answer = [json.loads(line) for line in quick.text.splitlines()]
    assert [piece["text"] for piece in pieces] == ["Because ", "so."]
    assert (answer["event"], answer["answer"]) == ("answer", "Because so.")
    assert quick.handed == []


async def test_a_named_model_answers_here() -> None:
    quick = Quick("So.")
    quick.has_app = True
    assert await quick("Why?", "--model", "larger") is ExitCode.OK
    assert (quick.models, quick.handed) == (["larger"], [])


async def test_without_an_app_and_a_question_the_next_step_is_named() -> None:
    with pytest.raises(UsageError, match="No Spark runs") as refused:
        await Quick()()
    assert "spark-desktop" in refused.value.next_step


async def test_an_empty_question_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="empty"):
        await Quick()(" ")


async def test_a_failed_answer_fails_the_command_and_says_why() -> None:
    quick = Quick()
    quick.core.error = CoreError("The model is missing.", "Pull it.")
    assert await quick("Why?") is ExitCode.FAILED
    assert quick.err.getvalue() == "spark: The model is missing. Pull it.\n"


async def test_a_question_that_cannot_be_kept_is_answered_all_the_same() -> None:
    quick = Quick("So.")
    quick.history.error = StoreError("The disk is full.", "Free some space.")
    assert await quick("Why?") is ExitCode.OK
    assert quick.text == "So.\n"
    assert "The disk is full." in quick.err.getvalue()


@pytest.mark.e2e
def test_a_process_answers_with_a_core_of_its_own_and_keeps_the_question(
    tmp_path: Path, replay_script
) -> None:
    model = replay_script([{"match": "", "text": "Because so."}])
    places = {"SPARK_DATA_DIR": str(tmp_path / "data"), "SPARK_CONFIG_DIR": str(tmp_path / "c")}
    words = [sys.executable, "-c", PROGRAM, "quick", "Why?", "--model", model]
    done = subprocess.run(
        words, capture_output=True, encoding="utf-8", env=os.environ | places, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "Because so.\n"), done.stderr
    assert (tmp_path / "data" / "spark.db").exists()
