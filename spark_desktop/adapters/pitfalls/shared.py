"""What the rules of several languages need."""

from collections.abc import Iterable, Iterator

from spark_desktop.adapters.pitfalls.code import Code, Edit
from spark_desktop.domain.small_change import SmallChange


def all_then_each(code: Code, places: Iterable[Iterable[Edit]]) -> Iterator[SmallChange]:
    """Yield the edits of all places as one change, then those of each place alone.

    A place that meets an earlier one, as the inner of two that are nested, is only offered alone.
    """
    found = [sorted(place) for place in places]
    apart: list[Edit] = []
    count = 0
    for place in found:
        if all(not _meet(one, other) for one in place for other in apart):
            apart += place
            count += 1
    if count > 1:
        yield code.together(apart)
    for place in found:
        yield code.together(place)


def _meet(one: Edit, other: Edit) -> bool:
    if one[0] == one[1] and other[0] == other[1]:
        return False
    return one[0] < other[1] and other[0] < one[1]
