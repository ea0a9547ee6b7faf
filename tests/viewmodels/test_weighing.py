"""What is written is weighed once it rests, and its thread is read ahead by who answers it."""

from collections.abc import AsyncIterator

import pytest

from spark_desktop.domain.context_item import Question
from spark_desktop.domain.errors import SparkError
from spark_desktop.services.preview import Preview, PromptPreview
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.weighing import Weighing
from tests.interface_fakes import until


class FakePreview(PromptPreview):
    """Knows nothing, counts the looks, and remembers which threads were read ahead."""

    def __init__(self) -> None:
        self.looks = 0
        self.ahead: list[str] = []

    async def look(self, question: Question) -> Preview:
        self.looks += 1
        return Preview(())

    async def measure(self, question: Question) -> bool:
        return False

    async def read_ahead(self, question: Question) -> None:
        self.ahead.append(question.thread_id)
        raise SparkError("Nobody asked for this.")


@pytest.fixture
async def scope(qapp: object) -> AsyncIterator[TaskScope]:
    made = TaskScope("test")
    yield made
    await made.close()


async def test_a_thread_is_read_ahead_once_while_something_is_written(scope: TaskScope) -> None:
    preview, asked = FakePreview(), [Question("", "th1", "", ())]
    weighing = Weighing(preview, scope, lambda: asked[0])
    weighing.look_soon()
    await until(lambda: preview.looks == 1)
    assert preview.ahead == []
    for number, text in enumerate(("W", "Why", "Why?")):
        asked[0] = Question("", "th1", text, ())
        weighing.look_soon()
        await until(lambda looks=number + 2: preview.looks == looks)
    await until(lambda: preview.ahead == ["th1"])
    asked[0] = Question("", "th2", "And?", ())
    weighing.look_soon()
    await until(lambda: preview.ahead == ["th1", "th2"])
