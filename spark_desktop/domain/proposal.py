"""A patch offered to the user: where it comes from, what was checked, how far it came."""

from dataclasses import dataclass, field
from enum import Enum

from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.patch import FilePatch, apply
from spark_desktop.domain.trigger import ProposalTrigger, Span
from spark_desktop.domain.words import say


@dataclass(frozen=True, slots=True)
class Check:
    """One piece of evidence: what was checked, whether it passed, and a detail for the user.

    One that ``is_advice`` withholds nothing where it fails: the user is told and decides.
    ``report`` is what a program wrote that failed, for the model's next attempt. One that
    ``proves`` ran the changed code (a test): passing it says more than any parser. What one found
    that ``lingers`` it found in the changed lines before the change as well. One that ``waits``
    may pass once other places of the same change have followed.
    """

    name: str
    passed: bool
    detail: str = ""
    is_advice: bool = False
    report: str = ""
    proves: bool = False
    lingers: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Queued:
    """Waits for the running turn to end; ``answered``: for others, which its answer may need."""

    answered: bool = False


@dataclass(frozen=True, slots=True)
class Streaming:
    """The model writes; ``attempt`` is 1, or 2 after a failed check with its reason."""

    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Ready:
    """Reviewable: it passed its checks, or the user had it shown although it did not."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """Failed its checks; not shown as a change unless the user asks for that."""

    reason: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """The file changed under it in the same place; nothing was written."""

    reason: str


@dataclass(frozen=True, slots=True)
class Closed:
    """Every hunk is decided; ``applied`` of them were written, and some ``undone`` since."""

    applied: int
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """The turn broke off; it can be repeated."""

    reason: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The user stopped it, or a newer save replaced it; ``reason`` says which."""

    reason: str


# Why a proposal is cancelled that a newer save asks for anew.
REPLACED = say("replaced by a newer save")
# Why one is that nothing in the newer text asks for.
GONE = say("what asked for it is no longer in the file")

State = Queued | Streaming | Ready | Withheld | Conflict | Closed | Failed | Cancelled


class Decision(Enum):
    """The state of one hunk: what the user said about it, or what the file did to it.

    STALE: the file holds it already, or what it was about is gone. CONFLICTING: its lines were
    changed on disk as well; the user chooses.
    """

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    STALE = "stale"
    CONFLICTING = "conflicting"


@dataclass(frozen=True, slots=True)
class FailedBlock:
    """A part of an answer that found no place in its file.

    It would replace the lines ``old`` by ``new``. ``nearest`` are the lines of the snapshot that
    are most like ``old``, with their ``score`` from 0 to 1; ``reason`` is a sentence.
    """

    id: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    reason: str
    nearest: Span | None = None
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """Values only; the review service replaces it as it advances.

    ``region`` is the part of the snapshot that was asked for; ``patch`` turns the snapshot's text
    into the proposed one (None until something reviewable came); ``decisions`` maps a hunk's id.
    ``emulation`` says that ``timing`` is that of other hardware, imitated. ``endpoint`` is the
    title of who answered, "" for the local core, and ``cost`` what that took in US dollars, None
    where nobody knows.

    Proposals of one answer have its id as their ``group``; they are reviewed and applied together.
    ``conflicts`` maps the id of a CONFLICTING hunk to the lines that it was made for: in the patch
    its ``old`` are those that stand there now. ``places`` says of a hunk that was not found word
    for word how it was placed, with a score from 0 to 1. ``failed`` are the parts without a place.
    """

    id: str
    trigger: ProposalTrigger
    state: State
    region: Span | None = None
    patch: FilePatch | None = None
    decisions: dict[str, Decision] = field(default_factory=dict)
    evidence: tuple[Check, ...] = ()
    usage: Usage | None = None
    timing: Timing | None = None
    model: str = ""
    emulation: Emulation | None = None
    endpoint: str = ""
    cost: float | None = None
    group: str = ""
    conflicts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    places: dict[str, float] = field(default_factory=dict)
    failed: tuple[FailedBlock, ...] = ()

    @property
    def after(self) -> str:
        """Return the file's text as all of the proposal leaves it."""
        hunks = () if self.patch is None else self.patch.hunks
        return apply(self.trigger.snapshot.text.content, hunks)

    def decision(self, hunk_id: str) -> Decision:
        """Return what was decided about a hunk; PENDING if nothing was."""
        return self.decisions.get(hunk_id, Decision.PENDING)
