"""The stages of a turn as one bar, each in its colour."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from spark_desktop.domain.stage_times import Stage
from spark_desktop.views.theme import Theme

STAGES_ROLE = Qt.ItemDataRole.UserRole + 1
LONGEST_ROLE = Qt.ItemDataRole.UserRole + 2
# Pixels at the usual size of type.
_HEIGHT, _MARGIN = 8, 8


def stage_colors(theme: Theme) -> dict[Stage, str]:
    """Return the colour of each stage; the two long ones differ most."""
    return {
        Stage.CONNECT: theme.warning,
        Stage.QUEUE: theme.text_secondary,
        Stage.PREFILL: theme.text,
        Stage.DECODE: theme.link,
        Stage.PAINT: theme.removed_text,
        Stage.APPLY: theme.added_text,
    }


def parts(
    stages: tuple[tuple[Stage, float], ...], longest: float, width: float
) -> list[tuple[Stage, float, float]]:
    """Return (stage, start, width) in pixels of a bar that is ``width`` wide for ``longest`` s.

    A stage that took any time at all shows at least one pixel.
    """
    if longest <= 0:
        return []
    found, start = [], 0.0
    for stage, seconds in stages:
        if seconds <= 0:
            continue
        wide = max(1.0, width * seconds / longest)
        found.append((stage, start, wide))
        start += wide
    return found


class StageBars(QStyledItemDelegate):
    """Paints an item's stages instead of its text, all rows to one scale."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self.colors = stage_colors(theme)
        self._height, self._margin = theme.px(_HEIGHT), theme.px(_MARGIN)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the bar over the row's ground."""
        super().paint(painter, option, index)
        stages = index.data(STAGES_ROLE)
        longest = index.data(LONGEST_ROLE)
        if not stages or not longest:
            return
        ground = QRectF(option.rect)
        top = ground.center().y() - self._height / 2
        left, width = ground.left() + self._margin, ground.width() - 2 * self._margin
        for stage, start, wide in parts(stages, longest, width):
            place = QRectF(left + start, top, wide, self._height)
            painter.fillRect(place, QColor(self.colors[stage]))
