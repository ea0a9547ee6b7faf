"""The painted buttons of code blocks: where they are, and which one the user is about to press."""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFont, QFontMetrics

from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.transcript_paint import BlockButton
from spark_desktop.views.transcript_stage import BlockId, Stage
from spark_desktop.views.type_scale import TypeScale

_PAD = 8
_GAP = 4


class BlockAction(Enum):
    """What can be done with a code block."""

    COPY = "copy"
    INSERT = "insert"


@dataclass(frozen=True, slots=True)
class Target:
    """One button of one block."""

    block: BlockId
    action: BlockAction


class BlockButtons:
    """``active`` is the block that shows its buttons, ``done`` the one that was copied."""

    def __init__(self) -> None:
        self.active: BlockId | None = None
        self.done: BlockId | None = None

    def rects(
        self, stage: Stage, block: BlockId, font: QFont, scale: TypeScale
    ) -> dict[BlockAction, QRect]:
        """Return where a visible block's buttons are, in the viewport; empty for another one."""
        box = stage.boxes().get(block)
        if box is None:
            return {}
        # A block that is cut off at the top keeps its buttons in view.
        top = min(max(box.rect.top(), 0), box.rect.bottom() - scale.strip) + 3
        metrics = QFontMetrics(scale.text(font, scale.small))
        right = box.rect.right() - _GAP
        found = {}
        for action in (BlockAction.INSERT, BlockAction.COPY):
            width = metrics.horizontalAdvance(_widest(action)) + 2 * _PAD
            found[action] = QRect(right - width, top, width, scale.strip - 6)
            right -= width + _GAP
        return found

    def at(self, place: QPoint, stage: Stage, font: QFont, scale: TypeScale) -> Target | None:
        """Return the button at a place of the viewport."""
        for block in stage.boxes():
            for action, rect in self.rects(stage, block, font, scale).items():
                if rect.contains(place):
                    return Target(block, action)
        return None

    def drawn(self, stage: Stage, font: QFont, scale: TypeScale) -> list[BlockButton]:
        """Return the buttons to draw."""
        if self.active is None:
            return []
        is_done = self.done == self.active
        found = []
        for action, rect in self.rects(stage, self.active, font, scale).items():
            is_copied = is_done and action is BlockAction.COPY
            text = tr("copied") if is_copied else _name(action)
            found.append(BlockButton(rect, text, action is BlockAction.COPY and not is_copied))
        return found


def tip_of(action: BlockAction) -> str:
    """Return what a button does, and its key."""
    if action is BlockAction.COPY:
        return tr("Copy the code (Enter)")
    return tr(
        "Propose the code for the open file: its selected lines, or else its end (Ctrl+Enter)"
    )


def _name(action: BlockAction) -> str:
    return tr("copy") if action is BlockAction.COPY else tr("insert")


def _widest(action: BlockAction) -> str:
    return (
        max(tr("copied"), _name(action), key=len) if action is BlockAction.COPY else _name(action)
    )
