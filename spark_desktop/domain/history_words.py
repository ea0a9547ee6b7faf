"""What is said of the kept steps: what a crash left, and that they take too much room."""

from spark_desktop.domain.events import EditsRecovered, HistoryFull
from spark_desktop.domain.operation import Recovered, RecoveryOutcome
from spark_desktop.domain.words import Said, joined, say

# More names than these are counted.
_NAMED = 3


def recovered_text(event: EditsRecovered) -> Said:
    """Return what became of what a crash had cut short, a sentence for each operation."""
    return joined(_recovered(one) for one in event.recovered)


def is_all_well(event: EditsRecovered) -> bool:
    """Return whether everything was completed or rolled back."""
    return all(one.outcome is not RecoveryOutcome.FAILED for one in event.recovered)


def full_texts(event: HistoryFull) -> tuple[Said, Said]:
    """Return what will be dropped, and what the user can do about it."""
    titles = [say("“{title}”", title=step.title) for step in event.steps]
    names = _named(titles)
    message = say(
        "What is kept for undo takes {size} MB of {limit} MB: with the next change the oldest "
        "%n step(s) go: {names}.",
        "",
        len(event.steps),
        size=round(event.usage.bytes / 1_000_000, 1),
        limit=round(event.usage.limit / 1_000_000, 1),
        names=names,
    )
    return message, say("Give it more room in the settings to keep them.")


def _recovered(one: Recovered) -> Said:
    files = _named(one.files)
    if one.outcome is RecoveryOutcome.COMPLETED:
        told = say(
            "“{title}” had been cut short and is completed now: {files}.",
            title=one.title,
            files=files,
        )
    elif one.outcome is RecoveryOutcome.ROLLED_BACK:
        told = say(
            "“{title}” had been cut short and was taken back: {files}.",
            title=one.title,
            files=files,
        )
    else:
        told = say(
            "“{title}” had been cut short and could not be taken back: {error}",
            title=one.title,
            error=one.error,
        )
    if not one.left_alone:
        return told
    left = say("Changed since, so left alone: {files}.", files=_named(one.left_alone))
    return joined((told, left))


def _named(names: tuple[str, ...] | list[Said]) -> Said:
    shown = joined(names[:_NAMED], ", ")
    if len(names) <= _NAMED:
        return shown
    return say("{names} and %n more", "", len(names) - _NAMED, names=shown)
