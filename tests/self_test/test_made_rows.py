"""What a check raises, or that it takes too long, is a row like any other."""

import asyncio
from pathlib import Path

import pytest

from spark_desktop.domain.errors import FileError, SparkError
from spark_desktop.domain.self_test import PLAN, Check, Outcome, Seen
from spark_desktop.self_test.checks import CHECKS
from spark_desktop.self_test.stage import NotTriedError, Stage
from spark_desktop.self_test.worker import made_row

CHECK = Check("edit", "edit", 60.0)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, "", lambda _pid: None)


def test_every_check_of_the_plan_can_be_made() -> None:
    assert set(CHECKS) == {check.key for check in PLAN}


async def test_what_was_seen_is_the_row(stage: Stage) -> None:
    async def made(_stage: Stage) -> Seen:
        return Seen(Outcome.NOTE, "none", "Get one.")

    row = await made_row(CHECK, made, stage)
    assert (row.key, row.name, row.seen) == ("edit", "edit", Seen(Outcome.NOTE, "none", "Get one."))


@pytest.mark.parametrize(
    ("error", "text", "step"),
    [
        (FileError("It is torn.", "Mend it."), "It is torn.", "Mend it."),
        (NotTriedError("not tried", "Fetch it."), "not tried", "Fetch it."),
        (RuntimeError("nobody knows"), "RuntimeError: nobody knows", "Install Spark Desktop again"),
        (SparkError("It failed."), "It failed.", "Install Spark Desktop again"),
    ],
)
async def test_what_is_raised_is_a_failure(
    stage: Stage, error: Exception, text: str, step: str
) -> None:
    async def made(_stage: Stage) -> Seen:
        raise error

    row = await made_row(CHECK, made, stage)
    assert row.has_failed
    assert row.seen.text == text
    assert row.seen.next_step.startswith(step)


async def test_what_is_waited_for_in_vain_is_named(stage: Stage) -> None:
    async def made(stage: Stage) -> Seen:
        await stage.until("the event did not come", lambda: False)
        raise AssertionError

    row = await made_row(Check("watcher", "watcher", 0.0), made, stage)
    assert (row.has_failed, row.seen.text) == (True, "the event did not come")


async def test_a_check_that_takes_too_long_is_a_failure(stage: Stage) -> None:
    async def made(_stage: Stage) -> Seen:
        await asyncio.Event().wait()
        raise AssertionError

    row = await made_row(Check("tls", "TLS", 0.0), made, stage)
    assert row.seen.text == "it was not done within 0 s"
