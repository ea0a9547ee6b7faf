"""Quiet mode and the snooze of the open project: what holds, until when, and what waited."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import RestChanged, SaveSettled
from spark_desktop.domain.inbox_entry import InboxEntry
from spark_desktop.domain.rest import Rest
from spark_desktop.services.bus import Bus
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone, notice_of
from spark_desktop.viewmodels.told import Told
from spark_desktop.viewmodels.translation import tr

QUARTER, HOUR = 15, 60
# When a day begins for somebody who snoozed until tomorrow.
_MORNING = 6


class Resting(Protocol):
    """Quiet mode and the snooze of a project."""

    @property
    def rest(self) -> Rest:
        """Return what holds now."""
        ...

    def snooze(self, minutes: int) -> datetime:
        """Let nothing start for so long, and return until when. Raises SparkError."""
        ...

    def wake(self) -> None:
        """End the snooze now."""
        ...


class Offering(Protocol):
    """The inbox, as far as it can start what it held back."""

    def start(self, entry_id: str) -> tuple[str, ...]:
        """Ask for what an entry offers. Raises SparkError for an entry that is gone."""
        ...


class Rested(Protocol):
    """What is needed of an open project."""

    @property
    def bus(self) -> Bus:
        """Return what publishes the project's events."""
        ...

    @property
    def quiet(self) -> Resting:
        """Return what holds back."""
        ...

    @property
    def inbox(self) -> Offering:
        """Return what was held back."""
        ...


class RestViewModel(QObject):
    """``quiet_wanted`` carries what the settings should say; ``changed`` tells of all else.

    A snooze goes on in the next project that is opened, as a pause does.
    """

    changed = Signal()
    quiet_wanted = Signal(bool)

    def __init__(self, told: Told) -> None:
        super().__init__()
        self._told = told
        self._project: Rested | None = None
        self._unsubscribe: list[Callable[[], None]] = []
        self._rest = Rest()
        self._held: dict[str, InboxEntry] = {}
        self.now: Callable[[], datetime] = lambda: datetime.now().astimezone()

    @property
    def can_rest(self) -> bool:
        """Return whether a project is open."""
        return self._project is not None

    @property
    def is_quiet(self) -> bool:
        """Return whether only what the user typed starts something."""
        return self._rest.is_quiet

    @property
    def is_snoozed(self) -> bool:
        """Return whether nothing starts now."""
        return self._rest.is_snoozed

    @property
    def text(self) -> str:
        """Return the state in two or three words; "" where everything starts as usual."""
        until = self._rest.until
        if until is None:
            return tr("Quiet") if self._rest.is_quiet else ""
        local, now = until.astimezone(self.now().tzinfo), self.now()
        time = local.strftime("%H:%M")
        if local.date() == now.date():
            return tr("Snoozed until {time}", time=time)
        return tr("Snoozed until tomorrow, {time}", time=time)

    @property
    def tip(self) -> str:
        """Return what the state means."""
        if self.is_snoozed:
            return tr("Saves start nothing until then; what they ask for is told afterwards.")
        if self.is_quiet:
            return tr("Only comments that end in AI! or AI? start something.")
        return tr("Quiet and snooze: let saves start less, or nothing for a while.")

    def follow(self, project: Rested | None) -> None:
        """Be about another project; None where none is open."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        until = self._rest.until
        self._project, self._unsubscribe, self._held = project, [], {}
        self._told.tell("held", None)
        self._rest = Rest() if project is None else project.quiet.rest
        if project is not None:
            self._unsubscribe = [
                project.bus.subscribe(RestChanged, self._on_rest),
                project.bus.subscribe(SaveSettled, self._on_settled),
            ]
            left = 0.0 if until is None else (until - self.now()).total_seconds()
            if left > 0:
                self.snooze(math.ceil(left / 60))
        elif until is not None:
            # For the project that is opened next.
            self._rest = Rest(until=until)
        self.changed.emit()

    def toggle_quiet(self) -> None:
        """Begin or end quiet mode; it stays so until it is chosen again."""
        if self.can_rest:
            self.quiet_wanted.emit(not self.is_quiet)

    def snooze(self, minutes: int) -> None:
        """Let nothing start for so long; a snooze before is replaced."""
        if self._project is None:
            return
        try:
            self._project.quiet.snooze(minutes)
        except SparkError as error:
            self._told.tell("snooze", notice_of(error))

    def snooze_until_morning(self) -> None:
        """Let nothing start until the next morning, six o'clock by this machine's clock."""
        now = self.now()
        morning = now.replace(hour=_MORNING, minute=0, second=0, microsecond=0)
        if morning <= now:
            morning += timedelta(days=1)
        # At least one: the morning may be seconds away.
        self.snooze(max(1, math.ceil((morning - now).total_seconds() / 60)))

    def wake(self) -> None:
        """End the snooze now."""
        if self._project is not None:
            self._project.quiet.wake()

    def snooze_as_told(self, minutes: int, *, until_morning: bool) -> bool:
        """Do what another start of the program was asked for; return whether a project is open.

        Without minutes, and not until the morning, a snooze ends.
        """
        if until_morning:
            self.snooze_until_morning()
        elif minutes:
            self.snooze(minutes)
        else:
            self.wake()
        return self.can_rest

    def start_held(self) -> None:
        """Ask for everything that was held back and told."""
        held, self._held = self._held, {}
        self._told.tell("held", None)
        if self._project is None:
            return
        for entry_id in held:
            try:
                self._project.inbox.start(entry_id)
            except SparkError as error:
                self._told.tell("snooze", notice_of(error))

    def _on_rest(self, event: RestChanged) -> None:
        before, self._rest = self._rest, event.rest
        has_ended = (before.is_quiet or before.is_snoozed) and self._rest == Rest()
        if has_ended:
            self._tell_held()
        elif self._rest != Rest():
            self._told.tell("held", None)
        self.changed.emit()

    def _on_settled(self, event: SaveSettled) -> None:
        entry = event.entry
        self._held.pop(entry.id, None)
        if entry.is_burst:
            return
        # An entry that offers nothing any more is told again.
        if entry.offered:
            self._held[entry.id] = entry
        if self._rest == Rest() and not self._held:
            self._told.tell("held", None)

    def _tell_held(self) -> None:
        count = sum(len(entry.offered) for entry in self._held.values())
        if not count:
            return
        notice = Notice(
            tr("%n proposal(s) held back meanwhile", "", count),
            Tone.PLAIN,
            tr("They stay in the inbox."),
            Action(tr("Start %n proposal(s)", "", count), Intent.START_HELD),
            Action(tr("Not now"), Intent.DISMISS),
        )
        self._told.tell("held", notice)
