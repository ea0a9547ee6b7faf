"""What can be done at a place of a diff, and where the buttons for it are."""

from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFont, QFontMetrics

from spark_desktop.domain.proposal import Decision
from spark_desktop.viewmodels.diff_rows import FoldRow, Row
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.diff_content import DiffContent
from spark_desktop.views.diff_geometry import RowGeometry
from spark_desktop.views.shortcuts import key_text

MARGIN = 8
_GAP = 4
# Lines that a fold opens by at one time.
PIECE = 20


class Button(NamedTuple):
    """An action on a hunk, a failed block, or a fold (whose ``owner`` is its first line)."""

    owner: str
    action: str


class DiffButtons:
    """Buttons at the right end of each block's first visible row, and of each fold."""

    def __init__(self, rows: RowGeometry, font: QFont) -> None:
        self._rows = rows
        self.set_font(font)

    def set_font(self, font: QFont) -> None:
        """Fit the buttons to a font, or to keys that are others now."""
        self._font = font
        self._widths: dict[str, int] = {}

    def rect(
        self, content: DiffContent, button: Button, width: int, *, is_full: bool = True
    ) -> QRect | None:
        """Return where a button is in a viewport ``width`` wide; None where it is not shown."""
        return self.rects(content, button.owner, width, is_full=is_full).get(button.action)

    def rects(
        self, content: DiffContent, owner: str, width: int, *, is_full: bool
    ) -> dict[str, QRect]:
        """Return a block's buttons by their action, from the left; none while it is out of view.

        Only with ``is_full``, and where there is room, there are those that are used seldom.
        """
        room = width // 2 if content.is_split else width
        is_full = is_full and 2 * room >= 3 * self.reserved()
        rows = content.hunks.get(owner)
        if rows is None:
            return {}
        first, last = self._rows.visible()
        if rows.end <= first or rows.start >= last:
            return {}
        # A block that is cut off at the top keeps its buttons in view.
        top = max(self._rows.top_of(rows.start), min(0, self._rows.top_of(rows.end - 1)))
        return self._placed(actions_of(content, owner, is_full=is_full), top, width)

    def reserved(self) -> int:
        """Return how wide the buttons of an undecided hunk are, with the room around them."""
        actions = ("edit", "split", "accept", "reject")
        return MARGIN + sum(self._width_of(label_of(action)) + MARGIN for action in actions)

    def fold_rects(self, row: Row, top: int, width: int) -> dict[str, QRect]:
        """Return the buttons of a fold that begins at ``top``; none where it is a short one."""
        if not isinstance(row, FoldRow) or len(row.lines) <= PIECE:
            return {}
        actions = ["fold_down"] if row.lines.start else []
        return self._placed((*actions, "fold_up"), top, width)

    def at(
        self, content: DiffContent, place: QPoint, width: int, *, is_full: bool
    ) -> Button | None:
        """Return the button at a place of the viewport, if there is one."""
        number = self._rows.row_at(place)
        if number is None:
            return None
        row = content.rows[number]
        if isinstance(row, FoldRow):
            owner = str(row.lines.start)
            found = self.fold_rects(row, self._rows.top_of(number), width)
        else:
            owner = content.block_at(number) or ""
            found = self.rects(content, owner, width, is_full=is_full) if owner else {}
        for action, rect in found.items():
            if rect.contains(place):
                return Button(owner, action)
        return None

    def _placed(self, actions: tuple[str, ...], top: int, width: int) -> dict[str, QRect]:
        right, height = width - MARGIN, self._rows.row_height - 2
        placed: dict[str, QRect] = {}
        for action in reversed(actions):
            wide = self._width_of(label_of(action))
            placed[action] = QRect(right - wide, top + 1, wide, height)
            right -= wide + _GAP
        return dict(reversed(placed.items()))

    def _width_of(self, label: str) -> int:
        if label not in self._widths:
            wide = QFontMetrics(self._font).horizontalAdvance(label)
            self._widths[label] = wide + 2 * MARGIN
        return self._widths[label]


def actions_of(content: DiffContent, owner: str, *, is_full: bool = True) -> tuple[str, ...]:
    """Return what can be done with a hunk or a failed block, the usual at the right."""
    if owner in content.failed:
        return ("drop", "place")
    decision, hunk = content.decision(owner), content.hunks_by_id.get(owner)
    if hunk is None:
        return ()
    if decision is Decision.CONFLICTING:
        return ("both", "disk", "mine")
    if decision is not Decision.PENDING:
        return ()
    can_split = max(len(hunk.old), len(hunk.new)) > 1
    seldom = ("edit", *(("split",) if can_split else ())) if is_full else ()
    return (*seldom, "accept", "reject")


def label_of(action: str) -> str:
    """Return what stands on a button: a word or a mark, and the key where it is one letter."""
    match action:
        case "accept":
            return _keyed("\N{CHECK MARK}", key_text("accept"))
        case "reject":
            return _keyed("\N{BALLOT X}", key_text("reject"))
        case "fold_down":
            return f"\N{DOWNWARDS ARROW} {PIECE}"
        case "fold_up":
            return f"\N{UPWARDS ARROW} {PIECE}"
        case "split":
            return _worded(tr("Split"), key_text("split"))
        case "edit":
            return _worded(tr("Edit"), key_text("edit_hunk"))
        case _:
            return _words()[action][0]


def tip_of(button: Button) -> str:
    """Return what a button does, as a sentence."""
    return _words()[button.action][1]


def _words() -> dict[str, tuple[str, str]]:
    return {
        "accept": (tr("Accept"), tr("Accept this hunk")),
        "reject": (tr("Reject"), tr("Reject this hunk")),
        "split": (tr("Split"), tr("Split this hunk into smaller ones")),
        "edit": (tr("Edit"), tr("Edit the proposed lines before accepting them")),
        "mine": (tr("Proposed"), tr("Take the proposed lines in place of those on disk")),
        "disk": (tr("On disk"), tr("Keep the lines that are on disk")),
        "both": (tr("Both"), tr("Keep the lines on disk and add the proposed ones below")),
        "place": (tr("Place"), tr("Replace the selected lines, or the most similar ones, by it")),
        "drop": (tr("Drop"), tr("Leave this part of the answer out")),
        "fold_down": ("", tr("Show more lines below the change above")),
        "fold_up": ("", tr("Show more lines above the change below")),
    }


def _worded(word: str, key: str) -> str:
    return f"{word} {key}" if len(key) == 1 else word


@lru_cache(maxsize=64)
def _keyed(mark: str, key: str) -> str:
    return f"{mark} {key}" if len(key) == 1 else mark
