"""Makes one proposal: asks for a region, streams it, checks it, and asks on until one passes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from spark_desktop.domain.checks import failure, told_of
from spark_desktop.domain.completion import SEARCH_REPLACE
from spark_desktop.domain.documentation_requests import is_only_documentation
from spark_desktop.domain.effort import Effort
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.gathered import Gathered
from spark_desktop.domain.line_comment import LineComment
from spark_desktop.domain.prompt_layout import extra_files, in_front, likes_to_repeat, needs_proof
from spark_desktop.domain.proposal import (
    Cancelled,
    Check,
    Proposal,
    Ready,
    Streaming,
    Withheld,
)
from spark_desktop.domain.track_record import Way
from spark_desktop.domain.trigger import (
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
from spark_desktop.services.anew import anew_of
from spark_desktop.services.answer_evidence import ProjectEvidence
from spark_desktop.services.answers import Answers
from spark_desktop.services.attempts import Answer, Attempts
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.bound_probes import BoundProbes
from spark_desktop.services.bus import Bus
from spark_desktop.services.fill_in import FillIn, fill_in_of, without_rest
from spark_desktop.services.insertion import inserted_proposal
from spark_desktop.services.judging import Judge, sum_of
from spark_desktop.services.line_mends import LineMends
from spark_desktop.services.locate import located
from spark_desktop.services.many_tries import ManyTries
from spark_desktop.services.other_answers import OtherAnswers
from spark_desktop.services.other_places import OtherPlaces
from spark_desktop.services.ports import Clock, Endpoint, Syntax
from spark_desktop.services.prompts import (
    Surroundings,
    failing_instruction,
    refused,
    region_answer,
    revised,
)
from spark_desktop.services.proof_ahead import is_in_vain, not_asked
from spark_desktop.services.revising import proposed_region
from spark_desktop.services.secret_guard import Lister, Reader
from spark_desktop.services.signature_types import Calls, SignatureTypes
from spark_desktop.services.small_mends import SmallMends
from spark_desktop.services.target import (
    Target,
    is_in_blocks,
    require_room,
    target_of,
    whole_file,
)
from spark_desktop.services.together import Together
from spark_desktop.services.ways import Ways, goes_on
from spark_desktop.services.weighing import Weighing
from spark_desktop.services.work import Work

# The trigger, its region, the tokens that there are, and how to count them.
Count = Callable[[str], Awaitable[int]]
Gather = Callable[[ModelTrigger, Span, int, Count], Awaitable[Gathered]]

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


class Suggester:
    """Advances a proposal on the board from queued to ready or withheld."""

    def __init__(
        self,
        answers: Answers,
        files: Lister,
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
        drawing = OtherAnswers(self._attempts, self.judge)
        self._many = ManyTries(drawing, self.judge, board, clock)
        self.weighing = Weighing(drawing, self.judge, BoundProbes(syntax, self.judge))
        self._mends = SmallMends(syntax, self.judge, files)
        self._others = OtherPlaces(files, syntax, self._mends)
        self._lines = LineMends(syntax, self.judge)
        self.effort = Effort()
        # What joins the prompt; there may be nothing that knows the workspace.
        self.context: Gather | None = None
        self.ways = Ways()
        # What calls all over the workspace show of a function's types.
        self.calls: Calls | None = None
        # Knows what else follows one change; there may be nothing that checks it.
        self.together: Together | None = None
        # Makes the follow-ups that need no model.
        self.follow_ups: Computing | None = None
        # Reads for what no model is shown: a file that may hold a secret has none to keep there.
        self.unsent: Reader = files

    @property
    def project(self) -> ProjectEvidence | None:
        """Return what says what the project's own commands find."""
        return self.judge.project

    @project.setter
    def project(self, evidence: ProjectEvidence | None) -> None:
        self.judge.project = evidence

    async def propose(
        self, proposal: Proposal, revision: Revision | None = None, *, insists: bool = False
    ) -> Proposal:
        """Return the proposal ready, withheld or cancelled; each step is put on the board.

        The file is read anew: it may have been saved while the proposal waited. With a
        ``revision`` the model changes what it proposed before. The user who ``insists`` gets an
        answer to look at, also where nothing of it would be shown. A follow-up that lacks only
        others of its change, which wait, comes back queued: it is to be asked for once more, after
        them. Raises SparkError where the file, the core or the endpoint fails.
        """
        computed = await self._without_model(proposal)
        if computed is not None:
            return self._put(computed)
        snapshot = await self._files.read(proposal.trigger.snapshot.path)
        trigger = located(proposal.trigger, snapshot, self._syntax)
        if trigger is None:
            gone = Cancelled(say("what asked for it is no longer in the file"))
            return self._put(replace(proposal, state=gone))
        if not isinstance(trigger, ModelTrigger):
            raise SparkError(
                say("What an answer changes is written in the chat."), say("Ask there again.")
            )
        work = await self._begun(proposal, trigger, revision)
        # Whoever asked for it themselves is not put off.
        work.may_wait = not insists and revision is None
        why = None if insists else await not_asked(work, self.effort, self.judge)
        if why is not None:
            return self._put(replace(work.proposal, evidence=(why,), state=Withheld(why.detail)))
        found = await self._waited(work) or await self._sought(work)
        if _is_fine_already(work, found):
            return self._put(replace(found, state=Cancelled(say("nothing is left to follow up"))))
        reason = failure(found.evidence)
        if reason is None and revision is None:
            found = await self.weighing.weighed(work, found, self.effort)
            reason = failure(found.evidence)
        if self.together is not None and self._waits(work, found):
            return self._put(self.together.wait(found))
        if reason is None and self.together is not None and await self.together.is_lost(found):
            reason = say("What it passed together with is there no more.")
            found = replace(
                found, evidence=(*found.evidence, Check(say("together"), False, reason))
            )
        done = replace(found, state=Withheld(reason) if reason else Ready())
        return self._put(done if self.together is None else self.together.settle(done))

    async def _without_model(self, proposal: Proposal) -> Proposal | None:
        """Return an insertion, or a follow-up that can be computed; None where a model is asked."""
        trigger = proposal.trigger
        if not isinstance(trigger, Insertion | FollowUp):
            return None
        snapshot = await self.unsent.read(trigger.snapshot.path)
        match located(trigger, snapshot, self._syntax):
            case Insertion() as insertion:
                return inserted_proposal(proposal, insertion, self._syntax)
            case FollowUp() as now if self.follow_ups is not None and self.effort.computed:
                return await self.follow_ups(proposal, now)
            case _:
                return None

    async def _begun(
        self, proposal: Proposal, trigger: ModelTrigger, revision: Revision | None
    ) -> Work:
        """Return what is to be asked of whom, with all that joins the prompt."""
        target = _placed(trigger, self._syntax)
        region = None if isinstance(target, SparkError) else target.region
        proposal = self._put(replace(proposal, trigger=trigger, region=region, state=Streaming(1)))
        endpoint = await self._answers.endpoint_for(_kind_of(trigger))
        model = endpoint.model
        if isinstance(target, SparkError):
            finds_places = SEARCH_REPLACE in model.formats
            if not finds_places or not isinstance(trigger, Instruction | FollowUp | FailingTest):
                raise target
            target = whole_file(trigger)
            proposal = self._put(replace(proposal, region=target.region))
        if isinstance(trigger, FailingTest) and likes_to_repeat(model, documenting=True):
            target = replace(target, instruction=failing_instruction(trigger, brief=True))
        in_blocks = is_in_blocks(target, model.formats)
        require_room(target, model.context, 1 if in_blocks else 2)
        said = () if revision is None else (revision.attempt(trigger.snapshot.path),)
        can_fill_in = model.fim and revision is None and self.effort.fill_in
        fill_in = _fill_in_of(trigger, endpoint) if can_fill_in else None
        can_anew = can_fill_in and model.is_local and not in_blocks
        return Work(
            replace(proposal, model=model.id),
            target,
            endpoint,
            await self._around(trigger, target, endpoint, fill_in),
            fill_in,
            anew_of(trigger, target, self._syntax) if can_anew else None,
            said,
            len(said),
            in_blocks=in_blocks and revision is None,
        )

    async def _around(
        self, trigger: ModelTrigger, target: Target, endpoint: Endpoint, fill_in: FillIn | None
    ) -> Surroundings:
        if self.context is None or not self.effort.context:
            return Surroundings()
        room = endpoint.model.context // 4
        gathered = await self.context(trigger, target.region, room, endpoint.count_tokens)
        shown = "" if fill_in is None else fill_in.request.prefix + fill_in.request.suffix
        is_aside = is_only_documentation(trigger, target.instruction)
        before = in_front(gathered.parts, endpoint.model, documenting=is_aside)
        return Surroundings(before, extra_files(gathered.parts, shown))

    async def _sought(self, work: Work) -> Proposal:
        """Return the first proposal that passes its checks, else the last that did not."""
        found = work.before or work.proposal
        # The test that the user named decides on every answer, also after one that changes nothing.
        work.is_decided = work.is_decided or self.effort.trusts
        async for way in self.ways.of(work, self.effort):
            if way is Way.SMALL:
                tried = await self._mends.tried(work.proposal, work.target)
                if tried.found is not None:
                    return tried.found
                if elsewhere := await self._others.mended(work.proposal, tried):
                    there, work.target = elsewhere
                    return there
                continue
            if way is Way.LINE:
                mended = await self._lines.mended(work)
                if mended is not None:
                    return mended
                continue
            work.asked += 1
            if work.asked > 1:
                streaming = Streaming(work.asked)
                work.proposal = self._put(replace(work.proposal, state=streaming, patch=None))
            answer = await self._asked(work, way)
            work.way, work.likelihood = way, answer.finished.likelihood
            found = await self._examined(work, self.judge.checked(work.target, answer))
            if failure(found.evidence) is not None and not answer.is_whole:
                found = await self._with_types(work, answer, found)
            work.proposal = replace(found, evidence=())
            work.tried.add(found.after)
            refuted = any(one.proves and not one.passed for one in found.evidence)
            work.is_decided = work.is_decided or refuted
            passed = failure(found.evidence) is None
            is_fine = _is_fine_already(work, found)
            await self.ways.note(found, way, passed or is_fine)
            if passed or is_fine or await self._ends(work, found):
                return found
            if way in (Way.REGION, Way.BLOCKS, Way.REPAIR):
                work.said = (*work.said, (answer.said, refused(told_of(found.evidence))))
        if self.effort.trusts and not work.in_blocks and goes_on(work, self.effort):
            return await self._many.tried(work, found, self.effort)
        return found

    async def _asked(self, work: Work, way: Way) -> Answer:
        fill_in = work.filled(way) if way in (Way.FILL_IN, Way.ANEW) else None
        if fill_in is not None:
            return await self._attempts.fill_in(work.proposal, fill_in, work.endpoint)
        ask = self._attempts.in_blocks if work.in_blocks else self._attempts.rewrite
        request = work.request(way, likelihood=self.effort.doubts)
        return await ask(work.proposal, work.target, work.endpoint, request)

    async def _with_types(self, work: Work, answer: Answer, found: Proposal) -> Proposal:
        """Return a documentation that lacks only types with those that the model fills in."""
        if not (self.effort.fill_in and work.endpoint.model.fim):
            return found
        types = SignatureTypes(work, self.calls)
        region = await types.region(found)
        asked = replace(answer.proposal, usage=sum_of(answer.proposal.usage, types.usage))
        if region is None:
            return replace(found, usage=sum_of(found.usage, types.usage))
        typed = replace(answer, region=region, proposal=asked)
        return await self._examined(work, self.judge.checked(work.target, typed))

    async def _examined(self, work: Work, proposal: Proposal) -> Proposal:
        effort = self.effort
        return await self.judge.examined(
            work.target, proposal, names=effort.names, project=effort.project
        )

    async def _waited(self, work: Work) -> Proposal | None:
        """Return the answer with which it waited where that passes now, with all that is there.

        Where it does not, the model is told why with the next one.
        """
        kept = None if self.together is None else self.together.kept(work.proposal)
        if kept is None:
            return None
        bare = replace(kept, evidence=())
        told = (
            await self.judge.examined(work.target, bare, names=False, project=self.effort.project)
        ).evidence
        names = {one.name for one in told}
        own = [one for one in kept.evidence if not one.waits and one.name not in names]
        found = replace(kept, evidence=(*own, *told))
        if failure(found.evidence) is None:
            return found
        path, region = found.trigger.snapshot.path, proposed_region(found)
        if region is not None:
            refusal = refused(told_of(found.evidence))
            work.said = (*work.said, (region_answer(path, region), refusal))
            work.before, work.asked = found, 1
            work.tried.add(found.after)
            work.is_decided = any(one.proves and not one.passed for one in found.evidence)
        return None

    async def _ends(self, work: Work, found: Proposal) -> bool:
        """Return whether nothing more is to be asked now, although the answer did not pass."""
        return self._waits(work, found) or await is_in_vain(work, self.effort, self.judge)

    def _waits(self, work: Work, found: Proposal) -> bool:
        return work.may_wait and self.together is not None and self.together.may_wait(found)

    def _put(self, proposal: Proposal) -> Proposal:
        self._board.put(proposal)
        return proposal


def _is_fine_already(work: Work, found: Proposal) -> bool:
    """Return whether a model that may be believed sees nothing to do where a change is used."""
    trigger = found.trigger
    if not isinstance(trigger, FollowUp) or not trigger.may_stay or work.kept:
        return False
    is_same = any(one.name == say("differs") and not one.passed for one in found.evidence)
    return is_same and not needs_proof(work.endpoint.model)


def _placed(trigger: ModelTrigger, syntax: Syntax) -> Target | SparkError:
    """Return what the trigger asks for, or why its place is open."""
    try:
        return target_of(trigger, syntax)
    except SparkError as error:
        return error


def _fill_in_of(trigger: ModelTrigger, endpoint: Endpoint) -> FillIn | None:
    fill_in = fill_in_of(trigger) if isinstance(trigger, Stub) else None
    if fill_in is not None and likes_to_repeat(endpoint.model, documenting=True):
        return without_rest(fill_in)
    return fill_in


def _kind_of(trigger: ProposalTrigger) -> WorkKind:
    """Return what the work is: a comment or an instruction was typed, the rest comes unasked."""
    asked = isinstance(trigger, EditComment | Instruction)
    return WorkKind.EDIT if asked else WorkKind.SUGGESTION
