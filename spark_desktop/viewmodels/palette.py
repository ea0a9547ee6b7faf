"""The command palette: everything that can be done or opened, found by a few letters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.fuzzy import Match, match

# Nobody reads on; the list is made anew with every letter.
_MOST = 60
# Of the large sources: about 20 ms.
_MOST_RATED = 1000
_REMEMBERED = 12
# For the one used last, less for those before: as much as a letter at a word's beginning.
_RECENT = 4.0
_UNAVAILABLE = -6.0
# Of the detail's letters, beside those of the title.
_DETAIL = 0.4
_MEMORY = "palette"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to do or open; ``id`` is the same in the next run of the program.

    ``detail`` says what kind of thing it is or where, ``key`` how it is reached otherwise, and
    ``reason``, where it is not empty, why it cannot be done now.
    """

    id: str
    title: str
    run: Callable[[], None]
    detail: str = ""
    key: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry with the places of its title's letters that the query matched."""

    entry: Entry
    places: tuple[int, ...] = ()


class Source(Protocol):
    """A kind of entries: actions, files, threads."""

    @property
    def is_large(self) -> bool:
        """Return whether the entries are too many to be listed before something is typed."""
        ...

    def entries(self) -> Sequence[Entry]:
        """Return what there is now, without waiting."""
        ...


class Memory(Protocol):
    """Lists of names, newest first, across restarts."""

    def recent(self, name: str) -> list[str]:
        """Return a list; empty where nothing is remembered."""
        ...

    def set_recent(self, name: str, values: Sequence[str]) -> None:
        """Remember a list."""
        ...


class PaletteViewModel(QObject):
    """``changed`` says that ``hits`` are others."""

    changed = Signal()

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self._memory = memory
        self._sources: list[Source] = []
        self._entries: list[Entry] = []
        self._large: list[Entry] | None = None
        self._matched: tuple[str, list[Entry]] = ("", [])
        self.query = ""
        self.hits: tuple[Hit, ...] = ()

    def add_source(self, source: Source) -> None:
        """Offer the entries of one more source, behind those of the others."""
        self._sources.append(source)

    def remove_source(self, source: Source) -> None:
        """Offer its entries no longer; one that is not offered changes nothing."""
        if source in self._sources:
            self._sources.remove(source)

    def open(self) -> None:
        """Begin anew, with what there is now."""
        self.query = ""
        self.refresh()

    def refresh(self) -> None:
        """Ask the sources once more, and search again."""
        self._entries = [
            entry for source in self._sources if not source.is_large for entry in source.entries()
        ]
        # Asked when two letters are typed: opening must not wait for them.
        self._large = None
        self._matched = ("", [])
        self.search(self.query)

    def search(self, query: str) -> None:
        """Show what matches, the best first; without a query what was used last."""
        self.query = query
        letters = "".join(query.split())
        recent = self._memory.recent(_MEMORY)
        rank = {name: place for place, name in enumerate(recent)}
        if letters:
            self.hits = self._found(letters, rank)
        else:
            last = len(rank)
            # What cannot be done now comes behind what can.
            known = sorted(
                self._entries, key=lambda entry: (bool(entry.reason), rank.get(entry.id, last))
            )
            self.hits = tuple(Hit(entry) for entry in known[:_MOST])
        self.changed.emit()

    def choose(self, entry: Entry) -> bool:
        """Do what an entry stands for, and remember it; return False where it cannot be done."""
        if entry.reason:
            return False
        others = [name for name in self._memory.recent(_MEMORY) if name != entry.id]
        self._memory.set_recent(_MEMORY, [entry.id, *others][:_REMEMBERED])
        entry.run()
        return True

    def _found(self, letters: str, rank: dict[str, int]) -> tuple[Hit, ...]:
        rated: list[tuple[float, Hit]] = []
        for entry in (*self._entries, *self._narrowed(letters)):
            found = _match(letters, entry)
            if found is None:
                continue
            score = found.score + (_UNAVAILABLE if entry.reason else 0.0)
            if entry.id in rank:
                score += _RECENT / (1 + rank[entry.id] / 4)
            rated.append((score, Hit(entry, found.places)))
        # Stable: those that match alike stay in their sources' order.
        rated.sort(key=lambda one: -one[0])
        return tuple(hit for _score, hit in rated[:_MOST])

    def _narrowed(self, letters: str) -> list[Entry]:
        """Return those of the large sources that hold the letters in their order."""
        if len(letters) < 2:
            # One letter matches nearly all of them, and says nothing.
            return []
        before, known = self._matched
        if self._large is None:
            self._large = [
                entry for source in self._sources if source.is_large for entry in source.entries()
            ]
        among = known if before and letters.startswith(before) else self._large
        folded = letters.casefold()
        kept = [entry for entry in among if _holds(folded, entry.title.casefold())]
        self._matched = (letters, kept)
        if len(kept) <= _MOST_RATED:
            return kept
        # Rating takes its time. Those with the letters in one piece are the better ones.
        whole = [entry for entry in kept if folded in entry.title.casefold()]
        return (whole or kept)[:_MOST_RATED]


def _holds(letters: str, text: str) -> bool:
    at = -1
    for letter in letters:
        at = text.find(letter, at + 1)
        if at < 0:
            return False
    return True


def _match(letters: str, entry: Entry) -> Match | None:
    found = match(letters, entry.title)
    if found is not None:
        return found
    aside = match(letters, entry.detail) if entry.detail else None
    return None if aside is None else replace(aside, score=aside.score * _DETAIL, places=())
