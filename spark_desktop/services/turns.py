"""One turn at a time, first in, first out; a trigger that comes meanwhile waits its turn."""

import asyncio
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import WorkFailed
from spark_desktop.domain.line_comment import LineComment
from spark_desktop.domain.proposal import (
    Cancelled,
    Conflict,
    Failed,
    Proposal,
    Queued,
    Ready,
    Streaming,
    Withheld,
)
from spark_desktop.domain.trigger import (
    AnswerEdit,
    Insertion,
    Instruction,
    QuestionComment,
    Trigger,
)
from spark_desktop.domain.words import say
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.bus import Bus
from spark_desktop.services.chat import ChatService
from spark_desktop.services.locate import is_same_place
from spark_desktop.services.prompts import revised_answer
from spark_desktop.services.review import ReviewService
from spark_desktop.services.revising import lasting_trigger, proposed_region
from spark_desktop.services.suggest import Revision, Suggester
from spark_desktop.services.tasks import TaskScope

_REPLACED = say("replaced by a newer save")
_REVISED = say("revised by your comments")


@dataclass(frozen=True, slots=True)
class _Question:
    """A question from a comment, waiting for its turn."""

    id: str
    trigger: QuestionComment


class Turns:
    """The queue of everything that a file or the user asked for, and the one worker on it."""

    def __init__(
        self,
        suggester: Suggester,
        review: ReviewService,
        chat: ChatService,
        board: ProposalBoard,
        bus: Bus,
    ) -> None:
        self._suggester = suggester
        self._review = review
        self._chat = chat
        self._board = board
        self._bus = bus
        self._scope = TaskScope("turns")
        self._revisions: dict[str, Revision] = {}
        self._waiting: deque[str | _Question] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._current: asyncio.Task[None] | None = None
        self._stopped_by_user = False
        # Stops what a model is asked that is no turn; returns whether there was something.
        self.stop_besides: Callable[[], bool] = lambda: False

    def request(self, trigger: Trigger) -> str:
        """Queue the trigger and return the id of its proposal (of the question, for ``AI?``).

        What an earlier save of the same place asked for and is not being written is replaced.
        """
        if isinstance(trigger, QuestionComment):
            question = _Question(uuid.uuid4().hex, trigger)
            self._enqueue(question)
            return question.id
        self._replace_earlier(trigger)
        proposal = Proposal(uuid.uuid4().hex, trigger, Queued())
        self._board.put(proposal)
        self._enqueue(proposal.id)
        return proposal.id

    def repeat(self, proposal_id: str) -> str:
        """Ask once more, for the file as it is then; return the new proposal's id.

        For what an answer in the chat changed its question is asked again, in its place.
        """
        earlier = self._board.get(proposal_id)
        if isinstance(earlier.state, Queued | Streaming):
            return earlier.id
        if isinstance(earlier.trigger, AnswerEdit):
            self._scope.start("repeat", self._ask_again(earlier.trigger))
            return earlier.id
        self._board.remove(proposal_id)
        proposal = Proposal(uuid.uuid4().hex, earlier.trigger, Queued())
        self._board.put(proposal)
        self._enqueue(proposal.id)
        return proposal.id

    def revise(self, proposal_id: str, comments: Sequence[LineComment]) -> str:
        """Let the model change a proposal by the user's comments; return the new proposal's id.

        What an answer in the chat changed is revised there, by the next answer: the id returned is
        the same. The proposal before stays until its place is taken. Raises SparkError without
        comments, and where there is nothing to revise.
        """
        earlier = self._board.get(proposal_id)
        if not comments:
            raise SparkError(say("There is no comment to send."), say("Write one at a line."))
        if isinstance(earlier.trigger, AnswerEdit):
            self._scope.start("revise", self._ask(earlier.trigger, comments))
            return earlier.id
        region = proposed_region(earlier)
        if region is None:
            raise SparkError(
                say("There is no proposal to comment on here."), say("Ask for one first.")
            )
        self._board.put(replace(earlier, state=Cancelled(_REVISED)))
        proposal = Proposal(uuid.uuid4().hex, lasting_trigger(earlier), Queued())
        self._revisions[proposal.id] = Revision(region, tuple(comments))
        self._board.put(proposal)
        self._enqueue(proposal.id)
        return proposal.id

    def stop(self) -> bool:
        """End the running turn; the engine stops with it. Return whether there was one.

        Where there is none, what is asked besides the turns is stopped.
        """
        if self._current is None or self._current.done():
            return self.stop_besides()
        self._stopped_by_user = True
        return self._current.cancel()

    def dismiss(self, proposal_id: str) -> None:
        """Take a proposal off the list; a running one is stopped first.

        What an answer in the chat writes is not the turn that runs here: the answer goes on.
        """
        proposal = self._board.get(proposal_id)
        is_of_chat = isinstance(proposal.trigger, AnswerEdit)
        if isinstance(proposal.state, Streaming) and not is_of_chat:
            self.stop()
            return
        if proposal_id in self._waiting:
            self._waiting.remove(proposal_id)
        self._board.put(replace(proposal, state=Cancelled(say("dismissed"))))
        self._board.remove(proposal_id)

    def proposals(self) -> tuple[Proposal, ...]:
        """Return every proposal of the session, oldest first."""
        return self._board.all()

    async def idle(self) -> None:
        """Return when nothing runs or waits."""
        while self._worker is not None and not self._worker.done():
            await asyncio.wait({self._worker})

    async def close(self) -> None:
        """Stop the running turn and take nothing more."""
        self._waiting.clear()
        await self._scope.close()

    def _enqueue(self, item: str | _Question) -> None:
        self._waiting.append(item)
        if self._worker is None or self._worker.done():
            self._worker = self._scope.start("worker", self._work())

    async def _work(self) -> None:
        while self._waiting:
            item = self._waiting.popleft()
            work = self._answer(item) if isinstance(item, _Question) else self._propose(item)
            self._current = self._scope.start("turn", work)
            try:
                await self._current
            except asyncio.CancelledError:
                if not self._stopped_by_user:
                    raise
            finally:
                self._stopped_by_user = False

    async def _propose(self, proposal_id: str) -> None:
        try:
            revision = self._revisions.pop(proposal_id, None)
            proposal = await self._suggester.propose(self._board.get(proposal_id), revision)
            if isinstance(proposal.state, Ready):
                # The file may have been saved while the model wrote.
                await self._review.file_changed(proposal.trigger.snapshot.path)
        except asyncio.CancelledError:
            self._end(proposal_id, Cancelled(say("stopped")))
            raise
        except SparkError as error:
            self._end(
                proposal_id, Failed(error.message, error.next_step or say("Ask for it again."))
            )

    async def _answer(self, question: _Question) -> None:
        trigger = question.trigger
        try:
            await self._chat.ask(trigger.question, trigger.snapshot.path, lines=trigger.lines)
        except SparkError as error:
            self._bus.publish(WorkFailed(error.message, error.next_step))

    async def _ask_again(self, trigger: AnswerEdit) -> None:
        try:
            await self._chat.repeat(trigger.thread_id, trigger.turn_id)
        except SparkError as error:
            self._bus.publish(WorkFailed(error.message, error.next_step))

    async def _ask(self, trigger: AnswerEdit, comments: Sequence[LineComment]) -> None:
        path = trigger.snapshot.path
        try:
            await self._chat.ask(revised_answer(path, comments), path, trigger.thread_id)
        except SparkError as error:
            self._bus.publish(WorkFailed(error.message, error.next_step))

    def _end(self, proposal_id: str, state: Cancelled | Failed) -> None:
        self._board.put(replace(self._board.get(proposal_id), state=state, patch=None))

    def _replace_earlier(self, trigger: Trigger) -> None:
        if isinstance(trigger, Instruction | Insertion | AnswerEdit):
            return
        for earlier in self._board.all():
            open_ = isinstance(earlier.state, Queued | Ready | Withheld | Conflict | Failed)
            if open_ and is_same_place(earlier.trigger, trigger):
                if earlier.id in self._waiting:
                    self._waiting.remove(earlier.id)
                self._board.put(replace(earlier, state=Cancelled(_REPLACED)))
