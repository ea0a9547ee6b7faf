"""The command palette: everything that can be done or opened, found by a few letters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.fuzzy import Match, match
from spark_desktop.domain.name_index import NameIndex

# Nobody reads on; the list is made anew with every letter.
_MOST = 60
# Of each large source, twice what is shown; to rate them takes about 2 ms.
_MOST_RATED = 120
# Up to so many of them are enough to look among for more letters.
_MOST_KEPT = 400
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
    """A kind of entries: actions, folders, threads."""

    def entries(self) -> Sequence[Entry]:
        """Return what there is now, without waiting."""
        ...


class LargeSource(Protocol):
    """A kind of entries that are too many to be listed before something is typed: files."""

    @property
    def index(self) -> NameIndex:
        """Return their titles, as far as they are known; another object when they are others."""
        ...

    def entry(self, title: str) -> Entry:
        """Return the entry with this title."""
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
        self._large: list[LargeSource] = []
        self._entries: list[Entry] = []
        # What was found for fewer letters of the same query, where nothing was left out.
        self._narrowed: dict[int, _Narrowed] = {}
        self.query = ""
        self.hits: tuple[Hit, ...] = ()

    def add_source(self, source: Source) -> None:
        """Offer the entries of one more source, behind those of the others."""
        self._sources.append(source)

    def add_large(self, source: LargeSource) -> None:
        """Offer the entries of one more large source, behind all others."""
        self._large.append(source)

    def remove_source(self, source: Source | LargeSource) -> None:
        """Offer its entries no longer; one that is not offered changes nothing."""
        self._sources = [one for one in self._sources if one is not source]
        self._large = [one for one in self._large if one is not source]
        self._narrowed.clear()

    def open(self) -> None:
        """Begin anew, with what there is now."""
        self.query = ""
        self.refresh()

    def refresh(self) -> None:
        """Ask the sources once more, and search again."""
        self._entries = [entry for source in self._sources for entry in source.entries()]
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
        for entry in (*self._entries, *self._among_many(letters)):
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

    def _among_many(self, letters: str) -> list[Entry]:
        """Return those of the large sources that likely match best."""
        if len(letters) < 2:
            # One letter matches nearly all of them, and says nothing.
            return []
        return [
            source.entry(name) for source in self._large for name in self._names(source, letters)
        ]

    def _names(self, source: LargeSource, letters: str) -> list[str]:
        index, key = source.index, id(source)
        before = self._narrowed.get(key)
        if before is None or not before.serves(index, letters):
            found = index.holding(letters, _MOST_KEPT)
            self._narrowed.pop(key, None)
            if len(found) < _MOST_KEPT:
                self._narrowed[key] = _Narrowed(index, letters, NameIndex(found))
        else:
            found = before.names.holding(letters, _MOST_KEPT)
        return found[:_MOST_RATED]


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """All ``names`` of an index that hold some letters: those with more letters are among them."""

    index: NameIndex
    letters: str
    names: NameIndex

    def serves(self, index: NameIndex, letters: str) -> bool:
        return index is self.index and letters.casefold().startswith(self.letters.casefold())


def _match(letters: str, entry: Entry) -> Match | None:
    found = match(letters, entry.title)
    if found is not None:
        return found
    aside = match(letters, entry.detail) if entry.detail else None
    return None if aside is None else replace(aside, score=aside.score * _DETAIL, places=())
