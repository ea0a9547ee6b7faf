"""The view of a conversation: streamed markdown in an own viewport, laid out as it is seen."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QEvent, QKeyCombination, QPoint, QRect, Qt, QUrl, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
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
    QTextDocument,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.viewmodels.emulation_words import emulation_tip
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.frames import single_shot
from spark_desktop.views.highlighting import SLICE
from spark_desktop.views.theme import Theme, system_theme
from spark_desktop.views.transcript_access import describe, read_out
from spark_desktop.views.transcript_buttons import BlockAction, BlockButtons, Target, tip_of
from spark_desktop.views.transcript_code import CodeColors
from spark_desktop.views.transcript_copy import markdown_of, text_of, text_of_units
from spark_desktop.views.transcript_documents import Documents
from spark_desktop.views.transcript_find import Find
from spark_desktop.views.transcript_paint import Mark, TranscriptPainter
from spark_desktop.views.transcript_selection import Position, Selection
from spark_desktop.views.transcript_stage import BlockId, Stage, height_of
from spark_desktop.views.transcript_units import Change, CodePart, Header, TurnUnits
from spark_desktop.views.turn_actions import TurnAction, TurnButtons
from spark_desktop.views.type_scale import TypeScale

_STEP = 20
_COPY_MARKDOWN = QKeyCombination(
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier, Qt.Key.Key_C
)
_TURN_BEFORE = QKeyCombination(Qt.KeyboardModifier.AltModifier, Qt.Key.Key_Up)
_NEXT_TURN = QKeyCombination(Qt.KeyboardModifier.AltModifier, Qt.Key.Key_Down)
# Milliseconds: a screen of 60 Hz shows no more frames than that.
_FRAME = 17
# Seconds for the colours of a frame, so that a line that grows does not flash up plain.
_AT_ONCE = 0.0015


@dataclass(slots=True)
class Unseen:
    """What came behind the view while it stood elsewhere."""

    characters: int = 0

    def clear(self) -> None:
        """Everything is seen."""
        self.characters = 0


class TranscriptView(QAbstractScrollArea):
    """Shows turns. ``copy_requested`` says what the user had it put on the clipboard.

    ``insert_requested`` carries code and its language, ``turn_action`` a turn's id and what the
    user wants of it, ``turn_reached`` the id of the turn that the keyboard went to. ``moved`` says
    that other things may be visible now. ``frames`` counts the frames of streams; ``stage`` is
    what is laid out where.
    """

    copy_requested = Signal(str)
    insert_requested = Signal(str, str)
    turn_action = Signal(str, object)
    turn_reached = Signal(str)
    menu_requested = Signal(QPoint)
    moved = Signal()

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
        self.finding = Find()
        self._seeks = False
        self.current_turn: str | None = None
        self.unseen = Unseen()
        self._blocks = BlockButtons()
        self._copying: Iterator[str] | None = None
        self._last_frame = QElapsedTimer()
        # Milliseconds of the last frame's work.
        self._frame_took = 0
        self._frame_timer = single_shot(self, _FRAME, self._take_pieces)
        self._color_timer = single_shot(self, 0, self._color)
        self._find_timer = single_shot(self, 0, self._find_on)
        self._copy_timer = single_shot(self, 0, self._copy_on)
        self._copied: list[str] = []
        self.turn_buttons = TurnButtons(self.viewport())
        self.turn_buttons.chosen.connect(self.do_with_turn)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A bar that comes and goes would wrap every text anew.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(tr("Conversation"))
        self.verticalScrollBar().setSingleStep(_STEP)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.set_theme(self._theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of ``theme`` from now on."""
        self._theme = theme
        self._painter = TranscriptPainter(theme, self.font(), self._scale)
        self.turn_buttons.set_theme(theme)
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
        describe(self, len(turns))

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
            # Where the user asked, the answer is what they want to see.
            self.stage.follows = True
            self.unseen.clear()
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
        self._selection = self._copying = self.current_turn = None
        self._blocks = BlockButtons()
        self.unseen.clear()
        self.finding.start(self.finding.query)
        self._colors = CodeColors()
        self.stage = Stage(self, Documents(self.font(), self._theme, self._scale))
        self.stage.lay_out()
        self._refresh()

    def is_busy(self) -> bool:
        """Return whether a frame or colours are still to come without anyone's doing."""
        timers = (self._frame_timer, self._color_timer, self._find_timer, self._copy_timer)
        return any(timer.isActive() for timer in timers)

    @property
    def turns(self) -> Mapping[str, TurnUnits]:
        """Return the turns by their id, oldest first."""
        return self._turns

    @property
    def theme(self) -> Theme:
        """Return the theme that it draws in."""
        return self._theme

    @property
    def scale(self) -> TypeScale:
        """Return the sizes that it draws in."""
        return self._scale

    @property
    def has_selection(self) -> bool:
        """Return whether anything is selected."""
        return self._selection is not None and not self._selection.is_empty

    def is_streaming(self, turn_id: str) -> bool:
        """Return whether a turn is being answered."""
        found = self._turns.get(turn_id)
        return found is not None and found.turn.state is TurnState.STREAMING

    def selected_text(self) -> str:
        """Return what is selected, as plain text."""
        return "".join(text_of(self._selection, self.stage)) if self._selection else ""

    def selected_markdown(self) -> str:
        """Return what is selected, as markdown."""
        return "".join(markdown_of(self._selection, self.stage)) if self._selection else ""

    def copy_selection(self, *, as_markdown: bool = False) -> None:
        """Put what is selected on the clipboard; of a long thread that takes a few frames."""
        if self._selection is not None and self.has_selection:
            make = markdown_of if as_markdown else text_of
            self._copying, self._copied = make(self._selection, self.stage), []
            self._copy_on()

    def do_with_turn(self, turn_id: str, action: TurnAction) -> None:
        """Copy a turn's answer, or pass on what else is wanted of the turn."""
        if turn_id not in self._turns:
            return
        if action is TurnAction.COPY:
            units = self._turns[turn_id].answer_units()
            self._copy(text_of_units(units, self.stage.documents))
        elif action is TurnAction.COPY_MARKDOWN:
            self._copy(self._turns[turn_id].answer)
        else:
            self.turn_action.emit(turn_id, action)

    def turn_at(self, place: QPoint) -> str | None:
        """Return the turn at a place of the viewport."""
        number = self.stage.unit_at(place)
        return None if number is None else self.stage.column.placed[number].slot[0]

    def go_to_turn(self, by: int) -> None:
        """Go to the next turn, or with -1 to the one before, and let it be read out."""
        turns = self.stage.column.turns
        if not turns:
            return
        here = self.current_turn or self.turn_at(QPoint(0, 0))
        number = turns.index(here) if here in turns else 0
        if self.current_turn is not None:
            number = max(0, min(len(turns) - 1, number + by))
        self.show_turn(turns[number])

    def show_turn(self, turn_id: str) -> None:
        """Go to a turn, and let it be read out; one that is not shown is passed over."""
        turns = self.stage.column.turns
        if turn_id not in turns:
            return
        number = turns.index(turn_id)
        self.current_turn = turn_id
        self.stage.follows = False
        first = self.stage.column.turn(self.current_turn).start
        for _ in range(2):
            # What stands above was estimated until it is laid out.
            self.verticalScrollBar().setValue(self.stage.column.top(first))
        self._refresh()
        place = tr("Turn {number} of {count}", number=number + 1, count=len(turns))
        read_out(self, self._turns[self.current_turn], self.stage.documents, place)
        self.turn_reached.emit(self.current_turn)

    def go_to_end(self) -> None:
        """Go to the end, and follow it from now on."""
        self.stage.follows = True
        self.unseen.clear()
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        self._refresh()

    def look_for(self, query: str) -> None:
        """Look for a text in the whole thread, and mark where it is seen."""
        self.finding.start(query)
        self._seeks = bool(query)
        self._find_timer.start()
        self._refresh()

    def find_next(self, by: int) -> None:
        """Go to the next match, or with -1 to the one before."""
        number = self.finding.step(by, self.stage.visible().start)
        if number is None:
            return
        ranges = self.finding.ranges(number, self.stage.document(number))
        current = self.finding.current
        if current is None or not ranges:
            return
        match = min(current[1], len(ranges) - 1)
        self.finding.current = (number, match)
        self.stage.show(number, height_of(self.stage.document(number), ranges[match][0]))
        self._refresh()

    def tip_at(self, place: QPoint) -> str:
        """Return what the button or badge at a place of the viewport says; empty without one."""
        target = self._target_at(place)
        if target is not None:
            return tip_of(target.action)
        number = self.stage.unit_at(place)
        if number is None:
            return ""
        placed, document = self.stage.column.placed[number], self.stage.document(number)
        badge = self._painter.badge(placed, self.stage.top(number), document)
        unit = placed.unit
        if badge is None or not isinstance(unit, Header) or unit.emulation is None:
            return ""
        return emulation_tip(unit.emulation) if badge.contains(place) else ""

    def button_rects(self, block: BlockId) -> dict[BlockAction, QRect]:
        """Return where a visible code block's buttons are, in the viewport."""
        return self._blocks.rects(self.stage, block, self.font(), self._scale)

    def _request_frame(self) -> None:
        if not self._frame_timer.isActive():
            since = self._last_frame.elapsed() if self._last_frame.isValid() else _FRAME
            # On a slow machine half of the time is left to the keys.
            pause = max(_FRAME, 2 * self._frame_took)
            self._frame_timer.start(max(0, pause - since))

    def _take_pieces(self) -> None:
        self.frames += 1
        self._last_frame.start()
        self._show(self._add_pieces())
        self._frame_took = self._last_frame.elapsed()

    def _add_pieces(self) -> dict[str, None]:
        pieces, self._pieces = self._pieces, {}
        for turn_id, parts in pieces.items():
            self._turns[turn_id].append("".join(parts))
            if not self.stage.follows:
                self.unseen.characters += sum(map(len, parts))
        return dict.fromkeys(pieces)

    def _show(self, turn_ids: Iterable[str]) -> None:
        """Lay out what is other in these turns, and draw what moved or changed."""
        changes = [
            (turn_id, change) for turn_id in turn_ids for change in self._turns[turn_id].changes()
        ]
        region = self.stage.change(changes)
        if self.finding.query:
            self._find_again(changes)
        stays = self.hasFocus() or self._blocks.active or self.turn_buttons.isVisible()
        if region is None or (stays and self.stage.moved):
            # The frame of the focus and the buttons do not move along.
            region = QRegion(self.viewport().rect())
        # A frame that laid out much leaves the colours to the next one.
        is_full = self._last_frame.isValid() and 5 <= self._last_frame.elapsed() < _FRAME
        if not is_full and self._color_visible(_AT_ONCE):
            self._color_timer.stop()
        else:
            # The next frame of a stream goes on, so that none is painted twice.
            self._color_timer.start(4 * _FRAME)
        self.viewport().update(region)
        self._place_buttons()
        self.moved.emit()

    def _scrolled(self) -> None:
        if self.stage.scrolled():
            if self.stage.follows:
                self.unseen.clear()
            self._refresh()

    def _refresh(self) -> None:
        self._color_soon()
        self.viewport().update()
        self._place_buttons()
        self.moved.emit()

    def _find_again(self, changes: Iterable[tuple[str, Change]]) -> None:
        for turn_id, change in changes:
            if not all(isinstance(unit, Header) for unit in change.units):
                self.finding.forget(self.stage.column.turn(turn_id).start + change.first)
        self._find_timer.start()

    def _find_on(self) -> None:
        if not self.finding.advance(self.stage.column.placed, SLICE):
            self._find_timer.start()
        elif self._seeks:
            # As one types, the view goes to the first match from where it is.
            self._seeks = False
            self.find_next(1)
        self.viewport().update()
        self.moved.emit()

    def _copy_on(self) -> None:
        until = time.perf_counter() + SLICE
        for piece in self._copying or ():
            self._copied.append(piece)
            if time.perf_counter() >= until:
                self._copy_timer.start()
                return
        self._copying = None
        self._copy("".join(self._copied))

    def _place_buttons(self) -> None:
        turn_id = self.current_turn
        if turn_id is None or turn_id not in self._turns:
            self.turn_buttons.show_for(None, 0, 0, False)
            return
        units = self.stage.column.turn(turn_id)
        is_open = self.is_streaming(turn_id)
        rect = self.stage.text_rect(min(units.start + 2, units.stop - 1))
        # Stays in view while any of the answer is.
        last = self.stage.top(units.stop - 1) + rect.height()
        middle = max(rect.center().y(), rect.height() // 2 + 8)
        place = QRect(0, middle - 8, self.viewport().width(), 16)
        boxes = (
            self._blocks.rects(self.stage, self._blocks.active, self.font(), self._scale)
            if (self._blocks.active)
            else {}
        )
        is_hidden = is_open or last < middle or any(r.intersects(place) for r in boxes.values())
        self.turn_buttons.show_for(turn_id, rect.right(), middle, is_hidden)

    def _color_soon(self) -> None:
        if not self._color_visible(_AT_ONCE):
            self._color_timer.start(0)

    def _color(self) -> None:
        if not self._color_visible(SLICE):
            self._color_timer.start(0)

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

    def _press(self, target: Target) -> None:
        unit = self._turns[target.block[0]]
        code = unit.code(target.block[1])
        if target.action is BlockAction.INSERT:
            box = self.stage.boxes().get(target.block)
            self.insert_requested.emit(code, box.language if box else "")
            return
        self._blocks.active = self._blocks.done = target.block
        self._copy(code)
        self.viewport().update()

    def _activate(self, block: BlockId | None) -> None:
        if block != self._blocks.active:
            self._blocks.active, self._blocks.done = block, None
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

    def _target_at(self, place: QPoint) -> Target | None:
        return self._blocks.at(place, self.stage, self.font(), self._scale)

    def _marks(self, number: int, document: QTextDocument) -> list[Mark]:
        if not self.finding.query:
            return []
        ranges = self.finding.ranges(number, document)
        current = self.finding.current
        return [
            Mark(start, length, current == (number, match))
            for match, (start, length) in enumerate(ranges)
        ]

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
            marks = self._marks(number, document)
            self._painter.unit(painter, placed, top, document, cursor, event.rect(), marks)
        for button in self._blocks.drawn(self.stage, self.font(), self._scale):
            self._painter.button(painter, button)
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
        target = self._target_at(place)
        if target:
            self._press(target)
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
        self.current_turn = self.turn_at(place)
        self._place_buttons()
        boxes = self.stage.boxes()
        self._activate(next((b for b, box in boxes.items() if box.rect.contains(place)), None))
        is_hand = self._target_at(place) or self._link_at(place)
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
        """Copy, select all, go to a turn or to the ends, use a code block, or scroll."""
        bar, keys = self.verticalScrollBar(), event.keyCombination()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif keys == _COPY_MARKDOWN:
            self.copy_selection(as_markdown=True)
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._select_all()
        elif keys in (_TURN_BEFORE, _NEXT_TURN):
            self.go_to_turn(1 if keys == _NEXT_TURN else -1)
        elif event.key() == Qt.Key.Key_Home:
            bar.setValue(bar.minimum())
        elif event.key() == Qt.Key.Key_End:
            self.go_to_end()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._blocks.active:
            inserts = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            action = BlockAction.INSERT if inserts else BlockAction.COPY
            self._press(Target(self._blocks.active, action))
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what is under the mouse, or of the turn the keyboard is at."""
        if event.reason() is not QContextMenuEvent.Reason.Keyboard:
            self.current_turn = self.turn_at(event.pos())
        elif self.current_turn is None:
            self.current_turn = self.turn_at(self.viewport().rect().center())
        self.menu_requested.emit(event.globalPos())

    def focusNextPrevChild(self, next: bool) -> bool:
        """Go from copy button to copy button of what is visible, then on to the next widget."""
        blocks = list(self.stage.boxes())
        step = 1 if next else -1
        start = -1 if next else len(blocks)
        here = blocks.index(self._blocks.active) if self._blocks.active in blocks else start
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
        if not self.viewport().rect().contains(self.viewport().mapFromGlobal(QCursor.pos())):
            self._activate(None)
            if not self.hasFocus():
                self.current_turn = None
            self._place_buttons()
