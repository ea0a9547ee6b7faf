"""A picture of a whole thread, for reports: laid out and painted in slices, encoded beside them."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QObject,
    QRect,
    QSize,
    QThreadPool,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QImage, QImageWriter, QPainter

from spark_desktop.views.frames import single_shot
from spark_desktop.views.highlighting import SLICE
from spark_desktop.views.theme import Theme
from spark_desktop.views.transcript_code import CodeColors
from spark_desktop.views.transcript_column import CODE_PAD, PAD, Column
from spark_desktop.views.transcript_documents import Documents
from spark_desktop.views.transcript_paint import TranscriptPainter
from spark_desktop.views.transcript_units import CodePart, TurnUnits
from spark_desktop.views.type_scale import TypeScale

# Logical pixels. Programs that show pictures have trouble with higher ones.
TILE = 4000
# About 25,000 tokens: what somebody may still look at.
LIMIT = 20 * TILE
WIDTH = 800
_RATIO = 2
# A thread is estimated before it is laid out; one that far above the limit is not begun.
_SURELY = 1.5


class TooHighError(Exception):
    """``height`` is about how many logical pixels the thread would take."""

    def __init__(self, height: int) -> None:
        super().__init__(height)
        self.height = height


class ThreadImage(QObject):
    """``tile_made`` carries a PNG's number from 1, how many there are, and its bytes.

    ``refused`` carries the height, in logical pixels, of a thread that is too long. It works on
    ``turns`` as they were when it was made, beside what the window does.
    """

    tile_made = Signal(int, int, bytes)
    refused = Signal(int)

    def __init__(
        self,
        parent: QObject,
        turns: tuple[TurnUnits, ...],
        theme: Theme,
        scale: TypeScale,
        limit: int = LIMIT,
    ) -> None:
        super().__init__(parent)
        self._turns = {
            units.turn.id: TurnUnits(replace(units.turn, answer=units.answer)) for units in turns
        }
        self._theme, self._limit = theme, limit
        self._painter = TranscriptPainter(theme, QFont(), scale)
        self._documents = Documents(QFont(), theme, scale)
        self._colors = CodeColors()
        self._column = Column(scale)
        self._column.set_width(WIDTH)
        self._timer = single_shot(self, 0, self._go_on)
        self._work = self._draw()

    def start(self) -> None:
        """Begin; everything else comes by the signals."""
        self._timer.start()

    def _go_on(self) -> None:
        until = time.perf_counter() + SLICE
        try:
            while time.perf_counter() < until:
                next(self._work)
        except StopIteration:
            return
        except TooHighError as error:
            self.refused.emit(error.height)
            return
        self._timer.start()

    def _draw(self) -> Iterator[None]:
        """Do the work, a step at a time. Raises TooHighError."""
        for turn_id, turn in self._turns.items():
            for change in turn.changes():
                self._column.change(turn_id, change)
            yield
        if self._column.height > _SURELY * self._limit:
            raise TooHighError(self._column.height)
        for number, placed in enumerate(self._column.placed):
            document = self._documents.get(placed.slot, placed.unit, placed.text_width(WIDTH))
            self._column.measured(number, round(document.size().height() + 0.5))
            yield
        if self._column.height > self._limit:
            raise TooHighError(self._column.height)
        tiles = self._tiles()
        for tile, (top, bottom) in enumerate(tiles):
            image = self._blank(bottom - top)
            painter = QPainter(image)
            painter.translate(0, -top)
            for number in range(self._column.at(top), self._column.at(bottom - 1) + 1):
                yield from self._unit(painter, number)
            painter.end()
            self._encode(image, tile + 1, len(tiles))
            yield

    def _tiles(self) -> list[tuple[int, int]]:
        """Return where pictures begin and end: between two units, where that is possible."""
        tiles: list[tuple[int, int]] = []
        top, height = 0, self._column.height
        while height - top > TILE:
            cut = self._column.top(self._column.at(top + TILE))
            bottom = cut if cut > top else top + TILE
            tiles.append((top, bottom))
            top = bottom
        tiles.append((top, height))
        return tiles

    def _unit(self, painter: QPainter, number: int) -> Iterator[None]:
        placed = self._column.placed[number]
        document = self._documents.get(placed.slot, placed.unit, placed.text_width(WIDTH))
        code = self._turns[placed.slot[0]].code
        while not self._colors.color(placed, self._documents, code, SLICE / 2)[1]:
            yield
        top, end = self._column.top(number), self._column.end(number)
        rows = QRect(0, top, WIDTH, end - top)
        painter.save()
        painter.setClipRect(rows)
        if isinstance(placed.unit, CodePart):
            ground = self._ground(number)
            self._painter.code_block(painter, ground, placed.unit.language, rows)
        self._painter.unit(painter, placed, top, document, None)
        painter.restore()
        yield

    def _ground(self, number: int) -> QRect:
        block = self._column.code_block(number)
        top = self._column.top(block[0])
        below = self._column.placed[block[-1]].below - CODE_PAD
        return QRect(PAD, top, WIDTH - 2 * PAD, self._column.end(block[-1]) - below - top)

    def _blank(self, height: int) -> QImage:
        image = QImage(QSize(WIDTH, height) * _RATIO, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_RATIO)
        image.fill(QColor(self._theme.window))
        return image

    def _encode(self, image: QImage, number: int, count: int) -> None:
        def work() -> None:
            # Qt lets go of the interpreter meanwhile, so that the window goes on.
            buffer = QBuffer()
            buffer.open(QIODevice.OpenModeFlag.WriteOnly)
            QImageWriter(buffer, QByteArray(b"png")).write(image)
            # The window may be gone by now, and this with it.
            with suppress(RuntimeError):
                self.tile_made.emit(number, count, bytes(buffer.data().data()))

        QThreadPool.globalInstance().start(work)
