"""The view of a conversation: streamed markdown in an own viewport, laid out as it is seen."""

from collections.abc import Iterable

from PySide6.QtCore import QElapsedTimer, QEvent, QPoint, QRect, Qt, QUrl, Signal
from PySide6.QtGui import (
    QDesktopServices,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from spark_desktop.domain.conversation import Turn
from spark_desktop.viewmodels.emulation_words import emulation_tip
from spark_desktop.views.frames import FRAME, single_shot
from spark_desktop.views.highlighting import SLICE
from spark_desktop.views.theme import Theme, system_theme
from spark_desktop.views.transcript_code import CodeColors
from spark_desktop.views.transcript_column import STRIP
from spark_desktop.views.transcript_documents import Documents
from spark_desktop.views.transcript_paint import COPY_WIDTH, CopyButton, TranscriptPainter
from spark_desktop.views.transcript_selection import Position, Selection, separator
from spark_desktop.views.transcript_stage import BlockId, Stage
from spark_desktop.views.transcript_units import CodePart, Header, TurnUnits
from spark_desktop.views.type_scale import TypeScale

_STEP = 20
# Seconds for the colours of a frame, so that a line that grows does not flash up plain.
_AT_ONCE = 0.001


class TranscriptView(QAbstractScrollArea):
    """Shows turns. ``copy_requested`` says what the user had it put on the clipboard.

    ``frames`` counts the frames of streams; ``stage`` is what is laid out where.
    """

    copy_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.frames = 0
        self._theme = system_theme()
        self._scale = TypeScale()
        self.stage = Stage(self, Documents(self.font(), self._theme, self._scale))
        self._turns: dict[str, TurnUnits] = {}
        self._pieces: dict[str, list[str]] = {}
        self._colors = CodeColors()
        self._selection: Selection | None = None
        self._link = ""
        self._active: BlockId | None = None
        self._copied: BlockId | None = None
        self._last_frame = QElapsedTimer()
        self._frame_timer = single_shot(self, FRAME, self._take_pieces)
        self._color_timer = single_shot(self, 0, self._color)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A bar that comes and goes would wrap every text anew.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("Conversation")
        self.verticalScrollBar().setSingleStep(_STEP)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.set_theme(self._theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of ``theme`` from now on."""
        self._theme = theme
        self._painter = TranscriptPainter(theme, self.font(), self._scale)
        self.stage.use(Documents(self.font(), theme, self._scale))
        self._refresh()

    def set_fonts(self, base_px: int, code_family: str = "") -> None:
        """Draw text ``base_px`` logical pixels high, and code in a family ("": the platform's)."""
        self._scale = TypeScale(base_px, code_family)
        self._painter = TranscriptPainter(self._theme, self.font(), self._scale)
        self.set_turns(tuple(turn.turn for turn in self._turns.values()))

    def set_turns(self, turns: tuple[Turn, ...]) -> None:
        """Show these turns, oldest first, from their end."""
        self.clear()
        self._turns = {turn.id: TurnUnits(turn) for turn in turns}
        self._show(self._turns)

    def append_piece(self, turn_id: str, piece: str) -> None:
        """Add to a turn's answer; drawn once a frame. A turn that is not shown is passed over."""
        if turn_id in self._turns:
            self._pieces.setdefault(turn_id, []).append(piece)
            self._request_frame()

    def update_turn(self, turn: Turn) -> None:
        """Take the turn as it is now; one that is not shown yet is added at the end."""
        touched = self._add_pieces()
        if turn.id in self._turns:
            self._turns[turn.id].update(turn)
        else:
            self._turns[turn.id] = TurnUnits(turn)
            self.stage.follows = True
        self._show({**touched, turn.id: None})

    def show_pace(self, turn_id: str, text: str) -> None:
        """Say how a running answer comes along; a turn that is not shown is passed over."""
        if turn_id in self._turns and self._turns[turn_id].pace != text:
            self._turns[turn_id].pace = text
            # With what comes in the same frame: each is laid out and painted.
            self._pieces.setdefault(turn_id, [])
            self._request_frame()

    def clear(self) -> None:
        """Show nothing."""
        self._frame_timer.stop()
        self._turns, self._pieces = {}, {}
        self._selection = self._active = self._copied = None
        self._colors = CodeColors()
        self.stage = Stage(self, Documents(self.font(), self._theme, self._scale))
        self.stage.lay_out()
        self._refresh()

    def is_busy(self) -> bool:
        """Return whether a frame or colours are still to come without anyone's doing."""
        return self._frame_timer.isActive() or self._color_timer.isActive()

    def selected_text(self) -> str:
        """Return what is selected, as plain text."""
        if self._selection is None:
            return ""
        column = self.stage.column
        text = ""
        for number in self._selection.units(column):
            cursor = self._selection.cursor(column, number, self.stage.document(number))
            if cursor is not None:
                text += separator(column, number) if text else ""
                text += cursor.selectedText().replace("\u2029", "\n").replace("\u2028", "\n")
        return text

    def tip_at(self, place: QPoint) -> str:
        """Return what the badge at a place of the viewport says; empty where there is none."""
        number = self.stage.unit_at(place)
        if number is None:
            return ""
        placed, document = self.stage.column.placed[number], self.stage.document(number)
        badge = self._painter.badge(placed, self.stage.top(number), document)
        unit = placed.unit
        if badge is None or not isinstance(unit, Header) or unit.emulation is None:
            return ""
        return emulation_tip(unit.emulation) if badge.contains(place) else ""

    def copy_rect(self, block: BlockId) -> QRect | None:
        """Return where a visible code block's copy button is, in the viewport."""
        box = self.stage.boxes().get(block)
        if box is None:
            return None
        # A block that is cut off at the top keeps its button in view.
        top = min(max(box.rect.top(), 0), box.rect.bottom() - STRIP) + 3
        return QRect(box.rect.right() - COPY_WIDTH - 4, top, COPY_WIDTH, STRIP - 6)

    def _request_frame(self) -> None:
        if not self._frame_timer.isActive():
            since = self._last_frame.elapsed() if self._last_frame.isValid() else FRAME
            self._frame_timer.start(max(0, FRAME - since))

    def _take_pieces(self) -> None:
        self.frames += 1
        self._last_frame.start()
        self._show(self._add_pieces())

    def _add_pieces(self) -> dict[str, None]:
        pieces, self._pieces = self._pieces, {}
        for turn_id, parts in pieces.items():
            self._turns[turn_id].append("".join(parts))
        return dict.fromkeys(pieces)

    def _show(self, turn_ids: Iterable[str]) -> None:
        """Lay out what is other in these turns, and draw what moved or changed."""
        changes = [
            (turn_id, change) for turn_id in turn_ids for change in self._turns[turn_id].changes()
        ]
        region = self.stage.change(changes)
        if region is None or self.hasFocus() or self._active:
            # The frame of the focus and the button of a block stay where they are.
            region = QRegion(self.viewport().rect())
        self._color_soon()
        self.viewport().update(region)

    def _scrolled(self) -> None:
        if self.stage.scrolled():
            self._refresh()

    def _refresh(self) -> None:
        self._color_soon()
        self.viewport().update()

    def _color_soon(self) -> None:
        if not self._color_visible(_AT_ONCE):
            self._color_timer.start()

    def _color(self) -> None:
        # Half of it where frames come, too.
        is_streaming = self._frame_timer.isActive()
        if not self._color_visible(SLICE / 2 if is_streaming else SLICE):
            self._color_timer.start()

    def _color_visible(self, budget: float) -> bool:
        known = True
        for number in self.stage.visible():
            placed = self.stage.column.placed[number]
            if isinstance(placed.unit, CodePart) and known:
                code = self._turns[placed.slot[0]].code
                documents = self.stage.documents
                top, known = self._colors.color(placed, documents, code, budget)
                if top is not None:
                    rect = self.stage.text_rect(number)
                    self.viewport().update(rect.adjusted(0, int(top), 0, 0))
        return known

    def _copy(self, text: str) -> None:
        if text:
            QGuiApplication.clipboard().setText(text)
            self.copy_requested.emit(text)

    def _copy_block(self, block: BlockId) -> None:
        self._copied = block
        self._copy(self._turns[block[0]].code(block[1]))
        self.viewport().update()

    def _activate(self, block: BlockId | None) -> None:
        if block != self._active:
            self._active, self._copied = block, None
            self.viewport().update()

    def _select(self, selection: Selection | None) -> None:
        if selection != self._selection:
            self._selection = selection
            self.viewport().update()

    def _select_all(self) -> None:
        placed = self.stage.column.placed
        if placed:
            end = self.stage.document(len(placed) - 1).characterCount() - 1
            self._select(Selection(Position(placed[0].slot, 0), Position(placed[-1].slot, end)))

    def _rows(self, number: int) -> QRect:
        """Return the whole space of a unit in the viewport."""
        height = self.stage.column.end(number) - self.stage.column.top(number)
        return QRect(0, self.stage.top(number), self.viewport().width(), height)

    def _within(self, rect: QRect) -> range:
        """Return the numbers of the visible units that a part of the viewport shows."""
        visible = self.stage.visible()
        if not visible:
            return visible
        place = self.verticalScrollBar().value()
        first, last = (self.stage.column.at(place + y) for y in (rect.top(), rect.bottom()))
        return range(max(first, visible.start), min(last + 1, visible.stop))

    def _position_at(self, place: QPoint) -> Position | None:
        number = self.stage.unit_at(place)
        if number is None:
            return None
        slot = self.stage.column.placed[number].slot
        return Position(slot, self.stage.offset_at(number, place))

    def _link_at(self, place: QPoint) -> str:
        link = self.stage.link_at(place)
        return link if QUrl(link).scheme() in ("http", "https") else ""

    def _button_at(self, place: QPoint) -> BlockId | None:
        for block in self.stage.boxes():
            rect = self.copy_rect(block)
            if rect and rect.contains(place):
                return block
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the visible units, which are laid out already."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.window)
        region = event.region()
        for box in self.stage.boxes().values():
            if region.intersects(box.rect):
                self._painter.code_block(painter, box.rect, box.language, event.rect())
        column = self.stage.column
        for number in self._within(event.rect()):
            if not region.intersects(self._rows(number)):
                continue
            document, cursor = self.stage.document(number), None
            if self._selection is not None:
                cursor = self._selection.cursor(column, number, document)
            placed, top = column.placed[number], self.stage.top(number)
            self._painter.unit(painter, placed, top, document, cursor, event.rect())
        rect = self.copy_rect(self._active) if self._active else None
        if rect:
            is_done = self._copied == self._active
            self._painter.copy_button(painter, CopyButton(rect, not is_done, is_done))
        if self.hasFocus():
            self._painter.focus(painter, self.viewport().rect())
        painter.end()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Leave what moved to those who know what else changed."""
        if not self.stage.is_arranging:
            super().scrollContentsBy(dx, dy)

    def viewportEvent(self, event: QEvent) -> bool:
        """Explain a badge that the mouse rests on."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new width."""
        super().resizeEvent(event)
        self.stage.lay_out()
        self._refresh()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Copy a block, or begin to select."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place = event.position().toPoint()
        block = self._button_at(place)
        if block:
            self._copy_block(block)
            return
        self._link = self._link_at(place)
        position = self._position_at(place)
        self._select(Selection(position, position) if position else None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Extend the selection, or show what is under the mouse."""
        place = event.position().toPoint()
        if event.buttons() & Qt.MouseButton.LeftButton:
            position = self._position_at(place)
            if self._selection and position:
                self._select(Selection(self._selection.anchor, position))
            return
        boxes = self.stage.boxes()
        self._activate(next((b for b, box in boxes.items() if box.rect.contains(place)), None))
        is_hand = self._button_at(place) or self._link_at(place)
        shape = Qt.CursorShape.PointingHandCursor if is_hand else Qt.CursorShape.IBeamCursor
        self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the link that was pressed, unless the mouse selected meanwhile."""
        link, self._link = self._link, ""
        is_click = self._selection is None or self._selection.is_empty
        if link and is_click and link == self._link_at(event.position().toPoint()):
            QDesktopServices.openUrl(QUrl(link))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select the word."""
        position = self._position_at(event.position().toPoint())
        number = self.stage.column.number(position.slot) if position else None
        if position is not None and number is not None:
            cursor = QTextCursor(self.stage.document(number))
            cursor.setPosition(position.offset)
            cursor.select(QTextCursor.SelectionType.WordUnderCursor)
            start, end = cursor.selectionStart(), cursor.selectionEnd()
            self._select(Selection(Position(position.slot, start), Position(position.slot, end)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, select all, go to the ends, or scroll."""
        bar = self.verticalScrollBar()
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy(self.selected_text())
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._select_all()
        elif event.key() == Qt.Key.Key_Home:
            bar.setValue(bar.minimum())
        elif event.key() == Qt.Key.Key_End:
            bar.setValue(bar.maximum())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._active:
            self._copy_block(self._active)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Go from copy button to copy button of what is visible, then on to the next widget."""
        blocks = list(self.stage.boxes())
        step = 1 if next else -1
        start = -1 if next else len(blocks)
        here = blocks.index(self._active) if self._active in blocks else start
        if 0 <= here + step < len(blocks):
            self._activate(blocks[here + step])
            return True
        self._activate(None)
        return super().focusNextPrevChild(next)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard goes."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the mark of the keyboard away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the button that the mouse brought out."""
        super().leaveEvent(event)
        self._activate(None)
