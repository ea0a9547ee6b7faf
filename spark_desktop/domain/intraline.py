"""What differs inside lines: which lines belong together, and which of their columns changed."""

import difflib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

from spark_desktop.domain.regex import regex

# Columns (start, end) of a line, in order and apart.
Columns = tuple[tuple[int, int], ...]
Blocks = Iterator[tuple[int, int, int, int]]

# The comparison of words costs up to the product of their numbers, 20 ns each: above this, a
# generated line's, only the equal ends count.
_MOST_WORD_PAIRS = 40_000
# Pairs of lines that are compared for one hunk, 2 microseconds each.
_MOST_LINE_PAIRS = 4_000
# A line's words that count for its likeness.
_WORDS_COMPARED = 60
_LEAST_LIKENESS = 0.5
_WORDS = regex(r"[^\W_]+|_+|\s+|[^\w\s]")


def intraline(old_line: str, new_line: str) -> tuple[Columns, Columns]:
    """Return the columns of each line that are not in the other: its words, or parts of a word.

    Where one word became another with the same beginning or end, only the rest of it counts, if
    that is the smaller part. Equal lines have none; those of a line of very many words are one
    stretch, from the first to the last difference. Endings count as text.
    """
    old, new = _WORDS.findall(old_line), _WORDS.findall(new_line)
    old_starts, new_starts = _starts(old), _starts(new)
    old_columns: list[tuple[int, int]] = []
    new_columns: list[tuple[int, int]] = []
    for i1, i2, j1, j2 in _joined(_blocks(old, new), old):
        a1, a2, b1, b2 = old_starts[i1], old_starts[i2], new_starts[j1], new_starts[j2]
        if i2 - i1 == 1 == j2 - j1:
            head, tail = _kept_ends(old[i1], new[j1])
            a1, a2, b1, b2 = a1 + head, a2 - tail, b1 + head, b2 - tail
        if a1 < a2:
            old_columns.append((a1, a2))
        if b1 < b2:
            new_columns.append((b1, b2))
    return tuple(old_columns), tuple(new_columns)


def paired(old: Sequence[str], new: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Return the pairs (i, j) of an old line and the new one that it became, in order.

    Lines are paired so that their likeness adds up to the most; less than half alike are none, and
    neither are blank ones. In a long hunk only lines at about the same place are compared, and in
    one of thousands of lines none.
    """
    reach = _MOST_LINE_PAIRS // max(len(old), len(new), 1) // 2
    if not old or not new or not reach:
        return ()
    olds, news = [_bag(line) for line in old], [_bag(line) for line in new]
    likeness: dict[tuple[int, int], float] = {}
    for i, bag in enumerate(olds):
        middle = i * len(new) // len(old)
        for j in range(max(0, middle - reach), min(len(new), middle + reach + 1)):
            alike = _likeness(bag, news[j])
            if alike >= _LEAST_LIKENESS:
                likeness[i, j] = alike
    return _heaviest(likeness)


# A pair, and the pair before it.
_Chain = tuple[int, int, "_Chain | None"]


def _heaviest(likeness: dict[tuple[int, int], float]) -> tuple[tuple[int, int], ...]:
    """Return the pairs, rising in both numbers, whose likeness adds up to the most."""
    # The best chains by the new line that they end at; a longer reach must weigh more.
    ends: list[int] = []
    totals: list[float] = []
    chains: list[_Chain] = []
    # Within a row from the right, so that no chain takes two pairs of one row.
    for i, j in sorted(likeness, key=lambda pair: (pair[0], -pair[1])):
        at = bisect_left(ends, j)
        total = likeness[i, j] + (totals[at - 1] if at else 0.0)
        chain = (i, j, chains[at - 1] if at else None)
        after = at
        while after < len(ends) and totals[after] <= total:
            after += 1
        if after == at < len(ends) and ends[at] == j:
            continue
        ends[at:after], totals[at:after], chains[at:after] = [j], [total], [chain]
    return tuple(reversed(list(_links(chains[-1] if chains else None))))


def _links(chain: "_Chain | None") -> Iterator[tuple[int, int]]:
    while chain is not None:
        yield chain[0], chain[1]
        chain = chain[2]


def _bag(line: str) -> Counter[str]:
    words = [word for word in _WORDS.findall(line) if not word.isspace()]
    return Counter(words[:_WORDS_COMPARED])


def _likeness(old: Counter[str], new: Counter[str]) -> float:
    """Return the share of words that two lines have in common, from 0 to 1 (Dice)."""
    count = old.total() + new.total()
    if not count or 2 * min(old.total(), new.total()) < _LEAST_LIKENESS * count:
        return 0.0
    return 2 * (old & new).total() / count


def _blocks(old: list[str], new: list[str]) -> Blocks:
    """Yield the runs of words that differ, (i1, i2, j1, j2)."""
    head, tail = _shared_ends(old, new)
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    if not a or not b or len(a) * len(b) > _MOST_WORD_PAIRS:
        if a or b:
            yield head, head + len(a), head, head + len(b)
        return
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag != "equal":
            yield i1 + head, i2 + head, j1 + head, j2 + head


def _joined(blocks: Blocks, old: list[str]) -> Blocks:
    """Join runs with nothing but a blank between them: one stretch reads better than crumbs."""
    held: tuple[int, int, int, int] | None = None
    for i1, i2, j1, j2 in blocks:
        if held is not None and all(word.isspace() for word in old[held[1] : i1]):
            held = held[0], i2, held[2], j2
            continue
        if held is not None:
            yield held
        held = i1, i2, j1, j2
    if held is not None:
        yield held


def _shared_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Return how many items two sequences share at their beginning, and at their end."""
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    rest = shorter - head
    tail = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    return head, tail


def _kept_ends(old: str, new: str) -> tuple[int, int]:
    """Return the shared ends of two words where they are most of the shorter one, else none."""
    head, tail = _shared_ends(old, new)
    return (head, tail) if 2 * (head + tail) > min(len(old), len(new)) else (0, 0)


def _starts(words: Sequence[str]) -> list[int]:
    return [0, *accumulate(len(word) for word in words)]
