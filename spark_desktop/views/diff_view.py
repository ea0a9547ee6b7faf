"""The view of a diff, a file or a region being written: a viewport that paints what is seen."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from spark_desktop.domain.patch import FilePatch
from spark_desktop.domain.proposal import Decision, FailedBlock
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_rows import LineComment
from spark_desktop.viewmodels.diff_sheets import Layout, Shown
from spark_desktop.viewmodels.diff_words import plain_text, words_of
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.diff_actions import ask_for_comment, open_fold, press
from spark_desktop.views.diff_buttons import Button
from spark_desktop.views.diff_content import (
    DiffContent,
    FileSource,
    PatchSource,
    Source,
    StreamSource,
)
from spark_desktop.views.diff_finding import DiffFinding
from spark_desktop.views.diff_geometry import RowGeometry
from spark_desktop.views.diff_keys import DiffKeys
from spark_desktop.views.diff_lanes import Side
from spark_desktop.views.diff_layouts import LineLayouts, code_font
from spark_desktop.views.diff_menu import open_menu
from spark_desktop.views.diff_pace import DiffPace
from spark_desktop.views.diff_pointer import DiffPointer
from spark_desktop.views.diff_selection import DiffSelection
from spark_desktop.views.diff_stage import Marks, Stage
from spark_desktop.views.diff_work import DiffWork
from spark_desktop.views.frames import FRAME
from spark_desktop.views.minimap import WIDTH as MAP_WIDTH
from spark_desktop.views.minimap import Minimap
from spark_desktop.views.shortcuts import KEYBOARD
from spark_desktop.views.theme import Theme, system_theme
from spark_desktop.views.transcript_access import announce

# Seconds for the colours of a frame, so that a line that grows does not flash up plain.
_AT_ONCE = 0.0015


class DiffView(QAbstractScrollArea):
    """Shows rows and reports intents; it decides nothing and changes no file.

    ``content`` is what is shown, ``stage`` where and how, ``frames`` counts the frames of streams.
    """

    hunk_clicked = Signal(str)
    accept_clicked = Signal(str)
    reject_clicked = Signal(str)
    split_clicked = Signal(str)
    edit_clicked = Signal(str)
    # A hunk's id, and which version it shall be: "mine" (the proposal's), "disk", "both".
    resolve_clicked = Signal(str, str)
    # A failed block's id and the Span of the snapshot's lines that it shall replace.
    place_requested = Signal(str, object)
    drop_requested = Signal(str)
    # A line, from 0, and whether it is one of the new text.
    comment_requested = Signal(int, bool)
    # Which match is the current one (from 1, 0: none), and how many there are.
    matches_changed = Signal(int, int)
    selection_changed = Signal(object)
    # A QMenu of a line, which takes more entries until it is shown.
    menu_filled = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.frames = 0
        theme = system_theme()
        self.stage = Stage(self, theme, code_font())
        self.marks = Marks()
        self.selection = DiffSelection()
        self.minimap = Minimap(self, theme)
        self.layout_now = Layout()
        self.source: Source = FileSource("", "")
        self.content = self.source.content(self.layout_now)
        self._told: Span | None = None
        self._streamed = ""
        self._follows = True
        # Whether all must be drawn anew, so that there is nothing to move.
        self._is_stale = True
        self._is_still = False
        self._drawn_look: tuple[object, ...] = ()
        self._keys, self._pointer = DiffKeys(self), DiffPointer(self)
        self._pace = DiffPace(self)
        self.work, self.finding = DiffWork(self), DiffFinding(self)
        self._prepare()
        self.set_theme(theme)

    def _prepare(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(tr("Diff"))
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.minimap.place_wanted.connect(self.work.go_to_place)
        KEYBOARD.changed.connect(self.show_keys)

    @property
    def rows(self) -> RowGeometry:
        """Return where the rows are."""
        return self.stage.rows

    @property
    def layouts(self) -> LineLayouts:
        """Return the lines that were laid out."""
        return self.stage.layouts

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours and fonts of ``theme`` from now on."""
        first = self.rows.visible()[0]
        font = code_font(theme.font_size, theme.code_family)
        self.stage.set_looks(theme, font)
        self.viewport().setFont(font)
        self.minimap.set_theme(theme)
        self._place_map()
        self._measure()
        self.rows.scroll_to(first)
        self.viewport().update()

    def show_keys(self) -> None:
        """Fit the hunks' buttons to their keys, which may be others."""
        self.stage.buttons.set_font(self.stage.font)
        self.viewport().update()

    def show_patch(
        self,
        before_text: str,
        patch: FilePatch | None,
        decisions: Mapping[str, Decision],
        current: str | None,
        path: str,
        *,
        conflicts: Mapping[str, tuple[str, ...]] | None = None,
        failed: Sequence[FailedBlock] = (),
        comments: Sequence[LineComment] = (),
        grows: bool = False,
    ) -> None:
        """Show the patch on the text that it was made for; ``current`` is the hunk in accent.

        ``grows``: a model writes it yet; the view follows the hunk that grows while it is in view,
        and draws at its own pace.
        Raises ConflictError where the patch was made for another text.
        """
        source = self.source
        if not (isinstance(source, PatchSource) and source.is_of(path, before_text)):
            source = PatchSource(path, before_text)
        shown = Shown(
            (), (), dict(decisions), dict(conflicts or {}), tuple(failed), tuple(comments)
        )
        if grows and source is self.source:
            source.check(patch)
            self._pace.draw(partial(self._show_patch, source, patch, shown, current, grows=True))
        else:
            self._show_patch(source, patch, shown, current, grows=grows)
            self._pace.stop()
        count = len(patch.hunks) if patch else 0
        self.setAccessibleName(tr("Diff of {path}, %n hunk(s)", "", count, path=path))

    def _show_patch(
        self,
        source: PatchSource,
        patch: FilePatch | None,
        shown: Shown,
        current: str | None,
        *,
        grows: bool,
    ) -> None:
        grown = source.take(patch, shown)
        self._take_source(source)
        self.marks.current = current
        content = source.content(self.layout_now)
        if grows and grown in content.hunks:
            content = replace(content, cursor=content.hunks[grown].end - 1)
        self._show(content)

    def show_streaming(self, path: str, before: str, region: Span, text: str) -> None:
        """Show ``text``, all that was written of the region so far; drawn at the view's pace."""
        if not (isinstance(self.source, StreamSource) and self.source.shows(path, before, region)):
            self._take_source(StreamSource(path, before, region))
            self.marks.current = None
            self.setAccessibleName(tr("{path}, being written", path=path))
        self._streamed = text
        self._pace.draw_later(self._show_streamed)

    def show_file(self, path: str, text: str) -> None:
        """Show a file as it is; its lines can be selected."""
        self._pace.stop()
        self._take_source(FileSource(path, text))
        self.marks.current = None
        self._show(self.source.content(self.layout_now))
        self.setAccessibleName(tr("File {path}", path=path))

    def set_layout(self, layout: Literal["unified", "split"]) -> None:
        """Show both texts in one column, or side by side."""
        self.layout_now = replace(self.layout_now, is_split=layout == "split")
        self.selection.side = Side.BOTH
        self._show_again()

    def set_wrap(self, is_on: bool) -> None:
        """Break lines that are wider than the view, or let them be scrolled to."""
        if is_on != self.stage.wraps:
            first = self.rows.visible()[0]
            self.stage.wraps = is_on
            self._measure()
            self.rows.scroll_to(first)
            self._changed()

    def find(self, text: str) -> int:  # type: ignore[override]
        """Highlight ``text`` wherever it occurs, in any case of its letters; return how often.

        The first match from the top of the view on becomes the current one. An empty text ends it.
        """
        return self.finding.find(text)

    def find_next(self) -> None:
        """Go to the next match, behind the last one to the first."""
        self.finding.step(1)

    def find_previous(self) -> None:
        """Go to the match before, above the first one to the last."""
        self.finding.step(-1)

    def next_change(self) -> None:
        """Go to the next hunk or failed block, also to decided ones."""
        self.finding.step_change(1)

    def previous_change(self) -> None:
        """Go to the hunk or failed block before."""
        self.finding.step_change(-1)

    def scroll_to_hunk(self, hunk_id: str) -> None:
        """Scroll so that the hunk's beginning is visible; an unknown hunk scrolls nothing."""
        if hunk_id in self.content.hunks:
            rows = self.content.hunks[hunk_id]
            self.rows.reveal(rows.start, rows.end)

    def request_comment(self) -> None:
        """Ask for a comment on the line that the keyboard is at."""
        cursor = self.selection.cursor
        if cursor is not None:
            self.ask_for_comment(cursor, self.selection.side)

    def ask_for_comment(self, row: int, side: Side) -> None:
        """Ask for a comment on a row's line: the new one, where there are two."""
        ask_for_comment(self, row, side)

    def copy(self, *, as_patch: bool = False) -> None:
        """Copy what is selected as plain code; as a patch its hunks, or all without a selection."""
        take = self.selection
        text = take.patch(self.content, self.source) if as_patch else take.text(self.content)
        if text:
            QGuiApplication.clipboard().setText(text)

    def copy_everything(self) -> None:
        """Copy the whole view as text, for who cannot see it, or to send it to somebody."""
        QGuiApplication.clipboard().setText(self.text_of_view())

    def text_of_view(self) -> str:
        """Return all rows as plain text: with their numbers and marks, folds as one line."""
        return plain_text(self.content.rows)

    def selected_lines(self) -> Span | None:
        """Return the selected lines of the file (in a diff: of the snapshot), if any."""
        rows = self.selection.rows
        return self.content.lines(rows) if rows else None

    def selected_text(self) -> str:
        """Return the text of the selected rows, without gutter and marks."""
        return self.selection.text(self.content)

    def is_busy(self) -> bool:
        """Return whether a frame or colours are still to come without anyone's doing."""
        return self._pace.is_busy() or self.work.is_busy() or self.finding.is_busy()

    def button_rect(self, owner: str, action: str) -> QRect | None:
        """Return where a hunk's button (accept, reject, split …) is in the viewport.

        None while the hunk has no such button or is out of view.
        """
        return self.stage.buttons.rect(self.content, Button(owner, action), self.stage.scene.width)

    def press(self, button: Button) -> None:
        """Do what a button says: report it, or open a fold."""
        press(self, button)

    def open_fold(self, row: int, how: str = "all") -> None:
        """Open a fold: all of it, or some lines at its beginning ("fold_down") or end."""
        open_fold(self, row, how)

    def open_lines(self, lines: Span) -> None:
        """Show these lines of the old text, also where they are folded away."""
        self.layout_now = self.layout_now.opening(lines)
        self._show_again()

    def open_everything(self) -> None:
        """Open every fold."""
        self.open_lines(Span(0, len(self.content.rows.lines)))

    def fold_again(self) -> None:
        """Fold everything that was opened."""
        self.layout_now = replace(self.layout_now, opened=())
        self._show_again()

    def select(self, anchor: int, cursor: int, side: Side = Side.BOTH) -> None:
        """Select rows; the last one is where the keyboard is."""
        if self.selection.set(anchor, cursor, side):
            self._selection_moved()

    def unselect(self) -> None:
        """Select nothing."""
        if self.selection.clear():
            self._selection_moved()

    def read_row(self) -> None:
        """Have the row that the keyboard is at read out."""
        cursor = self.selection.cursor
        if cursor is not None and cursor < len(self.content.rows):
            announce(self, words_of(self.content.rows[cursor]), at_once=True)

    def comment_tip(self) -> str:
        """Return what the button beside a line does."""
        return tr("Comment on this line; the model gets it with your next instruction")

    def refresh(self) -> None:
        """Draw the viewport anew."""
        self.viewport().update()

    def _take_source(self, source: Source) -> None:
        if source is not self.source:
            self._follows = True
            if type(source) is not type(self.source):
                # What was selected around folds and hunks would be most of a whole file.
                self.selection.clear()
            # Of the same file the lines that were opened are most likely still the same ones.
            if source.path != self.source.path:
                self.layout_now = replace(self.layout_now, opened=())
            self.source = source

    def _show_again(self) -> None:
        self._show(self.source.content(self.layout_now))

    def _show(self, content: DiffContent) -> None:
        before, follows = self.content, self._follows
        same_file = content.path == before.path and len(before.rows) > 0
        first = self.rows.visible()[0] if same_file else 0
        anchor, offset = (before.rows[first], self.rows.offset()) if same_file else (None, 0)
        # Of a diff that grows the rows above are drawn already, unless something else changed.
        look = (content.shown.decisions, self.marks.current, self.stage.scene.lanes)
        is_same = look == self._drawn_look and not self._is_stale and not self.marks.comment
        # Broken lines are measured anew, and their places with them.
        kept = content.rows.same if is_same and not self.stage.wraps else 0
        self.content, self._is_stale = content, kept == 0
        if content.rows.lines is before.rows.lines:
            self.selection.follow(before, content)
        else:
            self.selection.clear()
        self.marks.comment = None
        self._measure()
        if content.cursor is not None and follows:
            self.rows.reveal(content.cursor, content.cursor + 1)
        elif anchor is not None:
            self.rows.scroll_to(content.row_near(anchor), offset)
        else:
            self.rows.scroll_to(0)
            self.horizontalScrollBar().setValue(0)
        # Only the user's own scrolling says whether to follow the stream.
        self._follows = follows
        if content.cursor is not None:
            self.work.color_rows(_AT_ONCE)
        self.finding.soon()
        self._selection_moved()
        self._changed(kept)

    def _show_streamed(self) -> None:
        if isinstance(self.source, StreamSource):
            self.frames += 1
            self.source.write(self._streamed)
            self._show(self.source.content(self.layout_now))

    def _measure(self) -> None:
        self.stage.measure(self.content, self.source.columns, self.source.block_columns)
        self.work.heights_soon()

    def _changed(self, kept: int = 0) -> None:
        look = (self.content.shown.decisions, self.marks.current, self.stage.scene.lanes)
        if kept and look == self._drawn_look:
            top = max(0, self.rows.top_of(kept))
            below = self.rows.page() - top
            self.viewport().update(0, top, self.stage.scene.width, max(0, below))
        else:
            self._is_stale = True
            self.viewport().update()
        self._drawn_look = look
        # The frames of a stream bring colours along.
        self.work.color_soon(0 if self.content.cursor is None else FRAME)
        self.work.map_soon()
        self.work.show_place()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Move what is drawn, so that only the rest must be drawn."""
        self.stage.look()
        height = self.rows.page()
        if self._is_still:
            return
        if dx or abs(dy) >= height or self._is_stale:
            self.work.yield_frame()
            self.viewport().update()
            return
        self.viewport().scroll(0, dy)
        # A block that is cut off at the top has its buttons there.
        sticky = 2 * self.rows.row_height + max(0, dy)
        self.viewport().update(0, 0, self.stage.scene.width, sticky)

    def hold(self, row: int, offset: int) -> None:
        """Keep a row at the top of the view, while those above become higher or lower."""
        self._is_still = True
        self.rows.scroll_to(row, offset)
        self._is_still = False

    def _scrolled(self) -> None:
        if self.content.cursor is not None:
            first, last = self.rows.visible()
            self._follows = first <= self.content.cursor < last
        self.work.color_soon(FRAME)
        self.work.show_place()

    def _selection_moved(self) -> None:
        marks, rows = self.marks, self.selection.rows
        before = (marks.selected, marks.side, marks.cursor)
        marks.selected, marks.side = rows or Span(0, 0), self.selection.side
        marks.cursor = self.selection.cursor
        if before != (marks.selected, marks.side, marks.cursor):
            self.viewport().update()
        lines = self.selected_lines()
        if lines != self._told:
            self._told = lines
            self.selection_changed.emit(lines)

    def _show_focus(self) -> None:
        self.update()
        self.viewport().update()

    def _place_map(self) -> None:
        wide = round(MAP_WIDTH * self.stage.metrics.scale)
        # The frame that shows the focus is around what is scrolled, not in it.
        self.setViewportMargins(1, 1, wide + 1, 1)
        shown = self.viewport().geometry()
        self.minimap.setGeometry(shown.right() + 2, shown.top(), wide, shown.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that are visible; what is not known of their colours comes later."""
        painter = QPainter(self.viewport())
        self._is_stale = False
        self.stage.paint(painter, event.region(), self.content, self.marks)
        cursor = self.marks.cursor
        if self.hasFocus() and cursor is not None and cursor < len(self.content.rows):
            self.stage.overlay.cursor(painter, self.stage.rect_of(cursor))
        painter.end()
        if self._pace.painted():
            self.work.wait_for_frame()
        if self.stage.corrections:
            self.work.heights_soon()

    def event(self, event: QEvent) -> bool:
        """Draw the frame around the viewport that says where the keyboard goes."""
        done = super().event(event)
        if event.type() == QEvent.Type.Paint:
            painter = QPainter(self)
            palette = self.stage.palette
            painter.setPen(palette.accent if self.hasFocus() else palette.window)
            painter.drawRect(self.viewport().geometry().adjusted(-1, -1, 0, 0))
            painter.end()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Measure anew and colour what came into view."""
        super().resizeEvent(event)
        first, offset = self.rows.visible()[0], self.rows.offset()
        self._place_map()
        self._measure()
        if self.stage.wraps:
            self.rows.scroll_to(first, offset)
        self._changed()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press a button, open a fold, or begin to select lines."""
        self._pointer.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Extend the selection, or show what is under the mouse."""
        self._pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Keep what belongs to a press that was taken."""
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was under the mouse."""
        super().leaveEvent(event)
        self._pointer.leave()

    def viewportEvent(self, event: QEvent) -> bool:
        """Answer a question for a tooltip; everything else goes its way."""
        if (
            event.type() == QEvent.Type.ToolTip
            and isinstance(event, QHelpEvent)
            and self._pointer.tell(event)
        ):
            return True
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the line."""
        open_menu(self, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, select, copy, open a fold; what is none of these goes its way."""
        if not self._keys.press(event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard goes."""
        super().focusInEvent(event)
        self._show_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the mark of the keyboard away."""
        super().focusOutEvent(event)
        self._show_focus()
