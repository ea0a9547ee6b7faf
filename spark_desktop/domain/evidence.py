"""Evidence of a proposal beyond the checks of one region: places, and syntax of a whole file."""

from collections.abc import Mapping

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.words import say


def place_check(places: Mapping[str, float], hunks: int, failed: int = 0) -> Check:
    """Return how the ``hunks`` of an answer were found in their file.

    ``places`` holds the scores, below 1, of those that were not found word for word; ``failed``
    counts the blocks without a place, which are shown, and withhold nothing else.
    """
    if failed:
        told = say("%n part(s) of the answer found no place in the file.", "", failed)
        return Check(say("anchored"), False, told)
    if not places:
        return Check(say("anchored"), True)
    worst = min(places.values())
    # Rounded down: 0.996 is not exact.
    name = say("fuzzy {score}", score=f"{int(worst * 100) / 100:.2f}")
    told = say(
        "%n of {all} changes stand where the file is not word for word as the answer says.",
        "",
        len(places),
        all=hunks,
    )
    return Check(name, True, told)


def parse_check(errors_before: int | None, errors_after: int | None) -> Check:
    """Return whether a text parses as well as before; None: no parser knows the language."""
    name = say("parses")
    if errors_before is None or errors_after is None:
        return Check(name, True, say("no parser for this language"))
    if errors_after <= errors_before:
        note = say("%n syntax error(s), {before} before", "", errors_after, before=errors_before)
        return Check(name, True, note if errors_before else "")
    told = say(
        "With the answer the file has %n syntax error(s), before it had {before}.",
        "",
        errors_after,
        before=errors_before,
    )
    return Check(name, False, told)
