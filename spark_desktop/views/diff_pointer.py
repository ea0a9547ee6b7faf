"""The mouse in a diff: buttons, folds, selecting by drag, and the place for a comment."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip

from spark_desktop.viewmodels.diff_rows import FoldRow, HeadRow, new_line, old_line
from spark_desktop.views.diff_buttons import Button, tip_of
from spark_desktop.views.diff_lanes import Side, cells

if TYPE_CHECKING:
    from spark_desktop.views.diff_view import DiffView

_LEFT = Qt.MouseButton.LeftButton


class DiffPointer:
    """Takes the mouse of ``view``."""

    def __init__(self, view: "DiffView") -> None:
        self._view = view

    def press(self, event: QMouseEvent) -> None:
        """Press a button, open a fold, or begin to select lines."""
        view, place = self._view, event.position().toPoint()
        row = view.rows.row_at(place)
        if event.button() != _LEFT or row is None:
            return
        button, comment = self._button_at(place), view.marks.comment
        if button:
            view.press(button)
        elif comment and view.stage.comment_rect(*comment).contains(place):
            view.ask_for_comment(*comment)
        elif isinstance(view.content.rows[row], FoldRow):
            view.open_fold(row)
        else:
            anchor = view.selection.anchor
            extends = event.modifiers() & Qt.KeyboardModifier.ShiftModifier and anchor is not None
            side = self._side_at(place)
            view.select(anchor if extends and anchor is not None else row, row, side)
            hunk = view.content.hunk_at(row)
            if hunk:
                view.hunk_clicked.emit(hunk)

    def move(self, event: QMouseEvent) -> None:
        """Extend the selection, or show what is under the mouse."""
        view, place = self._view, event.position().toPoint()
        row = view.rows.row_at(place)
        if event.buttons() & _LEFT:
            anchor = view.selection.anchor
            if row is not None and anchor is not None:
                view.select(anchor, row, view.selection.side)
                view.rows.reveal(row, row + 1)
            return
        hovered, block = self._button_at(place), view.content.block_at(-1 if row is None else row)
        comment = self._comment_at(place, row)
        marks = view.marks
        now = (marks.hovered, marks.hovered_block, marks.comment)
        if now != (hovered, block, comment):
            marks.hovered, marks.hovered_block, marks.comment = hovered, block, comment
            view.refresh()
        is_fold = row is not None and isinstance(view.content.rows[row], FoldRow)
        on_comment = comment and view.stage.comment_rect(*comment).contains(place)
        points = hovered or is_fold or on_comment
        shape = Qt.CursorShape.PointingHandCursor if points else Qt.CursorShape.IBeamCursor
        view.viewport().setCursor(shape)

    def leave(self) -> None:
        """Forget what was under the mouse."""
        marks = self._view.marks
        if marks.hovered or marks.hovered_block or marks.comment:
            marks.hovered, marks.hovered_block, marks.comment = None, None, None
            self._view.refresh()

    def tell(self, event: QHelpEvent) -> bool:
        """Show the tooltip of what is under the mouse; return whether there is one."""
        view, place = self._view, event.pos()
        button, comment = self._button_at(place), view.marks.comment
        row = view.rows.row_at(place)
        found = view.content.rows[row] if row is not None else None
        if button:
            text = tip_of(button)
        elif comment and view.stage.comment_rect(*comment).contains(place):
            text = view.comment_tip()
        elif isinstance(found, HeadRow):
            # It may be longer than the view is wide.
            text = found.text
        else:
            return False
        QToolTip.showText(event.globalPos(), text, view)
        return True

    def _button_at(self, place: QPoint) -> Button | None:
        view = self._view
        row = view.rows.row_at(place)
        block = None if row is None else view.content.block_at(row)
        is_full = block is not None and block in (view.marks.current, view.marks.hovered_block)
        width = view.stage.scene.width
        return view.stage.buttons.at(view.content, place, width, is_full=is_full)

    def _side_at(self, place: QPoint) -> Side:
        return self._view.stage.scene.lane_at(place.x()).side

    def _comment_at(self, place: QPoint, row: int | None) -> tuple[int, Side] | None:
        """Return the row and side whose line could be commented on from here."""
        view = self._view
        if row is None or not view.content.is_diff:
            return None
        lane = view.stage.scene.lane_at(place.x())
        if place.x() >= lane.text:
            return None
        shown = next(
            (r for at, r in cells(view.content.rows[row], view.stage.scene) if at is lane), None
        )
        if shown is None or isinstance(shown, FoldRow):
            return None
        has_line = old_line(shown) is not None or new_line(shown) is not None
        return (row, lane.side) if has_line else None
