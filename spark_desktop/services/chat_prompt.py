"""Builds what is sent for a question, and says beforehand what that will be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from spark_desktop.domain.ai_comment import without_marks
from spark_desktop.domain.compaction import Summary, turns_after
from spark_desktop.domain.completion import (
    SEARCH_REPLACE,
    ChatRequest,
    Message,
    ModelInfo,
    Role,
)
from spark_desktop.domain.context_item import Attached, ContextItem, ItemKind, ItemRef, Question
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.prompt_plan import MESSAGE_TOKENS, Plan, Wanted, plan
from spark_desktop.domain.text import digest_of
from spark_desktop.domain.trigger import Span
from spark_desktop.services.context_items import ContextItems
from spark_desktop.services.ports import PromptMemory, ThreadStore
from spark_desktop.services.prompts import item_text, question_system, question_text, told
from spark_desktop.services.token_counter import TokenCounter

# A prompt that is estimated to take so much of the context is counted before it is sent, and cut
# anew where it is too long, at most so often.
_CLOSE = 0.7
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Prepared:
    """A planned prompt: ``past`` are the turns that may be sent, with what was sent for them.

    ``skipped`` earlier turns were left out of prompts before and stay so. ``edits``: the model is
    told how its answers change files.
    """

    plan: Plan
    past: tuple[tuple[Turn, str], ...]
    skipped: int
    summary: Summary | None
    question: str
    sizes: tuple[int, ...]
    edits: bool = False

    @property
    def left_turns(self) -> int:
        """Return how many earlier turns are neither sent nor summed up."""
        return self.skipped + self.plan.first

    @property
    def sent(self) -> str:
        """Return the question behind its items."""
        items = [item_text(piece.item, piece.lines) for piece in self.plan.pieces]
        return question_text(self.question, items)

    @property
    def texts(self) -> list[str]:
        """Return the texts whose tokens the plan is made of."""
        texts = [item_text(piece.item, piece.lines) for piece in self.plan.pieces]
        for turn, sent in self.past[self.plan.first :]:
            texts += [sent, turn.answer]
        return [*texts, self.question, self.system.text]

    @property
    def system(self) -> Message:
        """Return the first message."""
        return question_system(self.summary.text if self.summary else "", self.edits)

    @property
    def request(self) -> ChatRequest:
        """Return what the model is asked."""
        earlier, unanswered = told(
            [(sent, turn.answer) for turn, sent in self.past[self.plan.first :]]
        )
        asked = question_text(self.sent, [unanswered] if unanswered else [])
        messages = [self.system, *earlier, Message(Role.USER, asked)]
        return ChatRequest(tuple(messages), max_tokens=self.plan.answer)


class ChatPrompt:
    """Every prompt of a thread begins as the one before did, until turns must be left out."""

    def __init__(
        self,
        threads: ThreadStore,
        items: ContextItems,
        counter: TokenCounter,
        memory: PromptMemory,
    ) -> None:
        self._threads = threads
        self._items = items
        self._counter = counter
        self._memory = memory
        # The first turn that a thread's prompts still hold: what is gone from them stays gone,
        # as bringing it back would change their beginning once more.
        self._begins: dict[str, str] = {}

    async def read(self, question: Question) -> tuple[ContextItem, ...]:
        """Return what goes with the question, as it is now. Raises SparkError."""
        return tuple([await self._items.read(ref) for ref in refs_of(question)])

    async def prepare(
        self,
        question: Question,
        items: Sequence[ContextItem],
        model: ModelInfo,
        strict: bool,
        reserve: int = 0,
    ) -> Prepared:
        """Return what is sent for the question, which may be a turn of the thread already.

        ``reserve`` tokens are left free. Raises ContextExceededError, with both numbers, where even
        the question is too long (if ``strict``, an item without a place), and StoreError.
        """
        turns = await self._earlier(question)
        kept = await self._memory.summary(question.thread_id)
        rest = turns_after(turns, kept)
        summary = kept if rest is not None else None
        sent = await self._memory.sent(question.thread_id)
        past = [(turn, sent.get(turn.id, turn.question)) for turn in turns if _is_told(turn)]
        if summary is not None and rest is not None:
            unsummed = {turn.id for turn in rest}
            past = [pair for pair in past if pair[0].id in unsummed]
        skipped = self._skipped(question.thread_id, [turn.id for turn, _sent in past])
        past = past[skipped:]
        sizes = tuple(self._size(said, turn.answer) for turn, said in past)
        edits = SEARCH_REPLACE in model.formats
        system = question_system(summary.text if summary else "", edits).text
        wanted = Wanted(
            *(self._size(system), sizes, tuple(items), self._size(question.text)),
            is_strict=strict,
            reserve=reserve,
        )
        planned = plan(wanted, model.context, self._counter.tokens, item_text)
        return Prepared(planned, tuple(past), skipped, summary, question.text, sizes, edits)

    async def prepare_exactly(
        self, question: Question, items: Sequence[ContextItem], model: ModelInfo, strict: bool
    ) -> Prepared:
        """Return the same as ``prepare``, where it is close with the tokens that the model counts.

        An estimate that is too low would have the server refuse the prompt.
        """
        prepared = await self.prepare(question, items, model, strict)
        reserve = 0
        for _ in range(_ROUNDS):
            plan_ = prepared.plan
            if not reserve and plan_.prompt + plan_.answer < _CLOSE * plan_.context:
                break
            if not await self._counter.measure(prepared.texts):
                break
            counted = sum(self._size(text) for text in prepared.texts)
            over = counted + plan_.answer - plan_.context
            if over > 0 and plan_.pieces:
                of_items = sum(self._size(text) for text in prepared.texts[: len(plan_.pieces)])
                room = plan_.context - plan_.answer - plan_.system - plan_.question - reserve
                # So much less of what is estimated as the counted tokens are too many.
                reserve += max(0, room) * over // max(1, of_items) + MESSAGE_TOKENS
            prepared = await self.prepare(question, items, model, strict, reserve)
        return prepared

    async def keep(self, question: Question, prepared: Prepared) -> None:
        """Note what is sent now, so that later prompts repeat it word for word."""
        await self._memory.keep_sent(question.thread_id, question.id, prepared.sent)
        remaining = prepared.past[prepared.plan.first :]
        if prepared.left_turns:
            self._begins[question.thread_id] = remaining[0][0].id if remaining else question.id

    async def copied(self, source: str, target: str, turn_ids: Mapping[str, str]) -> None:
        """Note that turns (old id, new id) of a thread were copied into another one.

        What was sent for them goes along, and a summary that is of copied turns only.
        """
        sent = await self._memory.sent(source)
        for old, new in turn_ids.items():
            if old in sent:
                await self._memory.keep_sent(target, new, sent[old])
        summary = await self._memory.summary(source)
        if summary is not None and summary.turn_id in turn_ids:
            new = turn_ids[summary.turn_id]
            await self._memory.keep_summary(replace(summary, thread_id=target, turn_id=new))

    async def _earlier(self, question: Question) -> tuple[Turn, ...]:
        turns = (await self._threads.thread(question.thread_id)).turns
        own = next((n for n, turn in enumerate(turns) if turn.id == question.id), len(turns))
        return turns[:own]

    def _skipped(self, thread_id: str, ids: list[str]) -> int:
        begin = self._begins.get(thread_id)
        return ids.index(begin) if begin in ids else 0

    def _size(self, *texts: str) -> int:
        return sum(self._counter.tokens(text) + MESSAGE_TOKENS for text in texts)


def refs_of(question: Question) -> tuple[ItemRef, ...]:
    """Return all that goes with the question, the file it is about first."""
    path = question.path
    files = (ItemKind.OPEN, ItemKind.FILE)
    if path is None or any(ref.path == path and ref.kind in files for ref in question.refs):
        return question.refs
    return (ItemRef(ItemKind.OPEN, path), *question.refs)


def without_mark(item: ContextItem, lines: Span) -> ContextItem:
    """Return an item without the mark of the comment at ``lines`` that asks, where it holds that.

    What is asked, and where, stays; a small model repeats the mark instead of an answer.
    """
    start, end = lines.start - item.first_line, lines.end - item.first_line
    if item.ref.lines != lines or start < 0:
        return item
    texts = list(item.lines)
    texts[start:end] = [without_marks(text) for text in texts[start:end]]
    return replace(item, text="".join(texts))


def attached(items: Sequence[ContextItem], planned: Plan | None = None) -> tuple[Attached, ...]:
    """Return what a turn keeps of its items; with a plan also their tokens and what is missing."""
    tokens = {id(piece.item): piece.tokens for piece in planned.pieces} if planned else {}
    lost = {id(left.item): left.text for left in planned.left_out} if planned else {}
    return tuple(
        Attached(
            item.ref,
            digest_of(item.text.encode("utf-8", "surrogatepass")),
            tokens.get(id(item), 0),
            lost.get(id(item), "") or item.withheld,
        )
        for item in items
    )


def _is_told(turn: Turn) -> bool:
    # An answer that was stopped or broke off belongs to the conversation as far as it came. So does
    # a question that was stopped before its first word: the user redirects from it.
    if turn.state is TurnState.FAILED:
        return bool(turn.answer.strip())
    return turn.state in (TurnState.DONE, TurnState.STOPPED)
