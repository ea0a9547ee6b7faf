"""Laid-out documents of a transcript's units, kept while they are near the view."""

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

from PySide6.QtGui import (
    QColor,
    QFont,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextOption,
)

from spark_desktop.views.diff_layouts import format_ranges
from spark_desktop.views.highlighting import Spans
from spark_desktop.views.theme import Theme
from spark_desktop.views.transcript_units import CodePart, Header, Notice, Plain, Text, Unit
from spark_desktop.views.type_scale import TypeScale

# Several screens of units, also on a tall display.
_CAPACITY = 128
# Of a list, in sizes of its text.
_INDENT = 1.7
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
    # Of a code part: how many of its lines have the colours that they will keep, and what the
    # others were coloured from.
    colored: int = 0
    version: int = -1


class Documents:
    """Documents by slot; ``created`` counts how many were laid out, ``grown`` how many went on."""

    def __init__(self, font: QFont, theme: Theme, scale: TypeScale | None = None) -> None:
        self.created = 0
        self.grown = 0
        self.scale = scale or TypeScale()
        self._font = self.scale.text(font)
        self._code = self.scale.code()
        self._theme = theme
        self._style = style_sheet(theme, self._code.family(), self.scale)
        self._kept: OrderedDict[Slot, _Kept] = OrderedDict()
        # Of prose that is far from the view by now: its fonts and style can be used again.
        self._spare: QTextDocument | None = None

    def get(self, slot: Slot, unit: Unit, width: int) -> QTextDocument:
        """Return the unit laid out ``width`` logical pixels wide."""
        if isinstance(unit, Header):
            # Its detail, which changes while an answer streams, is drawn beside the document.
            unit = Header(unit.speaker)
        kept = self._kept.get(slot)
        if kept is not None and kept.width == width:
            self._kept.move_to_end(slot)
            if kept.unit is unit or kept.unit == unit:
                return kept.document
            if is_longer(unit, kept.unit):
                self._grow(kept, unit)
                return kept.document
            if isinstance(unit, Text) and isinstance(kept.unit, Text):
                # Its fonts and style are there already, which is a third of the work.
                self._render(kept.document, unit)
                kept.unit = unit
                self.created += 1
                return kept.document
        document = self._laid_out(unit, width)
        self._kept[slot] = _Kept(unit, width, document)
        self._kept.move_to_end(slot)
        self.created += 1
        if len(self._kept) > _CAPACITY:
            _, gone = self._kept.popitem(last=False)
            if isinstance(gone.unit, Text):
                self._spare = gone.document
        return document

    def text(self, unit: Unit) -> str:
        """Return a unit's text as it reads, without laying it out."""
        if isinstance(unit, CodePart):
            return "\n".join(unit.lines)
        document = QTextDocument()
        self._fill(document, unit)
        return document.toPlainText()

    def is_colored(self, slot: Slot) -> bool:
        """Return whether a code part has the colours that it will keep."""
        kept = self._kept.get(slot)
        return kept is not None and kept.colored >= len(_lines_of(kept.unit))

    def uncolored(self, slot: Slot, version: int) -> int | None:
        """Return the first line of a code part that would get other colours from ``version``.

        None where all have those colours, or the part is not laid out.
        """
        kept = self._kept.get(slot)
        return None if kept is None or kept.version == version else kept.colored

    def color(
        self, slot: Slot, spans: Sequence[Spans], final: int, version: int = 0
    ) -> float | None:
        """Colour a code part's last lines; return from which height on it looks different now.

        ``spans`` are those of the line that ``uncolored`` named and all behind it; ``final`` is
        how many of the part's lines will not be lexed in another way when the block goes on.
        """
        kept = self._kept.get(slot)
        if kept is None or not isinstance(kept.unit, CodePart):
            return None
        kept.version = version
        lines = kept.unit.lines
        first = len(lines) - len(spans)
        block = kept.document.findBlockByNumber(first)
        start = block.position()
        top = kept.document.documentLayout().blockBoundingRect(block).top()
        changed = False
        for line, parts in zip(lines[first:], spans, strict=True):
            ranges = format_ranges(line, parts, self._theme.is_dark)
            if ranges:
                block.layout().setFormats(ranges)
                changed = True
            block = block.next()
        if changed:
            # Once for all lines: each call lays out what follows.
            kept.document.markContentsDirty(start, kept.document.characterCount() - start)
        kept.colored = max(kept.colored, min(final, len(lines)))
        return top if changed else None

    def _grow(self, kept: _Kept, unit: CodePart) -> None:
        before = _lines_of(kept.unit)
        last = len(before) - 1
        cursor = QTextCursor(kept.document)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        added = "\n".join(unit.lines[last:])[len(before[last]) :]
        if added:
            cursor.insertText(added)
        kept.unit, kept.version = unit, -1
        kept.colored = min(kept.colored, last)
        self.grown += 1

    def _laid_out(self, unit: Unit, width: int) -> QTextDocument:
        if isinstance(unit, Text) and self._spare is not None:
            document, self._spare = self._spare, None
            self._render(document, unit)
            document.setTextWidth(width)
            return document
        document = QTextDocument()
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(0)
        document.setDefaultFont(self._code if isinstance(unit, CodePart) else self._font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTabStopDistance(4 * self.scale.character)
        document.setDefaultTextOption(option)
        self._fill(document, unit)
        document.setTextWidth(width)
        return document

    def _render(self, document: QTextDocument, unit: Text) -> None:
        document.setHtml(_BREAK.sub(r"\1", _HEADING.sub(_paragraph, unit.prose.html)))

    def _fill(self, document: QTextDocument, unit: Unit) -> None:
        match unit:
            case CodePart(lines=lines):
                document.setPlainText("\n".join(lines))
            case Text():
                document.setDefaultStyleSheet(self._style)
                document.setIndentWidth(round(self.scale.base * _INDENT))
                self._render(document, unit)
            case Plain(text=text, items=items):
                document.setPlainText(text)
                if items:
                    self._add_line(document, items)
            case Notice(text=text):
                document.setPlainText(text)
            case Header(speaker=speaker):
                bold = QFont(self._font)
                bold.setBold(True)
                document.setDefaultFont(bold)
                document.setPlainText(speaker)

    def _add_line(self, document: QTextDocument, text: str) -> None:
        """Put a line of secondary text below a document's."""
        quiet = QTextCharFormat()
        quiet.setForeground(QColor(self._theme.text_secondary))
        quiet.setProperty(QTextFormat.Property.FontPixelSize, self.scale.small)
        cursor = QTextCursor(document)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertBlock()
        cursor.insertText(text, quiet)


def estimated_height(unit: Unit, width: int, scale: TypeScale) -> int:
    """Return about how high a unit will be, in logical pixels, without laying it out."""
    fits = max(1, int(width / scale.character))
    match unit:
        case CodePart(lines=lines):
            # Few lines of code are wrapped, and all are asked for when the width changes.
            rows = len(lines)
        case Text(prose=prose):
            rows = prose.source.count("\n") + 1 + len(prose.source) // fits
        case Plain(text=text, items=items) if items:
            rows = text.count("\n") + 2 + len(text) // fits + len(items) // fits
        case Plain(text=text) | Notice(text=text):
            rows = text.count("\n") + 1 + len(text) // fits
        case Header():
            rows = 1
    return rows * scale.line


def _lines_of(unit: Unit) -> tuple[str, ...]:
    return unit.lines if isinstance(unit, CodePart) else ()


def is_longer(now: Unit, before: Unit) -> TypeGuard[CodePart]:
    """Return whether ``now`` is the code of ``before`` and more."""
    if not isinstance(before, CodePart) or not isinstance(now, CodePart):
        return False
    last = len(before.lines) - 1
    return (
        before.first == now.first
        and before.language == now.language
        and len(now.lines) > last
        and now.lines[last].startswith(before.lines[last])
        and now.lines[:last] == before.lines[:last]
    )


def _paragraph(tag: re.Match[str]) -> str:
    return "</p>" if tag[1] else '<p class="heading">'


def style_sheet(theme: Theme, code_family: str, scale: TypeScale) -> str:
    """Return the style of prose in Qt's subset of CSS."""
    code = f"font-family: '{code_family}'; background-color: {theme.surface};"
    return f"""
        p {{ margin: 0 0 8px 0; }}
        .heading {{ font-size: {scale.title}px; font-weight: bold; margin: 8px 0 6px 0; }}
        ul, ol {{ margin: 0 0 8px 0; }}
        li {{ margin: 0 0 2px 0; }}
        code {{ {code} }}
        pre {{ {code} margin: 0 0 8px 0; }}
        blockquote {{ margin: 0 0 8px 16px; color: {theme.text_secondary}; }}
        a {{ color: {theme.link}; text-decoration: underline; }}
        table {{ border-collapse: collapse; border-style: solid; border-width: 1px;
            border-color: {theme.line}; margin: 8px 0; }}
        th, td {{ border-style: solid; border-width: 1px; border-color: {theme.line};
            padding: 3px 8px; }}
    """
