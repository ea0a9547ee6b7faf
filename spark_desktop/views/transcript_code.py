"""Colours of the code blocks of a transcript, found for the blocks that are seen."""

from collections import OrderedDict
from collections.abc import Callable

from spark_desktop.views.highlighting import Highlighter, Spans, lexer_for_language
from spark_desktop.views.transcript_column import Placed
from spark_desktop.views.transcript_units import CodePart

# More blocks than are ever in view at one time.
_CAPACITY = 32


class CodeColors:
    """Highlighters by code block."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], Highlighter] = OrderedDict()

    def spans(
        self, placed: Placed, code: Callable[[int], str], budget: float
    ) -> tuple[list[Spans], int, bool]:
        """Lex ``budget`` seconds for a part of a code block.

        Return the tokens of each of its lines, how many lines of the block are lexed, and whether
        all of the part is. ``code`` gives the text of a block.
        """
        unit = placed.unit
        if not isinstance(unit, CodePart):
            return [], 0, True
        key = (placed.slot[0], unit.block)
        lines = code(unit.block).split("\n")
        highlighter = self._kept.get(key)
        if highlighter is None:
            highlighter = self._kept[key] = Highlighter(lexer_for_language(unit.language), lines)
            if len(self._kept) > _CAPACITY:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
            highlighter.extend(lines)
        last = unit.first + len(unit.lines)
        done = highlighter.advance(last - 1, budget)
        spans = [highlighter.spans(line) for line in range(unit.first, last)]
        return spans, highlighter.known, done
