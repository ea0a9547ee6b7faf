"""The user's endpoints: who is asked for what, in which order, and how each of them does."""

from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.endpoint_book import LOCAL, EndpointBook
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec, WorkKind
from spark_desktop.domain.errors import SecretStoreError, SparkError
from spark_desktop.domain.events import AnswerMeasured
from spark_desktop.domain.standings import Standing, standings
from spark_desktop.domain.words import Said
from spark_desktop.viewmodels.endpoint_edit import EndpointEditor
from spark_desktop.viewmodels.endpoint_limits import LimitBar, limit_bars
from spark_desktop.viewmodels.endpoint_order import moved, restored, shown_order
from spark_desktop.viewmodels.endpoint_ports import DeskServices
from spark_desktop.viewmodels.endpoint_rows import EndpointRow, KeyFound, local_row, row_of
from spark_desktop.viewmodels.frames import Frames
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone
from spark_desktop.viewmodels.translation import in_language, tr

# What counts for the measured figures: older answers are of another network, or another model.
_RECENT = timedelta(days=30)
# Milliseconds between two looks while answers come in.
_INTERVAL = 250


@dataclass(frozen=True, slots=True)
class _Removed:
    """An endpoint that was just removed, and the book before that; its key is still kept."""

    spec: EndpointSpec
    before: EndpointBook


class EndpointsViewModel(QObject):
    """``changed`` says that rows, limits or the notice are others."""

    changed = Signal()

    def __init__(self, services: DeskServices) -> None:
        super().__init__()
        self._services = services
        self._endpoints = services.endpoints
        self._intents = Intents(services.scope, self._failed)
        self._kind = WorkKind.CHAT
        self._keys: dict[str, KeyFound] = {}
        self._measured: dict[tuple[str, str], Standing] = {}
        self._removed: _Removed | None = None
        self._notice = self._first_notice()
        self._frames = Frames(self, _INTERVAL)
        self._frames.frame.connect(self._read_measured)
        self._ends = [
            services.endpoints.subscribe(self._follow),
            services.bus.subscribe(AnswerMeasured, lambda _event: self._frames.request()),
        ]

    @property
    def kind(self) -> WorkKind:
        """Return the kind of work whose order is shown."""
        return self._kind

    @property
    def notice(self) -> Notice | None:
        """Return what happened last, or what is wrong with the order."""
        if self._notice is None and not self.book.order(self._kind):
            text = tr("Nobody is asked for this kind of work.")
            return Notice(text, Tone.WARNING, tr("Turn one of them on."))
        return self._notice

    @property
    def book(self) -> EndpointBook:
        """Return the endpoints and orders in use."""
        return self._endpoints.book

    @property
    def rows(self) -> tuple[EndpointRow, ...]:
        """Return a row an endpoint: those that are asked in their order, then the others."""
        asked = self.book.order(self._kind)
        return tuple(
            self._row(one, asked.index(one) + 1 if one in asked else 0)
            for one in shown_order(self.book, self._kind)
        )

    @property
    def hedge(self) -> float:
        """Return after how many seconds without a first token the next is asked too; 0: never."""
        return self.book.hedge.get(self._kind, 0.0)

    @property
    def is_moving(self) -> bool:
        """Return whether what is shown changes with time alone, so that ``tick`` is worth it."""
        now = self._services.clock.monotonic()
        return any(
            not self._services.health.breaker(spec.id).allows(now)
            or self._services.health.levels(spec.id)
            for spec in self.book.specs
        )

    def limits(self, endpoint_id: str) -> tuple[LimitBar, ...]:
        """Return what is left of an endpoint's account, as its last answers told."""
        levels = self._services.health.levels(endpoint_id)
        return limit_bars(levels, self._services.clock.monotonic())

    def editor(self, endpoint_id: str | None = None) -> EndpointEditor:
        """Return what edits an endpoint, or makes one for None."""
        spec = None if endpoint_id is None else self.book.spec(endpoint_id)
        editor = EndpointEditor(self._services, spec)
        editor.saved.connect(self._saved)
        return editor

    def choose_kind(self, kind: WorkKind) -> None:
        """Show the order of another kind of work."""
        self._kind = kind
        self.changed.emit()

    def refresh(self) -> None:
        """Look again where the keys are, and what was measured."""
        self._intents.start("keys", self._look_for_keys())
        self._intents.start("measured", self._measure())
        self.changed.emit()

    def tick(self) -> None:
        """Show how long is left now."""
        self.changed.emit()

    def set_hedge(self, seconds: float) -> None:
        """Ask the next one too after so many seconds without a first token; 0: never."""
        # A field that is left because its window goes tells its value once more.
        if seconds != self.hedge and self._services.scope.can_start:
            kind = self._kind
            self._change(lambda book: book.with_hedge(kind, seconds))

    def move(self, endpoint_id: str, by: int) -> None:
        """Ask an endpoint earlier (below 0) or later; one that is off stays off."""
        self._use_order(
            lambda order: (
                moved(order, endpoint_id, order.index(endpoint_id) + by)
                if endpoint_id in order
                else order
            )
        )

    def move_to(self, endpoint_id: str, place: int) -> None:
        """Ask an endpoint at a place, counted from 0; that turns it on."""
        self._use_order(lambda order: moved(order, endpoint_id, place))

    def toggle(self, endpoint_id: str) -> None:
        """Ask an endpoint after all others, or not at all."""
        self._use_order(
            lambda order: (
                tuple(one for one in order if one != endpoint_id)
                if endpoint_id in order
                else (*order, endpoint_id)
            )
        )

    def retry(self, endpoint_id: str) -> None:
        """Let an endpoint be asked at once, whatever its last answers said."""
        self._services.health.forget(endpoint_id)
        self.refresh()

    def remove(self, endpoint_id: str) -> None:
        """Remove an endpoint; ``act`` undoes it, and its key is forgotten only later."""
        spec = self.book.spec(endpoint_id)
        if spec is None:
            return
        self._forget_removed()
        self._start("remove", self._remove(spec))

    def act(self, intent: Intent) -> None:
        """Do what the notice's button asks for."""
        match intent:
            case Intent.UNDO if self._removed is not None:
                removed, self._removed = self._removed, None
                self._notice = None
                self._change(lambda book: restored(book, removed.before, removed.spec.id))
                self.refresh()
            case Intent.DISMISS:
                self.settle()

    def settle(self) -> None:
        """Take the notice away; what was removed cannot be undone any more."""
        self._forget_removed()
        self._notice = None
        self.changed.emit()

    async def close(self) -> None:
        """Follow nothing any more, and forget the key of what was removed."""
        for end in self._ends:
            end()
        if self._removed is not None:
            removed, self._removed = self._removed, None
            # The program ends: nobody would read what the keyring says.
            with suppress(SecretStoreError):
                await self._endpoints.keys.forget(removed.spec.id)

    def _row(self, endpoint_id: str, place: int) -> EndpointRow:
        spec = self.book.spec(endpoint_id)
        if spec is None:
            core = self._services.core()
            return local_row(core, place, self._standing(LOCAL, None))
        return row_of(
            spec,
            place,
            self._keys.get(spec.id),
            self._services.health.breaker(spec.id),
            self._services.clock.monotonic(),
            self._standing(spec.id, spec.model),
        )

    def _standing(self, endpoint_id: str, model: str | None) -> Standing | None:
        """Return what was measured; of the core whatever model answered most."""
        if model is not None:
            return self._measured.get((endpoint_id, model))
        lines = [line for (one, _model), line in self._measured.items() if one == endpoint_id]
        return max(lines, key=lambda line: line.answers, default=None)

    def _first_notice(self) -> Notice | None:
        told = self._endpoints.problems
        if not told:
            return None
        return Notice(" ".join(map(in_language, told)), Tone.WARNING, "", _dismiss())

    def _use_order(self, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> None:
        kind = self._kind
        self._change(lambda book: book.with_order(kind, change(book.order(kind))))

    def _change(self, change: Callable[[EndpointBook], EndpointBook]) -> None:
        self._start("change", self._changed(change))

    async def _changed(self, change: Callable[[EndpointBook], EndpointBook]) -> None:
        # Made from the book of this moment: what was asked for just before is in it.
        book = change(self.book)
        if book != self.book:
            await self._kept(self._endpoints.change(book))

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        self._intents.start(name, work)

    async def _kept(self, change: Awaitable[Said | None]) -> None:
        told = await change
        if told is not None:
            self._tell(Notice(in_language(told), Tone.WARNING, "", _dismiss()))

    async def _remove(self, spec: EndpointSpec) -> None:
        self._removed = _Removed(spec, self.book)
        # Told at once, whatever becomes of the file: it is out of use.
        text = tr("{title} was removed.", title=spec.title)
        undo = Action(tr("&Undo"), Intent.UNDO)
        self._notice = Notice(text, Tone.PLAIN, tr("Undo brings it back with its key."), undo)
        await self._kept(self._endpoints.change(self.book.without(spec.id)))

    def _forget_removed(self) -> None:
        removed, self._removed = self._removed, None
        if removed is not None and self._services.scope.can_start:
            self._start("forget", self._endpoints.keys.forget(removed.spec.id))

    def _saved(self, endpoint_id: str, told: str) -> None:
        spec = self.book.spec(endpoint_id)
        if spec is not None:
            self._forget_removed()
            tone = Tone.WARNING if told else Tone.GOOD
            self._notice = Notice(tr("{title} is saved.", title=spec.title), tone, told)
        self.refresh()

    def _follow(self, book: EndpointBook) -> None:
        known = {spec.id for spec in book.specs}
        self._keys = {one: found for one, found in self._keys.items() if one in known}
        self.changed.emit()

    async def _look_for_keys(self) -> None:
        for spec in self.book.specs:
            if spec.auth is not AuthKind.NONE:
                self._keys[spec.id] = await self._key_of(spec)
        self.changed.emit()

    async def _key_of(self, spec: EndpointSpec) -> KeyFound:
        try:
            found = await self._endpoints.keys.find(spec)
        except SecretStoreError as error:
            return KeyFound(problem=in_language(error.told))
        return KeyFound(None if found is None else found[1])

    def _read_measured(self) -> None:
        if self._services.scope.can_start:
            self._start("measured", self._measure())

    async def _measure(self) -> None:
        records = await self._services.log.records(self._services.clock.now() - _RECENT)
        self._measured = {(line.endpoint, line.model): line for line in standings(records)}
        self.changed.emit()

    def _failed(self, error: SparkError) -> None:
        text, step = in_language(error.message), in_language(error.next_step)
        self._tell(Notice(text, Tone.PROBLEM, step, _dismiss()))

    def _tell(self, notice: Notice) -> None:
        self._notice = notice
        self.changed.emit()


def _dismiss() -> Action:
    return Action(tr("Dismiss"), Intent.DISMISS)
