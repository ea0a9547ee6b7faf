"""What saves would have started, and did not: each entry of the inbox with what it offers."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import SaveSettled
from spark_desktop.domain.inbox_entry import InboxEntry
from spark_desktop.domain.trigger import EditComment, QuestionComment, title_of
from spark_desktop.services.bus import Bus
from spark_desktop.services.locate import place_of
from spark_desktop.viewmodels.rest import Offering
from spark_desktop.viewmodels.translation import in_language, tr

# Older ones are no longer what the user is at.
_MOST = 20
_NAMED = 12


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One entry: why it started nothing, and the button that starts it."""

    id: str
    text: str
    tip: str
    button: str


class OffersViewModel(QObject):
    """``rows`` has the newest first; ``changed`` says that they are others."""

    changed = Signal()

    def __init__(self, inbox: Offering, bus: Bus, failed: Callable[[SparkError], None]) -> None:
        super().__init__()
        self._inbox, self._failed = inbox, failed
        self._entries: dict[str, InboxEntry] = {}
        # What the user took off the list, by its file.
        self._dismissed: dict[str, frozenset[tuple[str, str, str]]] = {}
        self.rows: tuple[OfferRow, ...] = ()
        bus.subscribe(SaveSettled, self._on_settled)

    def start(self, entry_id: str) -> None:
        """Ask for everything that an entry offers."""
        try:
            self._inbox.start(entry_id)
        except SparkError as error:
            self._failed(error)
        if self._entries.pop(entry_id, None) is not None:
            self._show()

    def dismiss(self, entry_id: str) -> None:
        """Take an entry off this list; the list of ignored changes still has it.

        Later saves of its file that ask for the same do not bring it back.
        """
        entry = self._entries.pop(entry_id, None)
        if entry is not None:
            if not entry.is_burst:
                self._dismissed[entry.paths[0]] = _asked(entry)
            self._show()

    def _on_settled(self, event: SaveSettled) -> None:
        entry, before = event.entry, dict(self._entries)
        # An entry that offers less or nothing any more is told again, so no other save of its file
        # needs to be looked at.
        if not entry.offered:
            self._entries.pop(entry.id, None)
        elif entry.id in self._entries or self._dismissed.get(entry.paths[0]) != _asked(entry):
            self._entries[entry.id] = entry
        while len(self._entries) > _MOST:
            del self._entries[next(iter(self._entries))]
        if self._entries != before:
            self._show()

    def _show(self) -> None:
        self.rows = tuple(_row(entry) for entry in reversed(self._entries.values()))
        self.changed.emit()


def _asked(entry: InboxEntry) -> frozenset[tuple[str, str, str]]:
    return frozenset(map(place_of, entry.offered))


def _row(entry: InboxEntry) -> OfferRow:
    reason, count = in_language(entry.reason), len(entry.offered)
    name = entry.paths[0].rpartition("/")[2] if entry.paths else ""
    text = reason if entry.is_burst else f"{name} · {reason}"
    named = [f"{one.snapshot.path}: {in_language(title_of(one))}" for one in entry.offered[:_NAMED]]
    more = ["…"] if count > _NAMED else []
    are_comments = all(isinstance(one, EditComment | QuestionComment) for one in entry.offered)
    button = (
        tr("Start %n comment(s)", "", count)
        if are_comments
        else tr("Start %n proposal(s)", "", count)
    )
    return OfferRow(entry.id, text, "\n".join([reason, *named, *more]), button)
