"""An answer cut into units, with the place of each of its characters; all lanes share one."""

from bisect import bisect_right
from itertools import accumulate

from spark_desktop.views.highlighting import Spans
from spark_desktop.views.markdown_blocks import Code, blocks_of
from spark_desktop.views.transcript_code import CodeColors
from spark_desktop.views.transcript_column import Placed
from spark_desktop.views.transcript_units import CodePart, Text, Unit, answer_units

# Fewer than in a transcript: several lanes may come to a new part in the same frame.
_CODE_LINES = 16


class Score:
    """The whole text is known before the first lane plays: nothing is parsed while they do."""

    def __init__(self, text: str) -> None:
        self.placed = tuple(
            Placed(("answer", number), unit)
            for number, unit in enumerate(answer_units(text, _CODE_LINES))
        )
        self._ends = list(accumulate(_length(placed.unit) for placed in self.placed))
        self._codes = [block.text for block in blocks_of(text) if isinstance(block, Code)]
        self._colors = CodeColors()

    @property
    def length(self) -> int:
        """Return how many characters there are to reveal."""
        return self._ends[-1] if self._ends else 0

    def place_of(self, characters: int) -> tuple[int, float]:
        """Return the unit that so many characters end in, and how much of it they reveal (0 to 1).

        There must be at least one unit.
        """
        number = min(bisect_right(self._ends, characters), len(self._ends) - 1)
        start = self._ends[number - 1] if number else 0
        length = self._ends[number] - start
        return number, min(1.0, max(0, characters - start) / length) if length else 1.0

    def spans(self, number: int, budget: float) -> tuple[list[Spans], int, bool]:
        """Lex ``budget`` seconds for a code part; see CodeColors."""
        return self._colors.spans(self.placed[number], self._codes.__getitem__, budget)


def _length(unit: Unit) -> int:
    match unit:
        case CodePart(lines=lines):
            return sum(len(line) + 1 for line in lines)
        case Text(prose=prose):
            return len(prose.source) + 1
        case _:
            return 0
