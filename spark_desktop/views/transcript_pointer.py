"""What the mouse does in a transcript: links, selecting, and tips of what it is over."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QCursor, QDesktopServices, QMouseEvent

from spark_desktop.viewmodels.emulation_words import emulation_tip
from spark_desktop.views.transcript_buttons import tip_of
from spark_desktop.views.transcript_units import Header

if TYPE_CHECKING:
    from spark_desktop.views.transcript_view import TranscriptView


class Pointer:
    """Takes the mouse events of ``view``."""

    def __init__(self, view: "TranscriptView") -> None:
        self._view = view
        # What was pressed, until the button is let go.
        self._link = ""

    def press(self, event: QMouseEvent) -> None:
        """Use a button of a block, or begin to select."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place = event.position().toPoint()
        target = self._view.target_at(place)
        if target:
            self._view.press(target)
            return
        self._link = self._link_at(place)
        self._view.marking.begin(place)

    def move(self, event: QMouseEvent) -> None:
        """Extend the selection, or show what is under the mouse."""
        view, place = self._view, event.position().toPoint()
        if event.buttons() & Qt.MouseButton.LeftButton:
            view.marking.extend(place)
            return
        view.current_turn = view.turn_at(place)
        view.walk.place_buttons()
        boxes = view.stage.boxes()
        view.activate(next((b for b, box in boxes.items() if box.rect.contains(place)), None))
        is_hand = view.target_at(place) or self._link_at(place)
        shape = Qt.CursorShape.PointingHandCursor if is_hand else Qt.CursorShape.IBeamCursor
        view.viewport().setCursor(shape)

    def release(self, event: QMouseEvent) -> None:
        """Open the link that was pressed, unless the mouse selected meanwhile."""
        link, self._link = self._link, ""
        is_same = link == self._link_at(event.position().toPoint())
        if link and self._view.marking.is_empty and is_same:
            QDesktopServices.openUrl(QUrl(link))
        event.accept()

    def leave(self) -> None:
        """Hide the buttons that the mouse brought out."""
        view = self._view
        if not view.viewport().rect().contains(view.viewport().mapFromGlobal(QCursor.pos())):
            view.activate(None)
            if not view.hasFocus():
                view.current_turn = None
            view.walk.place_buttons()

    def ask_menu(self, event: QContextMenuEvent) -> None:
        """Note the turn that a menu is about: that under the mouse, or that of the keyboard."""
        view = self._view
        if event.reason() is not QContextMenuEvent.Reason.Keyboard:
            view.current_turn = view.turn_at(event.pos())
        elif view.current_turn is None:
            view.current_turn = view.turn_at(view.viewport().rect().center())

    def tip(self, place: QPoint) -> str:
        """Return what the button or badge at a place of the viewport says; empty without one."""
        view, stage = self._view, self._view.stage
        target = view.target_at(place)
        if target is not None:
            return tip_of(target.action)
        number = stage.unit_at(place)
        if number is None:
            return ""
        placed, document = stage.column.placed[number], stage.document(number)
        badge = view.painter.badge(placed, stage.top(number), document)
        unit = placed.unit
        if badge is None or not isinstance(unit, Header) or unit.emulation is None:
            return ""
        return emulation_tip(unit.emulation) if badge.contains(place) else ""

    def _link_at(self, place: QPoint) -> str:
        link = self._view.stage.link_at(place)
        return link if QUrl(link).scheme() in ("http", "https") else ""
