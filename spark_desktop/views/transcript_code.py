"""Colours of the code blocks of a transcript, found for the blocks that are seen."""

from collections import OrderedDict
from collections.abc import Callable

from spark_desktop.views.highlighting import Highlighter, lexer_for_language
from spark_desktop.views.transcript_column import Placed
from spark_desktop.views.transcript_documents import Documents
from spark_desktop.views.transcript_units import CodePart

# More blocks than are ever in view at one time.
_CAPACITY = 32
# The turn, the number of the block in it, and its language, which is known a little later.
_Key = tuple[str, int, str]


class CodeColors:
    """Highlighters by code block."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, Highlighter] = OrderedDict()

    def color(
        self, placed: Placed, documents: Documents, code: Callable[[int], str], budget: float
    ) -> tuple[float | None, bool]:
        """Lex ``budget`` seconds for a part of a code block that is laid out, and colour it.

        Return from which height on it looks different now, and whether all of it is lexed.
        ``code`` gives the text of a block.
        """
        unit = placed.unit
        if not isinstance(unit, CodePart) or documents.is_colored(placed.slot):
            return None, True
        highlighter = self._highlighter(placed.slot[0], unit, code(unit.block))
        end = unit.first + len(unit.lines)
        done = highlighter.advance(end - 1, budget)
        first = documents.uncolored(placed.slot, highlighter.version)
        if first is None:
            return None, done
        spans = [highlighter.spans(line) for line in range(unit.first + first, end)]
        final = max(0, highlighter.final - unit.first)
        return documents.color(placed.slot, spans, final, highlighter.version), done

    def _highlighter(self, turn_id: str, unit: CodePart, text: str) -> Highlighter:
        key = (turn_id, unit.block, unit.language)
        found = self._kept.get(key)
        if found is None:
            found = Highlighter(lexer_for_language(unit.language), text.split("\n"))
            self._kept[key] = found
            if len(self._kept) > _CAPACITY:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
            found.grow(text)
        return found
