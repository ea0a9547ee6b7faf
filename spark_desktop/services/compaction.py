"""Sums up the oldest turns of a thread before they no longer fit, by the model itself."""

import asyncio

from spark_desktop.domain.compaction import Compaction, CompactionState, Summary
from spark_desktop.domain.completion import TextChunk
from spark_desktop.domain.conversation import Turn
from spark_desktop.domain.errors import EndpointError, SparkError
from spark_desktop.domain.events import ThreadCompacted
from spark_desktop.domain.prompt_plan import MESSAGE_TOKENS, turns_to_sum_up
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.services.chat_prompt import Prepared
from spark_desktop.services.ports import Endpoint, PromptMemory
from spark_desktop.services.prompts import compaction_request
from spark_desktop.services.tasks import TaskScope
from spark_desktop.services.token_counter import TokenCounter

_SUMMARY_TOKENS = 400


class Compactor:
    """One summary at a time; the turns themselves stay in their thread and on disk."""

    def __init__(
        self, memory: PromptMemory, counter: TokenCounter, bus: Bus, scope: TaskScope
    ) -> None:
        self._memory = memory
        self._counter = counter
        self._bus = bus
        self._scope = scope
        self._running: asyncio.Task[Summary] | None = None

    async def make_room(self, thread_id: str, prepared: Prepared, endpoint: Endpoint) -> bool:
        """Sum up the oldest turns where the prompt gets near the context; return whether it did.

        Where that fails or the user skips it, the plan leaves out the oldest turns instead, which
        ThreadCompacted says with the reason.
        """
        plan = prepared.plan
        count = turns_to_sum_up(prepared.sizes, plan.wanted, plan.context)
        if not count:
            return False
        self._tell(Compaction(thread_id, CompactionState.RUNNING, count))
        self._running = self._scope.start(
            "compaction", self._sum_up(thread_id, prepared, count, endpoint)
        )
        try:
            summary = await self._running
        except asyncio.CancelledError:
            self._running.cancel()
            self._tell(Compaction(thread_id, CompactionState.SKIPPED, count))
            own = asyncio.current_task()
            if own is not None and own.cancelling():
                raise
            return False
        except SparkError as error:
            failed = Compaction(thread_id, CompactionState.FAILED, count, reason=error.told)
            self._tell(failed)
            return False
        finally:
            self._running = None
        self._tell(Compaction(thread_id, CompactionState.DONE, count, summary))
        return True

    def skip(self) -> bool:
        """Go on without a summary; return whether one was being written."""
        return self._running is not None and self._running.cancel()

    async def _sum_up(
        self, thread_id: str, prepared: Prepared, count: int, endpoint: Endpoint
    ) -> Summary:
        turns = prepared.past[:count]
        context = prepared.plan.context
        room = min(_SUMMARY_TOKENS, context // 8)
        earlier = prepared.summary
        pairs = self._fitting(turns, context - room - prepared.plan.system - _SUMMARY_TOKENS // 4)
        request = compaction_request(pairs, prepared.system, room)
        pieces = []
        async with endpoint.stream(request) as chunks:
            async for chunk in chunks:
                if isinstance(chunk, TextChunk):
                    pieces.append(chunk.text)
        text = "".join(pieces).strip()
        before = sum(prepared.sizes[:count]) + (earlier.after if earlier else 0)
        after = self._counter.tokens(text)
        if not text or after >= before:
            raise EndpointError(
                say("The model's summary is empty or no shorter than the turns."),
                say("The oldest turns are left out instead."),
            )
        done = count + (earlier.turns if earlier else 0)
        summary = Summary(thread_id, turns[-1][0].id, text, done, before, after)
        await self._memory.keep_summary(summary)
        return summary

    def _fitting(self, turns: tuple[tuple[Turn, str], ...], room: int) -> list[tuple[str, str]]:
        """Return the turns as they were sent, else without their items, else the newest of them."""
        pairs = [(sent, turn.answer) for turn, sent in turns]
        if self._size(pairs) > room:
            pairs = [(turn.question, turn.answer) for turn, _sent in turns]
        while len(pairs) > 1 and self._size(pairs) > room:
            del pairs[0]
        return pairs

    def _size(self, pairs: list[tuple[str, str]]) -> int:
        count = self._counter.tokens
        return sum(count(said) + count(answer) + 2 * MESSAGE_TOKENS for said, answer in pairs)

    def _tell(self, compaction: Compaction) -> None:
        self._bus.publish(ThreadCompacted(compaction))
