"""Looks for words in the transcript that is shown, and goes from match to match."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextDocument

from spark_desktop.views.frames import single_shot
from spark_desktop.views.highlighting import SLICE
from spark_desktop.views.transcript_find import Find
from spark_desktop.views.transcript_paint import Mark
from spark_desktop.views.transcript_stage import Stage, height_of
from spark_desktop.views.transcript_units import Change, Header


class Search:
    """``finding`` is where the words occur on ``stage``; ``found`` is called when that changed.

    ``moved`` is called when the view went to a match.
    """

    def __init__(
        self,
        parent: QObject,
        stage: Stage,
        found: Callable[[], None],
        moved: Callable[[], None],
    ) -> None:
        self.finding = Find()
        self._stage, self._found, self._moved = stage, found, moved
        # Whether the view goes to the first match once it is known.
        self._seeks = False
        self._timer = single_shot(parent, 0, self._go_on)

    @property
    def is_waiting(self) -> bool:
        """Return whether units are still to be searched."""
        return self._timer.isActive()

    def look_for(self, query: str) -> None:
        """Look for a text in the whole thread, and go to where it occurs."""
        self.finding.start(query)
        self._seeks = bool(query)
        self._timer.start()

    def again(self) -> None:
        """Begin anew with the same text, in another thread."""
        self.finding.start(self.finding.query)

    def changed(self, changes: Iterable[tuple[str, Change]]) -> None:
        """Search again what became other."""
        if not self.finding.query:
            return
        for turn_id, change in changes:
            if not all(isinstance(unit, Header) for unit in change.units):
                self.finding.forget(self._stage.column.turn(turn_id).start + change.first)
        self._timer.start()

    def go_to(self, by: int) -> None:
        """Go to the next match, or with -1 to the one before."""
        finding = self.finding
        number = finding.step(by, self._stage.visible().start)
        if number is None:
            return
        ranges = finding.ranges(number, self._stage.document(number))
        if finding.current is None or not ranges:
            return
        match = min(finding.current[1], len(ranges) - 1)
        finding.current = (number, match)
        self._stage.show(number, height_of(self._stage.document(number), ranges[match][0]))
        self._moved()

    def marks(self, number: int, document: QTextDocument) -> list[Mark]:
        """Return what is found in one unit's document."""
        if not self.finding.query:
            return []
        ranges = self.finding.ranges(number, document)
        return [
            Mark(start, length, self.finding.current == (number, match))
            for match, (start, length) in enumerate(ranges)
        ]

    def _go_on(self) -> None:
        if not self.finding.advance(self._stage.column.placed, SLICE):
            self._timer.start()
        elif self._seeks:
            # As one types, the view goes to the first match from where it is.
            self._seeks = False
            self.go_to(1)
        self._found()
