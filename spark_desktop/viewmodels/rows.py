"""A list of rows for a view, changed in place so that a selection survives."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.plain_tip import plain_tip

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: ``icon`` is a file name of resources/icons without its ending."""

    id: str
    title: str
    detail: str = ""
    icon: str = ""
    tone: Tone = Tone.PLAIN
    aside: str = ""
    tip: str = ""


class RowRole(IntEnum):
    """Where a delegate finds the row itself."""

    ROW = int(Qt.ItemDataRole.UserRole)


class Rows(QAbstractListModel):
    """Rows by position; equal ids are taken for the same entry."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return the rows, first on top."""
        return self._rows

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show ``rows``, telling the view no more than what changed."""
        new = tuple(rows)
        if [row.id for row in new] == [row.id for row in self._rows]:
            self._update(new)
        elif [row.id for row in new[1:]] == [row.id for row in self._rows]:
            self.beginInsertRows(QModelIndex(), 0, 0)
            self._rows = (new[0], *self._rows)
            self.endInsertRows()
            self._update(new)
        else:
            self.beginResetModel()
            self._rows = new
            self.endResetModel()

    def position(self, row_id: str) -> int | None:
        """Return where the row with this id stands, None where it does not."""
        for position, row in enumerate(self._rows):
            if row.id == row_id:
                return position
        return None

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the row, or its texts for readers of the screen and tooltips."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.title
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(row.tip or row.title)
            case Qt.ItemDataRole.AccessibleTextRole:
                return " · ".join(part for part in (row.title, row.detail, row.aside) if part)
            case RowRole.ROW:
                return row
        return None

    def _update(self, new: tuple[Row, ...]) -> None:
        changed = [
            i for i, (old, row) in enumerate(zip(self._rows, new, strict=True)) if old != row
        ]
        self._rows = new
        for position in changed:
            index = self.index(position)
            self.dataChanged.emit(index, index)
