"""Tells blocks that may stand in several places apart by the order in which they were written."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from spark_desktop.domain.edit_blocks import Rewrite
from spark_desktop.domain.places import Place, hinted
from spark_desktop.domain.placing import NoPlace
from spark_desktop.domain.words import say

Found = Place | NoPlace


def ordered(blocks: Sequence[tuple[int, Rewrite]], found: Mapping[int, Found]) -> dict[int, Found]:
    """Return where the blocks of one file stand, by number, with those placed that order decides.

    Only where all that have a place are written in the file's order: then a block stands between
    its neighbours. As many blocks with the same old lines as there are places take them in order.
    """
    decided = dict(found)
    spans = [place.span for number, _ in blocks if isinstance(place := found[number], Place)]
    if any(one.start > other.start for one, other in pairwise(spans)):
        return decided
    for run, above, below in _open_runs(blocks, found):
        alike: dict[tuple[str, ...], list[int]] = {}
        for number, block in run:
            alike.setdefault(block.old, []).append(number)
        for numbers in alike.values():
            rivals = _rivals(found[numbers[0]], above, below)
            if len(rivals) == len(numbers):
                decided.update(zip(numbers, map(_by_order, rivals), strict=True))
    return decided


def _open_runs(
    blocks: Sequence[tuple[int, Rewrite]], found: Mapping[int, Found]
) -> list[tuple[list[tuple[int, Rewrite]], int, int | None]]:
    """Return runs of blocks with several places, and the lines between which each must stand."""
    runs: list[tuple[list[tuple[int, Rewrite]], int, int | None]] = []
    run: list[tuple[int, Rewrite]] = []
    above = 0
    for number, block in blocks:
        place = found[number]
        if isinstance(place, Place):
            if run:
                runs.append((run, above, place.span.start))
            run, above = [], place.span.end
        elif place.rivals:
            run.append((number, block))
    return [*runs, (run, above, None)] if run else runs


def _rivals(found: Found, above: int, below: int | None) -> list[Place]:
    places = found.rivals if isinstance(found, NoPlace) else ()
    return [
        place
        for place in sorted(places, key=lambda place: place.span.start)
        if place.span.start >= above and (below is None or place.span.end <= below)
    ]


def _by_order(place: Place) -> Place:
    return hinted(place, say("of several places the one that fits the order of the blocks"))
