"""What starts a proposal."""

from dataclasses import dataclass
from enum import Enum

from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Snapshot


@dataclass(frozen=True, slots=True)
class Span:
    """Lines ``start`` to ``end`` (exclusive), counted from 0."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class EditComment:
    """A comment ending in ``AI!``: do it here. ``lines`` is where the comment stands."""

    snapshot: Snapshot
    lines: Span
    instruction: str


@dataclass(frozen=True, slots=True)
class QuestionComment:
    """A comment ending in ``AI?``: answer in the chat."""

    snapshot: Snapshot
    lines: Span
    question: str


@dataclass(frozen=True, slots=True)
class Stub:
    """A body saved with nothing in it; ``lines`` is the whole function, ``name`` its name."""

    snapshot: Snapshot
    lines: Span
    body: Span
    name: str


class QuickAction(Enum):
    """What can be asked for a selection without typing; the value is its name in files."""

    EXPLAIN = "explain"
    FIX = "fix"
    DOCUMENT = "document"
    TEST = "test"
    SIMPLIFY = "simplify"


@dataclass(frozen=True, slots=True)
class Instruction:
    """Typed for the open file, or for the selected ``lines`` of it.

    ``action`` says which quick action it came from; None for the user's own words. ``about`` is
    the name of what a test is asked for.
    """

    snapshot: Snapshot
    lines: Span | None
    instruction: str
    action: QuickAction | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """A save that broke the syntax: ``lines`` are around the first error, ``problem`` names it."""

    snapshot: Snapshot
    lines: Span
    problem: str


@dataclass(frozen=True, slots=True)
class FailingTest:
    """A test run that failed, and the ``lines`` that its failure most likely points at.

    ``name`` is the test's, ``report`` what the run wrote of it, for the model and the user.
    ``command`` is what ran, in ``folder`` of the workspace: run again, it is the proposal's proof.
    ``others`` are further places that the same failure may point at, the likeliest first. In one
    of those ``first_path`` is the file of the place that is likelier, "" in that itself. Not
    ``is_checked``: a program broke off, and no test and no assertion says what has to be so.
    ``key`` names the failure across runs, where its name does not.
    """

    snapshot: Snapshot
    lines: Span | None
    name: str
    report: str
    command: tuple[str, ...] = ()
    folder: str = ""
    others: tuple["FailingTest", ...] = ()
    first_path: str = ""
    is_checked: bool = True
    key: str = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a changed name or signature asks of another place; ``title`` says what changed.

    ``instruction`` is what a model is told where the change cannot be computed; ``lines`` is where
    the name is used, None where the whole file is meant. What ``may_stay`` may be right as it is.
    ``origin`` is the file whose save asked, ``change`` the digest of what was saved: what
    one save asks belongs together.
    """

    snapshot: Snapshot
    lines: Span | None
    title: str
    instruction: str
    may_stay: bool = False
    origin: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class Insertion:
    """Code from the chat, for the place of the selected ``lines`` or for the end of the file."""

    snapshot: Snapshot
    lines: Span | None
    code: str


@dataclass(frozen=True, slots=True)
class AnswerEdit:
    """What an answer in the chat would do to one file; ``title`` is the question.

    ``thread_id`` and ``turn_id`` are where the answer stands.
    """

    snapshot: Snapshot
    title: str
    thread_id: str
    turn_id: str

    @property
    def lines(self) -> Span | None:
        """Return None: it may change the file in several places."""
        return None


# Those that a model answers, and all that end in a proposal.
ModelTrigger = EditComment | Stub | Instruction | Repair | FailingTest | FollowUp
ProposalTrigger = ModelTrigger | Insertion | AnswerEdit
Trigger = ProposalTrigger | QuestionComment

# Characters of a trigger's name in a list.
_TITLE = 80


def title_of(trigger: Trigger) -> str:
    """Return a one-line name of the trigger for lists, at most 80 characters."""
    match trigger:
        case Instruction(action=QuickAction() as action, lines=lines):
            return _title_of_action(action, lines)
        case EditComment(instruction=text) | Instruction(instruction=text):
            title = text
        case AnswerEdit(title=text) | FollowUp(title=text):
            title = text
        case Repair(problem=text):
            title = say("repair: {problem}", problem=_short(text, _TITLE - len("repair: ")))
        case FailingTest(name=name):
            title = say("failing test {name}", name=_short(name, _TITLE - len("failing test ")))
        case QuestionComment(question=text):
            title = text
        case Stub(name=name):
            return say("stub {name}()", name=_short(name, _TITLE - len("stub ()")))
        case Insertion(code=code):
            first = next((line for line in code.splitlines() if line.strip()), "")
            return say("insert {code}", code=_short(first, _TITLE - len("insert ")))
    return _short(title, _TITLE)


def kind_of(trigger: Trigger) -> str:
    """Return the trigger's kind as the interface and the demo's log name it."""
    match trigger:
        case EditComment():
            return "AI!"
        case QuestionComment():
            return "AI?"
        case Stub():
            return say("stub")
        case Instruction():
            return say("instruction")
        case Insertion():
            return say("insert")
        case AnswerEdit():
            return say("answer")
        case Repair():
            return say("repair")
        case FailingTest():
            return say("test")
        case FollowUp():
            return say("follow-up")


def _title_of_action(action: QuickAction, lines: Span | None) -> str:
    if action is QuickAction.TEST:
        return say("write a test")
    if lines is None:
        place = say("the file")
    elif len(lines) == 1:
        place = say("line {line}", line=lines.end)
    else:
        place = say("lines {first} to {last}", first=lines.start + 1, last=lines.end)
    match action:
        case QuickAction.FIX:
            return say("fix {place}", place=place)
        case QuickAction.DOCUMENT:
            return say("document {place}", place=place)
        case QuickAction.SIMPLIFY:
            return say("simplify {place}", place=place)
        case QuickAction.EXPLAIN:
            return say("explain {place}", place=place)


def _short(text: str, most: int) -> str:
    """Return the text on one line of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
