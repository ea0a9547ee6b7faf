"""Which of the triggers that a save holds start a proposal, and why the others do not."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from spark_desktop.domain.generated_files import not_ours
from spark_desktop.domain.rest import Rest
from spark_desktop.domain.settings import Watching
from spark_desktop.domain.trigger import (
    EditComment,
    FailingTest,
    FollowUp,
    QuestionComment,
    Repair,
    Stub,
    Trigger,
)
from spark_desktop.domain.workspace import Ignored, IgnoreReason


def with_below(paths: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Return changed paths, each once, and the known ones in those that are folders.

    A folder that was moved or removed is told as one path: what is known of its files has gone
    with it.
    """
    changed = dict.fromkeys(paths)
    gone = [
        one
        for one in sorted(known)
        if any(str(folder) in changed for folder in PurePosixPath(one).parents)
    ]
    return tuple(dict.fromkeys([*changed, *gone]))


def refusal(trigger: Trigger, watching: Watching, rest: Rest) -> IgnoreReason | None:
    """Return why a trigger starts nothing now; None where it does.

    Quiet holds back what Spark would do on its own. A comment that ends in AI! or AI? was typed to
    ask for something, and is answered: also in a file that nobody of the project writes.
    """
    if not watching.enabled or not _is_chosen(trigger, watching):
        return IgnoreReason.SWITCHED_OFF
    if not is_unasked(trigger):
        return None
    snapshot = trigger.snapshot
    quiet = IgnoreReason.QUIET if rest.is_quiet else None
    return not_ours(snapshot.path, snapshot.text.content) or quiet


def is_told(note: Ignored, watching: Watching) -> bool:
    """Return whether a finder's word on why a save asks for nothing is one for the user.

    Of what they do not want nobody needs to know why it does not come.
    """
    return note.reason is not IgnoreReason.UNFINISHED or watching.repairs


def is_unasked(trigger: Trigger) -> bool:
    """Return whether Spark found the trigger by itself, where the user wrote nothing for it."""
    return isinstance(trigger, Stub | Repair | FollowUp | FailingTest)


def _is_chosen(trigger: Trigger, watching: Watching) -> bool:
    match trigger:
        case EditComment() | QuestionComment():
            return watching.comments
        case Stub():
            return watching.stubs
        case Repair():
            return watching.repairs
        case FollowUp():
            return watching.follow_ups
        case FailingTest():
            return watching.failing_tests
        case _:
            return True
