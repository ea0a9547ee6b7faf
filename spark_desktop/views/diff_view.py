"""The view of a diff, a file or a region being written: an own viewport of equally high rows."""

from collections.abc import Mapping, Sequence
from typing import Literal

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from spark_desktop.domain.patch import FilePatch
from spark_desktop.domain.proposal import Decision, FailedBlock
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_rows import FoldRow, LineComment
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.diff_buttons import MARGIN, WIDTH, Button, HunkButtons
from spark_desktop.views.diff_content import (
    DiffContent,
    PatchSource,
    StreamSource,
    file_content,
)
from spark_desktop.views.diff_geometry import RowGeometry
from spark_desktop.views.diff_layouts import LineLayouts, Metrics, code_font
from spark_desktop.views.diff_paint import (
    LABEL_WIDTH,
    DiffPainter,
    Line,
    Scene,
    button_texts,
)
from spark_desktop.views.frames import FRAME, single_shot
from spark_desktop.views.shortcuts import KEYBOARD
from spark_desktop.views.theme import Theme, system_theme

# Seconds for the colours of a frame, so that a line that grows does not flash up plain.
_AT_ONCE = 0.001


class DiffView(QAbstractScrollArea):
    """Shows rows and reports intents; it decides nothing and changes no file.

    ``content`` is what is shown, ``rows`` says where, ``frames`` counts the frames of
    streams, ``layouts`` the lines that were laid out.
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

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        font = code_font()
        self.layouts = LineLayouts(font)
        self.frames = 0
        self.viewport().setFont(font)
        self._font = font
        self.content = file_content("", "")
        self._source: PatchSource | StreamSource | None = None
        self._streamed = ""
        self._decisions: dict[str, Decision] = {}
        self._unfolded: frozenset[int] = frozenset()
        self._current: str | None = None
        self._selection: tuple[int, int] | None = None
        self._hovered: Button | None = None
        self._follows = True
        self._frame_timer = single_shot(self, FRAME, self._show_streamed)
        self._color_timer = single_shot(self, 0, self._color)
        metrics = Metrics.of(font)
        self.rows = RowGeometry(self, metrics.line_height, metrics.char_width)
        self._buttons = HunkButtons(self.rows)
        self.set_theme(system_theme())
        self._prepare()

    def _prepare(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(tr("Diff"))
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        KEYBOARD.changed.connect(self.show_keys)
        self.horizontalScrollBar().valueChanged.connect(self.viewport().update)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours and fonts of ``theme`` from now on."""
        self._theme = theme
        font = code_font(theme.font_size, theme.code_family)
        if font != self._font:
            self._set_font(font)
        self._painter = DiffPainter(theme, self._font, self.layouts)
        self.show_keys()

    def _set_font(self, font: QFont) -> None:
        first = self.rows.visible()[0]
        self._font = font
        self.layouts = LineLayouts(font)
        self.viewport().setFont(font)
        self._painter = DiffPainter(self._theme, font, self.layouts)
        metrics = self._painter.metrics
        self.rows.set_sizes(metrics.line_height, metrics.char_width)
        self._measure()
        self.rows.scroll_to(first)

    def show_keys(self) -> None:
        """Fit the hunks' buttons to their keys, which may be others."""
        wide = max(QFontMetrics(self._font).horizontalAdvance(text) for text in button_texts())
        metrics = self._painter.metrics
        self._buttons.width = max(metrics.px(WIDTH), wide + 2 * MARGIN)
        self.viewport().update()

    def show_patch(
        self,
        snapshot_text: str,
        patch: FilePatch | None,
        decisions: dict[str, Decision],
        current: str | None,
        path: str,
        *,
        conflicts: Mapping[str, tuple[str, ...]] | None = None,
        failed: Sequence[FailedBlock] = (),
        comments: Sequence[LineComment] = (),
    ) -> None:
        """Show the patch on the text that it was made for; ``current`` is the hunk in accent.

        Raises ConflictError where the patch was made for another text.
        """
        self._frame_timer.stop()
        known = self._source
        if not (isinstance(known, PatchSource) and known.shows(path, snapshot_text, patch)):
            known = PatchSource.of(path, snapshot_text, patch)
            self._unfolded = frozenset()
        self._source = known
        self._decisions = dict(decisions)
        self._current = current
        self._show(known.content(self._decisions, self._unfolded))
        count = len(patch.hunks) if patch else 0
        self.setAccessibleName(tr("Diff of {path}, %n hunk(s)", "", count, path=path))

    def show_streaming(self, path: str, before: str, region: Span, text: str) -> None:
        """Show ``text``, all that was written of the region so far; drawn once a frame."""
        known = self._source
        if not (isinstance(known, StreamSource) and known.shows(path, before, region)):
            self._source = StreamSource(path, before, region)
            self._follows = True
            self._current = None
            self.setAccessibleName(tr("{path}, being written", path=path))
        self._streamed = text
        if not self._frame_timer.isActive():
            self._frame_timer.start()

    def show_file(self, path: str, text: str) -> None:
        """Show a file as it is; its lines can be selected."""
        self._frame_timer.stop()
        self._source = self._current = None
        self._show(file_content(path, text))
        self.setAccessibleName(tr("File {path}", path=path))

    def scroll_to_hunk(self, hunk_id: str) -> None:
        """Scroll so that the hunk's beginning is visible; an unknown hunk scrolls nothing."""
        if hunk_id in self.content.hunks:
            rows = self.content.hunks[hunk_id]
            self.rows.reveal(rows.start, rows.end)

    def set_layout(self, layout: Literal["unified", "split"]) -> None:
        """Show both texts in one column, or side by side."""

    def set_wrap(self, is_on: bool) -> None:
        """Break lines that are wider than the view, or let them be scrolled to."""

    def find(self, text: str) -> int:  # type: ignore[override]
        """Highlight ``text`` wherever it occurs, in any case; return how often. Empty: no more."""
        return 0

    def find_next(self) -> None:
        """Go to the next match, behind the last one to the first."""

    def find_previous(self) -> None:
        """Go to the match before."""

    def request_comment(self) -> None:
        """Ask for a comment on the line that the keyboard is at."""

    def copy(self, *, as_patch: bool = False) -> None:
        """Copy what is selected as plain code, or its hunks as a patch."""

    def text_of_view(self) -> str:
        """Return what is shown as plain text: each row with its numbers and marks."""
        return ""

    def selected_lines(self) -> Span | None:
        """Return the selected lines of the file (in a diff: of the snapshot), if any."""
        rows = self._selected_rows()
        return self.content.lines(rows) if rows else None

    def selected_text(self) -> str:
        """Return the text of the selected rows, without gutter and marks."""
        rows = self._selected_rows()
        return self.content.text(rows) if rows else ""

    def is_busy(self) -> bool:
        """Return whether a frame or colours are still to come without anyone's doing."""
        return self._frame_timer.isActive() or self._color_timer.isActive()

    def button_rect(self, hunk_id: str, action: str) -> QRect | None:
        """Return where the hunk's button ``action`` (accept, reject) is in the viewport.

        None while the hunk is decided or out of view.
        """
        return self._buttons.rect(self.content, (hunk_id, action), self.viewport().width())

    def _show(self, content: DiffContent) -> None:
        same_file = content.path == self.content.path
        anchor = (
            self.content.rows[self.rows.visible()[0]] if same_file and self.content.rows else None
        )
        offset, is_same = self.rows.offset(), content.rows == self.content.rows
        follows = self._follows
        self.content = content
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
            first, last = self.rows.visible()
            content.colors.advance(content.rows[first:last], _AT_ONCE)
        if not is_same:
            self._set_selection(None)
        self.viewport().update()
        self._color_timer.start()

    def _show_streamed(self) -> None:
        if isinstance(self._source, StreamSource):
            self.frames += 1
            self._show(self._source.content(self._streamed))

    def _measure(self) -> None:
        metrics = self._painter.metrics
        self._digits = max(2, len(str(self.content.last_number)))
        columns = round((self.content.columns + 2) * metrics.char_width)
        self.rows.measure(len(self.content.rows), self._scene().gutter(metrics) + columns)

    def _scene(self) -> Scene:
        return Scene(
            self.viewport().width(),
            self.horizontalScrollBar().value(),
            self._digits,
            self.content.is_diff,
        )

    def _selected_rows(self) -> Span | None:
        if self._selection is None:
            return None
        return Span(min(self._selection), max(self._selection) + 1)

    def _scrolled(self) -> None:
        if self.content.cursor is not None:
            first, last = self.rows.visible()
            self._follows = first <= self.content.cursor < last
        self.viewport().update()
        self._color_timer.start()

    def _color(self) -> None:
        first, last = self.rows.visible()
        rows, colors = self.content.rows[first:last], self.content.colors
        before = [(colors.parts(row), colors.emphasis(row)) for row in rows]
        known = colors.advance(rows)
        if before != [(colors.parts(row), colors.emphasis(row)) for row in rows]:
            self.viewport().update()
        if not known:
            self._color_timer.start()

    def _set_selection(self, selection: tuple[int, int] | None) -> None:
        if selection != self._selection:
            self._selection = selection
            self.viewport().update()
            self.selection_changed.emit(self.selected_lines())

    def _unfold(self, row: int) -> None:
        found = self.content.rows[row]
        if isinstance(found, FoldRow) and isinstance(self._source, PatchSource):
            self._unfolded |= {found.lines.start}
            self._show(self._source.content(self._decisions, self._unfolded))

    def _button_at(self, place: QPoint) -> Button | None:
        return self._buttons.at(self.content, place, self.viewport().width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that are visible; what is not known of their colours comes later."""
        painter = QPainter(self.viewport())
        painter.setFont(self._font)
        painter.fillRect(event.rect(), self._theme.window)
        first, last = self.rows.visible()
        selected, scene = self._selected_rows() or Span(0, 0), self._scene()
        for number in range(first, last):
            row = self.content.rows[number]
            colors = self.content.colors
            is_selected = selected.start <= number < selected.end
            line = Line(
                row, self.rows.top_of(number), colors.parts(row), colors.emphasis(row), is_selected
            )
            self._painter.line(painter, line, scene)
        self._paint_hunks(painter, first, last)
        if self.hasFocus():
            self._painter.focus(painter, self.viewport().rect())
        painter.end()

    def _paint_hunks(self, painter: QPainter, first: int, last: int) -> None:
        height, width = self._painter.metrics.line_height, self.viewport().width()
        for hunk_id, rows in self.content.hunks.items():
            if rows.end <= first or rows.start >= last:
                continue
            top = self.rows.top_of(rows.start)
            rect = QRect(0, top, width, len(rows) * height)
            self._painter.frame(painter, rect, hunk_id == self._current)
            accept = self.button_rect(hunk_id, "accept")
            reject = self.button_rect(hunk_id, "reject")
            row = self.content.rows[max(rows.start, first)]
            if accept and reject:
                hovered = self.button_rect(*self._hovered) if self._hovered else None
                cleared = accept.united(reject).adjusted(-MARGIN, 0, MARGIN - 1, 0)
                self._painter.clear(painter, cleared, row)
                self._painter.buttons(painter, accept, reject, hovered or QRect())
            elif rows.start >= first:
                room = self._painter.metrics.px(LABEL_WIDTH)
                place = QRect(width - room, top + 1, room - MARGIN, height - 2)
                self._painter.clear(painter, place, row)
                self._painter.label(painter, place, self.content.decision(hunk_id))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Measure anew and colour what came into view."""
        super().resizeEvent(event)
        self._measure()
        self._color_timer.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press a button, open a fold, or begin to select lines."""
        place = event.position().toPoint()
        row = self.rows.row_at(place)
        if event.button() != Qt.MouseButton.LeftButton or row is None:
            return
        button = self._button_at(place)
        if button:
            hunk_id, action = button
            (self.accept_clicked if action == "accept" else self.reject_clicked).emit(hunk_id)
        elif isinstance(self.content.rows[row], FoldRow):
            self._unfold(row)
        else:
            extends = event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._selection
            self._set_selection(
                (self._selection[0], row) if extends and self._selection else (row, row)
            )
            hunk = self.content.hunk_at(row)
            if hunk:
                self.hunk_clicked.emit(hunk)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Extend the selection, or show what is under the mouse."""
        place = event.position().toPoint()
        row = self.rows.row_at(place)
        if event.buttons() & Qt.MouseButton.LeftButton:
            if row is not None and self._selection is not None:
                self._set_selection((self._selection[0], row))
                self.rows.reveal(row, row + 1)
            return
        hovered = self._button_at(place)
        if hovered != self._hovered:
            self._hovered = hovered
            self.viewport().update()
        is_fold = row is not None and isinstance(self.content.rows[row], FoldRow)
        shape = (
            Qt.CursorShape.PointingHandCursor if hovered or is_fold else Qt.CursorShape.IBeamCursor
        )
        self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Keep what belongs to a press that was taken."""
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Answer a question for a tooltip; everything else goes its way."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            button = self._button_at(event.pos())
            if button:
                verb = tr("Accept") if button[1] == "accept" else tr("Reject")
                QToolTip.showText(event.globalPos(), tr("{verb} this hunk", verb=verb), self)
                return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, select, open a fold, or scroll."""
        if event.matches(QKeySequence.StandardKey.Copy):
            if self._selection is not None:
                QGuiApplication.clipboard().setText(self.selected_text())
        elif event.matches(QKeySequence.StandardKey.SelectAll) and self.content.rows:
            self._set_selection((0, len(self.content.rows) - 1))
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step(-1 if event.key() == Qt.Key.Key_Up else 1, event.modifiers())
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            bar = self.verticalScrollBar()
            bar.setValue(bar.minimum() if event.key() == Qt.Key.Key_Home else bar.maximum())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._selection:
            self._enter(self._selection[1])
        elif event.key() == Qt.Key.Key_Escape and self._selection:
            self._set_selection(None)
        else:
            super().keyPressEvent(event)

    def _step(self, by: int, modifiers: Qt.KeyboardModifier) -> None:
        if not self.content.rows:
            return
        first = self.rows.visible()[0]
        row = first if self._selection is None else self._selection[1] + by
        row = min(max(row, 0), len(self.content.rows) - 1)
        extends = modifiers & Qt.KeyboardModifier.ShiftModifier and self._selection is not None
        start = self._selection[0] if extends and self._selection else row
        self._set_selection((start, row))
        self.rows.reveal(row, row + 1)

    def _enter(self, row: int) -> None:
        hunk = self.content.hunk_at(row)
        if hunk:
            self.hunk_clicked.emit(hunk)
        else:
            self._unfold(row)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard goes."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the mark of the keyboard away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was under the mouse."""
        super().leaveEvent(event)
        if self._hovered:
            self._hovered = None
            self.viewport().update()
