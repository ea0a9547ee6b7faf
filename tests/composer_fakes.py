"""Fakes of the ports behind the composer, in memory."""

from spark_desktop.domain.compaction import Summary
from spark_desktop.domain.context_item import Draft, Question
from spark_desktop.domain.errors import SparkError, StoreError
from spark_desktop.domain.secret_files import Shareable
from spark_desktop.services.answers import CoreAnswers
from spark_desktop.services.bus import Bus
from spark_desktop.services.chat import ChatService
from spark_desktop.services.composing import Composing, KeptChats, Surroundings, compose
from spark_desktop.services.ports import Clock, Core, FileStore, ThreadStore
from spark_desktop.services.tasks import TaskScope
from tests.fakes import LineSyntax, MemorySteps


class MemoryComposer:
    """Drafts and unsent questions in memory; ``threads`` tells which of these were asked."""

    def __init__(self, threads: ThreadStore | None = None) -> None:
        self._threads = threads
        self.drafts: dict[str, Draft] = {}
        self.unsent: dict[str, Question] = {}
        self.saves = 0
        self.error: StoreError | None = None

    async def draft(self, thread_id: str) -> Draft:
        self._fail()
        return self.drafts.get(thread_id, Draft())

    async def save_draft(self, thread_id: str, draft: Draft) -> None:
        self._fail()
        self.saves += 1
        self.drafts.pop(thread_id, None)
        if not draft.is_empty:
            self.drafts[thread_id] = draft

    async def queue(self, question: Question) -> None:
        self._fail()
        self.unsent[question.id] = question

    async def unqueue(self, question_id: str) -> None:
        self._fail()
        self.unsent.pop(question_id, None)

    async def queued(self) -> tuple[Question, ...]:
        self._fail()
        asked: set[str] = set()
        if self._threads is not None:
            for thread in await self._threads.threads():
                turns = (await self._threads.thread(thread.id)).turns
                asked |= {turn.id for turn in turns}
        return tuple(one for one in self.unsent.values() if one.id not in asked)

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error


class MemoryPrompts:
    """What prompts were made of, in memory."""

    def __init__(self) -> None:
        self.texts: dict[str, dict[str, str]] = {}
        self.summaries: list[Summary] = []

    async def sent(self, thread_id: str) -> dict[str, str]:
        return dict(self.texts.get(thread_id, {}))

    async def keep_sent(self, thread_id: str, turn_id: str, text: str) -> None:
        self.texts.setdefault(thread_id, {})[turn_id] = text

    async def summary(self, thread_id: str) -> Summary | None:
        found = [one for one in self.summaries if one.thread_id == thread_id]
        return found[-1] if found else None

    async def keep_summary(self, summary: Summary) -> None:
        self.summaries.append(summary)


class FakeDiffs:
    """A diff that a test sets; None is a folder without git."""

    def __init__(self, diff: str | None = None, *left_out: str) -> None:
        self.diff = diff
        self.left_out = left_out

    async def uncommitted(self) -> Shareable | None:
        return None if self.diff is None else Shareable(self.diff, self.left_out)

    async def read(self) -> Shareable:
        if not self.diff:
            raise SparkError("There is no diff.", "Choose the files instead.")
        return Shareable(self.diff, self.left_out)


class FakeTokenizer:
    """Counts words, once a test names a model."""

    def __init__(self, model_id: str | None = None, error: SparkError | None = None) -> None:
        self.model_id = model_id
        self.error = error
        self.counted: list[str] = []

    async def count(self, text: str) -> int:
        self.counted.append(text)
        if self.error is not None:
            raise self.error
        return len(text.split())


def chat_of(
    threads: ThreadStore, files: FileStore, core: Core, bus: Bus, clock: Clock
) -> tuple[ChatService, Composing]:
    """Return a chat, and what a composer uses beside it, over these ports; the rest is faked."""
    kept = KeptChats(threads, MemorySteps(files), MemoryComposer(threads), MemoryPrompts())
    around = Surroundings(
        files, LineSyntax(), FakeDiffs(), core, FakeTokenizer(), CoreAnswers(core)
    )
    return compose(kept, around, bus, clock, TaskScope("chat"))
