"""Selects in a transcript: by the mouse, a word, or everything."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QPoint
from PySide6.QtGui import QTextCursor, QTextDocument

from spark_desktop.views.transcript_copy import markdown_of, text_of
from spark_desktop.views.transcript_selection import Position, Selection
from spark_desktop.views.transcript_stage import Stage


class Marking:
    """What is selected on ``stage``; ``changed`` is called when that is another part."""

    def __init__(self, stage: Stage, changed: Callable[[], None]) -> None:
        self._stage, self._changed = stage, changed
        self._selection: Selection | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is selected."""
        return self._selection is None or self._selection.is_empty

    def pieces(self, *, as_markdown: bool) -> Iterator[str]:
        """Return what is selected, piece by piece."""
        if self._selection is None:
            return iter(())
        make = markdown_of if as_markdown else text_of
        return make(self._selection, self._stage)

    def cursor(self, number: int, document: QTextDocument) -> QTextCursor | None:
        """Return what is selected of one unit's document; None where nothing is."""
        if self._selection is None:
            return None
        return self._selection.cursor(self._stage.column, number, document)

    def clear(self) -> None:
        """Select nothing, without a word."""
        self._selection = None

    def begin(self, place: QPoint) -> None:
        """Select from a place of the viewport on."""
        position = self._position(place)
        self._set(Selection(position, position) if position else None)

    def extend(self, place: QPoint) -> None:
        """Select up to a place of the viewport."""
        position = self._position(place)
        if self._selection and position:
            self._set(Selection(self._selection.anchor, position))

    def select_all(self) -> None:
        """Select the whole thread."""
        placed = self._stage.column.placed
        if placed:
            end = self._stage.document(len(placed) - 1).characterCount() - 1
            self._set(Selection(Position(placed[0].slot, 0), Position(placed[-1].slot, end)))

    def select_word(self, place: QPoint) -> None:
        """Select the word at a place of the viewport."""
        position = self._position(place)
        number = self._stage.column.number(position.slot) if position else None
        if position is None or number is None:
            return
        cursor = QTextCursor(self._stage.document(number))
        cursor.setPosition(position.offset)
        cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        self._set(Selection(Position(position.slot, start), Position(position.slot, end)))

    def _position(self, place: QPoint) -> Position | None:
        number = self._stage.unit_at(place)
        if number is None:
            return None
        slot = self._stage.column.placed[number].slot
        return Position(slot, self._stage.offset_at(number, place))

    def _set(self, selection: Selection | None) -> None:
        if selection != self._selection:
            self._selection = selection
            self._changed()
