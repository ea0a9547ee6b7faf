"""The list of threads for a view: headings and rows, more of which are fetched as one scrolls."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

from PySide6.QtCore import (
    QAbstractListModel,
    QDate,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from spark_desktop.domain.conversation import ThreadHit, ThreadInfo
from spark_desktop.domain.thread_groups import Group, group_of
from spark_desktop.domain.thread_search import excerpt
from spark_desktop.viewmodels.amounts import age_text, moment_text
from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.rows import RowRole
from spark_desktop.viewmodels.translation import tr

Index = QModelIndex | QPersistentModelIndex
Marks = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A group's name; it can be neither chosen nor reached by the keyboard."""

    text: str


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """One thread; the marks are where the words that are searched for stand (from, to).

    ``turn_id`` is where a search found them; ``name`` is the title that can be edited. ``active``
    is in the user's zone.
    """

    id: str
    title: str
    name: str
    aside: str
    active: datetime
    turns: int
    is_pinned: bool = False
    is_current: bool = False
    title_marks: Marks = ()
    detail: str = ""
    detail_marks: Marks = ()
    turn_id: str | None = None


Entry = Heading | ThreadRow


class ThreadRows(QAbstractListModel):
    """Entries by position; ``more_wanted`` is emitted when the end of what is loaded is shown."""

    more_wanted = Signal()
    renamed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._has_more = False

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return headings and rows, first on top."""
        return self._entries

    @property
    def threads(self) -> tuple[ThreadRow, ...]:
        """Return the rows without the headings."""
        return tuple(entry for entry in self._entries if isinstance(entry, ThreadRow))

    def set_entries(self, entries: Sequence[Entry], has_more: bool = False) -> None:
        """Show ``entries``, telling the view no more than what changed."""
        new, old = tuple(entries), self._entries
        self._has_more = has_more
        names, known = _names(new), _names(old)
        if names == known:
            self._entries = new
            for place, (before, entry) in enumerate(zip(old, new, strict=True)):
                if before != entry:
                    self.dataChanged.emit(self.index(place), self.index(place))
        elif known and names[: len(known)] == known:
            self.beginInsertRows(QModelIndex(), len(old), len(new) - 1)
            self._entries = new
            self.endInsertRows()
        else:
            self.beginResetModel()
            self._entries = new
            self.endResetModel()

    def mark_current(self, thread_id: str | None) -> None:
        """Mark the thread that is open, and no other."""
        entries = list(self._entries)
        for place, entry in enumerate(entries):
            is_other = isinstance(entry, ThreadRow) and entry.is_current != (entry.id == thread_id)
            if is_other and isinstance(entry, ThreadRow):
                entries[place] = replace(entry, is_current=not entry.is_current)
                self._entries = tuple(entries)
                self.dataChanged.emit(self.index(place), self.index(place))

    def position(self, thread_id: str) -> int | None:
        """Return where the thread stands, None where it is not shown."""
        for place, entry in enumerate(self._entries):
            if isinstance(entry, ThreadRow) and entry.id == thread_id:
                return place
        return None

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of entries that are loaded."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def canFetchMore(self, parent: Index) -> bool:
        """Return whether the list goes on."""
        return self._has_more and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:
        """Ask for the next page; it comes later."""
        if self.canFetchMore(parent):
            # Once a page: the view asks again as long as it has room.
            self._has_more = False
            self.more_wanted.emit()

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with an entry."""
        if not index.isValid() or isinstance(self._entries[index.row()], Heading):
            return Qt.ItemFlag.NoItemFlags
        usable = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return usable | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the entry, or its texts for readers of the screen, tooltips and the editor."""
        if not index.isValid() or index.row() >= len(self._entries):
            return None
        entry = self._entries[index.row()]
        if role == RowRole.ROW:
            return entry
        if isinstance(entry, Heading):
            return entry.text if role == Qt.ItemDataRole.DisplayRole else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return entry.title
            case Qt.ItemDataRole.EditRole:
                return entry.name
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(_tip(entry))
            case Qt.ItemDataRole.AccessibleTextRole:
                return _spoken(entry)
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a new title from the editor; it is shown once it is kept."""
        entry = self.data(index, RowRole.ROW)
        if role != Qt.ItemDataRole.EditRole or not isinstance(entry, ThreadRow):
            return False
        if str(value).strip() != entry.name:
            self.renamed.emit(entry.id, str(value))
        return True


def list_entries(
    threads: Sequence[ThreadInfo],
    now: datetime,
    current: str | None,
    above: ThreadInfo | None = None,
) -> tuple[Entry, ...]:
    """Return the threads, as they are sorted, under the headings of their groups.

    ``above`` is the thread that stands above them, whose heading is not repeated.
    """
    entries: list[Entry] = []
    shown: Group | None = None if above is None else group_of(above, now)
    for thread in threads:
        group = group_of(thread, now)
        if group is not shown:
            shown = group
            entries.append(Heading(_heading(group)))
        entries.append(_row(thread, now, current))
    return tuple(entries)


def hit_entries(
    hits: Sequence[ThreadHit], query: str, now: datetime, current: str | None
) -> tuple[Entry, ...]:
    """Return what a search found, the best first, with the words marked."""
    return tuple(_hit_row(hit, query, now, current) for hit in hits)


def title_of(title: str) -> str:
    """Return a thread's title on one line; an empty one has a name, too."""
    return " ".join(title.split()) or tr("New thread")


def _row(thread: ThreadInfo, now: datetime, current: str | None) -> ThreadRow:
    # Thousands of them are made at once: what only a tooltip needs is made when it is shown.
    name = " ".join(thread.title.split())
    local = thread.active.astimezone(now.tzinfo)
    return ThreadRow(
        id=thread.id,
        title=name or title_of(""),
        name=name,
        aside=_when(local, now),
        active=local,
        turns=thread.turns,
        is_pinned=thread.is_pinned,
        is_current=thread.id == current,
    )


def _tip(row: ThreadRow) -> str:
    counted = tr("%n turn(s)", "", row.turns)
    return f"{row.title}\n{counted} · {moment_text(row.active)}"


def _hit_row(hit: ThreadHit, query: str, now: datetime, current: str | None) -> ThreadRow:
    row = _row(hit.thread, now, current)
    titled = excerpt(row.title, query)
    found = excerpt(hit.text, query)
    has_title = titled is not None and not titled.text.startswith("…")
    return replace(
        row,
        title_marks=titled.marks if titled is not None and has_title else (),
        detail=found.text if found else " ".join(hit.text.split())[:160],
        detail_marks=found.marks if found else (),
        turn_id=hit.turn_id,
    )


def _when(active: datetime, now: datetime) -> str:
    return age_text(active, now) if active.date() >= now.date() else _date(active)


def _date(moment: datetime) -> str:
    return _date_text(moment.toordinal(), QLocale().name())


@lru_cache(maxsize=1024)
def _date_text(ordinal: int, locale: str) -> str:
    day = date.fromordinal(ordinal)
    shown = QDate(day.year, day.month, day.day)
    return QLocale(locale).toString(shown, QLocale.FormatType.ShortFormat)


def _heading(group: Group) -> str:
    match group:
        case Group.PINNED:
            return tr("Pinned")
        case Group.TODAY:
            return tr("Today")
        case Group.YESTERDAY:
            return tr("Yesterday")
        case Group.WEEK:
            return tr("This week")
        case Group.EARLIER:
            return tr("Earlier")


def _spoken(row: ThreadRow) -> str:
    marks = (tr("pinned") if row.is_pinned else "", tr("open") if row.is_current else "")
    return " · ".join(part for part in (row.title, *marks, row.detail, row.aside) if part)


def _names(entries: Sequence[Entry]) -> list[str]:
    return [entry.id if isinstance(entry, ThreadRow) else f"# {entry.text}" for entry in entries]
