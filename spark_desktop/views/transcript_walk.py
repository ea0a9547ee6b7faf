"""From turn to turn in a transcript, and from code block to code block, by the keyboard."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QKeyCombination, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.transcript_access import read_out
from spark_desktop.views.transcript_buttons import BlockAction, Target

if TYPE_CHECKING:
    from spark_desktop.views.transcript_view import TranscriptView

_COPY_MARKDOWN = QKeyCombination(
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier, Qt.Key.Key_C
)
_TURN_BEFORE = QKeyCombination(Qt.KeyboardModifier.AltModifier, Qt.Key.Key_Up)
_NEXT_TURN = QKeyCombination(Qt.KeyboardModifier.AltModifier, Qt.Key.Key_Down)


class Walk:
    """Takes the keys of ``view``."""

    def __init__(self, view: "TranscriptView") -> None:
        self._view = view

    def press_key(self, event: QKeyEvent) -> bool:
        """Copy, select all, go to a turn or to the ends, use a code block.

        Return False where the key is none of these.
        """
        view, keys = self._view, event.keyCombination()
        if event.matches(QKeySequence.StandardKey.Copy):
            view.copy_selection()
        elif keys == _COPY_MARKDOWN:
            view.copy_selection(as_markdown=True)
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            view.marking.select_all()
        elif keys in (_TURN_BEFORE, _NEXT_TURN):
            self.go(1 if keys == _NEXT_TURN else -1)
        elif event.key() == Qt.Key.Key_Home:
            view.verticalScrollBar().setValue(view.verticalScrollBar().minimum())
        elif event.key() == Qt.Key.Key_End:
            view.go_to_end()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and view.blocks.active:
            inserts = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            action = BlockAction.INSERT if inserts else BlockAction.COPY
            view.press(Target(view.blocks.active, action))
        else:
            return False
        return True

    def go(self, by: int) -> None:
        """Go to the next turn, or with -1 to the one before, and let it be read out."""
        turns = self._view.stage.column.turns
        if not turns:
            return
        here = self._view.current_turn or self._view.turn_at(QPoint(0, 0))
        number = turns.index(here) if here in turns else 0
        if self._view.current_turn is not None:
            number = max(0, min(len(turns) - 1, number + by))
        self.show(turns[number])

    def show(self, turn_id: str) -> None:
        """Go to a turn, and let it be read out; one that is not shown is passed over."""
        view, column = self._view, self._view.stage.column
        turns = column.turns
        if turn_id not in turns:
            return
        number = turns.index(turn_id)
        view.current_turn = turn_id
        view.stage.follows = False
        first = column.turn(turn_id).start
        for _ in range(2):
            # What stands above was estimated until it is laid out.
            view.verticalScrollBar().setValue(column.top(first))
        view.refresh()
        place = tr("Turn {number} of {count}", number=number + 1, count=len(turns))
        read_out(view, view.turns[turn_id], view.stage.documents, place)
        view.turn_reached.emit(turn_id)

    def next_block(self, forward: bool) -> bool:
        """Go to the next copy button of what is visible; return False behind the last one."""
        view = self._view
        blocks = list(view.stage.boxes())
        step = 1 if forward else -1
        start = -1 if forward else len(blocks)
        here = blocks.index(view.blocks.active) if view.blocks.active in blocks else start
        is_there = 0 <= here + step < len(blocks)
        view.activate(blocks[here + step] if is_there else None)
        return is_there

    def place_buttons(self) -> None:
        """Show what can be done with the current turn, beside it."""
        view, stage = self._view, self._view.stage
        turn_id = view.current_turn
        if turn_id is None or turn_id not in view.turns:
            view.turn_buttons.show_for(None, 0, 0, False)
            return
        units = stage.column.turn(turn_id)
        rect = stage.text_rect(min(units.start + 2, units.stop - 1))
        # Stays in view while any of the answer is.
        last = stage.top(units.stop - 1) + rect.height()
        middle = max(rect.center().y(), rect.height() // 2 + 8)
        place = QRect(0, middle - 8, view.viewport().width(), 16)
        boxes = view.button_rects(view.blocks.active) if view.blocks.active else {}
        is_covered = last < middle or any(r.intersects(place) for r in boxes.values())
        is_hidden = view.is_streaming(turn_id) or is_covered
        view.turn_buttons.offer(view.can_go_on(turn_id))
        view.turn_buttons.show_for(turn_id, rect.right(), middle, is_hidden)
