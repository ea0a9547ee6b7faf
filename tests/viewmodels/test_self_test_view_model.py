"""The self-test in the window: rows as they come, a sum, and stopping."""

from collections.abc import AsyncIterator

import pytest

from spark_desktop.domain.errors import DesktopError
from spark_desktop.domain.self_test import Seen
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.self_test import SelfTestViewModel
from tests.interface_fakes import until
from tests.self_test_fakes import BAD, NOTE, OK, FakeSelfTest, rows


@pytest.fixture
async def scope(qapp: object) -> AsyncIterator[TaskScope]:
    made = TaskScope("test")
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("seen", "tone", "text"),
    [
        ((OK, OK), Tone.GOOD, "Everything works."),
        ((OK, NOTE), Tone.WARNING, "Everything works; 1 note."),
        ((NOTE, BAD, BAD), Tone.PROBLEM, "2 checks failed."),
    ],
)
async def test_the_sum_is_told_in_one_line(
    scope: TaskScope, seen: tuple[Seen, ...], tone: Tone, text: str
) -> None:
    model = SelfTestViewModel(FakeSelfTest(rows(*seen)), scope)
    model.run()
    await until(lambda: not model.is_running)
    assert (model.notice.tone, model.notice.text) == (tone, text)
    assert len(model.rows) == len(seen)


async def test_rows_come_while_it_runs_and_what_is_tried_is_named(scope: TaskScope) -> None:
    test = FakeSelfTest(hangs=True)
    model = SelfTestViewModel(test, scope)
    assert not model.is_running
    model.run()
    assert model.notice.text == "Trying: start…"
    await until(lambda: model.notice.text == "Trying: images and icons…")
    assert [(row.name, row.state) for row in model.rows] == [
        ("program", "ok"),
        ("resources", "ok"),
        ("translations", "note"),
    ]
    model.run()
    assert test.starts == 1


async def test_stopping_waits_until_it_has_ended_and_keeps_what_came(scope: TaskScope) -> None:
    test = FakeSelfTest(hangs=True)
    model = SelfTestViewModel(test, scope)
    model.run()
    await until(lambda: len(model.rows) == 3)
    model.stop()
    assert model.is_stopping
    assert model.notice.tone is Tone.BUSY
    await until(lambda: not model.is_running)
    assert test.stops == 1
    assert model.notice.text == "Stopped."
    assert len(model.rows) == 3
    model.stop()
    assert not model.is_stopping


async def test_one_that_cannot_be_started_says_why_and_can_be_run_again(scope: TaskScope) -> None:
    test = FakeSelfTest((), DesktopError("It cannot be started.", "Install it again."))
    model = SelfTestViewModel(test, scope)
    model.run()
    await until(lambda: not model.is_running)
    assert (model.notice.text, model.notice.hint) == ("It cannot be started.", "Install it again.")
    test.error = None
    model.run()
    await until(lambda: not model.is_running)
    assert model.notice.text == "Everything works."
