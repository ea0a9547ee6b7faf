"""The sizes of type: all of them follow one, which the user may choose."""

from dataclasses import dataclass

from PySide6.QtGui import QFont

from spark_desktop.views.diff_layouts import CODE_SIZE, code_font

_BASE, _SMALL, _TITLE = 13, 12, 16


@dataclass(frozen=True, slots=True)
class TypeScale:
    """``base`` is the size of text in logical pixels; ``code_family`` "" means the platform's."""

    base: int = _BASE
    code_family: str = ""

    @property
    def small(self) -> int:
        """Return the size of what is secondary."""
        return round(self.base * _SMALL / _BASE)

    @property
    def title(self) -> int:
        """Return the size of headings."""
        return round(self.base * _TITLE / _BASE)

    @property
    def line(self) -> int:
        """Return about how high a line of text is."""
        return round(self.base * 1.46)

    @property
    def character(self) -> float:
        """Return about how wide a character of text is."""
        return self.base * 0.54

    @property
    def strip(self) -> int:
        """Return the height of the strip over a code block, which holds its buttons."""
        return 2 * self.base

    def text(self, font: QFont, size: int | None = None) -> QFont:
        """Return ``font`` at the size of text, or at another of the scale."""
        made = QFont(font)
        made.setPixelSize(size or self.base)
        return made

    def code(self) -> QFont:
        """Return the font of code."""
        font = code_font()
        if self.code_family:
            font.setFamily(self.code_family)
        font.setPixelSize(round(self.base * CODE_SIZE / _BASE))
        return font
