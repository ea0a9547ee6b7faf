"""Every host that was asked, with a filter."""

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale, QObject, Signal

from spark_desktop.domain.contact import ContactRecord
from spark_desktop.domain.errors import SparkError
from spark_desktop.services.ledger import ConnectionRecords
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.notice import Notice, Tone
from spark_desktop.viewmodels.translation import in_language, tr


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One host and purpose as it is shown; ``is_local`` where nothing left this machine."""

    host: str
    purpose: str
    where: str
    count: str
    first: str
    last: str
    is_local: bool

    @property
    def text(self) -> str:
        """Return the row as one line of tab-separated text."""
        parts = (self.host, self.where, self.purpose, self.count, self.first, self.last)
        return "\t".join(parts)


class ConnectionsViewModel(QObject):
    """``changed`` says that the rows or the notice are others."""

    changed = Signal()

    def __init__(self, records: ConnectionRecords, scope: TaskScope) -> None:
        super().__init__()
        self._records = records
        self._scope = scope
        self._known: tuple[ContactRecord, ...] = ()
        self._error: Notice | None = None
        self._filter = ""
        self._hides_local = False

    @property
    def rows(self) -> tuple[ContactRow, ...]:
        """Return what the filter lets through, the newest first."""
        rows = (_row(record) for record in self._known)
        words = self._filter.lower().split()
        return tuple(
            row
            for row in rows
            if not (self._hides_local and row.is_local)
            and all(word in row.text.lower() for word in words)
        )

    @property
    def notice(self) -> Notice:
        """Return the sum of it in one line."""
        if self._error is not None:
            return self._error
        foreign = {record.contact.host for record in self._known if not record.contact.is_local}
        if not foreign:
            return Notice(tr("No other machine was asked anything."), Tone.GOOD)
        return Notice(tr("%n other machine(s) were asked.", "", len(foreign)), Tone.PLAIN)

    @property
    def text(self) -> str:
        """Return the rows as tab-separated text, with a heading."""
        head = "\t".join((tr("Host"), tr("Where"), tr("Why"), tr("Times"), tr("First"), tr("Last")))
        return "\n".join((head, *(row.text for row in self.rows))) + "\n"

    def refresh(self) -> None:
        """Read what was noted."""
        self._scope.start("connections", self._read())

    def set_filter(self, text: str) -> None:
        """Show only rows in which all these words occur."""
        self._filter = text
        self.changed.emit()

    def set_hides_local(self, hides: bool) -> None:
        """Leave out, or show, what stayed on this machine."""
        self._hides_local = hides
        self.changed.emit()

    def clear(self) -> None:
        """Forget everything that was noted."""
        self._scope.start("clear", self._clear())

    async def _read(self) -> None:
        try:
            self._known, self._error = await self._records.records(), None
        except SparkError as error:
            self._fail(error)
        self.changed.emit()

    async def _clear(self) -> None:
        try:
            await self._records.clear()
        except SparkError as error:
            self._fail(error)
            self.changed.emit()
            return
        await self._read()

    def _fail(self, error: SparkError) -> None:
        text, step = in_language(error.message), in_language(error.next_step)
        self._error = Notice(text, Tone.PROBLEM, step)


def _row(record: ContactRecord) -> ContactRow:
    contact, locale = record.contact, QLocale()
    host = f"{contact.host}:{contact.port}" if contact.port else contact.host
    form = QLocale.FormatType.ShortFormat
    return ContactRow(
        host,
        in_language(contact.purpose),
        tr("this machine") if contact.is_local else tr("elsewhere"),
        locale.toString(record.count),
        locale.toString(_local(record.first), form),
        locale.toString(_local(record.last), form),
        contact.is_local,
    )


def _local(time: datetime) -> QDateTime:
    return QDateTime.fromSecsSinceEpoch(int(time.timestamp()))
