"""Makes one proposal: asks for a region, streams it, checks it, asks once more if it fails."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from spark_desktop.domain.checks import Candidate, check, failure
from spark_desktop.domain.clipping import clipped, strays
from spark_desktop.domain.completion import (
    Answering,
    Finished,
    FinishReason,
    Priority,
    ReasoningChunk,
    TextChunk,
    Timing,
    Usage,
)
from spark_desktop.domain.context import estimate_tokens
from spark_desktop.domain.edit_format import RegionReader
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ProposalStreamed
from spark_desktop.domain.line_comment import LineComment
from spark_desktop.domain.patch import apply, compute
from spark_desktop.domain.proposal import (
    Cancelled,
    Check,
    Proposal,
    Ready,
    Streaming,
    Withheld,
)
from spark_desktop.domain.trigger import (
    AnswerEdit,
    EditComment,
    FollowUp,
    Insertion,
    Instruction,
    ProposalTrigger,
    Stub,
)
from spark_desktop.domain.words import say
from spark_desktop.services.answer_evidence import ProjectEvidence
from spark_desktop.services.answers import Answers
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.bus import Bus
from spark_desktop.services.fill_in import FillIn, fill_in_of
from spark_desktop.services.insertion import inserted_proposal
from spark_desktop.services.locate import located
from spark_desktop.services.ports import Clock, Endpoint, Syntax
from spark_desktop.services.prompts import refused, region_answer, region_request, revised
from spark_desktop.services.secret_guard import Reader
from spark_desktop.services.target import Target, require_room, target_of

# Makes a proposal of a follow-up, on the file as it is now; None where a model has to be asked.
Computing = Callable[[Proposal, FollowUp], Awaitable[Proposal | None]]


@dataclass(frozen=True, slots=True)
class Revision:
    """What was proposed for the region before, and what the user says about lines of it."""

    region: str
    comments: tuple[LineComment, ...]

    def attempt(self, path: str) -> tuple[str, str]:
        """Return the earlier answer and what is said to it."""
        return region_answer(path, self.region), revised(self.comments)


@dataclass(frozen=True, slots=True)
class _Answer:
    """One attempt: the region that it came to, and what the model literally said.

    ``proposal`` is marked with who answered.
    """

    proposal: Proposal
    region: str
    said: str
    reasoning: bool
    finished: Finished


class Suggester:
    """Advances a proposal on the board from queued to ready or withheld."""

    def __init__(
        self,
        answers: Answers,
        files: Reader,
        syntax: Syntax,
        board: ProposalBoard,
        clock: Clock,
        bus: Bus,
    ) -> None:
        self._answers = answers
        self._files = files
        self._syntax = syntax
        self._board = board
        self._clock = clock
        self._bus = bus
        # What the project's own commands say of a proposed text; there may be none.
        self.project: ProjectEvidence | None = None
        # Makes the follow-ups that need no model.
        self.follow_ups: Computing | None = None

    async def propose(self, proposal: Proposal, revision: Revision | None = None) -> Proposal:
        """Return the proposal ready, withheld or cancelled; each step is put on the board.

        The file is read anew: it may have been saved while the proposal waited. With a
        ``revision`` the model changes what it proposed before. Raises SparkError where the file,
        the core or the endpoint fails.
        """
        snapshot = await self._files.read(proposal.trigger.snapshot.path)
        trigger = located(proposal.trigger, snapshot, self._syntax)
        if trigger is None:
            gone = Cancelled(say("what asked for it is no longer in the file"))
            return self._put(replace(proposal, state=gone))
        if isinstance(trigger, Insertion):
            return self._put(inserted_proposal(proposal, trigger, self._syntax))
        if isinstance(trigger, AnswerEdit):
            raise SparkError(
                say("What an answer changes is written in the chat."), say("Ask there again.")
            )
        if isinstance(trigger, FollowUp) and self.follow_ups is not None:
            computed = await self.follow_ups(proposal, trigger)
            if computed is not None:
                return self._put(computed)
        target = target_of(trigger, self._syntax)
        proposal = self._put(
            replace(proposal, trigger=trigger, region=target.region, state=Streaming(1))
        )
        endpoint = await self._answers.endpoint_for(_kind_of(trigger))
        require_room(target, endpoint.model.context)
        proposal = replace(proposal, model=endpoint.model.id)
        attempts = () if revision is None else (revision.attempt(snapshot.path),)
        can_fill_in = isinstance(trigger, Stub) and endpoint.model.fim and revision is None
        fill_in = fill_in_of(trigger) if isinstance(trigger, Stub) and can_fill_in else None
        if fill_in is None:
            answer = await self._rewrite(proposal, target, endpoint, attempts)
        else:
            answer = await self._fill_in(proposal, fill_in, endpoint)
        proposal = await self._judged(target, answer)
        reason = failure(proposal.evidence)
        if reason is None:
            return self._put(replace(proposal, state=Ready()))
        # A fill-in that failed is asked for as a whole function instead: another way, another hope.
        if fill_in is None:
            attempts = (*attempts, (answer.said, refused(reason)))
        proposal = self._put(replace(proposal, state=Streaming(2), patch=None))
        answer = await self._rewrite(proposal, target, endpoint, attempts)
        proposal = await self._judged(target, answer)
        reason = failure(proposal.evidence)
        return self._put(replace(proposal, state=Withheld(reason) if reason else Ready()))

    async def _rewrite(
        self,
        proposal: Proposal,
        target: Target,
        endpoint: Endpoint,
        attempts: Sequence[tuple[str, str]],
    ) -> _Answer:
        path = proposal.trigger.snapshot.path
        request = replace(
            region_request(path, target.text, target.instruction, attempts),
            priority=_priority_of(proposal.trigger),
        )
        reader = RegionReader(target.text)
        said: list[str] = []
        finished = Finished(FinishReason.OTHER)
        progress = _Progress(proposal, self._board, self._clock, self._bus)
        async with endpoint.stream(request) as chunks:
            async for chunk in chunks:
                match chunk:
                    case TextChunk(text):
                        said.append(text)
                        progress.show(reader.feed(text))
                    case ReasoningChunk():
                        # Kept apart by the server: it never reaches the region.
                        continue
                    case Answering() | Emulation():
                        progress.mark(chunk)
                    case Finished():
                        finished = chunk
        region = reader.finish()
        said_all = "".join(said)
        return _Answer(progress.proposal, region, said_all, reader.has_reasoning, finished)

    async def _fill_in(self, proposal: Proposal, fill_in: FillIn, endpoint: Endpoint) -> _Answer:
        said = ""
        ran_on = False
        finished = Finished(FinishReason.STOP)
        progress = _Progress(proposal, self._board, self._clock, self._bus)
        request = replace(fill_in.request, priority=_priority_of(proposal.trigger))
        async with endpoint.stream(request) as chunks:
            async for chunk in chunks:
                if isinstance(chunk, Finished):
                    finished = chunk
                elif isinstance(chunk, Answering | Emulation):
                    progress.mark(chunk)
                elif isinstance(chunk, TextChunk):
                    said += chunk.text
                    progress.show(fill_in.region(said, complete=False))
                    if fill_in.runs_on(said):
                        # It goes on behind the body: leaving the stream stops the engine.
                        ran_on = True
                        break
        if ran_on:
            prompt = fill_in.request.prefix + fill_in.request.suffix
            finished = await progress.cut_short(endpoint, prompt)
            finished = replace(finished, emulation=progress.proposal.emulation)
        cut = finished.reason is FinishReason.LENGTH
        region = fill_in.region(said, complete=not cut)
        return _Answer(progress.proposal, region, said, False, finished)

    async def _judged(self, target: Target, answer: _Answer) -> Proposal:
        proposal = self._checked(target, answer)
        if self.project is None or proposal.patch is None or failure(proposal.evidence):
            return proposal
        before = target.content
        after = apply(proposal.trigger.snapshot.text.content, proposal.patch.hunks)
        told = await self.project(proposal.patch.path, before, after)
        return replace(proposal, evidence=(*proposal.evidence, *told))

    def _checked(self, target: Target, answer: _Answer) -> Proposal:
        proposal = answer.proposal
        text = proposal.trigger.snapshot.text
        path = proposal.trigger.snapshot.path
        region = clipped(answer.region, target.text, target.outside)
        stray = strays(region, target.text, target.outside)
        region = target.in_style(region)
        after = target.with_region(region)
        candidate = Candidate(
            before=target.content,
            after=after,
            region_before=target.text,
            region_after=region,
            errors_before=self._syntax.errors(path, target.content),
            errors_after=self._syntax.errors(path, after),
            instruction=target.instruction,
            reasoning=answer.reasoning,
            finished=answer.finished.reason is not FinishReason.LENGTH,
            stray=stray,
        )
        evidence: tuple[Check, ...] = check(candidate)
        return replace(
            proposal,
            patch=compute(path, proposal.trigger.snapshot.digest, text.content, after),
            evidence=evidence,
            usage=_sum(proposal.usage, answer.finished.usage),
            timing=answer.finished.timing,
            emulation=answer.finished.emulation,
            cost=_cost(proposal.cost, answer.finished.cost),
        )

    def _put(self, proposal: Proposal) -> Proposal:
        self._board.put(proposal)
        return proposal


class _Progress:
    """Tells how far one attempt came, and marks the proposal with who answers."""

    def __init__(self, proposal: Proposal, board: ProposalBoard, clock: Clock, bus: Bus) -> None:
        self.proposal = proposal
        self._board = board
        self._clock = clock
        self._bus = bus
        self._asked = clock.monotonic()
        self._first: float | None = None
        self._tokens = 0

    def mark(self, chunk: Answering | Emulation) -> None:
        """Put on the board who answers, and at whose pace."""
        if isinstance(chunk, Answering):
            marked = replace(self.proposal, model=chunk.model, endpoint=chunk.endpoint)
        else:
            marked = replace(self.proposal, emulation=chunk)
        self.proposal = marked
        self._board.put(marked)

    def show(self, region: str) -> None:
        """Publish the region so far, in the file's style."""
        now = self._clock.monotonic()
        if self._first is None:
            self._first = now
        self._tokens += 1
        text = self.proposal.trigger.snapshot.text.in_style(region)
        self._bus.publish(ProposalStreamed(self.proposal.id, text, self._tokens, now - self._first))

    async def cut_short(self, endpoint: Endpoint, prompt: str) -> Finished:
        """Return the end of an answer that we stopped, as measured here: the server says nothing.

        The prompt's tokens are counted by the model's tokenizer, where the server has a route for
        that, the answer's as its chunks, of which our core sends one a token; the cached part stays
        unknown, as 0.
        """
        now = self._clock.monotonic()
        first = self._first or now
        try:
            sent = await endpoint.count_tokens(prompt)
        except SparkError:
            sent = estimate_tokens(prompt)
        usage = Usage(sent, self._tokens)
        return Finished(FinishReason.STOP, usage, Timing(first - self._asked, now - self._asked))


def _kind_of(trigger: ProposalTrigger) -> WorkKind:
    """Return what the work is: a comment or an instruction was typed, the rest comes unasked."""
    asked = isinstance(trigger, EditComment | Instruction)
    return WorkKind.EDIT if asked else WorkKind.SUGGESTION


def _cost(first: float | None, second: float | None) -> float | None:
    return second if first is None else first + (second or 0.0)


def _priority_of(trigger: ProposalTrigger) -> Priority:
    """Return that of a question for what was typed to Spark: somebody sits there and waits."""
    return Priority.QUESTION if isinstance(trigger, Instruction) else Priority.SUGGESTION


def _sum(first: Usage | None, second: Usage) -> Usage:
    if first is None:
        return second
    return Usage(
        first.prompt_tokens + second.prompt_tokens,
        first.completion_tokens + second.completion_tokens,
        first.cached_tokens + second.cached_tokens,
        first.written_tokens + second.written_tokens,
    )
