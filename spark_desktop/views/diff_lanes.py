"""Where the columns of a diff are: a lane of text with line numbers, or two of them."""

from dataclasses import dataclass
from enum import Enum

from spark_desktop.viewmodels.diff_rows import (
    AddedRow,
    ContextRow,
    PairRow,
    RemovedRow,
    Row,
    UnwrittenRow,
    WideRow,
)
from spark_desktop.views.diff_layouts import Metrics

PAD = 8
MARK = 18
# Columns of text that a lane has at least before its lines are broken.
_NARROWEST = 8


class Side(Enum):
    """Which text a lane shows."""

    BOTH = "both"
    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Lane:
    """From ``left`` to ``right`` (exclusive); its text begins at ``text``, in pixels."""

    left: int
    right: int
    text: int
    number_width: int
    side: Side
    has_marks: bool

    @property
    def width(self) -> int:
        """Return the width of its text."""
        return max(0, self.right - self.text)


@dataclass(frozen=True, slots=True)
class Scene:
    """What all rows of one frame share; lengths in logical pixels."""

    width: int
    scrolled: int
    lanes: tuple[Lane, ...]

    @property
    def is_split(self) -> bool:
        """Return whether there are two lanes."""
        return len(self.lanes) > 1

    def lane_at(self, x: int) -> Lane:
        """Return the lane at a place."""
        return next((lane for lane in self.lanes if x < lane.right), self.lanes[-1])


def lanes_of(
    width: int, digits: int, metrics: Metrics, *, is_diff: bool, is_split: bool
) -> tuple[Lane, ...]:
    """Return the lanes of a viewport ``width`` wide; line numbers have ``digits``."""
    number = round(digits * metrics.char_width) + PAD
    mark = metrics.px(MARK)
    if is_split:
        half = width // 2
        return (
            Lane(0, half, number + mark, number, Side.OLD, True),
            Lane(half, width, half + number + mark, number, Side.NEW, True),
        )
    gutter = 2 * number + mark if is_diff else number + PAD
    return (Lane(0, width, gutter, number, Side.BOTH, is_diff),)


def text_columns(lane: Lane, metrics: Metrics) -> int:
    """Return how many columns of text fit into a lane."""
    return max(_NARROWEST, int((lane.width - PAD) / metrics.char_width))


def cells(row: Row, scene: Scene) -> tuple[tuple[Lane, Row | None], ...]:
    """Return which row each lane shows, None for an empty place. A wide row is in the first one."""
    if not scene.is_split or isinstance(row, WideRow):
        return ((scene.lanes[0], row),)
    left, right = scene.lanes
    match row:
        case PairRow(old=old, new=new):
            return (left, old), (right, new)
        case UnwrittenRow() | RemovedRow():
            return (left, row), (right, None)
        case AddedRow():
            return (left, None), (right, row)
        case ContextRow():
            return (left, row), (right, row)


def numbers(row: Row, lane: Lane, *, is_diff: bool) -> tuple[int | None, ...]:
    """Return the numbers in a lane's gutter, from 0."""
    match row:
        case ContextRow(old=old, new=new):
            both: tuple[int | None, int | None] = (old, new)
        case RemovedRow(old=old) | UnwrittenRow(old=old):
            both = (old, None)
        case AddedRow(new=new):
            both = (None, new)
        case _:
            return ()
    if lane.side is Side.BOTH:
        return both if is_diff else both[:1]
    return both[:1] if lane.side is Side.OLD else both[1:]
