"""What is selected in a transcript: from one position to another, over units."""

from dataclasses import dataclass

from PySide6.QtGui import QTextCursor, QTextDocument

from spark_desktop.views.transcript_column import Column
from spark_desktop.views.transcript_documents import Slot


@dataclass(frozen=True, slots=True)
class Position:
    """A place between characters of a unit's document."""

    slot: Slot
    offset: int


@dataclass(frozen=True, slots=True)
class Selection:
    """From where the mouse went down to where it is."""

    anchor: Position
    end: Position

    @property
    def is_empty(self) -> bool:
        """Return whether nothing lies between."""
        return self.anchor == self.end

    def units(self, column: Column) -> range:
        """Return the numbers of the units that it touches; empty once one of its ends is gone."""
        first, last = column.number(self.anchor.slot), column.number(self.end.slot)
        if first is None or last is None or self.is_empty:
            return range(0)
        return range(min(first, last), max(first, last) + 1)

    def cursor(self, column: Column, number: int, document: QTextDocument) -> QTextCursor | None:
        """Return what is selected of one unit's document; None where nothing is."""
        units = self.units(column)
        if number not in units:
            return None
        start, end = sorted((column.number(p.slot) or 0, p.offset) for p in (self.anchor, self.end))
        last = document.characterCount() - 1
        cursor = QTextCursor(document)
        cursor.setPosition(min(start[1], last) if number == start[0] else 0)
        stop = min(end[1], last) if number == end[0] else last
        cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
        return cursor
