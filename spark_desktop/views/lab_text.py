"""The text of one lane: laid out once, revealed frame by frame, painted where it grew."""

import time

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QRegion, QResizeEvent, QTextDocument
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.frames import single_shot
from spark_desktop.views.highlighting import SLICE
from spark_desktop.views.lab_score import Score
from spark_desktop.views.theme import Theme
from spark_desktop.views.transcript_column import CODE_PAD, PAD, Column
from spark_desktop.views.transcript_paint import TranscriptPainter
from spark_desktop.views.transcript_units import CodePart
from spark_desktop.views.type_scale import TypeScale

_STEP = 20
# Seconds for the colours of one lane in a frame: four lanes leave three quarters of it.
_AT_ONCE = 0.001
# Seconds for those of what comes next, of which one lane has its turn in a frame.
_AHEAD = 0.003
_UNITS_AHEAD = 4
_AT_END = 4


class LaneText(QAbstractScrollArea):
    """Shows the beginning of an answer, and follows its end unless the user scrolled up.

    ``painted`` adds up the height of all that was painted, in pixels.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.painted = 0
        self._score = Score("", theme)
        self._column = Column()
        self._characters = 0
        # Of the revealed part: its last unit, and the last line of that, in the column.
        self._number = -1
        self._line = QRect()
        self._measured = 0
        # Units that were painted before their code had its colours.
        self._plain: set[int] = set()
        self._follows = True
        self._is_moving = False
        self._color_timer = single_shot(self, 0, self._color)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A bar would be painted in every frame; wheel and keys scroll without one.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(tr("Answer"))
        self.verticalScrollBar().setSingleStep(_STEP)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme, for which the score must be laid out already."""
        self._theme = theme
        self._scale = TypeScale(theme.font_size, theme.code_family)
        self._painter = TranscriptPainter(theme, self.font(), self._scale)
        self._lay_out()

    def set_score(self, score: Score) -> None:
        """Take another answer, of which nothing is revealed yet."""
        self._score = score
        self._characters, self._follows = 0, True
        self._lay_out()

    def reveal(self, characters: int) -> None:
        """Show so many characters of the answer; only what changed is painted."""
        if characters == self._characters:
            return
        is_less = characters < self._characters
        self._characters = characters
        before, value = self._line, self.verticalScrollBar().value()
        self._arrange()
        moved = self.verticalScrollBar().value() - value
        height = self.viewport().height()
        if is_less or before.isNull() or not 0 <= moved < height:
            self.viewport().update()
            return
        if moved:
            self.viewport().scroll(0, -moved)
        grown = QRect(0, before.top(), self.viewport().width(), 0)
        # With the lower edge of an open code block, which stands below the last line.
        grown.setBottom(max(before.bottom(), self._line.bottom()) + CODE_PAD + 2)
        self.viewport().update(grown.translated(0, -self.verticalScrollBar().value()))

    def prepare(self) -> None:
        """Lay out and colour what will be revealed next, so that no frame does it all."""
        until = time.perf_counter() + _AHEAD
        first = self._number + 1
        for number in range(first, min(first + _UNITS_AHEAD, len(self._score.placed))):
            self._measure(number)
            self._document(number)
            self._score.color(number, self.viewport().width(), _AHEAD)
            if time.perf_counter() > until:
                return

    def is_busy(self) -> bool:
        """Return whether colours are still to come without anyone's doing."""
        return self._color_timer.isActive()

    def _lay_out(self) -> None:
        self._column = Column(self._scale)
        self._column.place(self._score.placed, self.viewport().width())
        self._measured = 0
        self._plain = set()
        self._arrange()
        self.viewport().update()

    def _arrange(self) -> None:
        bar, page = self.verticalScrollBar(), self.viewport().height()
        bottom = 0
        self._number, self._line = -1, QRect()
        if self._score.placed and self._characters > 0:
            self._number, share = self._score.place_of(self._characters)
            self._measure(self._number)
            self._line = self._last_line(share)
            bottom = self._line.bottom() + 1 + 2 * CODE_PAD
        self._is_moving = True
        bar.setPageStep(page)
        bar.setRange(0, max(0, bottom - page))
        if self._follows:
            bar.setValue(bar.maximum())
        self._is_moving = False
        if not self._color_visible(_AT_ONCE):
            self._color_timer.start()

    def _measure(self, last: int) -> None:
        # Each unit once a width, at the latest when it is reached: all above stand where they are.
        for number in range(self._measured, last + 1):
            self._column.measured(number, round(self._document(number).size().height()))
        self._measured = max(self._measured, last + 1)

    def _document(self, number: int) -> QTextDocument:
        return self._score.document(number, self.viewport().width())

    def _last_line(self, share: float) -> QRect:
        placed, document = self._score.placed[self._number], self._document(self._number)
        top = self._column.top(self._number) + placed.above
        offset = round(share * (document.characterCount() - 1))
        block = document.findBlock(offset)
        line = block.layout().lineForTextPosition(offset - block.position())
        if not line.isValid():
            return QRect(placed.left, top, 0, 0)
        box = document.documentLayout().blockBoundingRect(block)
        found: object = line.cursorToX(offset - block.position())
        x = float(found[0]) if isinstance(found, tuple) else 0.0
        y = top + round(box.top() + line.y())
        return QRect(placed.left, y, round(box.left() + x), round(line.height()) + 1)

    def _visible(self) -> range:
        if self._number < 0:
            return range(0)
        top = self.verticalScrollBar().value()
        last = min(self._number, self._column.at(top + self.viewport().height()))
        return range(self._column.at(top), last + 1)

    def _scrolled(self) -> None:
        if self._is_moving:
            return
        bar = self.verticalScrollBar()
        self._follows = bar.value() >= bar.maximum() - _AT_END
        if not self._color_visible(_AT_ONCE):
            self._color_timer.start()
        self.viewport().update()

    def _color(self) -> None:
        if not self._color_visible(SLICE):
            self._color_timer.start()

    def _color_visible(self, budget: float) -> bool:
        for number in self._visible():
            # Laid out before it is coloured: what is not kept cannot be.
            self._document(number)
            if not self._score.color(number, self.viewport().width(), budget):
                return False
            if number in self._plain:
                self._plain.discard(number)
                start = self._column.top(number) - self.verticalScrollBar().value()
                height = self._column.end(number) - self._column.top(number)
                self.viewport().update(QRect(0, start, self.viewport().width(), height))
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is revealed; everything is laid out already."""
        self.painted += event.rect().height()
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.window)
        top = self.verticalScrollBar().value()
        self._paint_grounds(painter, top, event.rect())
        for number in self._visible():
            if self._column.end(number) - top < event.rect().top():
                continue
            placed, document = self._score.placed[number], self._document(number)
            if self._score.is_plain(number, self.viewport().width()):
                self._plain.add(number)
            painter.save()
            if number == self._number:
                painter.setClipRegion(self._revealed(top), Qt.ClipOperation.IntersectClip)
            start = self._column.top(number) - top
            self._painter.unit(painter, placed, start, document, None, event.rect())
            painter.restore()
        if self.hasFocus():
            self._painter.focus(painter, self.viewport().rect())
        painter.end()

    def _revealed(self, top: int) -> QRegion:
        line = self._line.translated(0, -top)
        above = QRegion(QRect(0, 0, self.viewport().width(), max(0, line.top())))
        return above.united(QRegion(QRect(0, line.top(), line.right() + 1, line.height())))

    def _paint_grounds(self, painter: QPainter, top: int, dirty: QRect) -> None:
        done: set[int] = set()
        for number in self._visible():
            unit = self._score.placed[number].unit
            if not isinstance(unit, CodePart) or unit.block in done:
                continue
            done.add(unit.block)
            parts = self._column.code_block(number)
            last = self._score.placed[parts[-1]]
            end = self._column.end(parts[-1]) - last.below + CODE_PAD
            bottom = min(end, self._line.bottom() + 1 + CODE_PAD)
            begin = self._column.top(parts[0])
            width = self.viewport().width() - 2 * PAD
            ground = QRect(PAD, begin - top, width, bottom - begin)
            if ground.top() + self._scale.strip < dirty.top() and (
                bottom < end or ground.bottom() > dirty.bottom()
            ):
                # Corners are rounded where they are seen, and at the end: that takes its time.
                self._painter.code_ground(painter, ground)
            else:
                self._painter.code_block(painter, ground, unit.language, dirty)

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Leave the moving to ``reveal``: Qt's own would paint the whole view anew."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay_out()
        else:
            self._arrange()
            self.viewport().update()
