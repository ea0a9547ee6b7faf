"""Finds the lines of a file that are most like given ones."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from spark_desktop.domain.file_lines import FileLines, is_blank, key_of
from spark_desktop.domain.places import Place
from spark_desktop.domain.regex import regex
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import say

# A line or a word that occurs more often says little about a place.
_OFTEN = 64
# Words that are looked for, the rarest first, and places that are looked at closely.
_WORDS, _LOOKED_AT = 32, 8
# Two lines are the same line, changed, from this likeness on.
_PAIR = 0.6
# Longer lines, and longer runs of changed lines, are compared in a simpler way.
_LONG_LINE, _LONG_RUN = 300, 256
# Changed lines of a block that are compared; with more of them it is not like the place anyway.
_CHANGED = 200
_WORD = regex(r"\w{3,}")


@dataclass(frozen=True, slots=True)
class _Pair:
    """A written line of the block and one of the file, by their counts, and what they share."""

    one: int
    there: int
    shared: float


def alike(old: Sequence[str], file: FileLines) -> list[Place]:
    """Return places that are like the lines, the best first, without overlaps.

    The score is the share of characters, blanks apart, that the lines of the block and of the place
    have in common: twice the common ones by all of both (as Ratcliff and Obershelp's), where
    lines that are less than 60 % alike have none; or the share of lines, counted in the same way,
    if that is less. The work is bounded: eight places are compared that share the rarest lines and
    words with the block.
    """
    numbers = [number for number, line in enumerate(old) if not is_blank(line)]
    keys = [key_of(old[number]) for number in numbers]
    if not keys or not file.keys:
        return []
    found = [
        place
        for shift in _candidates(old, numbers, keys, file)
        if (place := _compared(keys, numbers, shift, file)) is not None
    ]
    found.sort(key=lambda place: (-place.score, place.span.start))
    apart: list[Place] = []
    for place in found:
        if all(_is_apart(place.span, other.span) for other in apart):
            apart.append(place)
    return apart


def _candidates(
    old: Sequence[str], numbers: Sequence[int], keys: Sequence[str], file: FileLines
) -> list[int]:
    """Return by how many written lines the block is shifted at the places worth comparing."""
    votes: defaultdict[int, float] = defaultdict(float)
    for place, key in enumerate(keys):
        spots = file.spots.get(key, ())
        for spot in spots[:_OFTEN]:
            votes[spot - place] += len(key) / len(spots)
    for place, spot, weight in _words_shared(old, numbers, file):
        votes[spot - place] += weight
    around = {
        shift: sum(votes[shift + step] for step in (-2, -1, 0, 1, 2) if shift + step in votes)
        for shift in votes
    }
    slack = _slack(len(keys))
    chosen: list[int] = []
    for shift in sorted(around, key=lambda one: (-around[one], -votes[one], one)):
        if all(abs(shift - other) > min(slack, len(keys) - 1) for other in chosen):
            chosen.append(shift)
            if len(chosen) == _LOOKED_AT:
                break
    return chosen


def _words_shared(
    old: Sequence[str], numbers: Sequence[int], file: FileLines
) -> Iterator[tuple[int, int, float]]:
    """Yield a line of the block, one of the file with a rare word of it, and what that counts."""
    lines: dict[str, list[int]] = {}
    for place, number in enumerate(numbers):
        for word in _WORD.findall(old[number][:_LONG_LINE]):
            lines.setdefault(word, []).append(place)
    rarest = sorted(lines, key=lambda word: (len(lines[word]), -len(word), word))[:_WORDS]
    counted = [(file.text.count(word), word) for word in rarest]
    spots = {number: spot for spot, number in enumerate(file.written)}
    usable = sorted((count, word) for count, word in counted if 0 < count <= _OFTEN)
    for count, word in usable:
        at = file.text.find(word)
        while at >= 0:
            spot = spots.get(file.line_at(at))
            for place in lines[word][:8] if spot is not None else ():
                yield place, spot or 0, len(word) / count / 4
            at = file.text.find(word, at + 1)


def _compared(
    keys: Sequence[str], numbers: Sequence[int], shift: int, file: FileLines
) -> Place | None:
    slack = _slack(len(keys))
    first = max(0, shift - slack)
    window = file.keys[first : max(0, shift + len(keys) + slack)]
    pairs = _pairs(keys, window)
    if not pairs:
        return None
    wanted = sum(map(len, keys))
    pairs, characters = _tightened(pairs, window, wanted)
    score = min(characters, _lines_alike(pairs, keys, window))
    lines = [(numbers[pair.one], file.written[first + pair.there]) for pair in pairs]
    percent = int(score * 100)
    return Place(
        Span(lines[0][1], lines[-1][1] + 1),
        min(score, 0.99),
        say("{percent} % alike", percent=min(percent, 99)),
        tuple(lines),
    )


def _pairs(keys: Sequence[str], window: Sequence[str]) -> list[_Pair]:
    matcher = SequenceMatcher(None, window, keys, autojunk=len(window) > 1000)
    found: list[_Pair] = []
    left = _CHANGED
    for tag, j1, j2, i1, i2 in matcher.get_opcodes():
        if tag == "equal":
            found += [_Pair(i1 + step, j1 + step, len(keys[i1 + step])) for step in range(i2 - i1)]
        elif tag == "replace" and i2 - i1 <= left:
            left -= i2 - i1
            found += _changed_pairs(keys, window, Span(i1, i2), Span(j1, j2))
    return found


def _changed_pairs(
    keys: Sequence[str], window: Sequence[str], ones: Span, theres: Span
) -> list[_Pair]:
    """Return which lines of two runs are each other changed, in order, sharing the most."""
    if min(len(ones), len(theres)) > _LONG_RUN // 4:
        # So much of a block is not like anything, whichever lines were laid beside each other.
        return []
    if len(ones) * len(theres) > _LONG_RUN:
        offsets = range(min(len(ones), len(theres)))
        steps = [(ones.start + step, theres.start + step) for step in offsets]
        pairs = [_Pair(i, j, _shared(keys[i], window[j])) for i, j in steps]
        return [pair for pair in pairs if pair.shared]
    # best[i][j]: what the first i and the first j lines share at most, and by which pairs.
    best: list[list[tuple[float, tuple[_Pair, ...]]]] = [[(0.0, ())] * (len(theres) + 1)]
    for i in range(len(ones)):
        row: list[tuple[float, tuple[_Pair, ...]]] = [(0.0, ())]
        for j in range(len(theres)):
            shared = _shared(keys[ones.start + i], window[theres.start + j])
            most = max(best[i][j + 1], row[j], key=lambda entry: entry[0])
            total, pairs_so_far = best[i][j]
            if shared and total + shared > most[0]:
                pair = _Pair(ones.start + i, theres.start + j, shared)
                most = (total + shared, (*pairs_so_far, pair))
            row.append(most)
        best.append(row)
    return list(best[-1][-1][1])


def _shared(one: str, other: str) -> float:
    """Return how many characters of each of two lines are the same, 0 where they are not alike."""
    length = len(one) + len(other)
    if 2 * min(len(one), len(other)) < _PAIR * length:
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.quick_ratio() < _PAIR:
        return 0.0
    ratio = matcher.quick_ratio() if length > 2 * _LONG_LINE else matcher.ratio()
    return ratio * length / 2 if ratio >= _PAIR else 0.0


def _tightened(pairs: list[_Pair], window: Sequence[str], wanted: int) -> tuple[list[_Pair], float]:
    """Return the pairs without outer ones that only make the place longer, and the score."""
    sizes = [0]
    for key in window:
        sizes.append(sizes[-1] + len(key))
    total = sum(pair.shared for pair in pairs)
    first, last = 0, len(pairs)

    def score(start: int, end: int, shared: float) -> float:
        room = sizes[pairs[end - 1].there + 1] - sizes[pairs[start].there]
        return 2 * shared / (wanted + room)

    best = score(first, last, total)
    while last - first > 1:
        without_first = score(first + 1, last, total - pairs[first].shared)
        without_last = score(first, last - 1, total - pairs[last - 1].shared)
        if max(without_first, without_last) <= best:
            break
        if without_first >= without_last:
            total, first, best = total - pairs[first].shared, first + 1, without_first
        else:
            total, last, best = total - pairs[last - 1].shared, last - 1, without_last
    return pairs[first:last], best


def _lines_alike(pairs: Sequence[_Pair], keys: Sequence[str], window: Sequence[str]) -> float:
    """Return the share of lines in common: a changed line counts for the part that is the same."""
    alike = sum(2 * pair.shared / (len(keys[pair.one]) + len(window[pair.there])) for pair in pairs)
    return 2 * alike / (len(keys) + pairs[-1].there + 1 - pairs[0].there)


def _slack(count: int) -> int:
    """Return how many written lines more or fewer the place may have at each end."""
    return max(2, count // 4)


def _is_apart(one: Span, other: Span) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return 2 * shared <= min(len(one), len(other))
