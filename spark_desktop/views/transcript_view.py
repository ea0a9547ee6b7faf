"""The view of a conversation: streamed markdown in an own viewport, laid out as it is seen."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.theme import Theme, system_theme
from spark_desktop.views.transcript_access import describe
from spark_desktop.views.transcript_buttons import BlockAction, BlockButtons, Target
from spark_desktop.views.transcript_clipboard import Clipboard
from spark_desktop.views.transcript_coloring import Coloring
from spark_desktop.views.transcript_copy import text_of_units
from spark_desktop.views.transcript_documents import Documents
from spark_desktop.views.transcript_drawing import draw
from spark_desktop.views.transcript_find import Find
from spark_desktop.views.transcript_marking import Marking
from spark_desktop.views.transcript_paint import TranscriptPainter
from spark_desktop.views.transcript_pieces import Pieces, Unseen
from spark_desktop.views.transcript_pointer import Pointer
from spark_desktop.views.transcript_search import Search
from spark_desktop.views.transcript_stage import BlockId, Stage
from spark_desktop.views.transcript_units import TurnUnits
from spark_desktop.views.transcript_walk import Walk
from spark_desktop.views.turn_actions import TurnAction, TurnButtons
from spark_desktop.views.type_scale import TypeScale

_STEP = 20


class TranscriptView(QAbstractScrollArea):
    """Shows turns. ``copy_requested`` says what the user had it put on the clipboard.

    ``insert_requested`` carries code and its language, ``turn_action`` a turn's id and what the
    user wants of it, ``turn_reached`` the id of the turn that the keyboard went to. ``moved`` says
    that other things may be visible now. ``stage`` is what is laid out where, ``current_turn`` the
    turn that the mouse or the keyboard is at. What it does beside showing is done by its parts:
    ``marking``, ``search``, ``walk``.
    """

    copy_requested = Signal(str)
    insert_requested = Signal(str, str)
    turn_action = Signal(str, object)
    turn_reached = Signal(str)
    menu_requested = Signal(QPoint)
    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = system_theme()
        self._scale = TypeScale()
        self._turns: dict[str, TurnUnits] = {}
        self.stage = Stage(self, self._documents())
        self.current_turn: str | None = None
        self.unseen = Unseen()
        self.blocks = BlockButtons()
        self._clipboard = Clipboard(self)
        self._clipboard.copied.connect(self.copy_requested)
        self._pieces = Pieces(self, lambda: self._show(self._add_pieces()))
        self._coloring = Coloring(self.viewport(), self.stage, self._code_of)
        self.marking = Marking(self.stage, self.viewport().update)
        self.search = Search(self, self.stage, self._show_found, self.refresh)
        self.walk = Walk(self)
        self._pointer = Pointer(self)
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
        self.painter = TranscriptPainter(theme, self.font(), self._scale)
        self.turn_buttons.set_theme(theme)
        self.stage.use(self._documents())
        self.refresh()

    def set_fonts(self, base_px: int, code_family: str = "") -> None:
        """Draw text ``base_px`` logical pixels high, and code in a family ("": the platform's)."""
        self._scale = TypeScale(base_px, code_family)
        self.painter = TranscriptPainter(self._theme, self.font(), self._scale)
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
            self._pieces.add(turn_id, piece)

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
            self._pieces.touch(turn_id)

    def clear(self) -> None:
        """Show nothing."""
        self._turns = {}
        self._pieces.clear()
        self._clipboard.clear()
        self._coloring.clear()
        self.marking.clear()
        self.current_turn = None
        self.blocks = BlockButtons()
        self.unseen.clear()
        self.search.again()
        self.stage.begin(self._documents())
        self.stage.lay_out()
        self.refresh()

    def is_busy(self) -> bool:
        """Return whether a frame or colours are still to come without anyone's doing."""
        parts = (self._pieces, self._coloring, self.search, self._clipboard)
        return any(part.is_waiting for part in parts)

    @property
    def frames(self) -> int:
        """Return how many frames of streams were drawn."""
        return self._pieces.frames

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
    def finding(self) -> Find:
        """Return where the words that are looked for occur."""
        return self.search.finding

    @property
    def has_selection(self) -> bool:
        """Return whether anything is selected."""
        return not self.marking.is_empty

    def is_streaming(self, turn_id: str) -> bool:
        """Return whether a turn is being answered."""
        found = self._turns.get(turn_id)
        return found is not None and found.turn.state is TurnState.STREAMING

    def can_go_on(self, turn_id: str) -> bool:
        """Return whether a turn's answer was cut, so that it can be continued."""
        found = self._turns.get(turn_id)
        return found is not None and found.turn.can_go_on

    def selected_text(self) -> str:
        """Return what is selected, as plain text."""
        return "".join(self.marking.pieces(as_markdown=False))

    def selected_markdown(self) -> str:
        """Return what is selected, as markdown."""
        return "".join(self.marking.pieces(as_markdown=True))

    def copy_selection(self, *, as_markdown: bool = False) -> None:
        """Put what is selected on the clipboard; of a long thread that takes a few frames."""
        if self.has_selection:
            self._clipboard.put_pieces(self.marking.pieces(as_markdown=as_markdown))

    def do_with_turn(self, turn_id: str, action: TurnAction) -> None:
        """Copy a turn's answer, or pass on what else is wanted of the turn."""
        if turn_id not in self._turns:
            return
        if action is TurnAction.COPY:
            units = self._turns[turn_id].answer_units()
            self._clipboard.put(text_of_units(units, self.stage.documents))
        elif action is TurnAction.COPY_MARKDOWN:
            self._clipboard.put(self._turns[turn_id].answer)
        else:
            self.turn_action.emit(turn_id, action)

    def turn_at(self, place: QPoint) -> str | None:
        """Return the turn at a place of the viewport."""
        number = self.stage.unit_at(place)
        return None if number is None else self.stage.column.placed[number].slot[0]

    def go_to_turn(self, by: int) -> None:
        """Go to the next turn, or with -1 to the one before, and let it be read out."""
        self.walk.go(by)

    def show_turn(self, turn_id: str) -> None:
        """Go to a turn, and let it be read out; one that is not shown is passed over."""
        self.walk.show(turn_id)

    def go_to_end(self) -> None:
        """Go to the end, and follow it from now on."""
        self.stage.follows = True
        self.unseen.clear()
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        self.refresh()

    def look_for(self, query: str) -> None:
        """Look for a text in the whole thread, and mark where it is seen."""
        self.search.look_for(query)
        self.refresh()

    def find_next(self, by: int) -> None:
        """Go to the next match, or with -1 to the one before."""
        self.search.go_to(by)

    def tip_at(self, place: QPoint) -> str:
        """Return what the button or badge at a place of the viewport says; empty without one."""
        return self._pointer.tip(place)

    def button_rects(self, block: BlockId) -> dict[BlockAction, QRect]:
        """Return where a visible code block's buttons are, in the viewport."""
        return self.blocks.rects(self.stage, block, self.font(), self._scale)

    def target_at(self, place: QPoint) -> Target | None:
        """Return the button of a code block at a place of the viewport."""
        return self.blocks.at(place, self.stage, self.font(), self._scale)

    def press(self, target: Target) -> None:
        """Copy a code block, or have it inserted."""
        code = self._turns[target.block[0]].code(target.block[1])
        if target.action is BlockAction.INSERT:
            box = self.stage.boxes().get(target.block)
            self.insert_requested.emit(code, box.language if box else "")
            return
        self.blocks.active = self.blocks.done = target.block
        self._clipboard.put(code)
        self.viewport().update()

    def activate(self, block: BlockId | None) -> None:
        """Show the buttons of a code block, and no others."""
        if block != self.blocks.active:
            self.blocks.active, self.blocks.done = block, None
            self.viewport().update()

    def refresh(self) -> None:
        """Draw everything, laid out as it is, with what stands over it."""
        self._coloring.soon()
        self.viewport().update()
        self.walk.place_buttons()
        self.moved.emit()

    def _documents(self) -> Documents:
        return Documents(self.font(), self._theme, self._scale)

    def _code_of(self, turn_id: str, block: int) -> str:
        return self._turns[turn_id].code(block)

    def _add_pieces(self) -> dict[str, None]:
        pieces = self._pieces.take()
        for turn_id, text in pieces.items():
            self._turns[turn_id].append(text)
            if not self.stage.follows:
                self.unseen.characters += len(text)
        return dict.fromkeys(pieces)

    def _show(self, turn_ids: Iterable[str]) -> None:
        """Lay out what is other in these turns, and draw what moved or changed."""
        changes = [
            (turn_id, change) for turn_id in turn_ids for change in self._turns[turn_id].changes()
        ]
        region = self.stage.change(changes)
        self.search.changed(changes)
        stays = self.hasFocus() or self.blocks.active or self.turn_buttons.isVisible()
        if region is None or (stays and self.stage.moved):
            # The frame of the focus and the buttons do not move along.
            region = QRegion(self.viewport().rect())
        self._coloring.in_frame(self._pieces.spent)
        self.viewport().update(region)
        self.walk.place_buttons()
        self.moved.emit()

    def _scrolled(self) -> None:
        if self.stage.scrolled():
            if self.stage.follows:
                self.unseen.clear()
            self.refresh()

    def _show_found(self) -> None:
        self.viewport().update()
        self.moved.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the visible units, which are laid out already."""
        draw(self, event)

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
        self.refresh()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Copy a block, or begin to select."""
        self._pointer.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Extend the selection, or show what is under the mouse."""
        self._pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the link that was pressed."""
        self._pointer.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select the word."""
        self.marking.select_word(event.position().toPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what the key says, or scroll."""
        if not self.walk.press_key(event):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what is under the mouse, or of the turn the keyboard is at."""
        self._pointer.ask_menu(event)
        self.menu_requested.emit(event.globalPos())

    def focusNextPrevChild(self, next: bool) -> bool:
        """Go from copy button to copy button of what is visible, then on to the next widget."""
        return self.walk.next_block(next) or super().focusNextPrevChild(next)

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
        self._pointer.leave()
