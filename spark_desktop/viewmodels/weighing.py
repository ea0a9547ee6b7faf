"""Weighs what is being written against the model's context, soon after it changed."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.context_item import ItemRef, Question
from spark_desktop.domain.errors import SparkError
from spark_desktop.services.preview import ItemFacts, Preview, PromptPreview
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.viewmodels.gauge import Gauge, gauge_of

# Seconds without typing before the prompt is weighed again.
_LOOK = 0.2
# Seconds before a thread's server is asked once more whether it still has the earlier turns.
_AHEAD = 60.0


class Weighing(QObject):
    """``gauge`` is of the question that ``asked`` gives; None where no prompt would be sent."""

    changed = Signal()

    def __init__(
        self, preview: PromptPreview, scope: TaskScope, asked: Callable[[], Question | None]
    ) -> None:
        super().__init__()
        self.gauge = Gauge()
        self._preview = preview
        self._scope = scope
        self._asked = asked
        self._latest = LatestTask(scope)
        self._facts: dict[ItemRef, ItemFacts] = {}
        # Not ended by typing on, as the look is: it would have to begin again at each word.
        self._ahead: asyncio.Task[None] | None = None
        self._read_ahead: dict[str, float] = {}

    def facts_of(self, ref: ItemRef) -> ItemFacts | None:
        """Return what is known of an item."""
        return self._facts.get(ref)

    def look_soon(self) -> None:
        """Weigh again, once nothing has changed for a moment."""
        # What tells of a change may outlive the project, whose tasks have ended.
        if self._scope.can_start:
            self._latest.start("look", self._look())

    async def _look(self) -> None:
        await asyncio.sleep(_LOOK)
        question = self._asked()
        if question is None:
            self._show(None)
            return
        if question.text:
            self._begin_ahead(question)
        try:
            self._show(await self._preview.look(question))
            if await self._preview.measure(question):
                self._show(await self._preview.look(question))
        except SparkError:
            # The store, or the core, says so where it matters; nothing is known here.
            self._show(None)

    def _begin_ahead(self, question: Question) -> None:
        now, thread = asyncio.get_running_loop().time(), question.thread_id
        is_running = self._ahead is not None and not self._ahead.done()
        if is_running or now < self._read_ahead.get(thread, 0.0):
            return
        self._read_ahead = {thread: now + _AHEAD}
        self._ahead = self._scope.start("read ahead", self._look_ahead(question))

    async def _look_ahead(self, question: Question) -> None:
        # It was nobody's question: what fails is told by the question itself.
        with suppress(SparkError):
            await self._preview.read_ahead(question)

    def _show(self, preview: Preview | None) -> None:
        self._facts = {} if preview is None else {one.ref: one for one in preview.items}
        self.gauge = gauge_of(preview)
        self.changed.emit()
