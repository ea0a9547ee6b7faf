"""Newer releases in the window: asked for by consent, verified, fetched; never installed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.errors import EndpointError, SparkError
from spark_desktop.domain.settings import Settings, Updates
from spark_desktop.domain.updates import Fetched, Fetching, Installed, Offer, UpdateSource
from spark_desktop.services.ports import Clock
from spark_desktop.services.settings import SettingsService
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.viewmodels import update_words as words
from spark_desktop.viewmodels.frames import Frames
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone
from spark_desktop.viewmodels.translation import in_language, tr

# Seconds between two looks whether a day has passed: a laptop sleeps through long timers.
_LOOK = 3600.0
# Milliseconds between two looks at a progress.
_INTERVAL = 100


class UpdateAction(Enum):
    """What a button of the window asks for."""

    CHECK = "check"
    AGREE = "agree"
    DECLINE = "decline"
    DOWNLOAD = "download"
    CANCEL = "cancel"
    SHOW = "show"


class Releases(Protocol):
    """What this view model needs of the update service."""

    @property
    def source(self) -> UpdateSource:
        """Return which feed this build follows."""
        ...

    @property
    def installed(self) -> Installed:
        """Return what is installed."""
        ...

    def may_ask(self, choices: Updates) -> bool:
        """Return whether the user agreed to the host that would be asked."""
        ...

    async def is_due(self, choices: Updates) -> bool:
        """Return whether it is time for a check that nobody asked for. Raises StoreError."""
        ...

    async def check(self) -> Offer | None:
        """Return what is newer. Raises SparkError."""
        ...

    async def fetch(self, offer: Offer, told: Callable[[Fetching], None]) -> Fetched:
        """Fetch a package. Raises SparkError."""
        ...


@dataclass(frozen=True, slots=True)
class _State:
    """What is known; ``fetching`` and ``is_checking`` go on now, ``asks`` wants the consent."""

    offer: Offer | None = None
    fetched: Fetched | None = None
    fetching: Fetching | None = None
    notice: Notice | None = None
    is_checking: bool = False
    asks: bool = False


class UpdatesViewModel(QObject):
    """``changed`` says that any attribute is another.

    ``told`` carries a notice for the main window, None where there is nothing to tell any more.
    ``folder_wanted`` carries a folder that the user wants to see.
    """

    changed = Signal()
    told = Signal(object)
    folder_wanted = Signal(str)

    def __init__(
        self, service: Releases, settings: SettingsService, scope: TaskScope, clock: Clock
    ) -> None:
        super().__init__()
        self._service, self._settings, self._clock = service, settings, clock
        self._scope = scope
        self._state = _State()
        self._work, self._daily = LatestTask(scope), LatestTask(scope)
        self._choices = settings.current.updates
        self._told_of = ""
        self._frames = Frames(self, _INTERVAL)
        self._frames.frame.connect(self.changed)
        self._forget = settings.subscribe(self._follow)

    @property
    def can_check(self) -> bool:
        """Return whether this build can verify what it would fetch."""
        return self._service.source.is_usable

    @property
    def about(self) -> str:
        """Return whom a check asks and what it sends, or why there is none."""
        return words.about_text(self._service.source)

    @property
    def remark(self) -> str:
        """Return why the daily check does not work as it is set; empty where it does."""
        if not self.can_check:
            return words.no_key_text()
        if self._choices.check and not self._service.may_ask(self._choices):
            return words.other_host_text(self._service.source)
        return ""

    @property
    def version(self) -> str:
        """Return what runs, as the window says it."""
        return words.version_text(self._service.installed)

    @property
    def notice(self) -> Notice:
        """Return the line over the window's content."""
        state, source = self._state, self._service.source
        if not self.can_check:
            return Notice(words.no_key_text(), Tone.MUTED)
        if state.is_checking:
            return words.checking_notice(source)
        if state.fetching is not None:
            return words.fetching_notice(state.fetching)
        if state.asks:
            return words.consent_notice(source)
        if state.notice is not None:
            return state.notice
        if state.fetched is not None:
            return words.fetched_notice(state.fetched)
        if state.offer is not None:
            return words.offer_notice(state.offer, self._service.installed)
        if self.remark:
            return Notice(self.remark, Tone.WARNING)
        return words.unasked_notice(is_daily=self._choices.check)

    @property
    def progress(self) -> float | None:
        """Return how much of the package is here, from 0 to 1; None while none is fetched."""
        step = self._state.fetching
        return None if step is None else step.done / step.total

    @property
    def notes(self) -> str:
        """Return the release notes of what is offered; empty for nothing."""
        offer = self._state.offer
        return "" if offer is None else offer.release.notes

    @property
    def how(self) -> str:
        """Return how the fetched package is installed; empty without one."""
        return "" if self._state.fetched is None else words.install_text(self._state.fetched)

    @property
    def download_label(self) -> str:
        """Return the words of the button that downloads."""
        offer = self._state.offer
        return tr("&Download") if offer is None else words.download_text(offer)

    @property
    def actions(self) -> tuple[UpdateAction, ...]:
        """Return what can be done now, the main one first."""
        state = self._state
        if not self.can_check or state.is_checking:
            return ()
        if state.fetching is not None:
            return (UpdateAction.CANCEL,)
        if state.asks:
            return UpdateAction.AGREE, UpdateAction.DECLINE
        if state.fetched is not None:
            return UpdateAction.SHOW, UpdateAction.CHECK
        if state.offer is not None and state.offer.file is not None:
            return UpdateAction.DOWNLOAD, UpdateAction.CHECK
        return (UpdateAction.CHECK,)

    def begin(self) -> None:
        """Look daily from now on, where the user wants that; tell where that may not be done."""
        self._watch()
        if self.can_check and self.remark:
            action = Action(tr("Open the updates"), Intent.UPDATES)
            self.told.emit(Notice(self.remark, Tone.WARNING, action=action))

    def seen(self) -> None:
        """Take back what the main window says: the user looks at it here."""
        self.told.emit(None)

    def agree(self) -> None:
        """Note that the user agreed to ask the host that is named beside the switch."""
        choices = replace(self._settings.current.updates, host=self._service.source.host)
        self._scope.start("agree", self._keep(choices))

    def act(self, action: UpdateAction) -> None:
        """Do what a button says; what cannot be done now is passed over."""
        if action not in self.actions:
            return
        match action:
            case UpdateAction.CHECK if not self._service.may_ask(self._choices):
                self._show(asks=True)
            case UpdateAction.CHECK:
                self._work.start("check", self._check())
            case UpdateAction.AGREE:
                self._work.start("agree", self._agree_and_check())
            case UpdateAction.DECLINE:
                self._show(asks=False)
            case UpdateAction.DOWNLOAD:
                self._work.start("download", self._download())
            case UpdateAction.CANCEL:
                self._work.cancel()
            case UpdateAction.SHOW if self._state.fetched is not None:
                self.folder_wanted.emit(str(self._state.fetched.path.parent))

    def end(self) -> None:
        """Follow the settings no longer."""
        self._forget()

    def _follow(self, settings: Settings) -> None:
        if settings.updates != self._choices:
            self._choices = settings.updates
            self._watch()
            self.changed.emit()

    def _watch(self) -> None:
        if self._choices.check and self._service.may_ask(self._choices):
            self._daily.start("daily check", self._look_daily())
        else:
            self._daily.cancel()

    async def _look_daily(self) -> None:
        while True:
            try:
                if not self._state.is_checking and await self._service.is_due(self._choices):
                    await self._check(is_asked=False)
            except SparkError as error:
                self._failed(error, is_asked=False)
            await self._clock.sleep(_LOOK)

    async def _agree_and_check(self) -> None:
        host = self._service.source.host
        self._show(asks=False)
        await self._keep(replace(self._settings.current.updates, host=host))
        await self._check()

    async def _keep(self, choices: Updates) -> None:
        try:
            await self._settings.update(replace(self._settings.current, updates=choices))
        except SparkError as error:
            # It counts until the program ends.
            self._failed(error, is_asked=True)

    async def _check(self, *, is_asked: bool = True) -> None:
        if self._state.is_checking or self._state.fetching is not None:
            return
        self._show(is_checking=True, notice=None, asks=False)
        try:
            offer = await self._service.check()
        except SparkError as error:
            self._show(is_checking=False)
            self._failed(error, is_asked=is_asked)
        else:
            self._found(offer, is_asked)
        finally:
            self._show(is_checking=False)

    def _found(self, offer: Offer | None, is_asked: bool) -> None:
        if offer is None:
            self._show(offer=None, fetched=None, notice=words.newest_notice())
            return
        kept = self._state.fetched
        is_same = kept is not None and kept.offer.file == offer.file
        self._show(offer=offer, fetched=kept if is_same else None)
        if not is_asked and offer.release.name != self._told_of:
            self._told_of = offer.release.name
            self.told.emit(words.found_notice(offer))

    async def _download(self) -> None:
        offer = self._state.offer
        if offer is None or offer.file is None:
            return
        self._show(fetching=Fetching(0, offer.file.bytes), notice=None)
        try:
            fetched = await self._service.fetch(offer, self._step)
        except SparkError as error:
            self._failed(error, is_asked=True)
        except asyncio.CancelledError:
            self._show(notice=words.cancelled_notice())
            raise
        else:
            self._show(fetched=fetched)
        finally:
            self._show(fetching=None)

    def _step(self, step: Fetching) -> None:
        self._state = replace(self._state, fetching=step)
        self._frames.request()

    def _failed(self, error: SparkError, *, is_asked: bool) -> None:
        text, step = in_language(error.message), in_language(error.next_step)
        self._show(notice=Notice(text, Tone.PROBLEM, step))
        # A machine without a network is nothing to tell unasked.
        if not is_asked and not isinstance(error, EndpointError):
            action = Action(tr("Open the updates"), Intent.UPDATES)
            self.told.emit(Notice(text, Tone.WARNING, step, action))

    def _show(self, **changes: object) -> None:
        state = replace(self._state, **changes)  # type: ignore[arg-type]
        if state != self._state:
            self._state = state
            self.changed.emit()
