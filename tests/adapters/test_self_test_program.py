"""The self-test as the window starts it, with small programs in its place."""

import json
import sys
from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest

from spark_desktop.adapters.self_test_program import SelfTestProgram, program_command
from spark_desktop.domain.doctor_report import Secrets
from spark_desktop.domain.errors import DesktopError
from spark_desktop.domain.self_test import PLAN, Check, Outcome, Row, Seen, full_document

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ROW = Row("program", "program", Seen(Outcome.FAILED, "in /home/mallory/x", "Mend it."), 0.1)
LINES = (
    {"event": "begun", "key": "program"},
    full_document(ROW) | {"event": "row"},
    {"event": "end", "ok": False},
)


def program(command: tuple[str, ...]) -> SelfTestProgram:
    secrets = Secrets(PurePosixPath("/home/mallory"), "mallory")
    return SelfTestProgram(lambda: secrets, lambda: NOON, command)


def printing(*lines: str, code: int = 0) -> tuple[str, ...]:
    text = "".join(f"print({line!r})\n" for line in lines)
    return (sys.executable, "-I", "-S", "-c", f"import sys\n{text}sys.exit({code})")


async def heard(test: SelfTestProgram) -> tuple[list[Check], list[Row]]:
    begun: list[Check] = []
    told: list[Row] = []
    await test.run(begun.append, told.append)
    return begun, told


async def test_what_is_begun_and_seen_is_heard() -> None:
    lines = ("Qt says something", *map(json.dumps, LINES), '{"event": "begun", "key": "later"}')
    assert await heard(program(printing(*lines, code=1))) == ([PLAN[0]], [ROW])


async def test_one_that_ends_before_it_is_done_is_an_error_with_its_last_words() -> None:
    with pytest.raises(DesktopError, match=r"before it was done: exit code 3.*in a terminal"):
        await heard(program(printing(json.dumps(LINES[0]), code=3)))


async def test_one_that_is_not_there_is_an_error() -> None:
    with pytest.raises(DesktopError, match=r"cannot be started: No such file"):
        await heard(program(("/nowhere/spark-desktop",)))


def test_the_report_holds_no_secret() -> None:
    lines = program(("x",)).report([ROW]).splitlines()
    assert lines[0].startswith("Spark self-test, ")
    assert lines[2:] == ["problem  program  in ~/x", "                  -> Mend it."]


def test_the_program_is_this_one() -> None:
    assert program_command() == (sys.executable, "-P", "-m", "spark_desktop.app")


def test_the_installed_app_is_its_own_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert program_command() == (sys.executable,)
