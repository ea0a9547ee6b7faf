"""What a question would send, before it is sent."""

from dataclasses import dataclass

from spark_desktop.domain.completion import ChatRequest
from spark_desktop.domain.context_item import ContextItem, ItemRef, Question
from spark_desktop.domain.core_state import CoreReady
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.prompt_plan import Plan
from spark_desktop.services.answers import Answers, ReadsAhead
from spark_desktop.services.chat_prompt import ChatPrompt, refs_of
from spark_desktop.services.ports import Core
from spark_desktop.services.prompts import item_text
from spark_desktop.services.seen_items import Items
from spark_desktop.services.token_counter import TokenCounter


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item's tokens in the prompt, counted or estimated; ``error`` says why it cannot go.

    ``notes`` say what of it could not be read.
    """

    ref: ItemRef
    tokens: int
    is_exact: bool
    error: SparkError | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """``plan`` is None while no model is ready, or where the question is too long (``error``).

    ``left_turns`` earlier turns would not be sent; ``summed_turns`` are sent as a summary.
    """

    items: tuple[ItemFacts, ...]
    plan: Plan | None = None
    left_turns: int = 0
    summed_turns: int = 0
    is_exact: bool = False
    error: SparkError | None = None


class PromptPreview:
    """Decides as the sending does, and waits neither for a model nor for its tokenizer."""

    def __init__(
        self,
        prompt: ChatPrompt,
        items: Items,
        counter: TokenCounter,
        core: Core,
        answers: Answers,
    ) -> None:
        self._prompt = prompt
        self._items = items
        self._counter = counter
        self._core = core
        self._answers = answers

    async def look(self, question: Question) -> Preview:
        """Return what would be sent now, with the numbers that are known. Raises StoreError."""
        readable, facts = await self._read(question)
        model = self._answers.model_for(WorkKind.CHAT)
        if model is None:
            return Preview(facts)
        try:
            prepared = await self._prompt.prepare(question, readable, model, strict=False)
        except SparkError as error:
            return Preview(facts, error=error)
        summary = prepared.summary
        return Preview(
            facts,
            prepared.plan,
            prepared.left_turns,
            summary.turns if summary else 0,
            all(self._counter.is_exact(text) for text in prepared.texts),
        )

    async def measure(self, question: Question) -> bool:
        """Let the model count what ``look`` estimated; return whether a number is new.

        Only the local core is asked: nothing goes to another machine before it is sent.
        """
        readable, _facts = await self._read(question)
        state = self._core.state
        own = state.model if isinstance(state, CoreReady) else None
        if own is None or own != self._answers.model_for(WorkKind.CHAT):
            return False
        is_new = await self._counter.measure([item_text(item, None) for item in readable])
        try:
            prepared = await self._prompt.prepare(question, readable, own, strict=False)
        except SparkError:
            return is_new
        return await self._counter.measure(prepared.texts) or is_new

    async def read_ahead(self, question: Question) -> None:
        """Let the model's server read the earlier turns again, while the question is written.

        Nothing goes to a machine that it has not answered: only turns of this thread, all of them
        answered by that very endpoint, and neither the question nor what goes with it. Raises
        SparkError.
        """
        answers = self._answers
        model = answers.model_for(WorkKind.CHAT)
        if model is None or not isinstance(answers, ReadsAhead):
            return
        prepared = await self._prompt.prepare(question, (), model, strict=False)
        told = [turn for turn, _sent in prepared.past[prepared.plan.first :]]
        if not told or prepared.summary or any(turn.endpoint != model.label for turn in told):
            return
        *earlier, _asked = prepared.request.messages
        request = ChatRequest(tuple(earlier), max_tokens=1, thread=question.thread_id)
        await answers.read_ahead(request, model.label)

    async def _read(
        self, question: Question
    ) -> tuple[tuple[ContextItem, ...], tuple[ItemFacts, ...]]:
        readable, facts = [], []
        for ref in refs_of(question):
            try:
                item = await self._items.read(ref)
            except SparkError as error:
                facts.append(ItemFacts(ref, 0, True, error))
                continue
            readable.append(item)
            shown = item_text(item, None)
            tokens, is_exact = self._counter.tokens(shown), self._counter.is_exact(shown)
            facts.append(ItemFacts(ref, tokens, is_exact, notes=item.notes))
        return tuple(readable), tuple(facts)
