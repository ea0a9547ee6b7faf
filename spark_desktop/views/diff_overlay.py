"""Draws what lies over the rows of a diff: frames, buttons and labels of its hunks."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from spark_desktop.domain.patch import Owner
from spark_desktop.domain.proposal import Decision
from spark_desktop.viewmodels.diff_rows import PairRow, Row
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.code_style import blend
from spark_desktop.views.diff_buttons import MARGIN, Button, label_of
from spark_desktop.views.diff_content import DiffContent
from spark_desktop.views.diff_palette import DiffPalette, color

_HOVERED = 0.15


@dataclass(frozen=True, slots=True)
class Block:
    """A hunk or failed block in view; ``row``, number ``number``, is the one with its buttons."""

    owner: str
    rect: QRect
    number: int
    row: QRect
    buttons: dict[str, QRect]
    is_current: bool = False


class OverlayPainter:
    """Draws with one palette."""

    def __init__(self, palette: DiffPalette) -> None:
        self._palette = palette
        # Round corners and their words cost more than a line of code: each is drawn once.
        self._drawn: dict[tuple[object, ...], QPixmap] = {}

    def block(
        self, painter: QPainter, block: Block, content: DiffContent, hovered: Button | None
    ) -> None:
        """Draw the frame of a block, its buttons, or what was decided about it."""
        self._frame(painter, block, content)
        right = block.row.right() - MARGIN
        if block.buttons:
            first = next(iter(block.buttons.values()))
            cleared = QRect(first.left() - MARGIN, block.row.top(), 0, block.row.height())
            cleared.setRight(block.row.right())
            self.clear(painter, cleared, content, block)
            self.buttons(painter, block.owner, block.buttons, hovered)
            right = first.left() - MARGIN
        label = label_of_block(content, block.owner)
        if label:
            measured = painter.fontMetrics().horizontalAdvance(label)
            place = QRect(right - measured, block.row.top(), measured, block.row.height())
            self.clear(painter, place.adjusted(-MARGIN, 0, 0, 0), content, block)
            painter.setPen(self._palette.quiet)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(place, flags, label)

    def clear(self, painter: QPainter, rect: QRect, content: DiffContent, block: Block) -> None:
        """Paint over the end of a row's text, so that what is drawn there can be read."""
        row: Row | None = content.rows[block.number]
        if isinstance(row, PairRow):
            # The buttons stand in the lane of the new text.
            row = row.new
        ground = self._palette.ground(row)
        # The frame stays.
        inside = rect.adjusted(0, 1 if block.rect.top() == block.row.top() else 0, -1, -1)
        painter.fillRect(inside, ground)

    def buttons(
        self, painter: QPainter, owner: str, rects: dict[str, QRect], hovered: Button | None
    ) -> None:
        """Draw buttons; ``hovered`` is the one under the mouse, if any."""
        for action, rect in rects.items():
            is_hovered = hovered == Button(owner, action)
            self._button(painter, rect, label_of(action), self._tone(action), is_hovered)

    def comment(self, painter: QPainter, rect: QRect) -> None:
        """Draw the button that asks for a comment, over a row's line number."""
        palette = self._palette
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(palette.link)
        painter.setBrush(palette.surface)
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        middle, arm = rect.center(), rect.width() // 4
        painter.fillRect(middle.x() - arm, middle.y(), 2 * arm + 1, 1, palette.link)
        painter.fillRect(middle.x(), middle.y() - arm, 1, 2 * arm + 1, palette.link)

    def cursor(self, painter: QPainter, rect: QRect) -> None:
        """Draw a frame around the row that the keyboard is at."""
        painter.setPen(self._palette.link)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _frame(self, painter: QPainter, block: Block, content: DiffContent) -> None:
        rect, palette = block.rect, self._palette
        side = top = palette.line
        if block.owner in content.failed:
            side = palette.problem
        elif content.decision(block.owner) is Decision.CONFLICTING:
            side = palette.warning
        elif _is_users(content, block.owner):
            side = palette.link
        if block.is_current:
            side = top = palette.accent
        wide = 3 if block.is_current or side is not palette.line else 2
        painter.fillRect(rect.left(), rect.top(), wide, rect.height(), side)
        painter.fillRect(rect.left(), rect.top(), rect.width(), 1, top)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, top)
        if block.is_current:
            painter.fillRect(rect.right(), rect.top(), 1, rect.height(), top)

    def _tone(self, action: str) -> QColor:
        match action:
            case "accept" | "mine":
                return self._palette.added
            case "reject" | "drop":
                return self._palette.removed
            case _:
                return self._palette.text

    def _button(
        self, painter: QPainter, rect: QRect, text: str, tone: QColor, hovered: bool
    ) -> None:
        ratio = painter.device().devicePixelRatioF()
        key = (text, tone.name(), hovered, rect.width(), rect.height(), ratio)
        drawn = self._drawn.get(key)
        if drawn is None:
            drawn = QPixmap(round(rect.width() * ratio), round(rect.height() * ratio))
            drawn.setDevicePixelRatio(ratio)
            drawn.fill(Qt.GlobalColor.transparent)
            inside = QPainter(drawn)
            inside.setFont(painter.font())
            self._draw_button(inside, QRect(0, 0, rect.width(), rect.height()), text, tone, hovered)
            inside.end()
            self._drawn[key] = drawn
        painter.drawPixmap(rect.topLeft(), drawn)

    def _draw_button(
        self, painter: QPainter, rect: QRect, text: str, tone: QColor, hovered: bool
    ) -> None:
        theme = self._palette.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(tone if hovered else self._palette.line)
        ground = blend(theme.raised, tone.name(), _HOVERED) if hovered else theme.raised
        painter.setBrush(color(ground))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(tone)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


def label_of_block(content: DiffContent, owner: str) -> str:
    """Return what is said at a hunk's first row: the decision, and whose words it has."""
    if owner in content.failed:
        return ""
    yours = tr("edited by you") if _is_users(content, owner) else ""
    said = _said_of(content.decision(owner))
    return " · ".join(part for part in (yours, said) if part)


def _said_of(decision: Decision) -> str:
    match decision:
        case Decision.ACCEPTED:
            return "✓ " + tr("accepted")
        case Decision.REJECTED:
            return "✗ " + tr("rejected")
        case Decision.STALE:
            return tr("no longer needed")
        case _:
            return ""


def _is_users(content: DiffContent, owner: str) -> bool:
    hunk = content.hunks_by_id.get(owner)
    return hunk is not None and hunk.owner is Owner.USER
