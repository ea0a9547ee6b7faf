"""Makes one proposal: asks for a region, streams it, checks it, and asks on until one passes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from spark_desktop.domain.checks import failure, told_of
from spark_desktop.domain.choosing import Choice, Vote, chosen
from spark_desktop.domain.completion import SEARCH_REPLACE, ChatRequest, Priority
from spark_desktop.domain.effort import Effort
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import SparkError, StoreError
from spark_desktop.domain.gathered import Gathered
from spark_desktop.domain.line_comment import LineComment
from spark_desktop.domain.patch import apply
from spark_desktop.domain.prompt_layout import extra_files, told
from spark_desktop.domain.proposal import (
    Cancelled,
    Check,
    Proposal,
    Ready,
    Streaming,
    Withheld,
)
from spark_desktop.domain.sameness import shape_of
from spark_desktop.domain.track_record import Way, by_success
from spark_desktop.domain.trigger import (
    AnswerEdit,
    EditComment,
    FailingTest,
    FollowUp,
    Insertion,
    Instruction,
    ModelTrigger,
    ProposalTrigger,
    Span,
    Stub,
)
from spark_desktop.domain.words import say
from spark_desktop.services.answer_evidence import ProjectEvidence
from spark_desktop.services.answers import Answers
from spark_desktop.services.attempts import Answer, Attempts
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.bus import Bus
from spark_desktop.services.fill_in import FillIn, fill_in_of
from spark_desktop.services.insertion import inserted_proposal
from spark_desktop.services.judging import Judge, sum_of
from spark_desktop.services.locate import located, place_of
from spark_desktop.services.ports import Clock, Endpoint, Syntax, TrackRecord
from spark_desktop.services.prompts import (
    Surroundings,
    blocks_request,
    refused,
    region_answer,
    region_request,
    revised,
)
from spark_desktop.services.secret_guard import Reader
from spark_desktop.services.target import Target, require_room, target_of, whole_file

# The trigger, its region, the tokens that there are, and how to count them.
Count = Callable[[str], Awaitable[int]]
Gather = Callable[[ModelTrigger, Span, int, Count], Awaitable[Gathered]]

# Lines of a region that a model writes anew also where it could name the places: it is surer.
_MOST_REWRITTEN = 80
# Other answers to one prompt: hot enough to differ, not so hot that they are nonsense.
_SAMPLING = 0.7


@dataclass(frozen=True, slots=True)
class Revision:
    """What was proposed for the region before, and what the user says about lines of it."""

    region: str
    comments: tuple[LineComment, ...]

    def attempt(self, path: str) -> tuple[str, str]:
        """Return the earlier answer and what is said to it."""
        return region_answer(path, self.region), revised(self.comments)


@dataclass(slots=True)
class _Work:
    """A proposal in the making; ``said`` is the conversation so far.

    ``way`` is how the last answer was asked for, ``likelihood`` how sure the model was of it.
    """

    proposal: Proposal
    target: Target
    endpoint: Endpoint
    around: Surroundings
    fill_in: FillIn | None
    said: tuple[tuple[str, str], ...] = ()
    # Of what was said, what every attempt has to hear.
    kept: int = 0
    in_blocks: bool = False
    asked: int = 0
    way: Way = Way.REGION
    likelihood: float | None = None


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
        self._attempts = Attempts(board, clock, bus)
        self.judge = Judge(syntax)
        self.effort = Effort()
        # What joins the prompt; there may be nothing that knows the workspace.
        self.context: Gather | None = None
        # What has worked with whom; without it every time is the first.
        self.record: TrackRecord | None = None

    @property
    def project(self) -> ProjectEvidence | None:
        """Return what says what the project's own commands find."""
        return self.judge.project

    @project.setter
    def project(self, evidence: ProjectEvidence | None) -> None:
        self.judge.project = evidence

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
        target = _placed(trigger, self._syntax)
        region = None if isinstance(target, SparkError) else target.region
        proposal = self._put(replace(proposal, trigger=trigger, region=region, state=Streaming(1)))
        endpoint = await self._answers.endpoint_for(_kind_of(trigger))
        finds_places = SEARCH_REPLACE in endpoint.model.formats
        if isinstance(target, SparkError):
            if not finds_places or not isinstance(trigger, Instruction | FollowUp | FailingTest):
                raise target
            target = whole_file(trigger)
            proposal = self._put(replace(proposal, region=target.region))
        in_blocks = finds_places and len(target.lines) > _MOST_REWRITTEN
        require_room(target, endpoint.model.context, 1 if in_blocks else 2)
        said = () if revision is None else (revision.attempt(snapshot.path),)
        work = _Work(
            replace(proposal, model=endpoint.model.id),
            target,
            endpoint,
            await self._around(trigger, target, endpoint),
            self._fill_in_of(trigger, endpoint, revision),
            said,
            len(said),
            in_blocks=in_blocks and revision is None,
        )
        found = await self._sought(work)
        reason = failure(found.evidence)
        if reason is None and revision is None:
            found = await self._weighed(work, found)
            reason = failure(found.evidence)
        return self._put(replace(found, state=Withheld(reason) if reason else Ready()))

    async def _around(
        self, trigger: ModelTrigger, target: Target, endpoint: Endpoint
    ) -> Surroundings:
        if self.context is None or not self.effort.context:
            return Surroundings()
        room = endpoint.model.context // 4
        gathered = await self.context(trigger, target.region, room, endpoint.count_tokens)
        return Surroundings(told(gathered.parts), extra_files(gathered.parts))

    def _fill_in_of(
        self, trigger: ModelTrigger, endpoint: Endpoint, revision: Revision | None
    ) -> FillIn | None:
        can = endpoint.model.fim and revision is None and self.effort.fill_in
        return fill_in_of(trigger) if can and isinstance(trigger, Stub) else None

    async def _ways(self, work: _Work) -> AsyncIterator[Way]:
        """Yield how to ask, from the first time on, until an answer passes."""
        first = await self._first_ways(work)
        for way in first:
            yield way
        for _ in range(self.effort.repairs - (len(first) > 1)):
            yield Way.REPAIR
        for _ in range(self.effort.samples - 1):
            yield Way.SAMPLE

    async def _first_ways(self, work: _Work) -> tuple[Way, ...]:
        # A fill-in that failed is asked for as a whole function instead: another way, another hope.
        if work.fill_in is None:
            return (Way.BLOCKS,) if work.in_blocks else (Way.REGION,)
        ways = (Way.FILL_IN, Way.REGION)
        if self.record is None:
            return ways
        try:
            kind = place_of(work.proposal.trigger)[0]
            return by_success(ways, await self.record.tallies(work.proposal.model, kind))
        except StoreError:
            return ways

    async def _sought(self, work: _Work) -> Proposal:
        """Return the first proposal that passes its checks, else the last that did not."""
        found = work.proposal
        async for way in self._ways(work):
            work.asked += 1
            if work.asked > 1:
                streaming = Streaming(work.asked)
                work.proposal = self._put(replace(work.proposal, state=streaming, patch=None))
            answer = await self._asked(work, way)
            work.way, work.likelihood = way, answer.finished.likelihood
            found = await self._examined(work, self.judge.checked(work.target, answer))
            work.proposal = replace(found, evidence=())
            passed = failure(found.evidence) is None
            await self._note(found, way, passed)
            if passed:
                return found
            if way in (Way.REGION, Way.BLOCKS, Way.REPAIR):
                work.said = (*work.said, (answer.said, refused(told_of(found.evidence))))
        return found

    async def _note(self, proposal: Proposal, way: Way, passed: bool) -> None:
        # An imitated pace is somebody else's answer as little as an endpoint's.
        if self.record is None or proposal.endpoint:
            return
        with suppress(StoreError):  # only what is tried first depends on it
            kind = place_of(proposal.trigger)[0]
            await self.record.keep(proposal.model, kind, way, passed)

    async def _asked(self, work: _Work, way: Way) -> Answer:
        if way is Way.FILL_IN and work.fill_in is not None:
            request = replace(
                work.fill_in.request,
                priority=_priority_of(work.proposal.trigger),
                extra=work.around.extra,
            )
            fill_in = replace(work.fill_in, request=request)
            return await self._attempts.fill_in(work.proposal, fill_in, work.endpoint)
        ask = self._attempts.in_blocks if work.in_blocks else self._attempts.rewrite
        return await ask(work.proposal, work.target, work.endpoint, self._request(work, way))

    def _request(self, work: _Work, way: Way) -> ChatRequest:
        said = work.said if way is Way.REPAIR else work.said[: work.kept]
        build = blocks_request if work.in_blocks else region_request
        path = work.proposal.trigger.snapshot.path
        shown = work.target.content if work.in_blocks else work.target.text
        request = build(path, shown, work.target.instruction, said, work.around.text)
        if way is Way.SAMPLE:
            request = replace(request, temperature=_SAMPLING, seed=work.asked)
        return replace(
            request, priority=_priority_of(work.proposal.trigger), likelihood=self.effort.doubts
        )

    async def _examined(self, work: _Work, proposal: Proposal) -> Proposal:
        effort = self.effort
        return await self.judge.examined(
            work.target, proposal, names=effort.names, project=effort.project
        )

    async def _weighed(self, work: _Work, found: Proposal) -> Proposal:
        """Return the answer that others of the model agree with most; a lonely one with a doubt.

        Nothing is weighed that a test has proved, nor where other answers would cost money.
        """
        others = self.effort.samples - 1
        is_proved = any(check.proves and check.passed for check in found.evidence)
        is_free = work.endpoint.model.is_local and not work.in_blocks
        if is_proved or not self.effort.doubts or others < 1 or not is_free:
            return found
        proposals, votes = [found], [Vote(self._shape(work, found), work.likelihood)]
        usage = found.usage
        for number in range(others):
            request = replace(
                self._request(work, Way.SAMPLE),
                seed=100 + number,
                priority=Priority.SUGGESTION,
            )
            answer = await self._attempts.silently(
                replace(work.proposal, usage=None), work.target, work.endpoint, request
            )
            usage = sum_of(usage, answer.finished.usage)
            other = await self.judge.examined(
                work.target,
                self.judge.checked(work.target, answer),
                names=self.effort.names,
                project=False,
            )
            if failure(other.evidence) is None:
                proposals.append(other)
                votes.append(Vote(self._shape(work, other), answer.finished.likelihood))
        choice = chosen(votes, 1 + others)
        best = proposals[choice.place]
        if choice.place:
            best = await self.judge.examined(work.target, best, names=False, project=True)
            if failure(best.evidence):
                best = found
        return replace(best, usage=usage, evidence=(*best.evidence, agreement_of(choice)))

    def _shape(self, work: _Work, proposal: Proposal) -> str:
        before = proposal.trigger.snapshot.text.content
        hunks = proposal.patch.hunks if proposal.patch is not None else ()
        return shape_of(proposal.trigger.snapshot.path, apply(before, hunks))

    def _put(self, proposal: Proposal) -> Proposal:
        self._board.put(proposal)
        return proposal


def agreement_of(choice: Choice) -> Check:
    """Return as evidence how many of the model's answers are the same code."""
    name = say("agreed")
    if choice.agreeing > 1:
        detail = say("{agreeing} of {asked} answers", agreeing=choice.agreeing, asked=choice.asked)
        return Check(name, True, detail)
    return Check(
        name,
        False,
        say("The model answered %n time(s), each time something else.", "", choice.asked),
    )


def _placed(trigger: ModelTrigger, syntax: Syntax) -> Target | SparkError:
    """Return what the trigger asks for, or why its place is open."""
    try:
        return target_of(trigger, syntax)
    except SparkError as error:
        return error


def _kind_of(trigger: ProposalTrigger) -> WorkKind:
    """Return what the work is: a comment or an instruction was typed, the rest comes unasked."""
    asked = isinstance(trigger, EditComment | Instruction)
    return WorkKind.EDIT if asked else WorkKind.SUGGESTION


def _priority_of(trigger: ProposalTrigger) -> Priority:
    """Return that of a question for what was typed to Spark: somebody sits there and waits."""
    return Priority.QUESTION if isinstance(trigger, Instruction) else Priority.SUGGESTION
