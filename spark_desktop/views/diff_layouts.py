"""Laid-out lines of code, kept while they are in use, and the measures of their font."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)

from spark_desktop.views.code_style import token_color
from spark_desktop.views.highlighting import Spans
from spark_desktop.views.utf16 import utf16_spans

CODE_SIZE = 13
_LINE_HEIGHT = 1.45
_TAB = 4
# A minified file has lines of a megabyte; nobody scrolls to their end.
_LONGEST = 5000
# A few screens of lines.
_CAPACITY = 800
# These would begin a new line inside the layout.
_BREAKS = str.maketrans({"\u2028": "\u240a", "\u2029": "\u240a", "\x85": "\u240a", "\r": "\u240d"})


def code_font(pixels: int = CODE_SIZE, family: str = "") -> QFont:
    """Return a font of code; without a ``family`` the platform's, also behind an unknown one."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    if family:
        font.setFamilies([family, *font.families()])
        font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(pixels)
    return font


def columns_of(text: str) -> int:
    """Return how many columns a line takes at most; wide characters count as two."""
    text = text[:_LONGEST]
    if "\t" in text:
        text = text.expandtabs(_TAB)
    return len(text) if text.isascii() else len(text) + sum(c >= "\u1100" for c in text)


def columns_of_lines(lines: Sequence[str]) -> int:
    """Return the columns of the longest of the lines."""
    text = "\n".join(lines)
    if "\t" in text:
        lines = text.expandtabs(_TAB).split("\n")
    longest = max(map(len, lines), default=0)
    if not text.isascii():
        longest = max(longest, *(columns_of(line) for line in lines if not line.isascii()), 0)
    return min(longest, _LONGEST)


@dataclass(frozen=True, slots=True)
class Metrics:
    """Logical pixels of the code's font; ``scale`` is its size, 1.0 at the usual one."""

    line_height: int
    char_width: float
    top: float
    scale: float = 1.0

    def px(self, length: int) -> int:
        """Return a length, in pixels at the usual size of code, at this one."""
        return round(length * self.scale)

    @staticmethod
    def of(font: QFont) -> "Metrics":
        """Return the measures of ``font``; ``top`` centres a line of it in the line height."""
        measured = QFontMetricsF(font)
        height = round(font.pixelSize() * _LINE_HEIGHT)
        height = max(height, round(measured.height()))
        return Metrics(
            height,
            measured.horizontalAdvance("0"),
            (height - measured.height()) / 2,
            font.pixelSize() / CODE_SIZE,
        )


class LineLayouts:
    """Layouts by what they show; ``created`` counts how many were made.

    ``width`` is where lines are broken, in pixels; 0 where they are not.
    """

    def __init__(self, font: QFont, capacity: int = _CAPACITY) -> None:
        self.created = 0
        self.width = 0.0
        self._font = font
        self._capacity = capacity
        self._kept: OrderedDict[tuple[str, Spans, bool, bool], QTextLayout] = OrderedDict()
        self._option = QTextOption()
        self._option.setTabStopDistance(QFontMetricsF(font).horizontalAdvance("0") * _TAB)
        self._height = Metrics.of(font).line_height
        self.break_at(0.0)

    def break_at(self, width: float) -> None:
        """Break lines at another width, in pixels, or with 0 nowhere."""
        wrap = QTextOption.WrapMode.WrapAnywhere if width else QTextOption.WrapMode.NoWrap
        if width != self.width or self._option.wrapMode() != wrap:
            self.width = width
            self._kept.clear()
            self._option.setWrapMode(wrap)

    def get(self, text: str, parts: Spans, is_dark: bool, struck: bool = False) -> QTextLayout:
        """Return the line laid out, its tokens in the theme's colours."""
        key = (text, parts, is_dark, struck)
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        made = self._laid_out(text[:_LONGEST], parts, is_dark, struck)
        self._kept[key] = made
        self.created += 1
        if len(self._kept) > self._capacity:
            self._kept.popitem(last=False)
        return made

    def _laid_out(self, text: str, parts: Spans, is_dark: bool, struck: bool) -> QTextLayout:
        layout = QTextLayout(text.translate(_BREAKS), self._font)
        layout.setTextOption(self._option)
        layout.setCacheEnabled(True)
        layout.setFormats(format_ranges(text, parts, is_dark, struck))
        layout.beginLayout()
        line, number = layout.createLine(), 0
        while self.width and line.isValid():
            line.setLineWidth(self.width)
            line.setPosition(QPointF(0, number * self._height))
            line, number = layout.createLine(), number + 1
        layout.endLayout()
        return layout


def format_ranges(
    text: str, parts: Spans, is_dark: bool, struck: bool = False
) -> list[QTextLayout.FormatRange]:
    """Return Qt's formats for a line's tokens; ``struck`` strikes the whole line through."""
    colored = [(start, length, token_color(token, is_dark)) for start, length, token in parts]
    colored = [part for part in colored if part[2] is not None and part[0] < len(text)]
    ranges = []
    if struck:
        indent = len(text) - len(text.lstrip())
        ranges.append(_range(indent, 2 * len(text), None, struck))
    places = utf16_spans(text, [(start, length) for start, length, _ in colored])
    for (start, length), (_, _, color) in zip(places, colored, strict=True):
        ranges.append(_range(start, length, color, struck))
    return ranges


@lru_cache(maxsize=4096)
def _range(start: int, length: int, color: str | None, struck: bool) -> QTextLayout.FormatRange:
    # Setting one copies it, so that it can be shared.
    found = QTextLayout.FormatRange()
    found.start = start
    found.length = length
    found.format = _format(color, struck)
    return found


@lru_cache(maxsize=256)
def _format(color: str | None, struck: bool) -> QTextCharFormat:
    char_format = QTextCharFormat()
    if color:
        char_format.setForeground(QBrush(QColor(color)))
    char_format.setFontStrikeOut(struck)
    return char_format
