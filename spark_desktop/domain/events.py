"""Facts in the past tense, published on the bus in the loop's thread."""

from dataclasses import dataclass, field

from spark_desktop.domain.compaction import Compaction
from spark_desktop.domain.context_item import Question
from spark_desktop.domain.conversation import Turn
from spark_desktop.domain.core_state import CoreState
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.gathered import Gathered
from spark_desktop.domain.history import AppliedChange, Step
from spark_desktop.domain.inbox_entry import InboxEntry
from spark_desktop.domain.operation import Recovered, StoreUsage
from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.rest import Rest
from spark_desktop.domain.sandboxing import Sandboxing
from spark_desktop.domain.standings import AnswerRecord
from spark_desktop.domain.trigger import ProposalTrigger
from spark_desktop.domain.workspace import Ignored


@dataclass(frozen=True, slots=True)
class CoreStateChanged:
    """The core's state is another."""

    state: CoreState


@dataclass(frozen=True, slots=True)
class ModelSwitching:
    """Another model is about to answer; ``state`` is what its core does, None when that is over."""

    model: str
    state: CoreState | None


@dataclass(frozen=True, slots=True)
class FilesChanged:
    """The user, or their editor, wrote these files (relative paths); one burst is one event."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WatchingChanged:
    """Watching was paused, or goes on; ``missed`` names the files that were saved meanwhile."""

    is_paused: bool
    missed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeIgnored:
    """A change started nothing."""

    ignored: Ignored


@dataclass(frozen=True, slots=True)
class SaveSettled:
    """A save ended so; an ``entry`` that is known by its id has become another."""

    entry: InboxEntry


@dataclass(frozen=True, slots=True)
class RestChanged:
    """Quiet mode or a snooze began, or ended."""

    rest: Rest


@dataclass(frozen=True, slots=True)
class ProposalChanged:
    """A proposal is new, or anything of it but its streaming text is another."""

    proposal: Proposal


@dataclass(frozen=True, slots=True)
class ProposalStreamed:
    """The model wrote; ``text`` is the whole region so far, in the file's style.

    ``tokens`` counts the chunks so far and ``seconds`` the time since the first of them.
    """

    proposal_id: str
    text: str
    tokens: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ChangeApplied:
    """Hunks were written to disk, which took ``seconds``; None where nobody measured."""

    change: AppliedChange
    seconds: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ChangeReverted:
    """An applied change was undone (``change.undone``) or redone.

    ``hunks`` are those that were switched, ``on`` says which way: also where the change is undone
    in part only.
    """

    change: AppliedChange
    hunks: frozenset[str] = field(default=frozenset(), compare=False)
    on: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class StepApplied:
    """A step was written, an edit or a restore; each of its files is told as well."""

    step: Step


@dataclass(frozen=True, slots=True)
class StepReverted:
    """A step was undone or redone, all of it or a part; each of its files is told as well."""

    step: Step


@dataclass(frozen=True, slots=True)
class EditsRecovered:
    """What a crash had cut short was completed or rolled back when the project was opened."""

    recovered: tuple[Recovered, ...]


@dataclass(frozen=True, slots=True)
class HistoryFull:
    """The kept steps take more than they may: these oldest ones go with the next change."""

    steps: tuple[Step, ...]
    usage: StoreUsage


@dataclass(frozen=True, slots=True)
class TurnChanged:
    """A turn is new, or anything of it but its streaming answer is another."""

    thread_id: str
    turn: Turn


@dataclass(frozen=True, slots=True)
class TurnStreamed:
    """The answer grew by ``piece``."""

    thread_id: str
    turn_id: str
    piece: str


@dataclass(frozen=True, slots=True)
class ThreadsChanged:
    """Threads are new, renamed, pinned, deleted or back; their turns are told by TurnChanged."""

    thread_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkFailed:
    """Something failed outside a proposal or a turn; both texts are for the user."""

    message: str
    next_step: str


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """The unsent questions are others; those ``held`` (their ids) wait for the user.

    ``error`` says why the first of them could not be asked.
    """

    questions: tuple[Question, ...]
    held: frozenset[str]
    error: str = ""


@dataclass(frozen=True, slots=True)
class ThreadCompacted:
    """Earlier turns of a thread are being summed up, were, or could not be."""

    compaction: Compaction


@dataclass(frozen=True, slots=True)
class AnswerRerouted:
    """An endpoint (titles; "" for the local core) did not answer, so another one is asked.

    ``hedged``: it was only slow, and whoever begins first answers. Where it was not even asked,
    ``reason`` is a sentence that names it. ``is_refused``: its key was refused, or is missing.
    """

    kind: WorkKind
    source: str
    target: str
    reason: str
    hedged: bool = False
    was_asked: bool = True
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class KeyRefused:
    """A key was refused, or is missing, on the way to an answer of this kind."""

    kind: WorkKind


@dataclass(frozen=True, slots=True)
class AnswerWaits:
    """An answer is asked for again in ``seconds``, 0 once it is; ``reason`` says what failed."""

    kind: WorkKind
    endpoint: str
    seconds: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PromptCut:
    """An endpoint read much less of a prompt than was sent, and did not say so; in tokens."""

    endpoint: str
    sent: int
    read: int
    kind: WorkKind = WorkKind.CHAT


@dataclass(frozen=True, slots=True)
class BudgetTold:
    """The month's budget is nearly spent, or spent; US dollars."""

    spent: float
    budget: float
    is_spent: bool


@dataclass(frozen=True, slots=True)
class EndpointsChanged:
    """The user's endpoints, or who is asked first, are others."""


@dataclass(frozen=True, slots=True)
class AnswerMeasured:
    """An answer that was asked for has ended, in whatever way."""

    record: AnswerRecord


@dataclass(frozen=True, slots=True)
class ConsentNeeded:
    """Checks of the project were found that the user has not allowed; told once.

    ``commands`` are how they are named, ``lines`` what would be run for the first change, and
    ``sandboxing`` whether they would be shut in.
    """

    commands: tuple[str, ...]
    lines: tuple[str, ...]
    sandboxing: Sandboxing


@dataclass(frozen=True, slots=True)
class ContextGathered:
    """What joined the prompt of a proposal, and what did not; the parts come without their texts.

    The proposal is the one that has this very ``trigger``.
    """

    trigger: ProposalTrigger
    gathered: Gathered


Event = (
    CoreStateChanged
    | ModelSwitching
    | FilesChanged
    | WatchingChanged
    | ChangeIgnored
    | SaveSettled
    | RestChanged
    | ProposalChanged
    | ProposalStreamed
    | ChangeApplied
    | ChangeReverted
    | StepApplied
    | StepReverted
    | EditsRecovered
    | HistoryFull
    | TurnChanged
    | TurnStreamed
    | ThreadsChanged
    | WorkFailed
    | QueueChanged
    | ThreadCompacted
    | AnswerRerouted
    | KeyRefused
    | AnswerWaits
    | PromptCut
    | BudgetTold
    | AnswerMeasured
    | EndpointsChanged
    | ConsentNeeded
    | ContextGathered
)
