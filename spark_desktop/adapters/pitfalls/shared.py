"""What the rules of several languages do alike."""

from collections.abc import Iterable, Iterator, Sequence

from spark_desktop.adapters.pitfalls.code import Code, Edit
from spark_desktop.domain.small_change import SmallChange


def all_then_each(code: Code, groups: Iterable[Sequence[Edit]]) -> Iterator[SmallChange]:
    """Yield all groups of edits as one change, where there are several, then each alone.

    Who falls into a trap once does so again: what the test does not look at should be mended, too.
    Of two groups that meet, only the first is one of all.
    """
    found = [group for group in groups if group]
    if len(found) > 1:
        chosen: list[Edit] = []
        for group in found:
            more = [one for one in group if one not in chosen]
            if not any(_meet(one, other) for one in more for other in chosen):
                chosen += more
        yield code.together(chosen)
    for group in found:
        yield code.together(group)


def _meet(one: Edit, other: Edit) -> bool:
    return (one[0] < other[1] and other[0] < one[1]) or one[:2] == other[:2]
