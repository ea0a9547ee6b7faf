"""Laid-out documents of a transcript's units, kept while they are near the view."""

import math
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QFont, QTextDocument, QTextOption

from spark_desktop.views.diff_layouts import code_font, format_ranges
from spark_desktop.views.highlighting import Spans
from spark_desktop.views.theme import Theme
from spark_desktop.views.transcript_units import CodePart, Header, Notice, Plain, Text, Unit

TEXT_SIZE = 13
# Several screens of units, also on a tall display.
_CAPACITY = 128
_LINE = 19
_CHARACTER = 7.0
_INDENT = 22
# Qt enlarges headings whatever the style says; text that looks like a tag is escaped by now.
# A line break behind a block would be copied as a space at its end.
_BREAK = re.compile(r"(</(?:p|li|ul|ol|blockquote|table|pre)>)\n+")
_HEADING = re.compile(r"<(/?)h[1-6]>")

# Where a unit stands: the turn's id and its place in the turn.
Slot = tuple[str, int]


@dataclass(slots=True)
class _Kept:
    unit: Unit
    width: int
    document: QTextDocument
    colored: int = -1


class Documents:
    """Documents by slot; ``created`` counts how many were laid out."""

    def __init__(self, font: QFont, theme: Theme) -> None:
        self.created = 0
        self._font = QFont(font)
        self._font.setPixelSize(TEXT_SIZE)
        self._code = code_font()
        self._theme = theme
        self._kept: OrderedDict[Slot, _Kept] = OrderedDict()

    def get(self, slot: Slot, unit: Unit, width: int) -> QTextDocument:
        """Return the unit laid out ``width`` logical pixels wide."""
        if isinstance(unit, Header):
            # Its detail, which changes while an answer streams, is drawn beside the document.
            unit = Header(unit.speaker)
        kept = self._kept.get(slot)
        if kept is not None and kept.width == width and kept.unit == unit:
            self._kept.move_to_end(slot)
            return kept.document
        document = self._laid_out(unit, width)
        self._kept[slot] = _Kept(unit, width, document)
        self._kept.move_to_end(slot)
        self.created += 1
        if len(self._kept) > _CAPACITY:
            self._kept.popitem(last=False)
        return document

    def color(self, slot: Slot, spans: Sequence[Spans], known: int) -> bool:
        """Colour a code part's document; return whether it looks different now.

        ``known`` is how far the block is lexed: what has its colours is not coloured again.
        """
        kept = self._kept.get(slot)
        if kept is None or not isinstance(kept.unit, CodePart) or kept.colored == known:
            return False
        kept.colored = known
        block = kept.document.begin()
        changed = False
        for line, parts in zip(kept.unit.lines, spans, strict=True):
            ranges = format_ranges(line, parts, self._theme.is_dark)
            if ranges:
                block.layout().setFormats(ranges)
                changed = True
            block = block.next()
        if changed:
            # Once for all lines: each call lays out what follows.
            kept.document.markContentsDirty(0, kept.document.characterCount())
        return changed

    def _laid_out(self, unit: Unit, width: int) -> QTextDocument:
        document = QTextDocument()
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(0)
        document.setDefaultFont(self._code if isinstance(unit, CodePart) else self._font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTabStopDistance(4 * _CHARACTER)
        document.setDefaultTextOption(option)
        match unit:
            case CodePart(lines=lines):
                document.setPlainText("\n".join(lines))
            case Text(prose=prose):
                document.setDefaultStyleSheet(style_sheet(self._theme, self._code.family()))
                document.setIndentWidth(_INDENT)
                document.setHtml(_BREAK.sub(r"\1", _HEADING.sub(_paragraph, prose.html)))
            case Plain(text=text) | Notice(text=text):
                document.setPlainText(text)
            case Header(speaker=speaker):
                bold = QFont(self._font)
                bold.setBold(True)
                document.setDefaultFont(bold)
                document.setPlainText(speaker)
        document.setTextWidth(width)
        return document


def estimated_height(unit: Unit, width: int) -> int:
    """Return about how high a unit will be, in logical pixels, without laying it out."""
    match unit:
        case CodePart(lines=lines):
            texts: Sequence[str] = lines
        case Text(prose=prose):
            texts = prose.source.split("\n")
        case Plain(text=text) | Notice(text=text):
            texts = text.split("\n")
        case Header():
            texts = ("",)
    rows = sum(max(1, math.ceil(len(text) * _CHARACTER / max(1, width))) for text in texts)
    return rows * _LINE


def _paragraph(tag: re.Match[str]) -> str:
    return "</p>" if tag[1] else '<p class="heading">'


def style_sheet(theme: Theme, code_family: str) -> str:
    """Return the style of prose in Qt's subset of CSS."""
    code = f"font-family: '{code_family}'; background-color: {theme.surface};"
    return f"""
        p {{ margin: 0 0 8px 0; }}
        .heading {{ font-size: 16px; font-weight: bold; margin: 8px 0 6px 0; }}
        ul, ol {{ margin: 0 0 8px 0; }}
        li {{ margin: 0 0 2px 0; }}
        code {{ {code} }}
        pre {{ {code} margin: 0 0 8px 0; }}
        blockquote {{ margin: 0 0 8px 16px; color: {theme.text_secondary}; }}
        a {{ color: {theme.link}; text-decoration: underline; }}
        table {{ border-collapse: collapse; border-color: {theme.line}; margin: 8px 0; }}
        th, td {{ border: 1px solid {theme.line}; padding: 3px 8px; }}
    """
