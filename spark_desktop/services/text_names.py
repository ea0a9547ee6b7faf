"""Texts that are a name which was changed: they follow where the checks pass only with that.

No parser tells whether ``attrgetter("width")``, a key or a column means the field that has another
name now. Where a project's own checks fail without it and pass with it, it does.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from spark_desktop.domain.assertions import keeps_assertions, keeps_tests
from spark_desktop.domain.checks import failure
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.test_pairs import is_test
from spark_desktop.domain.text_edits import TextEdit, edited
from spark_desktop.domain.text_mentions import whole_texts

# The texts before and after of all files of a follow-up; gives what the project's checks say.
EvidenceOf = Callable[[Mapping[str, tuple[str, str]]], Awaitable[tuple[Check, ...]]]
# Each one is left out once by itself, and every time the checks run.
_MOST = 4


@dataclass(frozen=True, slots=True)
class InTexts:
    """What follows in one file: its text ``before`` these edits, and with them.

    ``places`` counts the texts of the file that are a changed name, from 0.
    """

    before: str
    after: str
    places: tuple[int, ...]


async def names_in_texts(
    texts: Mapping[str, tuple[str, str]],
    renamed: Mapping[str, str],
    evidence: EvidenceOf,
    failed: Sequence[Check],
    goes_on: Callable[[], bool] = lambda: True,
) -> tuple[Mapping[str, InTexts], tuple[Check, ...]] | None:
    """Return what follows in texts, by path, and what the checks say then.

    ``texts`` are the files as they are and with all else that follows, with which the checks say
    what ``failed``. None where no such text makes those pass, or nobody waits for it any more.
    """
    found = [
        (path, place, edit)
        for path, (_, after) in texts.items()
        # What a test expects decides, and is not what is changed until it passes.
        if not is_test(path)
        for place, edit in enumerate(whole_texts(after, renamed))
        if _keeps_tests(path, after, edit)
    ]
    if not 0 < len(found) <= _MOST:
        return None
    told = await evidence(_with(texts, found))
    if not _passes(told, failed):
        return None
    for one in list(found) if len(found) > 1 else ():
        if not goes_on():
            return None
        fewer = [other for other in found if other != one]
        without = await evidence(_with(texts, fewer))
        if _passes(without, failed):
            found, told = fewer, without
    mended = _with(texts, found)
    return {
        path: InTexts(
            texts[path][1], after, tuple(place for other, place, _ in found if other == path)
        )
        for path, (_, after) in mended.items()
        if after != texts[path][1]
    }, told


def _keeps_tests(path: str, content: str, edit: TextEdit) -> bool:
    after = edited(content, [edit])
    return keeps_assertions(content, after) and keeps_tests(path, content, after)


def _passes(told: Sequence[Check], failed: Sequence[Check]) -> bool:
    """Return whether all pass, and what failed was run; what was not says why."""
    proved = {one.name for one in told if one.passed and (one.proves or not one.detail)}
    wanted = {one.name for one in failed if not one.passed and not one.is_advice}
    return failure(told) is None and bool(wanted) and wanted <= proved


def _with(
    texts: Mapping[str, tuple[str, str]], found: list[tuple[str, int, TextEdit]]
) -> dict[str, tuple[str, str]]:
    return {
        path: (before, edited(after, [edit for other, _, edit in found if other == path]))
        for path, (before, after) in texts.items()
    }
