"""One turn at a time, first in, first out; a trigger that comes meanwhile waits its turn."""

import asyncio
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Container, Sequence
from dataclasses import dataclass, replace

from spark_desktop.domain.context_item import ItemRef
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import WorkFailed
from spark_desktop.domain.line_comment import LineComment
from spark_desktop.domain.proposal import (
    GONE,
    REPLACED,
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
    ProposalTrigger,
    QuestionComment,
    Trigger,
)
from spark_desktop.domain.words import say
from spark_desktop.services.answerer import MISTAKE
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.bus import Bus
from spark_desktop.services.chat import ChatService
from spark_desktop.services.locate import is_same_place
from spark_desktop.services.prompts import revised_answer
from spark_desktop.services.review import ReviewService
from spark_desktop.services.revising import lasting_trigger, proposed_region
from spark_desktop.services.suggest import Revision, Suggester
from spark_desktop.services.tasks import TaskScope

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
        # What the user wants an answer for, whatever may come of it.
        self._insisted: set[str] = set()
        self._waiting: deque[str | _Question] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._current: asyncio.Task[None] | None = None
        # The proposal that is being written, and what of the user's comments it goes by.
        self._writing: tuple[str, Revision | None] | None = None
        # Why the turn was ended before its end; None while it was not.
        self._ending: Cancelled | None = None
        # Stops what a model is asked that is no turn; returns whether there was something.
        self.stop_besides: Callable[[], bool] = lambda: False
        # What goes with a question from a comment beside its file.
        self.beside: Callable[[QuestionComment], Awaitable[tuple[ItemRef, ...]]] | None = None

    @property
    def running(self) -> Proposal | None:
        """Return the proposal that a model is writing now."""
        if self._writing is None or self._writing[0] not in self._board:
            return None
        proposal = self._board.get(self._writing[0])
        return proposal if isinstance(proposal.state, Streaming) else None

    def request(self, trigger: Trigger, group: str = "") -> str:
        """Queue the trigger and return the id of its proposal (of the question, for ``AI?``).

        What an earlier save of the same place asked for and is not being written is replaced; one
        that waits for the very same text is the one that is returned. Proposals of one ``group``
        are reviewed together.
        """
        if isinstance(trigger, QuestionComment):
            question = _Question(uuid.uuid4().hex, trigger)
            self._enqueue(question)
            return question.id
        waiting = self._same_waiting(trigger)
        if waiting is not None:
            return waiting.id
        self._replace_earlier(trigger)
        proposal = Proposal(uuid.uuid4().hex, trigger, Queued(), group=group)
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
        proposal = Proposal(uuid.uuid4().hex, earlier.trigger, Queued(), group=earlier.group)
        self._insisted.add(proposal.id)
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
        self._ending = Cancelled(say("stopped"))
        return self._current.cancel()

    def supersede(self, trigger: ProposalTrigger | None) -> str | None:
        """End the proposal that is being written: a newer save changed what it is about.

        ``trigger`` is what asked for it, in the newer text, and is asked anew before all others;
        None where it is gone. Return the id of the new proposal.
        """
        running = self.running
        if running is None or self._writing is None or self._current is None:
            return None
        self._ending = Cancelled(REPLACED if trigger is not None else GONE)
        self._current.cancel()
        if trigger is None:
            return None
        proposal = Proposal(uuid.uuid4().hex, trigger, Queued(), group=running.group)
        if (revision := self._writing[1]) is not None:
            self._revisions[proposal.id] = revision
        self._board.put(proposal)
        self._waiting.appendleft(proposal.id)
        return proposal.id

    def take_back(self, proposal_ids: Container[str], reason: str) -> None:
        """Cancel proposals and take them off the list; what the user worked on stays.

        One that is written now is stopped, and stays on the list with the reason.
        """
        for one in self._board.all():
            if one.id not in proposal_ids or self._review.is_worked_on(one.id):
                continue
            if one.id in self._waiting:
                self._waiting.remove(one.id)
            if self._writing is not None and self._writing[0] == one.id and self._current:
                self._ending = Cancelled(reason)
                self._current.cancel()
            elif isinstance(one.state, Queued | Ready | Withheld | Conflict | Failed):
                self._board.drop(replace(one, state=Cancelled(reason)))

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
            if isinstance(item, _Question):
                work = self._in_chat(self._answer(item.trigger))
            else:
                work = self._propose(item)
            self._current = self._scope.start("turn", work)
            try:
                await self._current
            except asyncio.CancelledError:
                if self._ending is None:
                    raise
            except Exception:  # noqa: BLE001 - its scope has logged it; the others wait
                continue
            finally:
                self._ending = None

    async def _propose(self, proposal_id: str) -> None:
        try:
            revision = self._revisions.pop(proposal_id, None)
            insists = proposal_id in self._insisted
            self._insisted.discard(proposal_id)
            waiting = self._board.get(proposal_id) if proposal_id in self._board else None
            if waiting is None or not isinstance(waiting.state, Queued):
                # Taken back while it waited, or it became ready with another place of its change.
                return
            self._writing = proposal_id, revision
            proposal = await self._suggester.propose(waiting, revision, insists=insists)
            if isinstance(proposal.state, Queued):
                self._waiting.append(proposal_id)
            if isinstance(proposal.state, Ready):
                # The file may have been saved while the model wrote.
                await self._review.file_changed(proposal.trigger.snapshot.path)
        except asyncio.CancelledError:
            self._end(proposal_id, self._ending or Cancelled(say("stopped")))
            raise
        except SparkError as error:
            self._end(
                proposal_id, Failed(error.message, error.next_step or say("Ask for it again."))
            )
        except Exception:
            self._end(proposal_id, Failed(MISTAKE, say("Ask for it again.")))
            raise
        finally:
            self._writing = None

    async def _answer(self, trigger: QuestionComment) -> None:
        refs = () if self.beside is None else await self.beside(trigger)
        path = trigger.snapshot.path
        await self._chat.ask(trigger.question, path, lines=trigger.lines, refs=refs)

    async def _ask_again(self, trigger: AnswerEdit) -> None:
        await self._in_chat(self._chat.repeat(trigger.thread_id, trigger.turn_id))

    async def _ask(self, trigger: AnswerEdit, comments: Sequence[LineComment]) -> None:
        path = trigger.snapshot.path
        asking = self._chat.ask(revised_answer(path, comments), path, trigger.thread_id)
        await self._in_chat(asking)

    async def _in_chat(self, asking: Awaitable[object]) -> None:
        """Await an answer of the chat, and tell where it fails; a mistake of ours is logged too."""
        try:
            await asking
        except SparkError as error:
            self._bus.publish(WorkFailed(error.message, error.next_step))
        except Exception:
            self._bus.publish(WorkFailed(MISTAKE, say("Ask for it again.")))
            raise

    def _end(self, proposal_id: str, state: Cancelled | Failed) -> None:
        self._board.put(replace(self._board.get(proposal_id), state=state, patch=None))

    def _same_waiting(self, trigger: Trigger) -> Proposal | None:
        """Return the proposal that waits for this very place of this very version of the file."""
        if isinstance(trigger, Instruction | Insertion | AnswerEdit):
            return None
        for earlier in self._board.all():
            is_same = earlier.trigger == trigger and earlier.id in self._waiting
            if is_same and isinstance(earlier.state, Queued):
                return earlier
        return None

    def _replace_earlier(self, trigger: Trigger) -> None:
        if isinstance(trigger, Instruction | Insertion | AnswerEdit):
            return
        for earlier in self._board.all():
            open_ = isinstance(earlier.state, Queued | Ready | Withheld | Conflict | Failed)
            if open_ and is_same_place(earlier.trigger, trigger):
                if earlier.id in self._waiting:
                    self._waiting.remove(earlier.id)
                self._board.put(replace(earlier, state=Cancelled(REPLACED)))
