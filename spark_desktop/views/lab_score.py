"""An answer cut into units, with the place of each of its characters; all lanes share one."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import accumulate, groupby

from PySide6.QtGui import QFont, QTextDocument

from spark_desktop.views.highlighting import Highlighter, lexer_for_language
from spark_desktop.views.theme import Theme
from spark_desktop.views.transcript_column import Placed
from spark_desktop.views.transcript_documents import Documents, Slot
from spark_desktop.views.transcript_units import CodePart, Text, Unit, answer_units
from spark_desktop.views.type_scale import TypeScale

# Fewer than in a transcript: several lanes may come to a new part in the same frame.
_CODE_LINES = 16


class Score:
    """The whole text is known before the first lane plays: nothing is parsed while they do."""

    def __init__(self, text: str, theme: Theme) -> None:
        self.placed = tuple(
            Placed(("answer", number), unit)
            for number, unit in enumerate(answer_units(text, _CODE_LINES))
        )
        self._ends = list(accumulate(_length(placed.unit) for placed in self.placed))
        # One for each code block. Its text is whole, so that it is never given another.
        self._lexed = list(_highlighters(placed.unit for placed in self.placed))
        self.set_theme(theme)

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

    def set_theme(self, theme: Theme) -> None:
        """Lay out in another theme from now on."""
        scale = TypeScale(theme.font_size, theme.code_family)
        self._documents = Documents(QFont(), theme, scale)
        self.placed = tuple(replace(placed, strip=scale.strip) for placed in self.placed)
        self._plain: set[Slot] = set()

    def document(self, number: int, width: int) -> QTextDocument:
        """Return a unit laid out for lanes ``width`` wide; lanes of one width share it."""
        placed = self.placed[number]
        slot, made = (str(width), number), self._documents.created
        document = self._documents.get(slot, placed.unit, placed.text_width(width))
        if self._documents.created != made and isinstance(placed.unit, CodePart):
            self._plain.add(slot)
            _keep_shapes(document)
        return document

    def is_plain(self, number: int, width: int) -> bool:
        """Return whether a unit still waits for the colours of its code."""
        return (str(width), number) in self._plain

    def color(self, number: int, width: int, budget: float) -> bool:
        """Lex ``budget`` seconds for a unit that is laid out; return whether it has its colours."""
        slot = (str(width), number)
        if slot not in self._plain:
            return True
        unit = self.placed[number].unit
        if not isinstance(unit, CodePart):
            return True
        lexed = self._lexed[unit.block]
        last = unit.first + len(unit.lines)
        if not lexed.advance(last - 1, budget):
            return False
        # In one go when all of it is lexed: each time, the whole document is laid out anew.
        spans = [lexed.spans(line) for line in range(unit.first, last)]
        self._documents.color(slot, spans, len(spans))
        self._plain.discard(slot)
        return True


def _highlighters(units: Iterable[Unit]) -> Iterator[Highlighter]:
    parts = [unit for unit in units if isinstance(unit, CodePart)]
    for _block, same in groupby(parts, key=lambda part: part.block):
        block = list(same)
        lines = [line for part in block for line in part.lines]
        yield Highlighter(lexer_for_language(block[0].language), lines)


def _keep_shapes(document: QTextDocument) -> None:
    # Else Qt shapes each line once more whenever it is drawn.
    block = document.begin()
    while block.isValid():
        block.layout().setCacheEnabled(True)
        block = block.next()


def _length(unit: Unit) -> int:
    match unit:
        case CodePart(lines=lines):
            return sum(len(line) + 1 for line in lines)
        case Text(prose=prose):
            return len(prose.source) + 1
        case _:
            return 0
