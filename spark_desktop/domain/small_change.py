"""One small change of a code text, as a slip of the keyboard or of the mind would be undone."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SmallChange:
    """``text`` in the place of the characters from ``start`` to ``end``.

    ``rank`` says how likely such a slip is, 0 the likeliest. Changes of one ``place`` from 0 on are
    ways out that exclude one another: which one was meant is not said where several pass.
    """

    start: int
    end: int
    text: str
    rank: int = field(default=0, compare=False)
    place: int = field(default=-1, compare=False)

    def applied(self, content: str) -> str:
        """Return the content with the change."""
        return content[: self.start] + self.text + content[self.end :]


# What is mistaken for what; the likeliest first. Comparisons at their bounds lead: most slips are
# off by one (as the catalogues of mutation testing have it).
_TWINS: tuple[tuple[str, ...], ...] = (
    ("< <=", "> >="),
    ("== !=", "=== !==", "and or", "&& ||", "is is_not"),
    ("< >", "<= >=", "+ -", "* /", "/ //", "// %", "+= -=", "*= /=", "<< >>", "& |"),
    ("True False", "true false", "min max", "any all", "append extend", "push unshift"),
    ("startswith endswith", "startsWith endsWith", "starts_with ends_with", "lower upper"),
    ("lstrip rstrip", "trimStart trimEnd", "trim_start trim_end", "floor ceil", "keys values"),
    ("push_back push_front", "pop shift", "first last", "left right", "break continue"),
    ("bisect_left bisect_right", "append appendleft", "pop popleft", "removeprefix removesuffix"),
    ("union intersection", "issubset issuperset", "nlargest nsmallest", "takewhile dropwhile"),
    ("combinations permutations", "weekday isoweekday", "isalpha isalnum", "isdigit isalnum"),
    ("islower isupper", "ljust rjust", "partition rpartition", "find rfind", "split rsplit"),
)
# Below those: numbers that are one more or less, and one name in the place of another.
REMOVED, NUMBER, NAME, NEGATED, SWAPPED = 1, 2, 3, 4, 5


def twins(word: str) -> Sequence[tuple[int, str]]:
    """Return what a word may have been meant to be, each with its rank, 0 for the likeliest."""
    found = []
    for rank, pairs in enumerate(_TWINS):
        for pair in pairs:
            # A blank parts the two; "is_not" stands for what has one itself.
            one, other = (text.replace("is_not", "is not") for text in pair.split())
            if word == one:
                found.append((rank, other))
            elif word == other:
                found.append((rank, one))
    return found
