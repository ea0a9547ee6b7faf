"""How much of a unit stays as it is drawn when it goes on: what need not be drawn again."""

import re
from html import unescape

from PySide6.QtGui import QTextDocument

from spark_desktop.views.transcript_documents import is_longer
from spark_desktop.views.transcript_units import Text, Unit

_TAG = re.compile(r"<[^>]*>")


def same_height(before: Unit, now: Unit, document: QTextDocument) -> int:
    """Return how many pixels from the top of ``document``, laid out for ``before``, stay."""
    if isinstance(before, Text) and isinstance(now, Text):
        return _of_prose(before.prose.html, now.prose.html, document)
    if not is_longer(now, before):
        return 0
    # But for its last line, and the lower edge of its block.
    return int(document.documentLayout().blockBoundingRect(document.lastBlock()).top()) - 1


def _of_prose(before: str, now: str, document: QTextDocument) -> int:
    """Return the top of the block in which two texts begin to differ.

    It is found by counting what can be seen: where a block of HTML is in the document is not told.
    """
    known = _common(before, now)
    table = known.rfind("<table")
    if table > known.rfind("</table>"):
        # A row more may change the width of all columns.
        known = known[:table]
    wanted = _seen(known)
    counted, top = 0, None
    block = document.begin()
    while block.isValid():
        counted += len("".join(block.text().split()))
        if top is None and counted >= wanted:
            top = int(document.documentLayout().blockBoundingRect(block).top()) - 1
        block = block.next()
    # Where Qt shows other characters than were counted, all of it is drawn.
    return max(0, top) if top is not None and counted == _seen(before) else 0


def _seen(html: str) -> int:
    return len("".join(unescape(_TAG.sub("", html)).split()))


def _common(first: str, second: str) -> str:
    """Return what both begin with, up to the last tag or character that is whole."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[:middle] == second[:middle]:
            low = middle
        else:
            high = middle - 1
    known = first[:low]
    for begin, end in ("<>", "&;"):
        if known.rfind(begin) > known.rfind(end):
            known = known[: known.rfind(begin)]
    return known
