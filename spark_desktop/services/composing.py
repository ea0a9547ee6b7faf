"""Everything behind the composer of one project, put together."""

from dataclasses import dataclass

from spark_desktop.services.answers import Answers
from spark_desktop.services.bus import Bus
from spark_desktop.services.chat import ChatService
from spark_desktop.services.chat_prompt import ChatPrompt
from spark_desktop.services.compaction import Compactor
from spark_desktop.services.context_items import ContextItems
from spark_desktop.services.mention_search import MentionSearch
from spark_desktop.services.outbox import Outbox
from spark_desktop.services.ports import (
    Clock,
    ComposerStore,
    Core,
    Diffs,
    FileStore,
    PromptMemory,
    Syntax,
    ThreadStore,
    Tokenizer,
)
from spark_desktop.services.preview import PromptPreview
from spark_desktop.services.seen_items import SeenItems
from spark_desktop.services.step_store import StepStore
from spark_desktop.services.tasks import TaskScope
from spark_desktop.services.token_counter import TokenCounter
from spark_desktop.services.working_diff import WorkingDiff


@dataclass(frozen=True, slots=True)
class KeptChats:
    """The stores of one project."""

    threads: ThreadStore
    steps: StepStore
    composer: ComposerStore
    prompts: PromptMemory


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The ports of one project that a question needs."""

    files: FileStore
    syntax: Syntax
    diffs: Diffs
    core: Core
    tokenizer: Tokenizer
    answers: Answers


@dataclass(frozen=True, slots=True)
class Composing:
    """What the composer of a window uses, beside the chat."""

    drafts: ComposerStore
    outbox: Outbox
    items: ContextItems
    mentions: MentionSearch
    preview: PromptPreview
    prompts: PromptMemory


def compose(
    kept: KeptChats, around: Surroundings, bus: Bus, clock: Clock, scope: TaskScope
) -> tuple[ChatService, Composing]:
    """Return the chat and what the composer uses; both work in the caller's ``scope``."""
    diff = WorkingDiff(around.diffs, around.files, kept.steps, clock.now())
    items = ContextItems(around.files, around.syntax, diff.read)
    counter = TokenCounter(around.tokenizer)
    prompt = ChatPrompt(kept.threads, items, counter, kept.prompts)
    compactor = Compactor(kept.prompts, counter, bus, scope)
    chat = ChatService(kept.threads, around.answers, prompt, compactor, bus, clock)
    seen = SeenItems(items, bus, clock)
    composing = Composing(
        kept.composer,
        Outbox(kept.composer, chat, bus, scope),
        items,
        MentionSearch(around.files, around.syntax, bus),
        PromptPreview(prompt, seen, counter, around.core, around.answers),
        kept.prompts,
    )
    return chat, composing
